package document

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/message"
)

// Talk gives the card of the thread on a proposal, with its composer. It is asked in the
// transaction that reads the proposal, which has asked already who may see it.
type Talk func(tx *guard.Tx, r *route.Request, t message.Thread) (templ.Component, error)

// ReadWith is Read together with the conversation.
func (s *Service) ReadWith(r *route.Request, version int, talk Talk) (reading Reading, card templ.Component, err error) {
	err = s.store.View(r.Context(), r.Actor, access.ProposalsRead, func(tx *guard.Tx) error {
		d, err := loadDocument(tx, documentSeen, r.PathValue("document"))
		if err != nil {
			return err
		}
		return tx.Together(
			func() (err error) { reading, err = s.readVersion(tx, d, version); return err },
			func() (err error) { card, err = talk(tx, r, threadOf(d, r.Organisation.Slug)); return err },
		)
	})
	return reading, card, err
}
