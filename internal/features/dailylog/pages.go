package dailylog

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the pages of daily logs for the office and for customers.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of daily logs. Their list is a tab of a project.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.LogsRead), access.OfficeWith(access.LogsWrite)
	const office, home = "/{org}/office/projects/{project}/logs", "/{org}/home/projects/{project}/logs"
	t.Get(office+"/list", read, p.part)
	t.Post(office, write, p.begin)
	t.Get(office+"/{log}", read, p.open)
	t.Get(office+"/{log}/print", read, p.print)
	t.Get(office+"/{log}/photos", read, p.photos)
	t.Post(office+"/{log}", write, p.save)
	t.Post(office+"/{log}/share", write, p.share)
	t.Post(office+"/{log}/photos", write, p.choosePhotos)
	t.Post(office+"/{log}/photos/{photo}", write, p.choosePhoto)
	t.Post(office+"/{log}/remove", write, p.remove)
	customer := access.CustomerWith(access.LogsRead)
	t.Get(home+"/list", customer, p.part)
	t.Get(home+"/{log}", customer, p.open)
	t.Get(home+"/{log}/print", customer, p.print)
}

// Tab lists a project's logs, as a tab of its page on either face; it is a project.Slot.
func (p *Pages) Tab(r *route.Request, of project.Line) (templ.Component, error) {
	list, err := p.service.List(r.Context(), r.Actor, of.ID, organisation.ParseCursor(r.URL.Query().Get("from")))
	if err != nil {
		return nil, err
	}
	return logsTab(listViewOf(r, of.ID, list)), nil
}

func listViewOf(r *route.Request, of string, list List) listView {
	v := listView{slug: r.Organisation.Slug, project: of, office: r.Actor.Kind() == access.Staff, may: r.Actor.May(access.LogsWrite), list: list, today: today(r), from: r.URL.Query().Get("from")}
	v.url = CustomerURL(v.slug, of, "")
	if v.office {
		v.url = OfficeURL(v.slug, of, "")
	}
	return v
}

func today(r *route.Request) string {
	reader := i18n.ReaderOf(r.Context())
	zone := reader.Zone
	if zone == nil {
		zone = time.UTC
	}
	return reader.Now.In(zone).Format(time.DateOnly)
}

// partOnly reports whether a script asks for the part of the page alone.
func partOnly(r *route.Request) bool { return r.Header.Get("HX-Request") == "true" }

func (p *Pages) part(r *route.Request) (web.Reply, error) {
	of := r.PathValue("project")
	list, err := p.service.List(r.Context(), r.Actor, of, organisation.ParseCursor(r.URL.Query().Get("from")))
	if err != nil {
		return web.Reply{}, err
	}
	v := listViewOf(r, of, list)
	if !partOnly(r) {
		return web.Redirect(v.url), nil
	}
	return web.Page(logsPart(v)), nil
}

// begin makes a log of today, or of the day that was chosen, and opens it.
func (p *Pages) begin(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	day := form.Line("day")
	if day == "" {
		day = today(r)
	}
	l, err := p.service.Begin(r.Context(), r.Actor, r.PathValue("project"), day)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(OfficeURL(r.Organisation.Slug, l.Project, l.ID)), nil
}

func (p *Pages) viewOf(r *route.Request, e Entry) logView {
	v := logView{slug: r.Organisation.Slug, entry: e, d: e.Log.Details(), revision: e.Log.Revision, may: r.Actor.May(access.LogsWrite) && r.Actor.Kind() == access.Staff}
	v.back, v.url = CustomerURL(v.slug, e.Project.ID, ""), CustomerURL(v.slug, e.Project.ID, e.Log.ID)
	if r.Actor.Kind() == access.Staff {
		v.back, v.url = OfficeURL(v.slug, e.Project.ID, ""), OfficeURL(v.slug, e.Project.ID, e.Log.ID)
		if r.Actor.May(access.AccessRead) {
			v.readers = "/" + v.slug + "/office/logs/" + e.Log.ID + "/readers"
		}
	}
	if v.may {
		v.uploadURL = file.UploadURL(v.slug, Kind, e.Log.ID)
	}
	return v
}

func (p *Pages) entry(r *route.Request) (Entry, error) {
	return p.service.Get(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("log"))
}

func (p *Pages) open(r *route.Request) (web.Reply, error) {
	e, err := p.entry(r)
	if err != nil {
		return web.Reply{}, err
	}
	return p.page(r, p.viewOf(r, e)), nil
}

func (p *Pages) page(r *route.Request, v logView) web.Reply {
	of, slug, ctx := v.entry.Project, r.Organisation.Slug, r.Context()
	title := i18n.T(ctx, "Daily log of {day}", "day", i18n.DayShort(ctx, v.entry.Log.Day))
	last := []ui.Crumb{{Label: i18n.T(ctx, "Daily log"), URL: v.back}, {Label: i18n.DayShort(ctx, v.entry.Log.Day)}}
	if r.Actor.Kind() != access.Staff {
		crumbs := append([]ui.Crumb{{Label: of.Name, URL: project.CustomerURL(slug, of.ID)}}, last...)
		return p.frame.Customer(r, organisation.PageInfo{Title: title, Current: "projects", Breadcrumbs: crumbs}, readPage(v))
	}
	crumbs := append([]ui.Crumb{{Label: i18n.T(ctx, "Projects"), URL: project.OfficeURL(slug, "")}, {Label: of.Name, URL: project.OfficeURL(slug, of.ID)}}, last...)
	content := readPage(v)
	if v.may {
		content = writePage(v)
	}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "projects", Breadcrumbs: crumbs, Htmx: true}, content)
}

// print is a log alone, as paper takes it.
func (p *Pages) print(r *route.Request) (web.Reply, error) {
	e, err := p.entry(r)
	if err != nil {
		return web.Reply{}, err
	}
	title := i18n.T(r.Context(), "Daily log of {day}", "day", i18n.DayShort(r.Context(), e.Log.Day))
	return p.frame.Document(r, organisation.DocumentInfo{Title: title, Line: e.Project.Name}, printPage(p.viewOf(r, e))), nil
}

func (p *Pages) photos(r *route.Request) (web.Reply, error) {
	e, err := p.entry(r)
	if err != nil {
		return web.Reply{}, err
	}
	v := p.viewOf(r, e)
	if !partOnly(r) {
		return web.Redirect(v.url), nil
	}
	return web.Page(photosPart(v)), nil
}

func (p *Pages) save(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	d := Details{Day: form.Line("day"), Weather: Weather(form.Line("weather")), Temperature: form.Line("temperature"), OnSite: form.Line("on_site"), Notes: form.Text("notes")}
	revision, _ := web.Whole(form.Line("revision")) // what is no number is no revision
	if err = form.Err(); err == nil {
		err = p.service.Save(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("log"), revision, d)
	}
	if err == nil {
		return p.back(r, i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	e, loadErr := p.entry(r)
	if loadErr != nil {
		return web.Reply{}, loadErr
	}
	v := p.viewOf(r, e)
	v.d, v.problems = d, problems
	if fault.Is(err, fault.Conflict) {
		v.theirs = e.Log.Notes
		return p.page(r, v).WithStatus(http.StatusConflict), nil
	}
	v.revision = revision
	return p.page(r, v).WithStatus(http.StatusUnprocessableEntity), nil
}

// back shows the log and says what was done.
func (p *Pages) back(r *route.Request, sentence string) web.Reply {
	return p.frame.Say(web.Redirect(OfficeURL(r.Organisation.Slug, r.PathValue("project"), r.PathValue("log"))), sentence)
}

func (p *Pages) share(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if form.Checked("back") {
		err := p.service.Withdraw(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("log"))
		return p.back(r, i18n.T(r.Context(), "The customer does not see this log any more.")), err
	}
	err = p.service.Share(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("log"))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return p.back(r, i18n.T(r.Context(), f.Message)), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "Shared. The customer sees it now.")), nil
}

// choosePhotos lets all photos of the log go along, or none.
func (p *Pages) choosePhotos(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	e, err := p.entry(r)
	if err != nil {
		return web.Reply{}, err
	}
	var all []string
	for _, photo := range e.Log.Photos {
		all = append(all, photo.ID)
	}
	if err := p.service.ChoosePhotos(r.Context(), r.Actor, e.Project.ID, e.Log.ID, all, form.Checked("shared")); err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "Saved.")), nil
}

func (p *Pages) choosePhoto(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	of, log, photo := r.PathValue("project"), r.PathValue("log"), r.PathValue("photo")
	if form.Checked("remove") {
		err = p.service.RemovePhoto(r.Context(), r.Actor, of, log, photo)
	} else {
		err = p.service.ChoosePhotos(r.Context(), r.Actor, of, log, []string{photo}, form.Checked("shared"))
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "Saved.")), nil
}

func (p *Pages) remove(r *route.Request) (web.Reply, error) {
	if err := p.service.Remove(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("log")); err != nil {
		return web.Reply{}, err
	}
	done := web.Redirect(OfficeURL(r.Organisation.Slug, r.PathValue("project"), ""))
	return p.frame.Say(done, i18n.T(r.Context(), "The daily log was deleted.")), nil
}
