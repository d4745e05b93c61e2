package project

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

// StageNews is the subscriber that tells customers of a stage that the office has moved their project to, as far as they see
// it (JB-41). A move that follows from a signature is told by the mails of the signature.
func (s *Service) StageNews(told *notify.Service) event.Subscriber {
	return event.Subscriber{Name: "tell customers of stages", Kinds: []string{"project.stage_moved"}, Handle: func(ctx context.Context, r event.Recorded) error {
		var moved StageMoved
		if err := r.Read(&moved); err != nil {
			return jobs.NoRetry(err)
		}
		if !moved.Seen || r.ActorKind != access.Staff {
			return nil
		}
		return s.store.Change(ctx, access.NewSystem(r.Org, "tell customers that their project was moved"), access.SystemWork, func(tx *guard.Tx) error {
			return tellOfStage(ctx, tx, told, r, moved)
		})
	}}
}

func tellOfStage(ctx context.Context, tx *guard.Tx, told *notify.Service, r event.Recorded, moved StageMoved) error {
	people, err := notify.CustomersOf(tx, r.Subject.Customer, r.Subject.Project, access.Projects)
	if err != nil {
		return err
	}
	firm, err := organisation.Of(tx)
	if err != nil {
		return err
	}
	for _, person := range people {
		reads, err := told.Reader(ctx, tx, person, access.Customer)
		if err != nil {
			return err
		}
		words := i18n.T(reads, "{name} is now in the stage {stage}", "name", moved.Name, "stage", moved.To)
		letter := outbox.Letter{Button: i18n.T(reads, "Open the project"), AboutKind: "project", About: r.Subject.Project}
		if err := told.Tell(tx, notify.Telling{Person: person, Kind: access.Customer, Event: r.ID, Activity: notify.Projects, Title: words,
			URL: CustomerURL(firm.Slug, r.Subject.Project), Icon: "flag", Project: r.Subject.Project, Letter: letter}); err != nil {
			return err
		}
	}
	return nil
}
