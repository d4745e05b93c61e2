package identity

import (
	"lintel/internal/core/access"
	"lintel/internal/core/route"
)

// What pages of higher floors need that a personal link leads to.

// TakeToken moves the token from the address into a cookie before any page renders.
func (s *Service) TakeToken(page string) route.Handler {
	return (&Pages{service: s}).takeToken(page)
}

// Limited stops floods before they reach the database.
func (s *Service) Limited(h route.Handler) route.Handler { return (&Pages{service: s}).limited(h) }

// TokenOf is the token that the browser brought along in its cookie, or empty.
func (s *Service) TokenOf(r *route.Request) string {
	return s.cookies.value(r.Request, linkCookie)
}

// ShowAt shows a page without {org} in its address in the look and language of a firm.
func (s *Service) ShowAt(r *route.Request, o access.Organisation, language string) {
	at(r, o, language, s.clock.Now())
}
