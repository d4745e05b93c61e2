package factor

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Changed says that a person's second factors are others than before.
type Changed struct {
	Person access.PersonID
	What   string // one of the words below
	Name   string // of a passkey
}

// What has changed.
const (
	passkeyAdded         = "passkey added"
	passkeyRemoved       = "passkey removed"
	authenticatorAdded   = "authenticator added"
	authenticatorRemoved = "authenticator removed"
	recoveryMade         = "recovery codes made"
)

// PolicyChanged says that the firm now wants a second factor of its staff, or no longer.
type PolicyChanged struct{ Two bool }

// About names the event and its subject.
func (e Changed) About() (string, event.Subject) {
	return "person.factors_changed", event.Subject{Kind: "person", ID: string(e.Person)}
}

// About names the event and its subject.
func (e PolicyChanged) About() (string, event.Subject) {
	return "organisation.second_factor_changed", event.Subject{Kind: "organisation"}
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "person.factors_changed", Visibility: event.NobodysFeed, Icon: "shield-check", Notice: "the person, by mail to the address of the account",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e Changed
				_ = r.Read(&e)
				return i18n.T(ctx, "{name}: {what}", "name", r.ActorName, "what", changeWords(ctx, e))
			}},
		{Name: "organisation.second_factor_changed", Visibility: event.OfficeOnly, Icon: "shield-check", Notice: "nobody by mail, because each colleague is asked when they next open a page",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e PolicyChanged
				if r.Read(&e) == nil && e.Two {
					return i18n.T(ctx, "{name} made a second factor a duty for the staff.", "name", r.ActorName)
				}
				return i18n.T(ctx, "{name} left a second factor to each colleague.", "name", r.ActorName)
			}},
	}
}

func changeWords(ctx context.Context, e Changed) string {
	switch e.What {
	case passkeyAdded:
		return i18n.T(ctx, "The passkey “{name}” was added.", "name", e.Name)
	case passkeyRemoved:
		return i18n.T(ctx, "The passkey “{name}” was removed.", "name", e.Name)
	case authenticatorAdded:
		return i18n.T(ctx, "An authenticator app was added.")
	case authenticatorRemoved:
		return i18n.T(ctx, "The authenticator app was removed.")
	}
	return i18n.T(ctx, "New recovery codes were made.")
}
