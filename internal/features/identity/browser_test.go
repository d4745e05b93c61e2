package identity_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/identity/entering"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/web"
)

// site is the ways in as the real mux serves them, with two pages of a portal that say
// who is looking, and one act that binds.
func (w *world) site() http.Handler {
	base := &url.URL{Scheme: "https", Host: "portal.example"}
	outer := web.Outer{BaseURL: base, Log: w.logger}
	table := &route.Table{}
	frame := organisation.NewFrame(nil)
	entering.NewPages(w.service, frame).Routes(table)
	who := func(r *route.Request) (web.Reply, error) {
		return web.Data(map[string]string{"person": string(r.Actor.Person()), "proof": string(r.Actor.Proof()), "item": r.Actor.Item()}), nil
	}
	table.Get("/{org}/home", access.CustomerWith(access.HomeRead), who)
	table.Get("/{org}/office", access.OfficeWith(access.HomeRead), who)
	table.Get("/{org}/desk", access.DeskWith(access.HomeRead), who)
	table.Get("/{org}/field", access.FieldWith(access.HomeRead), who)
	table.Post("/{org}/home/sign", access.CustomerWith(access.ProposalsAnswer), func(r *route.Request) (web.Reply, error) {
		err := w.store.Change(r.Context(), r.Actor, access.ProposalsAnswer, func(tx *guard.Tx) error { return identity.RequireConfirmed(tx) })
		return web.Data("signed"), err
	})
	return outer.Wrap(table.Handler(route.Edge{Authenticate: w.service.Authenticate,
		Reader:  func(ctx context.Context, _ *route.Request) context.Context { return ctx },
		Trouble: frame.Trouble, SignIn: identity.SignInURL, Address: outer.ClientAddress, Log: w.logger}))
}

// browser is one person's browser: it keeps cookies and follows no redirect by itself.
type browser struct {
	t       testing.TB
	site    http.Handler
	cookies map[string]*http.Cookie
	address string
	referer string
	header  http.Header // of every request
}

type answer struct {
	status   int
	location string
	body     string
	header   http.Header
}

func (w *world) browser(site http.Handler) *browser {
	return &browser{t: w.t, site: site, cookies: map[string]*http.Cookie{}, address: "192.0.2.7:4000"}
}

func (b *browser) do(method, path string, form url.Values) answer {
	b.t.Helper()
	r := httptest.NewRequest(method, "https://portal.example"+path, strings.NewReader(form.Encode()))
	r.RemoteAddr = b.address
	r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone) Safari/605")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	if b.referer != "" {
		r.Header.Set("Referer", b.referer)
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	recorder := httptest.NewRecorder()
	b.site.ServeHTTP(recorder, r)
	result := recorder.Result()
	for _, c := range result.Cookies() {
		b.cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	body, _ := io.ReadAll(result.Body)
	return answer{result.StatusCode, result.Header.Get("Location"), string(body), result.Header}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, pairs ...string) answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

// copyOf is a second browser with the same cookies: the same browser at the same moment.
func (b *browser) copyOf() *browser {
	twin := *b
	twin.cookies = map[string]*http.Cookie{}
	for name, c := range b.cookies {
		twin.cookies[name] = c
	}
	return &twin
}

// drain does the jobs that wait.
func (w *world) drain() {
	w.t.Helper()
	if _, err := w.runner.Drain(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// lastMail is the newest mail, and the path its button leads to.
func (w *world) lastMail() (code, path string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.mails) == 0 {
		w.t.Fatal("no mail was sent")
	}
	l := w.mails[len(w.mails)-1]
	return l.Code, strings.TrimPrefix(l.URL, "https://portal.example")
}

func (w *world) mailCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.mails)
}

// askAndFetch asks for a one-time link and gives the path in the mail.
func (w *world) askAndFetch(b *browser, purpose, email string) string {
	w.t.Helper()
	if got := b.post("/sign-in/ask", "for", purpose, "email", email); got.status != http.StatusSeeOther {
		w.t.Fatalf("asking for a mail: %d %s", got.status, got.body)
	}
	w.drain()
	_, path := w.lastMail()
	return path
}

// toHost asks for a page under another host's name.
func (b *browser) toHost(address *url.URL) int {
	r := httptest.NewRequest(http.MethodGet, address.String(), nil)
	r.RemoteAddr = b.address
	recorder := httptest.NewRecorder()
	b.site.ServeHTTP(recorder, r)
	return recorder.Code
}
