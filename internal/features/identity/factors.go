package identity

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/identity/throttle"
	"lintel/internal/platform/web"
)

// twoFactors is what organisations.staff_factor says where staff need a second factor.
const twoFactors = "two"

// factors is how much a person who signs in has proven.
type factors int

const (
	oneFactor  factors = iota // a password, or the mailbox
	allFactors                // and the second one, if they have any
)

// secondStep gives the page on which the second factor is asked for, or nothing when there
// is none to ask for.
func (s *Service) secondStep(ctx context.Context, person access.PersonID, visit Visit, proven factors) (string, error) {
	if proven == allFactors || s.means.SecondStep == nil {
		return "", nil
	}
	return s.means.SecondStep(ctx, person, visit)
}

// MayTry takes a turn of the throttle for guesses at a person's second factor (B12).
func (s *Service) MayTry(ctx context.Context, person access.PersonID, address string) (bool, error) {
	return s.allowed(ctx, "identity: throttle second factors", throttle.ForNetwork(throttle.PasswordsFromNetwork, "second", address), throttle.ForAddress(throttle.PasswordsOfAccount, "second", string(person)))
}

// RequireFresh stands at the beginning of every verb that changes how a person comes in:
// passkeys, authenticator, address, API tokens (B19). It answers CodeNeeded unless this
// session was proven in the last ten minutes, by signing in or by a code from the mailbox.
func RequireFresh(tx *guard.Tx) error {
	c, err := ConfirmationOf(tx)
	if err != nil {
		return err
	}
	if !c.fresh(tx.Now()) {
		return CodeNeeded
	}
	return nil
}

func (c Confirmation) fresh(now time.Time) bool {
	return !c.CodeAt.IsZero() && now.Sub(c.CodeAt) < freshFor
}

// AskForFreshProof mails a code and answers with the page on which it is typed, which then
// leads to next. Pages call it when a verb that wants fresh proof answered CodeNeeded.
func (s *Service) AskForFreshProof(r *route.Request, next string) (web.Reply, error) {
	visit, answer := s.VisitWithBrowser(r)
	if err := s.SendConfirmCode(r.Context(), r.Actor, visit); err != nil {
		return web.Reply{}, fmt.Errorf("ask for fresh proof: %w", err)
	}
	return answer(web.Redirect(ConfirmURL(r.Organisation.Slug, InPortal(next, r.Organisation.Slug)) + "&fresh=1&sent=1")), nil
}
