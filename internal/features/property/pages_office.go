package property

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the office's pages of properties.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of properties.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.CustomersRead), access.OfficeWith(access.CustomersWrite)
	const base = "/{org}/office/properties"
	t.Get(base, read, p.list)
	t.Get(base+"/new", write, p.newForm)
	t.Post(base, write, p.create)
	t.Get(base+"/{property}", read, p.edit)
	t.Post(base+"/{property}", write, p.update)
	t.Post(base+"/{property}/archive", write, p.archive)
}

// URL is the address of a property's page, or of the list without an id.
func URL(slug, property string) string {
	if property == "" {
		return "/" + slug + "/office/properties"
	}
	return "/" + slug + "/office/properties/" + property
}

func (p *Pages) office(r *route.Request, title string, crumbs []ui.Crumb, content templ.Component) web.Reply {
	if len(crumbs) > 0 {
		crumbs = append([]ui.Crumb{{Label: i18n.T(r.Context(), "Properties"), URL: URL(r.Organisation.Slug, "")}}, crumbs...)
	}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "properties", Breadcrumbs: crumbs}, content)
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	filter := Filter{Text: organisation.Typed(q.Get("q")), Archived: q.Get("view") == "archived", After: organisation.ParseCursor(q.Get("after"))}
	list, err := p.service.List(r.Context(), r.Actor, filter)
	if err != nil {
		return web.Reply{}, err
	}
	view := listView{slug: r.Organisation.Slug, base: URL(r.Organisation.Slug, ""), filter: filter, list: list}
	return p.office(r, i18n.T(r.Context(), "Properties"), nil, listPage(view)), nil
}

// ReadDetails reads the fields of Fields out of a form.
func ReadDetails(f *web.Form) Details {
	return Details{Name: f.Line("property_name"), Line1: f.Line("property_line1"), Line2: f.Line("property_line2"), City: f.Line("property_city"), Postcode: f.Line("property_postcode"),
		Country: f.Line("property_country"), Reference: f.Line("property_reference"), AccessNotes: f.Text("property_access")}
}

// newForm needs ?customer=: a property is added from its customer's page.
func (p *Pages) newForm(r *route.Request) (web.Reply, error) {
	return p.formPage(r, formView{customerID: organisation.Typed(r.URL.Query().Get("customer"))})
}

func (p *Pages) formPage(r *route.Request, v formView) (web.Reply, error) {
	c, err := p.service.Customer(r.Context(), r.Actor, v.customerID)
	if err != nil {
		return web.Reply{}, err
	}
	slug := r.Organisation.Slug
	v.customer, v.back, v.action, v.may = c, customer.URL(slug, c.ID), URL(slug, v.property), r.Actor.May(access.CustomersWrite)
	v.title = i18n.T(r.Context(), "New property")
	if v.property != "" {
		v.title = Property{Name: v.d.Name, Line1: v.d.Line1}.Title()
	}
	return p.office(r, v.title, []ui.Crumb{{Label: v.title}}, propertyForm(v)), nil
}

func (p *Pages) create(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{customerID: form.Line("customer"), d: ReadDetails(form)}
	if err = form.Err(); err == nil {
		_, err = p.service.Create(r.Context(), r.Actor, v.customerID, v.d)
	}
	return p.after(r, v, err)
}

// after goes back to the customer, or shows the form again.
func (p *Pages) after(r *route.Request, v formView, err error) (web.Reply, error) {
	if err == nil {
		return p.frame.Say(web.Redirect(customer.URL(r.Organisation.Slug, v.customerID)), i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok || problems["customer"] != "" {
		return web.Reply{}, err
	}
	v.problems = problems
	reply, err := p.formPage(r, v)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) edit(r *route.Request) (web.Reply, error) {
	one, c, err := p.service.Get(r.Context(), r.Actor, r.PathValue("property"))
	if err != nil {
		return web.Reply{}, err
	}
	d := Details{Name: one.Name, Line1: one.Line1, Line2: one.Line2, City: one.City, Postcode: one.Postcode, Country: one.Country, Reference: one.Reference, AccessNotes: one.AccessNotes}
	return p.formPage(r, formView{property: one.ID, customerID: c.ID, d: d, archived: one.Archived})
}

func (p *Pages) update(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	one, c, err := p.service.Get(r.Context(), r.Actor, r.PathValue("property"))
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{property: one.ID, customerID: c.ID, d: ReadDetails(form), archived: one.Archived}
	if err = form.Err(); err == nil {
		err = p.service.Update(r.Context(), r.Actor, one.ID, v.d)
	}
	return p.after(r, v, err)
}

func (p *Pages) archive(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	property := r.PathValue("property")
	if err := p.service.Archive(r.Context(), r.Actor, property, !form.Checked("back")); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(URL(r.Organisation.Slug, property)), i18n.T(r.Context(), "Saved.")), nil
}

// CustomerCard lists a customer's properties on its page; it is a customer.Card.
func (p *Pages) CustomerCard(r *route.Request, c customer.Customer) (templ.Component, error) {
	list, err := p.service.OfCustomer(r.Context(), r.Actor, c.ID)
	if err != nil {
		return nil, err
	}
	add := ""
	if r.Actor.May(access.CustomersWrite) && !c.Archived {
		add = URL(r.Organisation.Slug, "") + "/new?customer=" + c.ID
	}
	return customerCard(r.Organisation.Slug, list, add), nil
}
