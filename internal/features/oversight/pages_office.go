package oversight

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/document"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the office's pages about who can see what, and the list of a person's portals.
type Pages struct {
	service  *Service
	identity *identity.Service
	frame    *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, people *identity.Service, frame *organisation.Frame) *Pages {
	return &Pages{service, people, frame}
}

// Routes adds the addresses.
func (p *Pages) Routes(t *route.Table) {
	read, look := access.OfficeWith(access.AccessRead), access.OfficeWith(access.SeeAs)
	t.Get("/{org}/office/customers/{customer}/readers", read, p.readers(OfCustomer, "customer"))
	t.Get("/{org}/office/projects/{project}/readers", read, p.readers(OfProject, "project"))
	t.Get("/{org}/office/proposals/{document}/readers", read, p.readers(OfProposal, "document"))
	t.Get("/{org}/office/files/{file}/readers", read, p.readers(OfFile, "file"))
	t.Get("/{org}/office/logs/{log}/readers", read, p.readers(OfLog, "log"))
	t.Get("/{org}/office/schedules/{project}/readers", read, p.readers(OfSchedule, "project"))
	t.Get("/{org}/office/requests/{request}/readers", read, p.readers(OfRequest, "request"))
	t.Get("/{org}/office/customers/{customer}/contacts/{contact}/person", read, p.person)
	t.Get("/{org}/office/customers/{customer}/contacts/{contact}/look", look, p.lookForm)
	t.Post("/{org}/office/customers/{customer}/contacts/{contact}/look", look, p.look)
	t.Post("/{org}/office/look/stop", look, p.stop)
	t.Get("/{org}/portals", access.EitherWith(access.HomeRead), p.portals)
}

// URL is the page that tells who can see a thing.
func URL(slug string, kind Kind, id string) string {
	return "/" + slug + "/office/" + string(kind) + "s/" + id + "/readers"
}

// PersonURL is the page about a contact's access.
func PersonURL(slug, customerID, contact string) string {
	return customer.URL(slug, customerID) + "/contacts/" + contact + "/person"
}

// thingURL is where the thing itself is.
func thingURL(slug string, t Thing) string {
	switch t.Kind {
	case OfProject:
		return project.OfficeURL(slug, t.ID)
	case OfProposal:
		return document.OfficePath(slug, t.ID)
	case OfFile:
		return file.File{ID: t.ID}.URL(slug)
	case OfLog:
		return dailylog.OfficeURL(slug, t.Project, t.ID)
	case OfSchedule:
		return project.OfficeURL(slug, t.ID) + "/schedule"
	case OfRequest:
		return "/" + slug + "/office/requests/" + t.ID
	}
	return customer.URL(slug, t.ID)
}

type readersView struct {
	slug string
	Readers
}

func (p *Pages) readers(kind Kind, parameter string) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		found, err := p.service.Readers(r.Context(), r.Actor, kind, r.PathValue(parameter))
		if err != nil {
			return web.Reply{}, err
		}
		title := i18n.T(r.Context(), "Who can see this")
		crumbs := []ui.Crumb{{Label: found.Thing.Title, URL: thingURL(r.Organisation.Slug, found.Thing)}, {Label: title}}
		return p.frame.Office(r, organisation.PageInfo{Title: title, Current: menuOf(kind), Breadcrumbs: crumbs}, readersPage(readersView{r.Organisation.Slug, found})), nil
	}
}

func menuOf(kind Kind) string {
	switch kind {
	case OfFile:
		return ""
	case OfLog, OfSchedule:
		return "projects"
	}
	return string(kind) + "s"
}

// Panel is the card on a record that says who can see it; nothing without the right.
func (p *Pages) Panel(r *route.Request, kind Kind, id string) (templ.Component, error) {
	if !r.Actor.May(access.AccessRead) {
		return nil, nil
	}
	found, err := p.service.Readers(r.Context(), r.Actor, kind, id)
	if err != nil {
		return nil, err
	}
	return panel(readersView{r.Organisation.Slug, found}), nil
}

// CustomerCard is Panel on a customer's record.
func (p *Pages) CustomerCard(r *route.Request, c customer.Customer) (templ.Component, error) {
	return p.Panel(r, OfCustomer, c.ID)
}

// ProjectCard is Panel beside a project.
func (p *Pages) ProjectCard(r *route.Request, of project.Line) (templ.Component, error) {
	return p.Panel(r, OfProject, of.ID)
}

// ProposalCard is Panel beside a proposal.
func (p *Pages) ProposalCard(r *route.Request, d document.Document) (templ.Component, error) {
	return p.Panel(r, OfProposal, d.ID)
}

type personView struct {
	slug string
	Dossier
	may struct{ look, manage, edit bool }
}

func (v personView) customerURL() string { return customer.URL(v.slug, v.Customer.ID) }

func (v personView) lookURL() string { return v.customerURL() + "/contacts/" + v.Contact.ID + "/look" }

func (p *Pages) person(r *route.Request) (web.Reply, error) {
	found, err := p.service.Dossier(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"))
	if err != nil {
		return web.Reply{}, err
	}
	view := personView{slug: r.Organisation.Slug, Dossier: found}
	view.may.look = r.Actor.May(access.SeeAs) && found.Active()
	view.may.manage, view.may.edit = r.Actor.May(access.AccessManage), r.Actor.May(access.CustomersWrite)
	return p.office(r, found, "", personPage(view)), nil
}

// office is a page about a contact, with the way back to it.
func (p *Pages) office(r *route.Request, d Dossier, title string, content templ.Component) web.Reply {
	crumbs := []ui.Crumb{{Label: d.Customer.Name, URL: customer.URL(r.Organisation.Slug, d.Customer.ID)}, {Label: d.Contact.Name}}
	if title == "" {
		title = d.Contact.Name
	} else {
		crumbs[1].URL = PersonURL(r.Organisation.Slug, d.Customer.ID, d.Contact.ID)
		crumbs = append(crumbs, ui.Crumb{Label: title})
	}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "customers", Breadcrumbs: crumbs}, content)
}

type lookView struct {
	personView
	reason   string
	problems organisation.Problems
}

func (p *Pages) lookForm(r *route.Request) (web.Reply, error) {
	return p.lookPage(r, lookView{})
}

func (p *Pages) lookPage(r *route.Request, v lookView) (web.Reply, error) {
	found, err := p.service.Dossier(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"))
	if err != nil {
		return web.Reply{}, err
	}
	if !found.Active() {
		return web.Reply{}, fault.New(fault.NotFound, "This contact has no access to the portal.")
	}
	v.slug, v.Dossier = r.Organisation.Slug, found
	return p.office(r, found, i18n.T(r.Context(), "See the portal as {person}", "person", found.Contact.Name), lookPage(v)), nil
}

func (p *Pages) look(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	reason := form.Line("reason")
	if _, err = p.service.Look(r.Context(), r.Actor, r.PathValue("customer"), r.PathValue("contact"), reason); err == nil {
		return web.Redirect("/" + r.Organisation.Slug + "/home"), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	reply, err := p.lookPage(r, lookView{reason: reason, problems: problems})
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) stop(r *route.Request) (web.Reply, error) {
	customerID, contact, err := p.service.StopLooking(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	to := customer.URL(r.Organisation.Slug, "")
	if contact != "" {
		to = PersonURL(r.Organisation.Slug, customerID, contact)
	}
	return p.frame.Say(web.Redirect(to), i18n.T(r.Context(), "You see the office again.")), nil
}

// portals is the page behind the firm's mark (JT-11), for browsers without the menu too.
func (p *Pages) portals(r *route.Request) (web.Reply, error) {
	list, err := p.service.Portals(r.Context(), r.Actor, p.identity.VisitOf(r))
	if err != nil {
		return web.Reply{}, err
	}
	title := i18n.T(r.Context(), "Your portals")
	return p.frame.Portal(r, organisation.PageInfo{Title: title}, portalsPage(shown(r, list))), nil
}

// PortalMenu lists the portals of whoever looks, for the frame.
func (p *Pages) PortalMenu(r *route.Request) ([]ui.Portal, error) {
	list, err := p.service.Portals(r.Context(), r.Actor, p.identity.VisitOf(r))
	return shown(r, list), err
}

func shown(r *route.Request, list []Portal) (out []ui.Portal) {
	for _, one := range list {
		out = append(out, organisation.PortalOf(r, one.Organisation, one.Kind, one.URL(), one.Here, one.Open))
	}
	return out
}
