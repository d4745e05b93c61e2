package proposal

import (
	"time"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// State is where one version of a document stands.
type State string

// The states of a version (domain.md).
const (
	Draft            State = "draft"
	Sent             State = "sent"
	ChangesRequested State = "changes requested"
	Approved         State = "approved"
	Declined         State = "declined"
	Expired          State = "expired"
	Void             State = "void"
	Superseded       State = "superseded"
)

// States lists all states, in the order of a document's life.
func States() []State {
	return []State{Draft, Sent, ChangesRequested, Approved, Declined, Expired, Void, Superseded}
}

// Verb is something that is done to a version.
type Verb string

// The verbs. The office does Edit, Send, Revise, Supersede and Cancel, the customer View,
// RequestChanges, Approve and Decline, the timetable Expire.
const (
	Edit           Verb = "edit"            // change the content of a draft
	Send           Verb = "send"            // freeze a draft and show it to its recipients
	View           Verb = "view"            // the customer opened it; an event, no new state
	RequestChanges Verb = "request changes" // the customer asks for another version
	Approve        Verb = "approve"         // the last awaited signature was given
	Decline        Verb = "decline"         // the customer said no, with a reason
	Expire         Verb = "expire"          // the last day of its validity is over
	Revise         Verb = "revise"          // the office starts the next version; awaited signatures end
	Supersede      Verb = "supersede"       // the next version was sent
	Cancel         Verb = "cancel"          // the office withdraws it: void
)

// Verbs lists all verbs.
func Verbs() []Verb {
	return []Verb{Edit, Send, View, RequestChanges, Approve, Decline, Expire, Revise, Supersede, Cancel}
}

// transitions is the whole life of a version. What is not here is refused.
var transitions = map[State]map[Verb]State{
	Draft:            {Edit: Draft, Send: Sent, Cancel: Void},
	Sent:             {View: Sent, RequestChanges: ChangesRequested, Approve: Approved, Decline: Declined, Expire: Expired, Revise: Superseded, Supersede: Superseded, Cancel: Void},
	ChangesRequested: {View: ChangesRequested, Revise: ChangesRequested, Supersede: Superseded, Cancel: Void},
	Approved:         {View: Approved, Revise: Approved, Supersede: Approved}, // a signature stays with its version (C1.9)
	Declined:         {View: Declined, Revise: Declined, Supersede: Superseded, Cancel: Void},
	Expired:          {View: Expired, Revise: Expired, Supersede: Superseded, Cancel: Void},
	Void:             {View: Void},
	Superseded:       {View: Superseded, Supersede: Superseded},
}

// After gives the state of a version after verb, or a Conflict that says what is in the way.
func (s State) After(verb Verb) (State, error) {
	if next, allowed := transitions[s][verb]; allowed {
		return next, nil
	}
	return s, fault.New(fault.Conflict, s.obstacle(verb))
}

// Allows reports whether verb may be done in this state, for showing or hiding its button.
func (s State) Allows(verb Verb) bool {
	_, allowed := transitions[s][verb]
	return allowed
}

// IsOpen reports whether the customer can still answer this version.
func (s State) IsOpen() bool { return s == Sent }

// obstacle says in a sentence why verb cannot be done in state s.
func (s State) obstacle(verb Verb) string {
	if verb == Edit && s != Draft {
		return i18n.Mark("This version was sent and can no longer be changed. Make the next version instead.")
	}
	switch s {
	case Draft:
		return i18n.Mark("This version has not been sent yet.")
	case Sent:
		return i18n.Mark("This version has already been sent.")
	case ChangesRequested:
		return i18n.Mark("Changes were asked for. The office answers with a new version.")
	case Approved:
		return i18n.Mark("This version has been approved and can no longer be changed.")
	case Declined:
		return i18n.Mark("This version was declined.")
	case Expired:
		return i18n.Mark("This version is no longer valid. Ask the office for a new one.")
	case Void:
		return i18n.Mark("This version was withdrawn by the office.")
	case Superseded:
		return i18n.Mark("A newer version has replaced this one.")
	}
	return i18n.Mark("This cannot be done now.")
}

// Words is the state as a person reads it, an English text to translate.
func (s State) Words() string {
	switch s {
	case Draft:
		return i18n.Mark("Draft")
	case Sent:
		return i18n.Mark("Sent")
	case ChangesRequested:
		return i18n.Mark("Changes requested")
	case Approved:
		return i18n.Mark("Approved")
	case Declined:
		return i18n.Mark("Declined")
	case Expired:
		return i18n.Mark("Expired")
	case Void:
		return i18n.Mark("Withdrawn")
	case Superseded:
		return i18n.Mark("Replaced")
	}
	return string(s)
}

// IsPast reports whether the last valid day (2026-12-18) is over at now in the firm's zone.
// A document without a last day is never past.
func IsPast(validUntil string, now time.Time, zone *time.Location) bool {
	return validUntil != "" && now.In(zone).Format(time.DateOnly) > validUntil
}
