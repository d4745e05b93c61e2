package document

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Landing says what a personal link to a proposal opens: what, where and until when, never
// how much. Whoever holds the link may know that, before anybody has entered; unless its
// person may not see the proposal any more (A13): then it is NotFound.
func (s *Service) Landing(ctx context.Context, organisation access.Organisation, person access.PersonID, document string) (identity.LandingItem, error) {
	var d Document
	var picture string
	system := access.NewSystem(organisation.ID, "say what a link opens")
	err := s.store.View(ctx, system, access.ProposalsRead, func(tx *guard.Tx) (err error) {
		if d, err = loadDocument(tx, documentByID, document); err != nil || d.SentVersion == 0 {
			return err
		}
		sees, err := identity.Holds(tx, person, identity.Scope{Customer: d.Customer, Project: d.Project}, access.NewModuleSet(access.Documents))
		if err == nil && !sees {
			err = fault.New(fault.NotFound, "This proposal was not found.")
		}
		if err != nil {
			return err
		}
		picture, err = s.landingPicture(tx, d)
		return err
	})
	if err != nil {
		return identity.LandingItem{}, err
	}
	item := identity.LandingItem{Kind: i18n.T(ctx, "Proposal"), Title: d.Title, Place: d.Place, URL: CustomerPath(organisation.Slug, document), Picture: picture}
	if d.ValidUntil != "" && d.State == proposal.Sent {
		item.Deadline = i18n.T(ctx, "Valid until {date}", "date", i18n.Day(ctx, d.ValidUntil))
	}
	return item, nil
}

// landingPicture is the cover of the version that was sent, when it can be shown.
func (s *Service) landingPicture(tx *guard.Tx, d Document) (string, error) {
	content, err := s.loadSent(tx, d.ID, d.SentVersion)
	if err != nil || content.Cover == "" {
		return "", err
	}
	files, err := s.files.ByIDs(tx, []string{content.Cover})
	if err != nil || len(files) == 0 || !files[0].HasPreview {
		return "", err
	}
	return files[0].ID, nil
}

// followed notes that a recipient continued with a personal link to a proposal. A browser
// without script tells of no reading, and the button that lets in is pressed by people only.
// Where the page itself has told already nothing changes.
func (s *Service) followed(ctx context.Context, r event.Recorded) error {
	var opened identity.LinkOpened
	if err := r.Read(&opened); err != nil || opened.ItemKind != "proposal" {
		return err
	}
	system := access.NewSystem(r.Org, "note that a personal link was followed")
	return s.store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentByID, opened.Item)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || d.SentVersion == 0 {
			return err
		}
		changed, err := tx.Exec(followedRecipient, guard.Args{"document": d.ID, "version": d.SentVersion, "person": string(opened.Person)})
		if err != nil || changed == 0 {
			return err
		}
		if _, err := tx.Exec(followedDocument, guard.Args{"id": d.ID}); err != nil {
			return err
		}
		return tx.Record(WasViewed{Fact: factOf(d, d.SentVersion), Reader: opened.Name})
	})
}
