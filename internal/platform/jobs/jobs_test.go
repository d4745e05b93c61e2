package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/logging"
	"lintel/internal/platform/migrate"
)

var ctx = context.Background()

// yard is a database with a clock and one node that works there.
type yard struct {
	t        *testing.T
	database *db.DB
	clock    *clock.Fake
	*jobs.Runner
	mu   sync.Mutex
	done []string // what was done, in order
}

func onBoth(t *testing.T, run func(t *testing.T, y *yard)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		now := clock.NewFake(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC))
		if _, err := migrate.Up(ctx, database, now.Now()); err != nil {
			t.Fatal(err)
		}
		run(t, &yard{t: t, database: database, clock: now, Runner: node(database, now)})
	})
}

func node(database *db.DB, c clock.Clock) *jobs.Runner {
	return jobs.New(database, c, slog.New(slog.DiscardHandler))
}

// does names what the kind's handler notes as done.
func (y *yard) does(r *jobs.Runner, kind string, fails func(jobs.Task) error) {
	r.Handle(kind, func(_ context.Context, task jobs.Task) error {
		var name string
		if err := task.Arguments(&name); err != nil {
			return err
		}
		if fails != nil {
			if err := fails(task); err != nil {
				return err
			}
		}
		y.mu.Lock()
		defer y.mu.Unlock()
		y.done = append(y.done, name)
		return nil
	})
}

func (y *yard) insert(list ...jobs.Job) {
	y.t.Helper()
	err := y.database.Write(ctx, "*", func(tx *db.Tx) error {
		for _, job := range list {
			if err := jobs.Insert(tx, y.clock.Now(), job); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) drain(r *jobs.Runner) int {
	y.t.Helper()
	n, err := r.Drain(ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	return n
}

func (y *yard) wantDone(names ...string) {
	y.t.Helper()
	if !slices.Equal(y.done, names) {
		y.t.Errorf("done: %v, wanted %v", y.done, names)
	}
}

func (y *yard) wantCounts(want map[string]int) {
	y.t.Helper()
	counts, err := y.Counts(ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	if fmt.Sprint(counts) != fmt.Sprint(want) {
		y.t.Errorf("jobs by state: %v, wanted %v", counts, want)
	}
}

func job(kind, name string) jobs.Job { return jobs.Job{Kind: kind, Arguments: name} }

func TestAJobIsDoneOnceAndThenGone(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		y.does(y.Runner, "greet", nil)
		y.insert(job("greet", "Maria"))
		if n := y.drain(y.Runner) + y.drain(y.Runner); n != 1 {
			t.Errorf("done %d times", n)
		}
		y.wantDone("Maria")
		y.wantCounts(map[string]int{})
	})
}

// Fault 22: the reason and the work are one transaction.
func TestAJobOfATransactionThatFailedIsNotThere(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		no := errors.New("the proposal has changed meanwhile")
		err := y.database.Write(ctx, "*", func(tx *db.Tx) error {
			if err := jobs.Insert(tx, y.clock.Now(), job("greet", "Maria")); err != nil {
				t.Error(err)
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		y.wantCounts(map[string]int{})
	})
}

func TestAMarkedJobIsStoredOnceWhileItWaitsOrRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		marked := jobs.Job{Kind: "greet", Arguments: "Maria", Unique: "greet Maria"}
		y.does(y.Runner, "greet", func(jobs.Task) error { y.insert(marked); return nil }) // while it runs
		y.insert(marked, marked)
		y.insert(marked)
		y.wantCounts(map[string]int{"ready": 1})
		y.drain(y.Runner)
		y.wantDone("Maria")
		y.insert(marked) // it has ended, so another may come
		y.wantCounts(map[string]int{"ready": 1})
	})
}

func TestAJobWaitsForItsTime(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		y.does(y.Runner, "remind", nil)
		later := job("remind", "tomorrow")
		later.RunAt = y.clock.Now().Add(24 * time.Hour)
		y.insert(later)
		y.drain(y.Runner)
		y.clock.Advance(24*time.Hour - time.Microsecond)
		y.drain(y.Runner)
		y.wantDone()
		y.clock.Advance(time.Microsecond)
		y.drain(y.Runner)
		y.wantDone("tomorrow")
	})
}

func TestAFailedJobIsTriedAgainLaterAndLater(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		var failedAt []time.Time
		y.does(y.Runner, "send", func(task jobs.Task) error {
			if task.Attempt != len(failedAt)+1 {
				t.Errorf("attempt %d says it is number %d", len(failedAt)+1, task.Attempt)
			}
			if task.Attempt < 5 {
				failedAt = append(failedAt, y.clock.Now())
				return errors.New("the mail server is away")
			}
			return nil
		})
		y.insert(job("send", "letter"))
		for range 100 {
			y.drain(y.Runner)
			y.clock.Advance(time.Second)
		}
		y.wantDone("letter")
		var waits []time.Duration
		for i := 1; i < len(failedAt); i++ {
			waits = append(waits, failedAt[i].Sub(failedAt[i-1]))
		}
		if want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second}; !slices.Equal(waits, want) {
			t.Errorf("waited %v between attempts, wanted %v", waits, want)
		}
	})
}

// Fault 21.
func TestAJobThatAlwaysPanicsIsGivenUpAndTheOthersAreDone(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		attempts, last := 0, 0
		y.does(y.Runner, "poison", func(task jobs.Task) error {
			attempts++
			if task.LastAttempt {
				last++
			}
			panic("the handler fell over")
		})
		y.does(y.Runner, "greet", nil)
		poison := job("poison", "never")
		poison.MaxAttempts = 5
		y.insert(job("greet", "before"), poison, job("greet", "after"))
		for range 100 {
			y.drain(y.Runner)
			y.clock.Advance(time.Minute)
		}
		if attempts != 5 || last != 1 {
			t.Errorf("%d attempts, of which %d knew to be the last; wanted 5 and 1", attempts, last)
		}
		slices.Sort(y.done)
		y.wantDone("after", "before")
		y.wantCounts(map[string]int{"dead": 1})
	})
}

func TestAJobWithoutHopeIsGivenUpAtOnceAndCanBeRevived(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		var seen jobs.Task
		hopeless := true
		y.does(y.Runner, "send", func(task jobs.Task) error {
			seen = task
			if hopeless {
				return fmt.Errorf("send: %w", jobs.NoRetry(errors.New("there is no such mailbox")))
			}
			return nil
		})
		y.insert(job("send", "letter"))
		y.drain(y.Runner)
		y.wantCounts(map[string]int{"dead": 1})
		hopeless = false
		if err := y.Revive(ctx, seen.ID); err != nil {
			t.Fatal(err)
		}
		y.drain(y.Runner)
		y.wantDone("letter")
		if seen.Attempt != 1 {
			t.Errorf("a revived job begins with attempt %d", seen.Attempt)
		}
	})
}

func TestAJobThatNobodyCanDoIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		y.insert(job("of a newer version", "wait for me"))
		y.drain(y.Runner)
		y.wantCounts(map[string]int{"ready": 1})
		newer := node(y.database, y.clock)
		y.does(newer, "of a newer version", nil)
		y.clock.Advance(time.Minute)
		y.drain(newer)
		y.wantDone("wait for me")
	})
}

func TestTheTaskOfADeadNodeIsDoneByAnotherWhenItsLeaseHasEnded(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		y.insert(job("greet", "Maria"))
		if tasks, err := y.Claim(ctx, 8); err != nil || len(tasks) != 1 {
			t.Fatalf("claimed %v, %v", tasks, err)
		} // and now the node dies
		other := node(y.database, y.clock)
		greeted := make(chan jobs.Task, 2)
		other.Handle("greet", func(_ context.Context, task jobs.Task) error { greeted <- task; return nil })
		if n := y.drain(other); n != 0 {
			t.Fatal("a task was taken away from a node that may still work on it")
		}
		y.clock.Advance(jobs.Lease + time.Second)
		running, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); other.Run(running) }()
		select {
		case task := <-greeted:
			if task.Attempt != 2 {
				t.Errorf("the rescued task is at attempt %d", task.Attempt)
			}
		case <-time.After(20 * time.Second):
			t.Error("the task of the dead node was never done")
		}
		stop()
		<-ended
		y.wantCounts(map[string]int{})
	})
}

func TestOneOrganisationsThousandJobsDoNotDelayAnothersOne(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		y.does(y.Runner, "send", nil)
		var many []jobs.Job
		for i := range 1000 {
			many = append(many, jobs.Job{Kind: "send", Organisation: "big", Arguments: fmt.Sprint("newsletter ", i)})
		}
		y.insert(many...)
		y.clock.Advance(time.Second)
		y.insert(jobs.Job{Kind: "send", Organisation: "small", Arguments: "the one"}, job("send", "the installation's own"),
			jobs.Job{Kind: "send", Organisation: "another", Arguments: "the other"})
		if n := y.drain(y.Runner); n != 1003 {
			t.Fatalf("%d of 1003 jobs were done", n)
		}
		for _, name := range []string{"the one", "the other", "the installation's own"} {
			if at := slices.Index(y.done, name); at < 0 || at > 16 {
				t.Errorf("%s came after %d jobs of the big organisation", name, at)
			}
		}
		first, last := slices.Index(y.done, "newsletter 0"), slices.Index(y.done, "newsletter 999")
		if first > 16 || last < 900 {
			t.Errorf("the big organisation's jobs came out of order: the first at %d, the last at %d", first, last)
		}
	})
}

func TestNoTaskIsDoneTwiceByManyNodes(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		const count, nodes = 200, 4
		var list []jobs.Job
		for i := range count {
			list = append(list, jobs.Job{Kind: "send", Organisation: fmt.Sprint("org ", i%7), Arguments: fmt.Sprint(i)})
		}
		y.insert(list...)
		var all sync.WaitGroup
		for range nodes {
			n := node(y.database, y.clock)
			y.does(n, "send", nil)
			all.Go(func() {
				for range 3 { // a node that finds nothing because others hold it comes again
					y.drain(n)
				}
			})
		}
		all.Wait()
		slices.Sort(y.done)
		if twice := len(y.done) - len(slices.Compact(slices.Clone(y.done))); twice > 0 || len(y.done) != count {
			t.Errorf("%d tasks done, %d of them twice; wanted %d once", len(y.done), twice, count)
		}
	})
}

func TestAPeriodicJobIsDoneOncePerIntervalByOneOfTheNodes(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		var nodes []*jobs.Runner
		for range 2 {
			n := node(y.database, y.clock)
			y.does(n, "sweep", nil)
			n.Every(time.Hour, job("sweep", "swept"))
			nodes = append(nodes, n)
		}
		for hour := 1; hour <= 3; hour++ {
			var all sync.WaitGroup
			for _, n := range nodes {
				all.Go(func() { y.drain(n); y.drain(n) })
			}
			all.Wait()
			if len(y.done) != hour {
				t.Fatalf("swept %d times in %d hours", len(y.done), hour)
			}
			y.clock.Advance(59 * time.Minute)
			y.drain(nodes[0])
			y.clock.Advance(time.Minute)
		}
	})
}

func TestRunWorksWhenWokenAndEndsAfterItsTasks(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		began, finish := make(chan struct{}), make(chan struct{})
		y.Handle("slow", func(ctx context.Context, _ jobs.Task) error { close(began); <-finish; return ctx.Err() })
		running, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); y.Run(running) }()
		y.insert(job("slow", ""))
		y.Wake()
		<-began
		stop() // a graceful stop while the task works
		select {
		case <-ended:
			t.Error("the program has ended while a task was working")
		default:
		}
		close(finish)
		<-ended
		y.wantCounts(map[string]int{})
	})
}

// A job that takes the whole program down with it must not do so for ever.
func TestAJobThatKillsTheProgramIsGivenUpAfterItsLastAttempt(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		deadly := job("eats all memory", "")
		deadly.MaxAttempts = 3
		y.insert(deadly)
		for died := 0; ; died++ {
			y.Rescue(ctx)
			tasks, err := y.Claim(ctx, 8)
			if err != nil {
				t.Fatal(err)
			}
			if len(tasks) == 0 {
				if died != 3 {
					t.Errorf("the program died %d times of a job with 3 attempts", died)
				}
				break
			}
			if died > 10 {
				t.Fatal("the program dies of this job again and again")
			}
			y.clock.Advance(jobs.Lease + time.Second)
		}
		y.wantCounts(map[string]int{"dead": 1})
	})
}

func TestWhatAJobLogsSaysWhichJobAndWhoseItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, y *yard) {
		var lines strings.Builder
		log, job := logging.New(&lines, "text", "info"), ""
		y.Handle("count", func(ctx context.Context, task jobs.Task) error {
			job = task.ID
			log.InfoContext(ctx, "at work")
			return nil
		})
		y.insert(jobs.Job{Kind: "count", Organisation: "hartwell"})
		if _, err := y.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if job == "" || !strings.Contains(lines.String(), "job="+job+" organisation=hartwell") {
			t.Errorf("job %q logs %s", job, lines.String())
		}
	})
}
