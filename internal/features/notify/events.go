package notify

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// DefaultsChanged happens when the office sets what people are told who have chosen nothing of their own.
type DefaultsChanged struct {
	Kind   access.Kind `json:"kind"`
	Before string      `json:"before"`
	After  string      `json:"after"`
}

// About implements event.Event.
func (d DefaultsChanged) About() (string, event.Subject) {
	return "notifications.defaults_changed", event.Subject{Kind: "settings", ID: "notifications"}
}

// Events declares what this feature records. What a person chooses for themselves is nobody else's business.
func Events() []event.Kind {
	return []event.Kind{{Name: "notifications.defaults_changed", Visibility: event.OfficeOnly, Icon: "bell", Notice: "nobody, because it stands in the settings",
		Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{name} changed what people are told by default", "name", r.ActorName)
		}}}
}
