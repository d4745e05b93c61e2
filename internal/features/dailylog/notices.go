package dailylog

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

// Subscribers tell the customer of shared logs. Each runs in a job after the commit and may
// run twice; a person is told of an event once.
func (s *Service) Subscribers() []event.Subscriber {
	return []event.Subscriber{{Name: "tell customers of daily logs", Kinds: []string{"dailylog.shared"}, Handle: s.tell}}
}

func (s *Service) tell(ctx context.Context, r event.Recorded) error {
	var e Shared
	if err := r.Read(&e); err != nil {
		return jobs.NoRetry(err)
	}
	system := access.NewSystem(r.Org, "tell customers of a daily log")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		l, err := loadLog(tx, r.Subject.ID)
		if fault.Is(err, fault.NotFound) || err == nil && !l.Shared() {
			return nil // it was taken back before anybody was told
		}
		if err != nil {
			return err
		}
		of, err := project.LineByID(tx, l.Project)
		if err != nil {
			return err
		}
		stage, err := organisation.StageByID(tx, of.Stage)
		if err != nil || !stage.CustomerVisible || stage.Bucket == organisation.Hidden {
			return err
		}
		return s.tellPeople(ctx, tx, r, e, of)
	})
}

func (s *Service) tellPeople(ctx context.Context, tx *guard.Tx, r event.Recorded, e Shared, of project.Line) error {
	firm, err := organisation.Of(tx)
	if err != nil {
		return err
	}
	people, err := notify.CustomersOf(tx, of.Customer, of.ID, access.Projects)
	if err != nil {
		return err
	}
	for _, person := range people {
		ctx, err := s.notices.Reader(ctx, tx, person, access.Customer)
		if err != nil {
			return err
		}
		letter := outbox.Letter{Quote: e.Excerpt, QuoteBy: r.ActorName, Button: i18n.T(ctx, "Read the daily log"), AboutKind: "project", About: of.ID, Thread: "project:" + of.ID}
		if e.Photos > 0 {
			letter.Paragraphs = []string{i18n.N(ctx, e.Photos, "With {n} photo.", "With {n} photos.")}
		}
		err = s.notices.Tell(tx, notify.Telling{Person: person, Kind: access.Customer, Event: r.ID, Activity: notify.DailyLogs,
			Title: i18n.T(ctx, "{name} wrote a daily log of {project}: {day}", "name", r.ActorName, "project", of.Name, "day", i18n.DayShort(ctx, e.Day)),
			URL:   CustomerURL(firm.Slug, of.ID, r.Subject.ID), Icon: "book-open", Project: of.ID, Letter: letter})
		if err != nil {
			return err
		}
	}
	return nil
}

// OfficeURL is the office's address of a log, or of a project's logs without one.
func OfficeURL(slug, project, log string) string { return address(slug, "office", project, log) }

// CustomerURL is the customer's address of a log, or of a project's logs without one.
func CustomerURL(slug, project, log string) string { return address(slug, "home", project, log) }

func address(slug, face, project, log string) string {
	url := "/" + slug + "/" + face + "/projects/" + project + "/logs"
	if log != "" {
		url += "/" + log
	}
	return url
}
