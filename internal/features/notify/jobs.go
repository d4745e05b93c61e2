package notify

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/jobs"
)

// The kinds of jobs.
const (
	lettersJob = "send held letters"
	lateJob    = "look for late letters"
	pushJob    = "push to a device"
)

// late is how long after its hour a letter that nobody has sent is looked for: another node may have begun to send the
// burst in the same instant in which the letter joined it.
const late = 5 * time.Minute

// Jobs hands the feature's work to the runner.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(lettersJob, func(ctx context.Context, task jobs.Task) error {
		return s.sendDue(ctx, access.OrgID(task.Organisation))
	})
	r.Handle(lateJob, func(ctx context.Context, _ jobs.Task) error { return s.lookForLate(ctx) })
	r.Handle(pushJob, s.push)
	r.Every(late, jobs.Job{Kind: lateJob})
}

// sendDue makes mails of all letters of an organisation that are due, a person at a time.
func (s *Service) sendDue(ctx context.Context, org access.OrgID) error {
	actor := access.NewSystem(org, "notify: send held letters")
	for {
		people, err := s.peopleDue(ctx, actor)
		if err != nil || len(people) == 0 {
			return err
		}
		for _, p := range people {
			err := s.store.Change(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
				f, err := loadFirm(tx)
				if err != nil {
					return err
				}
				return s.sendTo(tx, f, p.person, p.kind)
			})
			if err != nil {
				return err
			}
		}
	}
}

type addressee struct {
	person access.PersonID
	kind   access.Kind
}

func (s *Service) peopleDue(ctx context.Context, actor access.Actor) (list []addressee, err error) {
	err = s.store.View(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		return tx.Each(peopleDue, nil, func(row guard.Row) error {
			p, first := addressee{}, time.Time{}
			err := row(&p.person, &p.kind, &first)
			list = append(list, p)
			return err
		})
	})
	return list, err
}

func (s *Service) lookForLate(ctx context.Context) error {
	return s.store.AcrossChange(ctx, "notify: letters that nobody has sent", func(tx *guard.AcrossTx) error {
		found := map[string]bool{}
		err := tx.Each(lateOrgs, guard.Args{"before": tx.Now().Add(-late)}, func(row guard.Row) error {
			org := ""
			err := row(&org)
			found[org] = true
			return err
		})
		if err != nil {
			return err
		}
		for org := range found {
			if err := tx.Enqueue(jobs.Job{Kind: lettersJob, Organisation: org, Unique: lettersJob + " " + org + " late"}); err != nil {
				return err
			}
		}
		return nil
	})
}
