package writing

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Around is what the office's pages need from the rest of the program.
type Around struct {
	// Conversation is the thread on a proposal, with its composer.
	Conversation func(r *route.Request, d document.Document) (templ.Component, error)
	// Readers says who can see a proposal; may be nil.
	Readers func(r *route.Request, d document.Document) (templ.Component, error)
	// Form reads a posted form with the files that come in it; nil: forms bring none.
	Form func(r *route.Request, size web.FormSize, place file.FormPlace) (*web.Form, error)
}

// Pages are the office's pages of proposals.
type Pages struct {
	service *document.Service
	frame   *organisation.Frame
	around  Around
}

// NewPages makes the office's pages.
func NewPages(s *document.Service, frame *organisation.Frame, around Around) *Pages {
	return &Pages{service: s, frame: frame, around: around}
}

// Routes adds the office's addresses of proposals.
func (p *Pages) Routes(t *route.Table) {
	read, write, send := access.OfficeWith(access.ProposalsRead), access.OfficeWith(access.ProposalsWrite), access.OfficeWith(access.ProposalsSend)
	const one = "/{org}/office/proposals/{document}"
	t.Get("/{org}/office/proposals", read, p.list)
	t.Post("/{org}/office/projects/{project}/proposals", write, p.create)
	t.Get(one, read, p.open)
	t.Post(one, write, p.save)
	t.Get(one+"/preview", read, p.preview)
	t.Get(one+"/versions/{version}", read, p.version)
	t.Get(one+"/import", write, p.chooseEstimate)
	t.Post(one+"/import", write, p.uploadEstimate)
	t.Get(one+"/import/{file}", write, p.previewImport)
	t.Post(one+"/import/{file}", write, p.applyImport)
	t.Get(one+"/send", send, p.review)
	t.Post(one+"/send", send, p.send)
	t.Post(one+"/resend", send, p.resend)
	t.Post(one+"/revise", write, p.revise)
	t.Post(one+"/withdraw", write, p.withdraw)
	t.Post(one+"/links/{link}/revoke", access.OfficeWith(access.LinksManage), p.revokeLink)
}

const navKey = "proposals"

// listPath is where the office's list is.
func listPath(slug string) string { return "/" + slug + "/office/proposals" }

func projectPath(slug, project string) string { return "/" + slug + "/office/projects/" + project }

const listLength = 25

// listView is one page of the list of proposals.
type listView struct {
	slug     string
	state    proposal.State
	list     []document.Document
	paged    bool
	next     string
	projects string
}

// tabs are the states that the list can be narrowed to.
func (v listView) tabs(ctx context.Context) []ui.Tab {
	tabs := []ui.Tab{{Label: i18n.T(ctx, "All"), URL: listPath(v.slug), Current: v.state == ""}}
	for _, state := range []proposal.State{proposal.Draft, proposal.Sent, proposal.ChangesRequested, proposal.Approved, proposal.Declined} {
		tabs = append(tabs, ui.Tab{Label: i18n.T(ctx, state.Words()), URL: listPath(v.slug) + "?state=" + url.QueryEscape(string(state)), Current: v.state == state})
	}
	return tabs
}

func (v listView) first() string {
	if !v.paged {
		return ""
	}
	return v.address("")
}

func (v listView) address(after string) string {
	query := url.Values{}
	if v.state != "" {
		query.Set("state", string(v.state))
	}
	if after != "" {
		query.Set("after", after)
	}
	if len(query) == 0 {
		return listPath(v.slug)
	}
	return listPath(v.slug) + "?" + query.Encode()
}

func (p *Pages) list(r *route.Request) (web.Reply, error) {
	v := listView{slug: r.Organisation.Slug, projects: "/" + r.Organisation.Slug + "/office/projects"}
	for _, state := range proposal.States() {
		if string(state) == r.URL.Query().Get("state") {
			v.state = state
		}
	}
	after := organisation.ParseCursor(r.URL.Query().Get("after"))
	v.paged = !after.Zero()
	list, err := p.service.List(r.Context(), r.Actor, v.state, time.UnixMicro(after.Number).UTC(), after.ID, listLength+1)
	if err != nil {
		return web.Reply{}, err
	}
	if len(list) > listLength {
		list = list[:listLength]
		last := list[listLength-1]
		v.next = v.address(organisation.Cursor{Number: last.UpdatedAt.UnixMicro(), ID: last.ID}.String())
	}
	v.list = list
	info := organisation.PageInfo{Title: i18n.T(r.Context(), "Proposals"), Current: navKey}
	return p.frame.Office(r, info, listPage(v)), nil
}

// create begins a proposal for a project and opens its editor.
func (p *Pages) create(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	title := form.Line("title")
	if title == "" {
		if title, err = p.service.ProjectName(r.Context(), r.Actor, r.PathValue("project")); err != nil {
			return web.Reply{}, err
		}
	}
	made, err := p.service.Create(r.Context(), r.Actor, r.PathValue("project"), title)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(document.OfficePath(r.Organisation.Slug, made)), nil
}

// toneOf colours a state.
func toneOf(s proposal.State) ui.Tone {
	switch s {
	case proposal.Approved:
		return ui.ToneOK
	case proposal.Draft, proposal.ChangesRequested, proposal.Expired:
		return ui.ToneWarn
	case proposal.Declined, proposal.Void:
		return ui.ToneBad
	case proposal.Sent:
		return ui.ToneInfo
	}
	return ""
}

func stateBadge(ctx context.Context, s proposal.State) templ.Component {
	return ui.Badge(ui.BadgeProps{Text: i18n.T(ctx, s.Words()), Tone: toneOf(s)})
}

// open is the editor of a draft, for those who may write one, and the page of a sent
// version for everybody else.
func (p *Pages) open(r *route.Request) (web.Reply, error) {
	desk, err := p.service.Desk(r.Context(), r.Actor, r.PathValue("document"), 0)
	if err != nil {
		return web.Reply{}, err
	}
	if desk.Version.State == proposal.Draft && r.Actor.May(access.ProposalsWrite) {
		v := newEditor(r, desk)
		if r.URL.Query().Get("missing") != "" {
			p.markMissing(r, &v)
		}
		return p.editor(r, v), nil
	}
	return p.sentPage(r, desk)
}

// crumbs is the path to a proposal.
func crumbs(ctx context.Context, slug string, d document.Document) []ui.Crumb {
	return []ui.Crumb{{Label: i18n.T(ctx, "Projects"), URL: "/" + slug + "/office/projects"}, {Label: d.ProjectName, URL: projectPath(slug, d.Project)},
		{Label: i18n.T(ctx, "Proposals"), URL: listPath(slug)}}
}
