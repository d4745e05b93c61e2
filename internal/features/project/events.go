package project

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
)

// Created is recorded when the office makes a project.
type Created struct {
	Project  string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
	Number   string `json:"number"`
}

// About names the event.
func (e Created) About() (string, event.Subject) {
	return "project.created", subject(e.Project, e.Customer)
}

// Changed is recorded when the office changes a project's details.
type Changed struct {
	Project  string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
}

// About names the event.
func (e Changed) About() (string, event.Subject) {
	return "project.changed", subject(e.Project, e.Customer)
}

// StageMoved is recorded when a project goes to another stage.
type StageMoved struct {
	Project  string              `json:"-"`
	Customer string              `json:"-"`
	Name     string              `json:"name"`
	From     string              `json:"from"`
	To       string              `json:"to"`
	Bucket   organisation.Bucket `json:"bucket"`
	Seen     bool                `json:"seen"` // customers see the new stage
}

// About names the event. A move that customers do not see is the office's business.
func (e StageMoved) About() (string, event.Subject) {
	if e.Seen {
		return "project.stage_moved", subject(e.Project, e.Customer)
	}
	return "project.put_aside", subject(e.Project, e.Customer)
}

// Archived is recorded when a project is put away, or brought back.
type Archived struct {
	Project  string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
	Back     bool   `json:"back"`
}

// About names the event.
func (e Archived) About() (string, event.Subject) {
	return "project.archived", subject(e.Project, e.Customer)
}

func subject(project, customer string) event.Subject {
	return event.Subject{Kind: "project", ID: project, Customer: customer, Project: project}
}

const nobodyTold = "nobody, because the office did it itself"

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "project.created", Visibility: event.OfficeOnly, Icon: "folder-kanban", Notice: nobodyTold, Sentence: createdSentence},
		{Name: "project.changed", Visibility: event.OfficeOnly, Icon: "pencil", Notice: nobodyTold, Sentence: changedSentence},
		{Name: "project.stage_moved", Visibility: event.WithPortal, Icon: "flag", Notice: "the people of the customer who see the project, when a colleague moved it", Sentence: movedSentence},
		{Name: "project.put_aside", Visibility: event.OfficeOnly, Icon: "flag", Notice: nobodyTold, Sentence: movedSentence},
		{Name: "project.archived", Visibility: event.OfficeOnly, Icon: "archive", Notice: nobodyTold, Sentence: archivedSentence},
	}
}

// An event whose content was erased reads with empty names.
func createdSentence(ctx context.Context, r event.Recorded) string {
	var e Created
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} created the project {name}", "who", r.ActorName, "name", e.Name)
}

func changedSentence(ctx context.Context, r event.Recorded) string {
	var e Changed
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} changed the project {name}", "who", r.ActorName, "name", e.Name)
}

func movedSentence(ctx context.Context, r event.Recorded) string {
	var e StageMoved
	_ = r.Read(&e)
	return i18n.T(ctx, "{who} moved {name} from {from} to {to}", "who", r.ActorName, "name", e.Name, "from", e.From, "to", e.To)
}

func archivedSentence(ctx context.Context, r event.Recorded) string {
	var e Archived
	_ = r.Read(&e)
	if e.Back {
		return i18n.T(ctx, "{who} brought the project {name} back", "who", r.ActorName, "name", e.Name)
	}
	return i18n.T(ctx, "{who} archived the project {name}", "who", r.ActorName, "name", e.Name)
}
