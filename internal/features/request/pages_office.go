package request

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func (p *Pages) office(r *route.Request, title string, crumbs []ui.Crumb, content templ.Component) web.Reply {
	if len(crumbs) > 0 {
		crumbs = append([]ui.Crumb{{Label: i18n.T(r.Context(), "Requests"), URL: OfficeURL(r.Organisation.Slug, "")}}, crumbs...)
	}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "requests", Breadcrumbs: crumbs, Htmx: true}, content)
}

// listView is a page of the office's list.
type listView struct {
	base        string
	all         bool
	list        []Request
	first, next string
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	v := listView{base: OfficeURL(r.Organisation.Slug, ""), all: q.Get("view") == "all"}
	state, query := Submitted, "?"
	if v.all {
		state, query = "", "?view=all&"
	}
	after := organisation.ParseCursor(q.Get("after"))
	list, next, err := p.service.List(r.Context(), r.Actor, state, after)
	if err != nil {
		return web.Reply{}, err
	}
	v.list = list
	if !after.Zero() {
		v.first = v.base + query
	}
	if !next.Zero() {
		v.next = v.base + query + "after=" + next.String()
	}
	if r.Header.Get("HX-Request") == "true" {
		return web.Page(listCard(v)), nil
	}
	return p.office(r, i18n.T(r.Context(), "Requests"), nil, listPage(v)), nil
}

// sheetView is a request on the office's page, with the forms of an answer as they were typed.
type sheetView struct {
	slug, url string
	sheet     Sheet
	choices   Choices
	may       bool
	readers   string // the page that tells who can see the request; empty without the right to ask
	talk      templ.Component
	accept    Acceptance
	project   string // chosen to merge into
	reason    string
	open      string // the form that is open: "accept", "merge" or "decline"
	problems  organisation.Problems
	late      bool // a colleague was faster
}

func (p *Pages) view(r *route.Request) (v sheetView, err error) {
	v = sheetView{slug: r.Organisation.Slug, url: OfficeURL(r.Organisation.Slug, r.PathValue("request")), may: r.Actor.May(access.ProjectsWrite), open: "accept"}
	if r.Actor.May(access.AccessRead) {
		v.readers = v.url + "/readers"
	}
	if v.sheet, err = p.service.Get(r.Context(), r.Actor, r.PathValue("request")); err != nil {
		return v, err
	}
	v.accept = Acceptance{Name: v.sheet.Title, Description: v.sheet.Description, Property: v.sheet.Property}
	if v.sheet.Property == "" && v.sheet.Place != "" {
		v.accept.NewProperty = property.Details{Line1: v.sheet.Place}
	}
	if v.may && v.sheet.State.Open() {
		if v.choices, err = p.service.Choices(r.Context(), r.Actor, v.sheet.Request); err != nil {
			return v, err
		}
	}
	v.talk, err = p.conversation(r, v.sheet.ID)
	return v, err
}

func (p *Pages) show(r *route.Request, v sheetView) web.Reply {
	return p.office(r, v.sheet.Title, []ui.Crumb{{Label: v.sheet.Title}}, sheetPage(v))
}

func (p *Pages) sheet(r *route.Request) (web.Reply, error) {
	v, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	return p.show(r, v), nil
}

// refused shows the page again: with what was typed and what is wrong, or with who was faster.
func (p *Pages) refused(r *route.Request, refusal error, typed func(*sheetView)) (web.Reply, error) {
	problems, fields := organisation.ProblemsOf(r.Context(), refusal)
	late := fault.Is(refusal, fault.Conflict)
	if !fields && !late {
		return web.Reply{}, refusal
	}
	v, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	if late && !fields {
		v.late = true
		return p.show(r, v).WithStatus(http.StatusConflict), nil
	}
	v.problems = problems
	typed(&v)
	return p.show(r, v).WithStatus(http.StatusUnprocessableEntity), nil
}

func (p *Pages) accept(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	a := Acceptance{Name: form.Line("name"), Description: form.Text("description"), Stage: form.Line("stage"), Property: form.Line("property"), NewProperty: property.ReadDetails(form)}
	made := ""
	if err = form.Err(); err == nil {
		of, failed := p.service.Accept(r.Context(), r.Actor, r.PathValue("request"), a)
		made, err = of.Number, failed
	}
	if err != nil {
		return p.refused(r, err, func(v *sheetView) { v.accept, v.open = a, "accept" })
	}
	return p.back(r, i18n.T(r.Context(), "Accepted. Project {number} is ready.", "number", made)), nil
}

func (p *Pages) merge(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	chosen := form.Line("project")
	if err = form.Err(); err == nil {
		err = p.service.Merge(r.Context(), r.Actor, r.PathValue("request"), chosen)
	}
	if err != nil {
		return p.refused(r, err, func(v *sheetView) { v.project, v.open = chosen, "merge" })
	}
	return p.back(r, i18n.T(r.Context(), "Added to the project.")), nil
}

func (p *Pages) decline(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	reason := form.Text("reason")
	if err = form.Err(); err == nil {
		err = p.service.Decline(r.Context(), r.Actor, r.PathValue("request"), reason)
	}
	if err != nil {
		return p.refused(r, err, func(v *sheetView) { v.reason, v.open = reason, "decline" })
	}
	return p.back(r, i18n.T(r.Context(), "Declined. The customer is told kindly.")), nil
}

// back goes to the request's page and says what was done.
func (p *Pages) back(r *route.Request, sentence string) web.Reply {
	return p.frame.Say(web.Redirect(OfficeURL(r.Organisation.Slug, r.PathValue("request"))), sentence)
}
