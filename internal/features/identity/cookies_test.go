package identity_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lintel/internal/features/identity"
	"lintel/internal/platform/secret"
)

// follows goes where a browser is led that keeps no cookie.
func (b *browser) follows(path string) (last answer, way []string) {
	b.t.Helper()
	for len(way) < 6 {
		clear(b.cookies)
		last, way = b.get(path), append(way, path)
		if last.location == "" {
			return last, way
		}
		path = last.location
	}
	b.t.Fatalf("the way has no end: %s", way)
	return last, way
}

func TestABrowserWithoutCookiesIsToldSoAndLearnsNothingOfTheLink(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		good, revoked, unknown := w.proposalLink(), w.proposalLink(), identity.OrToken("")
		w.raw(`update links set revoked_at = 1 where token_hash = $1`, secret.Hash(revoked))
		once := w.askAndFetch(w.browser(site), "link", "dana@hartwell.example")
		reset := w.askAndFetch(w.browser(site), "password", "dana@hartwell.example")
		rows := w.everyRow()
		said := map[string]string{}
		for _, path := range []string{identity.LinkPath + good, identity.LinkPath + revoked, identity.LinkPath + unknown, once, reset,
			identity.SignInLinkPath + unknown, identity.ResetLinkPath + unknown} {
			last, way := w.browser(site).follows(path)
			if last.status != http.StatusOK || !strings.Contains(last.body, "Your browser does not keep cookies") || !strings.Contains(last.body, "Allow cookies for this site") {
				t.Errorf("%s leads by %s to %d %s", path, way, last.status, last.body)
			}
			said[last.body] = path
			if i := slices.IndexFunc(way[1:], func(step string) bool { return strings.Contains(step, path[strings.LastIndex(path, "/")+1:]) }); i >= 0 {
				t.Errorf("the token stays in the address: %s", way)
			}
		}
		if len(said) != 1 {
			t.Errorf("there are %d answers, which tell links apart: %v", len(said), said)
		}
		if now := w.everyRow(); now != rows {
			t.Errorf("%d rows became %d by looking", rows, now)
		}
		b := w.browser(site)
		b.get(identity.LinkPath + good)
		if page := b.get("/l"); page.status != http.StatusOK || !strings.Contains(page.body, "Maria Ruiz") {
			t.Errorf("afterwards, with cookies, the link answers %d", page.status)
		}
	})
}

func TestABrowserWithCookiesAndNoLinkIsToldOfTheLink(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		for _, page := range []string{"/l", "/sign-in/link", "/sign-in/reset"} {
			b := w.browser(site)
			asked := b.get(page)
			if asked.status != http.StatusSeeOther || asked.header.Get("Cache-Control") != "no-store" {
				t.Fatalf("%s without anything answers %d %v", page, asked.status, asked.header)
			}
			if got := b.get(asked.location); got.status != http.StatusNotFound || !strings.Contains(got.body, "open the link in your e-mail once more") {
				t.Errorf("%s then answers %d %s", page, got.status, got.body)
			}
		}
	})
}

func TestWhoSignsInWithoutCookiesIsToldWhyTheSignInPageComesAgain(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		w.withPassword(site)
		b := w.browser(site)
		entered := b.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword)
		b.referer = "https://portal.example/sign-in"
		again, way := b.follows(entered.location)
		if !strings.HasPrefix(way[len(way)-1], "/sign-in") || !strings.Contains(again.body, "Your browser does not keep cookies") {
			t.Errorf("led by %s to %d without a word of cookies", way, again.status)
		}
		for name, from := range map[string]string{"the first time": "", "from another site": "https://evil.example/sign-in", "from another page": "https://portal.example/sign-in/ask"} {
			b.referer = from
			if first, _ := b.follows("/sign-in"); strings.Contains(first.body, "cookies") {
				t.Errorf("%s the page speaks of cookies", name)
			}
		}
		keeps := w.browser(site)
		keeps.post("/sign-in", "email", "dana@hartwell.example", "password", danasPassword)
		keeps.referer = "https://portal.example/sign-in"
		if page := keeps.get("/sign-in"); strings.Contains(page.body, "cookies") {
			t.Error("a browser that keeps cookies is told that it does not")
		}
	})
}
