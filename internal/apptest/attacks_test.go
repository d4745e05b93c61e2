package apptest

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/file"
)

// opens lists what a person's browser and their newest link still open of their things.
func (m *Family) opens(browser *Client, link string) (open []string) {
	t, slug := m.Things, m.firm.Slug
	for _, path := range []string{"/home", "/home/inbox", "/home/projects/" + t.Project, "/home/proposals/" + t.Proposal, "/files/" + t.File, "/files/" + t.Agreement, "/messages/proposal/" + t.Proposal} {
		if answer := browser.Get("/" + slug + path); answer.Status == http.StatusOK && strings.Contains(answer.Body, m.Canary) || answer.Status == http.StatusOK && strings.HasPrefix(path, "/files/") {
			open = append(open, path)
		}
	}
	thief := browser.portal.Browser()
	thief.Visit(strings.TrimPrefix(link, BaseURL))
	if entered := thief.Post("/l", nil); entered.Status == http.StatusSeeOther {
		if page := thief.Visit(entered.Location); strings.Contains(page.Body, "Brick "+m.Canary) {
			open = append(open, "the link")
		}
	}
	return open
}

// A13, E04, B03: who was removed, or whose address was another person's, sees nothing from
// the next request on, in open browsers and by old links.
func TestA13E04ARemovedOrReplacedContactSeesNothingAnyMore(t *testing.T) {
	ends := map[string]func(p *Portal, m *Family) error{
		"removed": func(p *Portal, m *Family) error {
			return p.App.Customers.RemoveContact(context.Background(), m.firm.Owner, m.Things.Contact)
		},
		"another address": func(p *Portal, m *Family) error {
			return p.App.Customers.UpdateContact(context.Background(), m.firm.Owner, m.Things.Contact, customer.ContactDetails{Name: "Una", Email: "successor@" + m.Name + ".example"})
		},
	}
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		for name, end := range ends {
			m := map[string]*Family{"removed": alder.A, "another address": alder.B}[name]
			one, two := p.As(m.One), p.As(m.Two)
			if open := m.opens(one, m.One.URL); len(open) < 6 {
				t.Fatalf("%s: before, only %v is open", name, open)
			}
			if err := end(p, m); err != nil {
				t.Fatal(err)
			}
			if open := m.opens(one, m.One.URL); len(open) > 0 {
				t.Errorf("%s: still open are %v", name, open)
			}
			if open := m.opens(two, m.Two.URL); len(open) < 6 {
				t.Errorf("%s: the other contact only has %v", name, open)
			}
		}
	})
}

// A13: a contact that was removed gets nothing that is sent afterwards, though a draft named
// them as its reader.
func TestA13ARemovedContactGetsNoLaterProposal(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	two := p.As(m.Two)
	record, err := p.App.Customers.Get(context.Background(), alder.Owner, m.Things.Customer)
	p.must(err)
	for _, k := range record.Contacts {
		if k.Email == m.Two.Email {
			p.must(p.App.Customers.RemoveContact(context.Background(), alder.Owner, k.ID))
			if err := p.App.Documents.Resend(context.Background(), alder.Owner, m.Things.Proposal, k.ID); err == nil {
				t.Error("a sent proposal is sent again to who was removed")
			}
		}
	}
	before := len(p.Mails(m.Two.Email))
	m.send(m.Things.Draft)
	p.RunJobs()
	if len(p.Mails(m.Two.Email)) > before {
		t.Error("who was removed gets a mail")
	}
	if open := m.opens(two, m.Two.URL); len(open) > 0 {
		t.Errorf("who was removed sees %v again", open)
	}
}

// C10: who uploaded an attachment cannot take it out of a version that was sent.
func TestC10AnAttachmentThatWasSentCannotBeTakenBack(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m, ctx := alder.A, context.Background()
	owner, one := p.As(alder.Staff[access.Owner]), p.As(m.One)
	content := dot()
	upload, err := p.App.Files.Begin(ctx, alder.Owner, file.NewUpload{Kind: "proposal", On: m.Things.Draft, Name: "plan.png", Size: int64(len(content))})
	p.must(err)
	_, err = p.App.Files.Append(ctx, alder.Owner, upload.ID, 0, bytes.NewReader(content))
	p.must(err)
	desk, err := p.App.Documents.Workshop(ctx, alder.Owner, m.Things.Draft, 0)
	p.must(err)
	draft := desk.Version.Content
	draft.Attachments = []document.AttachmentRef{{FileID: upload.ID}}
	_, err = p.App.Documents.SaveDraft(ctx, alder.Owner, m.Things.Draft, desk.Version.Revision, draft)
	p.must(err)
	m.send(m.Things.Draft)
	if seen := one.Get("/alder/files/" + upload.ID); seen.Status != http.StatusOK {
		t.Fatalf("the customer does not see what was sent: %d", seen.Status)
	}
	if back := owner.Do(http.MethodDelete, "/alder/uploads/"+upload.ID, "", nil); back.Status != http.StatusConflict {
		t.Errorf("taking it back answers %d", back.Status)
	}
	if seen := one.Get("/alder/files/" + upload.ID); seen.Status != http.StatusOK {
		t.Errorf("the customer's attachment is gone: %d", seen.Status)
	}
}
