package document

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Send freezes the draft and mails each recipient a personal link, all in one
// transaction: a version that was acknowledged as sent has its mails in the queue.
// revision is the one that the sender saw; a newer one is Conflict.
func (s *Service) Send(ctx context.Context, actor access.Actor, document string, revision int, changeNote string) error {
	revision, err := s.cleanPDFs(ctx, actor, document, revision)
	if err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.ProposalsSend, func(tx *guard.Tx) error {
		d, draft, err := draftOf(tx, document)
		if err != nil {
			return err
		}
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		recipients, err := sendable(tx, d, draft, settings)
		if err != nil {
			return err
		}
		d, shown, err := s.freezeDraft(tx, d, draft, revision, changeNote)
		if err != nil {
			return err
		}
		if err := s.shareFiles(tx, d, shown); err != nil {
			return err
		}
		names, err := s.invite(ctx, tx, settings, d, recipients)
		if err != nil {
			return err
		}
		return tx.Record(WasSent{Fact: factOf(d, d.Version), SHA256: proposal.SHA256(shown.Bytes()), Recipients: names, Total: d.Total})
	})
}

// sendable refuses a draft that is not ready, in words where they belong.
func sendable(tx *guard.Tx, d Document, draft Version, settings organisation.Settings) ([]Recipient, error) {
	if _, err := draft.State.After(proposal.Send); err != nil {
		return nil, err
	}
	if err := draft.Content.CheckToSend(tx.Now().In(settings.Location()).Format(time.DateOnly)); err != nil {
		return nil, err
	}
	recipients, err := loadRecipients(tx, d.ID)
	if err != nil {
		return nil, err
	}
	if err := checkPrintable(d, draft.Content, settings, recipients); err != nil {
		return nil, err
	}
	return recipients, checkRecipients(recipients)
}

// freezeDraft makes the draft a version that never changes again. It stores the exact
// bytes that the customer sees; their hash is what everything later refers to.
func (s *Service) freezeDraft(tx *guard.Tx, d Document, draft Version, revision int, changeNote string) (Document, proposal.CustomerContent, error) {
	content, err := s.withStoredFiles(tx, d, draft.Content)
	if err != nil {
		return d, proposal.CustomerContent{}, err
	}
	shown := content.ForCustomer()
	if shown.Parties, err = partiesOf(tx, d); err != nil {
		return d, shown, err
	}
	totals, err := shown.Totals(proposal.Choices{})
	if err != nil {
		return d, shown, err
	}
	changed, err := tx.Exec(freeze, guard.Args{"document": d.ID, "version": d.Version, "revision": revision, "content": string(content.Bytes()), "shown": string(shown.Bytes()),
		"sha256": proposal.SHA256(shown.Bytes()), "total": totals.Total.Minor, "by": string(tx.Actor().Person()), "change_note": changeNote})
	if err != nil || changed == 0 {
		return d, shown, orConflict(err)
	}
	if _, err := tx.Exec(supersede, guard.Args{"document": d.ID, "version": d.Version}); err != nil {
		return d, shown, err
	}
	changed, err = tx.Exec(markSent, guard.Args{"id": d.ID, "version": d.Version, "title": content.Title, "folded": proposal.Fold(content.Title), "total": totals.Total.Minor, "valid_until": content.ValidUntil})
	if err != nil || changed == 0 {
		return d, shown, orConflict(err)
	}
	d, err = loadDocument(tx, documentByID, d.ID)
	return d, shown, err
}

// shareFiles lets the customer see the files that the sent version names, and no others.
func (s *Service) shareFiles(tx *guard.Tx, d Document, shown proposal.CustomerContent) error {
	var files []string
	if shown.Cover != "" {
		files = append(files, shown.Cover)
	}
	for _, a := range shown.Attachments {
		files = append(files, a.FileID)
	}
	for _, g := range shown.Groups {
		for _, l := range g.Lines {
			for _, photo := range l.Photos {
				files = append(files, photo.FileID)
			}
		}
	}
	if len(files) == 0 {
		return nil
	}
	return s.files.Rehang(tx, files, "proposal", d.ID, file.Hang{Kind: "proposal", On: d.ID, Item: d.ID, Customer: d.Customer, Project: d.Project, Visibility: file.Shared})
}

// invite gives each recipient the right to see the project, a personal link and a mail.
func (s *Service) invite(ctx context.Context, tx *guard.Tx, settings organisation.Settings, d Document, recipients []Recipient) ([]string, error) {
	var names []string
	for _, r := range recipients {
		mark := fmt.Sprintf("proposal %s version %d to %s", d.ID, d.Version, r.Contact)
		if err := s.inviteOne(ctx, tx, settings, d, r, Signers(recipients), mark); err != nil {
			return nil, err
		}
		names = append(names, r.Name)
	}
	return names, nil
}

func (s *Service) inviteOne(ctx context.Context, tx *guard.Tx, settings organisation.Settings, d Document, r Recipient, signers []string, mark string) error {
	person, err := identity.EnsureContactPerson(tx, r.Name, r.Email)
	if err != nil {
		return fmt.Errorf("make contact %s a person: %w", r.Contact, err)
	}
	// The contact first: whoever removes it waits from here on, and then finds the grant to take back.
	if err := customer.LinkPerson(tx, r.Contact, person); err != nil {
		return err
	}
	if err := identity.Grant(tx, person, d.Customer, d.Project); err != nil {
		return err
	}
	changed, err := tx.Exec(mailedRecipient, guard.Args{"document": d.ID, "contact": r.Contact, "person": string(person), "version": d.Version})
	if err != nil || changed == 0 {
		return orConflict(err)
	}
	r.Person = person
	return s.mailProposal(ctx, tx, settings, d, r, signers, mark)
}

// mailProposal is the mail with one button (SY-01).
func (s *Service) mailProposal(ctx context.Context, tx *guard.Tx, settings organisation.Settings, d Document, r Recipient, signers []string, mark string) error {
	path, err := identity.MakeLink(tx, identity.LinkRequest{Person: r.Person, Purpose: "document", ItemKind: "proposal", Item: d.ID, Days: settings.LinkDays})
	if err != nil {
		return err
	}
	settings.Language = notify.LanguageOf(tx, settings, r.Person)
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: settings.Language, Zone: settings.Location(), Now: tx.Now()})
	letter := outbox.Letter{Person: r.Person, To: r.Email, ToName: r.Name, Language: settings.Language, AboutKind: "proposal", About: d.ID,
		Mark:      mark,
		Button:    i18n.T(ctx, "Open the proposal"),
		URL:       s.means.BaseURL + path,
		ReplyTo:   tx.Actor().Email(),
		ReplyLine: i18n.T(ctx, "Questions? Just answer this e-mail: {name} reads it.", "name", tx.Actor().Name()),
		Notes:     []string{i18n.T(ctx, "This link is for {name} only and works until {date}. Please do not pass it on.", "name", r.Name, "date", i18n.Date(ctx, tx.Now().AddDate(0, 0, settings.LinkDays)))},
	}
	s.proposalWords(ctx, &letter, d, r, signers)
	return s.mails.Queue(tx, letter)
}

func (s *Service) proposalWords(ctx context.Context, letter *outbox.Letter, d Document, r Recipient, signers []string) {
	where := d.Title
	if d.Place != "" {
		where = i18n.T(ctx, "{title} at {place}", "title", d.Title, "place", d.Place)
	}
	letter.Title = i18n.T(ctx, "Your proposal is ready")
	sentence := i18n.T(ctx, "Hello {name}, we have put together {what}. Please look through it.", "name", r.FirstName(), "what", where)
	if d.ValidUntil != "" {
		sentence = i18n.T(ctx, "Hello {name}, we have put together {what}. Please look through it and sign by {date}.", "name", r.FirstName(), "what", where, "date", i18n.Day(ctx, d.ValidUntil))
	}
	switch {
	case !r.Signs:
		sentence = i18n.T(ctx, "Hello {name}, here is {what} for you to read.", "name", r.FirstName(), "what", where)
	case d.Version > 1:
		letter.Title = i18n.T(ctx, "Your proposal has a new version")
		sentence = i18n.T(ctx, "Hello {name}, we have changed {what}. The page shows you what is different.", "name", r.FirstName(), "what", where)
	}
	letter.Subject = letter.Title + ": " + d.Title
	letter.Preheader = where
	letter.Paragraphs = []string{sentence}
	if r.Signs && len(signers) > 1 {
		letter.Paragraphs = append(letter.Paragraphs, i18n.T(ctx, "{names} can sign it: one signature is enough.", "names", OneOf(ctx, signers)))
	}
}

// Signers are the names of those who may sign.
func Signers(recipients []Recipient) []string {
	var names []string
	for _, r := range recipients {
		if r.Signs {
			names = append(names, r.Name)
		}
	}
	return names
}

// Resend mails one recipient the current version again with a link of their own. Earlier
// links stay as they are.
func (s *Service) Resend(ctx context.Context, actor access.Actor, document, contact string) error {
	return s.store.Change(ctx, actor, access.ProposalsSend, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentByID, document)
		if err != nil {
			return err
		}
		if d.SentVersion == 0 || d.SentVersion != d.Version {
			return fault.New(fault.Conflict, "There is no sent version to send again.")
		}
		settings, err := organisation.Of(tx)
		if err != nil {
			return err
		}
		recipients, err := loadRecipients(tx, document)
		if err != nil {
			return err
		}
		if err := checkRecipients(recipients); err != nil {
			return err
		}
		for _, r := range recipients {
			if r.Contact == contact {
				return s.inviteOne(ctx, tx, settings, d, r, Signers(recipients), "")
			}
		}
		return fault.New(fault.NotFound, "This recipient was not found.")
	})
}

// OneOf names people of whom one is enough: "Maria Ruiz or Tomas Ruiz".
func OneOf(ctx context.Context, names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2:
		return i18n.T(ctx, "{first} or {second}", "first", names[0], "second", names[1])
	}
	return i18n.T(ctx, "{first}, {rest}", "first", names[0], "rest", OneOf(ctx, names[1:]))
}
