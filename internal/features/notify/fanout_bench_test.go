package notify

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

const recipients = 1000

// BenchmarkTellAThousand is the fan-out of one post: everybody's line in the inbox, and with mail what is held for them too.
func BenchmarkTellAThousand(b *testing.B) {
	for name, choices := range map[string]Choices{"portal": {Messages: {Portal}}, "portal and mail": {}} {
		b.Run(name, func(b *testing.B) {
			database := dbtest.SQLite(b)
			now := clock.NewFake(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
			if _, err := migrate.Up(b.Context(), database, now.Now()); err != nil {
				b.Fatal(err)
			}
			box, err := secret.OpenOrCreateKey(filepath.Join(b.TempDir(), "key"))
			if err != nil {
				b.Fatal(err)
			}
			events := event.NewRegistry()
			events.Declare(organisation.Events()...)
			store := guard.New(database, events, now, slog.New(slog.DiscardHandler), func() {})
			firm, err := organisation.New(store, nil, organisation.Ports{}).Found(b.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Hartwell"}})
			if err != nil {
				b.Fatal(err)
			}
			err = database.Write(b.Context(), "*", func(tx *db.Tx) error {
				if _, err := tx.Exec(`insert into notification_defaults (org, kind, choices, updated_at) values ($1, 'customer', $2, 0)`, string(firm.ID), choices.String()); err != nil {
					return err
				}
				for i := range recipients {
					if _, err := tx.Exec(`insert into people (id, email, email_folded, created_at) values ($1, $1, $1, 0)`, fmt.Sprint("p", i)); err != nil {
						return err
					}
					if _, err := tx.Exec(`insert into memberships (org, person, kind, name, email, created_at) values ($1, $2, 'customer', 'Maria', 'maria@example.com', 0)`, string(firm.ID), fmt.Sprint("p", i)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			service := New(store, Means{BaseURL: "https://portal.example", Box: box, Burst: 2 * time.Minute, Mail: func(*guard.Tx, outbox.Letter) error { return nil }})
			round, before := 0, processorTime(b)
			for b.Loop() {
				round++
				err := database.Write(b.Context(), "*", func(tx *db.Tx) error {
					_, err := tx.Exec(`insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
						values ($1, $2, $3, 'message.posted', 0, 'staff', 'jon', 'project', 'kitchen', 'c', 'kitchen', '', '', '', '', '')`, string(firm.ID), fmt.Sprint("e", round), 1000+round)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
				list := make([]Telling, recipients)
				for i := range list {
					list[i] = Telling{Person: access.PersonID(fmt.Sprint("p", i)), Kind: access.Customer, Event: fmt.Sprint("e", round), Activity: Messages, Title: "Jon wrote on Kitchen",
						URL: "/hartwell/home/projects/kitchen", Project: "kitchen"}
				}
				err = store.Change(b.Context(), access.NewSystem(firm.ID, "a benchmark"), access.SystemWork, func(tx *guard.Tx) error { return service.TellAll(tx, list) })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
