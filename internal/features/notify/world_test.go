package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

// inboxes is a firm in London with Jon and Eve in the office and Maria and Otto as customers; Eve and Otto read German
// and are in Berlin. Mails go to a mail server in this process.
type inboxes struct {
	*testing.T
	database *db.DB
	store    *guard.Store
	service  *Service
	server   http.Handler
	actors   map[string]access.Actor
	clock    *clock.Fake
	runner   *jobs.Runner
	outbox   *outbox.Service
	box      secret.Box
	post     *post
	events   int
}

// post is a mail server whose answer a test decides.
type post struct {
	mu     sync.Mutex
	answer error
	taken  []taken
}

type taken struct{ to, raw string }

func (p *post) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{post: p}, nil }

type session struct {
	post *post
	to   string
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.to = to
	return s.post.answer
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.taken = append(s.post.taken, taken{s.to, string(raw)})
	return nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (p *post) set(answer error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

var errAway = errors.New("451 come back later")

func onBoth(t *testing.T, run func(w *inboxes)) {
	t.Helper()
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(newWorld(t, database)) })
}

func newWorld(t *testing.T, database *db.DB) *inboxes {
	t.Helper()
	now := clock.NewFake(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) // a Monday
	if _, err := migrate.Up(t.Context(), database, now.Now()); err != nil {
		t.Fatal(err)
	}
	box, err := secret.OpenOrCreateKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	events := event.NewRegistry()
	events.Declare(organisation.Events()...)
	events.Declare(outbox.Events()...)
	events.Declare(identity.Events()...)
	events.Declare(Events()...)
	w := &inboxes{T: t, database: database, clock: now, box: box, post: &post{}, actors: map[string]access.Actor{}}
	w.runner = jobs.New(database, now, quiet)
	w.store = guard.New(database, events, now, quiet, w.runner.Wake)
	firm, err := organisation.New(w.store, nil, organisation.Ports{}).Found(t.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Hartwell & Sons", Zone: "Europe/London"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, identity := range map[string]access.Identity{"jon": {Kind: access.Staff, Role: access.Owner}, "eve": {Kind: access.Staff, Role: access.Member},
		"maria": {Kind: access.Customer, Modules: access.EveryModule}, "otto": {Kind: access.Customer, Modules: access.EveryModule},
		"maria for one": {Kind: access.Customer, Modules: access.EveryModule, Item: "kitchen"}} {
		person, _, _ := strings.Cut(name, " ")
		identity.Org, identity.Person, identity.Name, identity.Proof = firm.ID, access.PersonID(person), person, access.ConfirmedBrowser
		w.actors[name] = access.NewActor(identity)
	}
	w.member("jon", "staff", "owner", "", "")
	w.member("eve", "staff", "member", "de", "Europe/Berlin")
	w.member("maria", "customer", "", "", "")
	w.member("otto", "customer", "", "de", "Europe/Berlin")
	w.exec(`insert into customers (org, id, name, folded, created_at, updated_at) values ('ORG', 'c', 'Ruiz', 'ruiz', 0, 0)`)
	w.exec(`insert into stages (org, id, name, bucket, position) values ('ORG', 's', 'Begun', 'current', 99)`)
	for i, project := range []string{"kitchen", "loft"} {
		w.exec(fmt.Sprintf(`insert into projects (org, id, number, serial, name, folded, customer, stage, bucket, created_at, updated_at)
			values ('ORG', '%[1]s', 'J-%[2]d', %[2]d, '%[3]s', '%[1]s', 'c', 's', 'current', 0, 0)`, project, i+1, strings.ToUpper(project[:1])+project[1:]))
	}
	if w.outbox, err = outbox.New(w.store, box, outbox.Means{Sender: w.startPost(), From: "portal@portal.example", Host: "portal.example"}); err != nil {
		t.Fatal(err)
	}
	w.service = New(w.store, Means{BaseURL: "https://portal.example", Mail: w.outbox.Queue, Box: box, Burst: 2 * time.Minute, Suppressed: w.outbox.Suppressed})
	w.outbox.Jobs(w.runner)
	w.service.Jobs(w.runner)
	w.serve(firm, quiet)
	return w
}

func (w *inboxes) serve(firm access.Organisation, quiet *slog.Logger) {
	frame := organisation.NewFrame(nil)
	table := &route.Table{}
	people := identity.New(w.store, w.clock, quiet, identity.Means{BaseURL: &url.URL{Scheme: "https", Host: "portal.example"}})
	NewPages(w.service, people, frame).Routes(table)
	w.server = table.Handler(route.Edge{
		Authenticate: func(_ context.Context, r *http.Request, _ string) (access.Actor, access.Organisation, error) {
			return w.actors[r.Header.Get("Test-Actor")], firm, nil
		},
		Reader: func(ctx context.Context, _ *route.Request) context.Context {
			return i18n.WithReader(ctx, i18n.Reader{Language: "en", Zone: time.UTC, Now: w.clock.Now()})
		},
		Trouble: frame.Trouble, SignIn: func(*route.Request) string { return "/sign-in" }, Address: func(*http.Request) string { return "192.0.2.1" }, Log: quiet})
}

func (w *inboxes) startPost() mail.Sender {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	server := gosmtp.NewServer(w.post)
	server.Domain, server.AllowInsecureAuth = "post.example", true
	go func() { _ = server.Serve(listener) }()
	w.Cleanup(func() { server.Close() })
	sender, err := mail.NewSMTP(mail.SMTPConfig{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: mail.NoTLS}, w.clock)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { sender.Close() })
	return sender
}

// exec runs a statement; ORG in it is the firm.
func (w *inboxes) exec(text string) {
	w.Helper()
	text = strings.ReplaceAll(text, "ORG", string(w.actors["jon"].Org()))
	if err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
		w.Fatal(err)
	}
}

func (w *inboxes) member(name, kind, role, language, zone string) {
	w.Helper()
	w.exec(fmt.Sprintf("insert into people (id, email, email_folded, language, zone, created_at) values ('%[1]s', '%[1]s@example.com', '%[1]s@example.com', '%[2]s', '%[3]s', 0)", name, language, zone))
	w.exec(fmt.Sprintf("insert into memberships (org, person, kind, role, name, email, created_at) values ('ORG', '%[1]s', '%[2]s', '%[3]s', '%[4]s', '%[1]s@example.com', 0)",
		name, kind, role, strings.ToUpper(name[:1])+name[1:]))
}

// happen writes an event of the customer into the log, about a subject of a project.
func (w *inboxes) happen(event, subject, project string) {
	w.Helper()
	w.record(event, subject, "c", project)
}

// record writes an event into the log, unless it is there.
func (w *inboxes) record(event, subject, customer, project string) {
	w.Helper()
	w.events++
	w.exec(fmt.Sprintf(`insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
		values ('ORG', '%s', %d, 'message.posted', 0, 'staff', 'jon', 'proposal', '%s', '%s', '%s', '', '', '', '', '') on conflict (org, id) do nothing`, event, 1000+w.events, subject, customer, project))
}

// grant lets somebody see the customer's things.
func (w *inboxes) grant(person, project, module string) {
	w.Helper()
	w.exec(fmt.Sprintf("insert into grants (org, id, person, customer, project, module, created_at) values ('ORG', '%s-%s-%s', '%[1]s', 'c', '%[2]s', '%[3]s', 0)", person, project, module))
}

func (w *inboxes) tell(person, event, title, url string) {
	w.Helper()
	w.tellOf(Telling{Person: access.PersonID(person), Event: event, Activity: Messages, Title: title, URL: url})
}

// tellOf tells of events; of those that did not happen yet it says that they did, to no customer.
func (w *inboxes) tellOf(list ...Telling) {
	w.Helper()
	for _, t := range list {
		w.record(t.Event, "", "", "")
	}
	system := access.NewSystem(w.actors["jon"].Org(), "a test")
	err := w.store.Change(w.Context(), system, access.SystemWork, func(tx *guard.Tx) error {
		for i := range list {
			if list[i].Kind == "" {
				list[i].Kind = w.actors[string(list[i].Person)].Kind()
			}
			if list[i].URL == "" {
				list[i].URL = "/hartwell-sons/office/projects/kitchen"
			}
		}
		return w.service.TellAll(tx, list)
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *inboxes) drain() {
	w.Helper()
	if _, err := w.runner.Drain(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// pass lets time go by, and the jobs of that time run.
func (w *inboxes) pass(d time.Duration) { w.Helper(); w.clock.Advance(d); w.drain() }

// mails gives what the mail server has taken for somebody, and forgets it.
func (w *inboxes) mails(person string) (list []mail.Parsed) {
	w.Helper()
	w.post.mu.Lock()
	defer w.post.mu.Unlock()
	var others []taken
	for _, m := range w.post.taken {
		if m.to != person+"@example.com" {
			others = append(others, m)
			continue
		}
		parsed, err := mail.Parse([]byte(m.raw))
		if err != nil {
			w.Fatal(err)
		}
		list = append(list, parsed)
	}
	w.post.taken = others
	return list
}

func header(m mail.Parsed, name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}
