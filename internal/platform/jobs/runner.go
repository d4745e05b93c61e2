package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/logging"
)

// Task is a job that runs now.
type Task struct {
	ID           string
	Kind         string
	Organisation string
	Attempt      int
	LastAttempt  bool
	arguments    []byte
}

// Arguments reads what the job was stored with into target.
func (t Task) Arguments(target any) error {
	if err := json.Unmarshal(t.arguments, target); err != nil {
		return fmt.Errorf("read the arguments of job %s: %w", t.Kind, err)
	}
	return nil
}

// Handler does the work of one kind. It may run twice for one job (a lease can end while
// it works), so it must converge. An error means: try again later.
type Handler func(ctx context.Context, task Task) error

// NoRetry marks an error that more attempts cannot mend: the job is buried at once.
func NoRetry(err error) error { return permanent{err} }

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

const (
	lease        = 2 * time.Minute
	pollInterval = time.Second
	workers      = 8
)

// Runner claims jobs and does them.
type Runner struct {
	database *db.DB
	clock    clock.Clock
	log      *slog.Logger
	handlers map[string]Handler
	periods  map[string]period
	wake     chan struct{}

	round sync.Mutex
	last  string // the organisation that was last in the round before
}

type period struct {
	interval time.Duration
	job      Job
}

// New makes a runner without handlers.
func New(database *db.DB, c clock.Clock, log *slog.Logger) *Runner {
	return &Runner{database: database, clock: c, log: log, handlers: map[string]Handler{}, periods: map[string]period{}, wake: make(chan struct{}, 1)}
}

// Handle names the handler of a kind. It is called while the program is put together.
func (r *Runner) Handle(kind string, handler Handler) {
	if r.handlers[kind] != nil {
		panic("two handlers for job " + kind)
	}
	r.handlers[kind] = handler
}

// Every does a job once per interval on exactly one of all running nodes.
func (r *Runner) Every(interval time.Duration, job Job) {
	r.periods[job.Kind] = period{interval, job}
}

// Wake makes the runner look for work at once; services call it after a commit.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until the context ends, then waits for the tasks that run.
func (r *Runner) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	slots := make(chan struct{}, workers)
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		r.rescue(ctx)
		r.enqueueDue(ctx)
		r.claimAndStart(ctx, slots, &running)
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-ticker.C:
		}
	}
}

func (r *Runner) claimAndStart(ctx context.Context, slots chan struct{}, running *sync.WaitGroup) {
	for {
		free := cap(slots) - len(slots)
		if free == 0 || ctx.Err() != nil {
			return
		}
		tasks, err := r.claim(ctx, free)
		if err != nil {
			r.complain(ctx, "claim jobs", err)
			return
		}
		for _, task := range tasks {
			slots <- struct{}{}
			running.Go(func() {
				defer func() { <-slots; r.Wake() }()
				r.do(context.WithoutCancel(ctx), task)
			})
		}
		if len(tasks) < free {
			return
		}
	}
}

// Drain does everything that is due now, one after the other, and returns how many tasks
// ran; tests call it instead of waiting for Run.
func (r *Runner) Drain(ctx context.Context) (int, error) {
	done := 0
	for {
		r.rescue(ctx)
		r.enqueueDue(ctx)
		tasks, err := r.claim(ctx, workers)
		if err != nil || len(tasks) == 0 {
			return done, err
		}
		for _, task := range tasks {
			r.do(ctx, task)
			done++
		}
	}
}

func (r *Runner) claim(ctx context.Context, count int) (tasks []Task, err error) {
	now := r.clock.Now()
	due, err := r.anythingDue(ctx, now)
	if err != nil || !due {
		return nil, err
	}
	r.round.Lock()
	defer r.round.Unlock()
	var last string
	err = r.database.Write(ctx, "*", func(tx *db.Tx) error {
		tasks = tasks[:0]
		organisations, err := roundOf(tx, r.last, now, count)
		if err != nil {
			return err
		}
		for i, organisation := range organisations {
			share := count / len(organisations)
			if i < count%len(organisations) {
				share++
			}
			claimed, err := claimOf(tx, organisation, now, share)
			if err != nil {
				return err
			}
			tasks, last = append(tasks, claimed...), organisation
		}
		return nil
	})
	if err == nil {
		r.last = last
	}
	return tasks, err
}

// roundOf lists organisations with work that is due, those behind the last one first.
func roundOf(tx *db.Tx, last string, now time.Time, count int) ([]string, error) {
	list, err := organisations(tx, fmt.Sprintf(organisationsWithWork, behind), now.UnixMicro(), count, last)
	if err != nil || len(list) == count {
		return list, err
	}
	again, err := organisations(tx, fmt.Sprintf(organisationsWithWork, ""), now.UnixMicro(), count)
	for _, organisation := range again {
		if len(list) < count && !slices.Contains(list, organisation) {
			list = append(list, organisation)
		}
	}
	return list, err
}

func organisations(tx *db.Tx, text string, args ...any) (list []string, err error) {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var organisation string
		if err := rows.Scan(&organisation); err != nil {
			return nil, err
		}
		list = append(list, organisation)
	}
	return list, rows.Err()
}

func claimOf(tx *db.Tx, organisation string, now time.Time, count int) (tasks []Task, err error) {
	clause := ""
	if tx.Engine() == db.PostgreSQL {
		clause = "for update skip locked"
	}
	rows, err := tx.Query(fmt.Sprintf(claimJobs, clause), now.Add(lease).UnixMicro(), organisation, now.UnixMicro(), count)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Task
		var most int
		if err := rows.Scan(&t.ID, &t.Kind, &t.Organisation, &t.arguments, &t.Attempt, &most); err != nil {
			return nil, err
		}
		t.LastAttempt = t.Attempt >= most
		tasks = append(tasks, t)
	}
	return tasks, rows.Err()
}

// anythingDue spares an idle server the write transaction of a claim.
func (r *Runner) anythingDue(ctx context.Context, now time.Time) (due bool, err error) {
	err = r.database.Read(ctx, "*", func(tx *db.Tx) error {
		var first sql.NullInt64
		rows, err := tx.Query(nextDue)
		if err != nil {
			return err
		}
		defer rows.Close()
		if rows.Next() {
			if err := rows.Scan(&first); err != nil {
				return err
			}
		}
		due = first.Valid && first.Int64 <= now.UnixMicro()
		return rows.Err()
	})
	return due, err
}

func (r *Runner) do(ctx context.Context, task Task) {
	stop := r.keepLease(ctx, task)
	err := r.attempt(ctx, task)
	stop()
	if err := r.finish(ctx, task, err); err != nil {
		r.log.Error("finish job", "kind", task.Kind, "job", task.ID, "error", err)
	}
}

func (r *Runner) attempt(ctx context.Context, task Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	handler := r.handlers[task.Kind]
	if handler == nil {
		return fmt.Errorf("no handler for job %s", task.Kind)
	}
	return handler(logging.With(ctx, logging.Who{Job: task.ID, Organisation: task.Organisation}), task)
}

// keepLease renews the lease while a long task works, so that no other node takes it.
func (r *Runner) keepLease(ctx context.Context, task Task) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		ticker := time.NewTicker(lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				until := r.clock.Now().Add(lease).UnixMicro()
				_ = r.database.Write(ctx, "*", func(tx *db.Tx) error { _, err := tx.Exec(renewJobs, until, task.ID); return err })
			}
		}
	}()
	return cancel
}

func (r *Runner) finish(ctx context.Context, task Task, failure error) error {
	now := r.clock.Now()
	return r.database.Write(ctx, "*", func(tx *db.Tx) error {
		var err error
		var forGood permanent
		switch {
		case failure == nil:
			_, err = tx.Exec(finishJob, task.ID)
		case task.LastAttempt || errors.As(failure, &forGood):
			r.log.Error("job given up", "kind", task.Kind, "job", task.ID, "attempt", task.Attempt, "error", failure)
			_, err = tx.Exec(buryJob, failure.Error(), now.UnixMicro(), task.ID)
		default:
			r.log.Warn("job failed, will be tried again", "kind", task.Kind, "job", task.ID, "attempt", task.Attempt, "error", failure)
			_, err = tx.Exec(retryJob, now.Add(retryAfter(task.Attempt)).UnixMicro(), failure.Error(), task.ID)
		}
		return err
	})
}

// retryAfter doubles from 5 seconds to 4 hours: twenty attempts last about a day and a half.
func retryAfter(attempt int) time.Duration {
	return min(5*time.Second<<min(attempt-1, 20), 4*time.Hour)
}

// rescue gives back tasks whose node died.
func (r *Runner) rescue(ctx context.Context) {
	now := r.clock.Now().UnixMicro()
	expired := false
	err := r.database.Read(ctx, "*", func(tx *db.Tx) error {
		rows, err := tx.Query(`select 1 from jobs where state = 'running' and lease_until < $1 limit 1`, now)
		if err != nil {
			return err
		}
		defer rows.Close()
		expired = rows.Next()
		return rows.Err()
	})
	if err != nil || !expired {
		return
	}
	_ = r.database.Write(ctx, "*", func(tx *db.Tx) error { _, err := tx.Exec(rescueJobs, now); return err })
}

// enqueueDue stores the periodic jobs whose time has come; the first node to move the
// timetable wins.
func (r *Runner) enqueueDue(ctx context.Context) {
	now := r.clock.Now()
	next, err := r.timetable(ctx)
	if err != nil {
		r.complain(ctx, "read the timetable", err)
		return
	}
	for name, p := range r.periods {
		if at, known := next[name]; known && at > now.UnixMicro() {
			continue
		}
		if err := r.enqueuePeriodic(ctx, name, p, now); err != nil {
			r.complain(ctx, "enqueue the periodic job "+name, err)
		}
	}
}

// complain logs what went wrong, unless it is only that the program stops.
func (r *Runner) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		r.log.Error(what, "error", err)
	}
}

// timetable tells when each periodic job is due next.
func (r *Runner) timetable(ctx context.Context) (next map[string]int64, err error) {
	next = map[string]int64{}
	err = r.database.Read(ctx, "*", func(tx *db.Tx) error {
		rows, err := tx.Query(readTurns)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var at int64
			if err := rows.Scan(&name, &at); err != nil {
				return err
			}
			next[name] = at
		}
		return rows.Err()
	})
	return next, err
}

func (r *Runner) enqueuePeriodic(ctx context.Context, name string, p period, now time.Time) error {
	return r.database.Write(ctx, "*", func(tx *db.Tx) error {
		if _, err := tx.Exec(addTurn, name, now.UnixMicro()); err != nil {
			return err
		}
		won, err := tx.Exec(takeTurn, now.Add(p.interval).UnixMicro(), name, now.UnixMicro())
		if err != nil || won == 0 {
			return err
		}
		job := p.job
		job.Unique = "every " + name
		return Insert(tx, now, job)
	})
}

// Counts tells how many jobs are in each state ("ready", "running", "dead").
func (r *Runner) Counts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	err := r.database.Read(ctx, "*", func(tx *db.Tx) error {
		rows, err := tx.Query(countJobs)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var state string
			var n int
			if err := rows.Scan(&state, &n); err != nil {
				return err
			}
			counts[state] = n
		}
		return rows.Err()
	})
	return counts, err
}

// Revive gives a job that was given up a new set of attempts.
func (r *Runner) Revive(ctx context.Context, jobID string) error {
	now := r.clock.Now().UnixMicro()
	err := r.database.Write(ctx, "*", func(tx *db.Tx) error { _, err := tx.Exec(reviveJob, now, jobID); return err })
	r.Wake()
	return err
}
