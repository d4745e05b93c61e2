package portalaccess

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// AccessEnded says that somebody's whole access to a customer was ended, with their links
// and sessions.
type AccessEnded struct {
	Person   access.PersonID
	Name     string
	Customer string
	Reason   string
}

// UserAdded says that a customer's administrator added somebody of their own company.
type UserAdded struct {
	Person   access.PersonID
	Name     string
	Customer string
	Modules  string // access.ModuleSet as text
}

// UserChanged says that a customer's administrator gave a user other modules.
type UserChanged struct {
	Person        access.PersonID
	Name          string
	Customer      string
	Before, After string
}

// ModulesOffered says that the organisation offers other modules than before.
type ModulesOffered struct {
	Organisation  access.OrgID `json:"-"`
	Before, After string
}

// About names the event and its subject.
func (e AccessEnded) About() (string, event.Subject) {
	return "person.access_ended", subject(e.Person, e.Customer)
}

// About names the event and its subject.
func (e UserAdded) About() (string, event.Subject) {
	return "person.user_added", subject(e.Person, e.Customer)
}

// About names the event and its subject.
func (e UserChanged) About() (string, event.Subject) {
	return "person.user_changed", subject(e.Person, e.Customer)
}

// About names the event and its subject.
func (e ModulesOffered) About() (string, event.Subject) {
	return "organisation.modules_offered", event.Subject{Kind: "organisation", ID: string(e.Organisation)}
}

func subject(person access.PersonID, customer string) event.Subject {
	return event.Subject{Kind: "person", ID: string(person), Customer: customer}
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "person.access_ended", Visibility: event.OfficeOnly, Icon: "user-x", Notice: "nobody, because whoever ends it has a reason to do it quietly",
			Sentence: say(func(ctx context.Context, r event.Recorded, person string) string {
				return i18n.T(ctx, "{name} ended all access of {person}: links and sessions are closed.", "name", r.ActorName, "person", person)
			})},
		{Name: "person.user_added", Visibility: event.OfficeOnly, Icon: "user-plus", Notice: "the person, by the invitation",
			Sentence: say(func(ctx context.Context, r event.Recorded, person string) string {
				return i18n.T(ctx, "{name} added {person} to the users of their company.", "name", r.ActorName, "person", person)
			})},
		{Name: "person.user_changed", Visibility: event.OfficeOnly, Icon: "key-round", Notice: "nobody, because the company decides it itself",
			Sentence: userSentence},
		{Name: "organisation.modules_offered", Visibility: event.OfficeOnly, Icon: "settings", Notice: "nobody, because the office did it itself",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} changed which modules the portal offers.", "name", r.ActorName)
			}},
	}
}

func userSentence(ctx context.Context, r event.Recorded) string {
	var e UserChanged
	if r.Read(&e) == nil && e.After == "" {
		return i18n.T(ctx, "{name} removed {person} from the users of their company.", "name", r.ActorName, "person", e.Name)
	}
	return i18n.T(ctx, "{name} changed what {person} of their company may use.", "name", r.ActorName, "person", e.Name)
}

// say reads the name that an event keeps of the person it is about; an erased one has none.
func say(sentence func(context.Context, event.Recorded, string) string) func(context.Context, event.Recorded) string {
	return func(ctx context.Context, r event.Recorded) string {
		var e struct{ Name string }
		if r.Read(&e) != nil {
			e.Name = ""
		}
		return sentence(ctx, r, e.Name)
	}
}
