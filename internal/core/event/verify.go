package event

import (
	"encoding/json"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/db"
)

const columns = `org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body`

// ByID loads one event. Only guard and the delivery jobs call it.
func ByID(tx *db.Tx, org access.OrgID, eventID string) (Recorded, error) {
	var r Recorded
	err := scanRecorded(tx, `select `+columns+` from events where org = $1 and id = $2`, []any{string(org), eventID}, func(e Recorded) { r = e })
	if err == nil && r.ID == "" {
		err = fmt.Errorf("event %s is not in the log", eventID)
	}
	return r, err
}

func scanRecorded(tx *db.Tx, text string, args []any, each func(Recorded)) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return fmt.Errorf("read the event log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Recorded
		var at int64
		var content string
		if err := rows.Scan(&r.Org, &r.ID, &r.Sequence, &r.Kind, &at, &r.ActorKind, &r.Person, &r.Subject.Kind, &r.Subject.ID,
			&r.Subject.Customer, &r.Subject.Project, &content); err != nil {
			return fmt.Errorf("read the event log: %w", err)
		}
		r.At = time.UnixMicro(at).UTC()
		if err := r.SetBody(content); err != nil {
			return err
		}
		each(r)
	}
	return rows.Err()
}

// SetBody fills in the actor's name and the event's own fields from the stored body.
func (r *Recorded) SetBody(stored string) error {
	if stored == "" { // erased on request of the person
		r.Data = json.RawMessage("{}")
		return nil
	}
	var b body
	if err := json.Unmarshal([]byte(stored), &b); err != nil {
		return fmt.Errorf("read event %s: %w", r.ID, err)
	}
	r.ActorName, r.Data = b.ActorName, b.Data
	return nil
}

// Audit is the outcome of checking one organisation's chain.
type Audit struct {
	Events int
	Head   string // hash of the newest link
	Broken *Break
}

// Break is the first link that does not hold.
type Break struct {
	Sequence int64
	Why      string
}

const readChain = `select org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash
	from events where org = $1 order by seq`

// VerifyChain walks an organisation's log from its first event and stops at the first
// link that was changed, removed, added or moved.
func VerifyChain(tx *db.Tx, org access.OrgID) (Audit, error) {
	rows, err := tx.Query(readChain, string(org))
	if err != nil {
		return Audit{}, fmt.Errorf("read the event log: %w", err)
	}
	defer rows.Close()
	var audit Audit
	for rows.Next() {
		var l Link
		var content, salt, hash string
		if err := rows.Scan(&l.Org, &l.ID, &l.Sequence, &l.Kind, &l.At, &l.ActorKind, &l.Person, &l.Subject.Kind, &l.Subject.ID,
			&l.Subject.Customer, &l.Subject.Project, &content, &salt, &l.BodyHash, &l.Previous, &hash); err != nil {
			return audit, fmt.Errorf("read the event log: %w", err)
		}
		if why := audit.check(l, content, salt, hash); why != "" {
			audit.Broken = &Break{Sequence: int64(audit.Events) + 1, Why: why}
			return audit, nil
		}
		audit.Events++
		audit.Head = hash
	}
	if err := rows.Err(); err != nil {
		return audit, fmt.Errorf("read the event log: %w", err)
	}
	return audit, audit.checkHead(tx, org)
}

func (a *Audit) check(l Link, content, salt, hash string) string {
	switch {
	case l.Sequence != int64(a.Events)+1:
		return fmt.Sprintf("event %d is missing", a.Events+1)
	case l.Previous != a.Head:
		return "it does not continue the event before it"
	case l.Hash() != hash:
		return "its fields were changed"
	case hashBody(salt, []byte(content)) != l.BodyHash:
		return "its content was changed or taken away"
	}
	return ""
}

// checkHead finds events that were cut off at the end.
func (a *Audit) checkHead(tx *db.Tx, org access.OrgID) error {
	var seq int64
	var head string
	rows, err := tx.Query(`select seq, hash from event_heads where org = $1`, string(org))
	if err != nil {
		return fmt.Errorf("read the head of the event log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&seq, &head); err != nil {
			return fmt.Errorf("read the head of the event log: %w", err)
		}
	}
	switch {
	case a.Events == 0 && seq == 0:
		a.Broken = &Break{Sequence: 1, Why: "there is no event, and the log of a firm begins when it is founded"}
	case seq != int64(a.Events) || head != a.Head:
		a.Broken = &Break{Sequence: int64(a.Events) + 1, Why: fmt.Sprintf("the log ends at event %d but %d were written", a.Events, seq)}
	}
	return rows.Err()
}
