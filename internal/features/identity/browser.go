package identity

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// What the pages of every way in need of a browser: its cookies, and where it goes next.

// VisitOf is the browser of a request.
func (s *Service) VisitOf(r *route.Request) Visit {
	return Visit{Address: r.Browser.Address, Agent: r.Browser.Agent, Session: s.cookies.value(r.Request, sessionCookie), Browser: s.cookies.value(r.Request, browserCookie)}
}

// Admit is the redirect that hands a browser its cookies for coming in.
func (s *Service) Admit(entered Entered) web.Reply {
	reply := web.Redirect(entered.To).WithCookie(s.cookies.clear(linkCookie))
	if entered.Session != "" {
		reply = reply.WithCookie(s.cookies.set(sessionCookie, entered.Session, keepCookie))
	}
	if entered.Browser != "" {
		reply = reply.WithCookie(s.cookies.set(browserCookie, entered.Browser, keepCookie))
	}
	return reply
}

// VisitWithBrowser is VisitOf for a browser that something is bound to, such as a code: one
// that has no token yet gets it with the answer.
func (s *Service) VisitWithBrowser(r *route.Request) (Visit, func(web.Reply) web.Reply) {
	visit := s.VisitOf(r)
	if visit.Browser != "" {
		return visit, func(reply web.Reply) web.Reply { return reply }
	}
	visit.Browser = orToken("")
	cookie := s.cookies.set(browserCookie, visit.Browser, keepCookie)
	return visit, func(reply web.Reply) web.Reply { return reply.WithCookie(cookie) }
}

// SignInURL is where somebody is sent who has to sign in first, and comes back from.
func SignInURL(r *route.Request) string {
	query := url.Values{}
	if r.Organisation.Slug != "" {
		query.Set("org", r.Organisation.Slug)
	}
	next := LocalPath(r.Page())
	if r.Organisation.Slug != "" {
		next = InPortal(next, r.Organisation.Slug)
	}
	if next != "" {
		query.Set("next", next)
	}
	if r.Method == http.MethodPost && r.Header.Get("X-Autosave") == "" {
		query.Set("unsent", "1")
	}
	if len(query) == 0 {
		return "/sign-in"
	}
	return "/sign-in?" + query.Encode()
}

// LocalPath lets only paths of this site through, so that nobody is led elsewhere.
func LocalPath(next string) string {
	if len(next) > 500 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, func(c rune) bool { return c == '\\' || unicode.IsControl(c) }) {
		return ""
	}
	return next
}

// InPortal is LocalPath for paths of one portal only.
func InPortal(next, slug string) string {
	if next = LocalPath(next); strings.HasPrefix(next, "/"+slug+"/") {
		return next
	}
	return ""
}

// ShowAt shows a page without {org} in its address in the look and language of a firm; an
// empty language is the firm's.
func (s *Service) ShowAt(r *route.Request, o access.Organisation, language string) {
	r.Organisation = o
	ctx := i18n.WithReader(r.Context(), i18n.Reader{Language: orElse(language, o.Language), Zone: o.Zone, Now: s.clock.Now()})
	ctx = ui.WithWords(ctx, ui.TranslateWords(func(english string) string { return i18n.T(ctx, english) }))
	r.Request = r.WithContext(ctx)
}

// TakeToken moves the token from the address into a cookie before any page renders. What the link leads to afterwards goes
// along.
// Nothing is looked up, so nothing can change, however often a mail scanner comes by.
func (s *Service) TakeToken(page string) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		cookie := s.cookies.clear(linkCookie)
		if token := strings.ToLower(r.PathValue("token")); len(token) == secret.TokenLength {
			cookie = s.cookies.set(linkCookie, token, keepToken)
		}
		return web.Redirect(withNext(page, LocalPath(r.URL.Query().Get("next")))).WithCookie(cookie).WithHeader("Cache-Control", "no-store").WithHeader("Referrer-Policy", "no-referrer"), nil
	}
}

// withNext is an address of a way in that leads to next afterwards.
func withNext(address, next string) string {
	if next == "" {
		return address
	}
	return address + "?next=" + escapeQuery(next)
}

// HoldingToken is a page for whoever comes with the token of a link. The token travels in a cookie, so a browser that
// brings none is asked once whether it keeps cookies at all; one that does not is told so, whatever its link. Nothing is
// looked up before the page, and so nothing is told of whether a link exists.
func (s *Service) HoldingToken(page route.Handler) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		switch {
		case s.TokenOf(r) != "" || s.KeepsCookies(r) && r.URL.Query().Has(triedCookies):
			return page(r)
		case r.URL.Query().Has(triedCookies):
			return web.Redirect(CookielessPath), nil
		}
		return web.Redirect(r.URL.Path+"?"+triedCookies+"=1").WithCookie(s.cookies.set(tryCookie, "1", keepToken)).WithHeader("Cache-Control", "no-store"), nil
	}
}

// CookielessPath is the page that says how to allow cookies. It knows nothing of any link.
const CookielessPath = "/sign-in/cookies"

// triedCookies marks the address of a page that a browser was sent to together with a cookie.
const triedCookies = "cookies"

// KeepsCookies reports whether the browser brought a cookie of the ways in.
func (s *Service) KeepsCookies(r *route.Request) bool { return s.cookies.kept(r.Request) }

// TokenOf is the token that the browser brought along in its cookie, or empty.
func (s *Service) TokenOf(r *route.Request) string {
	return s.cookies.value(r.Request, linkCookie)
}

// DropToken takes the token of a link away from the browser that answer goes to.
func (s *Service) DropToken(answer web.Reply) web.Reply {
	return answer.WithCookie(s.cookies.clear(linkCookie))
}

// Leave takes the session away from the browser that answer goes to; SignOut has ended it.
func (s *Service) Leave(answer web.Reply) web.Reply {
	return answer.WithCookie(s.cookies.clear(sessionCookie))
}

// OpensNothing writes down that a browser came with a link that opens nothing. Every page
// that says so to somebody calls it.
func (s *Service) OpensNothing(r *route.Request) {
	s.refused(r.Context(), "a link that opens nothing", r.Browser.Address)
}

// Limited stops floods before they reach the database.
func (s *Service) Limited(h route.Handler) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		if !s.front.Allows(r.Browser.Address, s.clock.Now()) {
			s.refused(r.Context(), "flood", r.Browser.Address)
			return web.Reply{}, fault.New(fault.TooMany, "Too many tries. Please wait a minute.")
		}
		return h(r)
	}
}

// AskForCode mails a code to the actor and answers with the page on which it is typed,
// which then leads to next, a path of the same portal. Pages call it when a verb answered
// CodeNeeded, so that the person is not asked to ask for the code.
func (s *Service) AskForCode(r *route.Request, next string) (web.Reply, error) {
	visit, answer := s.VisitWithBrowser(r)
	if err := s.SendConfirmCode(r.Context(), r.Actor, visit); err != nil {
		return web.Reply{}, err
	}
	return answer(web.Redirect(ConfirmURL(r.Organisation.Slug, InPortal(next, r.Organisation.Slug)) + "&sent=1")), nil
}
