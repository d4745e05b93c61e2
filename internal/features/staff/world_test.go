package staff

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

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
	"lintel/internal/platform/fault"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

// world is Hartwell with an owner, an administrator and a member in the office, and a rival
// next door.
type world struct {
	t        *testing.T
	database *db.DB
	store    *guard.Store
	clock    *clock.Fake
	people   *identity.Service
	staff    *Service
	hartwell access.Organisation
	rival    access.Organisation
	persons  map[string]access.PersonID // by name
	mails    []outbox.Letter
}

func onBoth(t *testing.T, run func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(newWorld(t, database)) })
}

func newWorld(t *testing.T, database *db.DB) *world {
	t.Helper()
	w := &world{t: t, database: database, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), persons: map[string]access.PersonID{}}
	if _, err := migrate.Up(t.Context(), database, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	events := event.NewRegistry()
	events.Declare(organisation.Events()...)
	events.Declare(identity.Events()...)
	events.Declare(Events()...)
	log := slog.New(slog.DiscardHandler)
	w.store = guard.New(database, events, w.clock, log, func() {})
	base, _ := url.Parse("https://portal.example")
	w.people = identity.New(w.store, w.clock, log, identity.Means{BaseURL: base, Passwords: secret.NewPasswords(), Demo: true,
		Mail: func(_ *guard.Tx, l outbox.Letter) error { w.mails = append(w.mails, l); return nil }})
	w.staff = New(w.store, w.people)
	firms := organisation.New(w.store, nil, organisation.Ports{})
	var err error
	w.hartwell, err = firms.Found(t.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Hartwell"}})
	w.must(err)
	w.rival, err = firms.Found(t.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Rival"}})
	w.must(err)
	w.hire(w.hartwell, "Dana", access.Owner)
	w.hire(w.hartwell, "Adam", access.Administrator)
	w.hire(w.hartwell, "Jon", access.Member)
	w.hire(w.rival, "Rita", access.Owner)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused checks of which kind a refusal is.
func (w *world) refused(what string, err error, kind fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, kind) {
		w.t.Errorf("%s: %v instead of %s", what, err, kind)
	}
}

func (w *world) hire(o access.Organisation, name string, role access.Role) {
	w.t.Helper()
	w.must(w.store.Change(context.Background(), access.NewSystem(o.ID, "test"), access.SystemWork, func(tx *guard.Tx) error {
		person, err := Add(tx, name+"@example.com", name, role)
		w.persons[name] = person
		return err
	}))
}

// as is who a colleague is now, as authentication would find out; the zero actor for
// somebody who may not enter.
func (w *world) as(name string) access.Actor {
	w.t.Helper()
	org := w.hartwell.ID
	if name == "Rita" {
		org = w.rival.ID
	}
	var actor access.Actor
	err := w.store.View(context.Background(), access.NewSystem(org, "test"), access.SystemWork, func(tx *guard.Tx) error {
		m, err := identity.Colleague(tx, w.persons[name])
		if err != nil || m.State != identity.Active {
			return err
		}
		i := access.Identity{Org: org, Person: m.Person, Kind: access.Staff, Role: m.Role, Name: m.Name, Proof: access.SignedIn}
		if role, err := roleByID(tx, m.Role); err == nil && role.Own() {
			i.Custom = &role.Permissions
		}
		actor = access.NewActor(i)
		return nil
	})
	if !fault.Is(err, fault.NotFound) {
		w.must(err)
	}
	return actor
}

// enter signs a colleague in and gives who the browser belongs to at each request.
func (w *world) enter(name string) (browser func() access.Actor) {
	w.t.Helper()
	entered, err := w.people.StartSession(context.Background(), w.persons[name], identity.Visit{Address: "203.0.113.1"})
	w.must(err)
	return func() access.Actor {
		r := httptest.NewRequest(http.MethodGet, "/"+w.hartwell.Slug+"/office", nil)
		r.AddCookie(&http.Cookie{Name: "__Host-lintel", Value: entered.Session})
		r.AddCookie(&http.Cookie{Name: "__Host-lintel-browser", Value: entered.Browser})
		actor, _, err := w.people.Authenticate(context.Background(), r, w.hartwell.Slug)
		w.must(err)
		return actor
	}
}

// bearer asks who acts through an API token.
func (w *world) bearer(target, text string) (access.Actor, error) {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if text != "" {
		r.Header.Set("Authorization", "Bearer "+text)
	}
	actor, _, err := w.people.AuthenticateToken(context.Background(), &route.Request{Request: r, Browser: route.Browser{Address: "203.0.113.9"}})
	return actor, err
}

// recorded counts the events of a kind.
func (w *world) recorded(kind string) (n int) {
	w.t.Helper()
	w.must(w.database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(`select count(*) from events where kind = $1`, kind)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			err = errors.Join(err, rows.Scan(&n))
		}
		return errors.Join(err, rows.Err())
	}))
	return n
}

// raw does what no verb of the product does.
func (w *world) raw(text string, args ...any) {
	w.t.Helper()
	w.must(w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }))
}
