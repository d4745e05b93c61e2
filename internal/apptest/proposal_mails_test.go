package apptest

import (
	"context"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/document"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
)

// Whatever happens to a proposal, nobody is mailed twice of it: the office gets one mail of a signature, which says who signed
// what for how much, and has the sealed copy in it.
func TestNobodyIsMailedTwiceOfWhatHappensToAProposal(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m, ctx, documents := alder.A, context.Background(), p.App.Documents
		una := p.As(m.One).Actor(alder.Slug, "/alder/home")
		contacts := []string{p.contact(m.One.Email), p.contact(m.Two.Email)}
		made, other := m.proposal(m.Things, "Barn", contacts[0], contacts[1]), m.proposal(m.Things, "Shed", contacts[0], contacts[1])
		owner, one, two := alder.Staff[access.Owner].Email, m.One.Email, m.Two.Email
		refusal := func(of string) document.Refusal {
			r, err := documents.Read(ctx, una, of, 0)
			p.must(err)
			return document.Refusal{Document: of, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Reason: "Larger, please."}
		}
		thread := message.Thread{Kind: "proposal", ID: made}
		ears := p.listen()
		for _, step := range []struct {
			what  string
			do    func()
			mails map[string]int
		}{
			{"sent", func() { m.send(made) }, map[string]int{one: 1, two: 1}},
			{"opened", func() { p.must(documents.Viewed(ctx, una, made, 1)) }, nil},
			{"asked, with the owner's name", func() {
				_, err := p.App.Messages.Post(ctx, una, thread, message.Draft{Body: "@Colleague owner " + alder.Canary + " when?"})
				p.must(err)
			}, map[string]int{owner: 1}},
			{"answered", func() { m.remark(made, "In May.", false) }, map[string]int{one: 1, two: 1}},
			{"noted", func() { m.remark(made, "Or June.", true) }, nil},
			{"sent back", func() { p.must(documents.AskForChanges(ctx, una, refusal(made))) }, map[string]int{owner: 1}},
			{"revised", func() { p.must(documents.Revise(ctx, alder.Owner, made)) }, nil},
			{"sent again", func() { m.send(made) }, map[string]int{one: 1, two: 1}},
			{"signed", func() { m.sign(una, made) }, map[string]int{owner: 1, one: 1}},
			{"another sent", func() { m.send(other) }, map[string]int{one: 1, two: 1}},
			{"declined", func() { p.must(documents.Decline(ctx, una, refusal(other))) }, map[string]int{owner: 1}},
			{"withdrawn", func() { p.must(documents.Void(ctx, alder.Owner, other, "No more")) }, nil},
		} {
			step.do()
			got := map[string]int{}
			for _, address := range ears.since().mails {
				got[address]++
			}
			if !maps.Equal(got, step.mails) {
				t.Errorf("%s: mailed are %v, want %v", step.what, got, step.mails)
			}
			if step.what == "signed" {
				p.signedMailIsWhole(owner, m.One.Name)
			}
			p.Clock.Advance(time.Hour)
		}
	})
}

// signedMailIsWhole holds what the office's one mail of a signature has in it.
func (p *Portal) signedMailIsWhole(to, signer string) {
	p.t.Helper()
	list := p.Mails(to)
	last := list[len(list)-1]
	if len(last.Attachments) != 1 || last.Attachments[0].ContentType != "application/pdf" {
		p.t.Errorf("%q carries %d files, want the sealed copy", last.Subject, len(last.Attachments))
	}
	for _, words := range []string{signer + " signed and approved Barn", "108,000.00"} {
		if !strings.Contains(last.Text, words) {
			p.t.Errorf("the mail of the signature does not say %q: %s", words, last.Text)
		}
	}
}

// A colleague who wants no mail about proposals gets none of a signature either, and finds it once in the inbox; the signer's
// own copy comes always.
func TestWhoWantsNoMailAboutProposalsGetsNoneOfASignature(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		m := alder.A
		una, owner := p.As(m.One).Actor(alder.Slug, "/alder/home"), p.As(alder.Staff[access.Owner])
		made := m.proposal(m.Things, "Barn", p.contact(m.One.Email), p.contact(m.Two.Email))
		m.send(made)
		form := url.Values{"rhythm": {string(notify.AtOnce)}}
		for _, activity := range notify.Activities {
			form.Set(string(activity)+"."+string(notify.Portal), "1")
		}
		if saved := owner.Post(notify.SettingsPath("alder"), form); saved.Status >= 400 {
			t.Fatalf("the settings answer %d", saved.Status)
		}
		ears := p.listen()
		m.sign(una, made)
		if got := ears.since().mails; len(got) != 1 || got[0] != m.One.Email {
			t.Errorf("mailed are %v, want the signer alone", got)
		}
		list, err := p.App.Inbox.Inbox(context.Background(), owner.Actor("alder", "/alder/office"))
		p.must(err)
		if len(list) == 0 || !strings.Contains(list[0].Title, "signed and approved Barn") || len(list) > 1 && strings.Contains(list[1].Title, "Barn") {
			t.Errorf("the inbox does not tell once of the signature: %+v", list)
		}
	})
}
