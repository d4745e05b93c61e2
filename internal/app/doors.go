package app

import (
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

// addDoors adds the addresses that people type: the bare one, and a firm's.
func (a *App) addDoors() {
	a.Table.Get("/{$}", access.Anyone("leads to the sign-in page"), func(*route.Request) (web.Reply, error) {
		return web.Redirect("/sign-in"), nil
	})
	firm := access.Anyone("leads to the firm's sign-in page, or home")
	a.Table.Get("/{org}", firm, firmDoor)
	a.Table.Get("/{org}/{$}", firm, firmDoor)
}

func firmDoor(r *route.Request) (web.Reply, error) {
	if r.Organisation.ID == "" {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	first := map[access.Kind]string{access.Staff: "/office", access.Customer: "/home", access.Contractor: "/desk", access.Technician: "/field"}[r.Actor.Kind()]
	if first != "" {
		if (first == "/office" || first == "/home") && r.URL.Query().Get("to") == "inbox" {
			first += "/inbox"
		}
		return web.Redirect("/" + r.Organisation.Slug + first), nil
	}
	return web.Redirect("/sign-in?org=" + r.Organisation.Slug), nil
}

// welcomeOwner signs the owner in with the password that was chosen a moment ago.
func (a *App) welcomeOwner(r *route.Request, owner organisation.Owner) (web.Reply, error) {
	entered, err := a.Identity.SignIn(r.Context(), owner.Email, owner.Password, a.Identity.VisitOf(r))
	if err != nil {
		return web.Reply{}, err
	}
	return a.Identity.Admit(entered), nil
}
