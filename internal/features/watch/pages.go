package watch

import (
	"net/http"
	"net/url"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

// Routes adds the address of the stream.
func (s *Service) Routes(t *route.Table) {
	t.Get("/{org}/live", access.EitherWith(access.HomeRead), s.connect)
}

// connect opens the stream of one page: ?topic=project:ID&topic=… Each message names topics that have changed.
func (s *Service) connect(r *route.Request) (web.Reply, error) {
	if !sameSite(r.Request) {
		return web.Reply{Status: http.StatusUnauthorized}, nil // H08: as if they brought no cookies
	}
	asked := r.URL.Query()["topic"]
	if len(asked) > mostTopics {
		return web.Reply{}, fault.New(fault.Invalid, "A page can follow up to 24 things.")
	}
	topics, err := s.heard(r.Context(), r.Actor, asked)
	if err != nil {
		return web.Reply{}, err
	}
	reader := &reader{service: s, cookies: strings.Join(r.Header["Cookie"], "; "), agent: r.Browser.Agent, slug: r.Organisation.Slug, actor: r.Actor, asked: asked,
		seat: seat{string(r.Actor.Org()) + " " + string(r.Actor.Person()), r.Browser.Address}}
	if !s.sit(reader.seat) {
		return web.Reply{}, fault.New(fault.TooMany, "Too many pages are open. Please close some.")
	}
	reader.listener = s.broker.Listen(string(r.Actor.Org()), topics, r.Actor.SeesWholeOrganisation(), mark(r.Request))
	return web.Reply{MediaType: "text/event-stream", Stream: func(w http.ResponseWriter) error { return reader.serve(r.Context(), w) }}.WithHeader("X-Accel-Buffering", "no"), nil
}

// mark is what the page has seen last: the browser sends it when it comes back by itself, a page that was out of sight says it
// in the address.
func mark(r *http.Request) string {
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		return last
	}
	return r.URL.Query().Get("after")
}

// sameSite refuses a page of another site that would listen with the reader's cookies (H08). Browsers say where a request
// comes from; what says nothing is no browser and sends no cookies of its own.
func sameSite(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && strings.EqualFold(from.Host, r.Host)
}
