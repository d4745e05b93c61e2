package request

import (
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/web"
	"lintel/internal/ui"

	"github.com/a-h/templ"
)

// MayAsk reports that the reader may ask for work: for the buttons on other pages.
func MayAsk(r *route.Request) bool {
	return r.Actor.Kind() == access.Customer && r.Actor.May(access.RequestsWrite) && r.Actor.Item() == ""
}

func (p *Pages) home(r *route.Request, title string, crumbs []ui.Crumb, content templ.Component) web.Reply {
	if len(crumbs) > 0 {
		crumbs = append([]ui.Crumb{{Label: i18n.T(r.Context(), "Requests"), URL: CustomerURL(r.Organisation.Slug, "")}}, crumbs...)
	}
	return p.frame.Customer(r, organisation.PageInfo{Title: title, Current: "projects", Breadcrumbs: crumbs, Htmx: true}, content)
}

func (p *Pages) own(r *route.Request) (web.Reply, error) {
	list, err := p.service.Own(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.home(r, i18n.T(r.Context(), "Requests"), nil, ownPage(ownView{slug: r.Organisation.Slug, list: list, reader: r.Actor.Person(), mayAsk: MayAsk(r)})), nil
}

// formView is the form with what was typed.
type formView struct {
	slug     string
	d        Draft
	whom     []Whom
	files    []file.File
	problems organisation.Problems
}

func (p *Pages) form(r *route.Request) (web.Reply, error) {
	if !MayAsk(r) { // here by a link to one thing
		return p.home(r, i18n.T(r.Context(), "Initiate Project"), nil, notHere()), nil
	}
	return p.formPage(r, formView{d: Draft{ID: id.New()}})
}

func (p *Pages) formPage(r *route.Request, v formView) (web.Reply, error) {
	var err error
	if v.whom, v.files, err = p.service.Form(r.Context(), r.Actor, v.d.Files); err != nil {
		return web.Reply{}, err
	}
	v.slug = r.Organisation.Slug
	title := i18n.T(r.Context(), "Initiate Project")
	return p.home(r, title, []ui.Crumb{{Label: title}}, formPage(v)), nil
}

func readDraft(form *web.Form) Draft {
	return Draft{ID: form.Line("id"), Customer: form.Line("customer"), Title: form.Line("title"), Description: form.Text("description"), Property: form.Line("property"),
		Place: form.Line("place"), Wanted: form.Line("wanted"), Files: uploaded(form)}
}

// uploaded are the ids of the uploaded files.
func uploaded(form *web.Form) (ids []string) {
	for _, value := range form.All("file") {
		if id.Valid(value) {
			ids = append(ids, value)
		}
	}
	return ids
}

func (p *Pages) make(r *route.Request) (web.Reply, error) {
	form, err := p.service.files.Form(r, func(form *web.Form) (string, string) { return formKind, form.Line("id") })
	if err != nil {
		return web.Reply{}, err
	}
	v := formView{d: readDraft(form)}
	var made Request
	if err = form.Err(); err == nil {
		made, err = p.service.Make(r.Context(), r.Actor, v.d)
	}
	if err == nil {
		return p.frame.Say(web.Redirect(CustomerURL(r.Organisation.Slug, made.ID)), i18n.T(r.Context(), "Sent. The office sees it now and will answer here.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	if v.problems = problems; !id.Valid(v.d.ID) {
		v.d.ID = id.New()
	}
	reply, err := p.formPage(r, v)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

// seenView is a request on the customer's page.
type seenView struct {
	slug  string
	sheet Sheet
	own   bool
	talk  templ.Component
}

func (p *Pages) see(r *route.Request) (web.Reply, error) {
	sheet, err := p.service.See(r.Context(), r.Actor, r.PathValue("request"))
	if err != nil {
		return web.Reply{}, err
	}
	v := seenView{slug: r.Organisation.Slug, sheet: sheet, own: sheet.Person == r.Actor.Person()}
	if v.talk, err = p.conversation(r, sheet.ID); err != nil {
		return web.Reply{}, err
	}
	return p.home(r, sheet.Title, []ui.Crumb{{Label: sheet.Title}}, seenPage(v)), nil
}
