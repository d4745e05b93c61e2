package apptest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"lintel/internal/core/access"
	"lintel/internal/demo"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// told is who was told in the inbox and by mail since the last look: "address" each, sorted.
type told struct {
	inbox, mails []string
}

// listener remembers what everybody had been told before.
type listener struct {
	portal  *Portal
	notices map[string]bool
	mails   int
}

func (p *Portal) listen() *listener {
	p.t.Helper()
	l := &listener{portal: p, notices: map[string]bool{}}
	l.since()
	return l
}

// since does the jobs that are due and gives who was told by them.
func (l *listener) since() (t told) {
	l.portal.t.Helper()
	l.portal.RunJobs()
	err := l.portal.App.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		lines, err := rows(tx, `select n.id, p.email from notices n join people p on p.id = n.person`)
		for _, line := range lines {
			if !l.notices[line] {
				t.inbox = append(t.inbox, strings.TrimLeftFunc(line[len(id.New()):], func(r rune) bool { return !unicode.IsLetter(r) }))
			}
			l.notices[line] = true
		}
		return err
	})
	l.portal.must(err)
	list := l.portal.Mails("")
	for _, m := range list[l.mails:] {
		t.mails = append(t.mails, DeliveredTo(m))
	}
	l.mails = len(list)
	slices.Sort(t.inbox)
	slices.Sort(t.mails)
	return t
}

// S2: each event tells the people whom it concerns, in the portal and by mail, and nobody else: not whoever did it, not the
// other family, not the other firm, not colleagues who have nothing to do with it.
func TestS2EachEventTellsWhomItConcernsAndNobodyElse(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		owner, manager := alder.Staff[access.Owner], alder.Staff[access.Manager]
		one, two := m.One, m.Two
		maria := p.As(one).Actor(alder.Slug, "/alder/home")
		ctx := context.Background()
		thread := message.Thread{Kind: "proposal", ID: m.Things.Proposal}
		post := func(actor access.Actor, thread message.Thread, d message.Draft) func() error {
			return func() error { _, err := p.App.Messages.Post(ctx, actor, thread, d); return err }
		}
		customers := []string{one.Email, two.Email}
		office := []string{owner.Email}
		leading := []string{owner.Email, alder.Staff[access.Administrator].Email}
		slices.Sort(customers)
		slices.Sort(leading)
		managerID := p.As(manager).Actor(alder.Slug, "/alder/office").Person()
		l := p.listen()
		for _, c := range []struct {
			what string
			do   func() error
			want []string
		}{
			{"the office writes on a proposal (SY-09)", post(alder.Owner, thread, message.Draft{Body: "The tiles are here."}), customers},
			{"a customer writes on a proposal (SY-03)", post(maria, thread, message.Draft{Body: "Which colour?"}), office},
			{"a note mentions a colleague (SY-04)", post(alder.Owner, thread, message.Draft{Body: "Please look.", Internal: true, Mentions: []access.PersonID{managerID}}), []string{manager.Email}},
			{"a note mentions nobody", post(alder.Owner, thread, message.Draft{Body: "For us.", Internal: true}), nil},
			{"the office writes in a project (JT-28)", post(alder.Owner, message.Thread{Kind: "project", ID: m.Things.Project}, message.Draft{Body: "We begin on Monday."}), customers},
			{"a mail came back", func() error { return p.bounce(alder, one) }, leading},
		} {
			p.must(c.do())
			got := l.since()
			if !slices.Equal(got.inbox, c.want) {
				t.Errorf("%s: in the inbox of %v, want %v", c.what, got.inbox, c.want)
			}
			if !slices.Equal(got.mails, c.want) {
				t.Errorf("%s: mailed to %v, want %v", c.what, got.mails, c.want)
			}
		}
		// Two has chosen: no mail about messages; One gave mail back and gets none that is not needed.
		p.must(p.App.Inbox.Save(ctx, p.As(two).Actor(alder.Slug, "/alder/home"), notify.Settings{Own: true, Choices: notify.Choices{notify.Messages: {notify.Portal}}}))
		p.must(post(alder.Owner, thread, message.Draft{Body: "Grey."})())
		if got := l.since(); !slices.Equal(got.inbox, customers) || len(got.mails) != 0 {
			t.Errorf("after their choices: in the inbox of %v, mailed to %v", got.inbox, got.mails)
		}
	})
}

// bounce reports that the newest mail to somebody came back.
func (p *Portal) bounce(f *Firm, who demo.Person) error {
	list := p.Mails(who.Email)
	report := strings.ReplaceAll(fmt.Sprintf(`From: mailer-daemon@post.example
To: portal@portal.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; post.example

Final-Recipient: rfc822; %s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such mailbox

--b
Content-Type: text/rfc822-headers

Message-ID: <%s>

--b--
`, who.Email, list[len(list)-1].MessageID), "\n", "\r\n")
	return p.App.Outbox.Bounce(context.Background(), []byte(report))
}

// Every kind of event says who is told of it. A kind that says "nobody" has nobody who tells, and a kind that tells somebody
// has a listener, unless the deed itself sends the mail, which cannot be turned off.
func TestS2WhatAnEventSaysOfItsNoticesIsSo(t *testing.T) {
	p := Start(t, SQLite)
	sentByTheDeed := []string{"proposal.sent", "person.email_changed", "person.invited", "person.link_made", "person.password_set", "person.factors_changed", "person.staff_added",
		"person.user_added", "contractor.person_added", "person.access_changed"}
	for name, kind := range p.App.Events.Kinds() {
		listeners := p.App.Events.For(name)
		nobody := strings.HasPrefix(kind.Notice, "nobody") || kind.Notice == ""
		if !nobody && len(listeners) == 0 && !slices.Contains(sentByTheDeed, name) {
			t.Errorf("%s says that it tells %q, and nothing listens to it", name, kind.Notice)
		}
	}
}
