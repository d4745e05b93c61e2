package customer

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/jobs"
)

// returned is what this feature reads of the events about a mail that came back, or that its reader does not want.
type returned struct {
	Person  access.PersonID
	To      string
	Subject string
	Reason  string
}

// Bounces is the subscriber that marks contacts whose mail came back, or who have called a mail unwanted, and tells the
// office: once for each such mail.
func (s *Service) Bounces(notices *notify.Service) event.Subscriber {
	return event.Subscriber{Name: "customer bounces", Kinds: []string{"mail.bounced", "mail.complained"}, Handle: func(ctx context.Context, r event.Recorded) error {
		var mail returned
		if err := r.Read(&mail); err != nil {
			return jobs.NoRetry(err)
		}
		if r.Kind == "mail.complained" {
			mail.Reason = "complaint: " + mail.Reason
		}
		if err := s.MarkBounced(ctx, r.Org, mail.To, mail.Reason, r.At); err != nil {
			return err
		}
		return s.tellOffice(ctx, notices, r, mail)
	}}
}

func (s *Service) tellOffice(ctx context.Context, notices *notify.Service, r event.Recorded, mail returned) error {
	system := access.NewSystem(r.Org, "tell the office of a mail that came back")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		path, err := whereToMend(tx, settings.Slug, mail.To)
		if err != nil {
			return err
		}
		office, err := notify.OfficeOf(tx, "")
		if err != nil {
			return err
		}
		for _, person := range office {
			if person == mail.Person {
				continue // mail about it would come back too
			}
			ctx, err := notices.Reader(ctx, tx, person, access.Staff)
			if err != nil {
				return err
			}
			words := i18n.T(ctx, "The e-mail “{subject}” to {address} came back", "subject", mail.Subject, "address", mail.To)
			if r.Kind == "mail.complained" {
				words = i18n.T(ctx, "{address} has marked the e-mail “{subject}” as unwanted", "subject", mail.Subject, "address", mail.To)
			}
			err = notices.Tell(tx, notify.Telling{Person: person, Kind: access.Staff, Event: r.ID, Activity: notify.Access, Title: words, URL: path, Icon: "mail-x"})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// whereToMend is the page of the contact with the address, or the inbox when there is none.
func whereToMend(tx *guard.Tx, slug, address string) (string, error) {
	path := notify.Path(slug, access.Staff)
	err := tx.Each(contactWithAddress, guard.Args{"email": foldEmail(address)}, func(row guard.Row) error {
		var customer, contact string
		err := row(&customer, &contact)
		path = "/" + slug + "/office/customers/" + customer + "/contacts/" + contact
		return err
	})
	return path, err
}
