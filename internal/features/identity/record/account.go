package record

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// AccountSaved says that a person changed what they say about themselves.
type AccountSaved struct {
	Person    access.PersonID
	Name, Was string
	Username  bool // is another one now
}

// EmailChanged says that a person has another address. Features that keep addresses of
// people listen to it.
type EmailChanged struct {
	Person access.PersonID
	Name   string
	Email  string
}

// About names the event and its subject.
func (e AccountSaved) About() (string, event.Subject) {
	return "person.account_saved", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e EmailChanged) About() (string, event.Subject) {
	return "person.email_changed", aboutPerson(e.Person)
}

func accountEvents() []event.Kind {
	return []event.Kind{
		{Name: "person.account_saved", Visibility: event.OfficeOnly, Icon: "user", Notice: "nobody, because the person has done it",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				var e AccountSaved
				if r.Read(&e) == nil && e.Was != "" && e.Was != e.Name {
					return i18n.T(ctx, "{was} is called {name} now.", "was", e.Was, "name", e.Name)
				}
				return i18n.T(ctx, "{name} changed their own profile.", "name", named(r))
			}},
		{Name: "person.email_changed", Visibility: event.OfficeOnly, Icon: "at-sign", Notice: "the person, by mail to the old and to the new address",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} has another e-mail address.", "name", named(r))
			}},
	}
}
