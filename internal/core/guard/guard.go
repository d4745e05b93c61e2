// Package guard is the only door to the data of organisations: a transaction for an
// actor and a permission, in which only statements run that bind the organisation and,
// for everybody but staff, ask who is looking.
//
// Not visible is NotFound; visible but not allowed is Denied.
package guard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

// Store is the door. One is made at start-up and shared.
type Store struct {
	database *db.DB
	events   *event.Registry
	clock    clock.Clock
	log      *slog.Logger
	wake     func()
	hear     []func([]Hint)
	refused  atomic.Int64
}

// New makes the door. wake is called after every commit that stored jobs.
func New(database *db.DB, events *event.Registry, c clock.Clock, log *slog.Logger, wake func()) *Store {
	return &Store{database: database, events: events, clock: c, log: log, wake: wake}
}

// Refused counts the attempts that a lock stopped since the start.
func (s *Store) Refused() int64 { return s.refused.Load() }

// Now is the time by the server's clock.
func (s *Store) Now() time.Time { return s.clock.Now() }

// View runs fn in a read-only transaction of the actor's organisation. It answers Denied
// without the permission.
func (s *Store) View(ctx context.Context, actor access.Actor, permission access.Permission, fn func(*Tx) error) error {
	return s.look(ctx, actor, permission, s.database.Read, fn)
}

// Glance is View for an fn that asks once: one statement, or one Together of steps of one statement each. It is the cheapest
// way to ask on PostgreSQL (db.DB.Glance).
func (s *Store) Glance(ctx context.Context, actor access.Actor, permission access.Permission, fn func(*Tx) error) error {
	return s.look(ctx, actor, permission, s.database.Glance, fn)
}

func (s *Store) look(ctx context.Context, actor access.Actor, permission access.Permission, read reading, fn func(*Tx) error) error {
	if err := s.admit(ctx, actor, permission); err != nil {
		return err
	}
	return read(ctx, string(actor.Org()), func(raw *db.Tx) error {
		return fn(&Tx{store: s, raw: raw, actor: actor, now: s.clock.Now()})
	})
}

// reading is one of the ways in which the database is read.
type reading func(ctx context.Context, organisation string, fn func(*db.Tx) error) error

// Change runs fn in a transaction of the actor's organisation and returns when it is
// durable. fn may run more than once and must not touch anything but tx; it must not open
// a second transaction or call out to the network.
func (s *Store) Change(ctx context.Context, actor access.Actor, permission access.Permission, fn func(*Tx) error) error {
	if err := s.admit(ctx, actor, permission); err != nil {
		return err
	}
	if actor.SeenBy() != "" {
		return s.refuse(ctx, actor, permission, fault.New(fault.Denied, "You are looking at the portal as somebody else. Nothing can be changed."))
	}
	var left *doing
	err := s.database.Write(ctx, string(actor.Org()), func(raw *db.Tx) error {
		tx := &Tx{store: s, raw: raw, actor: actor, now: s.clock.Now(), writes: true, doing: &doing{}}
		err := fn(tx)
		if also, wanted := ctx.Value(alongKey{}).(func(*Tx) error); err == nil && wanted {
			err = also(tx)
		}
		left = tx.doing
		return err
	})
	if err == nil {
		s.after(left)
	}
	return err
}

type alongKey struct{}

// Along gives a context with which Change also runs fn, last and in the same transaction:
// for what has to be kept exactly when a verb is kept, and that the verb need not know of
// (the keys of requests that must not happen twice).
func Along(ctx context.Context, fn func(*Tx) error) context.Context {
	return context.WithValue(ctx, alongKey{}, fn)
}

// Across runs fn in a transaction that sees all organisations but only runs statements
// made with AcrossSQL. reason stands in a golden list of callers.
func (s *Store) Across(ctx context.Context, reason string, fn func(*AcrossTx) error) error {
	return s.lookAcross(ctx, reason, s.database.Read, fn)
}

// AcrossGlance is Across for an fn that asks once, as Glance is View.
func (s *Store) AcrossGlance(ctx context.Context, reason string, fn func(*AcrossTx) error) error {
	return s.lookAcross(ctx, reason, s.database.Glance, fn)
}

func (s *Store) lookAcross(ctx context.Context, reason string, read reading, fn func(*AcrossTx) error) error {
	if reason == "" {
		return errors.New("a transaction across organisations needs a reason")
	}
	return read(ctx, "*", func(raw *db.Tx) error { return fn(&AcrossTx{raw: raw, now: s.clock.Now()}) })
}

// AcrossChange is Across for writing.
func (s *Store) AcrossChange(ctx context.Context, reason string, fn func(*AcrossTx) error) error {
	if reason == "" {
		return errors.New("a transaction across organisations needs a reason")
	}
	stored := false
	err := s.database.Write(ctx, "*", func(raw *db.Tx) error {
		tx := &AcrossTx{raw: raw, now: s.clock.Now()}
		err := fn(tx)
		stored = tx.stored
		return err
	})
	if err == nil && stored {
		s.wake()
	}
	return err
}

// VerifyChain checks an organisation's event log; see event.VerifyChain.
func (s *Store) VerifyChain(ctx context.Context, org access.OrgID) (audit event.Audit, err error) {
	err = s.database.Read(ctx, string(org), func(raw *db.Tx) error {
		audit, err = event.VerifyChain(raw, org)
		return err
	})
	return audit, err
}

// Deliver loads the event of a delivery job and hands it to the subscriber.
func (s *Store) Deliver(subscriber event.Subscriber) jobs.Handler {
	return func(ctx context.Context, task jobs.Task) error {
		var delivery event.Delivery
		if err := task.Arguments(&delivery); err != nil {
			return jobs.NoRetry(err)
		}
		var happened event.Recorded
		err := s.database.Read(ctx, task.Organisation, func(raw *db.Tx) (err error) {
			happened, err = event.ByID(raw, access.OrgID(task.Organisation), delivery.Event)
			return err
		})
		if err != nil {
			return err
		}
		return subscriber.Handle(ctx, happened)
	}
}

func (s *Store) admit(ctx context.Context, actor access.Actor, permission access.Permission) error {
	switch {
	case permission == "":
		return errors.New("a transaction needs a permission")
	case actor.Zero():
		return s.refuse(ctx, actor, permission, fault.New(fault.Unauthenticated, "Please sign in."))
	case !actor.May(permission):
		return s.refuse(ctx, actor, permission, fault.New(fault.Denied, "You do not have the right to do this."))
	}
	return nil
}

// refuse writes the line of the security log that every denied attempt leaves.
func (s *Store) refuse(ctx context.Context, actor access.Actor, permission access.Permission, err *fault.Fault) error {
	s.refused.Add(1)
	s.log.WarnContext(ctx, "refused", "security", true, "organisation", actor.Org(), "person", actor.Person(), "kind", actor.Kind(), "permission", permission, "why", err.Kind)
	return err
}

// Tx is a transaction of one actor in one organisation.
type Tx struct {
	store  *Store
	raw    *db.Tx
	actor  access.Actor
	now    time.Time
	writes bool
	doing  *doing // nil in a View
}

// Actor is on whose behalf the transaction runs.
func (tx *Tx) Actor() access.Actor { return tx.actor }

// Org is the organisation whose data the transaction sees.
func (tx *Tx) Org() access.OrgID { return tx.actor.Org() }

// Now is the server's time at the start of the transaction; everything written in it
// carries the same instant.
func (tx *Tx) Now() time.Time { return tx.now }

// May reports whether the actor has another permission, for parts of an answer.
func (tx *Tx) May(p access.Permission) bool { return tx.actor.May(p) }

// Require answers Denied unless the actor has the permission; for verbs that need a second one.
func (tx *Tx) Require(p access.Permission) error {
	if tx.actor.May(p) {
		return nil
	}
	return tx.store.refuse(context.Background(), tx.actor, p, fault.New(fault.Denied, "You do not have the right to do this."))
}

// Record writes an event and its deliveries into this transaction.
func (tx *Tx) Record(e event.Event) error {
	if tx.doing == nil {
		return errors.New("an event would be written in a View")
	}
	_, subject := e.About()
	tx.doing.stored, tx.doing.recorded = true, append(tx.doing.recorded, subject)
	tx.announceEvent(e)
	return tx.store.events.Append(tx.raw, tx.actor, e, tx.now)
}

// Recorded lists what the events of this transaction are about, in their order.
func (tx *Tx) Recorded() []event.Subject { return tx.doing.recorded }

// Enqueue stores a job of this organisation in this transaction.
func (tx *Tx) Enqueue(job jobs.Job) error {
	if tx.doing == nil {
		return errors.New("a job would be stored in a View")
	}
	tx.doing.stored = true
	job.Organisation = string(tx.actor.Org())
	return jobs.Insert(tx.raw, tx.now, job)
}

// OnBehalfOf gives the same transaction to the system, for the few steps inside a
// customer's verb that touch what the customer cannot see (the sequence of numbers, the
// firm's settings). reason stands in a golden list of callers.
func (tx *Tx) OnBehalfOf(reason string) *Tx {
	wide := *tx
	wide.actor = access.NewSystem(tx.actor.Org(), reason)
	return &wide
}

// lock is the third lock: it lets only statements through that the actor may run.
func (tx *Tx) lock(s *Statement) error {
	switch {
	case s.across:
		return fmt.Errorf("statement %q looks across organisations", s.Name)
	case !s.org:
		return fmt.Errorf("statement %q does not bind the organisation", s.Name)
	case !tx.actor.SeesWholeOrganisation() && !s.viewer:
		return fmt.Errorf("statement %q does not ask who is looking, and %s does not see the whole organisation", s.Name, tx.actor.Kind())
	}
	return nil
}

func (tx *Tx) bind(s *Statement, args Args) ([]any, error) {
	if err := tx.lock(s); err != nil {
		tx.store.refused.Add(1)
		tx.store.log.Error("refused by a lock", "security", true, "error", err)
		return nil, err
	}
	return bind(s, args, func(parameter string) (any, bool) {
		switch parameter {
		case "org":
			return string(tx.actor.Org()), true
		case "viewer":
			return string(tx.actor.Person()), true
		case "item":
			return tx.actor.Item(), true
		case "now":
			return tx.now.UnixMicro(), true
		}
		return nil, false
	})
}

// Exec runs a statement that changes rows and tells how many.
func (tx *Tx) Exec(s *Statement, args Args) (int64, error) {
	if !tx.writes {
		return 0, fmt.Errorf("statement %q would write in a View", s.Name)
	}
	s, args = s.On(tx.raw.Engine(), args)
	values, err := tx.bind(s, args)
	if err != nil {
		return 0, err
	}
	changed, err := tx.raw.Exec(s.Text, values...)
	return changed, wrap(s, err)
}

// One scans the single row of a statement into dest; no row is NotFound.
func (tx *Tx) One(s *Statement, args Args, dest ...any) error {
	s, args = s.On(tx.raw.Engine(), args)
	values, err := tx.bind(s, args)
	if err != nil {
		return err
	}
	return one(tx.raw, s, values, dest)
}

// Each calls scan for every row of a statement.
func (tx *Tx) Each(s *Statement, args Args, scan func(Row) error) error {
	s, args = s.On(tx.raw.Engine(), args)
	values, err := tx.bind(s, args)
	if err != nil {
		return err
	}
	return each(tx.raw, s, values, scan)
}

// Together runs steps that do not depend on each other, each of which may ask and none of which may change anything. On
// PostgreSQL what they ask travels together (db.Tx.Together), so it is for what a page reads.
func (tx *Tx) Together(steps ...func() error) error { return tx.raw.Together(steps...) }

// AcrossTx is a transaction across organisations.
type AcrossTx struct {
	raw    *db.Tx
	now    time.Time
	stored bool
}

// Now is the server's time at the start of the transaction.
func (tx *AcrossTx) Now() time.Time { return tx.now }

// Exec, One and Each are as in Tx, for statements made with AcrossSQL only.
func (tx *AcrossTx) Exec(s *Statement, args Args) (int64, error) {
	s, args = s.On(tx.raw.Engine(), args)
	values, err := tx.bind(s, args)
	if err != nil {
		return 0, err
	}
	changed, err := tx.raw.Exec(s.Text, values...)
	return changed, wrap(s, err)
}

// One scans the single row of a statement into dest; no row is NotFound.
func (tx *AcrossTx) One(s *Statement, args Args, dest ...any) error {
	s, args = s.On(tx.raw.Engine(), args)
	values, err := tx.bind(s, args)
	if err != nil {
		return err
	}
	return one(tx.raw, s, values, dest)
}

// Each calls scan for every row of a statement.
func (tx *AcrossTx) Each(s *Statement, args Args, scan func(Row) error) error {
	s, args = s.On(tx.raw.Engine(), args)
	values, err := tx.bind(s, args)
	if err != nil {
		return err
	}
	return each(tx.raw, s, values, scan)
}

// Together is as in Tx.
func (tx *AcrossTx) Together(steps ...func() error) error { return tx.raw.Together(steps...) }

// Enqueue stores a job of the installation, or of the organisation the job names.
func (tx *AcrossTx) Enqueue(job jobs.Job) error {
	tx.stored = true
	return jobs.Insert(tx.raw, tx.now, job)
}

func (tx *AcrossTx) bind(s *Statement, args Args) ([]any, error) {
	if !s.across {
		return nil, fmt.Errorf("statement %q belongs to one organisation", s.Name)
	}
	return bind(s, args, func(parameter string) (any, bool) {
		if parameter == "now" {
			return tx.now.UnixMicro(), true
		}
		return nil, false
	})
}
