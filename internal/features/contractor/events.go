package contractor

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Added is recorded when the office adds a contractor.
type Added struct {
	Contractor string `json:"-"`
	Name       string `json:"name"`
}

// Changed is recorded when the office changes a contractor's details.
type Changed struct {
	Contractor string `json:"-"`
	Name       string `json:"name"`
}

// Archived is recorded when the office puts a contractor away, or brings it back.
type Archived struct {
	Contractor string `json:"-"`
	Name       string `json:"name"`
	Back       bool   `json:"back"`
}

// PersonAdded is recorded when somebody gets a place at a contractor: from the office at the
// desk, from the desk as a technician.
type PersonAdded struct {
	Contractor string          `json:"-"`
	Person     access.PersonID `json:"person"`
	Kind       access.Kind     `json:"kind"`
	Name       string          `json:"name"`
	Firm       string          `json:"firm"`
}

// PersonChanged is recorded when a desk changes a technician's details.
type PersonChanged struct {
	Contractor string          `json:"-"`
	Person     access.PersonID `json:"person"`
	Name       string          `json:"name"`
	Before     string          `json:"before"`
}

// AccessEnded is recorded when somebody's place at a contractor ends.
type AccessEnded struct {
	Contractor string          `json:"-"`
	Person     access.PersonID `json:"person"`
	Kind       access.Kind     `json:"kind"`
	Name       string          `json:"name"`
	Firm       string          `json:"firm"`
	Reason     string          `json:"reason"`
}

// PreferencesSaved is recorded when a desk user or technician changes what is theirs.
type PreferencesSaved struct {
	Person access.PersonID `json:"-"`
	What   string          `json:"what"` // "phone", "signature" or "no signature"
}

func about(contractor string) event.Subject { return event.Subject{Kind: "contractor", ID: contractor} }

// About names the event.
func (e Added) About() (string, event.Subject) { return "contractor.added", about(e.Contractor) }

// About names the event.
func (e Changed) About() (string, event.Subject) { return "contractor.changed", about(e.Contractor) }

// About names the event.
func (e Archived) About() (string, event.Subject) { return "contractor.archived", about(e.Contractor) }

// About names the event.
func (e PersonAdded) About() (string, event.Subject) {
	return "contractor.person_added", about(e.Contractor)
}

// About names the event.
func (e PersonChanged) About() (string, event.Subject) {
	return "contractor.person_changed", about(e.Contractor)
}

// About names the event.
func (e AccessEnded) About() (string, event.Subject) {
	return "contractor.access_ended", about(e.Contractor)
}

// About names the event.
func (e PreferencesSaved) About() (string, event.Subject) {
	return "contractor.preferences_saved", event.Subject{Kind: "person", ID: string(e.Person)}
}

const nobodyTold = "nobody, because the office did it itself"

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "contractor.added", Visibility: event.OfficeOnly, Icon: "hard-hat", Notice: nobodyTold, Sentence: addedSentence},
		{Name: "contractor.changed", Visibility: event.OfficeOnly, Icon: "hard-hat", Notice: nobodyTold, Sentence: changedSentence},
		{Name: "contractor.archived", Visibility: event.OfficeOnly, Icon: "archive", Notice: nobodyTold, Sentence: archivedSentence},
		{Name: "contractor.person_added", Visibility: event.OfficeOnly, Icon: "user-plus", Notice: "the person, by the mail with the way in", Sentence: personAddedSentence},
		{Name: "contractor.person_changed", Visibility: event.OfficeOnly, Icon: "user", Notice: "nobody, because the contractor did it itself", Sentence: personChangedSentence},
		{Name: "contractor.access_ended", Visibility: event.OfficeOnly, Icon: "user-x", Notice: "nobody, because whoever ends it has a reason to do so quietly", Sentence: accessEndedSentence},
		{Name: "contractor.preferences_saved", Visibility: event.NobodysFeed, Icon: "signature", Notice: "nobody, because the person has done it", Sentence: preferencesSentence},
	}
}

// told is what any of the events may hold; what was erased is empty.
type told struct {
	Name   string      `json:"name"`
	Firm   string      `json:"firm"`
	Kind   access.Kind `json:"kind"`
	Reason string      `json:"reason"`
	Before string      `json:"before"`
	What   string      `json:"what"`
	Back   bool        `json:"back"`
}

func read(r event.Recorded) (t told) {
	if r.Read(&t) != nil {
		return told{}
	}
	return t
}

func addedSentence(ctx context.Context, r event.Recorded) string {
	return i18n.T(ctx, "{who} added the contractor {name}", "who", r.ActorName, "name", read(r).Name)
}

func changedSentence(ctx context.Context, r event.Recorded) string {
	return i18n.T(ctx, "{who} changed the contractor {name}", "who", r.ActorName, "name", read(r).Name)
}

func archivedSentence(ctx context.Context, r event.Recorded) string {
	t := read(r)
	if t.Back {
		return i18n.T(ctx, "{who} brought the contractor {name} back", "who", r.ActorName, "name", t.Name)
	}
	return i18n.T(ctx, "{who} archived the contractor {name}", "who", r.ActorName, "name", t.Name)
}

func personAddedSentence(ctx context.Context, r event.Recorded) string {
	t := read(r)
	if t.Kind == access.Technician {
		return i18n.T(ctx, "{who} added {name} as a technician of {firm}", "who", r.ActorName, "name", t.Name, "firm", t.Firm)
	}
	return i18n.T(ctx, "{who} invited {name} to the desk of {firm}", "who", r.ActorName, "name", t.Name, "firm", t.Firm)
}

func personChangedSentence(ctx context.Context, r event.Recorded) string {
	t := read(r)
	if t.Before != t.Name {
		return i18n.T(ctx, "{who} changed the technician {before}, now {name}", "who", r.ActorName, "before", t.Before, "name", t.Name)
	}
	return i18n.T(ctx, "{who} changed the technician {name}", "who", r.ActorName, "name", t.Name)
}

func accessEndedSentence(ctx context.Context, r event.Recorded) string {
	t := read(r)
	if t.Reason == "" {
		return i18n.T(ctx, "{who} ended the access of {name} at {firm}", "who", r.ActorName, "name", t.Name, "firm", t.Firm)
	}
	return i18n.T(ctx, "{who} ended the access of {name} at {firm}: {reason}", "who", r.ActorName, "name", t.Name, "firm", t.Firm, "reason", t.Reason)
}

func preferencesSentence(ctx context.Context, r event.Recorded) string {
	switch read(r).What {
	case "signature":
		return i18n.T(ctx, "{who} stored a signature", "who", r.ActorName)
	case "no signature":
		return i18n.T(ctx, "{who} removed the stored signature", "who", r.ActorName)
	}
	return i18n.T(ctx, "{who} changed the mobile number", "who", r.ActorName)
}
