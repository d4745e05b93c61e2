package watch

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/live"
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
	reader := &reader{service: s, request: again(r.Request), slug: r.Organisation.Slug, actor: r.Actor, asked: asked}
	reader.listener = s.broker.Listen(string(r.Actor.Org()), topics, r.Actor.SeesWholeOrganisation(), mark(r.Request))
	return web.Reply{MediaType: "text/event-stream", Stream: reader.run}.WithHeader("X-Accel-Buffering", "no"), nil
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

// again keeps of a request what is needed to ask once more who it is, and lets go of the rest.
func again(r *http.Request) *http.Request {
	kept := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: r.URL.Path}, Host: r.Host, RemoteAddr: r.RemoteAddr,
		Header: http.Header{"Cookie": slices.Clone(r.Header["Cookie"]), "User-Agent": slices.Clone(r.Header["User-Agent"])}}
	return kept.WithContext(r.Context())
}

// reader is whoever looks at one open page.
type reader struct {
	service  *Service
	request  *http.Request
	slug     string
	actor    access.Actor
	asked    []string
	listener *live.Listener
}

// run writes the stream until the page goes, the program ends or the reader may not hear it any more.
func (d *reader) run(w http.ResponseWriter) error {
	defer d.listener.Close()
	ctx := d.request.Context()
	to := &stream{w, http.NewResponseController(w)}
	if !to.begin(d.listener.Take()) {
		return nil
	}
	beat := time.NewTicker(d.service.beat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.service.broker.Closing:
			return nil
		case <-d.listener.Woken:
			news := d.listener.Take()
			if slices.Contains(news.Topics, own(d.actor)) && !d.stillMay(ctx) {
				to.write("event: end\ndata:\n\n")
				return nil
			}
			if !to.news(news) {
				return nil
			}
		case <-beat.C:
			if !d.stillMay(ctx) {
				to.write("event: end\ndata:\n\n")
				return nil
			}
			if !to.write(":\n\n") {
				return nil
			}
		}
	}
}

// stillMay asks again who the browser belongs to and what they may hear.
func (d *reader) stillMay(ctx context.Context) bool {
	actor, _, err := d.service.authenticate(ctx, d.request, d.slug)
	if err != nil || actor.Zero() || actor.Person() != d.actor.Person() || actor.Kind() != d.actor.Kind() || !actor.May(access.HomeRead) {
		return false
	}
	topics, err := d.service.heard(ctx, actor, d.asked)
	if err != nil {
		return false
	}
	d.actor = actor
	d.listener.Keep(topics)
	return true
}

// stream is the answer being written, as text/event-stream.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// begin tells the browser how long to wait before it comes back, each a little differently: after a restart they should not
// all come at once.
func (s *stream) begin(news live.News) bool {
	if !s.write(fmt.Sprintf("retry: %d\n\n", 800+rand.IntN(2400))) || (news.All || len(news.Topics) > 0) && !s.news(news) {
		return false
	}
	return s.write("id: " + news.Mark + "\nevent: mark\ndata:\n\n")
}

func (s *stream) news(news live.News) bool {
	topics := strings.Join(news.Topics, " ")
	if news.All {
		topics = "*"
	}
	return s.write("id: " + news.Mark + "\ndata: " + topics + "\n\n")
}

func (s *stream) write(text string) bool {
	if _, err := s.w.Write([]byte(text)); err != nil {
		return false
	}
	return s.control.Flush() == nil
}
