package notify

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are the inboxes, everybody's Notification Settings, and the organisation's defaults.
type Pages struct {
	service *Service
	people  *identity.Service
	frame   *organisation.Frame
}

// NewPages makes the pages and adds their tab to the settings.
func NewPages(service *Service, people *identity.Service, frame *organisation.Frame) *Pages {
	frame.AddSettingsTabs(organisation.SettingsTab{Key: "notifications", Label: i18n.Mark("Notifications"), Permission: access.SettingsRead})
	return &Pages{service, people, frame}
}

// Routes adds the addresses of the inboxes.
func (p *Pages) Routes(t *route.Table) {
	office, home := access.OfficeWith(access.HomeRead), access.CustomerWith(access.HomeRead)
	t.Get("/{org}/office/inbox", office, p.inbox)
	t.Get("/{org}/office/inbox/bell", office, p.bell)
	t.Get("/{org}/home/inbox/bell", home, p.bell)
	t.Post("/{org}/office/inbox/read", office, p.readAll)
	t.Post("/{org}/office/inbox/{notice}", office, p.open)
	t.Get("/{org}/home/inbox", home, p.inbox)
	t.Post("/{org}/home/inbox/read", home, p.readAll)
	t.Post("/{org}/home/inbox/{notice}", home, p.open)

	own := access.EitherWith(access.NoticesWrite)
	t.Get("/{org}/profile/notifications", own, p.settings)
	t.Post("/{org}/profile/notifications", own, p.saveSettings)
	t.Post("/{org}/profile/notifications/mute", own, p.mute)
	t.Get("/{org}/profile/push/key", own, p.pushKey)
	t.Post("/{org}/profile/push", own, p.subscribe)
	t.Post("/{org}/profile/push/remove", own, p.unsubscribe)
	t.Get("/{org}/office/settings/notifications", access.OfficeWith(access.SettingsRead), p.defaults)
	t.Post("/{org}/office/settings/notifications", access.OfficeWith(access.SettingsWrite), p.saveDefaults)

	holder := access.LinkHolder("holds the token at the end of a mail, which ends mail of that kind to its reader and nothing else")
	t.Get(web.OneClick, holder, p.ending)
	t.Post(web.OneClick, holder, p.end)
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
	return bell(Path(r.Organisation.Slug, r.Actor.Kind()), string(r.Actor.Person()), unread)
}

// Badge is the number beside the inbox in the office's menu; place tells the menus of one page apart.
func Badge(r *route.Request, unread int, place string) templ.Component {
	return badge(Path(r.Organisation.Slug, r.Actor.Kind()), string(r.Actor.Person()), unread, place)
}

// bell answers the bell or the badge alone, to an open page that heard of something new.
func (p *Pages) bell(r *route.Request) (web.Reply, error) {
	if r.Header.Get("HX-Request") == "" {
		return web.Redirect(Path(r.Organisation.Slug, r.Actor.Kind())), nil
	}
	unread, err := p.service.Unread(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	if r.Actor.Kind() == access.Staff {
		place := r.URL.Query().Get("place")
		if !slices.Contains([]string{"side", "bar", "more"}, place) {
			place = "side"
		}
		return web.Page(Badge(r, unread, place)), nil
	}
	return web.Page(Bell(r, unread)), nil
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
