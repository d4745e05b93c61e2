package document

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/document/estimate"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
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

// longestEdited is how many lines the form of the editor can carry: a line has 13 fields, and
// net/url reads 10,000 at most. An import
// stops there, so that nobody gets a draft that cannot be saved.
const longestEdited = 700

// importKind is the kind of the files on which an import works. Only the office sees them,
// of it only who may see costs, because a spreadsheet has them; and they go when the lines
// are in.
const importKind = "proposal import"

// KeepEstimate reads an uploaded spreadsheet and keeps it for the import's next steps. It
// takes the place of an earlier one. Faults are those of estimate.Parse, and Conflict when
// the newest version is no draft.
func (s *Service) KeepEstimate(ctx context.Context, actor access.Actor, document, name string, content []byte) (string, error) {
	if _, err := estimate.Parse(content); err != nil {
		return "", err
	}
	var d Document
	err := s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) (err error) {
		if d, _, err = draftOf(tx, document); err != nil {
			return err
		}
		return s.dropEstimates(tx, document)
	})
	if err != nil {
		return "", err
	}
	hang := file.Hang{Kind: importKind, On: document, Customer: d.Customer, Project: d.Project, Visibility: file.Office, Quiet: true}
	kept, err := s.files.Save(ctx, actor, hang, name, "text/csv", content)
	return kept.ID, err
}

func (s *Service) dropEstimates(tx *guard.Tx, document string) error {
	files, err := s.files.Of(tx, importKind, document)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := s.files.Archive(tx, f.ID); err != nil {
			return err
		}
	}
	return nil
}

// Import is a kept spreadsheet, read, with what an import of it would do.
type Import struct {
	Document Document
	Draft    Version
	File     file.File
	Estimate estimate.Sheet
	Mapping  estimate.Mapping
	Options  estimate.Options
	Preview  estimate.Preview
	Problem  error // of the mapping: there is no preview then
}

// ImportChoices are a person's decisions; an empty Mapping is the one that the headers suggest.
type ImportChoices struct {
	Mapping estimate.Mapping
	Options estimate.Options // without a currency
}

// PreviewImport says what an import would do; nothing changes. A file that was not kept for
// this proposal is NotFound.
func (s *Service) PreviewImport(ctx context.Context, actor access.Actor, document, kept string, choices ImportChoices) (Import, error) {
	i := Import{Options: choices.Options}
	err := s.store.View(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) (err error) {
		i.Document, i.Draft, err = draftOf(tx, document)
		return err
	})
	if err != nil {
		return i, err
	}
	var content []byte
	if i.File, content, err = s.files.Bytes(ctx, actor, kept); err != nil {
		return i, err
	}
	if i.File.Hang.Kind != importKind || i.File.Hang.On != document {
		return i, fault.New(fault.NotFound, "This file was not found.")
	}
	if i.Estimate, err = estimate.Parse(content); err != nil {
		return i, err
	}
	i.Options.Currency = i.Draft.Content.Currency
	if i.Mapping = choices.Mapping; len(i.Mapping) != len(i.Estimate.Columns) {
		i.Mapping = i.Estimate.Guess()
	}
	i.Preview, i.Problem = i.Estimate.Preview(i.Mapping, i.Options)
	if i.Problem != nil && fault.As(i.Problem) == nil {
		return i, i.Problem
	}
	return i, nil
}

// ImportLines appends the lines that are ready as groups to the draft, in one transaction,
// and tells how many. Nothing is half-imported.
func (s *Service) ImportLines(ctx context.Context, actor access.Actor, document, kept string, choices ImportChoices, unnamed string) (int, error) {
	i, err := s.PreviewImport(ctx, actor, document, kept, choices)
	if err != nil {
		return 0, err
	}
	if i.Problem != nil {
		return 0, i.Problem
	}
	if i.Preview.Ready() == 0 {
		return 0, fault.New(fault.Invalid, "No row of this file is ready yet.")
	}
	added := i.Preview.NewGroups(id.New, unnamed)
	err = s.store.Change(ctx, actor, access.ProposalsWrite, func(tx *guard.Tx) error {
		d, draft, err := draftOf(tx, document)
		if err != nil {
			return err
		}
		content := draft.Content
		content.Groups = append(startedGroups(content.Groups), added...)
		if lines, _, discounts := content.Counts(); lines+discounts > longestEdited {
			return fault.New(fault.Invalid, "These are too many lines for one proposal. Please split it in two.")
		}
		if err := content.Check(); err != nil {
			return err
		}
		if err := storeDraft(tx, d, draft.Revision, content); err != nil {
			return err
		}
		return s.dropEstimates(tx, document)
	})
	if err != nil {
		return 0, fmt.Errorf("import lines: %w", err)
	}
	return i.Preview.Ready(), nil
}

// startedGroups leaves out the empty group with which every proposal begins.
func startedGroups(groups []proposal.Group) []proposal.Group {
	var kept []proposal.Group
	for _, g := range groups {
		if len(g.Lines) > 0 || strings.TrimSpace(g.Name) != "" {
			kept = append(kept, g)
		}
	}
	return kept
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
	for _, r := range recipients {
		if r.Email == "" {
			return fault.ForField("recipients", "One of the recipients has no e-mail address. Add it on the customer's page.")
		}
		signs = signs || r.Signs
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
		s.proposalWords(ctx, &letter, d.Document, d.Recipients[0])
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

// Preview is the customer's own page of a version, with nothing to press.
func (s *Service) Preview(slug string, r Reading) templ.Component {
	return readingPage(readingView{Reading: r, slug: slug, now: s.Now(), markup: s.markup, preview: true})
}

// Agreed is the total of a version: the signed one where it was signed.
func (d Desk) Agreed(version Version) money.Amount {
	for _, signature := range d.Signatures {
		if signature.Version == version.Number {
			return signature.Total
		}
	}
	return version.Total
}
