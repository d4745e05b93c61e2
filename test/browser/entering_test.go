package browser

import (
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

const ownChoice = "velvet harbour pencil otter"

// fillIn types into the field of a form by its name: two forms of one page may have a code.
func (p *Person) fillIn(form, name, text string) {
	p.t.Helper()
	field := p.Page.Locator(`form[action$="` + form + `"] [name="` + name + `"]`)
	p.must(field.Fill(text, playwright.LocatorFillOptions{Timeout: patience}), "fill in "+name)
}

// JT-07: whoever has no password goes from the sign-in page over the mailbox to "Set Password".
func TestJT07APasswordIsCreatedFromTheSignInPage(t *testing.T) {
	for name, options := range map[string]Options{"with script": {}, "without script": {WithoutJavaScript: true}} {
		t.Run(name, func(t *testing.T) {
			portal := openPortal(t)
			ruth := chromium.NewPerson(t, Phone, options)
			ruth.Open(portal.url + "/sign-in?org=hartwell")
			if name == "with script" {
				ruth.LooksGood("sign-in")
			}
			ruth.Click(ruth.Link("Create or Reset"))
			ruth.Fill("E-mail or username", ownersAddress)
			ruth.Click(ruth.Button("Send the e-mail"))
			ruth.Sees("Look into your mailbox")
			ruth.Open(portal.link(portal.mailTo(ownersAddress, "Set your password")))
			ruth.Fill("New password", ownChoice)
			ruth.Click(ruth.Button("Set Password"))
			ruth.Arrives("/hartwell/office")
		})
	}
}

// JT-08, JT-09: the initials lead to the profile; a code from the mailbox sets a password, and
// a new address needs one from the new mailbox. Both mailboxes are told.
func TestJT08TheProfileChangesPasswordUsernameAndAddress(t *testing.T) {
	portal := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	portal.signIn(ruth, ownersAddress)
	ruth.Click(ruth.Page.Locator("header .me, .side .me").First())
	ruth.Click(ruth.Link("Your profile"))
	ruth.Arrives("/hartwell/profile")
	ruth.LooksGood("profile")

	ruth.Fill("Username optional", "ruth.h")
	ruth.Click(ruth.Page.Locator(`#details-card button`))
	ruth.Sees("Saved.")

	ruth.Click(ruth.Button("Send Verification Code"))
	code := portal.code(portal.mailTo(ownersAddress, "Your code"))
	ruth.fillIn("/profile/password", "code", code)
	ruth.fillIn("/profile/password", "password", ownChoice)
	ruth.LooksGood("profile-password")
	ruth.Click(ruth.Page.Locator(`#password-card form[action$="/profile/password"] button[type=submit]`))
	ruth.Sees("Your password was set.")

	ruth.Fill("New e-mail address", "ruth@new.example")
	ruth.Click(ruth.Button("Send a code to it"))
	ruth.fillIn("/profile/email", "code", portal.code(portal.mailTo("ruth@new.example", "Your code")))
	ruth.LooksGood("profile-address")
	ruth.Click(ruth.Button("Change the address"))
	ruth.Sees("Your e-mail address was changed.")
	if told := portal.mailTo(ownersAddress, "Your e-mail address was changed"); strings.Contains(told.Text, "ruth@new.example") {
		t.Error("the old mailbox reads the new address")
	}
	portal.mailTo("ruth@new.example", "Your e-mail address was changed")

	elsewhere := chromium.NewPerson(t, Phone, Options{})
	elsewhere.Open(portal.url + "/sign-in?org=hartwell")
	elsewhere.Fill("E-mail or username", "ruth.h")
	elsewhere.Fill("Password", ownChoice)
	elsewhere.Click(elsewhere.Button("Sign in"))
	elsewhere.Arrives("/hartwell/office")
}

// B12: whoever guesses at an account closes it for guesses, not for its owner's passkey.
func TestB12AnOwnerWithAPasskeyIsNotLockedOut(t *testing.T) {
	portal := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	ruth.hasDevice(true)
	portal.signIn(ruth, ownersAddress)
	ruth.Open(portal.url + "/hartwell/profile/factors")
	ruth.Click(ruth.Button("Add a passkey"))
	ruth.Sees("The passkey was added.")
	ruth.Click(ruth.Page.Locator("header .me, .side .me").First())
	ruth.Click(ruth.Button("Sign out"))
	ruth.Arrives("/sign-in")

	thief := chromium.NewPerson(t, Desktop, Options{})
	thief.Tolerate("422")
	thief.Tolerate("429")
	thief.Open(portal.url + "/sign-in")
	last, err := thief.Page.Evaluate(`async (email) => {
		let status = 0
		for (let i = 0; i < 12; i++) status = (await fetch('/sign-in', { method: 'POST', body: new URLSearchParams({ email, password: 'guess ' + i }) })).status
		return status
	}`, ownersAddress)
	thief.must(err, "guess")
	if last != 429 {
		t.Errorf("the twelfth guess answers %v", last)
	}
	ruth.Click(ruth.Button("Sign in with a passkey"))
	ruth.Arrives("/hartwell/office")
}

// A customer whose session has ended is told so over the page, and the link in the e-mail is the way back: what was chosen is there.
func TestACustomerWhoIsSignedOutComesBackByTheLink(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.must(maria.Context.ClearCookies(), "lose the session")
	maria.Tolerate("status of 401")
	maria.Click(maria.Page.Locator("label.opt").Filter(hasText("Quartz worktop")))
	maria.Sees("Do you come by a personal link? Open it in your e-mail once more.")
	maria.LooksGood("proposal-signed-out")
	o.enters(maria, o.link, "Maria Ruiz")
	saves(maria, func() { maria.Arrives(o.path) })
	maria.Reload()
	if chosen, err := maria.Page.Locator("label.opt").Filter(hasText("Quartz worktop")).Locator("input").IsChecked(); err != nil || !chosen {
		t.Errorf("after coming back the choice is gone: %v %v", chosen, err)
	}
}

// A message that is posted by somebody who was signed out is in its field again after signing in.
func TestAMessageOfSomebodySignedOutIsNotLost(t *testing.T) {
	p := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(ruth, ownersAddress)
	ruth.Open(p.url + "/hartwell/office/projects/" + p.project)
	ruth.See(ruth.Heading("Activity Feed"), "the feed")
	ruth.Click(ruth.conversation())
	ruth.Type("This took a while to write")
	waits(ruth, "the draft is kept", "Object.keys(localStorage).some(key => key.startsWith('draft:'))")
	ruth.must(ruth.Context.ClearCookies(), "lose the session")
	ruth.Tolerate("status of 401")
	ruth.posts()
	ruth.Sees("What you just sent did not arrive.")
	p.typesPassword(ruth, ownersAddress)
	ruth.Arrives("/hartwell/office/projects/" + p.project)
	waits(ruth, "the message is back", "document.getElementById('conversation-text').value === 'This took a while to write'")
	ruth.posts()
	ruth.See(ruth.said("This took a while to write"), "the message")
}
