package feed

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/route"
	"lintel/internal/features/message"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the feed as a part of pages.
type Pages struct {
	service *Service
	// about is where the thing is that an event happened to, for a reader; empty for what has
	// no page of its own.
	about func(slug string, reader access.Kind, s event.Subject) string
}

// NewPages makes the parts.
func NewPages(service *Service, about func(slug string, reader access.Kind, s event.Subject) string) *Pages {
	return &Pages{service, about}
}

// Routes adds the address of the feed's parts. Office and customers share it; who sees the
// project decides its finder.
func (p *Pages) Routes(t *route.Table) {
	t.Get("/{org}/feed/{project}", access.EitherWith(access.ProjectsRead), p.part)
}

// part answers a part of the feed for the page that shows it, and leads everybody else there.
func (p *Pages) part(r *route.Request) (web.Reply, error) {
	part := partOf(r, r.PathValue("project"))
	v, err := p.service.read(r, part, false)
	if err != nil {
		return web.Reply{}, err
	}
	view := p.view(r, v)
	switch {
	case r.Header.Get("HX-Request") != "true":
		return web.Redirect(view.pageURL(part.Before)), nil
	case part.Before > 0:
		return web.Page(olderPart(view)), nil
	}
	return web.Page(live(view)), nil
}

// Dashboard is the field for a message with the feed below it, for the first page of a project
// (JT-28).
func (p *Pages) Dashboard(r *route.Request, project string) (templ.Component, error) {
	v, err := p.service.read(r, partOf(r, project), true)
	if err != nil {
		return nil, err
	}
	return card(p.view(r, v)), nil
}

// Whole is the feed alone, for a tab of a project's page.
func (p *Pages) Whole(r *route.Request, project string) (templ.Component, error) {
	v, err := p.service.read(r, partOf(r, project), false)
	if err != nil {
		return nil, err
	}
	view := p.view(r, v)
	view.url += "/activity"
	return card(view), nil
}

// partOf reads which part a page asks for.
func partOf(r *route.Request, project string) Part {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	since, _ := strconv.ParseInt(q.Get("since"), 10, 64)
	return Part{Project: project, Show: showOf(q.Get("show")), Before: max(before, 0), Since: max(since, 0)}
}

func (p *Pages) view(r *route.Request, v shown) view {
	return view{shown: v, slug: r.Organisation.Slug, reader: r.Actor, about: p.about}
}

type view struct {
	shown
	slug   string
	reader access.Actor
	about  func(slug string, reader access.Kind, s event.Subject) string
}

func (v view) query(before, since int64) string {
	q := url.Values{}
	if v.part.Show != Everything {
		q.Set("show", string(v.part.Show))
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if since > 0 {
		q.Set("since", strconv.FormatInt(since, 10))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// pageURL is the page that shows a part of the feed.
func (v view) pageURL(before int64) string {
	return v.url + v.query(before, 0) + "#" + message.ElementID
}

// partURL is the part alone.
func (v view) partURL(before, since int64) string {
	return "/" + v.slug + "/feed/" + v.part.Project + v.query(before, since)
}

// liveURL draws anew what is shown, however much came on top of it.
func (v view) liveURL() string {
	if v.part.Since > 0 {
		return v.partURL(0, v.part.Since)
	}
	return v.partURL(0, v.page.Older)
}

// topics are what draws the feed anew: what happens in the project, and that others have seen what the reader wrote.
func (v view) topics() string {
	return "project:" + v.part.Project + " " + message.Receipts(v.reader.Person(), v.part.Project)
}

func (v view) views(ctx context.Context) []ui.Tab {
	var tabs []ui.Tab
	for _, choice := range []struct {
		show  Show
		label string
	}{{Everything, i18n.T(ctx, "Everything")}, {Messages, i18n.T(ctx, "Messages")}, {Files, i18n.T(ctx, "Files")}, {Documents, i18n.T(ctx, "Documents")}} {
		other := v
		other.part.Show = choice.show
		tabs = append(tabs, ui.Tab{Label: choice.label, URL: other.pageURL(0), Current: choice.show == v.part.Show})
	}
	return tabs
}

// cards are the conversations among the items.
func (v view) cards() (list []message.TalkProps) {
	for _, item := range v.page.Items {
		if item.Talk != nil {
			list = append(list, *item.Talk)
		}
	}
	return list
}

// lastNew is the place of the last item with something new in it, above which the line stands
// that says what was seen; -1 for none.
func (v view) lastNew() int {
	for i := len(v.page.Items) - 1; i >= 0; i-- {
		if talk := v.page.Items[i].Talk; talk != nil && talk.Unseen() {
			return i
		}
	}
	return -1
}

// sentence says what happened.
func (i Item) sentence(ctx context.Context) string {
	if i.Count > 1 {
		return i18n.N(ctx, i.Count, "{name} added {n} file", "{name} added {n} files", "name", i.By(ctx))
	}
	return i.Kind.Sentence(ctx, i.Recorded)
}

// person is whose picture stands beside an event; Lintel's own work has an icon.
func (i Item) person() string {
	if i.ActorKind == access.System {
		return ""
	}
	return i.ActorName
}

func (v view) subjectURL(i Item) string {
	if v.about == nil {
		return ""
	}
	return v.about(v.slug, v.reader.Kind(), i.Subject)
}
