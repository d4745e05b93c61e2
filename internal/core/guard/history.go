package guard

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
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

var allOrganisations = AcrossSQL("all organisations", `select id from organisations order by id`)

// Organisations lists all organisations, for jobs that look after each in turn.
func (s *Store) Organisations(ctx context.Context) (list []access.OrgID, err error) {
	err = s.Across(ctx, "a timed job looks after each organisation in turn", func(tx *AcrossTx) error {
		return tx.Each(allOrganisations, nil, func(row Row) error {
			var org access.OrgID
			err := row(&org)
			list = append(list, org)
			return err
		})
	})
	return list, err
}
