package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo"
	"lintel/internal/features/customer"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
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
	draft.Attachments = []proposal.AttachmentRef{{FileID: upload.ID}}
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

// F09: nobody can be written to by, and nothing be signed as, what is not the name it looks
// like. Everything that people may type into a name is tried at every form that takes one.
func TestF09NoNameLooksLikeAnother(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	owner, contacts := p.As(alder.Staff[access.Owner]), "/alder/office/customers/"+alder.A.Things.Customer+"/contacts"
	forms := map[string]func(name string) url.Values{
		"/alder/office/settings": func(name string) url.Values {
			return url.Values{"name": {name}, "trade": {organisation.Builder}, "language": {"en"}, "zone": {"Europe/London"}, "currency": {"EUR"}, "tax_percent": {"20"}}
		},
		"/alder/office/settings/people": func(name string) url.Values {
			return url.Values{"name": {name}, "email": {"new@alder.example"}, "role": {"member"}}
		},
		contacts: func(name string) url.Values {
			return url.Values{"contact_name": {name}, "contact_email": {"new@aye.example"}}
		},
	}
	for path, form := range forms {
		before := p.State()
		for _, name := range []string{"Ald\u202eer", "\u0410lder", "Al\u200bder", "https://evil.example", "pay at www.evil.example", "evil.example/pay", "A\r\nBcc: x@evil.example", "A\x00"} {
			if answer := owner.Post(path, form(name)); answer.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s takes the name %+q: %d", path, name, answer.Status)
			}
		}
		if changed := Changed(before, p.State()); len(changed) > 0 {
			t.Errorf("%s changed %v", path, changed)
		}
		if answer := owner.Post(path, form("Alder & Söhne")); answer.Status != http.StatusSeeOther && answer.Status != http.StatusOK {
			t.Errorf("%s does not take an honest name: %d", path, answer.Status)
		}
	}
}

// F08: a form changes what it shows and nothing else, whatever columns a browser adds to it.
func TestF08FieldsThatAFormDoesNotHaveChangeNothing(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	owner, one := p.As(alder.Staff[access.Owner]), p.As(alder.A.One)
	birch := alder.B.Things
	foreign := url.Values{"org": {"birch"}, "id": {birch.Customer}, "customer": {birch.Customer}, "contact": {birch.Contact}, "person": {"x"}, "project": {birch.Project}, "state": {"approved"},
		"archived": {"true"}, "number": {"P-9999"}, "serial": {"9"}, "bucket": {"hidden"}, "owner": {"x"}, "frozen": {"true"}, "sha256": {"x"}, "shown": {"x"}, "sealed_file": {"x"},
		"signed_at": {"1"}, "created_at": {"1"}, "updated_at": {"1"}, "password": {"x"}, "kind": {"staff"}, "proof": {"signed in"}, "item": {"x"}, "visibility": {"office"},
		"link_policy": {"portal"}, "slug": {"stolen"}, "person_id": {"x"}, "total": {"1"}, "bounced_at": {"1"}, "sent_version": {"7"}, "role": {"owner"}, "author": {"x"}, "author_kind": {"staff"}}
	slipped := regexp.MustCompile(`stolen|P-9999|Xbeealder.{0,40}Honest|Honest.{0,400}Xbeealder`)
	acts := []struct {
		as   *Client
		path string
		form url.Values
	}{
		{owner, "/alder/office/customers/" + alder.A.Things.Customer, url.Values{"name": {"Honest"}}},
		{owner, "/alder/office/customers/" + alder.A.Things.Customer + "/contacts/" + alder.A.Things.Contact, url.Values{"contact_name": {"Honest"}, "contact_email": {alder.A.One.Email}}},
		{owner, "/alder/office/projects/" + alder.A.Things.Project, url.Values{"name": {"Honest"}}},
		{owner, "/alder/office/properties/" + alder.A.Things.Property, url.Values{"line1": {"Honest"}}},
		{one, "/alder/messages/proposal/" + alder.A.Things.Proposal, url.Values{"text": {"Honest"}}},
		{one, "/alder/home/proposals/" + alder.A.Things.Proposal + "/choices", url.Values{"version": {"1"}}},
	}
	for _, act := range acts {
		before := p.Dump()
		form := url.Values{}
		for name, values := range foreign {
			form[name] = values
		}
		for name, values := range act.form {
			form[name] = values
		}
		answer := act.as.Post(act.path, form)
		if answer.Status >= 500 {
			t.Errorf("%s answers %d", act.path, answer.Status)
		}
		for table, rows := range p.Dump() {
			known := map[string]bool{}
			for _, row := range before[table] {
				known[row] = true
			}
			for _, row := range rows {
				if !known[row] && slipped.MatchString(row) {
					t.Errorf("%s wrote into %s: %s", act.path, table, row)
				}
			}
		}
	}
	if one.Get("/alder/office").Status == http.StatusOK {
		t.Error("a customer has become staff")
	}
	if p.As(alder.A.One).Get("/alder/home/proposals/"+birch.Proposal).Status != http.StatusNotFound {
		t.Error("a customer sees another's proposal")
	}
}

// G08: who may only read gets no secret out of the settings, and neither does the owner.
func TestG08SettingsShowNoSecret(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	for _, role := range access.Roles {
		colleague := p.As(alder.Staff[role])
		for _, page := range []string{"", "/mail", "/seal", "/signing", "/people", "/looks", "/audit"} {
			answer := colleague.Get("/alder/office/settings" + page)
			if role == access.ReadOnly && page != "/audit" && answer.Status != http.StatusForbidden {
				t.Errorf("read-only staff gets /settings%s: %d", page, answer.Status)
			}
			for _, secret := range []string{"PRIVATE KEY", "key_sealed", "argon2", "smtp_password", "token_hash"} {
				if strings.Contains(strings.ToLower(answer.Body), strings.ToLower(secret)) {
					t.Errorf("%s reads %q on /settings%s", role, secret, page)
				}
			}
		}
	}
}

// C16: when something was signed is what the server's clock says, never the form.
func TestC16TheTimeOfASignatureIsTheServers(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	m := alder.A
	one := p.As(m.One)
	actor := one.Actor("alder", "/alder/home")
	r, err := p.App.Documents.Read(context.Background(), actor, m.Things.Proposal, 0)
	p.must(err)
	terms := []string{}
	for _, term := range r.Version.Content.Terms {
		terms = append(terms, term.ID)
	}
	opened, err := json.Marshal(terms)
	p.must(err)
	form := url.Values{"version": {"1"}, "shown": {r.Version.SHA256}, "total": {strconv.FormatInt(r.Totals.Total.Minor, 10)}, "consent": {"on"}, "consent_version": {signing.CurrentConsent("en").Version},
		"signature_kind": {"type"}, "signature_name": {m.One.Name}, "choices": {"{}"}, "terms": {string(opened)},
		"signed_at": {"2020-01-01T00:00:00Z"}, "at": {"1577836800"}, "date": {"2020-01-01"}, "now": {"1"}}
	one.Header.Set("Date", "Wed, 01 Jan 2020 00:00:00 GMT")
	answer := one.Post("/alder/home/proposals/"+m.Things.Proposal+"/approve", form)
	after, err := p.App.Documents.Read(context.Background(), actor, m.Things.Proposal, 0)
	p.must(err)
	if after.Signature == nil {
		t.Fatalf("not signed: %d %s", answer.Status, answer.Location)
	}
	if !after.Signature.SignedAt.Equal(p.Clock.Now()) {
		t.Errorf("signed at %s, the server's clock says %s", after.Signature.SignedAt, p.Clock.Now())
	}
}

// SEC-1: an administrator neither becomes an owner nor takes the firm from its owner, and a
// firm is never without one.
func TestSEC1OnlyOwnersDecideWhoIsAnOwner(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	owner, administrator := alder.Staff[access.Owner], alder.Staff[access.Administrator]
	attempts := []struct {
		name  string
		as    demo.Person
		whom  string
		role  access.Role
		wants int
	}{
		{"an administrator makes himself an owner", administrator, administrator.Email, access.Owner, http.StatusForbidden},
		{"an administrator invites an owner", administrator, "friend@alder.example", access.Owner, http.StatusForbidden},
		{"an administrator makes the owner a reader", administrator, strings.ToUpper(owner.Email), access.ReadOnly, http.StatusForbidden},
		{"the last owner goes", owner, owner.Email, access.Manager, http.StatusUnprocessableEntity},
		{"an owner makes another one", owner, "second@alder.example", access.Owner, http.StatusSeeOther},
		{"one of two owners goes", owner, owner.Email, access.Manager, http.StatusSeeOther},
	}
	for _, a := range attempts {
		form := url.Values{"name": {"Somebody"}, "email": {a.whom}, "role": {string(a.role)}}
		if answer := p.As(a.as).Post("/alder/office/settings/people", form); answer.Status != a.wants {
			t.Errorf("%s: %d instead of %d", a.name, answer.Status, a.wants)
		}
	}
}

// A13: whose access was trimmed learns nothing from an old link of what was taken away, not
// even its title.
func TestA13AnOldLinkNamesNothingThatWasTrimmed(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		link := strings.TrimPrefix(alder.A.One.URL, BaseURL)
		if page := p.Browser().Visit(link); !strings.Contains(page.Body, alder.A.Canary) {
			t.Fatalf("before, the landing page does not name the proposal: %d", page.Status)
		}
		person := p.As(alder.A.One).Actor("alder", "/home").Person()
		alder.change(func(tx *guard.Tx) error {
			list, err := identity.GrantsOf(tx, person)
			for _, g := range list {
				if err == nil {
					err = identity.SetModules(tx, person, identity.Scope{Customer: g.Customer, Project: g.Project}, access.NewModuleSet(access.Projects, access.Messages), "only the projects")
				}
			}
			return err
		})
		if page := p.Browser().Visit(link); strings.Contains(page.Body, alder.A.Canary) {
			t.Errorf("the old link still names the proposal: %d", page.Status)
		}
	})
}
