package apptest

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/staff"
)

// signInService is a real OpenID provider on this machine, set up for a firm by its owner.
func (f *Firm) signInService(t *testing.T) *mockoidc.MockOIDC {
	t.Helper()
	server, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Shutdown() })
	owner := f.portal.As(f.Staff[access.Owner])
	saved := owner.Post("/"+f.Slug+"/office/settings/sign-in", url.Values{"issuer": {server.Issuer()}, "client_id": {server.ClientID}, "secret": {server.ClientSecret}, "label": {"Work account"}})
	if saved.Status != http.StatusSeeOther {
		t.Fatalf("the settings answer %d\n%s", saved.Status, saved.Body)
	}
	return server
}

var stateAndCode = regexp.MustCompile(`name="(state|code)" value="([^"]*)"`)

// through goes to the firm's sign-in service and comes back with its answer in the form.
func (c *Client) through(t *testing.T, slug string) url.Values {
	t.Helper()
	left := c.Get("/sign-in/openid/at/" + slug)
	if left.Status != http.StatusSeeOther || !strings.Contains(left.Location, "/oidc/authorize") {
		t.Fatalf("leaving answers %d %s\n%s", left.Status, left.Location, left.Body)
	}
	outside := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := outside.Get(left.Location)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		t.Fatalf("the provider answers %s without a way back", answer.Status)
	}
	if !strings.HasPrefix(back.String(), BaseURL+"/sign-in/openid/return") {
		t.Fatalf("the provider sends people to %s", back)
	}
	card := c.Get(back.RequestURI())
	form := url.Values{}
	for _, found := range stateAndCode.FindAllStringSubmatch(card.Body, -1) {
		form.Set(found[1], html.UnescapeString(found[2]))
	}
	return form
}

// B22: a sign-in service lets in who is on the firm's staff under an address that it has
// verified, into that firm only; nobody else, however equal the address.
func TestB22ASignInServiceOpensItsOwnFirmToItsOwnStaffOnly(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		server := alder.signInService(t)
		manager := alder.Staff[access.Manager]

		if page := p.Browser().Get("/sign-in?org=alder"); !strings.Contains(page.Body, "Continue with Work account") {
			t.Error("the sign-in page does not offer the sign-in service")
		}
		if page := p.Browser().Get("/sign-in?org=birch"); strings.Contains(page.Body, "Continue with") {
			t.Error("another firm's sign-in page offers it too")
		}

		refused := map[string]*mockoidc.MockUser{
			"an address that is not verified":           {Subject: "s1", Email: manager.Email},
			"an address that nobody here has":           {Subject: "s2", Email: "stranger@elsewhere.example", EmailVerified: true},
			"a customer's address":                      {Subject: "s3", Email: alder.A.One.Email, EmailVerified: true},
			"an address of another firm's staff":        {Subject: "s4", Email: birch.Staff[access.Owner].Email, EmailVerified: true},
			"no address at all":                         {Subject: "s5", EmailVerified: true},
			"an address that only looks the same":       {Subject: "s6", Email: strings.Replace(manager.Email, "a", "а", 1), EmailVerified: true},
			"an address with a second one in its tail":  {Subject: "s7", Email: manager.Email + "," + manager.Email, EmailVerified: true},
			"an address that was spelled in a new line": {Subject: "s8", Email: manager.Email + "\r\nBcc: x@y.example", EmailVerified: true},
		}
		for name, user := range refused {
			server.QueueUser(user)
			thief := p.Browser()
			if answer := thief.Post("/sign-in/openid/return", thief.through(t, "alder")); answer.Status != http.StatusForbidden {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Location)
			}
			if page := thief.Get("/alder/office"); page.Status == http.StatusOK {
				t.Errorf("%s: the office is open", name)
			}
		}

		server.QueueUser(&mockoidc.MockUser{Subject: "the manager", Email: manager.Email, EmailVerified: true})
		browser := p.Browser()
		form := browser.through(t, "alder")
		elsewhere := p.Browser()
		if answer := elsewhere.Post("/sign-in/openid/return", form); answer.Status != http.StatusForbidden {
			t.Errorf("B04: the answer worked in another browser: %d", answer.Status)
		}
		if entered := browser.Post("/sign-in/openid/return", form); entered.Status != http.StatusSeeOther || entered.Location != "/alder/office" {
			t.Fatalf("the manager gets %d %s\n%s", entered.Status, entered.Location, entered.Body)
		}
		if page := browser.Get("/alder/office"); page.Status != http.StatusOK {
			t.Errorf("the office answers %d", page.Status)
		}
		if again := browser.Post("/sign-in/openid/return", form); again.Status != http.StatusForbidden {
			t.Errorf("the same answer worked twice: %d", again.Status)
		}

		// Known from now on by the account, whatever its address; and nobody else by the address.
		server.QueueUser(&mockoidc.MockUser{Subject: "the manager", Email: "renamed@alder.example"})
		renamed := p.Browser()
		if entered := renamed.Post("/sign-in/openid/return", renamed.through(t, "alder")); entered.Status != http.StatusSeeOther {
			t.Errorf("with a new address the same account gets %d", entered.Status)
		}
		server.QueueUser(&mockoidc.MockUser{Subject: "somebody else", Email: manager.Email, EmailVerified: true})
		second := p.Browser()
		if answer := second.Post("/sign-in/openid/return", second.through(t, "alder")); answer.Status != http.StatusForbidden {
			t.Errorf("a second account with the manager's address gets %d", answer.Status)
		}
	})
}

// B22, B19: a firm may add anybody to its staff, and its own sign-in service may say that it
// is them. That opens this firm; it never is proof enough to change the account, which opens
// other firms too.
func TestB22AFirmsOwnSignInServiceIsNoWayIntoAnAccountOfAnotherFirm(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		victim := alder.Staff[access.Owner]
		birch.change(func(tx *guard.Tx) error {
			_, err := staff.Add(tx, victim.Email, "Victim", access.Member)
			return err
		})
		server := birch.signInService(t)
		server.QueueUser(&mockoidc.MockUser{Subject: "the thief says", Email: victim.Email, EmailVerified: true})
		thief := p.Browser()
		if entered := thief.Post("/sign-in/openid/return", thief.through(t, "birch")); entered.Location != "/birch/office" {
			t.Fatalf("the sign-in service lets in with %d %s", entered.Status, entered.Location)
		}
		tries := map[string]url.Values{
			"/birch/profile/email/code":             {"email": {"thief@evil.example"}},
			"/birch/profile/factors/authenticator":  nil,
			"/birch/profile/factors/passkeys/begin": nil,
		}
		for path, form := range tries {
			before := p.State()
			if answer := thief.Post(path, form); answer.Status == http.StatusOK && !strings.Contains(answer.Body, "/birch/confirm") {
				t.Errorf("%s takes the word of the firm's service: %d %s", path, answer.Status, answer.Body)
			}
			for _, table := range Changed(before, p.State()) {
				if strings.HasPrefix(table, "authenticators ") || strings.HasPrefix(table, "challenges ") {
					t.Errorf("%s changed %s", path, table)
				}
			}
		}
		if sent := p.Mails("thief@evil.example"); len(sent) > 0 {
			t.Error("a code for a new address went out")
		}
		if renamed := thief.Post("/birch/profile", url.Values{"name": {"Victim"}, "username": {"thief"}}); !strings.Contains(renamed.Location, "/birch/confirm") {
			t.Errorf("the username: %d %s", renamed.Status, renamed.Location)
		}
		theirs := p.As(victim)
		thief.Post("/birch/profile/sessions/end-others", nil)
		if page := theirs.Get("/alder/office"); page.Status != http.StatusOK {
			t.Errorf("the person's browser at their own firm was put out: %d", page.Status)
		}
		for _, path := range []string{"/birch/office", "/birch/profile", "/birch/profile/sessions"} {
			if page := thief.Get(path); page.Status != http.StatusOK || strings.Contains(page.Body, "Alder") {
				t.Errorf("%s: %d, or it shows which other portals the person has", path, page.Status)
			}
		}
	})
}

// G08: the settings never show the secret, and a new address does not get the old secret.
func TestG08TheSecretOfASignInServiceIsNeverShownOrSentElsewhere(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	server := alder.signInService(t)
	owner := p.As(alder.Staff[access.Owner])
	if page := owner.Get("/alder/office/settings/sign-in"); strings.Contains(page.Body, server.ClientSecret) || !strings.Contains(page.Body, server.ClientID) {
		t.Error("the settings show the secret, or nothing")
	}
	other, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Shutdown() })
	moved := owner.Post("/alder/office/settings/sign-in", url.Values{"issuer": {other.Issuer()}, "client_id": {"x"}})
	if moved.Status != http.StatusUnprocessableEntity || !strings.Contains(moved.Body, "Please enter the client secret.") {
		t.Errorf("another service without a secret gets %d", moved.Status)
	}
	if strings.Contains(p.Log(), server.ClientSecret) {
		t.Error("the secret is in the log")
	}
}
