package project

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func (p *Pages) office(r *route.Request, title string, crumbs []ui.Crumb, content templ.Component) web.Reply {
	crumbs = append([]ui.Crumb{{Label: i18n.T(r.Context(), "Projects"), URL: OfficeURL(r.Organisation.Slug, "")}}, crumbs...)
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "projects", Breadcrumbs: crumbs, Htmx: true}, content)
}

func readFilter(q url.Values) Filter {
	f := Filter{Text: organisation.Typed(q.Get("q")), Stage: q.Get("stage"), Customer: q.Get("customer"), Sort: ByRecent, After: organisation.ParseCursor(q.Get("after"))}
	switch view := q.Get("view"); view {
	case "archived":
		f.Archived = true
	case string(organisation.Pending), string(organisation.Current), string(organisation.Completed):
		f.Bucket = organisation.Bucket(view)
	}
	if sort := Sort(q.Get("sort")); sort == ByName || sort == ByNumber {
		f.Sort = sort
	}
	if f.Customer != "" {
		f.Stage = ""
	}
	if f.Stage != "" {
		f.Bucket = ""
	}
	f.Stage, f.Customer = organisation.Typed(f.Stage), organisation.Typed(f.Customer)
	return f
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	filter := readFilter(r.URL.Query())
	list, err := p.service.List(r.Context(), r.Actor, filter)
	if err != nil {
		return web.Reply{}, err
	}
	view := listView{base: OfficeURL(r.Organisation.Slug, ""), slug: r.Organisation.Slug, filter: filter, list: list, may: r.Actor.May(access.ProjectsWrite), picture: p.cover}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Projects"), Current: "projects"}, listPage(view)), nil
}

func (p *Pages) newForm(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	d := Draft{Customer: organisation.Typed(q.Get("customer")), Lead: string(r.Actor.Person())}
	return p.draftPage(r, draftView{d: d, find: organisation.Typed(q.Get("find"))})
}

func (p *Pages) draftPage(r *route.Request, v draftView) (web.Reply, error) {
	choices, err := p.service.Choices(r.Context(), r.Actor, v.d.Customer, v.find)
	if err != nil {
		return web.Reply{}, err
	}
	v.choices, v.action = choices, OfficeURL(r.Organisation.Slug, "")
	title := i18n.T(r.Context(), "New project")
	return p.office(r, title, []ui.Crumb{{Label: title}}, draftForm(v)), nil
}

func readDraft(f *web.Form) Draft {
	d := Draft{Name: f.Line("name"), Description: f.Text("description"), Stage: f.Line("stage"), Customer: f.Line("customer"), Property: f.Line("property"), Lead: f.Line("lead"),
		NewProperty: property.ReadDetails(f)}
	if d.Customer == "" {
		d.NewCustomer = customer.Details{Name: f.Line("customer_name"), Phone: f.Line("customer_phone")}
		d.NewContact = customer.ReadContact(f)
	}
	return d
}

func (p *Pages) create(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := draftView{d: readDraft(form)}
	var made Project
	if err = form.Err(); err == nil {
		made, err = p.service.Create(r.Context(), r.Actor, v.d)
	}
	if err == nil {
		return p.frame.Say(web.Redirect(OfficeURL(r.Organisation.Slug, made.ID)), i18n.T(r.Context(), "Project {number} is ready.", "number", made.Number)), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems = problems
	reply, err := p.draftPage(r, v)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

// record is the office's page of a project, or one of its tabs.
func (p *Pages) record(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	view, err := p.recordView(r, record)
	if err != nil {
		return web.Reply{}, err
	}
	return p.office(r, record.Project.Name, []ui.Crumb{{Label: record.Project.Name}}, recordPage(view)), nil
}

func (p *Pages) recordView(r *route.Request, record Record) (v recordView, err error) {
	project, slug := record.Project, r.Organisation.Slug
	v = recordView{slug: slug, url: OfficeURL(slug, project.ID), record: record, may: r.Actor.May(access.ProjectsWrite), cover: p.cover(slug, project.Cover)}
	if p.uploadURL != nil && r.Actor.May(access.FilesWrite) {
		v.uploadURL = p.uploadURL(slug, project.ID)
	}
	v.picture = func(file string) string { return p.cover(slug, file) }
	people := Tab{Key: "people", Label: i18n.Mark("People"), Content: func(*route.Request, Line) (templ.Component, error) { return peopleTab(v), nil }}
	own := append(append([]Tab{}, p.slots.OfficeTabs...), people)
	tabs, open, err := p.tabsOf(r, project, v.url, r.PathValue("tab"), own)
	if err != nil {
		return v, err
	}
	v.tabs = tabs
	if open != nil {
		v.tab, err = open.Content(r, project)
		return v, err
	}
	if v.cards, err = fill(r, project, p.slots.OfficeCards); err != nil {
		return v, err
	}
	v.side, err = fill(r, project, p.slots.OfficeSide)
	return v, err
}

func (p *Pages) edit(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	project := record.Project
	d := Details{Name: project.Name, Description: project.Description, Property: project.Property, Lead: project.Lead}
	return p.editPage(r, record, d, nil), nil
}

func (p *Pages) editPage(r *route.Request, record Record, d Details, problems organisation.Problems) web.Reply {
	back := OfficeURL(r.Organisation.Slug, record.Project.ID)
	return p.office(r, record.Project.Name, []ui.Crumb{{Label: record.Project.Name, URL: back}, {Label: i18n.T(r.Context(), "Edit")}}, editForm(editView{record: record, d: d, action: back, problems: problems}))
}

func (p *Pages) update(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	project := r.PathValue("project")
	d := Details{Name: form.Line("name"), Description: form.Text("description"), Property: form.Line("property"), Lead: form.Line("lead")}
	if err = form.Err(); err == nil {
		err = p.service.Update(r.Context(), r.Actor, project, d)
	}
	if err == nil {
		return p.back(r, i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	record, err := p.service.Get(r.Context(), r.Actor, project)
	if err != nil {
		return web.Reply{}, err
	}
	return p.editPage(r, record, d, problems).WithStatus(http.StatusUnprocessableEntity), nil
}

// back goes to the project's page and says what was done.
func (p *Pages) back(r *route.Request, sentence string) web.Reply {
	return p.frame.Say(web.Redirect(OfficeURL(r.Organisation.Slug, r.PathValue("project"))), sentence)
}

func (p *Pages) move(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.Move(r.Context(), r.Actor, r.PathValue("project"), form.Line("stage")); err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "The project was moved.")), nil
}

func (p *Pages) archive(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	archived := !form.Checked("back")
	if err := p.service.Archive(r.Context(), r.Actor, r.PathValue("project"), archived); err != nil {
		return web.Reply{}, err
	}
	if archived {
		return p.back(r, i18n.T(r.Context(), "Archived.")), nil
	}
	return p.back(r, i18n.T(r.Context(), "Brought back.")), nil
}

func (p *Pages) setCover(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.SetCover(r.Context(), r.Actor, r.PathValue("project"), form.Line("cover")); err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "Saved.")), nil
}

// CustomerCard lists a customer's projects on its page; it is a customer.Card.
func (p *Pages) CustomerCard(r *route.Request, c customer.Customer) (templ.Component, error) {
	if !r.Actor.May(access.ProjectsRead) {
		return nil, nil
	}
	list, err := p.service.List(r.Context(), r.Actor, Filter{Customer: c.ID})
	if err != nil {
		return nil, err
	}
	list.Projects = list.Projects[:min(len(list.Projects), 8)]
	view := listView{base: OfficeURL(r.Organisation.Slug, ""), slug: r.Organisation.Slug, list: list, filter: Filter{Customer: c.ID}, may: r.Actor.May(access.ProjectsWrite) && !c.Archived, picture: p.cover}
	return customerCard(view), nil
}
