// Package jobs is the durable queue in the database: work that is written in the same
// transaction as the reason for it and done after the commit, with leases, retries,
// dead letters and fairness between organisations. It runs on both engines.
package jobs

import (
	"encoding/json"
	"fmt"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// Job is work to be done.
type Job struct {
	Kind         string // which handler does it
	Organisation string // for fairness and for the handler's actor; empty for the installation's own work
	Arguments    any    // stored as JSON
	RunAt        time.Time
	Unique       string // while a job with the same mark waits or runs, a second is not stored
	MaxAttempts  int    // 0: the default
}

// DefaultAttempts spread over about a day and a half, see retryAfter.
const DefaultAttempts = 20

// Insert stores jobs in the caller's transaction, all in one statement. One whose Unique mark waits or runs already is left out.
func Insert(tx *db.Tx, now time.Time, list ...Job) error {
	for len(list) > mostAtOnce {
		if err := Insert(tx, now, list[:mostAtOnce]...); err != nil {
			return err
		}
		list = list[mostAtOnce:]
	}
	if len(list) == 0 {
		return nil
	}
	values := make([]any, 0, len(list)*jobColumns)
	for _, job := range list {
		arguments, err := json.Marshal(job.Arguments)
		if err != nil {
			return fmt.Errorf("write the arguments of job %s: %w", job.Kind, err)
		}
		values = append(values, id.New(), job.Kind, job.Organisation, string(arguments), job.begins(now).UnixMicro(), job.mark(), job.attempts(), now.UnixMicro())
	}
	if _, err := tx.Exec(insertJobs[len(list)-1], values...); err != nil {
		return fmt.Errorf("store job %s: %w", list[0].Kind, err)
	}
	return nil
}

func (j Job) begins(now time.Time) time.Time {
	if j.RunAt.After(now) {
		return j.RunAt
	}
	return now
}

func (j Job) attempts() int {
	if j.MaxAttempts == 0 {
		return DefaultAttempts
	}
	return j.MaxAttempts
}

func (j Job) mark() any {
	if j.Unique == "" {
		return nil
	}
	return j.Unique
}

const (
	jobColumns = 8
	mostAtOnce = 12
)

// insertJobs are the statements that store one job, two, and so on.
var insertJobs = func() (texts [mostAtOnce]string) {
	rows := ""
	for i := range mostAtOnce {
		if i > 0 {
			rows += ", "
		}
		n := i * jobColumns
		rows += fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d, 'ready')", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8)
		texts[i] = "insert into jobs (id, kind, org, arguments, run_at, unique_mark, max_attempts, created_at, state) values " + rows +
			" on conflict (unique_mark) where unique_mark is not null and state in ('ready', 'running') do nothing"
	}
	return texts
}()

// Claiming goes round the organisations that have work, one job of each before a second of
// any, so that nobody's thousand mails delay another's one. The list of them is read off
// the index with one step for each, however many jobs they have.
const organisationsWithWork = `with recursive turn(org) as (
		select (select org from jobs where state = 'ready' and run_at <= $1 %s order by org limit 1)
		union all
		select (select org from jobs where state = 'ready' and run_at <= $1 and org > turn.org order by org limit 1) from turn where turn.org is not null)
	select org from turn where org is not null limit $2`

// behind begins the round after the organisation that was last in the round before.
const behind = `and org > $3`

// claimJobs takes some of one organisation's jobs. The engines differ by one clause: on
// PostgreSQL several nodes claim at once and skip what another holds.
const claimJobs = `update jobs set state = 'running', attempt = attempt + 1, lease_until = $1 where id in (
		select id from jobs where state = 'ready' and org = $2 and run_at <= $3 order by run_at, id limit $4 %s)
	returning id, kind, org, arguments, attempt, max_attempts`

const (
	finishJob  = `delete from jobs where id = $1`
	retryJob   = `update jobs set state = 'ready', run_at = $1, lease_until = null, last_error = $2 where id = $3`
	buryJob    = `update jobs set state = 'dead', lease_until = null, last_error = $1, run_at = $2 where id = $3`
	renewJobs  = `update jobs set lease_until = $1 where state = 'running' and id = $2`
	rescueJobs = `update jobs set state = case when attempt >= max_attempts then 'dead' else 'ready' end, lease_until = null,
		last_error = 'the program ended while it worked on this' where state = 'running' and lease_until < $1`
	nextDue   = `select min(run_at) from jobs where state = 'ready'`
	countJobs = `select state, count(*) from jobs group by state`
	readTurns = `select name, next_at from timetable`
	takeTurn  = `update timetable set next_at = $1 where name = $2 and next_at <= $3`
	addTurn   = `insert into timetable (name, next_at) values ($1, $2) on conflict (name) do nothing`
	reviveJob = `update jobs set state = 'ready', attempt = 0, run_at = $1 where id = $2 and state = 'dead'`
)
