package project

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
)

// world is one engine with two firms.
type world struct {
	t            *testing.T
	database     *db.DB
	store        *guard.Store
	clock        *clock.Fake
	firms        *organisation.Service
	customers    *customer.Service
	properties   *property.Service
	projects     *Service
	jon          access.Actor // staff of Hartwell
	rival        access.Actor // staff of another firm
	hartwell     access.Organisation
	stagesByName map[string]organisation.Stage
}

func onBoth(t *testing.T, run func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(newWorld(t, database)) })
}

func newWorld(t *testing.T, database *db.DB) *world {
	t.Helper()
	w := &world{t: t, database: database, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), stagesByName: map[string]organisation.Stage{}}
	if _, err := migrate.Up(t.Context(), database, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	events := event.NewRegistry()
	events.Declare(organisation.Events()...)
	events.Declare(customer.Events()...)
	events.Declare(property.Events()...)
	events.Declare(Events()...)
	w.store = guard.New(database, events, w.clock, slog.New(slog.DiscardHandler), func() {})
	w.firms = organisation.New(w.store, nil, organisation.Ports{})
	w.customers, w.properties, w.projects = customer.New(w.store), property.New(w.store), New(w.store, Ports{})
	w.hartwell = w.found("Hartwell & Sons")
	w.jon = staff(w.hartwell.ID, "jon")
	w.rival = staff(w.found("Rival Builders").ID, "rival")
	stages, err := w.firms.Stages(t.Context(), w.jon)
	w.must(err)
	for _, s := range stages {
		w.stagesByName[s.Name] = s
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) found(name string) access.Organisation {
	w.t.Helper()
	o, err := w.firms.Found(context.Background(), organisation.Founding{Firm: organisation.FirmDetails{Name: name}})
	w.must(err)
	return o
}

func staff(org access.OrgID, person string) access.Actor {
	return access.NewActor(access.Identity{Org: org, Person: access.PersonID(person), Kind: access.Staff, Role: access.Owner, Name: "Jon Sato", Proof: access.SignedIn})
}

func (w *world) customerOf(org access.OrgID, person string) access.Actor {
	return access.NewActor(access.Identity{Org: org, Person: access.PersonID(person), Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Proof: access.HoldsLink})
}

var addGrant = guard.SQL("test: add a grant", `insert into grants (org, id, person, customer, project, created_at) values (:org, :id, :person, :customer, :project, :now)`)

func (w *world) grant(person, customer, project string) {
	w.t.Helper()
	w.must(w.store.Change(context.Background(), w.jon, access.CustomersWrite, func(tx *guard.Tx) error {
		_, err := tx.Exec(addGrant, guard.Args{"id": person + customer + project, "person": person, "customer": customer, "project": project})
		return err
	}))
}

func (w *world) project(name string, change func(*Draft)) Project {
	w.t.Helper()
	d := Draft{Name: name, NewCustomer: customer.Details{Name: "Ruiz Lettings"}}
	if change != nil {
		change(&d)
	}
	w.clock.Advance(time.Minute)
	p, err := w.projects.Create(context.Background(), w.jon, d)
	w.must(err)
	return p
}

func names(lines []Line) (list []string) {
	for _, l := range lines {
		list = append(list, l.Name)
	}
	return list
}
