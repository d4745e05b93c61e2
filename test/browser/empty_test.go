package browser

import "testing"

// focused is the id of what has the keyboard.
func (p *Person) focused() string {
	p.t.Helper()
	id, err := p.Page.Evaluate("() => document.activeElement.id || document.activeElement.className")
	p.must(err, "look where the focus is")
	return id.(string)
}

// What is sent empty is answered under its field, in the portal's words and language: the browser's own bubble speaks the
// browser's, and covers the buttons.
func TestAFormThatIsSentEmptySaysUnderItsFieldWhatIsMissing(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{Locale: "fr-FR"})
	o.reads(maria)
	maria.Tolerate("status of 422")
	for verb, asked := range map[string][2]string{
		"/changes": {"Send", "Tell us what should be different."},
		"/decline": {"Decline", "Please say in a few words why, so that we can make it better."},
	} {
		maria.Open(o.url + o.path + verb)
		maria.Click(maria.Button(asked[0]))
		maria.Holds(maria.Page.Locator("#reason-error"), asked[1])
		if at := maria.focused(); at != "reason" {
			t.Errorf("%s: the focus is in %q", verb, at)
		}
		maria.LooksGood("sent-empty-" + verb[1:])
	}

	maria.Open(o.url + "/hartwell/home/requests/new")
	maria.Fill("What would you like to have done?", "The old one rattles.")
	maria.Upload(maria.Page.Locator("upload-zone"), "kitchen-before.jpg")
	maria.Click(maria.Button("Create Project"))
	maria.Holds(maria.Page.Locator("#title-error"), "Give it a short name")
	maria.Holds(maria.Page.Locator(":focus"), "Please check the marked fields.")
	if kept := maria.Value(maria.Page.Locator("#description")); kept != "The old one rattles." {
		t.Errorf("of what was typed, %q is left", kept)
	}
	maria.See(maria.Page.Locator("upload-zone").GetByText("kitchen-before.jpg"), "the photo, still there")
	maria.LooksGood("request-sent-empty")

	maria.Open(o.url + "/sign-in?org=hartwell")
	maria.Click(maria.Button("Sign in"))
	maria.Holds(maria.Page.Locator("#email-error"), "Please enter your e-mail address or your username.")
	maria.Holds(maria.Page.Locator("#password-error"), "Please enter your password.")
	if at := maria.focused(); at != "email" {
		t.Errorf("at the sign-in the focus is in %q", at)
	}
	maria.LooksGood("sign-in-empty")
}
