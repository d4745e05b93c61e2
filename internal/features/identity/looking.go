package identity

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/standing"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

const (
	lookJob       = "identity: end a look at the portal"
	longestReason = 300
)

// LookRequest says as whom a member of staff wants to look at the portal, and why.
type LookRequest struct {
	Person   access.PersonID
	Customer string // from whose page; for the event
	Reason   string
}

// Look lets the actor's browser see the portal as a customer's person sees it, reading
// only, for LookLife or until StopLooking. Staff with see-as:use. Faults: Invalid on
// reason; NotFound when the person has no access here.
//
// The entry lies beside what else the browser may open: it opens nothing once the actor is
// signed out or has lost the right, which every request asks anew (withLookers).
func Look(tx *guard.Tx, wanted LookRequest) error {
	if err := tx.Require(access.SeeAs); err != nil {
		return err
	}
	if tx.Actor().Session() == "" {
		return fault.New(fault.Denied, "Looking as somebody else needs a browser.")
	}
	reason := strings.TrimSpace(wanted.Reason)
	if n := utf8.RuneCountInString(reason); n < 3 || n > longestReason {
		return fault.ForField("reason", "Write in a few words why. It is kept in the log.")
	}
	member, err := memberOfKind(tx, wanted.Person, access.Customer)
	if err != nil {
		return err
	}
	if _, err := StopLooking(tx); err != nil {
		return err
	}
	by := string(tx.Actor().Person())
	if _, err := tx.Exec(store.StartLook, guard.Args{"session": tx.Actor().Session(), "person": string(member.Person), "by": by}); err != nil {
		return err
	}
	until := tx.Now().Add(standing.LookLife)
	end := jobs.Job{Kind: lookJob, RunAt: until, Arguments: endedLook{Person: member.Person, By: tx.Actor().Person(), Since: tx.Now()}}
	if err := tx.Enqueue(end); err != nil {
		return err
	}
	return tx.Record(record.LookStarted{Person: member.Person, Name: member.Name, Customer: wanted.Customer, Reason: reason, Until: until})
}

// StopLooking ends what Look began in the actor's browser and tells as whom they looked. It
// does nothing when nobody looks.
func StopLooking(tx *guard.Tx) (person access.PersonID, err error) {
	here := guard.Args{"session": tx.Actor().Session(), "by": string(tx.Actor().Person())}
	var name string
	err = tx.One(store.LookOf, here, &person, &name)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(store.StopLook, here); err != nil {
		return "", err
	}
	return person, tx.Record(record.LookEnded{Person: person, Name: name})
}

// endedLook is the job that ends a look when its time is over.
type endedLook struct {
	Person access.PersonID
	By     access.PersonID
	Since  time.Time
}

// endLook takes a look away that nobody has stopped, and writes that down. What it had
// opened is closed since the minute it ended, also without this job.
func (s *Service) endLook(ctx context.Context, task jobs.Task) error {
	var over endedLook
	if err := task.Arguments(&over); err != nil {
		return jobs.NoRetry(err)
	}
	system := access.NewSystem(access.OrgID(task.Organisation), "end a look at the portal")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		changed, err := tx.Exec(store.EndLook, guard.Args{"person": string(over.Person), "by": string(over.By), "since": over.Since})
		if err != nil || changed == 0 {
			return err
		}
		member, err := memberOfKind(tx, over.Person, access.Customer)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return tx.Record(record.LookEnded{Person: over.Person, Name: member.Name, TimeOver: true})
	})
}
