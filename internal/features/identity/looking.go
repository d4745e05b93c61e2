package identity

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

// LookLife is how long a member of staff looks at the portal as somebody before they have
// to say again why.
const LookLife = 30 * time.Minute

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
	if _, err := tx.Exec(startLook, guard.Args{"session": tx.Actor().Session(), "person": string(member.Person), "by": by}); err != nil {
		return err
	}
	until := tx.Now().Add(LookLife)
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
	err = tx.One(lookOf, here, &person, &name)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(stopLook, here); err != nil {
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
		changed, err := tx.Exec(endLook, guard.Args{"person": string(over.Person), "by": string(over.By), "since": over.Since})
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

// whileLooking leaves only the look, when a member of staff looks as somebody else and the
// page is not the office's: so nothing that the browser may do otherwise mixes with it, and
// a comment cannot go out by mistake. Addresses that the faces share belong to the page
// that asked for them.
func whileLooking(list []candidate, r *http.Request, slug string) []candidate {
	if ofOffice(r, slug) {
		return list
	}
	for _, c := range list {
		if c.identity.SeenBy != "" {
			return []candidate{c}
		}
	}
	return list
}

func ofOffice(r *http.Request, slug string) bool {
	office := "/" + slug + "/office"
	if within(r.URL.Path, office) {
		return true
	}
	for _, face := range []string{"/home", "/desk", "/field"} {
		if within(r.URL.Path, "/"+slug+face) {
			return false
		}
	}
	asked, err := url.Parse(r.Referer())
	return err == nil && within(asked.Path, office)
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// lookOver reports whether the time of a look is up.
func (c candidate) lookOver(now time.Time) bool {
	return c.identity.SeenBy != "" && now.Sub(c.enteredAt) >= LookLife
}
