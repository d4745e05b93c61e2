package record

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// LookStarted says that a member of staff looks at the portal as a customer's person.
type LookStarted struct {
	Person   access.PersonID
	Name     string
	Customer string
	Reason   string
	Until    time.Time
}

// LookEnded says that they no longer do.
type LookEnded struct {
	Person   access.PersonID
	Name     string
	TimeOver bool // nobody pressed Stop
}

// About names the event and its subject.
func (e LookStarted) About() (string, event.Subject) {
	return "person.look_started", event.Subject{Kind: "person", ID: string(e.Person), Customer: e.Customer}
}

// About names the event and its subject.
func (e LookEnded) About() (string, event.Subject) {
	return "person.look_ended", aboutPerson(e.Person)
}

// lookEvents declares what looking as somebody records.
func lookEvents() []event.Kind {
	return []event.Kind{
		{Name: "person.look_started", Visibility: event.OfficeOnly, Icon: "eye", Notice: "nobody, because looking changes nothing; the office's log keeps who and why",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e LookStarted
				if r.Read(&e) != nil {
					return ""
				}
				return i18n.T(ctx, "{name} looked at the portal as {person}. Reason: {reason}", "name", r.ActorName, "person", e.Name, "reason", e.Reason)
			}},
		{Name: "person.look_ended", Visibility: event.OfficeOnly, Icon: "eye-off", Notice: "nobody, because whoever looked has ended it",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e LookEnded
				if r.Read(&e) != nil {
					return ""
				}
				if e.TimeOver {
					return i18n.T(ctx, "The time to look at the portal as {person} was over.", "person", e.Name)
				}
				return i18n.T(ctx, "{name} stopped looking at the portal as {person}.", "name", r.ActorName, "person", e.Name)
			}},
	}
}
