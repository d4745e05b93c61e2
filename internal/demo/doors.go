package demo

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
)

// World is who can be entered as.
type World struct {
	People []Person
}

// Person is somebody of the sample world with a link to enter as them: staff sign in by it,
// customers land on their proposal as from a mail, contractors' people on their first page.
type Person struct {
	Organisation string `json:"organisation"`
	Role         string `json:"role"` // of staff, or "customer", "contractor", "technician"
	Name         string `json:"name"`
	Email        string `json:"email"`
	URL          string `json:"url"`
}

// Exists reports whether the data holds a world already.
func Exists(ctx context.Context, a *app.App) (bool, error) {
	organisations, err := a.Store.Organisations(ctx)
	return len(organisations) > 0, err
}

// Doors makes fresh links to enter by: for all staff, and for those customers who have a
// proposal before them.
func Doors(ctx context.Context, a *app.App) (World, error) {
	var world World
	organisations, err := a.Store.Organisations(ctx)
	if err != nil {
		return world, err
	}
	for _, org := range organisations {
		people, err := doorsOf(ctx, a, org)
		if err != nil {
			return world, fmt.Errorf("make links to enter by: %w", err)
		}
		world.People = append(world.People, people...)
	}
	return world, nil
}

func doorsOf(ctx context.Context, a *app.App, org access.OrgID) (people []Person, err error) {
	system := access.NewSystem(org, "the demo prints links to enter by")
	documents, err := a.Documents.List(ctx, system, "", time.Time{}, "", 200)
	if err != nil {
		return nil, err
	}
	recipients, err := recipientsOf(ctx, a, system, documents)
	if err != nil {
		return nil, err
	}
	name := ""
	err = a.Store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		firm, err := organisation.Of(tx)
		name = firm.Name
		if err != nil {
			return err
		}
		if people, err = staffDoors(a, tx, firm); err != nil {
			return err
		}
		customers, err := customerDoors(a, tx, firm, recipients)
		people = append(people, customers...)
		return err
	})
	if err != nil {
		return nil, err
	}
	contractors, err := contractorDoors(ctx, a, system, name)
	return append(people, contractors...), err
}

func staffDoors(a *app.App, tx *guard.Tx, firm organisation.Settings) (people []Person, err error) {
	members, err := identity.StaffMembers(tx)
	if err != nil {
		return nil, err
	}
	for _, role := range access.Roles {
		for _, m := range members {
			if m.Role != role {
				continue
			}
			path, err := a.Identity.MakeDemoLink(tx, m.Person)
			if err != nil {
				return nil, err
			}
			people = append(people, Person{firm.Name, string(m.Role), m.Name, m.Email, a.Config.BaseURL + path})
		}
	}
	return people, nil
}

// addressed is a recipient and the proposal that lies before them.
type addressed struct {
	document.Recipient
	document string
}

// recipientsOf finds for each recipient the proposal to show: one that waits for their
// answer before others, the newest of those.
func recipientsOf(ctx context.Context, a *app.App, system access.Actor, documents []document.Document) (list []addressed, err error) {
	known := map[access.PersonID]bool{}
	for _, wanted := range []func(document.Document) bool{
		func(d document.Document) bool { return d.State == proposal.Sent && d.Version > 1 },
		func(d document.Document) bool { return d.State == proposal.Sent },
		func(d document.Document) bool {
			return d.State == proposal.ChangesRequested || d.State == proposal.Approved
		},
	} {
		for _, d := range documents {
			if d.SentVersion == 0 || !wanted(d) {
				continue
			}
			desk, err := a.Documents.Workshop(ctx, system, d.ID, 0)
			if err != nil {
				return nil, err
			}
			for _, r := range desk.Recipients {
				if r.Person != "" && !known[r.Person] {
					known[r.Person] = true
					list = append(list, addressed{r, d.ID})
				}
			}
		}
	}
	return list, nil
}

func customerDoors(a *app.App, tx *guard.Tx, firm organisation.Settings, recipients []addressed) (people []Person, err error) {
	for _, r := range recipients {
		path, err := identity.MakeLink(tx, identity.LinkRequest{Person: r.Person, Purpose: identity.ForDocument, ItemKind: "proposal", Item: r.document})
		if err != nil {
			return nil, err
		}
		people = append(people, Person{firm.Name, string(access.Customer), r.Name, r.Email, a.Config.BaseURL + path})
	}
	return people, nil
}
