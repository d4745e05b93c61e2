package apptest

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo"
	"lintel/internal/features/identity"
)

const goodPassword = "correct staple horse battery"

var sixDigits = regexp.MustCompile(`\b(\d{3}) ?(\d{3})\b`)

// prove types the code from the mailbox, as the page asks before a sensitive act.
func (c *Client) prove(t *testing.T, slug, email string) {
	t.Helper()
	if asked := c.Post("/"+slug+"/confirm/send", url.Values{"fresh": {"1"}}); asked.Status != http.StatusSeeOther {
		t.Fatalf("asking for a code answers %d", asked.Status)
	}
	c.portal.RunJobs()
	mails := c.portal.Mails(email)
	found := sixDigits.FindStringSubmatch(mails[len(mails)-1].Text)
	if found == nil {
		t.Fatalf("no code in %q", mails[len(mails)-1].Text)
	}
	if confirmed := c.Post("/"+slug+"/confirm", url.Values{"code": {found[1] + found[2]}, "fresh": {"1"}}); confirmed.Status != http.StatusSeeOther {
		t.Fatalf("the code answers %d", confirmed.Status)
	}
}

// withPassword gives a person of a firm a password.
func (f *Firm) withPassword(t *testing.T, person demo.Person) {
	t.Helper()
	hash, err := f.portal.App.Identity.HashPassword(context.Background(), goodPassword)
	f.portal.must(err)
	id := f.portal.As(person).Actor(f.Slug, "/office").Person()
	system := access.NewSystem(f.Org, "a test sets a password")
	f.portal.must(f.portal.App.Store.Change(context.Background(), system, access.SystemWork, func(tx *guard.Tx) error { return identity.SetPassword(tx, id, hash) }))
}

var keyInPage = regexp.MustCompile(`data-copy="([A-Z2-7]{32})"`)

// authenticator sets an app up for who is inside, and gives its secret and the recovery codes.
func (c *Client) authenticator(t *testing.T, slug, email string) (secret string, recovery []string) {
	t.Helper()
	c.prove(t, slug, email)
	begun := c.Post("/"+slug+"/profile/factors/authenticator", nil)
	found := keyInPage.FindStringSubmatch(begun.Body)
	if found == nil {
		t.Fatalf("no key in the page, %d", begun.Status)
	}
	secret = found[1]
	if wrong := c.Post("/"+slug+"/profile/factors/authenticator/confirm", url.Values{"code": {"000000"}}); wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, found[0]) {
		t.Errorf("a wrong first code answers %d, or the key is another", wrong.Status)
	}
	confirmed := c.Post("/"+slug+"/profile/factors/authenticator/confirm", url.Values{"code": {c.portal.code(t, secret)}})
	for _, found := range regexp.MustCompile(`<code>([a-z0-9-]{14})</code>`).FindAllStringSubmatch(confirmed.Body, -1) {
		recovery = append(recovery, found[1])
	}
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes, %d", len(recovery), confirmed.Status)
	}
	return secret, recovery
}

func (p *Portal) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// atStep gives the password and stands at the second step.
func (p *Portal) atStep(t *testing.T, email string) (*Client, string) {
	t.Helper()
	c := p.Browser()
	entered := c.Post("/sign-in", url.Values{"email": {email}, "password": {goodPassword}})
	if entered.Status != http.StatusSeeOther || !strings.HasPrefix(entered.Location, "/sign-in/second/") {
		t.Fatalf("the password leads to %d %s", entered.Status, entered.Location)
	}
	return c, entered.Location
}

// B21: with a second factor a password alone opens nothing, by no side door; each code
// works once, in the browser that gave the password, a few tries long.
func TestB21ASecondFactorIsAskedForAtEveryDoor(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		manager := alder.Staff[access.Manager]
		alder.withPassword(t, manager)
		secret, recovery := p.As(manager).authenticator(t, "alder", manager.Email)
		p.Clock.Advance(time.Hour)

		c, step := p.atStep(t, manager.Email)
		if page := c.Get("/alder/office"); page.Status == http.StatusOK {
			t.Error("the office is open after the password alone")
		}
		if wrong := c.Post(step, url.Values{"code": {"123456"}}); wrong.Status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong code answers %d", wrong.Status)
		}
		if elsewhere := p.Browser().Post(step, url.Values{"code": {p.code(t, secret)}}); elsewhere.Location != "/sign-in" {
			t.Errorf("in another browser the step answers %d %s", elsewhere.Status, elsewhere.Location)
		}
		code := p.code(t, secret)
		if right := c.Post(step, url.Values{"code": {code}}); right.Status != http.StatusSeeOther {
			t.Fatalf("the right code answers %d\n%s", right.Status, right.Body)
		}
		if page := c.Get("/alder/office"); page.Status != http.StatusOK {
			t.Errorf("after both the office answers %d", page.Status)
		}

		again, step := p.atStep(t, manager.Email)
		if twice := again.Post(step, url.Values{"code": {code}}); twice.Status != http.StatusUnprocessableEntity {
			t.Errorf("the same code twice answers %d", twice.Status)
		}
		if spare := again.Post(step, url.Values{"code": {strings.ToUpper(recovery[3])}}); spare.Status != http.StatusSeeOther {
			t.Errorf("a recovery code answers %d", spare.Status)
		}
		last, step := p.atStep(t, manager.Email)
		if twice := last.Post(step, url.Values{"code": {recovery[3]}}); twice.Status != http.StatusUnprocessableEntity {
			t.Errorf("a used recovery code answers %d", twice.Status)
		}
		for range 6 {
			last.Post(step, url.Values{"code": {"000000"}})
		}
		p.Clock.Advance(30 * time.Second)
		if late := last.Post(step, url.Values{"code": {p.code(t, secret)}}); late.Status == http.StatusSeeOther && late.Location != "/sign-in" {
			t.Errorf("after too many tries the right code answers %d %s", late.Status, late.Location)
		}

		// The one-time link is one factor too.
		p.Clock.Advance(2 * time.Hour)
		link := p.Browser()
		link.Post("/sign-in/ask", url.Values{"for": {"link"}, "email": {manager.Email}})
		p.RunJobs()
		mails := p.Mails(manager.Email)
		address := regexp.MustCompile(`https://portal\.example(/sign-in/link/\S+)`).FindStringSubmatch(mails[len(mails)-1].Text)
		if address == nil {
			t.Fatalf("no link in %q", mails[len(mails)-1].Text)
		}
		link.Visit(address[1])
		if entered := link.Post("/sign-in/link", nil); !strings.HasPrefix(entered.Location, "/sign-in/second/") {
			t.Errorf("the one-time link leads to %d %s", entered.Status, entered.Location)
		}
		if strings.Contains(p.Log(), secret) || strings.Contains(p.Log(), recovery[0]) {
			t.Error("B15: a secret is in the log")
		}
	})
}

// B19: who stole a session adds no passkey and no app, and takes none away, without fresh
// proof; the address is told of every change.
func TestB19FactorsChangeOnlyWithFreshProofAndTheAddressIsTold(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		manager := alder.Staff[access.Manager]
		thief := p.As(manager)
		for _, path := range []string{"/authenticator", "/recovery", "/passkeys/remove", "/authenticator/remove", "/authenticator/confirm", "/passkeys"} {
			if answer := thief.Post("/alder/profile/factors"+path, url.Values{"code": {"123456"}, "challenge": {"x"}, "answer": {"{}"}}); !strings.Contains(answer.Location, "/alder/confirm") {
				t.Errorf("%s without fresh proof answers %d %s", path, answer.Status, answer.Location)
			}
		}
		thief.Header.Set("Accept", "application/json")
		if begun := thief.Post("/alder/profile/factors/passkeys/begin", nil); strings.Contains(begun.Body, `"challenge":"0`) || !strings.Contains(begun.Body, "/alder/confirm") {
			t.Errorf("a passkey begins without fresh proof: %s", begun.Body)
		}
		p.Clock.Advance(3 * time.Hour) // so many codes were asked for that none is sent for a while
		owner := p.As(manager)
		owner.authenticator(t, "alder", manager.Email)
		p.RunJobs()
		mails := p.Mails(manager.Email)
		if last := mails[len(mails)-1]; !strings.Contains(last.Text, "An authenticator app was added.") {
			t.Errorf("the last mail is %q", last.Subject)
		}
		p.Clock.Advance(11 * time.Minute)
		if stale := owner.Post("/alder/profile/factors/authenticator/remove", nil); !strings.Contains(stale.Location, "/alder/confirm") {
			t.Errorf("proof of eleven minutes ago is fresh: %d %s", stale.Status, stale.Location)
		}
	})
}

// A firm that wants two factors leads staff with one to set up the second, and opens
// nothing else for them.
func TestAFirmCanWantASecondFactorOfItsStaff(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		owner, member := p.As(alder.Staff[access.Owner]), p.As(alder.Staff[access.Member])
		customer := p.As(alder.A.One)
		if answer := owner.Post("/alder/office/settings/factors", url.Values{"two": {"1"}}); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("an owner without a factor may lock themselves out: %d", answer.Status)
		}
		owner.authenticator(t, "alder", alder.Staff[access.Owner].Email)
		if answer := owner.Post("/alder/office/settings/factors", url.Values{"two": {"1"}}); answer.Status != http.StatusSeeOther {
			t.Fatalf("the policy answers %d", answer.Status)
		}
		if page := owner.Get("/alder/office"); page.Status != http.StatusOK {
			t.Errorf("the owner's office answers %d", page.Status)
		}
		if page := customer.Get("/alder/home/proposals"); page.Status != http.StatusOK {
			t.Errorf("a customer's portal answers %d", page.Status)
		}
		for _, path := range []string{"/alder/office", "/alder/office/projects", "/alder/files/" + alder.A.Things.File} {
			if page := member.Get(path); page.Location != "/alder/profile/factors" {
				t.Errorf("%s answers a member with one factor %d %s", path, page.Status, page.Location)
			}
		}
		member.authenticator(t, "alder", alder.Staff[access.Member].Email)
		if page := member.Get("/alder/office"); page.Status != http.StatusOK {
			t.Errorf("after the set-up the office answers %d", page.Status)
		}
	})
}

// What the page around asks for itself must not look like an attack of somebody who may see nothing else yet.
func TestWhoHasToSetUpASecondFactorIsRefusedNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		owner, member := p.As(alder.Staff[access.Owner]), p.As(alder.Staff[access.Member])
		owner.authenticator(t, "alder", alder.Staff[access.Owner].Email)
		if answer := owner.Post("/alder/office/settings/factors", url.Values{"two": {"1"}}); answer.Status != http.StatusSeeOther {
			t.Fatal(answer.Status)
		}
		before := p.App.Store.Refused()
		if answer := member.Get("/alder/profile/factors"); answer.Status != http.StatusOK || p.App.Store.Refused() != before {
			t.Errorf("%d, and %d attempts count as refused", answer.Status, p.App.Store.Refused()-before)
		}
	})
}

// What is empty or no code at all is answered at its field in the portal's words, never by the browser's own bubble, and
// spends none of the tries.
func TestTheFormsOfAFactorAnswerAtTheFieldInThePortalsWords(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	manager := alder.Staff[access.Manager]
	alder.withPassword(t, manager)
	inside := p.As(manager)
	inside.prove(t, "alder", manager.Email)
	key := inside.Post("/alder/profile/factors/authenticator", nil)
	answersAtTheField(t, "the page that shows the key", key.Body, "")
	for typed, words := range map[string]string{"": "Please enter the code that the app shows now.", "12345": "The code of the app has 6 digits.", "abcdef": "The code of the app has 6 digits.",
		"000000": "This code does not fit. Use the newest one of the app, and check that the clock of the phone is right."} {
		answersAtTheField(t, "the first code "+typed, inside.Post("/alder/profile/factors/authenticator/confirm", url.Values{"code": {typed}}).Body, words)
	}
	_, recovery := inside.authenticator(t, "alder", manager.Email)
	for language, said := range map[string][3]string{
		"en": {"Please enter the code.", "A code of the app has 6 digits. A recovery code has 12 letters and digits.", "This code does not fit."},
		"de": {"Bitte geben Sie den Code ein.", "Ein Code der App hat 6 Ziffern, ein Wiederherstellungscode 12 Buchstaben und Ziffern.", "Dieser Code passt nicht."}} {
		c, step := p.atStep(t, manager.Email)
		c.Header.Set("Accept-Language", language)
		answersAtTheField(t, "the second step", c.Get(step).Body, "")
		for range 7 { // more often than one may try
			answersAtTheField(t, "nothing", c.Post(step, url.Values{"code": {" "}}).Body, said[0])
			answersAtTheField(t, "no code", c.Post(step, url.Values{"code": {"12 34"}}).Body, said[1])
		}
		answersAtTheField(t, "a code of somebody else", c.Post(step, url.Values{"code": {"000000"}}).Body, said[2])
		if entered := c.Post(step, url.Values{"code": {recovery[0]}}); entered.Status != http.StatusSeeOther {
			t.Errorf("after that a recovery code answers %d", entered.Status)
		}
		recovery = recovery[1:]
	}
}

// answersAtTheField wants the words in the message that the field of the code is described by, in a form that leaves
// checking to the portal.
func answersAtTheField(t *testing.T, what, page, words string) {
	t.Helper()
	form := regexp.MustCompile(`(?s)<form[^>]*>(?:[^<]|<[^/]|</[^f])*?<input[^>]*name="code".*?</form>`).FindString(page)
	if tag, _, _ := strings.Cut(form, ">"); !strings.Contains(tag, " novalidate") {
		t.Errorf("%s: the browser checks the form by itself: %q", what, tag)
	}
	if words == "" {
		return
	}
	if !strings.Contains(form, `aria-invalid="true"`) || !strings.Contains(html.UnescapeString(form), words) {
		t.Errorf("%s: the field does not say %q: %s", what, words, form)
	}
}
