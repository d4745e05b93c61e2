package incoming

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/jobs"
)

const (
	rememberFor = 90 * 24 * time.Hour // the mail itself, once nobody waits for it
	strayAfter  = 24 * time.Hour      // bytes without a line in the list
)

// Jobs hands the feature's work to the runner.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(readJob, s.read)
	r.Handle(forgetJob, func(ctx context.Context, _ jobs.Task) error { return s.Forget(ctx) })
	r.Every(6*time.Hour, jobs.Job{Kind: forgetJob})
}

// Forget deletes the bytes of mails that were settled three months ago, and those that a crash
// left behind. That the mail came stays known.
func (s *Service) Forget(ctx context.Context) error {
	type old struct{ org, id, raw string }
	var list []old
	err := s.store.Across(ctx, "incoming: find mails to forget", func(tx *guard.AcrossTx) error {
		list = nil
		return tx.Each(oldMails, guard.Args{"before": tx.Now().Add(-rememberFor)}, func(row guard.Row) error {
			var o old
			err := row(&o.org, &o.id, &o.raw)
			list = append(list, o)
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := s.means.Blobs.Delete(ctx, o.raw); err != nil {
			return fmt.Errorf("delete an old mail: %w", err)
		}
	}
	err = s.store.AcrossChange(ctx, "incoming: forget old mails", func(tx *guard.AcrossTx) error {
		for _, o := range list {
			if _, err := tx.Exec(forget, guard.Args{"firm": o.org, "id": o.id}); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, s.sweep(ctx))
}

// sweep deletes mails that were stored and never noted: their senders still have them.
func (s *Service) sweep(ctx context.Context) error {
	before := s.store.Now().Add(-strayAfter)
	var strays []string
	err := s.means.Blobs.Walk(ctx, func(info blob.Info) error {
		if mailID, ours := strings.CutPrefix(info.Key, rawKey("")); ours && info.Modified.Before(before) {
			strays = append(strays, mailID)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for mails that were never noted: %w", err)
	}
	for _, mailID := range strays {
		noted := 0
		err := s.store.Across(ctx, "incoming: find mails that were never noted", func(tx *guard.AcrossTx) error {
			return tx.One(idExists, guard.Args{"id": mailID}, &noted)
		})
		if err != nil {
			return err
		}
		if noted > 0 {
			continue
		}
		if err := s.means.Blobs.Delete(ctx, rawKey(mailID)); err != nil {
			return fmt.Errorf("delete a mail that was never noted: %w", err)
		}
	}
	return nil
}
