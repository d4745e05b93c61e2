package apptest

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/features/incoming"
	"lintel/internal/features/message"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/mailbox"
)

// signer is the key with which all honest mail servers of a test sign.
var signer = sync.OnceValue(func() mail.DKIM {
	pem, err := mail.NewDKIMKey()
	if err != nil {
		panic(err)
	}
	key, err := mail.ParseDKIMKey(pem)
	if err != nil {
		panic(err)
	}
	return mail.DKIM{Selector: "s", Key: key}
})

// answer is a mail that somebody writes.
type answer struct {
	from, to, subject, text string
	id                      string // of the message; made when empty
	headers                 string
	files                   string // parts of a multipart/mixed, behind the text
	unsigned                bool
	signedBy                string // domain; that of from when empty
}

func (p *Portal) writes(a answer) []byte {
	p.t.Helper()
	if a.id == "" {
		a.id = fmt.Sprintf("%d.%s", p.Clock.Now().UnixNano(), a.from)
		p.Clock.Advance(time.Second)
	}
	text := "From: Somebody <" + a.from + ">\r\nTo: " + a.to + "\r\nSubject: " + a.subject + "\r\nMessage-ID: <" + a.id + ">\r\nMIME-Version: 1.0\r\n" + a.headers
	if a.files == "" {
		text += "Content-Type: text/plain; charset=utf-8\r\n\r\n" + a.text + "\r\n"
	} else {
		text += "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + a.text + "\r\n" + a.files + "--b--\r\n"
	}
	if a.unsigned {
		return []byte(text)
	}
	_, domain, _ := strings.Cut(a.from, "@")
	if a.signedBy != "" {
		domain = a.signedBy
	}
	own := signer()
	own.Domain = domain
	record, err := own.Record()
	p.must(err)
	p.Names.Set("s._domainkey."+domain, record)
	signed, err := own.Sign([]byte(text))
	p.must(err)
	return signed
}

// arrives hands a mail over as a mail server does, and lets the jobs run.
func (p *Portal) arrives(a answer) []byte {
	p.t.Helper()
	raw := p.writes(a)
	p.takes(mailbox.Arrived{From: a.from, To: []string{a.to}, Raw: raw})
	return raw
}

func (p *Portal) takes(arrived mailbox.Arrived) {
	p.t.Helper()
	p.must(p.App.Incoming.Keep(context.Background(), arrived))
	p.RunJobs()
}

// replyTo is the address for answers in the newest mail to somebody.
func (p *Portal) replyTo(address string) string {
	p.t.Helper()
	list := p.Mails(address)
	for i := len(list) - 1; i >= 0; i-- {
		for _, h := range list[i].Headers {
			if found := regexp.MustCompile(`reply\+[a-z2-7]{36}@portal\.example`).FindString(h.Value); h.Name == "Reply-To" && found != "" {
				return found
			}
		}
	}
	p.t.Fatalf("no mail to %s can be answered", address)
	return ""
}

func (p *Portal) talk(actor access.Actor, kind, of string) (texts []string) {
	p.t.Helper()
	list, err := p.App.Messages.Messages(context.Background(), actor, message.Thread{Kind: kind, ID: of})
	p.must(err)
	for _, m := range list {
		line := string(m.AuthorKind) + ": " + m.Body
		if m.Internal {
			line = "note, " + line
		}
		if m.Via != "" {
			line = m.Via + ", " + line
		}
		for _, f := range m.Files {
			line += " [" + f.Name + "]"
		}
		texts = append(texts, line)
	}
	return texts
}

func (p *Portal) lettersIn(actor access.Actor, state incoming.State) (list []incoming.Mail) {
	p.t.Helper()
	list, err := p.App.Incoming.List(context.Background(), actor, state)
	p.must(err)
	return slices.DeleteFunc(list, func(m incoming.Mail) bool { return strings.HasPrefix(m.Subject, "A letter to ") }) // the twins' own
}

// asked posts a message of the office in a project, and gives the address for answers that the
// family's first person got with it.
func (m *Family) asked(text string) string {
	p := m.firm.portal
	p.t.Helper()
	_, err := p.App.Messages.Post(context.Background(), m.firm.Owner, message.Thread{Kind: "project", ID: m.Things.Project}, message.Draft{Body: text})
	p.must(err)
	p.RunJobs()
	return p.replyTo(m.One.Email)
}

const photo = "--b\r\nContent-Type: image/png; name=niche.png\r\nContent-Disposition: attachment; filename=niche.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==\r\n"

// CT-10, JT-31: a mail out, its answer in the conversation with its file, the other side's mail,
// and their answer back.
func TestCT10AnAnswerByMailStandsInTheConversationInBothDirections(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		to := m.asked("Can we come on Thursday?")
		p.arrives(answer{from: m.One.Email, to: strings.ToUpper(to), subject: "Re: x", files: photo,
			text: "Thursday works, photo attached.\r\n\r\nOn 2 Oct 2026, at 18:00, Firm <portal@portal.example> wrote:\r\n> Can we come on Thursday?\r\n\r\nSent from my iPhone"})
		one := p.As(m.One).Actor("alder", "/alder/home")
		if got := p.talk(one, "project", m.Things.Project); len(got) < 2 || got[len(got)-1] != "mail, customer: Thursday works, photo attached. [niche.png]" {
			t.Fatalf("the conversation is %q; waiting %+v", got, p.lettersIn(alder.Owner, incoming.Unmatched))
		}
		owner := alder.Staff[access.Owner].Email
		back := p.replyTo(owner)
		if back == to {
			t.Error("two people have one address")
		}
		p.arrives(answer{from: owner, to: back, subject: "Re: x", text: "Good, we come at 8."})
		if got := p.talk(one, "project", m.Things.Project); got[len(got)-1] != "mail, staff: Good, we come at 8." {
			t.Errorf("the conversation is %q", got)
		}
		if newest := p.Mails(m.One.Email); !strings.Contains(newest[len(newest)-1].Text, "we come at 8") {
			t.Error("the customer got no mail about the office's answer")
		}
		page := p.As(m.One).Visit("/alder/home/projects/" + m.Things.Project).Body
		if !strings.Contains(page, "By e-mail") || !strings.Contains(page, "Show the rest of the e-mail") {
			t.Error("the page does not say that the message came by mail, with the rest of it folded")
		}
		if list := p.lettersIn(alder.Owner, incoming.Posted); len(list) != 2 || list[0].Proof != "DKIM" {
			t.Errorf("the list of posted mails: %+v", list)
		}
	})
}

func TestTheSameMailTwiceIsPostedOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		to := m.asked("When?")
		raw := p.arrives(answer{from: m.One.Email, to: to, text: "On Monday"})
		before := len(p.talk(alder.Owner, "project", m.Things.Project))
		p.takes(mailbox.Arrived{From: m.One.Email, To: []string{to}, Raw: raw})
		p.takes(mailbox.Arrived{Boxed: true, Raw: append([]byte("Received: from another way\r\n"), raw...)})
		if after := len(p.talk(alder.Owner, "project", m.Things.Project)); after != before {
			t.Errorf("%d messages became %d", before, after)
		}
		p.arrives(answer{from: m.One.Email, to: to, text: "On Monday"})
		if after := len(p.talk(alder.Owner, "project", m.Things.Project)); after != before+1 {
			t.Error("the same words in another mail were not posted")
		}
	})
}

// G09: nothing that is forged, guessed or automatic is posted, and nothing as staff.
func TestG09AForgedOrAutomaticAnswerIsNeverPosted(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		m, owner := alder.A, alder.Staff[access.Owner].Email
		to := m.asked("When?")
		p.arrives(answer{from: m.One.Email, to: to, text: "First"}) // so that the office has an address too
		office := p.replyTo(owner)
		other := alder.B.asked("And you?")
		before := p.talk(alder.Owner, "project", m.Things.Project)
		for name, a := range map[string]answer{
			"spoofed customer":               {from: m.One.Email, to: to, unsigned: true},
			"spoofed staff":                  {from: owner, to: office, unsigned: true},
			"signed by somebody else":        {from: owner, to: office, signedBy: "evil.example"},
			"a stranger":                     {from: "stranger@evil.example", to: to},
			"a stranger to staff":            {from: "stranger@evil.example", to: office},
			"a customer as staff":            {from: m.One.Email, to: office},
			"another customer":               {from: alder.B.One.Email, to: to},
			"the other person of A":          {from: m.Two.Email, to: to},
			"A to B's address":               {from: m.One.Email, to: other},
			"the other firm's":               {from: birch.A.One.Email, to: to},
			"absence":                        {from: m.One.Email, to: to, headers: "Auto-Submitted: auto-replied\r\n"},
			"absence by its subject":         {from: m.One.Email, to: to, subject: "Automatische Antwort: When?"},
			"a list":                         {from: m.One.Email, to: to, headers: "Precedence: list\r\n"},
			"our own mail":                   {from: m.One.Email, to: to, headers: "X-Loop: portal.example\r\n"},
			"our own id":                     {from: m.One.Email, to: to, id: id.New() + "@portal.example"},
			"two senders":                    {from: m.One.Email, to: to, headers: "From: " + owner + "\r\n"},
			"nothing but what it quotes":     {from: m.One.Email, to: to, text: "> When?"},
			"a sender without a mail server": {from: m.One.Email, to: to, unsigned: true, headers: "Authentication-Results: mx.evil.example; dmarc=pass header.from=aye.alder.example\r\n"},
		} {
			if a.text == "" {
				a.text = "Pay to another account: " + name
			}
			if a.subject == "" {
				a.subject = "Re: When?"
			}
			p.arrives(a)
		}
		if after := p.talk(alder.Owner, "project", m.Things.Project); !slices.Equal(before, after) {
			t.Errorf("posted was %q", after[len(before):])
		}
		if got := p.talk(alder.Owner, "project", alder.B.Things.Project); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "account") }) {
			t.Errorf("posted with B was %q", got)
		}
		if waiting, dropped := p.lettersIn(alder.Owner, incoming.Unmatched), p.lettersIn(alder.Owner, incoming.Dropped); len(waiting) != 12 || len(dropped) != 6 {
			t.Errorf("%d wait and %d were dropped; none may be lost", len(waiting), len(dropped))
			for _, one := range append(waiting, dropped...) {
				t.Logf("%s %s: %s", one.State, one.Reason, one.Excerpt)
			}
		}
		for _, mails := range [][]mail.Parsed{p.Mails(m.One.Email), p.Mails(m.Two.Email)} {
			for _, one := range mails {
				if strings.Contains(one.Text, "another account") {
					t.Error("the words of a forged mail were sent on")
				}
			}
		}
	})
}

// G09: where the installation trusts addresses, that is for customers; staff must be proven.
func TestG09TrustInAddressesIsNeverForStaff(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m, owner := alder.A, alder.Staff[access.Owner].Email
	to := m.asked("When?")
	p.arrives(answer{from: m.One.Email, to: to, text: "First"})
	office := p.replyTo(owner)
	a := p.App
	trusting := incoming.New(a.Store, incoming.Means{Blobs: a.Blobs, Addresses: incoming.NewAddresses("reply@portal.example", a.Box), Trust: incoming.ByAddress, Checker: mail.Checker{Resolver: p.Names},
		Host: "portal.example", Messages: a.Messages, Files: a.Files, Notices: a.Inbox, Person: a.Identity.ByMail, Bounce: a.Outbox.Bounce, Complaint: a.Outbox.Complaint, Log: slog.New(slog.DiscardHandler)})
	runner := jobs.New(a.Database, p.Clock, slog.New(slog.DiscardHandler))
	trusting.Jobs(runner)
	for _, one := range []answer{{from: m.One.Email, to: to, text: "By a customer", unsigned: true}, {from: owner, to: office, text: "By staff", unsigned: true}} {
		p.must(trusting.Keep(context.Background(), mailbox.Arrived{From: one.from, To: []string{one.to}, Raw: p.writes(one)}))
		if _, err := runner.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	got := strings.Join(p.talk(alder.Owner, "project", m.Things.Project), "\n")
	if !strings.Contains(got, "By a customer") || strings.Contains(got, "By staff") {
		t.Errorf("posted: %s", got)
	}
}

// B06: a token of one purpose opens nothing of another.
func TestB06AnAddressForAnswersIsGoodForAnswersOnly(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	to := m.asked("When?")
	token := strings.TrimSuffix(strings.TrimPrefix(to, "reply+"), "@portal.example")
	for _, path := range []string{"/l/to/", "/sign-in/link/", "/sign-in/reset/", "/unsubscribe/", "/alder/unsubscribe/"} {
		b := p.Browser()
		page := b.Visit(path + token)
		b.Post("/l", url.Values{})
		if inside := b.Get("/alder/home"); inside.Status == 200 || strings.Contains(page.Body, m.Canary) {
			t.Errorf("%s opens something with the token of an address", path)
		}
	}
	links := regexp.MustCompile(`/l/to/([a-z2-7]{39})`)
	var tokens []string
	for _, one := range p.Mails("") {
		for _, found := range links.FindAllStringSubmatch(one.Text, -1) {
			tokens = append(tokens, found[1], found[1][:36])
		}
	}
	if len(tokens) == 0 {
		t.Fatal("no link was mailed")
	}
	flipped := []byte(token)
	flipped[30] ^= 1
	for _, other := range append(tokens, string(flipped), token[:35], token+"a", strings.Repeat("a", 36), "") {
		if known, err := p.App.Incoming.Known(context.Background(), "reply+"+other+"@portal.example"); known || err != nil {
			t.Errorf("mail to reply+%s is taken: %v, %v", other, known, err)
		}
	}
	for address, want := range map[string]bool{to: true, strings.ToUpper(to): true, "reply@portal.example": true, "postmaster@portal.example": true, "bounce+x=y@portal.example": true,
		"reply+" + token + "@other.example": false, "someone@portal.example": false, "reply@other.example": false, "": false, "reply": false} {
		if known, err := p.App.Incoming.Known(context.Background(), address); known != want || err != nil {
			t.Errorf("mail to %q is taken: %v, %v", address, known, err)
		}
	}
	foreign := incoming.NewAddresses("reply@other.example", p.App.Box)
	if known, _ := incoming.New(p.App.Store, incoming.Means{Addresses: foreign}).Known(context.Background(), "reply+"+token+"@other.example"); known {
		t.Error("the token counts under another domain")
	}
}

// A13, CP-22: who lost the right since writes nothing by mail either.
func TestA13WhoLostAccessPostsNothingByMail(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		for name, end := range map[string]func(m *Family, person access.PersonID){
			"removed": func(m *Family, person access.PersonID) {
				alder.change(func(tx *guard.Tx) error { return identity.RemoveMember(tx, person, access.Customer) })
			},
			"without messages": func(m *Family, person access.PersonID) {
				alder.change(func(tx *guard.Tx) error {
					for _, at := range []identity.Scope{{Customer: m.Things.Customer}, {Customer: m.Things.Customer, Project: m.Things.Project}} {
						if err := identity.SetModules(tx, person, at, access.NewModuleSet(access.Projects), "the test takes the rest away"); err != nil {
							return err
						}
					}
					return nil
				})
			},
		} {
			m := map[string]*Family{"removed": alder.A, "without messages": alder.B}[name]
			to := m.asked("When?")
			person := p.As(m.One).Actor("alder", "/alder/home").Person()
			before := len(p.talk(alder.Owner, "project", m.Things.Project))
			end(m, person)
			p.arrives(answer{from: m.One.Email, to: to, text: "Still here: " + name, files: photo})
			if after := p.talk(alder.Owner, "project", m.Things.Project); len(after) != before {
				t.Errorf("%s: posted was %q", name, after[before:])
			}
			if waiting := p.lettersIn(alder.Owner, incoming.Unmatched); len(waiting) == 0 || waiting[0].Reason != "access" && waiting[0].Reason != "sender" {
				t.Errorf("%s: %+v waits", name, waiting)
			}
		}
	})
}

func TestTheAnswerToAnInternalNoteStaysInternal(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		colleague := p.As(alder.Staff[access.Manager])
		person := colleague.Actor("alder", "/alder/office").Person()
		_, err := p.App.Messages.Post(context.Background(), alder.Owner, message.Thread{Kind: "proposal", ID: m.Things.Proposal}, message.Draft{Body: "Their roof is worse than they think", Internal: true, Mentions: []access.PersonID{person}})
		p.must(err)
		p.RunJobs()
		email := alder.Staff[access.Manager].Email
		p.arrives(answer{from: email, to: p.replyTo(email), text: "Charge them more then"})
		office, customer := p.talk(alder.Owner, "proposal", m.Things.Proposal), p.talk(p.As(m.One).Actor("alder", "/alder/home"), "proposal", m.Things.Proposal)
		if got := office[len(office)-1]; got != "mail, note, staff: Charge them more then" {
			t.Errorf("the office reads %q", got)
		}
		if got := strings.Join(customer, "\n"); strings.Contains(got, "Charge") {
			t.Errorf("the customer reads %q", got)
		}
	})
}

// What belongs nowhere waits for the office of the firm that knows its sender.
func TestAMailThatBelongsNowhereWaitsForTheOfficeAndIsPlacedByIt(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		m := alder.A
		plain := answer{from: m.One.Email, to: "reply@portal.example", subject: "The cellar is wet", text: "Please call <script>alert(1)</script>", files: photo}
		p.arrives(plain)
		p.arrives(answer{from: "stranger@nowhere.example", to: "reply@portal.example", subject: "Buy now", text: "Cheap"})
		waiting := p.lettersIn(alder.Owner, incoming.Unmatched)
		if len(waiting) != 1 || waiting[0].Subject != "The cellar is wet" || waiting[0].Files != 1 {
			t.Fatalf("waiting: %+v", waiting)
		}
		if lost, err := p.App.Incoming.Lost(context.Background()); lost != 1 || err != nil {
			t.Errorf("%d mails reached nobody, %v", lost, err)
		}
		if list := p.lettersIn(birch.Owner, incoming.Unmatched); len(list) != 0 {
			t.Errorf("the other firm sees %+v", list)
		}
		office := p.As(alder.Staff[access.Owner])
		path := "/alder/office/mails/" + waiting[0].ID
		page := office.Visit(path)
		if !strings.Contains(page.Body, "The cellar is wet") || !strings.Contains(page.Body, "niche.png") || strings.Contains(page.Body, "<script>alert") {
			t.Errorf("the page of the mail: %d", page.Status)
		}
		if list := office.Visit("/alder/office/mails").Body; !strings.Contains(list, "The cellar is wet") || !strings.Contains(list, "No conversation") {
			t.Error("the list does not show it")
		}
		if home := office.Visit("/alder/office/inbox").Body; !strings.Contains(home, "belongs to no conversation") {
			t.Error("the office was not told")
		}
		file := office.Get(path + "/files/1")
		if file.Status != 200 || file.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the file answers %d %v", file.Status, file.Header)
		}
		if gone := office.Get(path + "/files/2"); gone.Status != 404 {
			t.Errorf("a file that is not there answers %d", gone.Status)
		}
		if foreign := p.As(birch.Staff[access.Owner]).Get("/birch/office/mails/" + waiting[0].ID); foreign.Status != 404 {
			t.Errorf("the other firm gets %d", foreign.Status)
		}
		one := p.As(m.One).Actor("alder", "/alder/home")
		stranger := p.As(birch.A.One).Actor("birch", "/birch/home").Person()
		if refused := office.Post(path+"/place", url.Values{"place": {m.Things.Project + " " + string(stranger)}}); refused.Status != 422 {
			t.Errorf("as a stranger: %d", refused.Status)
		}
		placed := office.Post(path+"/place", url.Values{"place": {m.Things.Project + " " + string(one.Person())}})
		if placed.Status != 303 {
			t.Fatalf("placing answers %d %s", placed.Status, placed.Body)
		}
		if got := p.talk(one, "project", m.Things.Project); got[len(got)-1] != "mail, customer: Please call <script>alert(1)</script> [niche.png]" {
			t.Errorf("the conversation is %q", got)
		}
		if again := office.Post(path+"/place", url.Values{"place": {m.Things.Project + " " + string(one.Person())}}); again.Status != 409 {
			t.Errorf("placing twice answers %d", again.Status)
		}
		if list := p.lettersIn(alder.Owner, incoming.Posted); len(list) != 1 || list[0].HandledBy == "" {
			t.Errorf("posted: %+v", list)
		}
	})
}

func TestAMailIsSetAsideAndTakenUpAgain(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	p.arrives(answer{from: alder.A.One.Email, to: "reply@portal.example", subject: "Thanks", text: "Just thanks"})
	office := p.As(alder.Staff[access.Owner])
	path := "/alder/office/mails/" + p.lettersIn(alder.Owner, incoming.Unmatched)[0].ID
	if badge := office.Visit("/alder/office").Body; !regexp.MustCompile(`E-mails[\s\S]{0,200}>3<`).MatchString(badge) {
		t.Error("the menu does not count it")
	}
	for _, c := range []struct {
		verb   string
		status int
		state  incoming.State
	}{{"aside", 303, incoming.Aside}, {"aside", 409, incoming.Aside}, {"back", 303, incoming.Unmatched}, {"back", 409, incoming.Unmatched}} {
		if got := office.Post(path+"/"+c.verb, nil); got.Status != c.status {
			t.Errorf("%s answers %d, wanted %d", c.verb, got.Status, c.status)
		}
		if list := p.lettersIn(alder.Owner, c.state); len(list) != 1 {
			t.Errorf("after %s: %d in %s", c.verb, len(list), c.state)
		}
	}
	if reader := p.As(alder.Staff[access.ReadOnly]).Post(path+"/aside", nil); reader.Status != 403 {
		t.Errorf("who may only read sets aside with %d", reader.Status)
	}
}

func TestReportsOfMailServersMarkTheMailThatTheyAreAbout(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		m.asked("When?")
		list := p.Mails(m.One.Email)
		about := list[len(list)-1].MessageID
		report := "From: MAILER-DAEMON@mx.example\r\nTo: bounce@portal.example\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n" +
			"--B\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; " + m.One.Email +
			"\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 unknown user\r\n\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + about + ">\r\n\r\n--B--\r\n"
		p.takes(mailbox.Arrived{To: []string{"bounce+x=y@portal.example"}, Raw: []byte(report)})
		p.RunJobs()
		record, err := p.App.Customers.Get(context.Background(), alder.Owner, m.Things.Customer)
		p.must(err)
		if !slices.ContainsFunc(record.Contacts, func(k customer.Contact) bool {
			return k.Email == m.One.Email && k.Bounced() && strings.Contains(k.BounceReason, "unknown user")
		}) {
			t.Errorf("the contact is not marked as one who cannot be reached: %+v", record.Contacts)
		}
		p.takes(mailbox.Arrived{To: []string{"bounce@portal.example"}, Raw: []byte(strings.Replace(report, about, "forged@portal.example", 1))})
		if waiting := p.lettersIn(alder.Owner, incoming.Unmatched); len(waiting) != 0 {
			t.Errorf("a report waits for the office: %+v", waiting)
		}
	})
}

// A mail is judged by what it is, not by how much it brings.
func TestAHeavyMailIsPostedWithinLimits(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	to := m.asked("When?")
	bomb := "--b\r\nContent-Type: application/zip; name=bomb.zip\r\nContent-Disposition: attachment; filename=bomb.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAAEAAAAZmlsZQ==\r\n"
	small := "--b\r\nContent-Type: text/csv; name=x.csv\r\nContent-Disposition: attachment; filename=x.csv\r\n\r\nx\r\n"
	p.arrives(answer{from: m.One.Email, to: to, text: "Ten thousand files", files: bomb + strings.Repeat(small, 10_000)})
	p.arrives(answer{from: m.One.Email, to: to, text: strings.Repeat("All about the cellar. ", 5000)})
	p.arrives(answer{from: m.One.Email, to: to, text: "The landlord wrote", files: "--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=landlord.eml\r\n\r\nFrom: l@estate.example\r\n\r\nhi\r\n"})
	got := p.talk(alder.Owner, "project", m.Things.Project)
	if len(got) < 4 {
		t.Fatalf("posted: %d messages", len(got))
	}
	got = got[len(got)-3:]
	if strings.Count(got[0], "[") != 20 || !strings.Contains(got[0], "[mail.eml] [bomb.zip]") {
		t.Errorf("with 10,000 files: %.300s", got[0])
	}
	if len([]rune(got[1])) > 10_000 || !strings.HasSuffix(got[1], "[mail.eml]") {
		t.Errorf("with 110,000 characters: %d of them", len([]rune(got[1])))
	}
	if got[2] != "mail, customer: The landlord wrote [landlord.eml]" {
		t.Errorf("with a mail inside: %q", got[2])
	}
}

func TestMoreAnswersThanAPersonWritesWaitForTheOffice(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	to := m.asked("When?")
	for i := range 33 {
		p.arrives(answer{from: m.One.Email, to: to, text: fmt.Sprint("Answer ", i)})
	}
	if posted, waiting := p.lettersIn(alder.Owner, incoming.Posted), p.lettersIn(alder.Owner, incoming.Unmatched); len(posted) != 30 || len(waiting) != 3 {
		t.Errorf("%d were posted, %d wait", len(posted), len(waiting))
	}
	p.Clock.Advance(time.Hour)
	p.arrives(answer{from: m.One.Email, to: to, text: "Later"})
	if posted := p.lettersIn(alder.Owner, incoming.Posted); len(posted) != 31 {
		t.Error("an hour later nothing is posted")
	}
}

// A DNS that is away delays a mail; it does not make it one that nobody proves.
func TestWhileTheDNSIsAwayAnAnswerWaits(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	to := m.asked("When?")
	p.Names.Away(true)
	p.arrives(answer{from: m.One.Email, to: to, text: "Soon"})
	if waiting := p.lettersIn(alder.Owner, incoming.Unmatched); len(waiting) != 0 {
		t.Fatalf("%+v waits for the office", waiting)
	}
	p.Names.Away(false)
	p.Clock.Advance(time.Hour)
	p.RunJobs()
	if got := p.talk(alder.Owner, "project", m.Things.Project); got[len(got)-1] != "mail, customer: Soon" {
		t.Errorf("the conversation is %q", got)
	}
}

func TestMailsAreForgottenThreeMonthsAfterTheyWereSettled(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	p.arrives(answer{from: m.One.Email, to: m.asked("When?"), text: "Soon"})
	p.arrives(answer{from: m.One.Email, to: "reply@portal.example", text: "Waits", subject: "Waits"})
	posted := p.lettersIn(alder.Owner, incoming.Posted)[0]
	if !posted.Kept() {
		t.Fatal("the mail is not kept")
	}
	p.Clock.Advance(91 * 24 * time.Hour)
	p.must(p.App.Incoming.Forget(context.Background()))
	if again := p.lettersIn(alder.Owner, incoming.Posted)[0]; again.Kept() || again.ID != posted.ID {
		t.Errorf("after three months: %+v", again)
	}
	if waiting := p.lettersIn(alder.Owner, incoming.Unmatched); len(waiting) != 1 || !waiting[0].Kept() {
		t.Errorf("what waits was forgotten: %+v", waiting)
	}
}
