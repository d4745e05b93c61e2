package apptest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/demo"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/features/request"
	"lintel/internal/features/signing"
	"lintel/internal/features/staff"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// Firm is one of two firms that must know nothing of each other, full of canaries: words
// that appear where they may be read and nowhere else.
type Firm struct {
	portal *Portal
	Slug   string
	Org    access.OrgID
	Owner  access.Actor
	Staff  map[access.Role]demo.Person
	A, B   *Family

	Canary string // in what the whole firm may read
	Office string // in notes of the office
	Cost   int64  // minor units: a cost price
	stage  string
	terms  string
}

// Family is a customer of a firm with two people and everything that can hang on one.
type Family struct {
	firm   *Firm
	Name   string
	Canary string
	One    demo.Person // signs
	Two    demo.Person // has a copy
	Desk   demo.Person // at the desk of the family's contractor
	Field  demo.Person // its technician
	Things Things
	desk   access.Actor
	office Things // the newest of the office, made for this family
}

// Things are ids of objects of one family.
type Things struct {
	Customer, Contact, Property, Project string
	Proposal, Draft, Approved, Signature string
	File, OfficeFile, Agreement, Import  string
	Message, Upload, Link                string
	NoticeOfOne, NoticeOfOwner           string
	Request                              string
	Task, Log, Photo                     string // published, shared; of the log
	Folder, Pair                         string // of the project's files
	Contractor, Place, Technician        string
	Stage, Terms                         string
	Letter                               string // a mail that waits for the office
	Colleague, Role, Key                 string // of the office: somebody, a role of the firm's own, an API token
}

// Twins begins with two firms with two families each. It comes before everything else that a
// test does.
func (p *Portal) Twins() (alder, birch *Firm) {
	p.t.Helper()
	twins := worlds.begin(p, "twins", func(p *Portal, into *kept) {
		into.alder, into.birch = p.firm("alder", "Xorgalder", "Xoffalder", 7131719), p.firm("birch", "Xorgbirch", "Xoffbirch", 8242826)
	})
	return twins.alder.on(p), twins.birch.on(p)
}

func (p *Portal) firm(slug, canary, office string, cost int64) *Firm {
	p.t.Helper()
	ctx := context.Background()
	f := &Firm{portal: p, Slug: slug, Canary: canary, Office: office, Cost: cost, Staff: map[access.Role]demo.Person{}}
	made, err := p.App.Organisations.Found(ctx, organisation.Founding{Slug: slug, Firm: organisation.FirmDetails{Name: "Firm " + canary, Email: "office@" + slug + ".example", Currency: "EUR"}})
	p.must(err)
	f.Org = made.ID
	f.hire()
	f.Owner = p.As(f.Staff[access.Owner]).Actor(slug, "/"+slug+"/office")
	f.settle()
	f.A, f.B = f.family("aye"), f.family("bee")
	return f
}

func (p *Portal) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (f *Firm) change(fn func(tx *guard.Tx) error) {
	f.portal.t.Helper()
	system := access.NewSystem(f.Org, "the test prepares a firm")
	f.portal.must(f.portal.App.Store.Change(context.Background(), system, access.SystemWork, fn))
}

// hire makes one colleague for each role.
func (f *Firm) hire() {
	f.portal.t.Helper()
	f.change(func(tx *guard.Tx) error {
		for _, role := range access.Roles {
			email := strings.ReplaceAll(string(role), "-", "") + "@" + f.Slug + ".example"
			person, err := staff.Add(tx, email, "Colleague "+string(role)+" "+f.Canary, role)
			if err != nil {
				return err
			}
			path, err := f.portal.App.Identity.MakeDemoLink(tx, person)
			if err != nil {
				return err
			}
			f.Staff[role] = demo.Person{Organisation: f.Slug, Role: string(role), Name: string(role), Email: email, URL: BaseURL + path}
		}
		return nil
	})
}

// settle lets customers sign without a code, so that no cell of the matrix stops there, and
// finds a stage and terms.
func (f *Firm) settle() {
	f.portal.t.Helper()
	ctx, app := context.Background(), f.portal.App
	f.portal.must(app.Organisations.SavePolicies(ctx, f.Owner, organisation.Policies{ConfirmPolicy: organisation.ConfirmNever, LinkPolicy: organisation.LinkPortal, LinkDays: 30}))
	stages, err := app.Organisations.Stages(ctx, f.Owner)
	f.portal.must(err)
	terms, err := app.Organisations.Terms(ctx, f.Owner)
	f.portal.must(err)
	f.stage, f.terms = stages[1].ID, terms[0].ID
}

// LinkPolicy chooses what links open: organisation.LinkPortal or LinkItem.
func (f *Firm) LinkPolicy(policy string) {
	f.portal.t.Helper()
	f.portal.must(f.portal.App.Organisations.SavePolicies(context.Background(), f.Owner, organisation.Policies{ConfirmPolicy: organisation.ConfirmNever, LinkPolicy: policy, LinkDays: 30}))
}

func (f *Firm) family(name string) *Family {
	f.portal.t.Helper()
	m := &Family{firm: f, Name: name, Canary: "X" + name + f.Slug}
	m.One = demo.Person{Organisation: f.Slug, Role: "customer", Name: "Una " + m.Canary, Email: "one@" + name + "." + f.Slug + ".example"}
	m.Two = demo.Person{Organisation: f.Slug, Role: "customer", Name: "Tue " + m.Canary, Email: "two@" + name + "." + f.Slug + ".example"}
	m.engage()
	m.Things = m.Make("")
	f.appoint(m)
	return m
}

// appoint makes both people administrators of their own company in the portal.
func (f *Firm) appoint(m *Family) {
	f.portal.t.Helper()
	f.change(func(tx *guard.Tx) error {
		for _, one := range []demo.Person{m.One, m.Two} {
			member, err := identity.CustomerByAddress(tx, one.Email)
			if err != nil {
				return err
			}
			if err := identity.SetModules(tx, member.Person, identity.Scope{Customer: m.Things.Customer}, access.EveryModule, "the test appoints them"); err != nil {
				return err
			}
		}
		return nil
	})
}

// Make makes one of each thing for the family: for a customer that it names, or for a new
// one. The link of One and Two is the newest in their mail from then on.
func (m *Family) Make(customerID string) Things {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx, app := context.Background(), p.App
	t := Things{Stage: f.stage, Terms: f.terms, Customer: customerID}
	var err error
	var contacts []customer.Contact
	if customerID == "" {
		t.Customer, err = app.Customers.Create(ctx, f.Owner, customer.Details{Name: "Family " + m.Canary, Notes: "Between us: " + f.Office}, customer.ContactDetails{Name: m.One.Name, Email: m.One.Email})
		p.must(err)
		_, err = app.Customers.AddContact(ctx, f.Owner, t.Customer, customer.ContactDetails{Name: m.Two.Name, Email: m.Two.Email})
		p.must(err)
	}
	record, err := app.Customers.Get(ctx, f.Owner, t.Customer)
	p.must(err)
	contacts = record.Contacts
	var one, two customer.Contact
	for _, k := range contacts { // there may be others by now, whom a customer's administrator added
		switch k.Email {
		case m.One.Email:
			one = k
		case m.Two.Email:
			two = k
		}
	}
	t.Contact = one.ID
	t.Property, err = app.Properties.Create(ctx, f.Owner, t.Customer, property.Details{Line1: "1 " + m.Canary + " Street", AccessNotes: "Key under " + f.Office})
	p.must(err)
	made, err := app.Projects.Create(ctx, f.Owner, project.Draft{Name: "House of " + m.Canary, Customer: t.Customer, Property: t.Property, Stage: f.stage})
	p.must(err)
	t.Project = made.ID
	m.letIn(t, one, two)
	m.makeContractor(&t)
	m.plan(&t)
	t.Draft = m.proposal(t, "Draft", one.ID, two.ID)
	t.Approved = m.proposal(t, "Agreed", one.ID, two.ID)
	m.send(t.Approved)
	t.Proposal = m.proposal(t, "Proposal", one.ID, two.ID)
	m.send(t.Proposal)
	for _, on := range []message.Thread{{Kind: "project", ID: t.Project}, {Kind: "proposal", ID: t.Proposal}} {
		m.remarkOn(on, "Only for us: "+f.Office, true)
		m.remarkOn(on, "Welcome, "+m.Canary, false)
	}
	m.hangFiles(&t)
	p.RunJobs()
	m.One.URL, m.Two.URL = p.LinkTo(m.One.Email, "Proposal for "+m.Canary), p.LinkTo(m.Two.Email, "Proposal for "+m.Canary)
	t.Letter = m.writes()
	t.Request = m.ask(t, "Wanted by "+m.Canary)
	m.answer(&t)
	m.staff(&t)
	p.RunJobs()
	t.NoticeOfOne, t.NoticeOfOwner = p.newestNotice(f.Org, p.As(m.One).Actor(f.Slug, "/"+f.Slug+"/home").Person()), p.newestNotice(f.Org, f.Owner.Person())
	f.change(func(tx *guard.Tx) error {
		links, err := identity.LinksOf(tx, t.Proposal)
		if err == nil {
			t.Link = links[0].ID
		}
		return err
	})
	return t
}

// ask has the first contact ask for work, and gives the request's id; none while their link opens one thing only.
func (m *Family) ask(t Things, title string) string {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	una := p.As(m.One).Actor(f.Slug, "/"+f.Slug+"/home")
	if una.Item() != "" {
		return ""
	}
	made, err := p.App.Requests.Make(context.Background(), una, request.Draft{ID: id.New(), Customer: t.Customer, Title: title, Description: "A wish of " + m.Canary})
	p.must(err)
	return made.ID
}

// letIn gives the contacts the new project when an act of a test has ended their access: a
// proposal alone does not.
func (m *Family) letIn(t Things, contacts ...customer.Contact) {
	m.firm.change(func(tx *guard.Tx) error {
		for _, k := range contacts {
			person, err := identity.EnsureContactPerson(tx, k.Name, k.Email)
			if err != nil {
				return err
			}
			list, err := identity.GrantsOf(tx, person)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(list, func(g identity.Granted) bool { return g.Customer == t.Customer && g.Project == "" }) {
				continue
			}
			if err := identity.SetModules(tx, person, identity.Scope{Customer: t.Customer, Project: t.Project}, access.EveryModule, "the test lets them in"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *Family) proposal(t Things, title, one, two string) string {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx, documents := context.Background(), p.App.Documents
	made, err := documents.Create(ctx, f.Owner, t.Project, title+" for "+m.Canary)
	p.must(err)
	desk, err := documents.Workshop(ctx, f.Owner, made, 0)
	p.must(err)
	content, cost := desk.Version.Content, f.Cost
	content.OfficeNote = "Careful: " + f.Office
	content.Groups = []proposal.Group{{ID: id.New(), Name: "Work", Kind: proposal.Fixed, Lines: []proposal.Line{{ID: id.New(), Kind: proposal.Item, Name: "Brick " + m.Canary,
		Quantity: money.Whole(1), Unit: "day", UnitPrice: 9_000_000, UnitCost: &cost, Note: "Cheaper at " + f.Office, TaxPercent: money.Whole(20)}}}}
	_, err = documents.SaveDraft(ctx, f.Owner, made, desk.Version.Revision, content)
	p.must(err)
	p.must(documents.SetRecipient(ctx, f.Owner, made, one, true))
	p.must(documents.SetRecipient(ctx, f.Owner, made, two, false))
	return made
}

func (m *Family) send(proposal string) {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	desk, err := p.App.Documents.Workshop(context.Background(), f.Owner, proposal, 0)
	p.must(err)
	p.must(p.App.Documents.Send(context.Background(), f.Owner, proposal, desk.Version.Revision, ""))
}

func (m *Family) remark(proposal, text string, internal bool) {
	m.firm.portal.t.Helper()
	m.remarkOn(message.Thread{Kind: "proposal", ID: proposal}, text, internal)
}

func (m *Family) remarkOn(on message.Thread, text string, internal bool) {
	p := m.firm.portal
	p.t.Helper()
	_, err := p.App.Messages.Post(context.Background(), m.firm.Owner, on, message.Draft{Body: text, Internal: internal})
	p.must(err)
}

func (m *Family) hangFiles(t *Things) {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx := context.Background()
	hang := func(kind, on, visibility, name string, content []byte) string {
		p.t.Helper()
		saved, err := p.App.Files.Save(ctx, f.Owner, file.Hang{Kind: kind, On: on, Customer: t.Customer, Project: t.Project, Visibility: visibility}, name, "", content)
		p.must(err)
		return saved.ID
	}
	t.File = hang("project", t.Project, file.Shared, m.Canary+" wall.png", dot())
	t.OfficeFile = hang("project", t.Project, file.Office, f.Office+" margin.png", dot())
	folder, err := p.App.Filing.MakeFolder(ctx, f.Owner, t.Project, "Plans of "+m.Canary+" "+id.New(), false)
	p.must(err)
	t.Folder = folder.ID
	after := hang("project", t.Project, file.Shared, m.Canary+" wall after.png", dot())
	p.must(p.App.Filing.Pair(ctx, f.Owner, t.Project, t.File, after, "Wall of "+m.Canary))
	t.Pair = p.newestPair(f.Org, t.Project)
	kept, err := p.App.Documents.KeepEstimate(ctx, f.Owner, t.Draft, "lines.csv", []byte("Name,Quantity,Unit,Unit price\nBrick "+m.Canary+",2,day,100.00\n"))
	p.must(err)
	t.Import = kept
}

// newestPair is the id of the pair of photos that a project has had last.
func (p *Portal) newestPair(org access.OrgID, project string) string {
	p.t.Helper()
	var list []string
	p.must(p.App.Database.Read(context.Background(), "*", func(tx *db.Tx) (err error) {
		list, err = rows(tx, fmt.Sprintf("select id from file_pairs where org = '%s' and project = '%s' order by created_at desc, id desc limit 1", org, project))
		return err
	}))
	if len(list) == 0 {
		p.t.Fatal("no pair of photos was made")
	}
	return list[0]
}

// newestNotice is the id of the newest line in somebody's inbox, empty without one.
func (p *Portal) newestNotice(org access.OrgID, person access.PersonID) string {
	p.t.Helper()
	var list []string
	p.must(p.App.Database.Read(context.Background(), "*", func(tx *db.Tx) (err error) {
		list, err = rows(tx, fmt.Sprintf("select id from notices where org = '%s' and person = '%s' and hidden = false order by created_at desc, id desc limit 1", org, person))
		return err
	}))
	if len(list) == 0 {
		p.t.Fatal("nobody was told of anything")
	}
	return list[0]
}

// dot is the smallest picture that is one.
func dot() []byte {
	picture := image.NewRGBA(image.Rect(0, 0, 8, 8))
	picture.Set(1, 1, color.Black)
	var out bytes.Buffer
	_ = png.Encode(&out, picture) // into memory
	return out.Bytes()
}

// answer has One comment, begin an upload and sign the agreement.
func (m *Family) answer(t *Things) {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx, browser := context.Background(), p.As(m.One)
	actor := browser.Actor(f.Slug, "/"+f.Slug+"/home")
	posted, err := p.App.Messages.Post(ctx, actor, message.Thread{Kind: "proposal", ID: t.Proposal}, message.Draft{Body: "From " + m.Canary})
	p.must(err)
	t.Message = posted.ID
	upload, err := p.App.Files.Begin(ctx, actor, file.NewUpload{Kind: file.Composer, On: "proposal:" + t.Proposal, Name: m.Canary + ".png", Size: 100})
	p.must(err)
	t.Upload = upload.ID
	t.Signature = m.sign(actor, t.Approved)
	f.change(func(tx *guard.Tx) error {
		sealed, err := signing.ByID(tx, t.Signature)
		t.Agreement = sealed.SealedFile
		return err
	})
	if t.Agreement == "" {
		p.t.Fatal("the agreement was not sealed at once")
	}
}

var linkInMail = regexp.MustCompile(`/l/to/[a-z0-9]+`)

// LinkTo is the newest personal link in somebody's mail.
func (p *Portal) LinkTo(email, about string) string {
	p.t.Helper()
	mails := p.Mails(email)
	for i := len(mails) - 1; i >= 0; i-- {
		if path := linkInMail.FindString(mails[i].Text); path != "" && strings.Contains(mails[i].Text, about) {
			return BaseURL + path
		}
	}
	p.t.Fatalf("%s has no link in %d mails", email, len(mails))
	return ""
}

// staff gives the office a colleague, a role of its own and an API token. Those that were
// made for the family before end, because a firm has a limited number of each.
func (m *Family) staff(t *Things) {
	f, p, ctx := m.firm, m.firm.portal, context.Background()
	p.t.Helper()
	if m.office.Role != "" {
		_ = p.App.Staff.RemoveRole(ctx, f.Owner, access.Role(m.office.Role), "") // it may be gone already
		p.must(p.App.Staff.RevokeToken(ctx, f.Owner, m.office.Key))
	}
	only := access.NewPermissionSet(access.ProjectsRead)
	role, err := p.App.Staff.AddRole(ctx, f.Owner, staff.RoleDraft{Name: "Role " + id.New(), Permissions: only})
	p.must(err)
	f.token(access.ProjectsRead)
	tokens, err := p.App.Staff.Tokens(ctx, f.Owner)
	p.must(err)
	t.Role, t.Key = string(role), tokens[0].ID
	f.change(func(tx *guard.Tx) error {
		person, err := staff.Add(tx, id.New()+"@"+f.Slug+".example", "Spare "+f.Canary, access.Member)
		t.Colleague = string(person)
		return err
	})
	m.office = *t
}

// token makes an API token of the owner's, who has just signed in.
func (f *Firm) token(scopes ...access.Permission) string {
	p, ctx := f.portal, context.Background()
	p.t.Helper()
	entered, err := p.App.Identity.StartSession(ctx, f.Owner.Person(), identity.Visit{})
	p.must(err)
	browser, home := p.Browser(), "/"+f.Slug+"/office"
	target, err := url.Parse(BaseURL + home)
	p.must(err)
	browser.jar.SetCookies(target, []*http.Cookie{{Name: "__Host-lintel", Value: entered.Session, Path: "/", Secure: true}, {Name: "__Host-lintel-browser", Value: entered.Browser, Path: "/", Secure: true}})
	text, err := p.App.Staff.MakeToken(ctx, browser.Actor(f.Slug, home), staff.TokenDraft{Name: "Token " + f.Canary, Scopes: access.NewPermissionSet(scopes...), Days: 365})
	p.must(err)
	return text
}

// sign approves the newest version of a proposal, and gives the signature.
func (m *Family) sign(actor access.Actor, proposal string) string {
	p, ctx := m.firm.portal, context.Background()
	p.t.Helper()
	r, err := p.App.Documents.Read(ctx, actor, proposal, 0)
	p.must(err)
	progress := document.Progress{}
	for _, term := range r.Version.Content.Terms {
		progress.Terms = append(progress.Terms, term.ID)
	}
	signed, err := p.App.Documents.Approve(ctx, actor, document.Approval{Document: proposal, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Total: r.Totals.Total, Progress: progress,
		ConsentVersion: signing.CurrentConsent("en").Version, Method: signing.Typed, Typed: m.One.Name, Browser: route.Browser{Address: "203.0.113.9", Agent: "Firefox"}})
	p.must(err)
	return signed.ID
}
