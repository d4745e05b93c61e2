package browser

import (
	"testing"

	"lintel/internal/features/contractor"
)

const (
	evasAddress  = "eva@brightwire.example"
	nadiasNumber = "+44 7700 900 552"
	nadiasMail   = "nadia@brightwire.example"
)

// invitesBrightwire has the office add a contractor and invite Eva to its desk.
func (p *portal) invitesBrightwire(office *Person) {
	p.t.Helper()
	p.signIn(office, ownersAddress)
	office.Click(office.Link("Contractors"))
	office.Sees("No contractors yet")
	office.LooksGood("contractors-none")
	office.Click(office.Link("New contractor").First())
	office.Fill("Name of the firm", "Brightwire Fire & Electrical")
	office.Click(office.Button("Save"))
	office.Sees("Nobody is invited yet")
	office.Click(office.Link("Invite").First())
	office.Fill("Name", "Eva Voss")
	office.Fill("E-mail", evasAddress)
	office.Click(office.Button("Send the invitation"))
	office.Sees("Eva Voss")
}

// T5, with the way to it: the office invites a contractor, whose desk adds a technician, who
// enters by the link alone. The forwarded link asks another device for the mailed code, and
// removing the technician ends the open session at once.
func TestT5AForwardedTechnicianLinkAsksForTheCodeAndRemovalEndsTheSession(t *testing.T) {
	p := openPortal(t)
	office, eva := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Desktop, Options{})
	p.invitesBrightwire(office)

	eva.Open(p.link(p.mailTo(evasAddress, "contractor desk")))
	eva.Fill("New password", "quiet lamp over harbour")
	eva.Click(eva.Button("Set Password"))
	eva.Arrives("/hartwell/desk")
	eva.Sees("You are at the desk of Brightwire Fire & Electrical")
	eva.LooksGood("desk-first day")
	eva.Click(eva.Page.Locator("main").GetByRole("link").Filter(hasText("Add technician")))
	eva.Fill("Name", "Nadia Okafor")
	eva.Fill("E-mail", nadiasMail)
	eva.Click(eva.Button("Add and send the link"))
	eva.Arrives("/hartwell/desk/technicians")
	eva.Sees("Link works until")
	eva.LooksGood("desk-technicians")

	link := p.link(p.mailTo(nadiasMail, "your personal link"))
	nadia := chromium.NewPerson(t, Phone, Options{})
	nadia.Open(link)
	nadia.Sees("This link is for")
	nadia.LooksGood("technician-landing")
	nadia.Click(nadia.Button("Continue as Nadia Okafor"))
	nadia.Arrives("/hartwell/field")
	nadia.Sees("Nothing to do today")
	nadia.LooksGood("technician-today")

	other := chromium.NewPerson(t, Phone, Options{})
	sofar := p.post.count()
	p.enters(other, link, "Nadia Okafor")
	other.Arrives("/l/code")
	other.Sees("This device is new")
	other.LooksGood("technician-new device")
	code := p.code(p.mailAfter(sofar, nadiasMail, "code"))
	other.Tolerate("status of 422") // the refusal of a wrong code, on a page
	other.Fill("Code from the e-mail", wrong(code))
	other.Click(other.Button("Continue"))
	other.Sees("This code does not fit")
	other.Fill("Code from the e-mail", code)
	other.Click(other.Button("Continue"))
	other.Arrives("/hartwell/field")

	eva.Click(eva.Link("Remove Nadia Okafor"))
	eva.Click(eva.Button("Remove"))
	eva.Sees("No technicians yet")
	for _, device := range []*Person{nadia, other} {
		device.Reload()
		device.Arrives("/sign-in")
		device.Tolerate("status of 404") // the page of a link that opens nothing
		device.Open(link)
		device.Sees("This link does not work any more")
	}
	office.Reload()
	office.Sees("Access ended")
}

func wrong(code string) string {
	if code == "000000" {
		return "111111"
	}
	return "000000"
}

// CT-20, CT-21: mobile and signature, drawn with a finger, kept for the next time, and gone
// when it is removed; without script it is typed.
func TestATechnicianStoresAMobileNumberAndASignature(t *testing.T) {
	p := openPortal(t)
	office := chromium.NewPerson(t, Desktop, Options{})
	p.invitesBrightwire(office)
	eva := chromium.NewPerson(t, Desktop, Options{})
	eva.Open(p.link(p.mailTo(evasAddress, "contractor desk")))
	eva.Fill("New password", "quiet lamp over harbour")
	eva.Click(eva.Button("Set Password"))
	eva.Arrives("/hartwell/desk")
	eva.Open(p.url + contractor.TechniciansURL("hartwell", "") + "/new")
	eva.Fill("Name", "Nadia Okafor")
	eva.Fill("E-mail", nadiasMail)
	eva.Click(eva.Button("Add and send the link"))

	nadia := chromium.NewPerson(t, Phone, Options{})
	p.enters(nadia, p.link(p.mailTo(nadiasMail, "your personal link")), "Nadia Okafor")
	nadia.Arrives("/hartwell/field")
	nadia.Click(nadia.Link("Draw signature"))
	nadia.Sees("It is never put on a report by itself.")
	nadia.LooksGood("technician-preferences")
	nadia.Fill("Mobile", nadiasNumber)
	nadia.Click(nadia.Page.Locator("form").Filter(hasText("Mobile")).GetByRole("button"))
	nadia.Sees("Saved.")
	nadia.DrawSignature("signature-pad canvas", Finger)
	nadia.Click(nadia.Button("Save signature"))
	nadia.Sees("Only you and the office can see it.")
	drawn := nadia.Page.Locator("img[alt='Your stored signature']")
	nadia.See(drawn, "the signature")
	width, err := drawn.Evaluate(`i => i.naturalWidth`, nil)
	nadia.must(err, "look at the signature")
	if number(width) < 50 {
		t.Errorf("the stored signature is %v wide", width)
	}
	nadia.LooksGood("technician-signature stored")
	if got := nadia.Value(nadia.Field("Mobile")); got != nadiasNumber {
		t.Errorf("the mobile number is %q", got)
	}

	eva.Open(p.url + "/hartwell/desk/preferences")
	eva.DrawSignature("signature-pad canvas", Mouse)
	eva.Click(eva.Button("Save signature"))
	eva.Sees("Only you and the office can see it.")
	eva.Click(eva.Link("Change signature"))
	eva.DrawSignature("signature-pad canvas", Pen)
	eva.Click(eva.Button("Save signature"))
	eva.Sees("Only you and the office can see it.")
	eva.Click(eva.Button("Remove"))
	eva.Sees("None is stored.")
	office.Reload()
	office.See(office.Link("Stored signature of Nadia Okafor"), "that the office can see the signature")
	office.LooksGood("contractor-record")
}
