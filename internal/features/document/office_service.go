package document

import (
	"context"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/markup"
	"lintel/internal/platform/money"
)

// Desk is a Workshop with what stands around it on the office's page: who could be a
// recipient, which mails went out, which links work.
type Desk struct {
	Workshop
	Contacts []customer.Contact
	Mails    []outbox.Sent
	Links    []identity.Link
	People   map[access.PersonID]identity.Member // colleagues
}

// Desk loads a proposal with one of its versions (0: the newest) for staff.
func (s *Service) Desk(ctx context.Context, actor access.Actor, document string, version int) (d Desk, err error) {
	err = s.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		if d.Workshop, err = s.workshop(tx, document, version); err != nil {
			return err
		}
		if d.Contacts, err = customer.ContactsOf(tx, d.Document.Customer); err != nil {
			return err
		}
		if d.Mails, err = s.mails.About(tx, document); err != nil {
			return err
		}
		if d.Links, err = identity.LinksOf(tx, document); err != nil {
			return err
		}
		members, err := identity.StaffMembers(tx)
		d.People = make(map[access.PersonID]identity.Member, len(members))
		for _, m := range members {
			d.People[m.Person] = m
		}
		return err
	})
	return d, err
}

// RevokeLink ends a link to this proposal at once. A link to something else is NotFound.
func (s *Service) RevokeLink(ctx context.Context, actor access.Actor, document, link string) error {
	return s.store.Change(ctx, actor, access.LinksManage, func(tx *guard.Tx) error {
		links, err := identity.LinksOf(tx, document)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.ID == link {
				return identity.RevokeLink(tx, link)
			}
		}
		return fault.New(fault.NotFound, "This link was not found.")
	})
}

// ProjectName is the title that a proposal begins with.
func (s *Service) ProjectName(ctx context.Context, actor access.Actor, wanted string) (name string, err error) {
	err = s.store.View(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		found, err := project.ProjectByID(tx, wanted)
		name = found.Name
		return err
	})
	return name, err
}

// Unready is why a draft cannot be sent yet, in words where they belong; nil when it can.
func (s *Service) Unready(d Desk) error {
	if err := d.Version.Content.CheckToSend(s.store.Now().In(d.Settings.Location()).Format(time.DateOnly)); err != nil {
		return err
	}
	if err := checkRecipients(d.Recipients); err != nil {
		return err
	}
	return checkPrintable(d.Document, d.Version.Content, d.Settings, d.Recipients)
}

// checkRecipients wants somebody who signs, and an address of everybody.
func checkRecipients(recipients []Recipient) error {
	signs := false
	signers := map[string]bool{}
	for _, r := range recipients {
		if r.Email == "" {
			return fault.ForField("recipients", "One of the recipients has no e-mail address. Add it on the customer's page.")
		}
		signs = signs || r.Signs
		address := strings.ToLower(r.Email)
		if r.Signs && signers[address] {
			return fault.ForField("recipients", "Two of those who sign share an e-mail address, so nobody could tell which of them did. Let only one sign, or give the other an address of their own.")
		}
		signers[address] = signers[address] || r.Signs
	}
	if !signs {
		return fault.ForField("recipients", "Choose at least one contact who signs.")
	}
	return nil
}

// Letter is the mail as its first reader will get it, without a link.
func (s *Service) Letter(ctx context.Context, d Desk) outbox.Letter {
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: d.Settings.Language, Zone: d.Settings.Location(), Now: s.store.Now()})
	letter := outbox.Letter{Button: i18n.T(ctx, "Open the proposal")}
	if len(d.Recipients) > 0 {
		s.proposalWords(ctx, &letter, d.Document, d.Recipients[0], Signers(d.Recipients))
	}
	return letter
}

// Settings are the firm's own, for pages that need them before anything else.
func (s *Service) Settings(ctx context.Context, actor access.Actor) (settings organisation.Settings, err error) {
	err = s.store.View(ctx, actor, access.ProposalsRead, func(tx *guard.Tx) error {
		settings, err = organisation.Of(tx)
		return err
	})
	return settings, err
}

// Now is the time by the program's clock.
func (s *Service) Now() time.Time { return s.store.Now() }

// Markup writes the formatted texts of terms.
func (s *Service) Markup() *markup.Writer { return s.markup }

// Agreed is the total of a version: the signed one where it was signed.
func (d Desk) Agreed(version Version) money.Amount {
	for _, signature := range d.Signatures {
		if signature.Version == version.Number {
			return signature.Total
		}
	}
	return version.Total
}
