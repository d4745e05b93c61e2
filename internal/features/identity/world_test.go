package identity_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/outbox"
	"lintel/internal/features/staff"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

// world is two firms on one server: Hartwell with Dana (owner) and Jon in the office and
// Maria as a customer's contact, and Northgate next door.
type world struct {
	t        testing.TB
	database *db.DB
	store    *guard.Store
	clock    *clock.Fake
	service  *identity.Service
	runner   *jobs.Runner
	log      *lockedBuffer
	logger   *slog.Logger
	office   access.Actor
	maria    access.PersonID
	dana     access.PersonID

	mu    sync.Mutex
	mails []outbox.Letter
}

const (
	hartwell  = access.OrgID("hartwell-id")
	northgate = access.OrgID("northgate-id")
)

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func onBoth(t *testing.T, run func(w *world)) {
	t.Helper()
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(newWorld(t, database)) })
}

func newWorld(t testing.TB, database *db.DB) *world {
	t.Helper()
	start := time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC)
	if _, err := migrate.Up(context.Background(), database, start); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, database: database, clock: clock.NewFake(start), log: &lockedBuffer{}}
	w.logger = slog.New(slog.NewTextHandler(w.log, nil))
	events := event.NewRegistry()
	events.Declare(identity.Events()...)
	events.Declare(staff.Events()...)
	w.runner = jobs.New(database, w.clock, w.logger)
	w.store = guard.New(database, events, w.clock, w.logger, w.runner.Wake)
	base, _ := url.Parse("https://portal.example")
	w.service = identity.New(w.store, w.clock, w.logger, identity.Means{BaseURL: base, Passwords: secret.NewPasswords(), Mail: w.mail,
		Describe: func(_ context.Context, o access.Organisation, _ access.PersonID, kind, item string) (identity.LandingItem, error) {
			return identity.LandingItem{Kind: "Proposal", Title: "Kitchen & ground-floor refit", Place: "8 Orchard Row, Elmsbury", Deadline: "Valid until 16 October",
				URL: "/" + o.Slug + "/home/proposals/" + item, Picture: "cover-of-" + item}, nil
		},
		Picture: func(_ context.Context, org access.OrgID, fileID string) (io.ReadSeekCloser, string, error) {
			return picture{strings.NewReader("picture " + fileID + " of " + string(org))}, "image/jpeg", nil
		}})
	w.raw(`insert into organisations (id, slug, name, created_at) values ('hartwell-id', 'hartwell', 'Hartwell & Sons', 1), ('northgate-id', 'northgate', 'Northgate Lets', 1)`)
	w.office = access.NewSystem(hartwell, "test")
	w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) {
		if w.dana, err = staff.Add(tx, "dana@hartwell.example", "Dana Kowal", access.Owner); err != nil {
			return err
		}
		w.maria, err = identity.EnsureContactPerson(tx, "Maria Ruiz", "maria@ruiz-family.example")
		return err
	})
	return w
}

type picture struct{ *strings.Reader }

func (picture) Close() error { return nil }

func (w *world) mail(_ *guard.Tx, l outbox.Letter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mails = append(w.mails, l)
	return nil
}

// raw does what no verb of the product does.
func (w *world) raw(text string, args ...any) {
	w.t.Helper()
	if err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		w.t.Fatal(err)
	}
}

// count is the number that a query answers.
func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	err := w.database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) change(actor access.Actor, p access.Permission, fn func(*guard.Tx) error) {
	w.t.Helper()
	if err := w.store.Change(context.Background(), actor, p, fn); err != nil {
		w.t.Fatal(err)
	}
}

// link makes a personal link for Maria and gives its token.
func (w *world) link(request identity.LinkRequest) string {
	w.t.Helper()
	var path string
	request.Person = w.maria
	w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) { path, err = identity.MakeLink(tx, request); return err })
	token, ok := strings.CutPrefix(path, identity.LinkPath)
	if !ok {
		w.t.Fatalf("a link leads to %q", path)
	}
	return token
}

func (w *world) proposalLink() string {
	return w.link(identity.LinkRequest{Purpose: identity.ForDocument, ItemKind: "proposal", Item: "p1"})
}

// actor is who the cookies belong to on a page.
func (w *world) actor(page string, cookies ...*http.Cookie) access.Actor {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, page, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	slug, _, _ := strings.Cut(strings.TrimPrefix(page, "/"), "/")
	actor, _, err := w.service.Authenticate(context.Background(), r, slug)
	if err != nil {
		w.t.Fatal(err)
	}
	return actor
}
