package project

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/id"
)

// seed adds projects, a customer for every ten, straight into the tables.
func (w *world) seed(count int) {
	w.t.Helper()
	stages := []string{"Opportunity", "Estimate", "Proposal", "Install", "Review", "Completed"}
	org := string(w.hartwell.ID)
	now := w.clock.Now().UnixMicro()
	err := w.database.Write(context.Background(), org, func(tx *db.Tx) error {
		customer := ""
		for i := range count {
			if i%10 == 0 {
				customer = id.New()
				if _, err := tx.Exec(`insert into customers (org, id, name, folded, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)`, org, customer, "Ruiz", "ruiz", now); err != nil {
					return err
				}
			}
			stage := w.stagesByName[stages[i*7%len(stages)]]
			name := fmt.Sprintf("Kitchen %d", i*31%count)
			if _, err := tx.Exec(`insert into projects (org, id, number, serial, name, folded, customer, stage, bucket, created_at, updated_at, archived)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)`, org, id.New(), fmt.Sprint(1001+i), 1001+i, name, strings.ToLower(name), customer, stage.ID,
				string(stage.Bucket), now+int64(i*7919%count)*int64(time.Second/time.Microsecond), i%20 == 19); err != nil {
				return err
			}
		}
		return nil
	})
	w.must(err)
}

// A list of a hundred thousand projects may neither read them all nor sort them.
func TestNoListOfProjectsReadsOrSortsMoreThanItsPage(t *testing.T) {
	count := 5_000
	if os.Getenv("LINTEL_TEST_FULL") == "1" {
		count = 100_000
	}
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		w := newWorld(t, database)
		w.seed(count)
		if database.Engine() == db.PostgreSQL {
			w.must(database.Write(t.Context(), "*", func(tx *db.Tx) error { _, err := tx.Exec(`analyze projects`); return err }))
		}
		checked := 0
		for _, s := range guard.Statements() {
			if strings.HasPrefix(s.Name, "projects muted") {
				continue // a person's few, of another feature
			}
			if !strings.HasPrefix(s.Name, "projects") && !strings.HasPrefix(s.Name, "count projects") || strings.Contains(s.Name, "customer sees") {
				continue
			}
			checked++
			plan := w.plan(s)
			if why := wasteful(database.Engine(), plan, s.Name); why != "" {
				t.Errorf("%s %s:\n%s", s.Name, why, plan)
			}
		}
		if checked < 15 {
			t.Errorf("only %d statements were found", checked)
		}
	})
}

func (w *world) plan(s *guard.Statement) string {
	w.t.Helper()
	explain := "explain query plan "
	if w.database.Engine() == db.PostgreSQL {
		explain = "explain "
	}
	var lines []string
	err := w.database.Read(w.t.Context(), string(w.hartwell.ID), func(tx *db.Tx) error {
		rows, err := tx.Query(explain+s.Text, w.values(s)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			line, rest := "", []any{new(any), new(any), new(any)}
			dest := []any{&line}
			if w.database.Engine() == db.SQLite {
				dest = append(rest, &line)
			}
			if err := rows.Scan(dest...); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	w.must(err)
	return strings.Join(lines, "\n")
}

func (w *world) values(s *guard.Statement) (values []any) {
	number := map[bool]any{true: w.clock.Now().Add(time.Hour).UnixMicro(), false: "kitchen 15"}
	byNumber := strings.Contains(s.Text, "p.serial <") || strings.Contains(s.Text, "p.updated_at, p.id) <")
	known := map[string]any{"org": string(w.hartwell.ID), "archived": false, "bucket": "current", "stage": w.stagesByName["Install"].ID, "customer": "c",
		"after": number[byNumber], "after_id": "b", "until": "kitchen 16", "limit": 51, "viewer": "maria", "item": "",
		"limit_pending": 100, "limit_current": 1001, "limit_completed": 100, "limit_all": 100, "limit_archived": 100}
	if strings.Contains(s.Name, "number") && !byNumber {
		known["after"], known["until"] = "15", "16"
	}
	for _, p := range s.Parameters() {
		value, ok := known[p]
		if !ok {
			w.t.Fatalf("%s has the parameter %s", s.Name, p)
		}
		values = append(values, value)
	}
	return values
}

// wasteful says what a plan does that grows with the number of projects. PostgreSQL scans
// a table when most of its rows are wanted anyway, so a count may.
func wasteful(engine db.Engine, plan, name string) string {
	low := strings.ToLower(plan)
	switch {
	case engine == db.SQLite && strings.Contains(low, "temp b-tree"), engine == db.PostgreSQL && strings.Contains(low, "sort key"):
		return "sorts"
	case engine == db.SQLite && strings.Contains(low, "scan p"), strings.Contains(low, "seq scan on projects") && !strings.HasPrefix(name, "count"):
		return "reads the whole table"
	}
	return ""
}
