package notify

import (
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are the inboxes of the office and of customers.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of the inboxes.
func (p *Pages) Routes(t *route.Table) {
	office, home := access.OfficeWith(access.HomeRead), access.CustomerWith(access.HomeRead)
	t.Get("/{org}/office/inbox", office, p.inbox)
	t.Post("/{org}/office/inbox/read", office, p.readAll)
	t.Post("/{org}/office/inbox/{notice}", office, p.open)
	t.Get("/{org}/home/inbox", home, p.inbox)
	t.Post("/{org}/home/inbox/read", home, p.readAll)
	t.Post("/{org}/home/inbox/{notice}", home, p.open)
}

// Path is where an actor's inbox is.
func Path(slug string, kind access.Kind) string {
	if kind == access.Customer {
		return "/" + slug + "/home/inbox"
	}
	return "/" + slug + "/office/inbox"
}

// Bell is the button of the top bar that leads to the inbox.
func Bell(r *route.Request, unread int) templ.Component {
	return bell(Path(r.Organisation.Slug, r.Actor.Kind()), unread)
}

type inboxView struct {
	slug, path string
	list       []Notice
}

func (v inboxView) unread() (count int) {
	for _, n := range v.list {
		if n.Unread() {
			count++
		}
	}
	return count
}

func (p *Pages) inbox(r *route.Request) (web.Reply, error) {
	list, err := p.service.Inbox(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view := inboxView{slug: r.Organisation.Slug, path: Path(r.Organisation.Slug, r.Actor.Kind()), list: list}
	return p.frame.Portal(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Inbox"), Current: "inbox"}, inboxPage(view)), nil
}

// open marks a notice as read and goes where it leads.
func (p *Pages) open(r *route.Request) (web.Reply, error) {
	path, err := p.service.Open(r.Context(), r.Actor, r.PathValue("notice"))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(within(r.Organisation.Slug, path, Path(r.Organisation.Slug, r.Actor.Kind()))), nil
}

func (p *Pages) readAll(r *route.Request) (web.Reply, error) {
	if err := p.service.ReadAll(r.Context(), r.Actor); err != nil {
		return web.Reply{}, err
	}
	done := web.Redirect(Path(r.Organisation.Slug, r.Actor.Kind()))
	return p.frame.Say(done, i18n.T(r.Context(), "Everything is marked as read.")), nil
}

// within gives the path when it stays inside the firm's portal, and otherwise another one.
func within(slug, path, otherwise string) string {
	if strings.HasPrefix(path, "/"+slug+"/") && !strings.Contains(path, "\\") {
		return path
	}
	return otherwise
}
