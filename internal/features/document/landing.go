package document

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/i18n"
)

// Landing says what a personal link to a proposal opens: what, where and until when, never
// how much. Whoever holds the link may know that, before anybody has entered.
func (s *Service) Landing(ctx context.Context, organisation access.Organisation, document string) (identity.LandingItem, error) {
	var d Document
	system := access.NewSystem(organisation.ID, "say what a link opens")
	err := s.store.View(ctx, system, access.ProposalsRead, func(tx *guard.Tx) (err error) {
		d, err = loadDocument(tx, documentByID, document)
		return err
	})
	if err != nil {
		return identity.LandingItem{}, err
	}
	item := identity.LandingItem{Kind: i18n.T(ctx, "Proposal"), Title: d.Title, Place: d.Place, URL: CustomerPath(organisation.Slug, document)}
	if d.ValidUntil != "" && d.State == Sent {
		item.Deadline = i18n.T(ctx, "Valid until {date}", "date", i18n.Day(ctx, d.ValidUntil))
	}
	return item, nil
}
