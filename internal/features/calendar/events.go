package calendar

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Made is recorded when somebody makes themselves a calendar feed.
type Made struct {
	Person access.PersonID `json:"-"`
}

// About names the event.
func (e Made) About() (string, event.Subject) {
	return "calendar.feed_made", event.Subject{Kind: "person", ID: string(e.Person)}
}

// Revoked is recorded when somebody ends their calendar feed.
type Revoked struct {
	Person access.PersonID `json:"-"`
}

// About names the event.
func (e Revoked) About() (string, event.Subject) {
	return "calendar.feed_revoked", event.Subject{Kind: "person", ID: string(e.Person)}
}

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "calendar.feed_made", Visibility: event.NobodysFeed, Icon: "calendar-days", Notice: "nobody, because it is their own act", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{who} made a calendar feed", "who", r.ActorName)
		}},
		{Name: "calendar.feed_revoked", Visibility: event.NobodysFeed, Icon: "calendar-days", Notice: "nobody, because it is their own act", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{who} ended their calendar feed", "who", r.ActorName)
		}},
	}
}
