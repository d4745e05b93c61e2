package factor

import (
	"context"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/jobs"
)

// Jobs names the timed work: challenges that ran out go.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle("factor.purge", func(ctx context.Context, _ jobs.Task) error {
		return s.store.AcrossChange(ctx, "factor: forget challenges that ran out", func(tx *guard.AcrossTx) error {
			_, err := tx.Exec(purgeQuestions, guard.Args{"before": tx.Now().Add(-time.Hour)})
			return err
		})
	})
	r.Every(time.Hour, jobs.Job{Kind: "factor.purge"})
}
