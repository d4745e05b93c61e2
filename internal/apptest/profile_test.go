package apptest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
)

// codeFor is the newest code in somebody's mailbox.
func (p *Portal) codeFor(email string) string {
	p.t.Helper()
	p.RunJobs()
	mails := p.Mails(email)
	if len(mails) == 0 {
		p.t.Fatalf("no mail to %s", email)
	}
	found := sixDigits.FindStringSubmatch(mails[len(mails)-1].Text)
	if found == nil {
		p.t.Fatalf("no code in %q", mails[len(mails)-1].Text)
	}
	return found[1] + found[2]
}

// B24: a profile changes what its page shows and nothing else, as a form or as JSON.
func TestB24AProfileTakesNoFieldThatItsPageDoesNotShow(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		one := p.As(alder.A.One)
		one.prove(t, "alder", alder.A.One.Email)
		honest := url.Values{"name": {"Una Honest"}, "username": {""}, "phone": {""}, "language": {""}, "zone": {""}}
		before := p.State()
		for _, field := range []string{"email_verified", "role", "tenant_id", "org", "person", "kind", "email", "password", "modules", "second_factor"} {
			form := url.Values{field: {"1"}}
			for name, values := range honest {
				form[name] = values
			}
			if answer := one.Post("/alder/profile", form); answer.Status != http.StatusUnprocessableEntity {
				t.Errorf("with %s: %d", field, answer.Status)
			}
		}
		for _, path := range []string{"/alder/profile", "/alder/profile/email/code", "/alder/profile/email", "/alder/profile/password"} {
			answer := one.Do(http.MethodPost, path, "application/json", []byte(`{"name":"Una","email":"one@evil.example","email_verified":true,"role":"owner","tenant_id":"birch"}`))
			if answer.Status != http.StatusUnprocessableEntity {
				t.Errorf("JSON to %s: %d", path, answer.Status)
			}
		}
		if changed := Changed(before, p.State()); len(changed) > 0 {
			t.Errorf("changed are %v", changed)
		}
		if answer := one.Post("/alder/profile", honest); answer.Status != http.StatusSeeOther {
			t.Errorf("an honest form: %d %s", answer.Status, answer.Body)
		}
	})
}

// JT-08, JT-09: the profile opens from the initials; a code from the mailbox sets a password.
func TestAPasswordIsSetOnTheProfileWithACodeFromTheMailbox(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		one := p.As(alder.A.One)
		if home := one.Visit("/alder/home"); !strings.Contains(home.Body, `href="/alder/profile"`) {
			t.Error("the initials do not lead to the profile")
		}
		if sent := one.Post("/alder/profile/password/code", nil); sent.Status != http.StatusSeeOther {
			t.Fatalf("Send Verification Code: %d", sent.Status)
		}
		code := p.codeFor(alder.A.One.Email)
		if page := one.Get("/alder/profile"); !strings.Contains(page.Body, `name="code"`) || !strings.Contains(page.Body, "Save Changes") {
			t.Error("the page does not ask for the code")
		}
		if weak := one.Post("/alder/profile/password", url.Values{"code": {code}, "password": {"password1"}}); weak.Status != http.StatusUnprocessableEntity {
			t.Errorf("a common password: %d", weak.Status)
		}
		if set := one.Post("/alder/profile/password", url.Values{"code": {code}, "password": {goodPassword}}); set.Status != http.StatusSeeOther {
			t.Fatalf("set the password: %d %s", set.Status, set.Body)
		}
		if in := p.Browser().Post("/sign-in", url.Values{"email": {alder.A.One.Email}, "password": {goodPassword}}); in.Status != http.StatusSeeOther {
			t.Errorf("sign in with it: %d", in.Status)
		}
	})
}

// The person's own language and zone hold on the pages, whatever the firm writes.
func TestAPersonReadsTheirOwnLanguage(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	owner := p.As(alder.Staff[access.Owner])
	form := url.Values{"name": {"Dana"}, "username": {"dana.alder"}, "phone": {"0151 1234"}, "language": {"de"}, "zone": {"Europe/Berlin"}}
	if saved := owner.Post("/alder/profile", form); saved.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", saved.Status, saved.Body)
	}
	page := owner.Get("/alder/profile")
	for _, wanted := range []string{`lang="de"`, "Ihr Profil", "Gespeichert.", "dana.alder", "0151 1234", "Europe/Berlin"} {
		if !strings.Contains(page.Body, wanted) {
			t.Errorf("the page lacks %q", wanted)
		}
	}
	if other := p.As(alder.Staff[access.Manager]).Get("/alder/profile"); !strings.Contains(other.Body, `lang="en"`) {
		t.Error("a colleague's language changed")
	}
}

// B19, JT-08: a customer changes the address; the firm's contact follows, so that the next
// document goes to the new mailbox and not to a stranger with the old one.
func TestANewAddressReachesTheFirmsContacts(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		one := p.As(m.One)
		if stale := one.Post("/alder/profile/email/code", url.Values{"email": {"una@new.example"}}); stale.Status != http.StatusSeeOther || !strings.Contains(stale.Location, "/confirm") {
			t.Errorf("without fresh proof: %d to %q", stale.Status, stale.Location)
		}
		if len(p.Mails("una@new.example")) != 0 {
			t.Error("a code was mailed without fresh proof")
		}
		p.RunJobs()
		p.Clock.Advance(time.Second) // so that the next code is the newest
		one.prove(t, "alder", m.One.Email)
		if sent := one.Post("/alder/profile/email/code", url.Values{"email": {"una@new.example"}}); sent.Status != http.StatusOK {
			t.Fatalf("send a code: %d to %q", sent.Status, sent.Location)
		}
		if changed := one.Post("/alder/profile/email", url.Values{"email": {"una@new.example"}, "code": {p.codeFor("una@new.example")}}); changed.Status != http.StatusSeeOther {
			t.Fatalf("change: %d %s", changed.Status, changed.Body)
		}
		p.RunJobs()
		record, err := p.App.Customers.Get(t.Context(), alder.Owner, m.Things.Customer)
		p.must(err)
		found := false
		for _, k := range record.Contacts {
			found = found || k.Email == "una@new.example"
			if k.Email == m.One.Email {
				t.Error("the contact still has the old address")
			}
		}
		if !found {
			t.Error("no contact has the new address")
		}
		if old := p.Mails(m.One.Email); !strings.Contains(old[len(old)-1].Subject, "was changed") {
			t.Errorf("the old address is told %q", old[len(old)-1].Subject)
		}
		before := len(p.Mails("una@new.example"))
		m.send(m.Things.Draft)
		p.RunJobs()
		if len(p.Mails("una@new.example")) <= before {
			t.Error("the next proposal does not reach the new address")
		}
	})
}
