package property

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Added is recorded when the office adds a property.
type Added struct {
	Property string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
}

// About names the event.
func (e Added) About() (string, event.Subject) {
	return "property.added", event.Subject{Kind: "property", ID: e.Property, Customer: e.Customer}
}

// Changed is recorded when the office changes a property.
type Changed struct {
	Property string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
}

// About names the event.
func (e Changed) About() (string, event.Subject) {
	return "property.changed", event.Subject{Kind: "property", ID: e.Property, Customer: e.Customer}
}

// Archived is recorded when the office puts a property away, or brings it back.
type Archived struct {
	Property string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
	Back     bool   `json:"back"`
}

// About names the event.
func (e Archived) About() (string, event.Subject) {
	return "property.archived", event.Subject{Kind: "property", ID: e.Property, Customer: e.Customer}
}

const nobodyTold = "nobody, because the office did it itself"

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "property.added", Visibility: event.OfficeOnly, Icon: "map-pin", Notice: nobodyTold, Sentence: addedSentence},
		{Name: "property.changed", Visibility: event.OfficeOnly, Icon: "map-pin", Notice: nobodyTold, Sentence: changedSentence},
		{Name: "property.archived", Visibility: event.OfficeOnly, Icon: "archive", Notice: nobodyTold, Sentence: archivedSentence},
	}
}

// nameIn is the property's name in an event, empty after it was erased.
func nameIn(r event.Recorded) (name string, back bool) {
	var data Archived
	if err := r.Read(&data); err != nil {
		return "", false
	}
	return data.Name, data.Back
}

func addedSentence(ctx context.Context, r event.Recorded) string {
	name, _ := nameIn(r)
	return i18n.T(ctx, "{who} added the property {name}", "who", r.ActorName, "name", name)
}

func changedSentence(ctx context.Context, r event.Recorded) string {
	name, _ := nameIn(r)
	return i18n.T(ctx, "{who} changed the property {name}", "who", r.ActorName, "name", name)
}

func archivedSentence(ctx context.Context, r event.Recorded) string {
	name, back := nameIn(r)
	if back {
		return i18n.T(ctx, "{who} brought the property {name} back", "who", r.ActorName, "name", name)
	}
	return i18n.T(ctx, "{who} archived the property {name}", "who", r.ActorName, "name", name)
}
