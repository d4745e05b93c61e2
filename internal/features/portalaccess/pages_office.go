package portalaccess

import (
	"net/http"
	"strconv"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func (p *Pages) officeRoutes(t *route.Table) {
	read, manage := access.OfficeWith(access.AccessRead), access.OfficeWith(access.AccessManage)
	const base = "/{org}/office/customers/{customer}/access"
	t.Get(base, read, p.sheet)
	t.Post(base, manage, p.apply)
	t.Post(base+"/review", manage, p.review)
	t.Get(base+"/send", manage, p.sendForm)
	t.Post(base+"/send", manage, p.send)
	t.Get(base+"/{contact}/end", manage, p.endForm)
	t.Post(base+"/{contact}/end", manage, p.end)
	t.Post(base+"/{contact}/revoke", manage, p.revoke)
	const project = "/{org}/office/projects/{project}/access"
	t.Get(project, read, p.projectSheet)
	t.Post(project, manage, p.giveProject)
}

// URL is where the portal access of a customer is managed.
func URL(slug, customerID string) string { return customer.URL(slug, customerID) + "/access" }

func (p *Pages) url(r *route.Request) string {
	return URL(r.Organisation.Slug, r.PathValue("customer"))
}

// row is one line of the table: a person at a place.
type row struct {
	person  Person
	place   Place
	ticked  access.ModuleSet
	company string
}

// has reports whether a module can be given in the row.
func (r row) has(v sheetView, m access.Module) bool {
	return offeredAt(r.place.Project, v.Offered).Has(m)
}

func (r row) changed(m access.Module) bool { return r.ticked.Has(m) != r.place.Modules.Has(m) }

// sheetView is the page of a customer's portal access.
type sheetView struct {
	Sheet
	url, customerURL string
	slug             string
	rows             []row
	may              bool
	mayLinks         bool
	pending          []string // what the ticks would change, in words; empty: nothing yet
	reason           string
	problems         organisation.Problems
}

func (p *Pages) view(r *route.Request) (sheetView, error) {
	sheet, err := p.service.Sheet(r.Context(), r.Actor, r.PathValue("customer"))
	v := sheetView{Sheet: sheet, url: p.url(r), customerURL: customer.URL(r.Organisation.Slug, sheet.Customer.ID), slug: r.Organisation.Slug,
		may: r.Actor.May(access.AccessManage), mayLinks: r.Actor.May(access.LinksManage)}
	for _, person := range sheet.People {
		for _, place := range person.Places {
			v.rows = append(v.rows, row{person, place, place.Modules, sheet.Customer.Name})
		}
	}
	return v, err
}

func (p *Pages) page(r *route.Request, v sheetView) web.Reply {
	ctx := r.Context()
	crumbs := []ui.Crumb{{Label: i18n.T(ctx, "Customers"), URL: customer.URL(v.slug, "")}, {Label: v.Customer.Name, URL: v.customerURL}, {Label: i18n.T(ctx, "Portal access")}}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(ctx, "Portal access"), Current: "customers", Breadcrumbs: crumbs}, sheetPage(v))
}

func (p *Pages) sheet(r *route.Request) (web.Reply, error) {
	v, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	return p.page(r, v), nil
}

// readChanges reads the table out of a form: for each row its person and place, what it
// showed, and what is ticked.
func readChanges(form *web.Form) (changes []Change) {
	hads := form.All("had")
	for i, key := range form.All("row") {
		if i >= len(hads) {
			break
		}
		person, project, _ := strings.Cut(key, " ")
		change := Change{Person: access.PersonID(person), Project: project, Had: access.ParseModules(hads[i])}
		for _, m := range form.All("on." + strconv.Itoa(i)) {
			change.Want = change.Want.With(access.Module(m))
		}
		changes = append(changes, change)
	}
	return changes
}

// review shows what the ticks would change, and asks for the word that confirms it.
func (p *Pages) review(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	changes := readChanges(form)
	if err := v.check(changes); err != nil {
		return web.Reply{}, err
	}
	v.tick(r, changes)
	return p.page(r, v), nil
}

// tick puts what was ticked into the rows and says what it would change.
func (v *sheetView) tick(r *route.Request, changes []Change) {
	for _, c := range changed(changes, v.Offered) {
		for i := range v.rows {
			if v.rows[i].person.Person == c.Person && v.rows[i].place.Project == c.Project {
				v.rows[i].ticked = c.apply(v.Offered)
				v.pending = append(v.pending, changeWords(r.Context(), v.rows[i])...)
			}
		}
	}
}

func (p *Pages) apply(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	changes, reason := readChanges(form), form.Line("reason")
	if err = form.Err(); err == nil {
		err = p.service.Apply(r.Context(), r.Actor, r.PathValue("customer"), changes, reason, form.Line("confirm"))
	}
	if err == nil {
		return p.frame.Say(web.Redirect(p.url(r)), i18n.T(r.Context(), "In force from the next click of each person.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok || problems["confirm"] == "" && problems["reason"] == "" {
		return web.Reply{}, err
	}
	v, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	v.tick(r, changes)
	v.reason, v.problems = reason, problems
	return p.page(r, v).WithStatus(http.StatusUnprocessableEntity), nil
}

// sendView is the form of Send customer portal access.
type sendView struct {
	Sheet
	url      string
	to       Person // chosen, or zero
	sending  Sending
	problems organisation.Problems
}

func (p *Pages) sendForm(r *route.Request) (web.Reply, error) {
	sheet, err := p.service.Sheet(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	v := sendView{Sheet: sheet, sending: Sending{Contact: r.URL.Query().Get("contact"), Modules: sheet.Offered.Without(access.NewModuleSet(access.Users))}}
	if to, known := sheet.contact(v.sending.Contact); known && len(to.Places) > 0 {
		v.sending.Project, v.sending.Modules = to.Places[0].Project, to.Places[0].Modules
	}
	return p.sendPage(r, v), nil
}

func (p *Pages) sendPage(r *route.Request, v sendView) web.Reply {
	ctx := r.Context()
	v.url = p.url(r)
	v.to, _ = v.contact(v.sending.Contact)
	crumbs := []ui.Crumb{{Label: i18n.T(ctx, "Customers"), URL: customer.URL(r.Organisation.Slug, "")}, {Label: v.Customer.Name, URL: customer.URL(r.Organisation.Slug, v.Customer.ID)},
		{Label: i18n.T(ctx, "Portal access"), URL: v.url}, {Label: i18n.T(ctx, "Send")}}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(ctx, "Send customer portal access"), Current: "customers", Breadcrumbs: crumbs}, sendPage(v))
}

func readModules(form *web.Form) (set access.ModuleSet) {
	for _, m := range form.All("modules") {
		set = set.With(access.Module(m))
	}
	return set
}

func (p *Pages) send(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	sending := Sending{Contact: form.Line("contact"), Project: form.Line("project"), Modules: readModules(form), Word: form.Line("confirm")}
	to := customer.Contact{}
	if err = form.Err(); err == nil {
		to, err = p.service.Send(r.Context(), r.Actor, r.PathValue("customer"), sending)
	}
	if err == nil {
		return p.frame.Say(web.Redirect(p.url(r)), i18n.T(r.Context(), "The invitation to {name} is on its way.", "name", to.Name)), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	sheet, err := p.service.Sheet(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.sendPage(r, sendView{Sheet: sheet, sending: sending, problems: problems}).WithStatus(http.StatusUnprocessableEntity), nil
}

// endView is the page on which somebody's whole access is ended.
type endView struct {
	url      string
	person   Person
	company  string
	reason   string
	problems organisation.Problems
}

func (p *Pages) endForm(r *route.Request) (web.Reply, error) {
	return p.endPage(r, endView{})
}

func (p *Pages) endPage(r *route.Request, v endView) (web.Reply, error) {
	sheet, err := p.service.Sheet(r.Context(), r.Actor, r.PathValue("customer"))
	if err != nil {
		return web.Reply{}, err
	}
	known := false
	if v.person, known = sheet.contact(r.PathValue("contact")); !known {
		return web.Reply{}, notFound()
	}
	ctx := r.Context()
	v.url, v.company = p.url(r), sheet.Customer.Name
	crumbs := []ui.Crumb{{Label: i18n.T(ctx, "Customers"), URL: customer.URL(r.Organisation.Slug, "")}, {Label: v.company, URL: customer.URL(r.Organisation.Slug, sheet.Customer.ID)},
		{Label: i18n.T(ctx, "Portal access"), URL: v.url}, {Label: i18n.T(ctx, "End access")}}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(ctx, "End access"), Current: "customers", Breadcrumbs: crumbs}, endPage(v)), nil
}

func (p *Pages) end(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := endView{reason: form.Line("reason")}
	removed := customer.Contact{}
	if err = form.Err(); err == nil {
		removed, err = p.service.Remove(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"), v.reason, form.Line("confirm"))
	}
	if err == nil {
		return p.frame.Say(web.Redirect(p.url(r)), i18n.T(r.Context(), "{name} has no access any more. All links and sessions are closed.", "name", removed.Name)), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems = problems
	reply, err := p.endPage(r, v)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) revoke(r *route.Request) (web.Reply, error) {
	k, err := p.service.RevokeInvitation(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"), "")
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(p.url(r)), i18n.T(r.Context(), "The invitation of {name} has ended.", "name", k.Name)), nil
}
