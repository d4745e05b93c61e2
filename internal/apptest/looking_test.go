package apptest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lintel/internal/core/access"
)

// look lets a colleague look at the portal as a family's first contact.
func (m *Family) look(c *Client) Answer {
	return c.Post("/"+m.firm.Slug+"/office/customers/"+m.Things.Customer+"/contacts/"+m.Things.Contact+"/look", url.Values{"reason": {"To help on the phone"}})
}

// A02, A05: who looks at the portal as a contact reads what that contact reads, and every
// route that changes something answers 403 and changes nothing.
func TestA02WhoLooksAsAContactReadsAndWritesNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		m, manager := alder.A, p.As(alder.Staff[access.Manager])
		if answer := m.look(manager); answer.Location != "/alder/home" {
			t.Fatalf("looking answers %d %s", answer.Status, answer.Location)
		}
		opened := 0
		for _, path := range []string{"/home/projects/" + m.Things.Project, "/home/proposals", "/home/proposals/" + m.Things.Proposal, "/home/agreements", "/home/inbox"} {
			page := manager.Get("/alder" + path)
			if page.Status != http.StatusOK || !strings.Contains(page.Body, "You see the portal as Una "+m.Canary) || !strings.Contains(page.Body, "/alder/office/look/stop") {
				t.Errorf("%s answers %d, or does not say as whom one looks", path, page.Status)
			}
			if strings.Contains(page.Body, alder.Office) {
				t.Errorf("%s shows what only the office may read", path)
			}
			opened++
		}
		for _, path := range []string{"/alder/home/projects/" + alder.B.Things.Project, "/alder/home/proposals/" + alder.B.Things.Proposal, "/birch/home/proposals/" + birch.A.Things.Proposal, "/alder/files/" + m.Things.OfficeFile} {
			if page := manager.Get(path); page.Status == http.StatusOK {
				t.Errorf("%s is open", path)
			}
		}
		before := p.State("events", "sessions")
		tried := 0
		for _, r := range p.App.Table.Routes() {
			l := lineOf(r)
			face := r.Rule.Face()
			if r.Method == http.MethodGet || r.Method == http.MethodHead || len(l.unknown) > 0 || face != access.CustomerFace && face != access.EitherFace {
				continue
			}
			answer := manager.Do(r.Method, l.path("alder", m.Things, m.Things), "application/x-www-form-urlencoded", []byte(filledIn(m.Things).Encode()))
			if tried++; answer.Status != http.StatusForbidden {
				t.Errorf("%s %s answers %d", r.Method, r.Pattern, answer.Status)
			}
		}
		if changed := Changed(before, p.State("events", "sessions")); len(changed) > 0 {
			t.Errorf("looking changed %v", changed)
		}
		if tried < 15 {
			t.Errorf("only %d routes were tried", tried)
		}
		t.Logf("%d pages opened, %d routes that change something refused", opened, tried)
	})
}

// A look ends with the colleague's right, with the contact's access, and when they press
// Stop; each from the next request on.
func TestA11ALookEndsWithTheNextRequest(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	home := "/alder/home/proposals/" + m.Things.Proposal
	ends := map[string]func(c *Client){
		"Stop": func(c *Client) {
			if answer := c.Post("/alder/office/look/stop", nil); !strings.HasSuffix(answer.Location, "/contacts/"+m.Things.Contact+"/person") {
				t.Errorf("Stop leads to %q", answer.Location)
			}
		},
		"half an hour": func(*Client) { p.Clock.Advance(30 * 60e9) },
		"sign out":     func(c *Client) { c.Post("/sign-out", nil) },
		"the right":    func(*Client) { p.raw(`update memberships set role = 'member' where role = 'manager'`) },
	}
	for _, name := range []string{"Stop", "half an hour", "sign out", "the right"} {
		c := p.As(alder.Staff[access.Manager])
		m.look(c)
		if page := c.Get(home); page.Status != http.StatusOK {
			t.Fatalf("%s: looking answers %d", name, page.Status)
		}
		ends[name](c)
		if page := c.Get(home); page.Status == http.StatusOK {
			t.Errorf("the look goes on after %s", name)
		}
	}
}

// A07: nobody looks as a contact of another firm, of another customer's address, as somebody
// without access, or without the right.
func TestA07NobodyLooksAsSomebodyElsesContact(t *testing.T) {
	p := Start(t, SQLite)
	alder, birch := p.Twins()
	owner := p.As(alder.Staff[access.Owner])
	form := url.Values{"reason": {"To help"}}
	for path, want := range map[string]int{
		"/alder/office/customers/" + birch.A.Things.Customer + "/contacts/" + birch.A.Things.Contact: http.StatusNotFound,
		"/birch/office/customers/" + birch.A.Things.Customer + "/contacts/" + birch.A.Things.Contact: http.StatusSeeOther, // to sign in
		"/alder/office/customers/" + alder.A.Things.Customer + "/contacts/" + alder.B.Things.Contact: http.StatusNotFound,
	} {
		for _, page := range []string{"/look", "/person"} {
			if answer := owner.Get(path + page); answer.Status != want || strings.HasPrefix(answer.Location, "/alder") {
				t.Errorf("GET %s%s answers %d", path, page, answer.Status)
			}
		}
		if answer := owner.Post(path+"/look", form); answer.Status != want && answer.Status != http.StatusUnauthorized {
			t.Errorf("POST %s/look answers %d", path, answer.Status)
		}
	}
	if page := owner.Get("/alder/home/proposals"); page.Status == http.StatusOK {
		t.Error("a refused look has opened the customer's portal")
	}
	for _, role := range []access.Role{access.Member, access.Finance, access.ReadOnly} {
		if answer := alder.A.look(p.As(alder.Staff[role])); answer.Status != http.StatusForbidden {
			t.Errorf("%s looks: %d", role, answer.Status)
		}
	}
	if answer := owner.Post("/alder/office/customers/"+alder.A.Things.Customer+"/contacts/"+alder.A.Things.Contact+"/look", nil); answer.Status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", answer.Status)
	}
}

// JT-11: the menu behind the firm's mark names a person's other portals, links those that
// this browser may enter, and tells a link's holder and a colleague who looks nothing.
func TestThePortalMenuTellsNobodyOfPlacesThatAreNotTheirs(t *testing.T) {
	p := Start(t, SQLite)
	alder, birch := p.Twins()
	m := alder.A
	// The same human being is a contact of both firms.
	p.raw(`insert into memberships (org, person, kind, name, email, created_at) select '` + string(birch.Org) + `', person, 'customer', name, email, 1 from memberships where email = '` + m.One.Email + `' and kind = 'customer'`)
	one := p.As(m.One)
	if page := one.Get("/alder/portals"); strings.Contains(page.Body, birch.Canary) {
		t.Error("who only holds a link is told of another firm")
	}
	p.raw(`update session_entries set proof = 'confirmed' where org = '` + string(alder.Org) + `' and person in (select person from memberships where email = '` + m.One.Email + `')`)
	page := one.Get("/alder/portals")
	if !strings.Contains(page.Body, birch.Canary) || strings.Contains(page.Body, `href="/birch/home"`) || !strings.Contains(page.Body, "Enter by a link") {
		t.Error("a confirmed browser is not told of the other portal, or may enter it without its link")
	}
	if menu := one.Get("/alder/home/proposals"); !strings.Contains(menu.Body, `popovertarget="portal-menu"`) || !strings.Contains(menu.Body, "Firm "+birch.Canary) {
		t.Error("the mark opens no menu")
	}
	manager := p.As(alder.Staff[access.Manager])
	m.look(manager)
	if looked := manager.Get("/alder/portals"); strings.Contains(looked.Body, birch.Canary) {
		t.Error("who looks as a contact reads of their other firms")
	}
	two := p.As(birch.A.One)
	two.Visit(strings.TrimPrefix(m.Two.URL, BaseURL))
	two.Post("/l", nil)
	both := two.Get("/birch/portals")
	if !strings.Contains(both.Body, `href="/alder/home"`) || !strings.Contains(both.Body, "Firm "+alder.Canary) {
		t.Errorf("a browser that entered both firms has no way from one to the other: %d", both.Status)
	}
}
