package browser

import (
	"fmt"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
)

// secondFirm founds Northgate, whose customer Maria is too, with two projects that she sees,
// and gives the personal link to its portal.
func (p *portal) secondFirm() (link string) {
	p.t.Helper()
	ctx := p.t.Context()
	firm, err := p.app.Organisations.Found(ctx, organisation.Founding{Slug: "northgate", Colour: "#1f5fbf",
		Firm: organisation.FirmDetails{Name: "Northgate Compliance", Email: "desk@northgate.example", Trade: organisation.Compliance, Language: "en", Zone: "Europe/London", Currency: "GBP", TaxName: "VAT", TaxPercent: "20"}})
	p.must(err, "found the second firm")
	system := access.NewSystem(firm.ID, "a test gives Maria a second firm")
	p.change(access.SystemWork, system, func(tx *guard.Tx) error {
		id, _, err := customer.CreateIn(tx, customer.Details{Name: "Ruiz Lettings"}, customer.ContactDetails{Name: "Maria Ruiz", Email: mariasAddress})
		if err != nil {
			return err
		}
		person, err := identity.EnsureContactPerson(tx, "Maria Ruiz", mariasAddress)
		if err != nil {
			return err
		}
		if err := identity.Grant(tx, person, id, ""); err != nil {
			return err
		}
		stages, err := organisation.Stages(tx)
		if err != nil {
			return err
		}
		seen := ""
		for _, s := range stages {
			if s.CustomerVisible && s.Bucket == organisation.Current {
				seen = s.ID
			}
		}
		for _, name := range []string{"Fire doors, Harcourt Court", "Emergency lighting"} {
			if _, err := project.CreateIn(tx, project.Draft{Name: name, Customer: id, Stage: seen}); err != nil {
				return err
			}
		}
		path, err := identity.MakeLink(tx, identity.LinkRequest{Person: person, Purpose: identity.ForPortal})
		link = p.url + path
		return err
	})
	return link
}

// JT-10, JT-11: with one project the portal opens in it; with two there is a menu with all
// of them; the firm's mark leads from one firm's portal to the other's, by mouse, by
// keyboard and as a page.
func TestOnePersonHasTwoFirmsAndTwoProjects(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	northgate := p.secondFirm()
	for name, device := range map[string]Device{"a phone": Phone, "a desk": Desktop} {
		t.Run(name, func(t *testing.T) {
			maria := chromium.NewPerson(t, device, Options{})
			p.enters(maria, o.link, "Maria Ruiz")
			maria.Arrives(o.path)
			maria.Open(p.url + "/hartwell/home")
			maria.Arrives("/hartwell/home/projects/" + p.project)
			if n, _ := maria.Page.Locator("button.brand-link").Count(); n != 0 {
				t.Error("somebody with one portal has a menu of portals")
			}
			p.enters(maria, northgate, "Maria Ruiz")
			maria.Arrives("/northgate/home")
			maria.Sees("Fire doors, Harcourt Court")
			maria.Sees("Emergency lighting")
			mark := maria.Page.Locator("button.brand-link:visible").First()
			p.must(mark.Focus(), "go to the firm's mark")
			p.must(maria.Page.Keyboard().Press("Enter"), "press Enter")
			maria.Sees("All your portals")
			maria.Axe()
			maria.Shoot("the menu of portals")
			maria.Click(maria.Page.Locator("#portal-menu").GetByText("Hartwell & Sons"))
			maria.Arrives("/hartwell/home/projects/" + p.project)
			maria.Open(p.url + "/hartwell/portals")
			maria.Sees("Every firm that has opened its portal to you.")
			maria.Axe()
			maria.Click(maria.Page.Locator("main").GetByText("Northgate Compliance"))
			maria.Arrives("/northgate/home")
		})
	}
}

// A colleague looks at the portal as Maria: reads what she reads, changes nothing, and
// stops; the log keeps who and why.
func TestAColleagueSeesThePortalAsTheCustomer(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	jon.Open(p.url + "/hartwell/office/customers/" + p.customer)
	jon.Sees("Who can see this")
	jon.Click(jon.Link("What Maria Ruiz can see"))
	jon.Sees("What they see")
	jon.Axe()
	jon.Shoot("a person's access")
	jon.Click(jon.Link("See the portal as Maria Ruiz"))
	jon.Axe()
	jon.Fill("Reason", "She asks on the phone where to sign")
	jon.Click(jon.Button("See the portal"))
	jon.Sees("You see the portal as Maria Ruiz.")
	jon.Axe()
	jon.Shoot("the portal as the customer sees it")
	jon.Open(p.url + o.path)
	jon.Sees("You see the portal as Maria Ruiz.")
	jon.Tolerate("403")
	status, err := jon.Page.Evaluate(`async path => (await fetch(path, {method: "POST", body: new URLSearchParams({text: "Hello"})})).status`, "/hartwell/messages/proposal/"+o.id)
	p.must(err, "try to write")
	if fmt.Sprint(status) != "403" {
		t.Errorf("writing as somebody else answers %v", status)
	}
	if desk := o.desk(); !desk.Document.ViewedAt.IsZero() {
		t.Error("the proposal counts as seen by the customer")
	}
	jon.Click(jon.Button("Stop looking"))
	jon.Sees("Jon Sato stopped looking at the portal as Maria Ruiz.")
	jon.Sees("She asks on the phone where to sign")
	jon.Open(p.url + "/hartwell/office/proposals/" + o.id + "/readers")
	jon.Sees("Who can see this")
	jon.Sees(mariasAddress)
	jon.Axe()
	jon.Shoot("who can see this")
	if seen := p.mailsAbout("looked at"); seen != 0 {
		t.Errorf("%d mails tell somebody of the look", seen)
	}
}

// mailsAbout counts mails with a word in them.
func (p *portal) mailsAbout(word string) (n int) {
	p.post.mu.Lock()
	defer p.post.mu.Unlock()
	for _, l := range p.post.letters {
		if strings.Contains(l.Text, word) {
			n++
		}
	}
	return n
}
