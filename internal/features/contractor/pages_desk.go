package contractor

import (
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func (p *Pages) deskRoutes(t *route.Table) {
	manage := access.DeskWith(access.TechniciansManage)
	const base = "/{org}/desk/technicians"
	t.Get(base, manage, p.technicians)
	t.Get(base+"/new", manage, p.newTechnician)
	t.Post(base, manage, p.addTechnician)
	t.Get(base+"/{technician}", manage, p.editTechnician)
	t.Post(base+"/{technician}", manage, p.updateTechnician)
	t.Post(base+"/{technician}/link", manage, p.sendLink)
	t.Get(base+"/{technician}/remove", manage, p.removeForm)
	t.Post(base+"/{technician}/remove", manage, p.removeTechnician)
}

// TechniciansURL is the desk's list of technicians, or one of them.
func TechniciansURL(slug, technician string) string {
	if technician == "" {
		return "/" + slug + "/desk/technicians"
	}
	return "/" + slug + "/desk/technicians/" + technician
}

func (p *Pages) technicians(r *route.Request) (web.Reply, error) {
	desk, err := p.service.Desk(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	title := i18n.T(r.Context(), "Technicians")
	view := techniciansView{slug: r.Organisation.Slug, firm: r.Organisation.Name, desk: desk, now: i18n.ReaderOf(r.Context()).Now}
	return p.frame.Desk(r, organisation.PageInfo{Title: title, Current: "technicians"}, techniciansPage(view)), nil
}

func (p *Pages) newTechnician(r *route.Request) (web.Reply, error) {
	return p.technicianForm(r, personView{title: i18n.T(r.Context(), "New technician"), isNew: true})
}

// technicianForm is the form of a technician; of somebody at the desks of two contractors it
// asks which of them.
func (p *Pages) technicianForm(r *route.Request, v personView) (web.Reply, error) {
	list := TechniciansURL(r.Organisation.Slug, "")
	v.action, v.back = TechniciansURL(r.Organisation.Slug, v.place), list
	if v.isNew {
		desk, err := p.service.Desk(r.Context(), r.Actor)
		if err != nil {
			return web.Reply{}, err
		}
		for _, f := range desk.Firms {
			v.firms = append(v.firms, ui.Option{Value: f.ID, Label: f.Name, Selected: f.ID == v.firm})
		}
	}
	crumbs := []ui.Crumb{{Label: i18n.T(r.Context(), "Technicians"), URL: list}, {Label: v.title}}
	return p.frame.Desk(r, organisation.PageInfo{Title: v.title, Current: "technicians", Breadcrumbs: crumbs}, technicianForm(v)), nil
}

func (p *Pages) addTechnician(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := personView{title: i18n.T(r.Context(), "New technician"), isNew: true, d: readPerson(form), firm: form.Line("contractor")}
	if err = form.Err(); err == nil {
		_, err = p.service.AddTechnician(r.Context(), r.Actor, v.firm, v.d)
	}
	return p.afterTechnician(r, v, err, i18n.T(r.Context(), "{name} was added. The link is on its way to {email}.", "name", v.d.Name, "email", v.d.Email))
}

func (p *Pages) afterTechnician(r *route.Request, v personView, err error, sentence string) (web.Reply, error) {
	if err == nil {
		return p.say(TechniciansURL(r.Organisation.Slug, ""), sentence), nil
	}
	status, shown := shownIn(r, &v, err)
	if !shown {
		return web.Reply{}, err
	}
	reply, err := p.technicianForm(r, v)
	return reply.WithStatus(status), err
}

func (p *Pages) editTechnician(r *route.Request) (web.Reply, error) {
	one, err := p.service.Technician(r.Context(), r.Actor, r.PathValue("technician"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.technicianForm(r, personView{title: one.Name, place: one.ID, d: PersonDetails{one.Name, one.Email, one.Phone}})
}

func (p *Pages) updateTechnician(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	one, err := p.service.Technician(r.Context(), r.Actor, r.PathValue("technician"))
	if err != nil {
		return web.Reply{}, err
	}
	v := personView{title: one.Name, place: one.ID, d: readPerson(form)}
	if err = form.Err(); err == nil {
		err = p.service.UpdateTechnician(r.Context(), r.Actor, one.ID, v.d)
	}
	return p.afterTechnician(r, v, err, i18n.T(r.Context(), "Saved."))
}

func (p *Pages) sendLink(r *route.Request) (web.Reply, error) {
	if err := p.service.SendLink(r.Context(), r.Actor, r.PathValue("technician")); err != nil {
		return web.Reply{}, err
	}
	return p.say(TechniciansURL(r.Organisation.Slug, ""), i18n.T(r.Context(), "A new link is on its way. Earlier ones go on working.")), nil
}

func (p *Pages) removeForm(r *route.Request) (web.Reply, error) {
	one, err := p.service.Technician(r.Context(), r.Actor, r.PathValue("technician"))
	if err != nil {
		return web.Reply{}, err
	}
	list, title := TechniciansURL(r.Organisation.Slug, ""), i18n.T(r.Context(), "Remove {name}?", "name", one.Name)
	v := endView{title: title, line: one.Email, action: TechniciansURL(r.Organisation.Slug, one.ID) + "/remove", back: list, desk: true}
	crumbs := []ui.Crumb{{Label: i18n.T(r.Context(), "Technicians"), URL: list}, {Label: one.Name}}
	return p.frame.Desk(r, organisation.PageInfo{Title: title, Current: "technicians", Breadcrumbs: crumbs}, endPage(v)), nil
}

func (p *Pages) removeTechnician(r *route.Request) (web.Reply, error) {
	if err := p.service.RemoveTechnician(r.Context(), r.Actor, r.PathValue("technician")); err != nil {
		return web.Reply{}, err
	}
	return p.say(TechniciansURL(r.Organisation.Slug, ""), i18n.T(r.Context(), "The technician was removed. Their link opens nothing any more.")), nil
}
