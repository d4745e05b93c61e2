package customer

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Created is recorded when the office adds a customer.
type Created struct {
	Customer string `json:"-"`
	Name     string `json:"name"`
}

// About names the event.
func (e Created) About() (string, event.Subject) {
	return "customer.created", subject(e.Customer)
}

// Changed is recorded when the office changes a customer's details.
type Changed struct {
	Customer string `json:"-"`
	Name     string `json:"name"`
}

// About names the event.
func (e Changed) About() (string, event.Subject) {
	return "customer.changed", subject(e.Customer)
}

// Archived is recorded when the office puts a customer away, or brings it back.
type Archived struct {
	Customer string `json:"-"`
	Name     string `json:"name"`
	Back     bool   `json:"back"`
}

// About names the event.
func (e Archived) About() (string, event.Subject) {
	return "customer.archived", subject(e.Customer)
}

// ContactAdded is recorded when a contact is added.
type ContactAdded struct {
	Customer string `json:"-"`
	Contact  string `json:"contact"`
	Name     string `json:"name"`
}

// About names the event.
func (e ContactAdded) About() (string, event.Subject) {
	return "contact.added", subject(e.Customer)
}

// ContactChanged is recorded when a contact's details change; Moved says that the address did.
type ContactChanged struct {
	Customer string `json:"-"`
	Contact  string `json:"contact"`
	Name     string `json:"name"`
	Moved    bool   `json:"moved"`
}

// About names the event.
func (e ContactChanged) About() (string, event.Subject) {
	return "contact.changed", subject(e.Customer)
}

// ContactRemoved is recorded when a contact is taken off a customer.
type ContactRemoved struct {
	Customer string `json:"-"`
	Contact  string `json:"contact"`
	Name     string `json:"name"`
}

// About names the event.
func (e ContactRemoved) About() (string, event.Subject) {
	return "contact.removed", subject(e.Customer)
}

func subject(customer string) event.Subject {
	return event.Subject{Kind: "customer", ID: customer, Customer: customer}
}

const nobodyTold = "nobody, because the office did it itself"

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "customer.created", Visibility: event.OfficeOnly, Icon: "building-2", Notice: nobodyTold, Sentence: say(func(ctx context.Context, r event.Recorded, name string) string {
			return i18n.T(ctx, "{who} added the customer {name}", "who", r.ActorName, "name", name)
		})},
		{Name: "customer.changed", Visibility: event.OfficeOnly, Icon: "pencil", Notice: nobodyTold, Sentence: say(func(ctx context.Context, r event.Recorded, name string) string {
			return i18n.T(ctx, "{who} changed the details of {name}", "who", r.ActorName, "name", name)
		})},
		{Name: "customer.archived", Visibility: event.OfficeOnly, Icon: "archive", Notice: nobodyTold, Sentence: archivedSentence},
		{Name: "contact.added", Visibility: event.OfficeOnly, Icon: "user-plus", Notice: nobodyTold, Sentence: say(func(ctx context.Context, r event.Recorded, name string) string {
			return i18n.T(ctx, "{who} added the contact {name}", "who", r.ActorName, "name", name)
		})},
		{Name: "contact.changed", Visibility: event.OfficeOnly, Icon: "pencil", Notice: nobodyTold, Sentence: say(func(ctx context.Context, r event.Recorded, name string) string {
			return i18n.T(ctx, "{who} changed the contact {name}", "who", r.ActorName, "name", name)
		})},
		{Name: "contact.removed", Visibility: event.OfficeOnly, Icon: "user-x", Notice: nobodyTold, Sentence: say(func(ctx context.Context, r event.Recorded, name string) string {
			return i18n.T(ctx, "{who} removed the contact {name}", "who", r.ActorName, "name", name)
		})},
	}
}

// say reads the name that every event of this package carries. An erased event has none.
func say(sentence func(context.Context, event.Recorded, string) string) func(context.Context, event.Recorded) string {
	return func(ctx context.Context, r event.Recorded) string {
		var data struct{ Name string }
		if err := r.Read(&data); err != nil {
			return sentence(ctx, r, "")
		}
		return sentence(ctx, r, data.Name)
	}
}

func archivedSentence(ctx context.Context, r event.Recorded) string {
	var data Archived
	if err := r.Read(&data); err == nil && data.Back {
		return i18n.T(ctx, "{who} brought the customer {name} back", "who", r.ActorName, "name", data.Name)
	}
	return i18n.T(ctx, "{who} archived the customer {name}", "who", r.ActorName, "name", data.Name)
}
