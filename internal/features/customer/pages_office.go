package customer

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Card is a part of a customer's page that a higher floor gives: projects, properties. A
// nil component is left away.
type Card func(r *route.Request, customer Customer) (templ.Component, error)

// Pages are the office's pages of customers.
type Pages struct {
	service *Service
	frame   *organisation.Frame
	cards   []Card
}

// NewPages makes the pages; cards stand under the contacts, in their order.
func NewPages(service *Service, frame *organisation.Frame, cards ...Card) *Pages {
	return &Pages{service, frame, cards}
}

// Routes adds the addresses of customers and contacts.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.CustomersRead), access.OfficeWith(access.CustomersWrite)
	const base = "/{org}/office/customers"
	t.Get(base, read, p.list)
	t.Get(base+"/new", write, p.newForm)
	t.Post(base, write, p.create)
	t.Get(base+"/{customer}", read, p.record)
	t.Get(base+"/{customer}/edit", write, p.edit)
	t.Post(base+"/{customer}", write, p.update)
	t.Post(base+"/{customer}/archive", write, p.archive)
	t.Get(base+"/{customer}/contacts/new", write, p.newContact)
	t.Post(base+"/{customer}/contacts", write, p.addContact)
	t.Get(base+"/{customer}/contacts/{contact}", write, p.editContact)
	t.Post(base+"/{customer}/contacts/{contact}", write, p.updateContact)
	t.Post(base+"/{customer}/contacts/{contact}/remove", write, p.removeContact)
	t.Post(base+"/{customer}/links/revoke", access.OfficeWith(access.LinksManage), p.revokeAll)
}

// URL is the address of a customer's page, or of the list without an id.
func URL(slug, customer string) string {
	if customer == "" {
		return "/" + slug + "/office/customers"
	}
	return "/" + slug + "/office/customers/" + customer
}

func (p *Pages) office(r *route.Request, title string, crumbs []ui.Crumb, content templ.Component) web.Reply {
	if len(crumbs) > 0 {
		crumbs = append([]ui.Crumb{{Label: i18n.T(r.Context(), "Customers"), URL: URL(r.Organisation.Slug, "")}}, crumbs...)
	}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "customers", Breadcrumbs: crumbs}, content)
}

func readFilter(q url.Values) Filter {
	f := Filter{Text: organisation.Typed(q.Get("q")), Archived: q.Get("view") == "archived", Sort: ByName, After: organisation.ParseCursor(q.Get("after"))}
	if q.Get("sort") == string(ByRecent) && f.Text == "" {
		f.Sort = ByRecent
	}
	return f
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	filter := readFilter(r.URL.Query())
	list, err := p.service.List(r.Context(), r.Actor, filter)
	if err != nil {
		return web.Reply{}, err
	}
	view := listView{base: URL(r.Organisation.Slug, ""), filter: filter, list: list, may: r.Actor.May(access.CustomersWrite)}
	return p.office(r, i18n.T(r.Context(), "Customers"), nil, listPage(view)), nil
}

func (p *Pages) newForm(r *route.Request) (web.Reply, error) {
	return p.formPage(r, formView{title: i18n.T(r.Context(), "New customer"), isNew: true}), nil
}

func (p *Pages) formPage(r *route.Request, v formView) web.Reply {
	v.action, v.back = URL(r.Organisation.Slug, v.customer), URL(r.Organisation.Slug, v.customer)
	return p.office(r, v.title, []ui.Crumb{{Label: v.title}}, customerForm(v))
}

func readDetails(f *web.Form) Details {
	return Details{Name: f.Line("name"), Address: f.Text("address"), Email: f.Line("email"), Phone: f.Line("phone"), Notes: f.Text("notes")}
}

// ReadContact reads the fields of ContactFields out of a form.
func ReadContact(f *web.Form) ContactDetails {
	return ContactDetails{Name: f.Line("contact_name"), Email: f.Line("contact_email"), Phone: f.Line("contact_phone"), Title: f.Line("contact_title")}
}

func (p *Pages) create(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{title: i18n.T(r.Context(), "New customer"), isNew: true, d: readDetails(form), first: ReadContact(form)}
	made := ""
	if err = form.Err(); err == nil {
		made, err = p.service.Create(r.Context(), r.Actor, v.d, v.first)
	}
	if err == nil {
		return p.frame.Say(web.Redirect(URL(r.Organisation.Slug, made)), i18n.T(r.Context(), "{name} was added.", "name", v.d.Name)), nil
	}
	return p.refused(r, v, err)
}

func (p *Pages) refused(r *route.Request, v formView, err error) (web.Reply, error) {
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems = problems
	return p.formPage(r, v).WithStatus(http.StatusUnprocessableEntity), nil
}

func (p *Pages) record(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	view := recordView{slug: r.Organisation.Slug, url: URL(r.Organisation.Slug, record.Customer.ID), record: record, may: r.Actor.May(access.CustomersWrite), mayLinks: r.Actor.May(access.LinksManage),
		access: r.Actor.May(access.AccessManage), sees: r.Actor.May(access.AccessRead)}
	for _, card := range p.cards {
		part, err := card(r, record.Customer)
		if err != nil {
			return web.Reply{}, err
		}
		if part != nil {
			view.cards = append(view.cards, part)
		}
	}
	return p.office(r, record.Customer.Name, []ui.Crumb{{Label: record.Customer.Name}}, recordPage(view)), nil
}

func (p *Pages) edit(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	c := record.Customer
	return p.formPage(r, formView{title: c.Name, customer: c.ID, d: Details{Name: c.Name, Address: c.Address, Email: c.Email, Phone: c.Phone, Notes: c.Notes}}), nil
}

func (p *Pages) update(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{title: i18n.T(r.Context(), "Customer"), customer: r.PathValue("customer"), d: readDetails(form)}
	if err = form.Err(); err == nil {
		err = p.service.Update(r.Context(), r.Actor, v.customer, v.d)
	}
	if err == nil {
		return p.back(r, i18n.T(r.Context(), "Saved.")), nil
	}
	return p.refused(r, v, err)
}

// back goes to the customer's page and says what was done.
func (p *Pages) back(r *route.Request, sentence string) web.Reply {
	return p.frame.Say(web.Redirect(URL(r.Organisation.Slug, r.PathValue("customer"))), sentence)
}

func (p *Pages) archive(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	archived := !form.Checked("back")
	if err := p.service.Archive(r.Context(), r.Actor, r.PathValue("customer"), archived); err != nil {
		return web.Reply{}, err
	}
	if archived {
		return p.back(r, i18n.T(r.Context(), "Archived.")), nil
	}
	return p.back(r, i18n.T(r.Context(), "Brought back.")), nil
}

func (p *Pages) newContact(r *route.Request) (web.Reply, error) {
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.contactPage(r, contactView{customer: record.Customer})
}

// contactPage shows a contact's form, with a hint when the address is known already.
func (p *Pages) contactPage(r *route.Request, v contactView) (web.Reply, error) {
	ctx := r.Context()
	v.back = URL(r.Organisation.Slug, v.customer.ID)
	v.title, v.action = i18n.T(ctx, "New contact"), v.back+"/contacts"
	if v.contact != "" {
		v.title, v.action = i18n.T(ctx, "Contact"), v.back+"/contacts/"+v.contact
	}
	same, err := p.service.Namesakes(ctx, r.Actor, v.d.Email, v.contact)
	if err != nil {
		return web.Reply{}, err
	}
	v.same = same
	return p.office(r, v.title, []ui.Crumb{{Label: v.customer.Name, URL: v.back}, {Label: v.title}}, contactForm(v)), nil
}

func (p *Pages) addContact(r *route.Request) (web.Reply, error) {
	return p.postContact(r, "", func(d ContactDetails) error {
		_, err := p.service.AddContact(r.Context(), r.Actor, r.PathValue("customer"), d)
		return err
	})
}

// postContact reads the form and saves it; an address that another contact has is asked
// about once.
func (p *Pages) postContact(r *route.Request, contact string, save func(ContactDetails) error) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	record, err := p.service.Get(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	v := contactView{customer: record.Customer, contact: contact, d: ReadContact(form)}
	if err = form.Err(); err == nil {
		err = save(v.d)
	}
	if err == nil {
		return p.back(r, i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems = problems
	reply, err := p.contactPage(r, v)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) editContact(r *route.Request) (web.Reply, error) {
	k, c, err := p.service.Contact(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.contactPage(r, contactView{customer: c, contact: k.ID, bounced: k.Bounced(), reason: k.BounceReason,
		d: ContactDetails{Name: k.Name, Email: k.Email, Phone: k.Phone, Title: k.Title}})
}

func (p *Pages) updateContact(r *route.Request) (web.Reply, error) {
	k, _, err := p.service.Contact(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.postContact(r, k.ID, func(d ContactDetails) error {
		return p.service.UpdateContact(r.Context(), r.Actor, k.ID, d)
	})
}

func (p *Pages) removeContact(r *route.Request) (web.Reply, error) {
	k, _, err := p.service.Contact(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"))
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.RemoveContact(r.Context(), r.Actor, k.ID); err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "{name} was removed.", "name", k.Name)), nil
}

// revokeAll ends every link of a customer's people, and goes back to the page that listed them.
func (p *Pages) revokeAll(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	n, err := p.service.RevokeLinks(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	back := cmp.Or(identity.InPortal(form.Line("back"), r.Organisation.Slug), URL(r.Organisation.Slug, r.PathValue("customer")))
	return p.frame.Say(web.Redirect(back), i18n.N(r.Context(), n, "The link was revoked. It opens nothing any more.", "{n} links were revoked. They open nothing any more.")), nil
}
