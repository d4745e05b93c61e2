package message

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Posted happens when a message was posted: "message.posted", or "message.noted" for an
// internal note. Those who tell people read it.
type Posted struct {
	Message     string            `json:"message"`
	Parent      string            `json:"parent,omitempty"` // the message that it answers
	Excerpt     string            `json:"excerpt"`          // the beginning of the text, plain
	Title       string            `json:"title"`            // of the thread
	OfficeURL   string            `json:"officeUrl"`
	CustomerURL string            `json:"customerUrl"`
	Mentions    []access.PersonID `json:"mentions,omitempty"`
	Files       int               `json:"files,omitempty"`
	Internal    bool              `json:"internal,omitempty"`
	thread      Thread
}

func posted(t Thread, m Message, files int) Posted {
	p := Posted{Message: m.ID, Parent: m.Parent, Excerpt: excerpt(m.Body), Title: t.Title, OfficeURL: t.OfficeURL, CustomerURL: t.CustomerURL, Files: files, Internal: m.Internal, thread: t}
	for _, person := range m.Mentions {
		p.Mentions = append(p.Mentions, person.ID)
	}
	return p
}

// About implements event.Event.
func (p Posted) About() (string, event.Subject) {
	if p.Internal {
		return "message.noted", subject(p.thread)
	}
	return "message.posted", subject(p.thread)
}

// changed happens when an author edited a message or took it back.
type changed struct {
	Message string `json:"message"`
	How     string `json:"how"` // "edited" or "removed"
	thread  Thread
}

// About implements event.Event.
func (c changed) About() (string, event.Subject) { return "message." + c.How, subject(c.thread) }

func subject(t Thread) event.Subject {
	return event.Subject{Kind: t.Kind, ID: t.ID, Customer: t.Customer, Project: t.Project}
}

// Events declares what this feature records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "message.posted", Visibility: event.WithPortal, Icon: "message-square", Sentence: postedSentence,
			Notice: "the other side, and those who are mentioned"},
		{Name: "message.noted", Visibility: event.OfficeOnly, Icon: "lock", Sentence: notedSentence,
			Notice: "colleagues who are mentioned"},
		{Name: "message.edited", Visibility: event.NobodysFeed, Icon: "pencil", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{name} edited a message", "name", r.ActorName)
		}, Notice: "nobody, because the message says that it was edited"},
		{Name: "message.removed", Visibility: event.NobodysFeed, Icon: "trash-2", Sentence: func(ctx context.Context, r event.Recorded) string {
			return i18n.T(ctx, "{name} took a message back", "name", r.ActorName)
		}, Notice: "nobody, because taking back should not draw attention"},
	}
}

func postedSentence(ctx context.Context, r event.Recorded) string {
	var p Posted
	switch err := r.Read(&p); {
	case err != nil || p.Title == "":
		return i18n.T(ctx, "{name} wrote a message", "name", r.ActorName)
	case p.Excerpt == "":
		return i18n.N(ctx, p.Files, "{name} sent {n} file on {title}", "{name} sent {n} files on {title}", "name", r.ActorName, "title", p.Title)
	}
	return i18n.T(ctx, "{name} wrote on {title}: {text}", "name", r.ActorName, "title", p.Title, "text", p.Excerpt)
}

func notedSentence(ctx context.Context, r event.Recorded) string {
	var p Posted
	if err := r.Read(&p); err != nil || p.Title == "" {
		return i18n.T(ctx, "{name} wrote an internal note", "name", r.ActorName)
	}
	return i18n.T(ctx, "{name} noted on {title}: {text}", "name", r.ActorName, "title", p.Title, "text", p.Excerpt)
}
