package apptest

import (
	"context"
	"strings"
	"testing"

	"lintel/internal/core/event"
	"lintel/internal/platform/db"
	"lintel/internal/platform/jobs"
)

// A22: a job that names another organisation's event does nothing in either organisation, is
// given up after its last attempt, and says so in the log.
func TestA22AJobWithAForeignEventFailsClosed(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		p.RunJobs()
		var foreign string
		p.read(&foreign, `select id from events where org = $1 and kind = 'message.posted' order by seq limit 1`, string(alder.Org))
		before := p.State("jobs", "timetable", "sessions", "memberships")
		for _, s := range p.App.Events.Subscribers() {
			p.must(p.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error {
				return jobs.Insert(tx, p.Clock.Now(), jobs.Job{Kind: event.JobKind(s.Name), Organisation: string(birch.Org), Arguments: event.Delivery{Event: foreign}, MaxAttempts: 1})
			}))
		}
		p.RunJobs()
		if changed := Changed(before, p.State("jobs", "timetable", "sessions", "memberships")); len(changed) > 0 {
			t.Errorf("a foreign event changed %v", changed)
		}
		dead := 0
		p.read(&dead, `select count(*) from jobs where org = $1 and state = 'dead'`, string(birch.Org))
		if want := len(p.App.Events.Subscribers()); dead != want || want == 0 {
			t.Errorf("%d of %d such jobs were given up", dead, want)
		}
		if !strings.Contains(p.Log(), "given up") {
			t.Error("nothing in the log says that a job was given up")
		}
	})
}

// read scans one value from the database, past all locks.
func (p *Portal) read(into any, query string, args ...any) {
	p.t.Helper()
	p.must(p.App.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(into); err != nil {
				return err
			}
		}
		return rows.Err()
	}))
}
