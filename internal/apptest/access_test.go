package apptest

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo"
	"lintel/internal/features/identity"
	"lintel/internal/features/staff"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/mail"
)

var joinInMail = regexp.MustCompile(`/join/to/[a-z0-9]+`)

// invitations are the paths of the invitations in somebody's mail, the oldest first.
func (p *Portal) invitations(email string) (paths []string) {
	for _, m := range p.Mails(email) {
		if path := joinInMail.FindString(m.Text); path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

func (m *Family) accessURL() string {
	return "/" + m.firm.Slug + "/office/customers/" + m.Things.Customer + "/access"
}

// newContact adds somebody with an address to the family, and gives the contact's id.
func (m *Family) newContact(name, email string) string {
	p, owner := m.firm.portal, m.firm.portal.As(m.firm.Staff[access.Owner])
	p.t.Helper()
	contacts := "/" + m.firm.Slug + "/office/customers/" + m.Things.Customer
	owner.Post(contacts+"/contacts", url.Values{"contact_name": {name}, "contact_email": {email}})
	found := regexp.MustCompile(`send\?contact=([a-z0-9]+)"[^>]*aria-label="Send access to ` + name + `"`).FindStringSubmatch(owner.Get(contacts).Body)
	if found == nil {
		p.t.Fatalf("%s is no contact, or cannot be sent access", name)
	}
	return found[1]
}

func sending(contact string, modules ...string) url.Values {
	return url.Values{"contact": {contact}, "modules": modules, "confirm": {"Confirm"}}
}

// invite has the office send somebody access, and gives the path in the mail.
func (m *Family) invite(name, email string, modules ...string) (contact, path string) {
	p := m.firm.portal
	p.t.Helper()
	contact = m.newContact(name, email)
	if sent := p.As(m.firm.Staff[access.Owner]).Post(m.accessURL()+"/send", sending(contact, modules...)); sent.Status != http.StatusSeeOther {
		p.t.Fatalf("sending access answers %d", sent.Status)
	}
	p.RunJobs()
	paths := p.invitations(email)
	if len(paths) == 0 {
		p.t.Fatalf("%s has no invitation in %d mails", email, len(p.Mails(email)))
	}
	return contact, paths[len(paths)-1]
}

func account(name, email string) url.Values {
	return url.Values{"name": {name}, "email": {email}, "username": {""}, "password": {"velvet-anchor-meadow"}}
}

// join makes an account by an invitation.
func (p *Portal) join(path, name, email string) *Client {
	p.t.Helper()
	c := p.Browser()
	c.Visit(path)
	c.Post("/join", nil)
	if joined := c.Post("/join/account", account(name, email)); joined.Status != http.StatusSeeOther || !strings.HasSuffix(joined.Location, "/home") {
		p.t.Fatalf("joining answers %d %s", joined.Status, joined.Location)
	}
	return c
}

// state is the word beside somebody on the access page.
func (m *Family) state(name string) string {
	page := m.firm.portal.As(m.firm.Staff[access.Owner]).Get(m.accessURL()).Body
	found := regexp.MustCompile(`(?s)<b>` + name + `</b>.*?<span class="badge[^"]*">([^<]+)`).FindStringSubmatch(page)
	if found == nil {
		return "not there"
	}
	return found[1]
}

// row is the person's line of the table: key and what is ticked.
func (m *Family) row(name string) (key, had string) {
	page := m.firm.portal.As(m.firm.Staff[access.Owner]).Get(m.accessURL()).Body
	n := strings.Count(page[:strings.Index(page, `aria-label="`+name+`: `)], `<th scope="row">`) - 1
	rows := regexp.MustCompile(`name="row" value="([^"]*)">\s*<input type="hidden" name="had" value="([^"]*)"`).FindAllStringSubmatch(page, -1)
	person := strings.Fields(rows[n][1])[0]
	for _, r := range rows {
		if strings.TrimSpace(r[1]) == person { // of the whole customer, before single projects
			return r[1], r[2]
		}
	}
	return rows[n][1], rows[n][2]
}

// O1, CP-20, CP-21, CP-22, CP-02: give, trim and revoke access, as the office and the
// customer live through it.
func TestO1AccessIsGivenTrimmedAndRevoked(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		contact := m.newContact("Priya Nair", "priya@aye.example")
		if m.state("Priya Nair") != "Not invited" {
			t.Errorf("before anything, Priya is %q", m.state("Priya Nair"))
		}
		before := p.State()
		wrong := sending(contact, "projects", "documents")
		wrong.Set("confirm", "Confrim")
		if refused := owner.Post(m.accessURL()+"/send", wrong); refused.Status != http.StatusUnprocessableEntity {
			t.Errorf("the wrong word answers %d", refused.Status)
		}
		if changed := Changed(before, p.State()); len(changed) > 0 {
			t.Errorf("the wrong word changed %v", changed)
		}
		owner.Post(m.accessURL()+"/send", sending(contact, "projects", "documents", "messages"))
		p.RunJobs()
		mails := p.Mails("priya@aye.example")
		if len(mails) != 1 || !strings.Contains(mails[0].Subject, "You are invited") || strings.Count(mails[0].Text, "/join/to/") != 1 {
			t.Fatalf("the invitation is %d mails, %q", len(mails), subjects(mails))
		}
		path := p.invitations("priya@aye.example")[0]
		if m.state("Priya Nair") != "Invited" {
			t.Errorf("after sending, Priya is %q", m.state("Priya Nair"))
		}
		p.entersByInvitation(t, m, path)
		p.trims(t, m)
		p.ends(t, m, contact)
	})
}

func subjects(mails []mail.Parsed) (list []string) {
	for _, m := range mails {
		list = append(list, m.Subject)
	}
	return list
}

func (p *Portal) entersByInvitation(t *testing.T, m *Family, path string) {
	t.Helper()
	scanner := p.Browser()
	before := p.State()
	for range 3 {
		if page := scanner.Visit(path); page.Status != http.StatusOK || strings.Contains(page.Body, "priya@aye.example") {
			t.Errorf("the landing answers %d, or names the address", page.Status)
		}
		scanner.Get("/join/account")
	}
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Errorf("looking at the invitation changed %v", changed)
	}
	scanner.Post("/join", nil)
	if m.state("Priya Nair") != "Opened" {
		t.Errorf("after Continue, Priya is %q", m.state("Priya Nair"))
	}
	priya := p.join(path, "Priya N. Nair", "priya@aye.example")
	if home := priya.Visit("/alder/home"); home.Status != http.StatusOK || !strings.Contains(home.Body, m.Canary) {
		t.Errorf("the dashboard answers %d", home.Status)
	}
	if m.state("Priya Nair") != "Active" {
		t.Errorf("after joining, Priya is %q", m.state("Priya Nair"))
	}
	if again := p.Browser().Visit(path); again.Status != http.StatusNotFound {
		t.Errorf("the used invitation answers %d", again.Status)
	}
}

// signedIn is a person in a browser of theirs, by address and password.
func (p *Portal) signedIn(email string) *Client {
	p.t.Helper()
	c := p.Browser()
	if in := c.Post("/sign-in", url.Values{"email": {email}, "password": {"velvet-anchor-meadow"}}); in.Status != http.StatusSeeOther {
		p.t.Fatalf("%s cannot sign in: %d", email, in.Status)
	}
	return c
}

func (p *Portal) trims(t *testing.T, m *Family) {
	t.Helper()
	owner, priya := p.As(m.firm.Staff[access.Owner]), p.signedIn("priya@aye.example")
	if page := priya.Get("/alder/home/proposals"); page.Status != http.StatusOK {
		t.Fatalf("before, proposals answer %d", page.Status)
	}
	key, had := m.row("Priya Nair")
	form := url.Values{"row": {key}, "had": {had}, "on.0": {"projects", "messages"}, "reason": {"not her work"}}
	before := p.State()
	if review := owner.Post(m.accessURL()+"/review", form); review.Status != http.StatusOK || !strings.Contains(review.Body, "Priya Nair loses Documents.") {
		t.Errorf("the review answers %d, without the change in words", review.Status)
	}
	form.Set("confirm", "Conf")
	if refused := owner.Post(m.accessURL(), form); refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "not her work") {
		t.Errorf("the wrong word answers %d", refused.Status)
	}
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Errorf("reviewing changed %v", changed)
	}
	form.Set("confirm", "confirm")
	if done := owner.Post(m.accessURL(), form); done.Status != http.StatusSeeOther {
		t.Fatalf("confirming answers %d", done.Status)
	}
	for path, want := range map[string]int{"/home/proposals": http.StatusForbidden, "/home/agreements": http.StatusForbidden, "/home/proposals/" + m.Things.Proposal: http.StatusForbidden,
		"/files/" + m.Things.Agreement: http.StatusNotFound, "/home": http.StatusOK, "/home/projects/" + m.Things.Project: http.StatusOK} {
		answer := priya.Visit("/alder" + path) // the home of somebody with one project is the project
		if answer.Status != want {
			t.Errorf("without documents, %s answers %d instead of %d", path, answer.Status, want)
		}
		if strings.Contains(answer.Body, "/home/proposals") || strings.Contains(answer.Body, "/home/agreements") {
			t.Errorf("without documents, %s still leads there", path)
		}
	}
	if stale := owner.Post(m.accessURL(), form); stale.Status != http.StatusConflict {
		t.Errorf("changing what somebody has changed meanwhile answers %d", stale.Status)
	}
}

func (p *Portal) ends(t *testing.T, m *Family, contact string) {
	t.Helper()
	owner, phone, desk := p.As(m.firm.Staff[access.Owner]), p.signedIn("priya@aye.example"), p.signedIn("priya@aye.example")
	end := m.accessURL() + "/" + contact + "/end"
	if refused := owner.Post(end, url.Values{"confirm": {"Confirm"}}); refused.Status != http.StatusUnprocessableEntity {
		t.Errorf("ending without a reason answers %d", refused.Status)
	}
	began := time.Now()
	owner.Post(end, url.Values{"reason": {"has left the company"}, "confirm": {"Confirm"}})
	for name, c := range map[string]*Client{"phone": phone, "desk": desk} {
		if page := c.Get("/alder/home"); page.Status != http.StatusSeeOther || !strings.HasPrefix(page.Location, "/sign-in") {
			t.Errorf("the %s still gets %d %s", name, page.Status, page.Location)
		}
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("the end took %s", took)
	} else {
		t.Logf("all sessions dead %s after the click", took.Round(time.Millisecond))
	}
	log := owner.Get(m.accessURL()).Body
	for _, words := range []string{"ended all access of Priya Nair", "has left the company", "changed the modules of Priya", "not her work", "invited Priya Nair to the portal"} {
		if !strings.Contains(log, words) {
			t.Errorf("the log does not say %q", words)
		}
	}
	if m.state("Priya Nair") != "Revoked" {
		t.Errorf("afterwards Priya is %q", m.state("Priya Nair"))
	}
}

// B06: an invitation's token is refused for every other purpose, and every other token where
// an invitation is wanted.
func TestB06AnInvitationIsNoOtherLink(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	_, invitation := alder.A.invite("Vic Tim", "vic@aye.example", "projects")
	token := strings.TrimPrefix(invitation, "/join/to/")
	personal := strings.TrimPrefix(p.LinkTo(alder.A.One.Email, ""), BaseURL+"/l/to/")
	doors := map[string]struct{ take, post string }{
		"document": {"/l/to/", "/l"}, "sign-in": {"/sign-in/link/", "/sign-in/link"}, "reset": {"/sign-in/reset/", "/sign-in/reset"},
		"join": {"/join/to/", "/join"}, "account": {"/join/to/", "/join/account"},
	}
	for name, door := range doors {
		foreign := token
		if strings.HasPrefix(door.take, "/join") {
			foreign = personal
		}
		c := p.Browser()
		c.Get(door.take + foreign)
		before := p.State("throttles")
		if answer := c.Post(door.post, account("Vic Tim", "vic@aye.example")); answer.Status != http.StatusNotFound {
			t.Errorf("%s takes a token of another purpose: %d", name, answer.Status)
		}
		if changed := Changed(before, p.State("throttles")); len(changed) > 0 {
			t.Errorf("%s changed %v", name, changed)
		}
	}
}

// B15: the token of an invitation stands in the mail and nowhere else.
func TestB15AnInvitationsTokenStandsInItsMailOnly(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		_, path := alder.A.invite("Vic Tim", "vic@aye.example", "projects")
		token := strings.TrimPrefix(path, "/join/to/")
		c := p.Browser()
		c.Visit(path)
		c.Post("/join/account", account("Vic Tim", "thief@elsewhere.example"))
		for table, rows := range p.Dump() {
			if strings.Contains(strings.Join(rows, " "), token) {
				t.Errorf("table %s holds the token", table)
			}
		}
		if log := p.Log(); strings.Contains(log, token) || strings.Contains(log, "velvet-anchor-meadow") {
			t.Error("the log holds the token or the password")
		}
	})
}

// B07: the address is fixed by the invitation, and so is whose account it makes.
func TestB07AnInvitationIsForOneAddress(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	_, path := alder.A.invite("Vic Tim", "vic@aye.example", "projects")
	c := p.Browser()
	c.Visit(path)
	before := p.State()
	for _, email := range []string{"thief@elsewhere.example", "vic@aye.example.evil.example", "", "vic@aye.example, thief@elsewhere.example"} {
		if answer := c.Post("/join/account", account("Vic Tim", email)); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("joining as %q answers %d", email, answer.Status)
		}
	}
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Errorf("that changed %v", changed)
	}
	p.join(path, "Vic Tim", " VIC@aye.example ")
}

// Nobody takes an account over by inviting it to another firm: the password that is there
// stays, and the invitation alone signs nobody in.
func TestB07AnInvitationNeverChangesAnAccount(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		_, first := alder.A.invite("Vic Tim", "vic@aye.example", "projects")
		p.join(first, "Vic Tim", "vic@aye.example")
		_, second := birch.A.invite("Vic Tim", "vic@aye.example", "projects")
		thief := p.Browser()
		thief.Visit(second)
		thief.Post("/join", nil)
		form := account("Vic Tim", "vic@aye.example")
		form.Set("password", "thief-chosen-password")
		if page := thief.Get("/join/account"); strings.Contains(page.Body, `type="password"`) {
			t.Error("the page asks for a password that it would not set")
		}
		if answer := thief.Post("/join/account", form); !strings.HasPrefix(answer.Location, "/sign-in?") {
			t.Errorf("joining with an account leads to %d %s", answer.Status, answer.Location)
		}
		if page := thief.Get("/birch/home"); page.Status == http.StatusOK {
			t.Error("the invitation alone let somebody into an account")
		}
		if in := thief.Post("/sign-in", url.Values{"email": {"vic@aye.example"}, "password": {"thief-chosen-password"}}); in.Status == http.StatusSeeOther {
			t.Error("the account's password was changed")
		}
		vic := p.signedIn("vic@aye.example")
		if vic.Visit("/alder/home").Status != http.StatusOK || vic.Visit("/birch/home").Status != http.StatusOK {
			t.Error("the account does not open both portals")
		}
	})
}

// B07: whoever is somebody elsewhere, or something else here, has an account to lose even when
// they never set a password: colleagues who come in by their firm's sign-in service, contacts
// and technicians by their links. A forwarded invitation never sets the first one for them.
func TestB07AnInvitationSetsNoFirstPasswordForWhoIsActiveElsewhere(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		alder.change(func(tx *guard.Tx) error {
			_, err := staff.Add(tx, "vic@alder.example", "Vic Tim", access.Manager)
			return err
		})
		_, path := birch.A.invite("Vic Tim", "vic@alder.example", "projects")
		thief := p.Browser()
		thief.Visit(path)
		thief.Post("/join", nil)
		form := account("Vic Tim", "vic@alder.example")
		form.Set("password", "thief-chosen-password")
		if answer := thief.Post("/join/account", form); !strings.HasPrefix(answer.Location, "/sign-in?") {
			t.Errorf("the invitation leads to %d %s", answer.Status, answer.Location)
		}
		for _, page := range []string{"/alder/office", "/birch/home"} {
			if thief.Get(page).Status == http.StatusOK {
				t.Errorf("the invitation alone opens %s", page)
			}
		}
		if in := p.Browser().Post("/sign-in", url.Values{"email": {"vic@alder.example"}, "password": {"thief-chosen-password"}}); in.Status == http.StatusSeeOther {
			t.Error("a forwarded invitation set the password of another firm's colleague")
		}
	})
}

var passwordInMail = regexp.MustCompile(`/sign-in/reset/[a-z0-9]+`)

// B07, B03: the invitation to an office, or to a contractor's desk, lies in a mailbox for a
// week and works in any browser. It is no reset link for an account that is there already.
func TestB07AnInvitationOfStaffNeverChangesAnAccount(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		_, first := alder.A.invite("Vic Tim", "vic@aye.example", "projects")
		p.join(first, "Vic Tim", "vic@aye.example")
		owner := p.As(birch.Staff[access.Owner])
		owner.Post("/birch/office/settings/people", url.Values{"name": {"Vic Tim"}, "email": {"vic@aye.example"}, "role": {string(access.Member)}})
		p.RunJobs()
		path := ""
		for _, m := range p.Mails("vic@aye.example") {
			if found := passwordInMail.FindString(m.Text); found != "" {
				path = found
			}
		}
		if path != "" {
			thief := p.Browser()
			thief.Visit(path)
			thief.Post("/sign-in/reset", url.Values{"password": {"thief-chosen-password"}})
			for _, page := range []string{"/alder/home", "/birch/office"} {
				if thief.Get(page).Status == http.StatusOK {
					t.Errorf("a forwarded invitation opens %s", page)
				}
			}
		}
		if in := p.Browser().Post("/sign-in", url.Values{"email": {"vic@aye.example"}, "password": {"thief-chosen-password"}}); in.Status == http.StatusSeeOther {
			t.Error("the account's password was changed")
		}
		vic := p.signedIn("vic@aye.example")
		if vic.Visit("/alder/home").Status != http.StatusOK || vic.Visit("/birch/office").Status != http.StatusOK {
			t.Error("the account does not open both portals")
		}
	})
}

// B03: an invitation ends after 14 days, after use, after a newer one, when it is revoked and
// when the contact's address changes; the answer is always the same page.
func TestB03AnInvitationEnds(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m, owner := alder.A, p.As(alder.Staff[access.Owner])
	page := map[string]string{}
	ended := func(name, path string) {
		answer := p.Browser().Visit(path)
		if answer.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, answer.Status)
		}
		page[name] = regexp.MustCompile(`(?s)<h1>.*</h1>`).FindString(answer.Body)
	}
	contact, old := m.invite("Nia Newer", "nia@aye.example", "projects")
	owner.Post(m.accessURL()+"/send", sending(contact, "projects"))
	p.RunJobs()
	ended("after a newer one", old)
	contact, revoked := m.invite("Rex Revoked", "rex@aye.example", "projects")
	owner.Post(m.accessURL()+"/"+contact+"/revoke", nil)
	ended("after it was revoked", revoked)
	if m.state("Rex Revoked") != "Revoked" {
		t.Errorf("a revoked invitation is %q", m.state("Rex Revoked"))
	}
	contact, moved := m.invite("Mo Moved", "mo@aye.example", "projects")
	owner.Post("/alder/office/customers/"+m.Things.Customer+"/contacts/"+contact, url.Values{"contact_name": {"Mo Moved"}, "contact_email": {"mo@new.example"}})
	ended("after the address changed", moved)
	_, late := m.invite("Lea Late", "lea@aye.example", "projects")
	p.Clock.Advance(14*24*time.Hour + time.Second)
	ended("after 14 days", late)
	if m.state("Lea Late") != "Expired" {
		t.Errorf("an invitation that ran out is %q", m.state("Lea Late"))
	}
	for name, text := range page {
		if text != page["after 14 days"] {
			t.Errorf("%s reads differently: %s", name, text)
		}
	}
}

// SY-05, JB-40: access to one more project is exactly one mail, and only that project.
func TestOneMoreProjectIsOneMail(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		first, second := m.Things.Project, m.Make(m.Things.Customer).Project
		contact := m.newContact("Pia Project", "pia@aye.example")
		give := func(project string) Answer {
			answer := owner.Post("/alder/office/projects/"+project+"/access", sending(contact, "projects", "documents"))
			p.RunJobs()
			return answer
		}
		give(first)
		pia := p.join(p.invitations("pia@aye.example")[0], "Pia Project", "pia@aye.example")
		if seen := pia.Get("/alder/home/projects/" + second); seen.Status != http.StatusNotFound {
			t.Errorf("the project that was not given answers %d", seen.Status)
		}
		before := len(p.Mails("pia@aye.example"))
		give(second)
		mails := p.Mails("pia@aye.example")
		if len(mails) != before+1 {
			t.Fatalf("one more project is %d mails", len(mails)-before)
		}
		if seen := pia.Get("/alder/home/projects/" + second); seen.Status != http.StatusOK {
			t.Errorf("the given project answers %d", seen.Status)
		}
		if again := give(second); again.Status != http.StatusUnprocessableEntity || len(p.Mails("pia@aye.example")) != before+1 {
			t.Errorf("giving it again answers %d, %d mails", again.Status, len(p.Mails("pia@aye.example"))-before)
		}
		stranger := p.As(demo.Person{Email: "pia@aye.example", URL: p.LinkTo("pia@aye.example", "")})
		if seen := stranger.Get("/alder/home/projects/" + second); seen.Status != http.StatusOK {
			t.Errorf("the link in the mail opens the project with %d", seen.Status)
		}
	})
}

// A11, A13: the access of somebody who was removed and is let in again one day begins anew. A
// browser of theirs that was left signed in, perhaps with a phone that is gone, stays outside.
func TestA11A13AnOldSignInStaysOutsideWhenSomebodyIsLetInAgain(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		inside := func(c *Client, page string) bool {
			answer := c.Visit(page)
			return answer.Status == http.StatusOK && strings.HasPrefix(answer.Path, page)
		}
		m, owner := alder.A, p.As(alder.Staff[access.Owner])

		contact, path := m.invite("Vic Tim", "vic@aye.example", "projects")
		customer := p.join(path, "Vic Tim", "vic@aye.example")
		owner.Post(m.accessURL()+"/"+contact+"/end", url.Values{"reason": {"left"}, "confirm": {"Confirm"}})
		if inside(customer, "/alder/home") {
			t.Fatal("the contact was not removed")
		}
		p.Clock.Advance(time.Minute)
		owner.Post(m.accessURL()+"/send", sending(contact, "projects"))
		if inside(customer, "/alder/home") {
			t.Error("the contact's old browser is inside again")
		}
		p.Clock.Advance(time.Minute)
		if !inside(p.signedIn("vic@aye.example"), "/alder/home") {
			t.Error("signing in anew leads nowhere")
		}

		var person access.PersonID
		add := func() {
			alder.change(func(tx *guard.Tx) (err error) {
				person, err = staff.Add(tx, "vic@aye.example", "Vic Tim", access.Member)
				return err
			})
		}
		add()
		colleague := p.signedIn("vic@aye.example")
		if !inside(colleague, "/alder/office") {
			t.Fatal("the colleague is outside")
		}
		p.Clock.Advance(time.Minute)
		alder.change(func(tx *guard.Tx) error { return identity.RemoveMember(tx, person, access.Staff) })
		p.Clock.Advance(time.Minute)
		add()
		if inside(colleague, "/alder/office") {
			t.Error("the colleague's old browser is inside again")
		}
		p.Clock.Advance(time.Minute)
		if !inside(p.signedIn("vic@aye.example"), "/alder/office") {
			t.Error("signing in anew leads nowhere")
		}
	})
}

// A13, CP-22: what the office ended with the word Confirm does not come back because somebody
// sends a proposal, or sends one again.
func TestA13AProposalDoesNotGiveBackWhatTheOfficeHasEnded(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner, ctx := alder.A, p.As(alder.Staff[access.Owner]), context.Background()
		draft := m.Things.Draft
		owner.Post(m.accessURL()+"/"+m.Things.Contact+"/end", url.Values{"reason": {"left the company"}, "confirm": {"Confirm"}})
		before := p.State()
		if err := p.App.Documents.Resend(ctx, alder.Owner, m.Things.Proposal, m.Things.Contact); !fault.Is(err, fault.Invalid) {
			t.Errorf("sending again answers %v", err)
		}
		desk, err := p.App.Documents.Workshop(ctx, alder.Owner, draft, 0)
		p.must(err)
		if err := p.App.Documents.Send(ctx, alder.Owner, draft, desk.Version.Revision, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("sending answers %v", err)
		}
		if changed := Changed(before, p.State()); len(changed) > 0 {
			t.Errorf("that changed %v", changed)
		}
		owner.Post(m.accessURL()+"/send", sending(m.Things.Contact, "projects", "documents"))
		p.must(p.App.Documents.Send(ctx, alder.Owner, draft, desk.Version.Revision, ""))
	})
}

// A13: whoever is no contact of a customer any more, but still one of another customer, keeps
// no link that tells what the first one's proposals are called.
func TestA13AnOldLinkNamesNothingToWhoIsAnotherCustomersContactNow(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		if page := p.Browser().Visit(strings.TrimPrefix(m.Two.URL, BaseURL)); page.Status != http.StatusOK {
			t.Fatalf("before, the link answers %d", page.Status)
		}
		alder.B.invite("Two Elsewhere", m.Two.Email, "projects")
		record, err := p.App.Customers.Get(context.Background(), alder.Owner, m.Things.Customer)
		p.must(err)
		for _, k := range record.Contacts {
			if k.Email == m.Two.Email {
				p.must(p.App.Customers.RemoveContact(context.Background(), alder.Owner, k.ID))
			}
		}
		if page := p.Browser().Visit(strings.TrimPrefix(m.Two.URL, BaseURL)); page.Status != http.StatusNotFound {
			t.Errorf("the old link answers %d", page.Status)
		}
	})
}

// I07: a firm cannot send more invitations within a day than an honest one does; what is
// refused leaves nothing behind.
func TestI07InvitationsHaveAQuota(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m, owner := alder.A, p.As(alder.Staff[access.Owner])
	contact := m.newContact("Sam Spam", "sam@aye.example")
	sent, last := 0, Answer{}
	for range 300 {
		if last = owner.Post(m.accessURL()+"/send", sending(contact, "projects")); last.Status != http.StatusSeeOther {
			break
		}
		sent++
	}
	if sent != 200 || last.Status != http.StatusTooManyRequests {
		t.Errorf("%d invitations were sent, then %d", sent, last.Status)
	}
	before := p.State()
	owner.Post(m.accessURL()+"/send", sending(contact, "projects"))
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Errorf("what is refused changed %v", changed)
	}
	p.Clock.Advance(25 * time.Hour)
	if again := p.As(alder.Staff[access.Owner]).Post(m.accessURL()+"/send", sending(contact, "projects")); again.Status != http.StatusSeeOther {
		t.Errorf("a day later it answers %d", again.Status)
	}
}

// A07: ids of another firm or customer in the forms of portal access link nothing.
func TestA07AccessFormsTakeOnlyOwnIds(t *testing.T) {
	p := Start(t, SQLite)
	alder, birch := p.Twins()
	owner := p.As(alder.Staff[access.Owner])
	key, had := birch.A.row(birch.A.One.Name)
	bKey, bHad := alder.B.row(alder.B.One.Name)
	before := p.State()
	for name, c := range map[string]struct {
		path string
		form url.Values
	}{
		"another firm's contact":       {"/send", sending(birch.A.Things.Contact, "projects")},
		"another customer's contact":   {"/send", sending(alder.B.Things.Contact, "projects")},
		"another customer's project":   {"/send", url.Values{"contact": {alder.A.Things.Contact}, "modules": {"projects"}, "confirm": {"Confirm"}, "project": {alder.B.Things.Project}}},
		"a module that is none":        {"/send", sending(alder.A.Things.Contact, "everything")},
		"another firm's person":        {"", url.Values{"row": {key}, "had": {had}, "on.0": {"projects"}, "confirm": {"Confirm"}}},
		"another customer's person":    {"", url.Values{"row": {bKey}, "had": {bHad}, "on.0": {"projects"}, "confirm": {"Confirm"}}},
		"a project of somebody else's": {"", url.Values{"row": {strings.Fields(key)[0] + " " + alder.B.Things.Project}, "had": {"*"}, "confirm": {"Confirm"}}},
	} {
		if answer := owner.Post(alder.A.accessURL()+c.path, c.form); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d", name, answer.Status)
		}
	}
	if changed := Changed(before, p.State()); len(changed) > 0 {
		t.Errorf("that changed %v", changed)
	}
}

// A11, A13: whoever was just removed gets nothing with the next request: no page, no count,
// no file, no mail, and the old links open nothing.
func TestA11A13WhoWasJustRemovedGetsNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		one := p.As(m.One)
		if open := m.opens(one, m.One.URL); len(open) < 6 {
			t.Fatalf("before, only %v is open", open)
		}
		owner.Post(m.accessURL()+"/"+m.Things.Contact+"/end", url.Values{"reason": {"sold the house"}, "confirm": {"Confirm"}})
		p.RunJobs()
		before := len(p.Mails(m.One.Email))
		if open := m.opens(one, m.One.URL); len(open) > 0 {
			t.Errorf("still open are %v", open)
		}
		all := len(p.Mails(m.Two.Email))
		m.remark(m.Things.Proposal, "News after the end", false)
		p.RunJobs()
		if len(p.Mails(m.Two.Email)) != all+1 {
			t.Error("the other contact was not told of the news")
		}
		if more := len(p.Mails(m.One.Email)) - before; more > 0 {
			t.Errorf("%d mails came after the end", more)
		}
		two := p.As(m.Two)
		if open := m.opens(two, m.Two.URL); len(open) < 6 {
			t.Errorf("the other contact only has %v", open)
		}
	})
}

// CP-22: a module that was taken away is gone from the inbox, its count and the mail too.
func TestA11WhatWasTakenAwayIsNotToldOfAnyMore(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner, one := alder.A, p.As(alder.Staff[access.Owner]), p.As(alder.A.One)
		if !strings.Contains(one.Get("/alder/home/inbox").Body, "answered on Proposal for "+m.Canary) {
			t.Fatal("before, the inbox does not tell of the answer")
		}
		key, had := m.row(m.One.Name)
		owner.Post(m.accessURL(), url.Values{"row": {key}, "had": {had}, "on.0": {"projects", "documents"}, "confirm": {"Confirm"}})
		project := strings.Fields(key)[0] + " " + m.Things.Project
		owner.Post(m.accessURL(), url.Values{"row": {project}, "had": {"*"}, "on.0": {"projects", "documents"}, "confirm": {"Confirm"}})
		before := len(p.Mails(m.One.Email))
		m.remark(m.Things.Proposal, "News that One may not read", false)
		p.RunJobs()
		if more := len(p.Mails(m.One.Email)) - before; more > 0 {
			t.Errorf("%d mails tell of it", more)
		}
		for _, path := range []string{"/home", "/home/inbox", "/home/proposals/" + m.Things.Proposal} {
			page := one.Visit("/alder" + path)
			if page.Status != http.StatusOK || strings.Contains(page.Body, "answered on") || strings.Contains(page.Body, "Welcome, "+m.Canary) {
				t.Errorf("%s, %d, still tells of messages", path, page.Status)
			}
		}
	})
}

// A08: what a customer's person without a module finds holds no row, total or hint of it.
func TestA08WithoutAModuleNothingTellsOfIt(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	_, path := m.invite("Max Messages", "max@aye.example", "messages")
	max := p.join(path, "Max Messages", "max@aye.example")
	for _, page := range []string{"/home", "/home/inbox", "/home/projects", "/home/proposals", "/home/agreements", "/home/users", "/home/projects/" + m.Things.Project} {
		answer := max.Get("/alder" + page)
		for _, hint := range []string{"House of " + m.Canary, "Proposal for " + m.Canary, m.Things.Proposal, m.Things.Project, "/home/projects", "/home/proposals", "/home/users"} {
			if strings.Contains(answer.Body, hint) {
				t.Errorf("%s, %d, tells of %q", page, answer.Status, hint)
			}
		}
	}
}

// A17, CP-11: a customer's administrator adds users of the own company, and gives and takes
// nothing that is not theirs to give.
func TestA17AdministratorsOfACustomerGiveOnlyWhatTheyHold(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		_, path := m.invite("Ada Admin", "ada@aye.example", "projects", "messages", "users")
		ada := p.join(path, "Ada Admin", "ada@aye.example")
		add := func(who *Client, email string, modules ...string) Answer {
			return who.Post("/alder/home/users", url.Values{"name": {"Lotta Lettings"}, "email": {email}, "modules": modules})
		}
		before := p.State()
		for name, answer := range map[string]Answer{
			"more than she holds":        add(ada, "new@aye.example", "projects", "documents"),
			"a module that is none":      add(ada, "new@aye.example", "everything"),
			"every module":               add(ada, "new@aye.example", "*"),
			"herself":                    add(ada, "ada@aye.example", "projects"),
			"whom the firm has let in":   add(ada, m.One.Email, "projects"),
			"another customer's company": ada.Post("/alder/home/users", url.Values{"company": {alder.B.Things.Customer}, "name": {"L"}, "email": {"new@aye.example"}, "modules": {"projects"}}),
			"other modules for One":      ada.Post("/alder/home/users/"+m.Things.Contact, url.Values{"modules": {"projects"}}),
			"One removed":                ada.Post("/alder/home/users/"+m.Things.Contact+"/remove", nil),
		} {
			if answer.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, answer.Status)
			}
		}
		if other := ada.Post("/alder/home/users/"+alder.B.Things.Contact+"/remove", nil); other.Status != http.StatusNotFound {
			t.Errorf("another customer's user answers %d", other.Status)
		}
		if changed := Changed(before, p.State()); len(changed) > 0 {
			t.Errorf("what was refused changed %v", changed)
		}
		if added := add(ada, "lotta@aye.example", "projects"); added.Status != http.StatusSeeOther {
			t.Fatalf("adding a user answers %d", added.Status)
		}
		p.RunJobs()
		lotta := p.join(p.invitations("lotta@aye.example")[0], "Lotta Lettings", "lotta@aye.example")
		p.lottaIsAUser(t, m, ada, lotta)
	})
}

func (p *Portal) lottaIsAUser(t *testing.T, m *Family, ada, lotta *Client) {
	t.Helper()
	if page := lotta.Get("/alder/home/projects/" + m.Things.Project); page.Status != http.StatusOK {
		t.Errorf("the new user's project answers %d", page.Status)
	}
	for _, path := range []string{"/alder/home/users", "/alder/home/users/new", "/alder/home/proposals"} {
		if page := lotta.Get(path); page.Status != http.StatusForbidden {
			t.Errorf("without the module, %s answers the new user %d", path, page.Status)
		}
	}
	if self := lotta.Post("/alder/home/users", url.Values{"name": {"Friend"}, "email": {"friend@aye.example"}, "modules": {"projects"}}); self.Status != http.StatusForbidden {
		t.Errorf("a user without the module invites somebody: %d", self.Status)
	}
	found := regexp.MustCompile(`/home/users/([a-z0-9]{26})"><b>Lotta`).FindStringSubmatch(ada.Get("/alder/home/users").Body)
	if found == nil {
		t.Fatal("the new user is not in the list")
	}
	if more := ada.Post("/alder/home/users/"+found[1], url.Values{"modules": {"projects", "documents"}}); more.Status != http.StatusUnprocessableEntity {
		t.Errorf("more than she holds, later, answers %d", more.Status)
	}
	if more := ada.Post("/alder/home/users/"+found[1], url.Values{"modules": {"messages"}}); more.Status != http.StatusSeeOther {
		t.Errorf("other modules answer %d", more.Status)
	}
	if page := lotta.Get("/alder/home/projects/" + m.Things.Project); page.Status != http.StatusForbidden {
		t.Errorf("the project that was taken away answers %d", page.Status)
	}
	if gone := ada.Post("/alder/home/users/"+found[1]+"/remove", nil); gone.Status != http.StatusSeeOther {
		t.Errorf("removing answers %d", gone.Status)
	}
	if page := lotta.Get("/alder/home"); !strings.HasPrefix(page.Location, "/sign-in") {
		t.Errorf("the removed user gets %d", page.Status)
	}
}

// Switching a module off takes it from everybody, whatever they were granted, and back on
// gives it back.
func TestAModuleThatIsOffIsThereForNobody(t *testing.T) {
	p := Start(t, SQLite)
	alder, birch := p.Twins()
	owner, one, other := p.As(alder.Staff[access.Owner]), p.As(alder.A.One), p.As(birch.A.One)
	without := url.Values{"had": {"*"}}
	for _, m := range access.Modules {
		if m != access.Documents {
			without.Add("modules", string(m))
		}
	}
	if saved := owner.Post("/alder/office/settings/modules", without); saved.Status != http.StatusSeeOther {
		t.Fatalf("switching documents off answers %d", saved.Status)
	}
	if page := one.Get("/alder/home/proposals"); page.Status != http.StatusForbidden {
		t.Errorf("what is off answers %d", page.Status)
	}
	for path, want := range map[string]int{"/files/" + alder.A.Things.Agreement: http.StatusNotFound, "/files/" + alder.A.Things.File: http.StatusOK, "/home/inbox": http.StatusOK} {
		page := one.Get("/alder" + path)
		if page.Status != want || strings.Contains(page.Body, "/home/proposals") || strings.Contains(page.Body, "Agreed for") {
			t.Errorf("with documents off, %s answers %d, or tells of one", path, page.Status)
		}
	}
	if page := other.Get("/birch/home/proposals"); page.Status != http.StatusOK {
		t.Errorf("the other firm's answers %d", page.Status)
	}
	back := url.Values{"had": {access.EveryModule.Without(access.NewModuleSet(access.Documents)).String()}}
	for _, m := range access.Modules {
		back.Add("modules", string(m))
	}
	owner.Post("/alder/office/settings/modules", back)
	if page := one.Get("/alder/home/proposals"); page.Status != http.StatusOK {
		t.Errorf("what is on again answers %d", page.Status)
	}
}
