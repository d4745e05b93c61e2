package apptest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"lintel/internal/core/access"
)

// Whoever was signed out over a form comes back to its page, also past a second factor and by the firm's own sign-in service.
func TestWhoWasSignedOutOverAFormComesBackPastASecondStepAndASignInService(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	manager := alder.Staff[access.Manager]
	page := "/alder/office/customers?q=x"
	refused := func(c *Client) url.Values {
		c.Header.Set("Referer", BaseURL+page)
		got := c.Post("/alder/office/customers", url.Values{"name": {"Nobody knows me"}})
		c.Header.Del("Referer")
		_, query, _ := strings.Cut(got.Location, "?")
		asked, err := url.ParseQuery(query)
		if err != nil || got.Status != http.StatusSeeOther || asked.Get("next") != page {
			t.Fatalf("a form without a session answers %d %s", got.Status, got.Location)
		}
		return asked
	}

	server := alder.signInService(t)
	alder.withPassword(t, manager)
	_, recovery := p.As(manager).authenticator(t, "alder", manager.Email)
	c := p.Browser()
	asked := refused(c)
	step := c.Post("/sign-in", url.Values{"email": {manager.Email}, "password": {goodPassword}, "next": asked["next"]})
	if in := c.Post(step.Location, url.Values{"code": {recovery[0]}}); in.Location != page {
		t.Errorf("past the second step: %d to %q", in.Status, in.Location)
	}

	c = p.Browser()
	card := c.Get("/sign-in?" + refused(c).Encode())
	const begin = `href="/sign-in/openid/at/`
	_, way, found := strings.Cut(card.Body, begin)
	if way, _, _ = strings.Cut(way, `"`); !found || way != "alder?next="+url.QueryEscape(page) {
		t.Fatalf("the sign-in service's button leads to %q", way)
	}
	server.QueueUser(&mockoidc.MockUser{Subject: "the manager", Email: manager.Email, EmailVerified: true})
	if in := c.Post("/sign-in/openid/return", c.through(t, way)); in.Location != page {
		t.Errorf("by the sign-in service: %d to %q", in.Status, in.Location)
	}
}
