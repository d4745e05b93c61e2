package browser

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"lintel/internal/features/customer"
)

const (
	priyasAddress  = "priya.nair@harbourmail.example"
	lottasAddress  = "lotta.berg@harbourmail.example"
	priyasPassword = "velvet-anchor-meadow"
)

func (p *portal) accessURL() string {
	return p.url + "/hartwell/office/customers/" + p.customer + "/access"
}

// sendsAccess sends a contact access from the customer's Quick links, after a wrong word.
func (p *portal) sendsAccess(jon *Person, contact string, without ...string) {
	p.t.Helper()
	jon.Tolerate("status of 422")
	jon.Open(p.url + "/hartwell/office/customers/" + p.customer)
	jon.Click(jon.Link("Send customer portal access"))
	jon.Choose("Contact", contact)
	for _, module := range without {
		jon.must(jon.Field(module).Uncheck(), "untick "+module)
	}
	jon.LooksGood("access-send")
	jon.Fill("Type Confirm to send", "Confrim")
	jon.Click(jon.Button("Send access"))
	jon.Sees("Type the word exactly as it stands here.")
	jon.Fill("Type Confirm to send", "Confirm")
	jon.Click(jon.Button("Send access"))
	jon.Arrives(strings.TrimPrefix(p.accessURL(), p.url))
}

// accepts makes somebody's account by the invitation in their mail.
func (p *portal) accepts(who *Person, address, name string) {
	p.t.Helper()
	who.Open(p.link(p.mailTo(address, "You are invited")))
	who.LooksGood("join")
	who.Click(who.Button("Continue as " + name))
	who.Arrives("/join/account")
	who.LooksGood("join-account")
	who.Fill("Password", priyasPassword)
	who.Click(who.Button("Open my portal"))
	who.must(who.Page.WaitForURL(portalHome), "come into the portal")
}

// portalHome is the first page of a customer: the home, or the only project.
var portalHome = regexp.MustCompile(`/hartwell/home(/projects/[a-z0-9]+)?$`)

// TestO1 is scenario O1: access is given, trimmed and revoked.
func TestO1AccessIsGivenTrimmedAndRevoked(t *testing.T) {
	p := openPortal(t)
	_, err := p.app.Customers.AddContact(t.Context(), p.ruth, p.customer, customer.ContactDetails{Name: "Priya Nair", Email: priyasAddress, Title: "Lettings manager"})
	p.must(err, "make a contact")
	jon, priya := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	p.signIn(jon, leadsAddress)
	p.sendsAccess(jon, "Priya Nair, "+priyasAddress)
	jon.Sees("Invited")
	p.accepts(priya, priyasAddress, "Priya Nair")
	priya.Open(p.url + "/hartwell/home/proposals")
	priya.See(priya.Heading("Proposals"), "the proposals")
	jon.Reload()
	jon.See(jon.Page.Locator("tr").Filter(hasText("Priya Nair")).GetByText("Active", exactly), "that Priya is in")
	p.trims(jon)
	priya.Tolerate("status of 403")
	priya.Reload()
	priya.Sees("You do not have the right")
	priya.Open(p.url + "/hartwell/home")
	priya.Gone(priya.Link("Proposals"))
	p.endsAccess(jon, priya)
}

func (p *portal) trims(jon *Person) {
	p.t.Helper()
	jon.Open(p.accessURL())
	jon.LooksGood("access")
	jon.Click(jon.Field("Priya Nair: Documents"))
	jon.Click(jon.Button("Review changes"))
	jon.Sees("Priya Nair loses Documents.")
	jon.LooksGood("access-review")
	jon.must(jon.Page.Locator("#reason-wide").Fill("Invoices go to accounts"), "say why")
	jon.must(jon.Page.Locator("#confirm-wide").Fill("Confirm"), "type Confirm")
	jon.Click(jon.Button("Confirm change"))
	jon.Sees("In force from the next click of each person.")
}

func (p *portal) endsAccess(jon, priya *Person) {
	p.t.Helper()
	jon.Click(jon.Link("End access of Priya Nair"))
	jon.LooksGood("access-end")
	jon.Fill("Why", "Has left the company")
	jon.Fill("Type Confirm to finalise", "Confirm")
	jon.Click(jon.Button("End access"))
	jon.Sees("Priya Nair has no access any more.")
	began := time.Now()
	priya.Reload()
	priya.Arrives("/sign-in")
	p.t.Logf("the open page is closed %s after the end", time.Since(began).Round(time.Millisecond))
	log := jon.Page.Locator("#access-log")
	for _, words := range []string{"Jon Sato ended all access of Priya Nair", "Has left the company", "Invoices go to accounts", "Jon Sato invited Priya Nair"} {
		jon.Holds(log, words)
	}
	jon.See(jon.Page.Locator("tr").Filter(hasText("Priya Nair")).GetByText("Revoked", exactly), "that the access is revoked")
}

// TestC5 is the access part of scenario C5: the office types Confirm, the landlord registers
// from the link and adds a user who may use a few modules only.
func TestC5ALandlordAddsAUserWithFewModules(t *testing.T) {
	p := openPortal(t)
	jon, maria, lotta := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	p.signIn(jon, leadsAddress)
	jon.Open(p.accessURL() + "/send")
	jon.Choose("Contact", "Maria Ruiz, "+mariasAddress)
	jon.must(jon.Field("Users").Check(), "tick Users")
	jon.Fill("Type Confirm to send", "confirm")
	jon.Click(jon.Button("Send access"))
	jon.Arrives(strings.TrimPrefix(p.accessURL(), p.url))
	p.accepts(maria, mariasAddress, "Maria Ruiz")
	maria.Click(maria.Link("Users"))
	maria.Click(maria.Link("Add a user"))
	maria.Fill("Name", "Lotta Berg")
	maria.Fill("E-mail", lottasAddress)
	for _, module := range []string{"Certificates", "Diary"} {
		maria.must(maria.Field(module).Check(), "tick "+module)
	}
	maria.LooksGood("users-new")
	maria.Click(maria.Button("Send the invitation"))
	maria.Arrives("/hartwell/home/users")
	maria.Sees("Certificates, Diary")
	maria.LooksGood("users")
	p.accepts(lotta, lottasAddress, "Lotta Berg")
	for _, name := range []string{"Projects", "Proposals", "Signed Agreements", "Users"} {
		lotta.Gone(lotta.Link(name))
	}
	lotta.Tolerate("status of 403")
	for _, path := range []string{"/home/projects", "/home/proposals", "/home/users"} {
		lotta.Open(p.url + "/hartwell" + path)
		lotta.Sees("You do not have the right")
	}
	lotta.Open(p.url + "/hartwell/home")
	lotta.LooksGood("home-few-modules")
	if text := lotta.Text(lotta.Page.Locator("main")); strings.Contains(text, "Kitchen") {
		t.Error("a user with few modules reads of the project")
	}
	maria.Click(maria.Link("Lotta Berg"))
	maria.Click(maria.Button("Remove"))
	maria.Click(maria.Page.Locator("#remove-user button.solid"))
	maria.Arrives("/hartwell/home/users")
	lotta.Reload()
	lotta.Arrives("/sign-in")
}
