package request

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Made is recorded when a customer asks for work.
type Made struct {
	Request string `json:"-"`
	Of      string `json:"-"` // customer
	Number  string `json:"number"`
	Title   string `json:"title"`
}

// About names the event.
func (e Made) About() (string, event.Subject) {
	return "request.made", event.Subject{Kind: "request", ID: e.Request, Customer: e.Of}
}

// Answered is recorded when the office answers a request: "request.accepted", "request.declined" or "request.merged".
type Answered struct {
	Request string `json:"-"`
	Of      string `json:"-"`
	State   State  `json:"state"`
	Title   string `json:"title"`
	Project string `json:"project,omitempty"` // made of it, or that it was added to
	Name    string `json:"name,omitempty"`    // of the project
	Reason  string `json:"reason,omitempty"`
}

// About names the event.
func (e Answered) About() (string, event.Subject) {
	return "request." + string(e.State), event.Subject{Kind: "request", ID: e.Request, Customer: e.Of, Project: e.Project}
}

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "request.made", Visibility: event.WithPortal, Icon: "clipboard-check", Notice: "the owners and administrators of the office", Sentence: madeSentence},
		{Name: "request.accepted", Visibility: event.WithPortal, Icon: "circle-check", Notice: "who asked", Sentence: acceptedSentence},
		{Name: "request.declined", Visibility: event.WithPortal, Icon: "circle-minus", Notice: "who asked", Sentence: declinedSentence},
		{Name: "request.merged", Visibility: event.WithPortal, Icon: "folder-kanban", Notice: "who asked", Sentence: mergedSentence},
	}
}

// An event whose content was erased reads with empty names.
func madeSentence(ctx context.Context, r event.Recorded) string {
	var e Made
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} asked for work: {title}", "who", r.ActorName, "title", e.Title)
}

func acceptedSentence(ctx context.Context, r event.Recorded) string {
	var e Answered
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} accepted the request {title} as a project", "who", r.ActorName, "title", e.Title)
}

func declinedSentence(ctx context.Context, r event.Recorded) string {
	var e Answered
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} declined the request {title}", "who", r.ActorName, "title", e.Title)
}

func mergedSentence(ctx context.Context, r event.Recorded) string {
	var e Answered
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} added the request {title} to a project", "who", r.ActorName, "title", e.Title)
}
