package portalaccess

import (
	"errors"
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func (p *Pages) userRoutes(t *route.Table) {
	manage := access.CustomerWith(access.UsersManage)
	const base = "/{org}/home/users"
	t.Get(base, manage, p.users)
	t.Get(base+"/new", manage, p.newUser)
	t.Post(base, manage, p.addUser)
	t.Get(base+"/{contact}", manage, p.user)
	t.Post(base+"/{contact}", manage, p.setUser)
	t.Post(base+"/{contact}/remove", manage, p.removeUser)
}

func usersURL(slug string) string { return "/" + slug + "/home/users" }

type usersView struct {
	UserList
	url string
}

func (p *Pages) customerPage(r *route.Request, title string, content ui.Crumb) organisation.PageInfo {
	info := organisation.PageInfo{Title: title, Current: "users"}
	if content.Label != "" {
		info.Breadcrumbs = []ui.Crumb{{Label: i18n.T(r.Context(), "Users"), URL: usersURL(r.Organisation.Slug)}, content}
	}
	return info
}

func (p *Pages) users(r *route.Request) (web.Reply, error) {
	list, err := p.service.Users(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Customer(r, p.customerPage(r, i18n.T(r.Context(), "Users"), ui.Crumb{}), usersPage(usersView{list, usersURL(r.Organisation.Slug)})), nil
}

type newUserView struct {
	UserList
	url      string
	d        NewUser
	problems organisation.Problems
}

// newUser asks for the code first where one is needed, so that nothing typed is lost.
func (p *Pages) newUser(r *route.Request) (web.Reply, error) {
	list, err := p.service.Users(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	if list.Code {
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, usersURL(r.Organisation.Slug)+"/new")), nil
	}
	return p.newUserPage(r, newUserView{UserList: list}), nil
}

func (p *Pages) newUserPage(r *route.Request, v newUserView) web.Reply {
	v.url = usersURL(r.Organisation.Slug)
	title := i18n.T(r.Context(), "Add a user")
	return p.frame.Customer(r, p.customerPage(r, title, ui.Crumb{Label: title}), newUserPage(v))
}

func (p *Pages) addUser(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	d := NewUser{Company: form.Line("company"), Name: form.Line("name"), Email: form.Line("email"), Modules: readModules(form)}
	if err = form.Err(); err == nil {
		err = p.service.AddUser(r.Context(), r.Actor, d)
	}
	if err == nil {
		return p.frame.Say(web.Redirect(usersURL(r.Organisation.Slug)), i18n.T(r.Context(), "The invitation to {name} is on its way.", "name", d.Name)), nil
	}
	if errors.Is(err, identity.CodeNeeded) {
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, usersURL(r.Organisation.Slug)+"/new")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	list, err := p.service.Users(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.newUserPage(r, newUserView{UserList: list, d: d, problems: problems}).WithStatus(http.StatusUnprocessableEntity), nil
}

type userView struct {
	UserList
	url      string
	user     User
	company  Company
	may      bool
	problems organisation.Problems
}

func (p *Pages) user(r *route.Request) (web.Reply, error) {
	return p.userPage(r, nil)
}

func (p *Pages) userPage(r *route.Request, problems organisation.Problems) (web.Reply, error) {
	list, u, err := p.service.User(r.Context(), r.Actor, r.PathValue("contact"))
	if err != nil {
		return web.Reply{}, err
	}
	v := userView{UserList: list, url: usersURL(r.Organisation.Slug) + "/" + u.ID, user: u, may: list.changeable(u), problems: problems}
	v.company, _ = list.company(u.Company)
	if v.may && list.Code {
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, v.url)), nil
	}
	return p.frame.Customer(r, p.customerPage(r, u.Name, ui.Crumb{Label: u.Name}), userPage(v)), nil
}

func (p *Pages) setUser(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	err = p.service.SetUser(r.Context(), r.Actor, r.PathValue("contact"), readModules(form))
	return p.userChanged(r, err, i18n.T(r.Context(), "Saved."))
}

func (p *Pages) removeUser(r *route.Request) (web.Reply, error) {
	err := p.service.RemoveUser(r.Context(), r.Actor, r.PathValue("contact"))
	return p.userChanged(r, err, i18n.T(r.Context(), "Removed. All links and sessions are closed."))
}

func (p *Pages) userChanged(r *route.Request, err error, said string) (web.Reply, error) {
	base := usersURL(r.Organisation.Slug)
	if err == nil {
		return p.frame.Say(web.Redirect(base), said), nil
	}
	if errors.Is(err, identity.CodeNeeded) {
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, base+"/"+r.PathValue("contact"))), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	reply, err := p.userPage(r, problems)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}
