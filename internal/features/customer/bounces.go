package customer

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
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
// office: once for each such mail. The office is also told of mail to customers that no server took.
func (s *Service) Bounces(notices *notify.Service) event.Subscriber {
	return event.Subscriber{Name: "customer bounces", Kinds: []string{"mail.bounced", "mail.complained", "mail.failed"}, Handle: func(ctx context.Context, r event.Recorded) error {
		var mail returned
		if err := r.Read(&mail); err != nil {
			return jobs.NoRetry(err)
		}
		switch r.Kind {
		case "mail.complained":
			mail.Reason = "complaint: " + mail.Reason
			fallthrough
		case "mail.bounced":
			if err := s.MarkBounced(ctx, r.Org, mail.To, mail.Reason, r.At); err != nil {
				return err
			}
		}
		return s.tellOffice(ctx, notices, r, mail)
	}}
}

func (s *Service) tellOffice(ctx context.Context, notices *notify.Service, r event.Recorded, mail returned) error {
	system := access.NewSystem(r.Org, "tell the office of a mail that came back")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		if r.Kind == "mail.failed" {
			// Mail to a colleague that fails because the server is away tells nobody: the mail about it would fail too.
			if member, err := identity.MemberByPerson(tx, mail.Person); err != nil || member.Kind == access.Staff {
				return ignoreGone(err)
			}
		}
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
			switch r.Kind {
			case "mail.failed":
				words = i18n.T(ctx, "The e-mail “{subject}” to {address} could not be sent", "subject", mail.Subject, "address", mail.To)
			case "mail.complained":
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

// ignoreGone lets somebody who is no member any more be.
func ignoreGone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
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
