package staff

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// StaffAdded says that a colleague was added or got another role.
type StaffAdded struct {
	Person access.PersonID
	Name   string
	Role   access.Role
}

// ColleagueChanged says that a colleague has another role, title or phone number. The roles
// are empty when only the others changed.
type ColleagueChanged struct {
	Person        access.PersonID `json:"-"`
	Name          string
	Before, After access.Role
	Reason        string
}

// AccessEnded says that a colleague was suspended, taken back or removed.
type AccessEnded struct {
	Person access.PersonID `json:"-"`
	What   string          `json:"-"` // "suspended", "taken_back" or "removed"
	Name   string
	Reason string
}

// RoleChanged says that a role of the firm's own was made, changed or removed.
type RoleChanged struct {
	Role          access.Role `json:"-"`
	What          string      `json:"-"` // "made", "changed" or "removed"
	Name          string
	Before, After string // access.PermissionSet as text
	Reason        string
}

// TokenMade says that somebody made an API token.
type TokenMade struct {
	Token  string `json:"-"`
	Name   string
	Scopes string
}

// TokenRevoked says that an API token was ended before its time.
type TokenRevoked struct {
	Token string `json:"-"`
	Name  string
	Maker string
}

func aboutPerson(person access.PersonID) event.Subject {
	return event.Subject{Kind: "person", ID: string(person)}
}

// About names the event and its subject.
func (e StaffAdded) About() (string, event.Subject) {
	return "person.staff_added", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e ColleagueChanged) About() (string, event.Subject) {
	return "staff.changed", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e AccessEnded) About() (string, event.Subject) {
	return "staff." + e.What, aboutPerson(e.Person)
}

// About names the event and its subject.
func (e RoleChanged) About() (string, event.Subject) {
	return "role." + e.What, event.Subject{Kind: "role", ID: string(e.Role)}
}

// About names the event and its subject.
func (e TokenMade) About() (string, event.Subject) {
	return "token.made", event.Subject{Kind: "token", ID: e.Token}
}

// About names the event and its subject.
func (e TokenRevoked) About() (string, event.Subject) {
	return "token.revoked", event.Subject{Kind: "token", ID: e.Token}
}

// Events describes what this feature records.
func Events() []event.Kind {
	const quiet = "nobody, because the office did it itself"
	sentence := func(english string) func(context.Context, event.Recorded) string {
		return func(ctx context.Context, r event.Recorded) string {
			var e struct{ Name, Reason string }
			_ = r.Read(&e) // an erased event reads without names
			text := i18n.T(ctx, english, "who", r.ActorName, "name", e.Name)
			if e.Reason == "" {
				return text
			}
			return i18n.T(ctx, "{what}. Reason: {reason}", "what", text, "reason", e.Reason)
		}
	}
	return []event.Kind{
		{Name: "person.staff_added", Visibility: event.OfficeOnly, Icon: "user-plus", Notice: "the colleague, by the invitation", Sentence: addedSentence},
		{Name: "staff.changed", Visibility: event.NobodysFeed, Icon: "users", Notice: quiet, Sentence: sentence(i18n.Mark("{who} changed what {name} is in the office"))},
		{Name: "staff.suspended", Visibility: event.NobodysFeed, Icon: "user-x", Notice: "nobody, because the firm tells them itself", Sentence: sentence(i18n.Mark("{who} suspended {name}"))},
		{Name: "staff.taken_back", Visibility: event.NobodysFeed, Icon: "user-check", Notice: "nobody, because the firm tells them itself", Sentence: sentence(i18n.Mark("{who} took {name} back"))},
		{Name: "staff.removed", Visibility: event.NobodysFeed, Icon: "user-x", Notice: "nobody, because the firm tells them itself", Sentence: sentence(i18n.Mark("{who} removed {name} from the office"))},
		{Name: "role.made", Visibility: event.NobodysFeed, Icon: "shield-check", Notice: quiet, Sentence: sentence(i18n.Mark("{who} made the role {name}"))},
		{Name: "role.changed", Visibility: event.NobodysFeed, Icon: "shield-check", Notice: quiet, Sentence: sentence(i18n.Mark("{who} changed the role {name}"))},
		{Name: "role.removed", Visibility: event.NobodysFeed, Icon: "shield-check", Notice: quiet, Sentence: sentence(i18n.Mark("{who} removed the role {name}"))},
		{Name: "token.made", Visibility: event.NobodysFeed, Icon: "key-round", Notice: "nobody, because whoever made it has just seen it", Sentence: sentence(i18n.Mark("{who} made the API token {name}"))},
		{Name: "token.revoked", Visibility: event.NobodysFeed, Icon: "key-round", Notice: quiet, Sentence: sentence(i18n.Mark("{who} revoked the API token {name}"))},
	}
}

func addedSentence(ctx context.Context, r event.Recorded) string {
	var e StaffAdded
	if r.Read(&e) != nil || e.Name == "" {
		e.Name = r.ActorName
	}
	return i18n.T(ctx, "{name} added {person} to the office.", "name", r.ActorName, "person", e.Name)
}
