package migrate

import (
	"fmt"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
)

// What a customer was told before 0016_notices.sql stands in the inbox as before: it takes what must be granted from the event.
func TestOlderNoticesLearnWhatMustStillBeGranted(t *testing.T) {
	told := []struct{ activity, event, module string }{
		{"messages", "message.posted", "messages"},
		{"mentions", "message.posted", "messages"},
		{"files", "file.added", "files"},
		{"schedule", "task.done", "schedule"},
		{"daily-logs", "log.shared", "projects"},
		{"requests", "request.accepted", "add-job"},
		{"documents", "proposal.sent", "documents"},
		{"documents", "message.posted", "messages"}, // what is said about a document is told with the documents
		{"", "message.posted", "messages"},          // the oldest have no activity
		{"", "document.sent", "documents"},
	}
	empty.OnBoth(t, func(t *testing.T, database *db.DB) {
		upTo(t, database, "0015_marks.sql")
		for i, n := range told {
			write(t, database, fmt.Sprintf(`insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
				values ('org', 'e%[1]d', %[1]d, '%[2]s', 0, 'staff', 'jon', 'project', 's%[1]d', 'c%[1]d', 'p%[1]d', '', '', '', '', '')`, i, n.event))
			write(t, database, fmt.Sprintf(`insert into notices (org, id, person, event, title, url, activity, created_at) values ('org', 'n%[1]d', 'maria', 'e%[1]d', 't', 'u', '%[2]s', 0)`, i, n.activity))
		}
		if _, err := Up(t.Context(), database, time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		for i, n := range told {
			about := ""
			err := database.Read(t.Context(), "*", func(tx *db.Tx) error {
				rows, err := tx.Query("select module || ' ' || about_customer || ' ' || about_project || ' ' || about_item from notices where id = $1", fmt.Sprint("n", i))
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					if err := rows.Scan(&about); err != nil {
						return err
					}
				}
				return rows.Err()
			})
			if want := fmt.Sprintf("%[1]s c%[2]d p%[2]d s%[2]d", n.module, i); err != nil || about != want {
				t.Errorf("a notice of %q, told of %s, is about %q (%v), want %q", n.activity, n.event, about, err, want)
			}
		}
	})
}

// upTo applies the migrations up to one of them.
func upTo(t *testing.T, database *db.DB, last string) {
	t.Helper()
	write(t, database, ledger)
	names, err := Names(database.Engine())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if sortKey(name) > sortKey(last)+"~" {
			return
		}
		if _, err := apply(t.Context(), database, name, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, database *db.DB, text string) {
	t.Helper()
	if err := database.Write(t.Context(), "*", func(tx *db.Tx) error { return tx.Script(text) }); err != nil {
		t.Fatal(err)
	}
}
