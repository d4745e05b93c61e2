package identity

import (
	"context"

	"lintel/internal/core/guard"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/i18n"
)

// movedLetter tells the old address and the new one of a change, each in its own words.
func (s *Service) movedLetter(ctx context.Context, tx *guard.Tx, to, address string) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	actor := tx.Actor()
	letter := outbox.Letter{Person: actor.Person(), To: to, ToName: actor.Name(), Language: firm.Language, AboutKind: "person", About: string(actor.Person()),
		Subject: i18n.T(ctx, "Your e-mail address was changed"), Title: i18n.T(ctx, "Your e-mail address was changed")}
	if to == address {
		letter.Paragraphs = []string{i18n.T(ctx, "From now on you sign in with this address, and everything that {firm} sends you comes here.", "firm", firm.Name)}
	} else {
		letter.Paragraphs = []string{i18n.T(ctx, "The address of your account is now {address}. Nothing comes to this mailbox any more, and links that lie in it open nothing.", "address", Mask(address)),
			i18n.T(ctx, "If it was not you, tell {firm} at once: they can end every access of the account.", "firm", firm.Name)}
	}
	letter.Preheader = letter.Paragraphs[0]
	return letter, nil
}

// takenLetter tells the owner of an address that somebody wanted it for another account.
func (s *Service) takenLetter(ctx context.Context, tx *guard.Tx, address string) (outbox.Letter, error) {
	ctx, firm, err := s.writing(ctx, tx)
	if err != nil {
		return outbox.Letter{}, err
	}
	return outbox.Letter{To: address, Language: firm.Language, AboutKind: "person", About: string(tx.Actor().Person()),
		Subject:    i18n.T(ctx, "This address has an account already"),
		Preheader:  i18n.T(ctx, "No code was made for it."),
		Title:      i18n.T(ctx, "This address has an account already"),
		Paragraphs: []string{i18n.T(ctx, "Somebody wanted to use this address for another account. Nothing was changed. If it was you, sign in with this address instead.")},
		Button:     i18n.T(ctx, "Sign in"), URL: s.absolute("/sign-in")}, nil
}
