package guard_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/migrate"
)

var (
	insertStage = guard.SQL("test stage insert", `insert into stages (org, id, name, position, bucket) values (:org, :id, :name, 1, 'pending')`)
	allStages   = guard.SQL("test stages", `select id from stages where org = :org`)
	seenStages  = guard.SQL("test stages, customer", `select id from stages where org = :org and :viewer <> ''`)
	anyStage    = guard.AcrossSQL("test stages of everybody", `select count(*) from stages`)
)

type happened struct{ What string }

func (h happened) About() (string, event.Subject) {
	return "test.happened", event.Subject{Kind: "test", ID: "subject"}
}

type secretEvent struct{ happened }

func (secretEvent) About() (string, event.Subject) { return "test.undeclared", event.Subject{} }

func onBoth(t *testing.T, run func(t *testing.T, store *guard.Store, database *db.DB)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		if _, err := migrate.Up(context.Background(), database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		registry := event.NewRegistry()
		registry.Declare(event.Kind{Name: "test.happened", Visibility: event.OfficeOnly, Sentence: func(context.Context, event.Recorded) string { return "It happened." }})
		registry.Subscribe(event.Subscriber{Name: "test", Handle: func(context.Context, event.Recorded) error { return nil }})
		registry.Subscribe(event.Subscriber{Name: "elsewhere", About: func(subject string) bool { return subject != "test" }, Handle: func(context.Context, event.Recorded) error {
			t.Error("somebody was handed an event that is not for them")
			return nil
		}})
		log := slog.New(slog.NewTextHandler(io.Discard, nil))
		run(t, guard.New(database, registry, clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), log, func() {}), database)
	})
}

func staff(org access.OrgID, role access.Role) access.Actor {
	return access.NewActor(access.Identity{Org: org, Person: "p1", Kind: access.Staff, Role: role, Name: "Jon Sato", Proof: access.SignedIn})
}

func customer(org access.OrgID) access.Actor {
	return access.NewActor(access.Identity{Org: org, Person: "p2", Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Proof: access.HoldsLink})
}

func TestTheTransactionIsShutWithoutAnActorOrAPermission(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, _ *db.DB) {
		reached := func(*guard.Tx) error { t.Error("the transaction ran"); return nil }
		ctx := context.Background()
		if err := store.View(ctx, access.Actor{}, access.ProjectsRead, reached); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("nobody: %v", err)
		}
		if err := store.View(ctx, staff("org1", access.Owner), "", reached); err == nil {
			t.Error("no permission was asked for, and it opened")
		}
		if err := store.Change(ctx, staff("org1", access.ReadOnly), access.ProjectsWrite, reached); !fault.Is(err, fault.Denied) {
			t.Errorf("a right that the role lacks: %v", err)
		}
		if err := store.Change(ctx, customer("org1"), access.CustomersWrite, reached); !fault.Is(err, fault.Denied) {
			t.Errorf("a right that customers lack: %v", err)
		}
		if store.Refused() != 3 {
			t.Errorf("%d refusals were counted", store.Refused())
		}
	})
}

func TestAStatementThatDoesNotAskWhoIsLookingIsNotForCustomers(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, _ *db.DB) {
		err := store.View(context.Background(), customer("org1"), access.ProjectsRead, func(tx *guard.Tx) error {
			if err := tx.Each(allStages, nil, func(guard.Row) error { return nil }); err == nil {
				t.Error("a customer ran a statement of the whole organisation")
			}
			return tx.Each(seenStages, nil, func(guard.Row) error { return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestOneOrganisationNeverSeesAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, database *db.DB) {
		ctx := context.Background()
		for _, org := range []access.OrgID{"org1", "org2"} {
			err := store.Change(ctx, staff(org, access.Owner), access.SettingsWrite, func(tx *guard.Tx) error {
				_, err := tx.Exec(insertStage, guard.Args{"id": "stage of " + string(org), "name": "Estimate"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var seen []string
		err := store.View(ctx, staff("org2", access.Owner), access.SettingsRead, func(tx *guard.Tx) error {
			return tx.Each(allStages, nil, func(row guard.Row) error {
				var id string
				err := row(&id)
				seen = append(seen, id)
				return err
			})
		})
		if err != nil || len(seen) != 1 || seen[0] != "stage of org2" {
			t.Fatalf("org2 sees %v: %v", seen, err)
		}
		rowLevelSecurity(t, database)
	})
}

// The fourth lock: even a statement that forgot the organisation sees one only.
func rowLevelSecurity(t *testing.T, database *db.DB) {
	if database.Engine() != db.PostgreSQL {
		return
	}
	count := -1
	err := database.Read(context.Background(), "org1", func(tx *db.Tx) error {
		rows, err := tx.Query(`select count(*) from stages`)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&count)
	})
	if err != nil || count != 1 {
		t.Errorf("without a condition org1 counts %d stages on PostgreSQL: %v", count, err)
	}
}

func TestAcrossRunsItsOwnStatementsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, _ *db.DB) {
		err := store.Across(context.Background(), "test", func(tx *guard.AcrossTx) error {
			if err := tx.Each(allStages, nil, nil); err == nil {
				t.Error("a tenant's statement ran without a tenant")
			}
			var n int
			return tx.One(anyStage, nil, &n)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = store.View(context.Background(), staff("org1", access.Owner), access.SettingsRead, func(tx *guard.Tx) error {
			var n int
			return tx.One(anyStage, nil, &n)
		})
		if err == nil {
			t.Error("a tenant's transaction looked across organisations")
		}
	})
}

func TestAnEventAndItsDeliveriesLiveAndDieWithTheTransaction(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, database *db.DB) {
		ctx := context.Background()
		failure := fault.New(fault.Conflict, "No.")
		err := store.Change(ctx, staff("org1", access.Owner), access.SettingsWrite, func(tx *guard.Tx) error {
			if err := tx.Record(happened{"undone"}); err != nil {
				t.Error(err)
			}
			return failure
		})
		if err == nil || count(t, database, "events") != 0 || count(t, database, "jobs") != 0 {
			t.Fatalf("a failed transaction left %d events and %d jobs (%v)", count(t, database, "events"), count(t, database, "jobs"), err)
		}
		err = store.Change(ctx, staff("org1", access.Owner), access.SettingsWrite, func(tx *guard.Tx) error { return tx.Record(happened{"done"}) })
		if err != nil || count(t, database, "events") != 1 || count(t, database, "jobs") != 1 {
			t.Fatalf("a finished transaction left %d events and %d jobs (%v)", count(t, database, "events"), count(t, database, "jobs"), err)
		}
		err = store.Change(ctx, staff("org1", access.Owner), access.SettingsWrite, func(tx *guard.Tx) error { return tx.Record(secretEvent{}) })
		if err == nil {
			t.Error("an event that nobody declared was recorded")
		}
	})
}

func TestC10I10TheEventLogCannotBeRewrittenUnseen(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, database *db.DB) {
		ctx := context.Background()
		var writers sync.WaitGroup
		for range 40 {
			writers.Go(func() {
				err := store.Change(ctx, staff("org1", access.Owner), access.SettingsWrite, func(tx *guard.Tx) error { return tx.Record(happened{"in parallel"}) })
				if err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		audit, err := store.VerifyChain(ctx, "org1")
		if err != nil || audit.Broken != nil || audit.Events != 40 {
			t.Fatalf("the log of 40 parallel events: %+v, %v", audit, err)
		}
		for _, attack := range []string{`update events set body = '{"actor":"x","data":{}}' where seq = 3`, `delete from events where seq = 40`, `update events set seq = 99 where seq = 2`, `update events set body = '', salt = '' where seq = 5`} {
			if err := raw(database, attack); err == nil {
				t.Errorf("the database let through: %s", attack)
			}
		}
		for _, drop := range dropTriggers(database) {
			if err := raw(database, drop); err != nil {
				t.Fatal(err)
			}
		}
		for attack, sequence := range map[string]int64{
			`update events set body = replace(body, 'parallel', 'secret') where seq = 7`: 7,
			`update events set person = 'somebody else' where seq = 9`:                   9,
			`update events set body = '', salt = '' where seq = 5`:                       5,
			`delete from events where org = 'org1'`:                                      1,
		} {
			if err := raw(database, attack); err != nil {
				t.Fatal(err)
			}
			audit, err := store.VerifyChain(ctx, "org1")
			if err != nil || audit.Broken == nil || audit.Broken.Sequence > sequence {
				t.Errorf("after %q the check says %+v, %v", attack, audit.Broken, err)
			}
		}
	})
}

func TestAFirmWithoutAnyEventHasLostItsLog(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, database *db.DB) {
		audit, err := store.VerifyChain(context.Background(), "org1")
		if err != nil || audit.Broken == nil {
			t.Errorf("the check says %+v, %v", audit, err)
		}
	})
}

func TestTheEndOfTheEventLogCannotBeCutOff(t *testing.T) {
	onBoth(t, func(t *testing.T, store *guard.Store, database *db.DB) {
		ctx := context.Background()
		for range 3 {
			if err := store.Change(ctx, staff("org1", access.Owner), access.SettingsWrite, func(tx *guard.Tx) error { return tx.Record(happened{"x"}) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, statement := range append(dropTriggers(database), `delete from events where seq = 3`) {
			if err := raw(database, statement); err != nil {
				t.Fatal(err)
			}
		}
		audit, err := store.VerifyChain(ctx, "org1")
		if err != nil || audit.Broken == nil || !strings.Contains(audit.Broken.Why, "3 were written") {
			t.Errorf("the check says %+v, %v", audit.Broken, err)
		}
	})
}

func dropTriggers(database *db.DB) []string {
	if database.Engine() == db.SQLite {
		return []string{"drop trigger events_keep", "drop trigger events_stay"}
	}
	return []string{"drop trigger events_keep on events", "drop trigger events_stay on events"}
}

func raw(database *db.DB, statement string) error {
	return database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(statement); return err })
}

func count(t *testing.T, database *db.DB, table string) (n int) {
	t.Helper()
	err := database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query("select count(*) from " + table)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAColumnWithoutItsTableIsNoGrant(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the module of the grant itself was taken for the row's")
		}
	}()
	guard.GrantedBy("module", "n.customer", "n.project", "n.item")
}
