package openid

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// ProviderChanged says that the firm's sign-in service was set, changed or taken away.
type ProviderChanged struct {
	Issuer string // empty: taken away
}

// SignedIn says that a member of staff came in by the firm's sign-in service.
type SignedIn struct {
	Person  access.PersonID
	Issuer  string
	First   bool // the account was not known before
	Address string
}

// About names the event and its subject.
func (e ProviderChanged) About() (string, event.Subject) {
	return "organisation.sign_in_service_changed", event.Subject{Kind: "organisation"}
}

// About names the event and its subject.
func (e SignedIn) About() (string, event.Subject) {
	return "person.signed_in_by_service", event.Subject{Kind: "person", ID: string(e.Person)}
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "organisation.sign_in_service_changed", Visibility: event.OfficeOnly, Icon: "key-round", Notice: "nobody, because the settings and the audit trail show it",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e ProviderChanged
				if r.Read(&e) != nil || e.Issuer == "" {
					return i18n.T(ctx, "{name} took the sign-in service away.", "name", r.ActorName)
				}
				return i18n.T(ctx, "{name} set the sign-in service to {issuer}.", "name", r.ActorName, "issuer", e.Issuer)
			}},
		{Name: "person.signed_in_by_service", Visibility: event.NobodysFeed, Icon: "log-in", Notice: "nobody, because the person has just done it",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} signed in by the firm's sign-in service.", "name", r.ActorName)
			}},
	}
}
