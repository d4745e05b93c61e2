package contractor

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the pages of contractors: the office's, and on the faces of desks and
// technicians what is about them themselves.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of contractors.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.ContractorsRead), access.OfficeWith(access.ContractorsWrite)
	const base = "/{org}/office/contractors"
	t.Get(base, read, p.list)
	t.Get(base+"/new", write, p.newForm)
	t.Post(base, write, p.create)
	t.Get(base+"/{contractor}", read, p.record)
	t.Get(base+"/{contractor}/edit", write, p.edit)
	t.Post(base+"/{contractor}", write, p.update)
	t.Post(base+"/{contractor}/archive", write, p.archive)
	t.Get(base+"/{contractor}/people/new", write, p.newPerson)
	t.Post(base+"/{contractor}/people", write, p.invite)
	t.Post(base+"/{contractor}/people/{place}/invite", write, p.inviteAgain)
	t.Get(base+"/{contractor}/people/{place}/end", write, p.endForm)
	t.Post(base+"/{contractor}/people/{place}/end", write, p.end)
	t.Get(base+"/{contractor}/end-all", write, p.endAllForm)
	t.Post(base+"/{contractor}/end-all", write, p.endAll)
	p.deskRoutes(t)
	p.ownRoutes(t)
}

// URL is the address of a contractor's page, or of the list without an id.
func URL(slug, contractor string) string {
	if contractor == "" {
		return "/" + slug + "/office/contractors"
	}
	return "/" + slug + "/office/contractors/" + contractor
}

func (p *Pages) office(r *route.Request, title string, crumbs []ui.Crumb, content templ.Component) web.Reply {
	if len(crumbs) > 0 {
		crumbs = append([]ui.Crumb{{Label: i18n.T(r.Context(), "Contractors"), URL: URL(r.Organisation.Slug, "")}}, crumbs...)
	}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "contractors", Breadcrumbs: crumbs}, content)
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	filter := Filter{Text: organisation.Typed(q.Get("q")), Archived: q.Get("view") == "archived", After: organisation.ParseCursor(q.Get("after"))}
	list, err := p.service.List(r.Context(), r.Actor, filter)
	if err != nil {
		return web.Reply{}, err
	}
	view := listView{base: URL(r.Organisation.Slug, ""), filter: filter, list: list, may: r.Actor.May(access.ContractorsWrite)}
	return p.office(r, i18n.T(r.Context(), "Contractors"), nil, listPage(view)), nil
}

func readDetails(f *web.Form) Details {
	return Details{Name: f.Line("name"), Trade: f.Line("trade"), Address: f.Text("address"), Email: f.Line("email"), Phone: f.Line("phone"), Notes: f.Text("notes")}
}

func readPerson(f *web.Form) PersonDetails {
	return PersonDetails{Name: f.Line("name"), Email: f.Line("email"), Phone: f.Line("phone")}
}

func (p *Pages) newForm(r *route.Request) (web.Reply, error) {
	return p.form(r, formView{title: i18n.T(r.Context(), "New contractor"), isNew: true}), nil
}

func (p *Pages) form(r *route.Request, v formView) web.Reply {
	v.action = URL(r.Organisation.Slug, v.contractor)
	return p.office(r, v.title, []ui.Crumb{{Label: v.title}}, contractorForm(v))
}

func (p *Pages) create(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{title: i18n.T(r.Context(), "New contractor"), isNew: true, d: readDetails(form)}
	made := ""
	if err = form.Err(); err == nil {
		made, err = p.service.Create(r.Context(), r.Actor, v.d)
	}
	if err == nil {
		return p.say(URL(r.Organisation.Slug, made), i18n.T(r.Context(), "{name} was added.", "name", v.d.Name)), nil
	}
	return p.refused(r, v, err)
}

func (p *Pages) say(to, sentence string) web.Reply {
	return p.frame.Say(web.Redirect(to), sentence)
}

func (p *Pages) refused(r *route.Request, v formView, err error) (web.Reply, error) {
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems = problems
	return p.form(r, v).WithStatus(http.StatusUnprocessableEntity), nil
}

func (p *Pages) edit(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("contractor"))
	if err != nil {
		return web.Reply{}, err
	}
	c := record.Contractor
	d := Details{Name: c.Name, Trade: c.Trade, Address: c.Address, Email: c.Email, Phone: c.Phone, Notes: c.Notes}
	return p.form(r, formView{title: c.Name, contractor: c.ID, d: d}), nil
}

func (p *Pages) update(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("contractor"))
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{title: record.Contractor.Name, contractor: record.Contractor.ID, d: readDetails(form)}
	if err = form.Err(); err == nil {
		err = p.service.Update(r.Context(), r.Actor, v.contractor, v.d)
	}
	if err == nil {
		return p.say(URL(r.Organisation.Slug, v.contractor), i18n.T(r.Context(), "Saved.")), nil
	}
	return p.refused(r, v, err)
}

func (p *Pages) record(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("contractor"))
	if err != nil {
		return web.Reply{}, err
	}
	view := recordView{slug: r.Organisation.Slug, url: URL(r.Organisation.Slug, record.Contractor.ID), record: record, may: r.Actor.May(access.ContractorsWrite), now: i18n.ReaderOf(r.Context()).Now}
	return p.office(r, record.Contractor.Name, []ui.Crumb{{Label: record.Contractor.Name}}, recordPage(view)), nil
}

func (p *Pages) archive(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	contractor := r.PathValue("contractor")
	if err := p.service.Archive(r.Context(), r.Actor, contractor, !form.Checked("back")); err != nil {
		return web.Reply{}, err
	}
	return p.say(URL(r.Organisation.Slug, contractor), i18n.T(r.Context(), "Saved.")), nil
}

func (p *Pages) newPerson(r *route.Request) (web.Reply, error) {
	return p.inviteForm(r, personView{})
}

func (p *Pages) inviteForm(r *route.Request, v personView) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("contractor"))
	if err != nil {
		return web.Reply{}, err
	}
	url := URL(r.Organisation.Slug, record.Contractor.ID)
	v.title, v.line, v.action, v.back = i18n.T(r.Context(), "Invite to the desk"), record.Contractor.Name, url+"/people", url
	return p.office(r, v.title, []ui.Crumb{{Label: record.Contractor.Name, URL: url}, {Label: v.title}}, inviteForm(v)), nil
}

func (p *Pages) invite(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	contractor, v := r.PathValue("contractor"), personView{d: readPerson(form)}
	if err = form.Err(); err == nil {
		err = p.service.Invite(r.Context(), r.Actor, contractor, v.d)
	}
	if err == nil {
		return p.say(URL(r.Organisation.Slug, contractor), i18n.T(r.Context(), "The invitation is on its way to {email}.", "email", v.d.Email)), nil
	}
	status, shown := shownIn(r, &v, err)
	if !shown {
		return web.Reply{}, err
	}
	reply, err := p.inviteForm(r, v)
	return reply.WithStatus(status), err
}

// shownIn puts a refusal beside the fields of the form that caused it.
func shownIn(r *route.Request, v *personView, err error) (status int, shown bool) {
	if problems, ok := organisation.ProblemsOf(r.Context(), err); ok {
		v.problems = problems
		return http.StatusUnprocessableEntity, true
	}
	if fault.Is(err, fault.TooMany) || fault.Is(err, fault.Conflict) {
		v.problems = organisation.Problems{"email": i18n.T(r.Context(), fault.As(err).Message)}
		return route.Status(fault.As(err).Kind), true
	}
	return 0, false
}

func (p *Pages) inviteAgain(r *route.Request) (web.Reply, error) {
	contractor := r.PathValue("contractor")
	if err := p.service.InviteAgain(r.Context(), r.Actor, contractor, r.PathValue("place")); err != nil {
		return web.Reply{}, err
	}
	return p.say(URL(r.Organisation.Slug, contractor), i18n.T(r.Context(), "The invitation was sent once more.")), nil
}

func (p *Pages) endForm(r *route.Request) (web.Reply, error) {
	person, c, err := p.service.Person(r.Context(), r.Actor, r.PathValue("contractor"), r.PathValue("place"))
	if err != nil {
		return web.Reply{}, err
	}
	url, title := URL(r.Organisation.Slug, c.ID), i18n.T(r.Context(), "End the access of {name}", "name", person.Name)
	v := endView{title: title, line: c.Name, action: url + "/people/" + person.ID + "/end", back: url}
	return p.office(r, title, []ui.Crumb{{Label: c.Name, URL: url}, {Label: title}}, endPage(v)), nil
}

func (p *Pages) end(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	contractor := r.PathValue("contractor")
	if err := p.service.EndAccess(r.Context(), r.Actor, contractor, r.PathValue("place"), form.Line("reason")); err != nil {
		return web.Reply{}, err
	}
	return p.say(URL(r.Organisation.Slug, contractor), i18n.T(r.Context(), "The access has ended.")), nil
}

func (p *Pages) endAllForm(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("contractor"))
	if err != nil {
		return web.Reply{}, err
	}
	url, title := URL(r.Organisation.Slug, record.Contractor.ID), i18n.T(r.Context(), "End the access of everybody")
	v := endView{title: title, line: i18n.N(r.Context(), record.Live(), "{name}, {n} person", "{name}, {n} people", "name", record.Contractor.Name), action: url + "/end-all", back: url}
	return p.office(r, title, []ui.Crumb{{Label: record.Contractor.Name, URL: url}, {Label: title}}, endPage(v)), nil
}

func (p *Pages) endAll(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	contractor := r.PathValue("contractor")
	if err := p.service.EndAllAccess(r.Context(), r.Actor, contractor, form.Line("reason")); err != nil {
		return web.Reply{}, err
	}
	return p.say(URL(r.Organisation.Slug, contractor), i18n.T(r.Context(), "The access has ended.")), nil
}
