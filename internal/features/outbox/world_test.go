package outbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

// post is a mail server in this process whose answers a test decides.
type post struct {
	mu       sync.Mutex
	answer   error            // to every recipient; nil takes the mail
	answers  map[string]error // to one recipient
	taken    []taken
	dropOnce bool // take the next message, then end the connection without saying so
}

type taken struct {
	to  string
	raw string
}

func (p *post) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	return &session{post: p, conn: c}, nil
}

type session struct {
	post *post
	conn *gosmtp.Conn
	to   string
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.to = to
	if err := s.post.answers[to]; err != nil {
		return err
	}
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
	if s.post.dropOnce {
		s.post.dropOnce = false
		s.conn.Conn().Close()
		return errors.New("gone")
	}
	return nil
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// set changes the server's answer to everybody.
func (p *post) set(answer error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *post) messages() []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]taken(nil), p.taken...)
}

type world struct {
	*testing.T
	database *db.DB
	store    *guard.Store
	clock    *clock.Fake
	runner   *jobs.Runner
	post     *post
	outbox   *Service
	staff    access.Actor
}

func onBoth(t *testing.T, test func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		if _, err := migrate.Up(t.Context(), database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		box, err := secret.OpenOrCreateKey(filepath.Join(t.TempDir(), "key"))
		if err != nil {
			t.Fatal(err)
		}
		quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
		w := &world{T: t, database: database, clock: clock.NewFake(time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC)), post: &post{answers: map[string]error{}}}
		registry := event.NewRegistry()
		registry.Declare(Events()...)
		w.runner = jobs.New(database, w.clock, quiet)
		w.store = guard.New(database, registry, w.clock, quiet, w.runner.Wake)
		if w.outbox, err = New(w.store, box, Means{Sender: w.startPost(), From: "portal@lintel.example", Host: "lintel.example", Attachment: w.attachment}); err != nil {
			t.Fatal(err)
		}
		w.outbox.Jobs(w.runner)
		w.exec(`insert into organisations (id, slug, name, address, phone, email, colour, created_at)
			values ('org1', 'hartwell', 'Hartwell & Sons', '3 Mill Yard, Elmsbury', '01632 960 118', 'office@hartwell.example', '#0b7a53', 0)`)
		w.staff = access.NewActor(access.Identity{Org: "org1", Person: "sam", Kind: access.Staff, Role: access.Owner, Name: "Sam"})
		test(w)
	})
}

func (w *world) startPost() mail.Sender {
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

func (w *world) attachment(_ context.Context, org access.OrgID, file string) (string, string, []byte, error) {
	if org != "org1" || file != "signed" {
		return "", "", nil, fault.New(fault.NotFound, "This file was not found.")
	}
	return "Kitchen, signed.pdf", "application/pdf", []byte("%PDF-1.7 sealed"), nil
}

func (w *world) exec(text string, args ...any) {
	w.Helper()
	if err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) queue(letters ...Letter) {
	w.Helper()
	err := w.store.Change(w.Context(), w.staff, access.ProposalsSend, func(tx *guard.Tx) error {
		for _, l := range letters {
			if err := w.outbox.Queue(tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) drain() {
	w.Helper()
	if _, err := w.runner.Drain(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// list gives the mails about the proposal, the newest first.
func (w *world) list() (out []Sent) {
	w.Helper()
	err := w.store.View(w.Context(), w.staff, access.ProposalsRead, func(tx *guard.Tx) (err error) {
		out, err = w.outbox.About(tx, "proposal1")
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// events gives the kinds of all events with their data.
func (w *world) events() (out []string) {
	w.Helper()
	err := w.database.Read(w.Context(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(`select kind, subject_kind, subject, body from events order by seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, subjectKind, subject, body string
			if err := rows.Scan(&kind, &subjectKind, &subject, &body); err != nil {
				return err
			}
			out = append(out, kind+" "+subjectKind+" "+subject+" "+body)
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

const secretLink = "https://portal.example/l/abcdefsecrettokenxyz"

func letterTo(address string) Letter {
	return Letter{Person: "maria", To: address, ToName: "Maria Ruiz", Subject: "Your proposal is ready", Title: "Your proposal is ready",
		Paragraphs: []string{"Hello Maria, your **Kitchen refit** is ready."}, Button: "Open the proposal", URL: secretLink, Language: "en",
		Notes: []string{"This link is for Maria Ruiz only."}, ReplyLine: "Questions? Just answer this e-mail.", AboutKind: "proposal", About: "proposal1"}
}
