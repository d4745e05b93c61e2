package staff

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

func (p *Pages) people(r *route.Request) (web.Reply, error) {
	return p.peopleWith(r, inviteView{role: string(access.Member)})
}

func (p *Pages) peopleWith(r *route.Request, view inviteView) (web.Reply, error) {
	list, err := p.service.People(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	if view.roles, err = p.service.Givable(r.Context(), r.Actor); err != nil {
		return web.Reply{}, err
	}
	view.url, view.may = organisation.SettingsURL(r.Organisation.Slug, "people"), r.Actor.May(access.PeopleManage)
	return p.tab(r, "people", peopleTab(list, view)), nil
}

func (p *Pages) invite(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	view := inviteView{name: form.Required("name", "Enter the person's name."), email: form.Required("email", "Enter the person's e-mail address."), role: form.Line("role")}
	if err = form.Err(); err == nil {
		err = p.service.Invite(r.Context(), r.Actor, view.name, view.email, access.Role(view.role))
	}
	if err == nil {
		return p.done(r, "people", i18n.T(r.Context(), "The invitation to {name} is on its way.", "name", view.name)), nil
	}
	return again(r, err, func(problems organisation.Problems) (web.Reply, error) {
		view.problems = problems
		return p.peopleWith(r, view)
	})
}

func colleagueOf(r *route.Request) access.PersonID { return access.PersonID(r.PathValue("colleague")) }

func (p *Pages) person(r *route.Request) (web.Reply, error) {
	return p.personWith(r, personView{})
}

func (p *Pages) personWith(r *route.Request, view personView) (web.Reply, error) {
	person, err := p.service.Person(r.Context(), r.Actor, colleagueOf(r))
	if err != nil {
		return web.Reply{}, err
	}
	view.p, view.url = person, organisation.SettingsURL(r.Organisation.Slug, "people/"+string(person.Member.Person))
	view.back, view.roles = organisation.SettingsURL(r.Organisation.Slug, "people"), organisation.SettingsURL(r.Organisation.Slug, "roles/"+string(person.Member.Role))
	view.may = r.Actor.May(access.PeopleManage)
	if view.problems == nil {
		view.form = Change{Role: person.Member.Role, Title: person.Title, Phone: person.Phone}
	}
	return p.frame.SettingsOf(r, "people", person.Name, personPage(view)), nil
}

func (p *Pages) change(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	change := Change{Role: access.Role(form.Line("role")), Title: form.Line("title"), Phone: form.Line("phone"), Reason: form.Line("reason")}
	if err = form.Err(); err == nil {
		err = p.service.Change(r.Context(), r.Actor, colleagueOf(r), change)
	}
	if err == nil {
		return p.done(r, "people/"+r.PathValue("colleague"), i18n.T(r.Context(), "Saved. It counts from their next click.")), nil
	}
	return again(r, err, func(problems organisation.Problems) (web.Reply, error) {
		return p.personWith(r, personView{form: change, problems: problems})
	})
}

func (p *Pages) inviteAgain(r *route.Request) (web.Reply, error) {
	err := p.service.InviteAgain(r.Context(), r.Actor, colleagueOf(r))
	if err != nil {
		return web.Reply{}, err
	}
	return p.done(r, "people/"+r.PathValue("colleague"), i18n.T(r.Context(), "The invitation is on its way again.")), nil
}

func (p *Pages) suspend(r *route.Request) (web.Reply, error) {
	return p.end(r, p.service.Suspend, "people/"+r.PathValue("colleague"), i18n.T(r.Context(), "Suspended. From now on they can do nothing here."))
}

func (p *Pages) takeBack(r *route.Request) (web.Reply, error) {
	return p.end(r, p.service.TakeBack, "people/"+r.PathValue("colleague"), i18n.T(r.Context(), "They can work again."))
}

func (p *Pages) remove(r *route.Request) (web.Reply, error) {
	return p.end(r, p.service.Remove, "people", i18n.T(r.Context(), "Removed. Their browsers and tokens open nothing here any more."))
}

// end runs one of the verbs that take a reason. What is wrong is shown on the person's page.
func (p *Pages) end(r *route.Request, verb func(context.Context, access.Actor, access.PersonID, string) error, to, said string) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	reason := form.Line("reason")
	if err = form.Err(); err == nil {
		err = verb(r.Context(), r.Actor, colleagueOf(r), reason)
	}
	if err == nil {
		return p.done(r, to, said), nil
	}
	if fault.Is(err, fault.NotFound) {
		return web.Reply{}, err
	}
	return again(r, err, func(problems organisation.Problems) (web.Reply, error) {
		return p.personWith(r, personView{form: Change{}, problems: problems})
	})
}
