package browser

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/document/proposal"
)

func TestAProposalIsDeclinedWithAReason(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.Open(o.url + o.path + "/decline")
	maria.LooksGood("decline")
	sofar := o.post.count()
	maria.Fill("Why? A few words help us do better.", "We decided to wait a year.")
	maria.Click(maria.Button("Decline"))
	maria.Sees("This proposal was declined.")
	maria.Sees("We decided to wait a year.")
	if n, err := reviewAndSign(maria).Count(); err != nil || n != 0 {
		t.Errorf("a declined proposal can still be signed (%v)", err)
	}
	maria.LooksGood("declined")
	if told := o.mailAfter(sofar, ownersAddress, "declined"); !strings.Contains(told.Text, "We decided to wait a year.") {
		t.Errorf("the office is not told why: %s", told.Text)
	}
}

func TestChangesAreAskedForAndComeAsTheNextVersion(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	sofar := o.post.count()
	maria.Open(o.url + o.path + "/changes")
	maria.Fill("What should be different?", "Two coats on the ceiling, please.")
	maria.Click(maria.Button("Send"))
	maria.Sees("is preparing a new version.")
	if told := o.mailAfter(sofar, ownersAddress, "asks for changes"); !strings.Contains(told.Text, "Two coats on the ceiling, please.") {
		t.Errorf("the office is not told what: %s", told.Text)
	}
	sofar = o.post.count()
	o.revise()
	maria.Open(o.link2(sofar))
	maria.Click(maria.Button("Continue as Maria Ruiz"))
	maria.Arrives(o.path)
	maria.Sees("The ceiling needs two coats more.")
	maria.LooksGood("second-version")
}

func TestWhatWasChosenStandsInTheNextVersionOrIsSaidPlainly(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	option := func(name string) playwright.Locator { return maria.Page.Locator("label.opt").Filter(hasText(name)) }
	o.choosesAll(maria)
	saves(maria, func() { maria.Click(option("Light under the cabinets")) })
	o.must(o.app.Documents.Revise(t.Context(), o.ruth, o.id), "begin the next version")
	o.change(func(c *proposal.Content) { c.Groups[1].Lines[1].UnitPrice = 240_000 })
	o.send("")
	maria.Open(o.url + o.path)
	maria.Sees("“Quartz worktop” now costs €2,400.00. Please choose again.")
	maria.Sees("Your other choices from version 1 are kept.")
	for name, want := range map[string]bool{"Quartz worktop": false, "Laminate worktop": false, "Light under the cabinets": true} {
		if on, err := option(name).Locator("input").IsChecked(); err != nil || on != want {
			t.Errorf("%s is chosen: %v, want %v (%v)", name, on, want, err)
		}
	}
	maria.LooksGood("choices-lost")
	maria.Click(maria.Page.GetByText("“Quartz worktop” now costs €2,400.00. Please choose again."))
	saves(maria, func() { maria.Click(option("Quartz worktop")) })
	maria.Reload()
	maria.Sees("Worktop: Quartz worktop")
	if n, err := maria.Page.GetByText("Please choose again.").Count(); err != nil || n != 0 {
		t.Errorf("it is still said %d times that she should choose again (%v)", n, err)
	}
}

// link2 is the link of the newest mail to Maria after so many mails.
func (o *offer) link2(sofar int) string {
	o.t.Helper()
	return o.portal.link(o.mailAfter(sofar, mariasAddress, "Kitchen"))
}

func TestAnEndedLinkIsReplacedAtTheSameAddress(t *testing.T) {
	o := openPortal(t).sends()
	o.clock.moveOn(31 * 24 * time.Hour)
	maria := chromium.NewPerson(t, Phone, Options{})
	maria.Tolerate("status of 404")
	maria.Open(o.link)
	maria.See(maria.Heading("This link does not work any more"), "that the link has ended")
	maria.LooksGood("link-ended")
	sofar := o.post.count()
	maria.Click(maria.Button("Ask for a new link"))
	maria.See(maria.Heading("Look into your mailbox"), "where the new link is")
	maria.LooksGood("link-asked")
	o.enters(maria, o.link2(sofar), "Maria Ruiz")
	maria.Arrives(o.path)
}

func TestARevokedLinkOpensNothing(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/proposals/" + o.id)
	ruth.Click(ruth.Page.Locator("#links").GetByRole("button").First())
	ruth.LooksGood("revoke-dialog")
	ruth.Click(ruth.Page.Locator("dialog[open]").GetByText("Revoke", exactly).Last())
	ruth.Sees("The link no longer works.")
	maria.Tolerate("status of 401")
	maria.Tolerate("status of 404")
	maria.Reload()
	maria.Gone(reviewAndSign(maria))
	maria.Open(o.link)
	maria.See(maria.Heading("This link does not work any more"), "that the link has ended")
}

func TestAForwardedLinkDoesNotSign(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	stranger := chromium.NewPerson(t, Desktop, Options{})
	stranger.Open(o.link)
	stranger.Sees("m•••") // masked: whoever holds the link does not learn the address
	stranger.LooksGood("landing")
	stranger.Click(stranger.Link("Not you?"))
	stranger.See(stranger.Heading("Not you?"), "what to do")
	stranger.LooksGood("not-you")
	o.reads(stranger)
	o.choosesAll(stranger)
	sofar := o.post.count()
	stranger.Click(reviewAndSign(stranger))
	stranger.See(stranger.Heading("Enter the 6-digit code"), "the question for the code")
	stranger.LooksGood("code")
	real := o.code(o.mailAfter(sofar, mariasAddress, "code")) // the code goes to Maria alone
	wrong := "000000"
	if real == wrong {
		wrong = "111111"
	}
	stranger.Tolerate("status of 422")
	stranger.Fill("Code from the e-mail", wrong)
	stranger.Click(stranger.Button("Confirm"))
	stranger.See(stranger.Heading("Enter the 6-digit code"), "the question for the code again")
	stranger.Open(o.url + o.path + "/sign")
	if strings.HasSuffix(path(stranger), "/sign") || o.signatures() != 0 {
		t.Errorf("a forwarded link comes to the signature without a code: %s", stranger.Page.URL())
	}
}

func TestTwoTabsMakeOneSignature(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Desktop, Options{})
	o.reads(maria)
	o.choosesAll(maria)
	o.comesToSign(maria)
	second, err := maria.Context.NewPage()
	maria.must(err, "open a second tab")
	_, err = second.Goto(o.url + o.path + "/sign")
	maria.must(err, "open the signature in the second tab")
	first := maria.Page
	for _, tab := range []*Person{maria, {t: t, chromium: chromium, Context: maria.Context, Page: second, device: Desktop}} {
		typesSignature(tab, "Maria Ruiz")
	}
	maria.Tolerate("status of 409")
	pressed := make(chan error, 2)
	for _, tab := range []interface {
		Evaluate(string, ...any) (any, error)
	}{first, second} {
		go func() {
			_, err := tab.Evaluate(`document.getElementById('sign-form').requestSubmit()`)
			pressed <- err
		}()
	}
	for range 2 {
		maria.must(<-pressed, "press Approve")
	}
	maria.Sees("Thank you, Maria. It is signed.")
	other := &Person{t: t, chromium: chromium, Context: maria.Context, Page: second, device: Desktop}
	other.See(second.GetByText("signed"), "in the second tab that it is signed")
	if n := o.signatures(); n != 1 {
		t.Errorf("signatures = %d, want 1", n)
	}
}

func TestAVersionThatChangedMeanwhileIsNotSigned(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	o.choosesAll(maria)
	o.comesToSign(maria)
	typesSignature(maria, "Maria Ruiz")
	o.revise()
	maria.Tolerate("status of 409")
	maria.Click(maria.Button("Approve"))
	maria.Sees("Nothing was signed.")
	maria.Sees("The ceiling needs two coats more.")
	maria.LooksGood("changed-meanwhile")
	if n := o.signatures(); n != 0 {
		t.Errorf("signatures = %d, want none", n)
	}
}

// typesSignature types the name and agrees.
func typesSignature(who *Person, name string) {
	who.t.Helper()
	who.Click(who.Page.Locator("signature-pad .seg label").Filter(hasText("Type")))
	who.Fill("Type your full name", name)
	who.must(who.Page.Locator("#consent").Check(), "agree")
}

func TestAScannerChangesNothing(t *testing.T) {
	o := openPortal(t).sends()
	before := o.desk().Links
	client := &http.Client{}
	for range 10 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r, err := http.NewRequestWithContext(t.Context(), method, o.link, nil)
			o.must(err, "scan")
			answer, err := client.Do(r)
			o.must(err, "scan")
			_ = answer.Body.Close()
		}
	}
	after := o.desk()
	if len(before) != 1 || len(after.Links) != 1 || after.Links[0] != before[0] {
		t.Errorf("the links were %+v and are %+v", before, after.Links)
	}
	if !after.Document.ViewedAt.IsZero() {
		t.Error("a scanner counts as the customer's first look")
	}
}
