package document_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/document/reading"
	"lintel/internal/features/document/writing"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/features/signing"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
	"lintel/internal/ui"
)

// office is Hartwell's office at its desk, on one engine: Jon owns the firm, Eve is a member
// who may not see costs; a rival firm works on the same server.
type office struct {
	*testing.T
	clock     *clock.Fake
	store     *guard.Store
	files     *file.Service
	service   *document.Service
	customers *customer.Service
	messages  *message.Service
	server    http.Handler
	table     *route.Table
	actors    map[string]access.Actor
	firms     map[string]access.Organisation

	customer, project, maria, tom string // ids of Hartwell's
	theirContact                  string // a contact of another customer
	document                      string // Hartwell's kitchen, a draft
}

func inOffice(t *testing.T, run func(o *office)) {
	t.Helper()
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(openOffice(t, database)) })
}

func openOffice(t *testing.T, database *db.DB) *office {
	t.Helper()
	o := &office{T: t, clock: clock.NewFake(time.Date(2026, 11, 22, 14, 32, 0, 0, time.UTC)), actors: map[string]access.Actor{}, firms: map[string]access.Organisation{}}
	_, err := migrate.Up(t.Context(), database, o.clock.Now())
	o.must(err)
	quiet := slog.New(slog.DiscardHandler)
	events := event.NewRegistry()
	for _, kinds := range [][]event.Kind{organisation.Events(), customer.Events(), property.Events(), project.Events(), file.Events(), identity.Events(), outbox.Events(), message.Events(), signing.Events(), document.Events()} {
		events.Declare(kinds...)
	}
	o.store = guard.New(database, events, o.clock, quiet, func() {})
	blobs, err := blob.OpenDisk(filepath.Join(t.TempDir(), "files"))
	o.must(err)
	box, err := secret.OpenOrCreateKey(filepath.Join(t.TempDir(), "key"))
	o.must(err)
	folder, err := mail.OpenFolder(t.TempDir())
	o.must(err)
	mails, err := outbox.New(o.store, box, outbox.Means{Sender: folder, From: "portal@portal.example", Host: "portal.example"})
	o.must(err)
	o.files = file.New(o.store, blobs, quiet, 0)
	o.files.Register("proposal", document.HangOnProposal)
	o.customers = customer.New(o.store)
	seals := signing.New(o.store, box, o.clock, httpclient.New(httpclient.Options{}), "")
	o.service = document.New(o.store, o.files, seals, mails, document.Means{BaseURL: "https://portal.example", Notices: notify.New(o.store, notify.Means{BaseURL: "https://portal.example", Mail: mails.Queue, Box: box})}, quiet)
	frame := organisation.NewFrame(officeMenu())
	o.messages = message.New(o.store, o.files, frame)
	o.messages.Register("proposal", document.Conversation)
	o.found(blobs)
	o.serve(frame, quiet)
	return o
}

func officeMenu() []organisation.NavItem {
	var items []organisation.NavItem
	for key, icon := range map[string]string{"customers": "building-2", "projects": "folder-kanban", "proposals": "file-text"} {
		items = append(items, organisation.NavItem{Key: key, Label: strings.ToUpper(key[:1]) + key[1:], Icon: icon, URL: func(slug string) string { return "/" + slug + "/office/" + key },
			Permission: access.ProposalsRead, Face: access.OfficeFace})
	}
	return items
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) found(blobs blob.Store) {
	o.Helper()
	firms := organisation.New(o.store, blobs, organisation.Ports{})
	for _, name := range []string{"Hartwell & Sons", "Rival Builders"} {
		firm, err := firms.Found(o.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: name, Currency: "EUR", Zone: "Europe/London", TaxName: "VAT", TaxPercent: "20"}})
		o.must(err)
		o.firms[firm.Slug] = firm
		short, _, _ := strings.Cut(strings.ToLower(name), " ")
		for who, role := range map[string]access.Role{"jon": access.Owner, "eve": access.Member, "reader": access.ReadOnly} {
			key := who
			if short != "hartwell" {
				key = short + " " + who
			}
			o.actors[key] = access.NewActor(access.Identity{Org: firm.ID, Person: access.PersonID(short + who), Kind: access.Staff, Role: role, Name: "Jon Sato", Email: "jon@hartwell.example", Proof: access.SignedIn})
		}
	}
	projects := project.New(o.store, project.Ports{})
	kitchen, err := projects.Create(o.Context(), o.actors["jon"], project.Draft{Name: "Kitchen & ground-floor refit", NewCustomer: customer.Details{Name: "Ruiz family"}})
	o.must(err)
	o.customer, o.project = kitchen.Customer, kitchen.ID
	other, err := projects.Create(o.Context(), o.actors["jon"], project.Draft{Name: "Loft", NewCustomer: customer.Details{Name: "Okafor family"}})
	o.must(err)
	o.must(o.store.Change(o.Context(), o.actors["jon"], access.CustomersWrite, func(tx *guard.Tx) (err error) {
		if o.maria, err = customer.AddContactIn(tx, o.customer, customer.ContactDetails{Name: "Maria Ruiz", Email: "maria@ruiz-family.example", Title: "Owner"}); err != nil {
			return err
		}
		if o.tom, err = customer.AddContactIn(tx, o.customer, customer.ContactDetails{Name: "Tom Ruiz", Email: "tom@ruiz-family.example"}); err != nil {
			return err
		}
		o.theirContact, err = customer.AddContactIn(tx, other.Customer, customer.ContactDetails{Name: "Ada Okafor", Email: "ada@okafor.example"})
		return err
	}))
	o.document, err = o.service.Create(o.Context(), o.actors["jon"], o.project, "Kitchen & ground-floor refit")
	o.must(err)
}

func (o *office) serve(frame *organisation.Frame, quiet *slog.Logger) {
	o.table = &route.Table{}
	o.table.Mount("/static/{path...}", access.Anyone("the same for everybody"), ui.Assets())
	o.files.Routes(o.table)
	o.messages.Routes(o.table)
	writing.NewPages(o.service, frame, writing.Around{Conversation: func(r *route.Request, d document.Document) (templ.Component, error) {
		props, err := o.messages.Props(r, "proposal", d.ID)
		return message.Conversation(props), err
	}}).Routes(o.table)
	reading.NewPages(o.service, frame, reading.Around{Conversation: func(*guard.Tx, *route.Request, message.Thread) (templ.Component, error) {
		return templ.NopComponent, nil
	}}).Routes(o.table)
	o.server = o.table.Handler(route.Edge{
		Authenticate: func(_ context.Context, r *http.Request, slug string) (access.Actor, access.Organisation, error) {
			firm, known := o.firms[slug]
			who := r.Header.Get("Test-Actor")
			if cookie, err := r.Cookie("who"); err == nil {
				who = cookie.Value
			}
			actor := o.actors[who]
			if !known || actor.Org() != firm.ID {
				actor = access.Actor{}
			}
			return actor, firm, nil
		},
		Reader: func(ctx context.Context, r *route.Request) context.Context {
			return i18n.WithReader(ctx, i18n.Reader{Language: "en", Zone: r.Organisation.Zone, Now: o.clock.Now()})
		},
		Trouble: frame.Trouble,
		SignIn:  func(*route.Request) string { return "/sign-in" },
		Address: func(*http.Request) string { return "192.0.2.1" },
		Log:     quiet,
	})
}

func (o *office) path(more string) string {
	return "/hartwell-sons/office/proposals/" + o.document + more
}

func (o *office) do(who, method, address, mediaType string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	o.Helper()
	r := httptest.NewRequest(method, address, body)
	r.Header.Set("Test-Actor", who)
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	o.server.ServeHTTP(answer, r)
	return answer
}

// get gives a page, and fails unless it is there.
func (o *office) get(who, address string) string {
	o.Helper()
	answer := o.do(who, http.MethodGet, address, "", nil)
	if answer.Code != http.StatusOK {
		o.Fatalf("%s: %d %.300s", address, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func (o *office) post(who, address string, fields url.Values, headers ...string) *httptest.ResponseRecorder {
	o.Helper()
	return o.do(who, http.MethodPost, address, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()), headers...)
}

// upload posts a spreadsheet as the browser's form does.
func (o *office) upload(who, name string, content []byte) *httptest.ResponseRecorder {
	o.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("estimate", name)
	o.must(err)
	_, err = part.Write(content)
	o.must(err)
	o.must(form.Close())
	return o.do(who, http.MethodPost, o.path("/import"), form.FormDataContentType(), &body)
}

func (o *office) desk() document.Desk {
	o.Helper()
	desk, err := o.service.Desk(o.Context(), o.actors["jon"], o.document, 0)
	o.must(err)
	return desk
}

// save stores content as Jon does in the editor.
func (o *office) save(content proposal.Content) document.Version {
	o.Helper()
	saved, err := o.service.SaveDraft(o.Context(), o.actors["jon"], o.document, o.desk().Version.Revision, content)
	o.must(err)
	return saved
}

// form is what a browser would post from the form with an id, without pressing a button.
func (o *office) form(page, id string) url.Values {
	o.Helper()
	root, err := html.Parse(strings.NewReader(page))
	o.must(err)
	values := url.Values{}
	form := find(root, func(n *html.Node) bool { return n.Data == "form" && attribute(n, "id") == id })
	if form == nil {
		o.Fatalf("the page has no form %q", id)
	}
	collect(form, values)
	return values
}

func find(n *html.Node, is func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && is(n) {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := find(c, is); found != nil {
			return found
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// collect adds the successful controls below a node. Templates are not part of a form.
func collect(n *html.Node, values url.Values) {
	name := attribute(n, "name")
	switch {
	case n.Data == "template" || has(n, "disabled"):
		return
	case name == "":
	case n.Data == "input":
		kind := attribute(n, "type")
		if kind == "submit" || kind == "file" || (kind == "checkbox" || kind == "radio") && !has(n, "checked") {
			break
		}
		values.Add(name, attribute(n, "value"))
	case n.Data == "textarea":
		if n.FirstChild != nil {
			values.Add(name, n.FirstChild.Data)
		} else {
			values.Add(name, "")
		}
	case n.Data == "select":
		option := find(n, func(c *html.Node) bool { return c.Data == "option" && has(c, "selected") })
		if option == nil {
			option = find(n, func(c *html.Node) bool { return c.Data == "option" })
		}
		values.Add(name, attribute(option, "value"))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		collect(c, values)
	}
}
