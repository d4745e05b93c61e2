package app

import (
	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/document"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/request"
)

// projectThread is the conversation of a project, on top of its Activity Feed, for those who
// see the project.
func projectThread(tx *guard.Tx, id string) (message.Thread, error) {
	p, err := project.ProjectVisible(tx, id)
	if err != nil {
		return message.Thread{}, err
	}
	firm, err := organisation.Of(tx)
	if err != nil {
		return message.Thread{}, err
	}
	return message.Thread{Customer: p.Customer, Project: p.ID, Item: p.ID, Title: p.Name, Lead: access.PersonID(p.Lead),
		OfficeURL: project.OfficeURL(firm.Slug, p.ID), CustomerURL: project.CustomerURL(firm.Slug, p.ID),
		People: func(tx *guard.Tx) ([]message.Person, error) { return message.PeopleOf(tx, p.Customer, p.ID) }}, nil
}

// pageOfSubject is where the thing is that an event happened to; empty for what has no page of
// its own.
func pageOfSubject(slug string, reader access.Kind, s event.Subject) string {
	switch {
	case s.Kind == "proposal" && reader == access.Customer:
		return document.CustomerPath(slug, s.ID)
	case s.Kind == "proposal":
		return document.OfficePath(slug, s.ID)
	case s.Kind == "request" && reader == access.Customer:
		return request.CustomerURL(slug, s.ID)
	case s.Kind == "request":
		return request.OfficeURL(slug, s.ID)
	case s.Kind == "schedule" || s.Kind == "task":
		return schedulePath(slug, reader, s.Project)
	case s.Kind == "dailylog":
		return logPath(slug, reader, s.Project, s.ID)
	}
	return ""
}
