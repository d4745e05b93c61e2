package identity

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the ways in and the person's own list of sessions.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages joins the service with the frame of its pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the ways in. A GET changes nothing anywhere here (H02).
func (p *Pages) Routes(t *route.Table) {
	holder := access.LinkHolder("holds the token of a personal link; shows a masked address and changes nothing until the POST")
	t.Get(linkPath+"{token}", holder, p.takeToken("/l"))
	t.Get("/l", holder, p.landing)
	t.Get("/l/cover", holder, p.cover)
	t.Post("/l", holder, p.limited(p.enter))
	t.Get("/l/not-you", holder, p.notYou)
	t.Post("/l/not-you", holder, p.dropToken)
	t.Post("/l/again", holder, p.limited(p.askNewLink))
	t.Get("/l/code", holder, p.deviceCode)
	t.Post("/l/code", holder, p.limited(p.enterWithCode))
	t.Post("/l/code/send", holder, p.limited(p.askForDeviceCode))

	signIn := access.Anyone("signs in; answers the same for known and unknown addresses, and is throttled")
	t.Get("/sign-in", signIn, p.signInForm)
	t.Post("/sign-in", signIn, p.limited(p.signIn))
	t.Get("/sign-in/ask", signIn, p.askForm)
	t.Post("/sign-in/ask", signIn, p.limited(p.ask))
	t.Get("/sign-in/asked", signIn, p.asked)
	t.Get("/sign-in/choose", signIn, p.choose)
	t.Post("/sign-out", access.Anyone("ends the session of the browser's own cookie"), p.signOut)

	once := access.LinkHolder("holds the token of a one-time link; only the POST uses it up")
	t.Get(signInLinkPath+"{token}", once, p.takeToken("/sign-in/link"))
	t.Get("/sign-in/link", once, p.signInLink)
	t.Post("/sign-in/link", once, p.limited(p.followSignInLink))
	t.Get(resetLinkPath+"{token}", once, p.takeToken("/sign-in/reset"))
	t.Get("/sign-in/reset", once, p.passwordForm)
	t.Post("/sign-in/reset", once, p.limited(p.setPassword))
	t.Post("/sign-in/code", once, p.limited(p.sendOnceCode))

	own := access.EitherWith(access.ProfileWrite)
	t.Get("/{org}/confirm", own, p.confirmForm)
	t.Post("/{org}/confirm", own, p.limited(p.confirm))
	t.Post("/{org}/confirm/send", own, p.limited(p.sendConfirmCode))
	t.Get("/{org}/profile/sessions", own, p.sessions)
	t.Post("/{org}/profile/sessions/end-others", own, p.endOthers)
	t.Post("/{org}/profile/sessions/end", own, p.endSession)
	t.Post("/{org}/profile/browsers/forget", own, p.forgetBrowser)
	t.Post("/{org}/office/links/{link}/revoke", access.OfficeWith(access.LinksManage), p.revokeLink)
}

// limited stops floods before they reach the database.
func (p *Pages) limited(h route.Handler) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		if !p.service.front.allows(r.Browser.Address, p.service.clock.Now()) {
			p.service.refused(r.Context(), "flood", r.Browser.Address)
			return web.Reply{}, fault.New(fault.TooMany, "Too many tries. Please wait a minute.")
		}
		return h(r)
	}
}

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

// VisitWithBrowser is VisitOf for a browser that something is bound to: one that has no
// token yet gets it with the answer.
func (s *Service) VisitWithBrowser(r *route.Request) (Visit, func(web.Reply) web.Reply) {
	return s.withBrowser(r)
}

// withBrowser makes sure that the browser has a token that links and codes can be bound to.
func (s *Service) withBrowser(r *route.Request) (Visit, func(web.Reply) web.Reply) {
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
	if next := localPath(r.URL.RequestURI()); r.Method == http.MethodGet && next != "" {
		query.Set("next", next)
	}
	if len(query) == 0 {
		return "/sign-in"
	}
	return "/sign-in?" + query.Encode()
}

// localPath lets only paths of this site through, so that nobody is led elsewhere.
func localPath(next string) string {
	if len(next) > 500 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsFunc(next, func(c rune) bool { return c == '\\' || unicode.IsControl(c) }) {
		return ""
	}
	return next
}

// inPortal is localPath for paths of one portal only.
func inPortal(next, slug string) string {
	if next = localPath(next); strings.HasPrefix(next, "/"+slug+"/") {
		return next
	}
	return ""
}

// at shows a page without {org} in its address in the look and language of a firm.
func at(r *route.Request, o access.Organisation, language string, now time.Time) {
	r.Organisation = o
	ctx := i18n.WithReader(r.Context(), i18n.Reader{Language: orElse(language, o.Language), Zone: o.Zone, Now: now})
	ctx = ui.WithWords(ctx, ui.TranslateWords(func(english string) string { return i18n.T(ctx, english) }))
	r.Request = r.WithContext(ctx)
}

// takeToken moves the token from the address into a cookie before any page renders.
// Nothing is looked up, so nothing can change, however often a mail scanner comes by.
func (p *Pages) takeToken(page string) route.Handler {
	return func(r *route.Request) (web.Reply, error) {
		cookie := p.service.cookies.clear(linkCookie)
		if token := strings.ToLower(r.PathValue("token")); len(token) == secret.TokenLength {
			cookie = p.service.cookies.set(linkCookie, token, keepToken)
		}
		return web.Redirect(page).WithCookie(cookie).WithHeader("Cache-Control", "no-store").WithHeader("Referrer-Policy", "no-referrer"), nil
	}
}

func (p *Pages) token(r *route.Request) string { return p.service.cookies.value(r.Request, linkCookie) }

func (p *Pages) gate(r *route.Request, info organisation.GateInfo, content templ.Component) web.Reply {
	if info.ShowName == "" && info.Icon == "" && info.CoverURL == "" {
		info.ShowName = orElse(r.Organisation.Name, "Lintel")
	}
	return p.frame.Gate(r, info, content)
}

// problems are the field messages of a fault in the reader's language, by field name.
func problems(r *route.Request, err error) (fields map[string]string, whole string) {
	f := fault.As(err)
	if f == nil {
		return nil, ""
	}
	fields = map[string]string{}
	for _, field := range f.Fields {
		fields[field.Name] = i18n.T(r.Context(), field.Message)
	}
	if len(fields) == 0 {
		whole = i18n.T(r.Context(), f.Message)
	}
	return fields, whole
}

// answerable reports whether a fault is shown in the form that caused it.
func answerable(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany)
}

func statusOf(err error) int { return route.Status(fault.As(err).Kind) }
