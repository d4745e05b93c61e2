package apptest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/request"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/mail"
)

// asking is the form of a request.
func asking(title string) url.Values {
	return url.Values{"id": {id.New()}, "title": {title}, "description": {"The old one rattles.\n\nIn wood, please."}, "place": {"8 Orchard Row"}, "wanted": {"Before Easter"}}
}

func (m *Family) requests(face string) string { return "/" + m.firm.Slug + "/" + face + "/requests" }

// asks posts the form and gives the request's id.
func (m *Family) asks(t *testing.T, c *Client, form url.Values) string {
	t.Helper()
	sent := c.Post(m.requests("home"), form)
	if sent.Status != http.StatusSeeOther {
		t.Fatalf("asking for work answers %d %s", sent.Status, Readable(sent.Body))
	}
	return sent.Location[strings.LastIndex(sent.Location, "/")+1:]
}

// photo uploads a picture to a form, as its upload zone does.
func (m *Family) photo(t *testing.T, c *Client, form url.Values) string {
	t.Helper()
	content := dot()
	c.Header.Set("Upload-Length", fmt.Sprint(len(content)))
	c.Header.Set("X-File-Name", "window.png")
	begun := c.Post("/"+m.firm.Slug+"/uploads?kind=request-form&on="+form.Get("id"), nil)
	if begun.Status != http.StatusCreated {
		t.Fatalf("beginning an upload answers %d %s", begun.Status, begun.Body)
	}
	c.Header.Set("Upload-Offset", "0")
	if sent := c.Do(http.MethodPatch, begun.Location, "application/offset+octet-stream", content); sent.Status != http.StatusNoContent {
		t.Fatalf("the upload answers %d %s", sent.Status, sent.Body)
	}
	uploaded := begun.Location[strings.LastIndex(begun.Location, "/")+1:]
	c.Header = http.Header{}
	form.Add("file", uploaded)
	return uploaded
}

// O2, JB-03, JB-43, CP-04: what a customer asks for, with a photo, is in the office at once; accepted it is a project of the
// customer, with its photo and words, that whoever asked sees; and the request stays readable.
func TestO2ARequestBecomesAProject(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		una := m.onlyInTheirProject(t)
		form := asking("Window in the kitchen")
		photo := m.photo(t, una, form)
		made := m.asks(t, una, form)
		if again := m.asks(t, una, form); again != made {
			t.Errorf("posting the form twice made %s and %s", made, again)
		}
		for face, browser := range map[string]*Client{"home": una, "office": owner} {
			list, page := browser.Get(m.requests(face)), browser.Get(m.requests(face)+"/"+made)
			if strings.Count(list.Body, "<b>Window in the kitchen</b>") != 1 {
				t.Errorf("the %s lists %s", face, Readable(list.Body))
			}
			for _, words := range []string{"The old one rattles.", "8 Orchard Row", "Before Easter", photo, m.One.Name} {
				if !strings.Contains(page.Body, words) {
					t.Errorf("the page of the %s does not show %q", face, words)
				}
			}
		}
		if seen := una.Get("/alder/files/" + photo + "/thumb"); seen.Status != http.StatusOK {
			t.Errorf("the photo answers whoever sent it %d", seen.Status)
		}
		if !waitingInMenu.MatchString(owner.Get("/alder/office").Body) {
			t.Error("the menu does not say how many requests wait")
		}
		accepted := owner.Post(m.requests("office")+"/"+made+"/accept", url.Values{"name": {"Kitchen window"}, "description": {"As asked"}, "stage": {alder.stage}})
		if accepted.Status != http.StatusSeeOther {
			t.Fatalf("accepting answers %d %s", accepted.Status, Readable(accepted.Body))
		}
		m.becameAProject(t, una, owner, made)
	})
}

var waitingInMenu = regexp.MustCompile(`(?s)href="/alder/office/requests"[^>]*>.{0,400}?class="count"`)

func (m *Family) becameAProject(t *testing.T, una, owner *Client, made string) {
	t.Helper()
	p := m.firm.portal
	sheet, err := p.App.Requests.Get(context.Background(), m.firm.Owner, made)
	p.must(err)
	became := sheet.Project.ID
	if sheet.State != request.Accepted || sheet.Project.Name != "Kitchen window" || sheet.Project.Customer != m.Things.Customer {
		t.Fatalf("it became %+v", sheet.Project)
	}
	var photos []file.File
	m.firm.change(func(tx *guard.Tx) error {
		photos, err = p.App.Files.Of(tx, "project", became)
		return err
	})
	if len(photos) != 1 || len(sheet.Files) != 1 {
		t.Errorf("the project has %d photos, the request %d", len(photos), len(sheet.Files))
	}
	if page := una.Get("/alder/home/projects/" + became); page.Status != http.StatusOK || !strings.Contains(page.Body, "Window in the kitchen") {
		t.Errorf("the project's page answers whoever asked %d and does not lead back", page.Status)
	}
	if seen := una.Get("/alder/files/" + photos[0].ID + "/thumb"); seen.Status != http.StatusOK {
		t.Errorf("the project's photo answers %d", seen.Status)
	}
	if page := una.Get(m.requests("home") + "/" + made); !strings.Contains(page.Body, "was accepted") || !strings.Contains(page.Body, "The old one rattles.") {
		t.Errorf("afterwards the request reads %s", Readable(page.Body))
	}
	if late := owner.Post(m.requests("office")+"/"+made+"/decline", url.Values{"reason": {"No"}}); late.Status != http.StatusConflict || !strings.Contains(late.Body, "has answered this request a moment ago") {
		t.Errorf("the second answer gets %d", late.Status)
	}
}

// onlyInTheirProject leaves the family's first contact with the one project only, without the whole company.
func (m *Family) onlyInTheirProject(t *testing.T) *Client {
	t.Helper()
	p := m.firm.portal
	m.firm.change(func(tx *guard.Tx) error {
		member, err := identity.CustomerByAddress(tx, m.One.Email)
		if err != nil {
			return err
		}
		if err := identity.SetModules(tx, member.Person, identity.Scope{Customer: m.Things.Customer}, 0, "the test takes the company away"); err != nil {
			return err
		}
		return identity.SetModules(tx, member.Person, identity.Scope{Customer: m.Things.Customer, Project: m.Things.Project}, access.EveryModule, "and leaves the project")
	})
	return p.As(m.One)
}

// Accepted, declined and merged each tell whoever asked, in their language, and nobody else; asking tells the office's
// leaders.
func TestS2WhoeverAskedIsToldOfTheAnswerAndNobodyElse(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		una := p.As(m.One)
		var made []string
		for _, title := range []string{"First wish", "Second wish", "Third wish"} {
			made = append(made, m.asks(t, una, asking(title)))
		}
		p.RunJobs()
		for role, person := range alder.Staff {
			told := len(matching(p, person.Email, "First wish"))
			if leads := role == access.Owner || role == access.Administrator; leads != (told == 1) || told > 1 {
				t.Errorf("the %s has %d mails of the first wish", role, told)
			}
		}
		p.speaks(t, una, "de")
		one := len(p.Mails(m.One.Email))
		office := m.requests("office") + "/"
		owner.Post(office+made[0]+"/accept", url.Values{"name": {"First wish"}, "stage": {alder.stage}})
		owner.Post(office+made[1]+"/decline", url.Values{"reason": {"We are full until summer."}})
		owner.Post(office+made[2]+"/merge", url.Values{"project": {m.Things.Project}})
		two := len(p.Mails(m.Two.Email))
		p.RunJobs()
		mails := p.Mails(m.One.Email)[one:]
		if len(mails) != 4 { // the words of the third stand in the project's conversation too
			t.Fatalf("whoever asked has %d mails: %q", len(mails), subjects(mails))
		}
		for _, other := range p.Mails(m.Two.Email)[two:] {
			if !strings.Contains(other.Subject, "wrote on House of") {
				t.Errorf("the other contact was told %q", other.Subject)
			}
		}
		declined := ""
		for _, words := range []string{"angenommen", "We are full until summer.", "zu House of", "wurde einem Projekt hinzugefügt"} {
			at := slices.IndexFunc(mails, func(m mail.Parsed) bool { return strings.Contains(m.Subject+m.Text, words) })
			if at < 0 {
				t.Fatalf("no mail says %q: %q", words, subjects(mails))
			}
			if strings.HasPrefix(words, "We are full") {
				declined = mails[at].Text
			}
		}
		if strings.Contains(declined, "Thank you") {
			t.Errorf("a German reads English: %s", declined)
		}
		m.opensByMail(t, declined, made[1])
		if page := owner.Get("/alder/office/projects/" + m.Things.Project); !strings.Contains(page.Body, "asked for this: Third wish") || !strings.Contains(page.Body, office+made[2]) {
			t.Error("the words of a merged request do not stand in its project, or it does not lead back")
		}
	})
}

// opensByMail follows the personal link of a mail to the request.
func (m *Family) opensByMail(t *testing.T, text, made string) {
	t.Helper()
	p := m.firm.portal
	at := strings.Index(text, BaseURL+"/l/")
	link := strings.TrimPrefix(strings.Fields(text[at:])[0], BaseURL)
	browser := p.Browser()
	browser.Visit(link)
	if entered := browser.Post("/l", nil); !strings.HasSuffix(entered.Location, "/home/requests/"+made) {
		t.Errorf("the mail's link leads to %s", entered.Location)
	}
	if page := browser.Get(m.requests("home") + "/" + made); page.Status != http.StatusOK {
		t.Errorf("behind the link stands %d", page.Status)
	}
}

func matching(p *Portal, email, words string) (subjects []string) {
	for _, m := range p.Mails(email) {
		if strings.Contains(m.Subject, words) {
			subjects = append(subjects, m.Subject)
		}
	}
	return subjects
}

// speaks chooses somebody's language.
func (p *Portal) speaks(t *testing.T, c *Client, language string) {
	t.Helper()
	person := c.Actor("alder", "/alder/home").Person()
	p.must(p.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error {
		_, err := tx.Exec(`update people set language = $1 where id = $2`, language, string(person))
		return err
	}))
}

// A02: B's request does not exist for A, in the same firm and in another, on any path.
func TestA02AForeignRequestDoesNotExist(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		una, rival := p.As(alder.A.One), p.As(birch.Staff[access.Owner])
		theirs := alder.B.Things.Request
		for _, path := range []string{"/alder/home/requests/" + theirs, "/alder/home/requests/" + birch.A.Things.Request, "/alder/office/requests/" + alder.A.Things.Request} {
			if seen := una.Get(path); seen.Status != http.StatusNotFound {
				t.Errorf("%s answers %d", path, seen.Status)
			}
		}
		if seen := una.Get("/alder/messages/request/" + theirs); seen.Status != http.StatusNotFound {
			t.Errorf("B's conversation answers %d", seen.Status)
		}
		for _, path := range []string{"", "/accept", "/decline", "/merge"} {
			method := map[bool]string{true: http.MethodGet, false: http.MethodPost}[path == ""]
			form := url.Values{"name": {"Mine"}, "reason": {"Mine"}, "project": {birch.A.Things.Project}}
			if seen := rival.Do(method, "/birch/office/requests/"+theirs+path, "application/x-www-form-urlencoded", []byte(form.Encode())); seen.Status != http.StatusNotFound {
				t.Errorf("the other firm gets %d from %s", seen.Status, path)
			}
		}
		if list := una.Get("/alder/home/requests"); strings.Contains(list.Body, alder.B.Canary) || !strings.Contains(list.Body, alder.A.Canary) {
			t.Errorf("A's list reads %s", Readable(list.Body))
		}
		two := alder.B.onlyInTheirProject(t)
		if list := two.Get("/alder/home/requests"); !strings.Contains(list.Body, alder.B.Canary) {
			t.Error("whoever asked does not see it once they have single projects only")
		}
	})
}

// A07: ids of another customer or firm in the forms of a request are refused, and nothing is linked.
func TestA07IDsOfOthersInTheFormsOfARequestLinkNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		una, owner := p.As(alder.A.One), p.As(alder.Staff[access.Owner])
		with := func(name, value string) url.Values {
			form := asking("Mine")
			form.Set(name, value)
			return form
		}
		made := alder.A.requests("office") + "/" + alder.A.Things.Request
		for _, f := range []struct {
			by   *Client
			path string
			form url.Values
		}{
			{una, "/alder/home/requests", with("customer", alder.B.Things.Customer)}, {una, "/alder/home/requests", with("customer", birch.A.Things.Customer)},
			{una, "/alder/home/requests", with("property", alder.B.Things.Property)}, {una, "/alder/home/requests", with("file", alder.A.Things.File)},
			{una, "/alder/home/requests", with("file", alder.B.Things.File)}, {una, "/alder/home/requests", with("id", "../up")},
			{una, "/alder/home/requests", with("title", "")}, {una, "/alder/home/requests", with("title", "a\x00b")}, {una, "/alder/home/requests", with("description", strings.Repeat("a", 5001))},
			{owner, made + "/accept", url.Values{"name": {"New"}, "stage": {birch.A.Things.Stage}}}, {owner, made + "/accept", url.Values{"name": {"New"}, "property": {alder.B.Things.Property}}},
			{owner, made + "/accept", url.Values{"name": {""}}},
			{owner, made + "/merge", url.Values{"project": {alder.B.Things.Project}}}, {owner, made + "/merge", url.Values{"project": {birch.A.Things.Project}}},
			{owner, made + "/merge", url.Values{}}, {owner, made + "/decline", url.Values{"reason": {" "}}},
		} {
			before := p.State("sessions", "session_entries")
			if refused := f.by.Post(f.path, f.form); refused.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s with %v answers %d", f.path, f.form, refused.Status)
			}
			if changed := Changed(before, p.State("sessions", "session_entries")); len(changed) > 0 {
				t.Errorf("%s with %v changed %v", f.path, f.form, changed)
			}
		}
		if begun := una.Post("/alder/uploads?kind=request-form&on="+alder.A.Things.Request+"x", nil); begun.Status < 400 {
			t.Errorf("an upload to no form answers %d", begun.Status)
		}
	})
}

// Two colleagues who answer in the same instant: one of them does, and the other is told.
func TestOneOfTwoColleaguesAnswersARequest(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		done := make(chan error, 8)
		for range 4 {
			go func() {
				_, err := p.App.Requests.Accept(context.Background(), alder.Owner, alder.A.Things.Request, request.Acceptance{Name: "New"})
				done <- err
			}()
			go func() {
				done <- p.App.Requests.Decline(context.Background(), alder.Owner, alder.A.Things.Request, "No")
			}()
		}
		answered := 0
		for range 8 {
			if err := <-done; err == nil {
				answered++
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("the slower one is told %v", err)
			}
		}
		if answered != 1 {
			t.Errorf("it was answered %d times", answered)
		}
	})
}

// A13: who has lost their access is told nothing more, and sees the request no longer; accepting it gives them nothing back.
func TestA13WhoHasLostTheirAccessSeesNoRequestAndIsToldNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, una := alder.A, p.As(alder.A.One)
		made := m.asks(t, una, asking("Last wish"))
		p.RunJobs()
		person := una.Actor("alder", "/alder/home").Person()
		m.firm.change(func(tx *guard.Tx) error {
			return identity.RevokeGrants(tx, person, m.Things.Customer, "the test ends it")
		})
		before := len(p.Mails(m.One.Email))
		became, err := p.App.Requests.Accept(context.Background(), alder.Owner, made, request.Acceptance{Name: "Last wish"})
		p.must(err)
		p.RunJobs()
		if mails := p.Mails(m.One.Email)[before:]; len(mails) > 0 {
			t.Errorf("they are still told: %q", subjects(mails))
		}
		for _, path := range []string{m.requests("home") + "/" + made, "/alder/home/projects/" + became.ID} {
			if seen := una.Get(path); seen.Status == http.StatusOK {
				t.Errorf("they still see %s", path)
			}
		}
	})
}

// Whoever follows a link to one proposal asks for nothing, and who may not ask has no form.
func TestWhoMayNotAskForWorkHasNoForm(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		alder.LinkPolicy(organisation.LinkItem)
		narrow := p.As(m.One)
		if form := narrow.Get(m.requests("home") + "/new"); strings.Contains(form.Body, "Create Project") || !strings.Contains(form.Body, "Not with this link") {
			t.Errorf("behind a link to one proposal stands the form, %d", form.Status)
		}
		if sent := narrow.Post(m.requests("home"), asking("Wish")); sent.Status < 400 {
			t.Errorf("asking by a link to one proposal answers %d", sent.Status)
		}
		alder.LinkPolicy(organisation.LinkPortal)
		una := p.As(m.One)
		if page := una.Get("/alder/home/projects"); !strings.Contains(page.Body, "/home/requests/new") {
			t.Error("the list of projects has no button to ask for work")
		}
		person := una.Actor("alder", "/alder/home").Person()
		m.firm.change(func(tx *guard.Tx) error {
			if err := identity.RevokeGrants(tx, person, m.Things.Customer, "the test takes all"); err != nil {
				return err
			}
			return identity.SetModules(tx, person, identity.Scope{Customer: m.Things.Customer}, access.NewModuleSet(access.Projects), "and leaves projects only")
		})
		if page := una.Get("/alder/home/projects"); page.Status != http.StatusOK || strings.Contains(page.Body, "/home/requests/new") {
			t.Errorf("who may not ask sees the list with the button, %d", page.Status)
		}
		if sent := una.Post(m.requests("home"), asking("Wish")); sent.Status != http.StatusForbidden {
			t.Errorf("asking without the module answers %d", sent.Status)
		}
	})
}

// JB-41, SY-06: a stage that the office moves a project to is told to the customer's people who see it, in their language, once;
// one that customers do not see, and one that follows from a signature, is told to nobody.
func TestS2CustomersAreToldOfAStageThatTheySee(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner := alder.A, p.As(alder.Staff[access.Owner])
		p.speaks(t, p.As(m.One), "de")
		stages, err := p.App.Organisations.Stages(context.Background(), alder.Owner)
		p.must(err)
		var seen, hidden organisation.Stage
		for _, s := range stages {
			switch visible := s.CustomerVisible && s.Bucket != organisation.Hidden; {
			case visible && s.ID != alder.stage:
				seen = s
			case !visible:
				hidden = s
			}
		}
		for _, one := range []struct {
			stage organisation.Stage
			mails int
		}{{seen, 1}, {hidden, 0}} {
			before := map[string]int{m.One.Email: len(p.Mails(m.One.Email)), m.Two.Email: len(p.Mails(m.Two.Email)), alder.B.One.Email: len(p.Mails(alder.B.One.Email))}
			owner.Post("/alder/office/projects/"+m.Things.Project+"/stage", url.Values{"stage": {one.stage.ID}})
			p.RunJobs()
			for email, was := range before {
				mails, want := p.Mails(email)[was:], one.mails
				if email == alder.B.One.Email {
					want = 0
				}
				if len(mails) != want {
					t.Errorf("%s has %d mails of the stage %s: %q", email, len(mails), one.stage.Name, subjects(mails))
				}
				if email == m.One.Email && want == 1 && !strings.Contains(mails[0].Subject, "ist jetzt in der Phase "+one.stage.Name) {
					t.Errorf("a German reads %q", mails[0].Subject)
				}
			}
		}
	})
}

// JB-06, JB-10, JB-23: what one side writes is a mark in the lists of the other, never in one's own, and never for who may not
// see it.
func TestMarksSayWhatIsNewAndLeadThere(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, owner, una, bea := alder.A, p.As(alder.Staff[access.Owner]), p.As(alder.A.One), p.As(alder.B.One)
		place := "/projects/" + m.Things.Project + "#conversation"
		for _, c := range []struct {
			who   *Client
			lists []string
		}{{una, []string{"/alder/home/projects"}}, {owner, []string{"/alder/office/projects"}}} {
			for _, list := range c.lists {
				if page := c.who.Get(list); strings.Contains(page.Body, "House of") == false {
					t.Fatalf("%s shows no projects", list)
				}
			}
		}
		count := func(c *Client, list string) int {
			found := regexp.MustCompile(regexp.QuoteMeta(place) + `"[^>]*>.*?(\d+) new comment`).FindStringSubmatch(strings.ReplaceAll(c.Get(list).Body, "\n", " "))
			if found == nil {
				return 0
			}
			n, _ := strconv.Atoi(found[1])
			return n
		}
		before := map[*Client]int{una: count(una, "/alder/home/projects"), owner: count(owner, "/alder/office/projects"), bea: count(bea, "/alder/home/projects")}
		p.Clock.Advance(time.Minute)
		owner.Post("/alder/messages/project/"+m.Things.Project, url.Values{"id": {id.New()}, "text": {"We come on Monday."}})
		if after := count(una, "/alder/home/projects"); after != before[una]+1 {
			t.Errorf("the customer's mark went from %d to %d", before[una], after)
		}
		if after := count(owner, "/alder/office/projects"); after != before[owner] {
			t.Errorf("one's own message marks: from %d to %d", before[owner], after)
		}
		if count(bea, "/alder/home/projects") != 0 {
			t.Error("another customer sees the mark")
		}
		owner.Post("/alder/messages/project/"+m.Things.Project, url.Values{"id": {id.New()}, "text": {"Between us."}, "internal": {"1"}})
		if after := count(una, "/alder/home/projects"); after != before[una]+1 {
			t.Error("an internal note marks the customer's list")
		}
	})
}
