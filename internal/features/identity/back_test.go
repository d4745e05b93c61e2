package identity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/features/identity"
)

// backTo is where the sign-in page that an answer leads to leads back to.
func backTo(t *testing.T, got answer) string {
	t.Helper()
	to, err := url.Parse(got.location)
	if err != nil || to.Path != "/sign-in" || to.Host != "" {
		t.Fatalf("answers %d to %q", got.status, got.location)
	}
	return to.Query().Get("next")
}

func TestAFormOfWhomNobodyKnowsLeadsBackToItsPageAfterSigningIn(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		for from, want := range map[string]string{
			"https://portal.example/hartwell/home?tab=2": "/hartwell/home?tab=2",
			"": "/hartwell/home", // the nearest page above /hartwell/home/sign
			"https://portal.example/hartwell/home/sign":           "/hartwell/home", // no page answers there: it was a form's own answer
			"https://portal.example/hartwell/nothing":             "/hartwell/home",
			"https://evil.example/hartwell/office":                "/hartwell/home",
			"https://portal.example@evil.example/hartwell/office": "/hartwell/home",
			"//evil.example/hartwell/office":                      "/hartwell/home",
			"https://portal.example//evil.example/hartwell":       "/hartwell/home",
			`https://portal.example/\evil.example`:                "/hartwell/home",
			"https://portal.example/northgate/office":             "", // another firm's page is none to come back to
			"javascript:alert(1)":                                 "/hartwell/home",
			"https://portal.example/%2f%2fevil.example":           "/hartwell/home",
			"%zz": "/hartwell/home",
		} {
			b := w.browser(site)
			b.referer = from
			got := b.post("/hartwell/home/sign")
			if back := backTo(t, got); back != want || !strings.Contains(got.location, "unsent=1") {
				t.Errorf("from %q leads back to %q, want %q: %s", from, back, want, got.location)
			}
			page := b.get(got.location)
			if !strings.Contains(page.body, "What you just sent did not arrive.") || want != "" && !strings.Contains(page.body, "Do you come by a personal link?") {
				t.Errorf("from %q the page does not say what became of the form, or how one comes back", from)
			}
		}
	})
}

func TestAScriptOfWhomNobodyKnowsIsToldTheWayAndNoOtherPage(t *testing.T) {
	onBoth(t, func(w *world) {
		b := w.browser(w.site())
		b.referer = "https://portal.example/hartwell/office?page=2"
		for _, header := range []string{"HX-Request: true", "X-Requested-With: fetch"} {
			name, value, _ := strings.Cut(header, ": ")
			b.header = http.Header{http.CanonicalHeaderKey(name): {value}}
			for _, got := range []answer{b.post("/hartwell/home/sign"), b.get("/hartwell/home")} {
				told := got.header.Get("Lintel-Sign-In")
				if got.status != http.StatusUnauthorized || got.body != "" || got.location != "" || backTo(t, answer{location: told}) != "/hartwell/office?page=2" {
					t.Errorf("%s: %d %q, the way is %q", header, got.status, got.body, told)
				}
				if led := got.header.Get("HX-Redirect"); (led != "") != (name == "HX-Request") || led != "" && led != told {
					t.Errorf("%s: htmx is led to %q", header, led)
				}
			}
		}
	})
}

func TestEveryWayInLeadsBackAndNeverToAnotherSite(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		w.withPassword(site)
		for next, want := range map[string]string{"/hartwell/office?page=2": "/hartwell/office?page=2", "//evil.example": "/hartwell/office", `/\evil.example`: "/hartwell/office", "https://evil.example": "/hartwell/office",
			"/%2f%2fevil.example": "/hartwell/office", "/hartwell/\\evil": "/hartwell/office", "/hartwell.evil.example": "/hartwell/office", "/northgate/office": "/hartwell/office"} {
			b := w.browser(site)
			card := b.get("/sign-in?org=hartwell&next=" + url.QueryEscape(next))
			if local := identity.LocalPath(next); local == "" && strings.Contains(card.body, "evil") {
				t.Errorf("the sign-in page repeats %q", next)
			}
			if got := b.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword, "next", next); got.location != want {
				t.Errorf("a password with %q leads to %q", next, got.location)
			}
			for purpose, form := range map[string][]string{"link": {}, "password": {"password", danasPassword}} {
				other := w.browser(site)
				other.post("/sign-in/ask", "for", purpose, "email", "dana@hartwell.example", "next", next)
				w.drain()
				_, path := w.lastMail()
				taken := other.get(path)
				page := other.get(taken.location)
				kept := ""
				if _, query, found := strings.Cut(taken.location, "?"); found {
					values, _ := url.ParseQuery(query)
					kept = values.Get("next")
				}
				if page.status != http.StatusOK || kept != identity.LocalPath(next) {
					t.Fatalf("the link of %q keeps %q: %d", next, kept, page.status)
				}
				action, _, _ := strings.Cut(taken.location, "?")
				if got := other.post(action, append(form, "next", next)...); got.location != want {
					t.Errorf("a one-time %s with %q leads to %q", purpose, next, got.location)
				}
				w.clock.Advance(30 * time.Minute)
			}
		}
	})
}
