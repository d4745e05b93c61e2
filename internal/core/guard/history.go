package guard

import (
	"fmt"
	"time"

	"lintel/internal/core/event"
)

var historyOfSubject = SQL("events of subject", `select id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body
	from events where org = :org and subject = :subject order by seq`)

// History calls each for every event of a subject, oldest first. Staff and the system only.
func (tx *Tx) History(subject string, each func(event.Recorded, event.Kind)) error {
	return tx.Each(historyOfSubject, Args{"subject": subject}, func(row Row) error {
		r := event.Recorded{Org: tx.Org()}
		var body string
		var at time.Time
		if err := row(&r.ID, &r.Sequence, &r.Kind, &at, &r.ActorKind, &r.Person, &r.Subject.Kind, &r.Subject.ID, &r.Subject.Customer, &r.Subject.Project, &body); err != nil {
			return err
		}
		r.At = at
		if err := r.SetBody(body); err != nil {
			return err
		}
		kind, known := tx.store.events.Kind(r.Kind)
		if !known {
			return fmt.Errorf("event %s is of the unknown kind %q", r.ID, r.Kind)
		}
		each(r, kind)
		return nil
	})
}
