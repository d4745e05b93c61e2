package identity

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

// SignInHere signs a member of staff in to one organisation, whose own sign-in service has
// said who they are: it says nothing about them anywhere else, and so is no proof for what
// changes or shows their account, which opens other firms too: that takes a code from the
// mailbox (B22). also runs in the same transaction. Denied when the person is no active member of staff there.
func (s *Service) SignInHere(ctx context.Context, org access.OrgID, person access.PersonID, visit Visit, also func(*guard.Tx) error) (Entered, error) {
	places, err := s.placesOf(ctx, person)
	if err != nil {
		return Entered{}, err
	}
	for _, place := range places {
		if place.Organisation.ID != org || place.Kind != access.Staff {
			continue
		}
		entered := Entered{Browser: orToken(visit.Browser), To: afterSignIn([]Place{place}, visit.Next)}
		err := s.store.Change(ctx, place.actor(), access.ProfileWrite, func(tx *guard.Tx) (err error) {
			if err := also(tx); err != nil {
				return err
			}
			entered.Session, err = open(tx, visit, entry{place: string(org), kind: access.Staff, proof: access.VouchedFor})
			return err
		})
		return entered, err
	}
	return Entered{}, fault.New(fault.Denied, "You are not a member of this firm's staff. Ask your administrator for an invitation.")
}

// BrowserOf is the token that ties a login to the browser that began it, and what adds it
// to the answer when the browser has none yet.
func (s *Service) BrowserOf(r *route.Request) (token string, remember func(web.Reply) web.Reply) {
	visit, remember := s.VisitWithBrowser(r)
	return visit.Browser, remember
}
