package browser

import (
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// commentOn is the field under something, and its button.
func commentOn(who *Person, place string) (field, post playwright.Locator) {
	talk := who.Page.Locator(place)
	return talk.Locator("form.composer textarea").Last(), talk.Locator("form.composer").Last().GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post", Exact: playwright.Bool(true)})
}

// loseSession takes the way in from a browser, as when it was signed out in another tab.
func (p *Person) loseSession() {
	p.t.Helper()
	p.must(p.Context.ClearCookies(), "lose the session")
}

func (p *Person) kept() any {
	p.t.Helper()
	n, err := p.Page.Evaluate(`Object.keys(localStorage).filter(k => k.startsWith('draft')).length`)
	p.must(err, "look what the browser keeps")
	return n
}

const asked = "Can the socket next to the window stay?"

// What is posted after the session has ended is not lost: who comes in again finds it where it was typed, and it stands there once
// when it is posted again.
func TestACommentThatIsPostedWithoutASessionIsStillThere(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	field, post := commentOn(maria, "#talk")
	maria.must(field.Fill(asked), "write")
	maria.loseSession()
	maria.Click(post)
	maria.Arrives("/sign-in")
	o.reads(maria)
	if got := maria.Value(field); got != asked {
		t.Fatalf("in the field stands %q", got)
	}
	maria.Click(post)
	maria.isAskedOnce(t, field)
	maria.Reload()
	maria.isAskedOnce(t, field)
}

func (p *Person) isAskedOnce(t *testing.T, field playwright.Locator) {
	t.Helper()
	message := p.Page.Locator(".msg").Filter(hasText(asked))
	p.See(message, "the comment")
	if n, err := message.Count(); err != nil || n != 1 {
		t.Errorf("the comment stands there %d times (%v)", n, err)
	}
	if got := p.Value(field); got != "" {
		t.Errorf("in the field still stands %q", got)
	}
	if n := p.kept(); n != 0 {
		t.Errorf("the browser still keeps %v drafts", n)
	}
}

// The answer may be lost on the way back, when the comment has arrived.
func TestACommentWhoseAnswerIsLostStandsThereOnce(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Desktop, Options{})
	o.reads(maria)
	field, post := commentOn(maria, "#talk")
	maria.must(field.Fill(asked), "write")
	maria.must(maria.Page.Route("**/messages/**", func(r playwright.Route) {
		if _, err := r.Fetch(playwright.RouteFetchOptions{MaxRedirects: playwright.Int(0)}); err != nil {
			t.Error(err)
		}
		_ = r.Abort()
	}, 1), "lose the answer")
	maria.Tolerate("ERR_FAILED")
	maria.Click(post)
	maria.must(maria.Page.WaitForURL("chrome-error://**"), "see that nothing answers")
	maria.Open(o.url + o.path)
	maria.isAskedOnce(t, field)
}

// On a page that posts in place, too, the way to sign in does not take the place of what was typed.
func TestACommentThatIsPostedInPlaceWithoutASessionIsStillThere(t *testing.T) {
	o := openPortal(t).sends()
	ruth := chromium.NewPerson(t, Desktop, Options{})
	o.signIn(ruth, ownersAddress)
	address := o.url + "/hartwell/office/proposals/" + o.id
	ruth.Open(address)
	field, post := commentOn(ruth, "#conversation")
	ruth.must(field.Fill(asked), "write")
	ruth.loseSession()
	ruth.Click(post)
	ruth.Arrives("/sign-in")
	o.signIn(ruth, ownersAddress)
	ruth.Open(address)
	if got := ruth.Value(field); got != asked {
		t.Fatalf("in the field stands %q", got)
	}
	ruth.Click(post)
	ruth.isAskedOnce(t, field)
}
