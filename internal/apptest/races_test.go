package apptest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"

	"lintel/internal/demo"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/db"
)

// later lets the other side of a race get some steps ahead, each as long as a small read.
func (p *Portal) later(steps int) {
	for range steps {
		p.must(p.App.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
			_, err := rows(tx, "select 'a', 'b'")
			return err
		}))
	}
}

func TestC09OneCodeIsForOneActAlsoWhenFiveArriveAtOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, ctx := alder.A, context.Background()
		p.must(p.App.Organisations.SavePolicies(ctx, alder.Owner, organisation.Policies{ConfirmPolicy: "always", LinkPolicy: organisation.LinkPortal, LinkDays: 30}))
		worst := 0
		for round := range 6 {
			var docs []string
			for i := range 5 {
				doc := m.proposal(m.Things, fmt.Sprint("Code ", round, i), m.Things.Contact, m.Things.Contact)
				p.must(p.App.Documents.SetRecipient(ctx, alder.Owner, doc, m.Things.Contact, true))
				m.send(doc)
				docs = append(docs, doc)
			}
			p.RunJobs()
			one := p.As(m.One)
			forms := map[string]url.Values{}
			for _, doc := range docs {
				r, err := p.App.Documents.Read(ctx, one.Actor("alder", "/alder/home"), doc, 0)
				p.must(err)
				forms[doc] = url.Values{"version": {"1"}, "shown": {r.Version.SHA256}, "total": {fmt.Sprint(r.Totals.Total.Minor)}, "choices": {"{}"}, "terms": {allTerms(r)},
					"signature_kind": {"type"}, "signature_name": {"Una Aye"}, "consent": {"on"}, "consent_version": {signing.CurrentConsent("en").Version}}
			}
			path := "/alder/home/proposals/" + docs[0]
			one.Post("/alder/confirm/send", url.Values{"next": {path}})
			p.RunJobs()
			mails := p.Mails(m.One.Email)
			code := regexp.MustCompile(`(?m)^\s*(\d{3}) ?(\d{3})\s*$`).FindStringSubmatch(mails[len(mails)-1].Text)
			if code == nil {
				t.Fatal("no code in ", mails[len(mails)-1].Text)
			}
			a := one.Post("/alder/confirm", url.Values{"next": {path}, "code": {code[1] + code[2]}})
			if a.Status != 303 {
				t.Fatal(a.Status)
			}
			var all sync.WaitGroup
			for _, doc := range docs {
				all.Go(func() { one.Post("/alder/home/proposals/"+doc+"/approve", forms[doc]) })
			}
			all.Wait()
			signed := 0
			for _, doc := range docs {
				w, err := p.App.Documents.Workshop(ctx, alder.Owner, doc, 0)
				p.must(err)
				signed += len(w.Signatures)
			}
			worst = max(worst, signed)
			p.Clock.Advance(2 * time.Hour)
		}
		if worst > 1 {
			t.Errorf("one code signed %d proposals", worst)
		}
	})
}

// The two meet at the contact: the sending makes it a person, the removal archives it.
func TestA13WhoIsRemovedWhileAProposalIsSentToThemKeepsNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, ctx := alder.A, context.Background()
		bad, opens := 0, 0
		for i := range 25 {
			email := fmt.Sprintf("gone%d@aye.example", i)
			k, err := p.App.Customers.AddContact(ctx, alder.Owner, m.Things.Customer, customer.ContactDetails{Name: "Gone Soon", Email: email})
			p.must(err)
			doc := m.proposal(m.Things, fmt.Sprint("Gone ", i), m.Things.Contact, k)
			w, err := p.App.Documents.Workshop(ctx, alder.Owner, doc, 0)
			p.must(err)
			var removed error
			var all sync.WaitGroup
			all.Go(func() { _ = p.App.Documents.Send(ctx, alder.Owner, doc, w.Version.Revision, "") })
			all.Go(func() {
				p.later(i % 12)
				removed = p.App.Customers.RemoveContact(ctx, alder.Owner, k)
			})
			all.Wait()
			var list []string
			p.must(p.App.Database.Read(ctx, "*", func(tx *db.Tx) (err error) {
				list, err = rows(tx, "select g.customer, g.project from grants g join people p on p.id = g.person where g.revoked_at is null and p.email = '"+email+"'")
				return err
			}))
			if removed != nil {
				continue
			}
			if len(list) == 0 {
				continue
			}
			bad++
			p.RunJobs()
			mails := p.Mails(email)
			if len(mails) == 0 {
				continue
			}
			thief := p.As(demo.Person{Email: email, URL: BaseURL + linkInMail.FindString(mails[len(mails)-1].Text)})
			if page := thief.Get("/alder/home/proposals/" + doc); page.Status == 200 {
				opens++
			}
		}
		if bad > 0 {
			t.Errorf("%d of 25 removed contacts have a living grant, %d read the proposal", bad, opens)
		}
	})
}

func TestADraftIsWithdrawnOrSentNeverBoth(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, ctx := alder.A, context.Background()
		both := 0
		for i := range 30 {
			doc := m.proposal(m.Things, fmt.Sprint("Both ", i), m.Things.Contact, m.Things.Contact)
			p.must(p.App.Documents.SetRecipient(ctx, alder.Owner, doc, m.Things.Contact, true))
			w, err := p.App.Documents.Workshop(ctx, alder.Owner, doc, 0)
			p.must(err)
			var sent, gone error
			var all sync.WaitGroup
			all.Go(func() { sent = p.App.Documents.Send(ctx, alder.Owner, doc, w.Version.Revision, "") })
			all.Go(func() {
				p.later(i % 10)
				gone = p.App.Documents.Void(ctx, alder.Owner, doc, "wrong price")
			})
			all.Wait()
			w, err = p.App.Documents.Workshop(ctx, alder.Owner, doc, 0)
			p.must(err)
			if sent == nil && gone == nil && w.Version.State == proposal.Sent {
				both++
			}
		}
		if both > 0 {
			t.Errorf("%d of 30 drafts were withdrawn, acknowledged so, and sent to the customer after it", both)
		}
	})
}

func allTerms(r document.Reading) string {
	list := []string{}
	for _, term := range r.Version.Content.Terms {
		list = append(list, term.ID)
	}
	raw, _ := json.Marshal(list)
	return string(raw)
}
