package guard

import (
	"lintel/internal/core/access"
	"lintel/internal/core/event"
)

// Hint tells open pages that something has changed and where, never what: they ask again, with their own rights.
// A topic is a word and an id: "project:ID" for whatever happens in a project, "person:ID" for a person's inbox, and
// "proposal:ID", "task:ID", … for what happens to that one thing.
type Hint struct {
	Org    access.OrgID
	Topic  string
	Office bool // only the office sees what has changed; others are not even told that it did
}

// OnCommit tells who hears the hints of a transaction once it is durable. It is called while the program is put together;
// hear must not block.
func (s *Store) OnCommit(hear func([]Hint)) { s.hear = append(s.hear, hear) }

// doing is what a transaction leaves to be done after its commit; OnBehalfOf shares it.
type doing struct {
	stored   bool // there are new jobs
	recorded []event.Subject
	hints    []Hint
}

// Announce tells open pages of a topic, after the commit, that it has changed. Record does so by itself for the subject and
// the project of its event; this is for what changes without an event.
func (tx *Tx) Announce(topic string, officeOnly bool) {
	for i, h := range tx.doing.hints {
		if h.Topic == topic {
			tx.doing.hints[i].Office = h.Office && officeOnly
			return
		}
	}
	tx.doing.hints = append(tx.doing.hints, Hint{tx.Org(), topic, officeOnly})
}

func (tx *Tx) announceEvent(e event.Event) {
	name, subject := e.About()
	kind, known := tx.store.events.Kind(name)
	if !known {
		return // Append refuses it
	}
	office := kind.Visibility == event.OfficeOnly
	if subject.ID != "" {
		tx.Announce(subject.Kind+":"+subject.ID, office)
	}
	if subject.Project != "" && subject.Project != subject.ID {
		tx.Announce("project:"+subject.Project, office)
	}
}

// after does what is left to do when a transaction is durable.
func (s *Store) after(d *doing) {
	if d == nil {
		return
	}
	if d.stored {
		s.wake()
	}
	if len(d.hints) == 0 {
		return
	}
	for _, hear := range s.hear {
		hear(d.hints)
	}
}
