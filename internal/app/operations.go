package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

const (
	// healthAge is how old an answer about health may be, so that questions cost nothing.
	healthAge = 5 * time.Second
	// healthPatience is how long the disk may take for the small write that proves it.
	healthPatience = 4 * time.Second
)

// operationRoutes are for monitoring and for balancers. They tell one word and are open to
// everybody; figures are on the metrics listener only (H09).
func (a *App) operationRoutes(t *route.Table) {
	h := a.newHealth()
	t.Get("/healthz", access.Anyone("says in one word whether the server can work"), h.answer)
	t.Get("/readyz", access.Anyone("says in one word whether the server takes requests"), h.answer)
}

// health asks whether data can be written and keeps the answer for a while. One question
// is under way at a time, however many ask.
type health struct {
	clock    clock.Clock
	patience time.Duration
	probe    func(ctx context.Context) error

	mu     sync.Mutex
	reason string // why not, or empty
	asked  time.Time
	busy   chan struct{} // closed when the question under way is answered
}

func (a *App) newHealth() *health {
	return &health{clock: a.Clock, patience: healthPatience, probe: a.probe}
}

// probe writes to the database and, where files are on this machine, to their folder. A
// bucket elsewhere is left out: while it is away everything but files works.
func (a *App) probe(ctx context.Context) error {
	err := a.Database.Write(ctx, "*", func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into installation (name, value) values ('health', $1) on conflict (name) do update set value = excluded.value`,
			a.Clock.Now().Format(time.RFC3339))
		return err
	})
	if err != nil || a.Config.HasS3() {
		return err
	}
	return a.Blobs.Check(ctx)
}

func (h *health) answer(r *route.Request) (web.Reply, error) {
	reason := h.problem(r.Context())
	if reason == "" {
		return web.Data(healthAnswer{Status: "ok"}), nil
	}
	return web.Data(healthAnswer{Status: "failing", Reason: reason}).WithStatus(http.StatusServiceUnavailable), nil
}

type healthAnswer struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// problem is why the server cannot work: "full", "read-only", "slow", "unreachable", or
// empty when it can.
func (h *health) problem(ctx context.Context) string {
	h.mu.Lock()
	if !h.asked.IsZero() && h.busy == nil && h.clock.Now().Sub(h.asked) < healthAge {
		defer h.mu.Unlock()
		return h.reason
	}
	if h.busy == nil {
		h.busy = make(chan struct{})
		go h.ask(h.busy)
	}
	busy := h.busy
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	select {
	case <-busy:
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.reason
	case <-ctx.Done():
		return "slow"
	}
}

// ask does not end with the request that asked: a write on a hanging disk cannot be
// called back, and a second one behind it would only wait as well.
func (h *health) ask(done chan struct{}) {
	reason := reasonOf(h.probe(context.Background()))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reason, h.asked, h.busy = reason, h.clock.Now(), nil
	close(done)
}

func reasonOf(err error) string {
	switch {
	case err == nil:
		return ""
	case fault.Is(err, fault.NoSpace), errors.Is(err, syscall.ENOSPC):
		return "full"
	case errors.Is(err, syscall.EROFS), strings.Contains(causes(err), "readonly"), strings.Contains(causes(err), "read-only"):
		return "read-only"
	}
	return "unreachable"
}

// causes is an error with what a fault keeps from its readers.
func causes(err error) string {
	var text strings.Builder
	for ; err != nil; err = errors.Unwrap(err) {
		text.WriteString(err.Error() + "; ")
	}
	return text.String()
}
