package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
)

// The kinds of jobs.
const (
	sendJob   = "send mail"
	forgetJob = "forget sent mails"
)

const (
	giveUpAfter = 36 * time.Hour      // of a mail server that does not answer
	rememberFor = 30 * 24 * time.Hour // a letter's text, after it was sent
	longestWait = 30 * time.Minute
)

// sending is what a send job carries. Attempt is the number of attempts before it: a job
// that runs a second time finds that the mail has gone on.
type sending struct {
	Mail    string `json:"mail"`
	Attempt int    `json:"attempt,omitempty"`
}

// waitAfter doubles from 10 seconds to half an hour: a code comes soon after a hiccup, and
// after a long outage everything is out within half an hour.
func waitAfter(attempt int) time.Duration {
	return min(10*time.Second<<min(attempt, 20), longestWait)
}

// Jobs hands the feature's work to the runner.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(sendJob, s.send)
	r.Handle(forgetJob, func(ctx context.Context, _ jobs.Task) error { return s.forget(ctx) })
	r.Every(24*time.Hour, jobs.Job{Kind: forgetJob})
}

// pending is a mail that is to be sent now.
type pending struct {
	queued
	sealed, messageID string
	attempt           int
	queuedAt, goodTil time.Time
	firm              organisation.Settings
	about             event.Subject
	person            string
}

// send makes one attempt. It holds no transaction while the mail server is spoken to; when
// the program dies between the server's yes and our note of it, the next attempt sends the
// mail once more under the same Message-ID, by which mailboxes drop the second copy.
func (s *Service) send(ctx context.Context, task jobs.Task) error {
	var job sending
	if err := task.Arguments(&job); err != nil {
		return err
	}
	actor := access.NewSystem(access.OrgID(task.Organisation), "outbox: send mail")
	m, err := s.load(ctx, actor, job)
	if fault.Is(err, fault.NotFound) {
		return nil // sent, given up or on to its next attempt
	}
	if err != nil {
		return fmt.Errorf("load mail: %w", err)
	}
	if !m.goodTil.IsZero() && s.store.Now().After(m.goodTil) {
		return s.settle(ctx, actor, m, Expired, "not sent in time")
	}
	letter, err := s.unseal(m.queued, m.sealed)
	if err != nil {
		return jobs.NoRetry(err) // the key is not the one that it was sealed with
	}
	raw, err := s.compose(ctx, m, letter)
	if err == nil {
		err = s.means.Sender.Send(ctx, s.means.From, letter.To, raw)
	}
	return s.note(ctx, actor, m, letter, err)
}

func (s *Service) load(ctx context.Context, actor access.Actor, job sending) (m pending, err error) {
	m.queued, m.attempt = queued{org: string(actor.Org()), id: job.Mail}, job.Attempt
	err = s.store.View(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		if err := tx.One(mailToSend, guard.Args{"id": job.Mail, "attempt": job.Attempt}, &m.sealed, &m.messageID, &m.queuedAt, &m.goodTil,
			&m.about.Kind, &m.about.ID, &m.person); err != nil {
			return err
		}
		m.firm, err = organisation.Of(tx)
		return err
	})
	return m, err
}

// note writes down how an attempt went.
func (s *Service) note(ctx context.Context, actor access.Actor, m pending, l Letter, outcome error) error {
	var refused *mail.Permanent
	var waiting *mail.Temporary
	switch {
	case outcome == nil:
		return s.settle(ctx, actor, m, Delivered, "")
	case errors.As(outcome, &refused):
		return s.settleWith(ctx, actor, m, Bounced, refused.Error(), Returned{m.facts(l, refused.Error())})
	case errors.As(outcome, &waiting) && s.store.Now().Sub(m.queuedAt) < giveUpAfter:
		return s.tryLater(ctx, actor, m, waiting.Error())
	}
	return s.settleWith(ctx, actor, m, Failed, outcome.Error(), GivenUp{m.facts(l, outcome.Error())})
}

func (s *Service) settle(ctx context.Context, actor access.Actor, m pending, to State, why string) error {
	return s.settleWith(ctx, actor, m, to, why, nil)
}

// settleWith ends a mail's way, once, and records what came of it.
func (s *Service) settleWith(ctx context.Context, actor access.Actor, m pending, to State, why string, happened event.Event) error {
	return s.store.Change(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		args := guard.Args{"id": m.id, "attempt": m.attempt, "state": string(to), "why": why, "sent_at": time.Time{}, "bounced_at": time.Time{}}
		switch to {
		case Delivered:
			args["sent_at"] = tx.Now()
		case Bounced:
			args["bounced_at"] = tx.Now()
		}
		changed, err := tx.Exec(settleMail, args)
		if err != nil || changed == 0 || happened == nil {
			return err
		}
		if returned, gaveBack := happened.(Returned); gaveBack {
			if err := suppressAddress(tx, returned.To, bounced, why); err != nil {
				return err
			}
		}
		return tx.Record(happened)
	})
}

func (s *Service) tryLater(ctx context.Context, actor access.Actor, m pending, why string) error {
	return s.store.Change(ctx, actor, access.SystemWork, func(tx *guard.Tx) error {
		changed, err := tx.Exec(countAttempt, guard.Args{"id": m.id, "attempt": m.attempt, "why": why})
		if err != nil || changed == 0 {
			return err
		}
		next := sending{Mail: m.id, Attempt: m.attempt + 1}
		return tx.Enqueue(jobs.Job{Kind: sendJob, Arguments: next, RunAt: tx.Now().Add(waitAfter(m.attempt)), Unique: next.unique()})
	})
}

func (j sending) unique() string { return fmt.Sprintf("%s %s %d", sendJob, j.Mail, j.Attempt) }

// forget deletes the text of letters that were settled a month ago; that they were sent
// stays known.
func (s *Service) forget(ctx context.Context) error {
	return s.store.AcrossChange(ctx, "outbox: forget the text of sent mails", func(tx *guard.AcrossTx) error {
		_, err := tx.Exec(forgetLetters, guard.Args{"before": tx.Now().Add(-rememberFor)})
		return err
	})
}
