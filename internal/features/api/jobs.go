package api

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/jobs"
)

const purgeJob = "api: purge requests that were done"

// Jobs registers the work outside of requests.
func (q *Requests) Jobs(r *jobs.Runner) {
	r.Handle(purgeJob, func(ctx context.Context, _ jobs.Task) error { return q.Purge(ctx) })
	r.Every(6*time.Hour, jobs.Job{Kind: purgeJob})
}

// Purge forgets requests that were done more than a day ago.
func (q *Requests) Purge(ctx context.Context) error {
	err := q.store.AcrossChange(ctx, "api: purge requests that were done", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(purgeRequests, guard.Args{"before": tx.Now().Add(-keptFor)})
		return err
	})
	if err != nil {
		return fmt.Errorf("purge requests that were done: %w", err)
	}
	return nil
}
