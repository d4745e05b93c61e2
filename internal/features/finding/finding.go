package finding

import (
	"context"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
	"lintel/internal/features/search"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Owners are asked, beside their tables, what a customer sees.
type Owners struct {
	Files    *file.Service
	Messages *message.Service
}

// Register makes everything findable, in the order in which results are shown.
func Register(s *search.Service, o Owners) {
	for _, source := range []search.Source{
		{Kind: "project", Label: i18n.Mark("Projects"), Icon: "folder-kanban", Permission: access.ProjectsRead, Titled: true,
			Load: loader(projects, readProject), Seen: loader(projectsSeen, readProjectSeen), After: lister(projectsAfter)},
		{Kind: "proposal", Label: i18n.Mark("Proposals"), Icon: "file-text", Permission: access.ProposalsRead, Titled: true,
			Load: loader(proposals, readProposal), Seen: loader(proposalsSeen, readProposalSeen), After: lister(proposalsAfter), Changed: changed(proposalsChanged)},
		{Kind: "customer", Label: i18n.Mark("Customers"), Icon: "building-2", Permission: access.CustomersRead, Titled: true,
			Load: loader(customers, readCustomer), After: lister(customersAfter)},
		{Kind: "contact", Label: i18n.Mark("Contacts"), Icon: "user", Permission: access.CustomersRead, Titled: true,
			Load: loader(contacts, readContact), After: lister(contactsAfter)},
		{Kind: "property", Label: i18n.Mark("Properties"), Icon: "map-pin", Permission: access.CustomersRead, Titled: true,
			Load: loader(properties, readProperty), After: lister(propertiesAfter)},
		{Kind: "contractor", Label: i18n.Mark("Contractors"), Icon: "hard-hat", Permission: access.ContractorsRead, Titled: true,
			Load: loader(contractors, readContractor), After: lister(contractorsAfter)},
		{Kind: "request", Label: i18n.Mark("Requests"), Icon: "inbox", Permission: access.ProjectsRead, Portal: access.RequestsWrite, Titled: true,
			Load: loader(requests, readRequest), Seen: loader(requestsSeen, readRequest), After: lister(requestsAfter)},
		{Kind: "task", Label: i18n.Mark("Tasks"), Icon: "calendar-check", Permission: access.ScheduleRead, Titled: true, Load: loader(tasks, readTask), After: lister(tasksAfter)},
		{Kind: "plan", Label: i18n.Mark("Schedule"), Icon: "calendar-check", Portal: access.ScheduleRead, Titled: true, // customers only
			Load: loader(plans, readPlan), Seen: loader(plansSeen, readPlan), After: lister(plansAfter)},
		{Kind: "dailylog", Label: i18n.Mark("Daily logs"), Icon: "book-open", Permission: access.LogsRead, Quoted: true,
			Load: loader(logs, readLog), Seen: loader(logsSeen, readLog), After: lister(logsAfter)},
		{Kind: "message", Label: i18n.Mark("Messages"), Icon: "message-square", Permission: access.MessagesRead, Titled: true, Quoted: true,
			Load: loader(messages, readMessage), Seen: o.seenMessages, After: lister(messagesAfter)},
		{Kind: "file", Label: i18n.Mark("Files"), Icon: "paperclip", Permission: access.FilesRead, Titled: true,
			Load: loader(files, readFile), Seen: o.seenFiles, After: lister(filesAfter)},
	} {
		s.Source(source)
	}
	s.Follow(follows, affected)
}

// loader reads entries by a statement that takes ids.
func loader(statement *guard.Statement, read func(guard.Row) (search.Entry, error)) func(*guard.Tx, []string) ([]search.Entry, error) {
	return func(tx *guard.Tx, ids []string) (list []search.Entry, err error) {
		err = tx.Each(statement, guard.Args{"ids": guard.List(ids)}, func(row guard.Row) error {
			e, err := read(row)
			list = append(list, e)
			return err
		})
		return list, err
	}
}

// lister lists ids after one.
func lister(statement *guard.Statement) func(*guard.Tx, string, int) ([]string, error) {
	return func(tx *guard.Tx, after string, limit int) ([]string, error) {
		return ids(tx, statement, guard.Args{"after_id": after, "limit": limit})
	}
}

func changed(statement *guard.Statement) func(*guard.Tx, time.Time) ([]string, error) {
	return func(tx *guard.Tx, since time.Time) ([]string, error) {
		return ids(tx, statement, guard.Args{"since": since})
	}
}

func ids(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []string, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		id := ""
		err := row(&id)
		list = append(list, id)
		return err
	})
	return list, err
}

// follows are the events that change what is found.
var follows = []string{
	"customer.created", "customer.changed", "customer.archived", "contact.added", "contact.changed", "contact.removed",
	"property.added", "property.changed", "property.archived", "contractor.added", "contractor.changed", "contractor.archived",
	"project.created", "project.changed", "project.archived", "project.stage_moved", "project.put_aside",
	"proposal.created", "proposal.sent", "proposal.revised", "proposal.approved", "proposal.declined", "proposal.changes_requested", "proposal.expired", "proposal.voided",
	"agreement.sealed", "message.posted", "message.noted", "message.edited", "message.removed",
	"file.added", "file.shared", "file.published", "file.withdrawn", "file.removed", "file.restored", "file.renamed", "file.moved",
	"schedule.published", "schedule.withdrawn", "schedule.task_added", "schedule.task_changed", "schedule.task_removed",
	"dailylog.begun", "dailylog.changed", "dailylog.shared", "dailylog.withdrawn", "dailylog.removed",
	"request.made", "request.accepted", "request.declined", "request.merged",
}

// affected lists what an event concerns: its subject, and what hangs there and changes with it.
func affected(_ context.Context, tx *guard.Tx, happened event.Recorded) ([]search.Ref, error) {
	var named struct {
		Message string `json:"message"`
		File    string `json:"file"`
		Contact string `json:"contact"`
	}
	if err := happened.Read(&named); err != nil {
		return nil, err
	}
	refs := []search.Ref{{Kind: happened.Subject.Kind, ID: happened.Subject.ID}}
	add := func(kind string, statement *guard.Statement, args guard.Args) error {
		list, err := ids(tx, statement, args)
		for _, id := range list {
			refs = append(refs, search.Ref{Kind: kind, ID: id})
		}
		return err
	}
	family, _, _ := strings.Cut(happened.Kind, ".")
	switch family {
	case "message":
		refs = []search.Ref{{Kind: "message", ID: named.Message}}
		return refs, add("file", filesOn, guard.Args{"kind": "message", "on": named.Message})
	case "file", "agreement":
		refs = nil
		if named.File == "" { // many at once
			return refs, add("file", filesOn, guard.Args{"kind": "project", "on": happened.Subject.Project})
		}
		if err := add("file", versionsOf, guard.Args{"id": named.File}); err != nil {
			return nil, err
		}
		return append(refs, search.Ref{Kind: "file", ID: named.File}), nil
	case "contact":
		return refs, add("contact", contactsOf, guard.Args{"customer": happened.Subject.ID})
	case "customer":
		if err := add("contact", contactsOf, guard.Args{"customer": happened.Subject.ID}); err != nil {
			return nil, err
		}
		return refs, add("project", projectsOfCustomer, guard.Args{"customer": happened.Subject.ID})
	case "property":
		return refs, add("project", projectsAt, guard.Args{"property": happened.Subject.ID})
	case "proposal":
		return refs, add("file", filesOn, guard.Args{"kind": "proposal", "on": happened.Subject.ID})
	case "schedule":
		if err := add("task", tasksOf, guard.Args{"project": happened.Subject.Project}); err != nil {
			return nil, err
		}
		return refs, add("plan", tasksOf, guard.Args{"project": happened.Subject.Project})
	case "dailylog":
		return []search.Ref{{Kind: "dailylog", ID: happened.Subject.ID}}, nil
	case "request":
		if err := add("file", filesOn, guard.Args{"kind": "request", "on": happened.Subject.ID}); err != nil {
			return nil, err
		}
		return refs, add("file", filesOn, guard.Args{"kind": "project", "on": happened.Subject.Project})
	}
	return refs, nil
}

// threadsSeen keeps the entries whose conversation the actor sees, asking once for each.
func (o Owners) threadsSeen(tx *guard.Tx, list []search.Entry, of map[string]thread) (kept []search.Entry, err error) {
	known := map[thread]message.Thread{}
	for _, e := range list {
		at := of[e.ID]
		t, asked := known[at]
		if !asked {
			t, err = o.Messages.ThreadOf(tx, at.kind, at.id)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			known[at] = t
		}
		if t.CustomerURL == "" {
			continue
		}
		e.Line, e.CustomerURL = t.Title, behind(t.CustomerURL)
		kept = append(kept, e)
	}
	return kept, nil
}

type thread struct{ kind, id string }

// behind is a path without the organisation at its beginning.
func behind(path string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return "/" + rest
}
