package notify

import (
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/outbox"
)

// Activity is what a notice is about, as people choose it on their Notification Settings.
type Activity string

// The activities.
const (
	Messages  Activity = "messages"
	Mentions  Activity = "mentions"
	Files     Activity = "files"
	Documents Activity = "documents"
	Schedule  Activity = "schedule"
	DailyLogs Activity = "daily-logs"
	Requests  Activity = "requests"
	Projects  Activity = "projects"
	Access    Activity = "access"
)

// Activities lists all of them in the order in which pages show them.
var Activities = []Activity{Messages, Mentions, Files, Documents, Schedule, DailyLogs, Requests, Projects, Access}

// saying begins the names of the events of conversations.
const saying = "message."

// module is the one that whoever is told of an event of a kind, as a customer, must still be granted. What is said about a
// document is told with the documents, and belongs to the messages.
func (a Activity) module(kind string) access.Module {
	switch a {
	case Messages, Mentions:
		return access.Messages
	case Files:
		return access.Files
	case Schedule:
		return access.Schedule
	case DailyLogs, Projects, Access:
		return access.Projects
	case Requests:
		return access.AddJob
	}
	if strings.HasPrefix(kind, saying) {
		return access.Messages
	}
	return access.Documents
}

// Telling is one thing that one person is told.
type Telling struct {
	Person   access.PersonID
	Kind     access.Kind // as what: access.Staff or access.Customer
	Event    string      // id of the recorded event; a person is told of one event once
	Activity Activity
	Title    string // one sentence in the person's language, from the context of Reader
	URL      string // path in the portal
	Icon     string
	Project  string // or empty: muting a project silences it
	// Without are ways that this telling leaves to another one of the same deed, so that nobody is told it twice on one way.
	Without []Method
	// Letter is what is mailed. Whatever it leaves empty is filled in from the rest: To, ToName, Language, Subject, Title,
	// Button, URL. Letter.Quote and QuoteBy carry somebody's own words.
	Letter outbox.Letter
}

// goes reports whether it is told on a way to somebody who has chosen.
func (t Telling) goes(wants Choices, m Method) bool {
	return wants.Wants(t.Activity, m) && !slices.Contains(t.Without, m)
}

// Notice is one line of an inbox.
type Notice struct {
	ID        string
	Person    access.PersonID
	Event     string // id of the event it tells of; a person is told of an event once
	Title     string // in the person's language
	URL       string // path in the portal
	Icon      string
	CreatedAt time.Time
	ReadAt    time.Time
}

// Unread reports whether the person has not opened it yet.
func (n Notice) Unread() bool { return n.ReadAt.IsZero() }
