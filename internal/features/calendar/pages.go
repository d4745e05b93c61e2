package calendar

import (
	"bytes"
	"context"
	"errors"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are the page of a person's feed in their profile, and the feed itself.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of calendar feeds.
func (p *Pages) Routes(t *route.Table) {
	own := access.EitherWith(access.ScheduleRead)
	t.Get("/{org}/profile/calendar", own, p.show)
	t.Post("/{org}/profile/calendar", own, p.make)
	t.Post("/{org}/profile/calendar/revoke", own, p.revoke)
	t.Get("/calendar/{feed}", access.Anyone("a secret address of 256 random bits, which its person can end, and which reads published schedules and nothing else"), p.read)
}

// Path is where a person's feed is made and ended.
func Path(slug string) string { return "/" + slug + "/profile/calendar" }

type feedView struct {
	path    string
	feed    Feed
	there   bool
	staff   bool
	address string // of a feed that was just made
}

func (p *Pages) show(r *route.Request) (web.Reply, error) { return p.page(r, "") }

func (p *Pages) page(r *route.Request, address string) (web.Reply, error) {
	feed, there, err := p.service.Own(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	title := i18n.T(r.Context(), "Calendar feed")
	v := feedView{path: Path(r.Organisation.Slug), feed: feed, there: there, staff: r.Actor.Kind() == access.Staff, address: address}
	return p.frame.Portal(r, organisation.PageInfo{Title: title, Breadcrumbs: p.frame.ProfileCrumbs(r, title)}, feedPage(v)), nil
}

// make shows the address in its own answer: it is kept nowhere, so no later page could.
func (p *Pages) make(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	address, err := p.service.Make(r.Context(), r.Actor, form.Line("scope") == scopeAll)
	if errors.Is(err, identity.CodeNeeded) {
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, Path(r.Organisation.Slug))), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.page(r, address)
}

func (p *Pages) revoke(r *route.Request) (web.Reply, error) {
	if err := p.service.Revoke(r.Context(), r.Actor); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(Path(r.Organisation.Slug)), i18n.T(r.Context(), "The calendar feed was ended.")), nil
}

func (p *Pages) read(r *route.Request) (web.Reply, error) {
	content, err := p.service.Read(r.Context(), r.PathValue("feed"))
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Reply{Content: whole{bytes.NewReader(content)}, MediaType: "text/calendar; charset=utf-8", FileName: "lintel.ics", Modified: p.service.store.Now()}
	return reply.WithHeader("Cache-Control", "private, no-store").WithHeader("Referrer-Policy", "no-referrer").WithHeader("X-Robots-Tag", "noindex"), nil
}

// whole is a file that lies in memory.
type whole struct{ *bytes.Reader }

// Close implements io.Closer; there is nothing to close.
func (whole) Close() error { return nil }

func feedTitle(ctx context.Context, v feedView) string {
	if v.there {
		return i18n.T(ctx, "You have a calendar feed")
	}
	return i18n.T(ctx, "You have no calendar feed yet")
}
