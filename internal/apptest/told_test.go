package apptest

import (
	"context"
	"maps"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/contractor"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// sayings are what each address was told: one sentence or subject, or several with " + " between them.
type sayings map[string]string

func (w sayings) add(address, text string) {
	if w[address] != "" {
		text = w[address] + " + " + text
	}
	w[address] = text
}

// heard does what is due and gives what everybody has been told since, in the inbox and by mail.
func (l *listener) heard() (inbox, mails sayings) {
	l.portal.t.Helper()
	l.portal.RunJobs()
	inbox, mails = sayings{}, sayings{}
	err := l.portal.App.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		lines, err := rows(tx, `select n.id, p.email || '|' || n.title from notices n join people p on p.id = n.person order by n.id`)
		for _, line := range lines {
			if !l.notices[line] {
				address, title, _ := strings.Cut(strings.TrimLeftFunc(line[len(id.New()):], func(r rune) bool { return !unicode.IsLetter(r) }), "|")
				inbox.add(address, title)
			}
			l.notices[line] = true
		}
		return err
	})
	l.portal.must(err)
	list := l.portal.Mails("")
	for _, m := range list[l.mails:] {
		mails.add(DeliveredTo(m), m.Subject)
	}
	l.mails = len(list)
	return inbox, mails
}

// Section E of the list of features, as far as there is what it speaks of: each event tells the right person and no other, on
// the right ways, in the right words, of which Two of the family reads German.
func TestSectionEEachEventIsToldToTheRightPersonOnTheRightWayInTheRightWords(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, ctx := alder.A, context.Background()
		one, two, owner, administrator := m.One.Email, m.Two.Email, alder.Staff[access.Owner].Email, alder.Staff[access.Administrator].Email
		una, office := p.As(m.One), p.As(alder.Staff[access.Owner])
		maria := una.Actor(alder.Slug, "/alder/home")
		p.raw(`update people set language = 'de' where email_folded = '` + two + `'`)
		house, ofProject := "House of "+m.Canary, message.Thread{Kind: "project", ID: m.Things.Project}
		firm, jon, her := "Firm "+alder.Canary, "Colleague owner "+alder.Canary, m.One.Name
		both := func(words string) sayings { return sayings{owner: words, administrator: words} }
		family := func(english, german string) sayings { return sayings{one: english, two: german} }
		post := func(who access.Actor, d message.Draft) func() {
			return func() { _, err := p.App.Messages.Post(ctx, who, ofProject, d); p.must(err) }
		}
		nobody := sayings{}
		priya := ""
		l := p.listen()
		l.heard()
		for _, c := range []struct {
			id, what     string
			do           func()
			inbox, mails sayings
		}{
			{"SY-01", "a proposal is ready", func() { m.send(m.proposal(m.Things, "New", p.contact(one), p.contact(two))) }, nobody,
				family("Your proposal is ready: New for "+m.Canary, "Ihr Angebot ist fertig: New for "+m.Canary)},
			{"SY-02", "somebody outside asks for a way in: a link", func() { p.Browser().Post("/sign-in/ask", url.Values{"for": {"link"}, "email": {owner}}) }, nobody, sayings{owner: "Your link to sign in to " + firm}},
			{"SY-02", "somebody inside proves the mailbox: a code", func() { una.Post("/alder/confirm/send", url.Values{"fresh": {"1"}}) }, nobody, sayings{one: "Your code for " + firm}},
			{"SY-03, SY-09, SY-12", "a customer writes", post(maria, message.Draft{Body: "Which colour?"}), both(her + " wrote on " + house), both(her + " wrote on " + house)},
			{"SY-09, SY-12", "the office writes", post(alder.Owner, message.Draft{Body: "Grey."}), family(jon+" wrote on "+house, jon+" hat zu "+house+" geschrieben"), family(jon+" wrote on "+house, jon+" hat zu "+house+" geschrieben")},
			{"SY-04", "the office mentions somebody", post(alder.Owner, message.Draft{Body: "Yes?", Mentions: []access.PersonID{maria.Person()}}),
				family(jon+" mentioned you on "+house, jon+" hat zu "+house+" geschrieben"), family(jon+" mentioned you on "+house, jon+" hat zu "+house+" geschrieben")},
			{"SY-04, SY-11", "a note that mentions nobody", post(alder.Owner, message.Draft{Body: "For us", Internal: true}), nobody, nobody},
			{"SY-06, SY-11", "the project reaches a stage", func() {
				stages, err := p.App.Organisations.Stages(ctx, alder.Owner)
				p.must(err)
				office.Post("/alder/office/projects/"+m.Things.Project+"/stage", url.Values{"stage": {stages[3].ID}})
			}, family(house+" is now in the stage Revisions", house+" ist jetzt in der Phase Revisions"), family(house+" is now in the stage Revisions", house+" ist jetzt in der Phase Revisions")},
			{"SY-05, SY-10", "somebody becomes a contact", func() { priya = m.newContact("Pia New", "pia@aye.example") }, nobody, nobody},
			{"SY-05, SY-10", "after Confirm", func() { office.Post(m.accessURL()+"/send", sending(priya, "projects")) }, nobody, sayings{"pia@aye.example": "You are invited to the portal of " + firm}},
			{"SY-08", "a technician gets a way in", func() {
				_, err := p.App.Contractors.AddTechnician(ctx, m.desk, "", contractor.PersonDetails{Name: "Tom", Email: "tom@field.example", Phone: "+44 20 7946 0001"})
				p.must(err)
			}, nobody, sayings{"tom@field.example": "Your work for " + firm + ": your personal link"}},
			{"SY-12", "a customer adds a file", func() {
				_, err := p.App.Files.Save(ctx, maria, file.Hang{Kind: "project", On: m.Things.Project, Customer: m.Things.Customer, Project: m.Things.Project, Visibility: file.Shared}, "Fence.png", "", dot())
				p.must(err)
			}, both(her + " added Fence.png to " + house), both(her + " added Fence.png to " + house)},
			{"SY-11", "messages are taken from one, and the office writes", func() {
				alder.change(func(tx *guard.Tx) error {
					return identity.SetModules(tx, maria.Person(), identity.Scope{Customer: m.Things.Customer}, access.NewModuleSet(access.Projects), "a test")
				})
				alder.change(func(tx *guard.Tx) error {
					return identity.SetModules(tx, maria.Person(), identity.Scope{Customer: m.Things.Customer, Project: m.Things.Project}, access.NewModuleSet(access.Projects), "a test")
				})
				l.heard()
				post(alder.Owner, message.Draft{Body: "For those who read."})()
			}, sayings{two: jon + " hat zu " + house + " geschrieben"}, sayings{two: jon + " hat zu " + house + " geschrieben"}},
		} {
			c.do()
			inbox, mails := l.heard()
			if !maps.Equal(inbox, c.inbox) {
				t.Errorf("%s, %s: in the inbox %q, want %q", c.id, c.what, inbox, c.inbox)
			}
			if !maps.Equal(mails, c.mails) {
				t.Errorf("%s, %s: by mail %q, want %q", c.id, c.what, mails, c.mails)
			}
		}
	})
}

// contact is the id of the contact with an address.
func (p *Portal) contact(email string) (found string) {
	p.t.Helper()
	p.read(&found, `select id from contacts where email_folded = $1`, email)
	return found
}
