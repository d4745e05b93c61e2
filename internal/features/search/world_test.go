package search

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
)

// world is two firms whose things are what the test says they are.
type world struct {
	*testing.T
	database *db.DB
	store    *guard.Store
	clock    *clock.Fake
	search   *Service
	things   map[string]Entry // by firm and id
	hidden   map[string]bool  // what their owner shows to no customer
}

func onBoth(t *testing.T, test func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { test(newWorld(t, database)) })
}

func newWorld(t *testing.T, database *db.DB) *world {
	t.Helper()
	w := &world{T: t, database: database, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), things: map[string]Entry{}, hidden: map[string]bool{}}
	if _, err := migrate.Up(t.Context(), database, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	dbtest.Organisations(t, database, "hartwell", "rival")
	w.store = guard.New(database, event.NewRegistry(), w.clock, slog.New(slog.DiscardHandler), func() {})
	w.search = New(w.store, slog.New(slog.DiscardHandler))
	for _, kind := range []struct {
		name       string
		permission access.Permission
		office     bool
	}{{"project", access.ProjectsRead, false}, {"proposal", access.ProposalsRead, false}, {"customer", access.CustomersRead, true}, {"message", access.MessagesRead, false}} {
		source := Source{Kind: kind.name, Label: kind.name, Permission: kind.permission, Titled: kind.name != "message", Load: w.load(kind.name, nil), After: w.after(kind.name)}
		if !kind.office {
			source.Seen = w.load(kind.name, w.hidden)
		}
		w.search.Source(source)
	}
	return w
}

func (w *world) load(kind string, without map[string]bool) func(*guard.Tx, []string) ([]Entry, error) {
	return func(tx *guard.Tx, ids []string) (list []Entry, err error) {
		for _, id := range ids {
			if e, there := w.things[string(tx.Org())+"/"+id]; there && e.Kind == kind && !without[id] {
				list = append(list, e)
			}
		}
		return list, nil
	}
}

func (w *world) after(kind string) func(*guard.Tx, string, int) ([]string, error) {
	return func(tx *guard.Tx, after string, limit int) (list []string, err error) {
		for at, e := range w.things {
			if strings.HasPrefix(at, string(tx.Org())+"/") && e.Kind == kind && e.ID > after {
				list = append(list, e.ID)
			}
		}
		slices.Sort(list)
		return list[:min(len(list), limit)], nil
	}
}

// add makes things of Hartwell and indexes them in their order.
func (w *world) add(list ...Entry) { w.addTo("hartwell", list...) }

func (w *world) addTo(org string, list ...Entry) {
	w.Helper()
	var refs []Ref
	for _, e := range list {
		w.things[org+"/"+e.ID] = e
		refs = append(refs, Ref{e.Kind, e.ID})
	}
	w.index(org, refs...)
}

func (w *world) index(org string, refs ...Ref) {
	w.Helper()
	for _, ref := range refs { // one by one: the last is the newest
		err := w.store.Change(context.Background(), access.NewSystem(access.OrgID(org), "test"), access.SystemWork, func(tx *guard.Tx) error {
			return w.search.refresh(tx, []Ref{ref})
		})
		if err != nil {
			w.Fatal(err)
		}
	}
}

func (w *world) grant(person, customer, project, module string) {
	w.Helper()
	w.exec(`insert into grants (org, id, person, customer, project, module, created_at) values ('hartwell', $1, $2, $3, $4, $5, 1)`,
		person+customer+project+module, person, customer, project, cmp.Or(module, "*"))
}

func (w *world) exec(text string, args ...any) {
	w.Helper()
	err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err })
	if err != nil {
		w.Fatal(err)
	}
}

func staff(org string, role access.Role) access.Actor {
	return access.NewActor(access.Identity{Org: access.OrgID(org), Person: "jon", Kind: access.Staff, Role: role, Name: "Jon", Proof: access.SignedIn})
}

func contact(person, item string, modules access.ModuleSet) access.Actor {
	return access.NewActor(access.Identity{Org: "hartwell", Person: access.PersonID(person), Kind: access.Customer, Modules: modules, Name: person, Proof: access.SignedIn, Item: item})
}

// found is what somebody finds, as ids in their order.
func (w *world) found(actor access.Actor, text string) string {
	w.Helper()
	f, err := w.search.Find(w.Context(), actor, text)
	if err != nil {
		w.Fatalf("%q: %v", text, err)
	}
	var ids []string
	for _, g := range f.Groups {
		for _, r := range g.Results {
			ids = append(ids, r.ID)
		}
	}
	return strings.Join(ids, " ")
}

func (w *world) finds(actor access.Actor, text, want string) {
	w.Helper()
	if got := w.found(actor, text); got != want {
		w.Errorf("%s finds %q by %q, want %q", actor.Person(), got, text, want)
	}
}

func project(id, customer, number, name, text string) Entry {
	return Entry{Kind: "project", ID: id, Customer: customer, Project: id, Item: id, Module: access.Projects, Numbers: []string{number}, Title: name, Text: text, OfficeURL: "/office/" + id, CustomerURL: "/home/" + id}
}

func message(id, customer, project, text string) Entry {
	return Entry{Kind: "message", ID: id, Customer: customer, Project: project, Module: access.Messages, Title: "Jon", Text: text, OfficeURL: "/office/" + id, CustomerURL: "/home/" + id}
}
