package incoming

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

// Subscribers tell the office of mails that wait for it.
func (s *Service) Subscribers() []event.Subscriber {
	return []event.Subscriber{{Name: "incoming notices", Kinds: []string{"mail.unplaced"}, Handle: s.tellOffice}}
}

func (s *Service) tellOffice(ctx context.Context, r event.Recorded) error {
	var f facts
	if err := r.Read(&f); err != nil {
		return jobs.NoRetry(err)
	}
	return s.store.Change(ctx, access.NewSystem(r.Org, "incoming: tell the office of a mail"), access.SystemWork, func(tx *guard.Tx) error {
		people, err := notify.OfficeOf(tx, "")
		if err != nil {
			return err
		}
		firm, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		for _, person := range people {
			reading, err := s.means.Notices.Reader(ctx, tx, person, access.Staff)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			told := notify.Telling{Person: person, Kind: access.Staff, Event: r.ID, Activity: notify.Messages, URL: URL(firm.Slug, f.Mail), Icon: "mail",
				Title: i18n.T(reading, "An e-mail from {name} belongs to no conversation: {subject}", "name", f.From, "subject", f.Subject)}
			if err := s.means.Notices.Tell(tx, told); err != nil {
				return err
			}
		}
		return nil
	})
}
