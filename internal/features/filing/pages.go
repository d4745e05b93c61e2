package filing

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

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

// Pages are the Files tab of a project and the pages of its files, for the office and for customers.
type Pages struct {
	service *Service
	frame   *organisation.Frame
	// proposalURL is where the reader reads a proposal, empty when they cannot; files that hang on one lead there.
	proposalURL func(r *route.Request, id string) string
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame, proposalURL func(r *route.Request, id string) string) *Pages {
	frame.AddSettingsTabs(organisation.SettingsTab{Key: "storage", Label: i18n.Mark("Storage"), Permission: access.SettingsRead})
	return &Pages{service, frame, proposalURL}
}

// Routes adds the addresses of filing. The tab itself is a page of the project.
func (p *Pages) Routes(t *route.Table) {
	read, write, office := access.EitherWith(access.FilesRead), access.EitherWith(access.FilesWrite), access.OfficeWith(access.FilesWrite)
	t.Get("/{org}/projects/{project}/files", read, p.part)
	t.Get("/{org}/projects/{project}/files.zip", read, p.archive)
	t.Post("/{org}/projects/{project}/files/seen", read, p.seen)
	t.Get("/{org}/files/{file}/details", read, p.sheet)
	t.Post("/{org}/files/{file}/rename", write, p.rename)
	t.Post("/{org}/files/{file}/remove", write, p.remove)
	t.Post("/{org}/office/files/{file}/share", office, p.act(p.service.Share, i18n.Mark("The customer sees this file now.")))
	t.Post("/{org}/office/files/{file}/withdraw", office, p.act(p.service.Withdraw, i18n.Mark("Only the office sees this file now.")))
	t.Post("/{org}/office/projects/{project}/files/move", office, p.move)
	t.Post("/{org}/office/projects/{project}/files/restore", office, p.restore)
	t.Post("/{org}/office/projects/{project}/folders", office, p.makeFolder)
	t.Post("/{org}/office/projects/{project}/pairs", office, p.pair)
	t.Post("/{org}/office/folders/{folder}/rename", office, p.renameFolder)
	t.Post("/{org}/office/folders/{folder}/remove", office, p.removeFolder)
	t.Post("/{org}/office/pairs/{pair}/part", office, p.takeApart)
	t.Get("/{org}/office/settings/storage", access.OfficeWith(access.SettingsRead), func(r *route.Request) (web.Reply, error) { return p.storage(r, "", "") })
	t.Post("/{org}/office/settings/storage", access.OfficeWith(access.SettingsWrite), p.limitStorage)
}

// TabURL is the Files tab of a project for somebody of the office or a customer.
func TabURL(slug, projectID string, kind access.Kind) string {
	if kind == access.Customer {
		return project.CustomerURL(slug, projectID) + "/files"
	}
	return project.OfficeURL(slug, projectID) + "/files"
}

// SheetURL is the page of a file, the same for everybody.
func SheetURL(slug, fileID string) string { return "/" + slug + "/files/" + fileID + "/details" }

// Shown reports whether the actor has a Files tab at all.
func Shown(actor access.Actor) bool {
	return actor.May(access.FilesRead) && (actor.Kind() != access.Customer || actor.Modules().Has(access.Files))
}

// Tab is the content of a project's Files tab, for both faces.
func (p *Pages) Tab(r *route.Request, of project.Line) (templ.Component, error) {
	v, err := p.view(r, of.ID)
	if err != nil {
		return nil, err
	}
	return tab(v), nil
}

// view loads what the address asks for: the list, the photos or the bin.
func (p *Pages) view(r *route.Request, projectID string) (v view, err error) {
	q := r.URL.Query()
	v = view{slug: r.Organisation.Slug, project: projectID, actor: r.Actor, mode: q.Get("view"), folder: organisation.Typed(q.Get("folder")), choosing: q.Has("choose"), order: file.ByDate}
	if order := file.Order(q.Get("sort")); order == file.ByName || order == file.BySize {
		v.order = order
	}
	v.after = placeIn(q.Get("after"))
	switch v.mode {
	case "photos":
		v.Shelf, err = p.service.Photos(r.Context(), r.Actor, projectID, v.after)
	case "bin":
		v.Shelf, err = p.service.Bin(r.Context(), r.Actor, projectID)
	default:
		v.mode = ""
		v.Shelf, err = p.service.Shelf(r.Context(), r.Actor, projectID, v.folder, v.order, v.after)
	}
	return v, err
}

// part is the list alone, for pages that are open while something changes. Somebody who opens the address is sent to
// the tab.
func (p *Pages) part(r *route.Request) (web.Reply, error) {
	v, err := p.view(r, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	if r.Header.Get("HX-Request") == "" {
		return web.Redirect(v.tabURL(v.query())), nil
	}
	return web.Page(livePart(v)), nil
}

func (p *Pages) seen(r *route.Request) (web.Reply, error) {
	return web.Empty(), p.service.MarkSeen(r.Context(), r.Actor, r.PathValue("project"))
}

func (p *Pages) archive(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	a, err := p.service.Archive(r.Context(), r.Actor, r.PathValue("project"), organisation.Typed(q.Get("folder")), unique(q["file"]))
	if err != nil {
		return web.Reply{}, err
	}
	ctx := r.Context()
	reply := web.Reply{MediaType: "application/zip", Stream: func(w http.ResponseWriter) error {
		if err := a.Write(ctx, w); err != nil {
			panic(http.ErrAbortHandler) // the browser shall see that something is missing
		}
		return nil
	}}
	return reply.WithHeader("Content-Disposition", attachment(file.CleanName(a.Name+".zip"))), nil
}

func unique(ids []string) []string {
	sorted := slices.Sorted(slices.Values(ids))
	return slices.Compact(sorted)
}

// act is a verb on one file that leads back to its page.
func (p *Pages) act(verb func(context.Context, access.Actor, string) error, said string) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		fileID := r.PathValue("file")
		if err := verb(r.Context(), r.Actor, fileID); err != nil {
			return web.Reply{}, err
		}
		return p.frame.Say(web.Redirect(SheetURL(r.Organisation.Slug, fileID)), i18n.T(r.Context(), said)), nil
	}
}

func (p *Pages) move(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	projectID, folder, files := r.PathValue("project"), form.Line("folder"), unique(form.All("file"))
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	back := tabWith(r, projectID, url.Values{"folder": {folder}})
	if len(files) == 0 {
		return p.frame.Say(web.Redirect(back), i18n.T(r.Context(), "Choose at least one file.")), nil
	}
	moved, err := p.service.Move(r.Context(), r.Actor, projectID, folder, files)
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(back), i18n.N(r.Context(), moved, "{n} file moved.", "{n} files moved.")), nil
}

// tabWith is the tab with something chosen; empty values are left away.
func tabWith(r *route.Request, projectID string, q url.Values) string {
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	address := TabURL(r.Organisation.Slug, projectID, r.Actor.Kind())
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

func (p *Pages) restore(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	projectID, series := r.PathValue("project"), form.Line("series")
	back := tabWith(r, projectID, url.Values{"view": {"bin"}})
	err = p.service.Restore(r.Context(), r.Actor, projectID, series)
	if reply, refused := p.refused(r, back, err); refused {
		return reply, nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(back), i18n.T(r.Context(), "The file is back in its place.")), nil
}

func (p *Pages) makeFolder(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	projectID := r.PathValue("project")
	made, err := p.service.MakeFolder(r.Context(), r.Actor, projectID, form.Line("name"), form.Checked("inside"))
	if reply, refused := p.refused(r, tabWith(r, projectID, nil), err); refused {
		return reply, nil
	}
	return p.frame.Say(web.Redirect(tabWith(r, projectID, url.Values{"folder": {made.ID}})), i18n.T(r.Context(), "The folder is ready.")), err
}

// refused leads back to the page that a small form stood on and says there what was wrong. Other errors are the
// caller's.
func (p *Pages) refused(r *route.Request, back string, err error) (web.Reply, bool) {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Reply{}, false
	}
	message := f.Message
	if len(f.Fields) > 0 {
		message = f.Fields[0].Message
	}
	return p.frame.Say(web.Redirect(back), i18n.T(r.Context(), message)), true
}

func (p *Pages) renameFolder(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	folder, err := p.service.RenameFolder(r.Context(), r.Actor, r.PathValue("folder"), form.Line("name"))
	back := tabWith(r, folder.Project, url.Values{"folder": {folder.ID}})
	if reply, refused := p.refused(r, back, err); refused && folder.ID != "" {
		return reply, nil
	}
	return p.frame.Say(web.Redirect(back), i18n.T(r.Context(), "The folder has its new name.")), err
}

func (p *Pages) removeFolder(r *route.Request) (web.Reply, error) {
	folder, err := p.service.RemoveFolder(r.Context(), r.Actor, r.PathValue("folder"))
	if reply, refused := p.refused(r, tabWith(r, folder.Project, url.Values{"folder": {folder.ID}}), err); refused {
		return reply, nil
	}
	return p.frame.Say(web.Redirect(tabWith(r, folder.Project, nil)), i18n.T(r.Context(), "The folder is gone.")), err
}

func (p *Pages) pair(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	projectID := r.PathValue("project")
	err = p.service.Pair(r.Context(), r.Actor, projectID, form.Line("before"), form.Line("after"), form.Line("title"))
	if reply, refused := p.refused(r, tabWith(r, projectID, url.Values{"view": {"photos"}, "choose": {"1"}}), err); refused {
		return reply, nil
	}
	return p.frame.Say(web.Redirect(tabWith(r, projectID, url.Values{"view": {"photos"}})), i18n.T(r.Context(), "The two photos stand side by side now.")), err
}

func (p *Pages) takeApart(r *route.Request) (web.Reply, error) {
	projectID, err := p.service.Part(r.Context(), r.Actor, r.PathValue("pair"))
	return web.Redirect(tabWith(r, projectID, url.Values{"view": {"photos"}})), err
}

func (p *Pages) sheet(r *route.Request) (web.Reply, error) {
	sheet, err := p.service.Sheet(r.Context(), r.Actor, r.PathValue("file"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.showSheet(r, sheet, nil), nil
}

func (p *Pages) showSheet(r *route.Request, sheet Sheet, problems organisation.Problems) web.Reply {
	slug, ctx := r.Organisation.Slug, r.Context()
	v := sheetView{Sheet: sheet, slug: slug, actor: r.Actor, problems: problems}
	if sheet.File.Hang.Item != "" && p.proposalURL != nil {
		v.source = p.proposalURL(r, sheet.File.Hang.Item)
	}
	projects, crumbs := project.OfficeURL, []ui.Crumb(nil)
	if r.Actor.Kind() == access.Customer {
		projects = project.CustomerURL
	}
	if sheet.Project.ID != "" {
		crumbs = []ui.Crumb{{Label: sheet.Project.Name, URL: projects(slug, sheet.Project.ID)}, {Label: i18n.T(ctx, "Files"), URL: TabURL(slug, sheet.Project.ID, r.Actor.Kind())}}
		if sheet.Folder != nil {
			crumbs = append(crumbs, ui.Crumb{Label: sheet.Folder.Name, URL: v.folderURL()})
		}
	}
	info := organisation.PageInfo{Title: sheet.File.Name, Current: "projects", Breadcrumbs: append(crumbs, ui.Crumb{Label: sheet.File.Name})}
	return p.frame.Portal(r, info, sheetPage(v))
}

func (p *Pages) rename(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	fileID, name, caption := r.PathValue("file"), form.Line("name"), form.Text("caption")
	if err = form.Err(); err == nil {
		err = p.service.Rename(r.Context(), r.Actor, fileID, name, caption)
	}
	if problems, ok := organisation.ProblemsOf(r.Context(), err); ok {
		sheet, err := p.service.Sheet(r.Context(), r.Actor, fileID)
		if err != nil {
			return web.Reply{}, err
		}
		sheet.File.Name, sheet.File.Caption = name, caption
		return p.showSheet(r, sheet, problems).WithStatus(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(SheetURL(r.Organisation.Slug, fileID)), i18n.T(r.Context(), "Saved.")), nil
}

func (p *Pages) remove(r *route.Request) (web.Reply, error) {
	sheet, err := p.service.Sheet(r.Context(), r.Actor, r.PathValue("file"))
	if err != nil {
		return web.Reply{}, err
	}
	err = p.service.Remove(r.Context(), r.Actor, sheet.File.ID)
	if reply, refused := p.refused(r, SheetURL(r.Organisation.Slug, sheet.File.ID), err); refused {
		return reply, nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(tabWith(r, sheet.Project.ID, url.Values{"folder": {sheet.File.Hang.Folder}})), i18n.T(r.Context(), "{name} was removed.", "name", sheet.File.Name)), nil
}

func attachment(name string) string {
	return fmt.Sprintf(`attachment; filename*=UTF-8''%s`, url.PathEscape(name))
}
