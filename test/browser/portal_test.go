package browser

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/property"
	"lintel/internal/features/staff"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/mail"
)

// portal is the whole program with one firm, served over real HTTP on localhost with its jobs
// running. Its mails lie in a folder, where people of a test find theirs.
type portal struct {
	t     *testing.T
	app   *app.App
	url   string
	clock *movableClock
	post  *postman
	asked struct {
		sync.Mutex
		list []string // "GET /hartwell/office", as they came
	}

	firm     access.Organisation
	ruth     access.Actor // the owner
	customer string
	contact  string // Maria Ruiz
	second   string // Tomas Ruiz
	project  string
}

const (
	ownersAddress  = "ruth@hartwell.example"
	leadsAddress   = "jon@hartwell.example"
	mariasAddress  = "maria.ruiz@harbourmail.example"
	tomasAddress   = "tomas.ruiz@harbourmail.example"
	staffsPassword = "copper-lantern-orchard"
)

// movableClock is the machine's clock; a test moves it on to see things end.
type movableClock struct{ ahead atomic.Int64 }

func (c *movableClock) Now() time.Time {
	return clock.System().Now().Add(time.Duration(c.ahead.Load()))
}

func (c *movableClock) moveOn(d time.Duration) { c.ahead.Add(int64(d)) }

// postman keeps every mail and lets people wait for theirs.
type postman struct {
	*mail.Folder
	mu      sync.Mutex
	letters []letter
	arrived chan struct{} // closed, and made anew, with each letter
}

type letter struct {
	to string
	mail.Parsed
}

func (p *postman) Send(ctx context.Context, from, to string, raw []byte) error {
	if err := p.Folder.Send(ctx, from, to, raw); err != nil {
		return err
	}
	parsed, err := mail.Parse(raw)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = append(p.letters, letter{to, parsed})
	close(p.arrived)
	p.arrived = make(chan struct{})
	return nil
}

func (p *postman) find(to, part string, skip int) (found letter, ok bool, more chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters[min(skip, len(p.letters)):] {
		if l.to == to && (strings.Contains(l.Subject, part) || strings.Contains(l.Text, part)) {
			found, ok = l, true // the newest
		}
	}
	return found, ok, p.arrived
}

// count is how many mails there are; pass it to mailAfter to wait for a later one.
func (p *postman) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.letters)
}

// mailTo waits for the newest mail to somebody with these words in its subject or text.
func (p *portal) mailTo(address, words string) letter {
	p.t.Helper()
	return p.mailAfter(0, address, words)
}

func (p *portal) mailAfter(skip int, address, words string) letter {
	p.t.Helper()
	limit := time.NewTimer(15 * time.Second)
	defer limit.Stop()
	for {
		found, ok, more := p.post.find(address, words, skip)
		if ok {
			return found
		}
		select {
		case <-more:
		case <-limit.C:
			p.t.Fatalf("no mail with %q came for %s; there are: %s", words, address, p.post)
		}
	}
}

func (p *postman) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var text strings.Builder
	for _, l := range p.letters {
		fmt.Fprintf(&text, "\n  to %s: %s", l.to, l.Subject)
	}
	return text.String()
}

var (
	personalLink = regexp.MustCompile(`https?://[^\s"]+/(?:l/to|join/to|sign-in/link|sign-in/reset)/[a-z0-9]+`)
	mailedCode   = regexp.MustCompile(`(?m)^\s*(\d{3}) ?(\d{3})\s*$`)
)

// link is the one personal link of a mail; the text and the HTML must hold the same.
func (p *portal) link(l letter) string {
	p.t.Helper()
	link := personalLink.FindString(l.Text)
	if link == "" || !strings.Contains(l.HTML, link) {
		p.t.Fatalf("the mail %q has no link in text and HTML: %s", l.Subject, l.Text)
	}
	return link
}

func (p *portal) code(l letter) string {
	p.t.Helper()
	found := mailedCode.FindStringSubmatch(l.Text)
	if found == nil {
		p.t.Fatalf("the mail %q has no code: %s", l.Subject, l.Text)
	}
	return found[1] + found[2]
}

// openPortal starts the program and founds Hartwell & Sons with a customer and a project.
func openPortal(t *testing.T) *portal {
	t.Helper()
	chromium.need(t)
	p := &portal{t: t, clock: &movableClock{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err, "listen")
	p.url = fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)
	folder, err := mail.OpenFolder(filepath.Join(t.TempDir(), "mail"))
	p.must(err, "open the mail folder")
	p.post = &postman{Folder: folder, arrived: make(chan struct{})}
	settings := config.Defaults()
	settings.BaseURL, settings.DataDir = p.url, t.TempDir()
	var trouble lockedBuffer
	p.app, err = app.New(context.Background(), app.Options{Config: settings, Clock: p.clock, Log: slog.New(slog.NewTextHandler(&trouble, &slog.HandlerOptions{Level: slog.LevelError})), Sender: p.post, MailsAtOnce: true})
	p.must(err, "start the program")
	p.serve(listener)
	t.Cleanup(func() {
		if log := trouble.String(); log != "" {
			t.Errorf("the program logged errors:\n%s", log)
		}
	})
	p.found()
	return p
}

func (p *portal) serve(listener net.Listener) {
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Lock()
		p.asked.list = append(p.asked.list, r.Method+" "+r.URL.Path)
		p.asked.Unlock()
		p.app.Handler.ServeHTTP(w, r)
	})}
	working, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	running.Go(func() { p.app.Jobs.Run(working) })
	p.t.Cleanup(func() {
		_ = server.Close()
		stop()
		running.Wait()
		_ = p.app.Close()
	})
}

// requests are all that the program was asked so far.
func (p *portal) requests() []string {
	p.asked.Lock()
	defer p.asked.Unlock()
	return slices.Clone(p.asked.list)
}

func (p *portal) must(err error, doing string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", doing, err)
	}
}

// found makes the firm as its owner would have: by the services behind the pages.
func (p *portal) found() {
	p.t.Helper()
	ctx := p.t.Context()
	var err error
	p.firm, err = p.app.Organisations.Found(ctx, organisation.Founding{Slug: "hartwell", Colour: "#00835a", Logo: sample(p.t, "logo-hartwell.png"),
		Firm: organisation.FirmDetails{Name: "Hartwell & Sons", Email: "office@hartwell.example", Phone: "+44 1632 960 114", Trade: organisation.Builder, Language: "en", Zone: "Europe/London",
			Currency: "EUR", TaxName: "VAT", TaxPercent: "20"},
		Owner: organisation.Owner{Name: "Ruth Hartwell", Email: ownersAddress, Password: staffsPassword}})
	p.must(err, "found the firm")
	hash, err := p.app.Identity.HashPassword(ctx, staffsPassword)
	p.must(err, "hash a password")
	p.change(access.SystemWork, access.NewSystem(p.firm.ID, "a test hires"), func(tx *guard.Tx) error {
		lead, err := staff.Add(tx, leadsAddress, "Jon Sato", access.Manager)
		if err != nil {
			return err
		}
		if err := identity.SetPassword(tx, lead, hash); err != nil {
			return err
		}
		members, err := identity.StaffMembers(tx)
		for _, m := range members {
			if m.Role == access.Owner {
				p.ruth = access.NewActor(access.Identity{Org: p.firm.ID, Person: m.Person, Kind: access.Staff, Role: m.Role, Name: m.Name, Email: m.Email, Proof: access.SignedIn})
			}
		}
		return err
	})
	p.enrol()
}

// enrol makes the Ruiz family and their kitchen.
func (p *portal) enrol() {
	p.t.Helper()
	ctx := p.t.Context()
	var err error
	p.customer, err = p.app.Customers.Create(ctx, p.ruth, customer.Details{Name: "Maria and Tomas Ruiz", Address: "8 Orchard Row\nElmsbury EL1 7RP", Notes: "Prefers calls after 18:00."}, customer.ContactDetails{})
	p.must(err, "make the customer")
	p.contact, err = p.app.Customers.AddContact(ctx, p.ruth, p.customer, customer.ContactDetails{Name: "Maria Ruiz", Email: mariasAddress, Title: "Owner"})
	p.must(err, "make a contact")
	p.second, err = p.app.Customers.AddContact(ctx, p.ruth, p.customer, customer.ContactDetails{Name: "Tomas Ruiz", Email: tomasAddress, Title: "Owner"})
	p.must(err, "make a contact")
	place, err := p.app.Properties.Create(ctx, p.ruth, p.customer, property.Details{Line1: "8 Orchard Row", City: "Elmsbury", Postcode: "EL1 7RP", Country: "United Kingdom"})
	p.must(err, "make the property")
	made, err := p.app.Projects.Create(ctx, p.ruth, project.Draft{Name: "Kitchen & ground-floor refit", Customer: p.customer, Property: place, Lead: string(p.ruth.Person())})
	p.must(err, "make the project")
	p.project = made.ID
}

func (p *portal) change(permission access.Permission, actor access.Actor, fn func(*guard.Tx) error) {
	p.t.Helper()
	p.must(p.app.Store.Change(p.t.Context(), actor, permission, fn), "prepare the firm")
}

// signIn lets a person of the office in by the sign-in page.
func (p *portal) signIn(who *Person, address string) {
	p.t.Helper()
	who.Open(p.url + "/hartwell/office/projects")
	p.typesPassword(who, address)
	who.Arrives("/hartwell/office/projects")
}

// typesPassword fills in the sign-in page that somebody is on.
func (p *portal) typesPassword(who *Person, address string) {
	p.t.Helper()
	who.Arrives("/sign-in")
	who.Fill("E-mail or username", address)
	who.Fill("Password", staffsPassword)
	who.Click(who.Button("Sign in"))
}

// enters follows a personal link and presses the one button.
func (p *portal) enters(who *Person, link, name string) {
	p.t.Helper()
	who.Open(link)
	who.Click(who.Button("Continue as " + name))
}

// lockedBuffer is written by the program and read when the test ends.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}
