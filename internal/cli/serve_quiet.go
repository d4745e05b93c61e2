package cli

import (
	"context"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// quietTime is how long nobody asks for anything before memory is given back.
const quietTime = time.Second

// idleWork is how much the program may work in this time and still count as quiet: a look for jobs, a probe.
const idleWork = 20 * time.Millisecond

// quietMemory gives memory back to the system once requests have stopped coming and no job works: what a
// burst leaves behind would stay with the process for minutes, and most portals on a small
// machine are quiet most of the time. It takes some milliseconds, when nobody waits.
type quietMemory struct {
	shrink   func() // gives back what the database's connections keep
	requests atomic.Int64
	seen     int64
	worked   time.Duration // of the processor, since the start
	used     bool          // since memory was given back
}

// count wraps the portal's handler.
func (q *quietMemory) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer q.requests.Add(1)
		next.ServeHTTP(w, r)
	})
}

func (q *quietMemory) watch(ctx context.Context) {
	q.used = true // the start leaves something behind too
	ticker := time.NewTicker(quietTime)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if q.isDue(processorTime()) {
				q.giveBack(ctx)
				q.worked = processorTime() // this was work too
			}
		case <-ctx.Done():
			return
		}
	}
}

// giveBack also forgets which pages of the program itself are in memory. Most of them the start alone has touched; the
// system keeps their content in its cache, from where those in use come back one by one, and may now drop the others.
func (q *quietMemory) giveBack(ctx context.Context) {
	if q.shrink != nil {
		q.shrink()
	}
	debug.FreeOSMemory()
	forgetProgram()
}

// isDue is asked again and again: it is true once when, since it was asked last, no
// request has ended and no job has worked, and before that some had.
func (q *quietMemory) isDue(worked time.Duration) bool {
	count := q.requests.Load()
	busy := count != q.seen || worked-q.worked > idleWork
	q.seen, q.worked = count, worked
	if busy {
		q.used = true
		return false
	}
	due := q.used
	q.used = false
	return due
}
