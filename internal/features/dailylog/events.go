package dailylog

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// about is what every event of a daily log says.
type about struct {
	Log      string `json:"-"`
	Project  string `json:"-"`
	Customer string `json:"-"`
	Day      string `json:"day"`
}

func aboutLog(l Log) about { return about{l.ID, l.Project, l.Customer, l.Day} }

func (a about) subject() event.Subject {
	return event.Subject{Kind: "dailylog", ID: a.Log, Customer: a.Customer, Project: a.Project}
}

// Begun is recorded when the office begins a log.
type Begun struct{ about }

// About names the event.
func (e Begun) About() (string, event.Subject) { return "dailylog.begun", e.subject() }

// Changed is recorded when the office writes in a log.
type Changed struct{ about }

// About names the event.
func (e Changed) About() (string, event.Subject) { return "dailylog.changed", e.subject() }

// Shared is recorded when a log is shown to the customer.
type Shared struct {
	about
	Excerpt string `json:"excerpt"`
	Photos  int    `json:"photos"` // that go along
}

// About names the event.
func (e Shared) About() (string, event.Subject) { return "dailylog.shared", e.subject() }

// Withdrawn is recorded when a shared log is taken back.
type Withdrawn struct{ about }

// About names the event.
func (e Withdrawn) About() (string, event.Subject) { return "dailylog.withdrawn", e.subject() }

// PhotosChosen is recorded when it is said which photos go along.
type PhotosChosen struct {
	about
	Photos int `json:"photos"` // that go along now
}

// About names the event.
func (e PhotosChosen) About() (string, event.Subject) { return "dailylog.photos_chosen", e.subject() }

// Removed is recorded when a log is put away.
type Removed struct{ about }

// About names the event.
func (e Removed) About() (string, event.Subject) { return "dailylog.removed", e.subject() }

const nobodyTold = "nobody, because the office did it itself"

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "dailylog.begun", Visibility: event.OfficeOnly, Icon: "book-open", Notice: nobodyTold, Sentence: sentence(i18n.Mark("{who} began the daily log of {day}"))},
		{Name: "dailylog.changed", Visibility: event.OfficeOnly, Icon: "pencil", Notice: nobodyTold, Sentence: sentence(i18n.Mark("{who} wrote in the daily log of {day}"))},
		{Name: "dailylog.shared", Visibility: event.WithPortal, Icon: "book-open", Notice: "the customer's people with the module Projects", Sentence: sentence(i18n.Mark("{who} shared the daily log of {day}"))},
		{Name: "dailylog.withdrawn", Visibility: event.OfficeOnly, Icon: "eye-off", Notice: nobodyTold, Sentence: sentence(i18n.Mark("{who} took the daily log of {day} back"))},
		{Name: "dailylog.photos_chosen", Visibility: event.OfficeOnly, Icon: "images", Notice: nobodyTold, Sentence: chosenSentence},
		{Name: "dailylog.removed", Visibility: event.OfficeOnly, Icon: "trash-2", Notice: nobodyTold, Sentence: sentence(i18n.Mark("{who} deleted the daily log of {day}"))},
	}
}

// An event whose content was erased reads with an empty day.
func sentence(english string) func(context.Context, event.Recorded) string {
	return func(ctx context.Context, r event.Recorded) string {
		var e about
		_ = r.Read(&e)
		return i18n.T(ctx, english, "who", r.ActorName, "day", i18n.DayShort(ctx, e.Day))
	}
}

func chosenSentence(ctx context.Context, r event.Recorded) string {
	var e struct {
		Day    string `json:"day"`
		Photos int    `json:"photos"`
	}
	_ = r.Read(&e)
	return i18n.N(ctx, e.Photos, "{who} lets {n} photo of {day} be seen by the customer", "{who} lets {n} photos of {day} be seen by the customer", "who", r.ActorName, "day", i18n.DayShort(ctx, e.Day))
}
