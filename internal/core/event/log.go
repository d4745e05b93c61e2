package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/secret"
)

// Delivery is what a delivery job carries.
type Delivery struct {
	Event string `json:"event"`
}

// JobKind is the kind of the jobs that deliver to a subscriber.
func JobKind(subscriber string) string { return "deliver to " + subscriber }

const (
	nextSequence = `insert into event_heads (org, seq, hash) values ($1, 1, '')
		on conflict (org) do update set seq = event_heads.seq + 1 returning seq, hash`
	insertEvent = `insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	moveHead = `update event_heads set hash = $1 where org = $2`
)

// body is the part of an event that may hold personal data. The chain keeps only its
// salted hash, so that erasing a person leaves the chain whole.
type body struct {
	ActorName string          `json:"actor"`
	Reason    string          `json:"reason,omitempty"`
	Data      json.RawMessage `json:"data"`
}

// Append writes an event and one delivery for each subscriber in the caller's
// transaction. Only guard calls it.
func (g *Registry) Append(tx *db.Tx, actor access.Actor, e Event, now time.Time) error {
	kind, subject := e.About()
	if _, declared := g.kinds[kind]; !declared {
		return fmt.Errorf("event %q is not declared", kind)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	content, err := json.Marshal(body{ActorName: actor.Name(), Data: data})
	if err != nil {
		return fmt.Errorf("write event %s: %w", kind, err)
	}
	link := Link{Org: actor.Org(), ID: id.New(), Kind: kind, At: now.UnixMicro(), ActorKind: string(actor.Kind()),
		Person: string(actor.Person()), Subject: subject}
	salt := secret.Token()
	link.BodyHash = hashBody(salt, content)
	// The deliveries first: from its next place on, the organisation's log belongs to this transaction until its commit.
	if err := g.enqueueDeliveries(tx, link, now); err != nil {
		return err
	}
	if err := scanOne(tx, nextSequence, []any{string(link.Org)}, &link.Sequence, &link.Previous); err != nil {
		return fmt.Errorf("take the next place in the event log: %w", err)
	}
	hash := link.Hash()
	if _, err := tx.Exec(insertEvent, string(link.Org), link.ID, link.Sequence, kind, link.At, link.ActorKind, link.Person, subject.Kind, subject.ID,
		subject.Customer, subject.Project, string(content), salt, link.BodyHash, link.Previous, hash); err != nil {
		return fmt.Errorf("append event %s: %w", kind, err)
	}
	if _, err := tx.Exec(moveHead, hash, string(link.Org)); err != nil {
		return fmt.Errorf("move the head of the event log: %w", err)
	}
	return nil
}

func (g *Registry) enqueueDeliveries(tx *db.Tx, link Link, now time.Time) error {
	var deliveries []jobs.Job
	for _, name := range g.receivers(link.Kind, link.Subject.Kind) {
		deliveries = append(deliveries, jobs.Job{Kind: JobKind(name), Organisation: string(link.Org), Arguments: Delivery{link.ID}})
	}
	return jobs.Insert(tx, now, deliveries...)
}

func scanOne(tx *db.Tx, text string, args []any, dest ...any) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return fmt.Errorf("no row: %w", rows.Err())
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

func hashBody(salt string, content []byte) string {
	sum := sha256.Sum256(append([]byte(salt+"\n"), content...))
	return hex.EncodeToString(sum[:])
}

// Link is one link of an organisation's chain: everything that the hash covers.
type Link struct {
	Org       access.OrgID
	ID        string
	Sequence  int64
	Kind      string
	At        int64
	ActorKind string
	Person    string
	Subject   Subject
	BodyHash  string
	Previous  string
}

// Hash is the SHA-256, in hex, of the link's fields one per line; the previous link's
// hash is among them, which makes the chain.
func (l Link) Hash() string {
	text := fmt.Sprintf("lintel event 1\n%s\n%s\n%d\n%s\n%d\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", l.Org, l.ID, l.Sequence, l.Kind, l.At, l.ActorKind,
		l.Person, l.Subject.Kind, l.Subject.ID, l.Subject.Customer, l.Subject.Project, l.BodyHash, l.Previous)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
