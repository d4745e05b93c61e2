package schedule

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

// Subscribers tell people what happened to schedules. Each runs in a job after the commit
// and may run twice; a person is told of an event once.
func (s *Service) Subscribers() []event.Subscriber {
	return []event.Subscriber{
		{Name: "tell customers of schedules", Kinds: []string{"schedule.published", "schedule.task_due"}, Handle: s.tellCustomers},
		{Name: "tell the office of ticked tasks", Kinds: []string{"schedule.task_ticked"}, Handle: s.tellOffice},
	}
}

// telling runs a subscriber's transaction, with the project that the event is about.
func (s *Service) telling(ctx context.Context, r event.Recorded, do func(tx *guard.Tx, firm organisation.Settings, of project.Line) error) error {
	system := access.NewSystem(r.Org, "tell people what happened to a schedule")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		firm, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		of, err := project.LineByID(tx, r.Subject.Project)
		if err != nil {
			return err
		}
		return do(tx, firm, of)
	})
}

func (s *Service) tellCustomers(ctx context.Context, r event.Recorded) error {
	return s.telling(ctx, r, func(tx *guard.Tx, firm organisation.Settings, of project.Line) error {
		stage, err := organisation.StageByID(tx, of.Stage)
		if err != nil {
			return err
		}
		if !stage.CustomerVisible || stage.Bucket == organisation.Hidden {
			return nil // they would find nothing behind the link
		}
		people, err := notify.CustomersOf(tx, of.Customer, of.ID, access.Schedule)
		if err != nil {
			return err
		}
		for _, person := range people {
			ctx, err := s.notices.Reader(ctx, tx, person, access.Customer)
			if err != nil {
				return err
			}
			title, letter := customerWords(ctx, r, firm.Name, of.Name)
			err = s.notices.Tell(tx, notify.Telling{Person: person, Kind: access.Customer, Event: r.ID, Activity: notify.Schedule, Title: title,
				URL: CustomerURL(firm.Slug, of.ID), Icon: "calendar-check", Project: of.ID, Letter: letter})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// customerWords are the sentence and the mail that a customer gets.
func customerWords(ctx context.Context, r event.Recorded, firm, of string) (string, outbox.Letter) {
	letter := outbox.Letter{Button: i18n.T(ctx, "Open the schedule"), AboutKind: "project", About: r.Subject.Project, Thread: "project:" + r.Subject.Project}
	if r.Kind == "schedule.task_due" {
		var e Due
		_ = r.Read(&e)
		letter.Paragraphs = []string{i18n.T(ctx, "When it is done, tick it in the schedule of {project}. Then {firm} knows that work can go on.", "project", of, "firm", firm)}
		return i18n.T(ctx, "Please do this by {day}: {task}", "task", e.Name, "day", i18n.Day(ctx, string(e.Ends))), letter
	}
	var e Published
	_ = r.Read(&e)
	for _, task := range e.Asked {
		letter.Paragraphs = append(letter.Paragraphs, i18n.T(ctx, "For you to do: **{task}**", "task", task))
	}
	if len(e.Asked) > 0 {
		return i18n.N(ctx, len(e.Asked), "The schedule of {project} has {n} task for you", "The schedule of {project} has {n} tasks for you", "project", of), letter
	}
	if e.First {
		return i18n.T(ctx, "The schedule of {project} is here", "project", of), letter
	}
	return i18n.T(ctx, "The schedule of {project} has changed", "project", of), letter
}

// tellOffice tells the project's lead of a tick. What a colleague ticked needs no telling.
func (s *Service) tellOffice(ctx context.Context, r event.Recorded) error {
	if r.ActorKind != access.Customer {
		return nil
	}
	var e Ticked
	if err := r.Read(&e); err != nil {
		return jobs.NoRetry(err)
	}
	return s.telling(ctx, r, func(tx *guard.Tx, firm organisation.Settings, of project.Line) error {
		people, err := notify.OfficeOf(tx, access.PersonID(of.Lead))
		if err != nil {
			return err
		}
		for _, person := range people {
			ctx, err := s.notices.Reader(ctx, tx, person, access.Staff)
			if err != nil {
				return err
			}
			title := i18n.T(ctx, "{name} has done: {task}", "name", r.ActorName, "task", e.Name)
			if e.Back {
				title = i18n.T(ctx, "{name} has not done it after all: {task}", "name", r.ActorName, "task", e.Name)
			}
			err = s.notices.Tell(tx, notify.Telling{Person: person, Kind: access.Staff, Event: r.ID, Activity: notify.Schedule, Title: title,
				URL: OfficeURL(firm.Slug, of.ID), Icon: "circle-check", Project: of.ID,
				Letter: outbox.Letter{Paragraphs: []string{i18n.T(ctx, "Project {number}, {name}", "number", of.Number, "name", of.Name)}, AboutKind: "project", About: of.ID}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	remindJob = "remind customers of their tasks"
	// warning is how many days before its day a customer is reminded of a task.
	warning = 2
)

// Jobs names the handlers of this feature's jobs.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(remindJob, func(ctx context.Context, _ jobs.Task) error {
		organisations, err := s.store.Organisations(ctx)
		if err != nil {
			return err
		}
		for _, org := range organisations {
			if err := s.remind(ctx, org); err != nil {
				return err
			}
		}
		return nil
	})
	r.Every(time.Hour, jobs.Job{Kind: remindJob})
}

// earliest keeps the reminder out of the night, where the firm is.
const earliest = 8

// remind records, once for each task and day, that an own task is due soon.
func (s *Service) remind(ctx context.Context, org access.OrgID) error {
	return s.store.Change(ctx, access.NewSystem(org, "remind customers of their tasks"), access.SystemWork, func(tx *guard.Tx) error {
		firm, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		now := tx.Now().In(firm.Location())
		if now.Hour() < earliest {
			return nil
		}
		today := DayOf(now)
		list, err := loadPublished(tx, dueSoon, guard.Args{"from": string(today), "last": string(today.Add(warning))})
		if err != nil {
			return err
		}
		for _, t := range list {
			marked, err := tx.Exec(markReminded, guard.Args{"id": t.ID})
			if err != nil {
				return err
			}
			if marked == 0 {
				continue
			}
			if err := tx.Record(Due{about: aboutTask(t), Ends: t.Ends}); err != nil {
				return err
			}
		}
		return nil
	})
}
