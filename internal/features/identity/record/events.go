package record

import (
	"context"
	"slices"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// LinkMade says that somebody got a personal link.
type LinkMade struct {
	Link     string
	Person   access.PersonID
	Name     string
	Purpose  string
	ItemKind string
	Item     string
	Ends     time.Time
}

// LinkOpened says that somebody continued with a personal link. Looking at its landing
// page is no event: mail scanners do that.
type LinkOpened struct {
	Link     string
	Person   access.PersonID
	Name     string
	ItemKind string
	Item     string
	Address  string
	Agent    string
}

// LinkRevoked says that a personal link was ended before its time.
type LinkRevoked struct {
	Link     string
	Person   access.PersonID
	Name     string
	ItemKind string
	Item     string
}

// CodeFailed says that a code was typed wrong until it was void.
type CodeFailed struct {
	Person  access.PersonID
	Address string
	Agent   string
}

// BrowserConfirmed says that a person typed the code from the e-mail in a browser.
type BrowserConfirmed struct {
	Person     access.PersonID
	Remembered bool
	Address    string
	Agent      string
}

// PasswordSet says that a person has a new password.
type PasswordSet struct {
	Person access.PersonID
}

// SessionEnded says that a person ended a session, or a remembered browser, from the list.
type SessionEnded struct {
	Person access.PersonID
	What   string // "session", "browser" or "all"
	Agent  string
}

// AccessChanged says that the modules of a person at a customer, or at one project of it,
// are others than before; empty is none.
type AccessChanged struct {
	Person            access.PersonID
	Name              string
	Customer, Project string
	Before, After     string // access.ModuleSet as text
	Reason            string
}

// aboutLink hangs a link's event on its document, where the timeline shows it, and on the
// person when it opens the whole portal.
func aboutLink(person access.PersonID, itemKind, item string) event.Subject {
	if item != "" {
		return event.Subject{Kind: itemKind, ID: item}
	}
	return aboutPerson(person)
}

func aboutPerson(person access.PersonID) event.Subject {
	return event.Subject{Kind: "person", ID: string(person)}
}

// About names the event and its subject.
func (e LinkMade) About() (string, event.Subject) {
	return "person.link_made", aboutLink(e.Person, e.ItemKind, e.Item)
}

// About names the event and its subject.
func (e LinkOpened) About() (string, event.Subject) {
	return "person.link_opened", aboutLink(e.Person, e.ItemKind, e.Item)
}

// About names the event and its subject.
func (e LinkRevoked) About() (string, event.Subject) {
	return "person.link_revoked", aboutLink(e.Person, e.ItemKind, e.Item)
}

// About names the event and its subject.
func (e CodeFailed) About() (string, event.Subject) {
	return "person.code_failed", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e BrowserConfirmed) About() (string, event.Subject) {
	return "person.browser_confirmed", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e PasswordSet) About() (string, event.Subject) {
	return "person.password_set", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e SessionEnded) About() (string, event.Subject) {
	return "person.session_ended", aboutPerson(e.Person)
}

// About names the event and its subject.
func (e AccessChanged) About() (string, event.Subject) {
	return "person.access_changed", event.Subject{Kind: "person", ID: string(e.Person), Customer: e.Customer, Project: e.Project}
}

// Events declares what this feature records.
func Events() []event.Kind {
	return append([]event.Kind{
		{Name: "person.link_made", Visibility: event.OfficeOnly, Icon: "link", Notice: "the person gets the link in the mail that it was made for",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{person} got a personal link.", "person", named(r))
			}},
		{Name: "person.link_opened", Visibility: event.OfficeOnly, Icon: "mail-open", Notice: "nobody by mail, because the office sees it on the document",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{person} opened the personal link.", "person", named(r))
			}},
		{Name: "person.link_revoked", Visibility: event.OfficeOnly, Icon: "unlink", Notice: "nobody, because the office has a reason to end it quietly",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} revoked the personal link of {person}.", "name", r.ActorName, "person", named(r))
			}},
		{Name: "person.code_failed", Visibility: event.NobodysFeed, Icon: "shield-alert", Notice: "nobody, because the person has the mails with the codes",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "A code for {name} was typed wrong too often.", "name", r.ActorName)
			}},
		{Name: "person.browser_confirmed", Visibility: event.NobodysFeed, Icon: "shield-check", Notice: "nobody, because the person has just typed the code",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} confirmed a browser with the code from the e-mail.", "name", r.ActorName)
			}},
		{Name: "person.password_set", Visibility: event.NobodysFeed, Icon: "key-round", Notice: "the person, by mail to the address of the account",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} set a password.", "name", r.ActorName)
			}},
		{Name: "person.session_ended", Visibility: event.NobodysFeed, Icon: "log-out", Notice: "nobody, because the person has done it",
			Sentence: func(ctx context.Context, r event.Recorded) string {
				return i18n.T(ctx, "{name} ended a session.", "name", r.ActorName)
			}},
		{Name: "person.access_changed", Visibility: event.OfficeOnly, Icon: "key-round", Notice: "the person, by the mail about what they can now see; nobody when something is taken away",
			Sentence: accessSentence},
	}, slices.Concat(lookEvents(), inviteEvents(), accountEvents())...)
}

func accessSentence(ctx context.Context, r event.Recorded) string {
	var e AccessChanged
	if r.Read(&e) != nil {
		return ""
	}
	before, after := access.ParseModules(e.Before), access.ParseModules(e.After)
	switch {
	case before.Empty():
		return i18n.T(ctx, "{name} gave {person} access.", "name", r.ActorName, "person", e.Name)
	case after.Empty():
		return i18n.T(ctx, "{name} ended the access of {person}.", "name", r.ActorName, "person", e.Name)
	case after.Covers(before):
		return i18n.T(ctx, "{name} gave {person} more modules.", "name", r.ActorName, "person", e.Name)
	}
	return i18n.T(ctx, "{name} changed the modules of {person}.", "name", r.ActorName, "person", e.Name)
}

// named is the name that an event keeps of the person it is about.
func named(r event.Recorded) string {
	var e struct{ Name string }
	if r.Read(&e) != nil || e.Name == "" {
		return r.ActorName
	}
	return e.Name
}
