package entering

import (
	"cmp"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are the ways in and the person's own list of sessions.
type Pages struct {
	service *identity.Service
	frame   *organisation.Frame
}

// NewPages joins the service with the frame of its pages.
func NewPages(service *identity.Service, frame *organisation.Frame) *Pages {
	return &Pages{service, frame}
}

// Routes adds the ways in. A GET changes nothing anywhere here (H02).
func (p *Pages) Routes(t *route.Table) {
	holder := access.LinkHolder("holds the token of a personal link; shows a masked address and changes nothing until the POST")
	t.Get(identity.LinkPath+"{token}", holder, p.service.TakeToken("/l"))
	t.Get("/l", holder, p.service.HoldingToken(p.landing))
	t.Get("/l/cover", holder, p.cover)
	t.Post("/l", holder, p.service.Limited(p.enter))
	t.Get("/l/not-you", holder, p.notYou)
	t.Post("/l/not-you", holder, p.dropToken)
	t.Post("/l/again", holder, p.service.Limited(p.askNewLink))
	t.Get("/l/code", holder, p.deviceCode)
	t.Post("/l/code", holder, p.service.Limited(p.enterWithCode))
	t.Post("/l/code/send", holder, p.service.Limited(p.askForDeviceCode))

	signIn := access.Anyone("signs in; answers the same for known and unknown addresses, and is throttled")
	t.Get("/sign-in", signIn, p.signInForm)
	t.Post("/sign-in", signIn, p.service.Limited(p.signIn))
	t.Get("/sign-in/ask", signIn, p.askForm)
	t.Post("/sign-in/ask", signIn, p.service.Limited(p.ask))
	t.Get("/sign-in/asked", signIn, p.asked)
	t.Get("/sign-in/choose", signIn, p.choose)
	t.Get(identity.CookielessPath, access.Anyone("says how to allow cookies, the same to everybody"), p.cookieless)
	t.Post("/sign-out", access.Anyone("ends the session of the browser's own cookie"), p.signOut)

	once := access.LinkHolder("holds the token of a one-time link; only the POST uses it up")
	t.Get(identity.SignInLinkPath+"{token}", once, p.service.TakeToken("/sign-in/link"))
	t.Get("/sign-in/link", once, p.service.HoldingToken(p.signInLink))
	t.Post("/sign-in/link", once, p.service.Limited(p.followSignInLink))
	t.Get(identity.ResetLinkPath+"{token}", once, p.service.TakeToken("/sign-in/reset"))
	t.Get("/sign-in/reset", once, p.service.HoldingToken(p.passwordForm))
	t.Post("/sign-in/reset", once, p.service.Limited(p.setPassword))
	t.Post("/sign-in/code", once, p.service.Limited(p.sendOnceCode))

	own := access.EitherWith(access.ProfileWrite)
	t.Get("/{org}/confirm", own, p.confirmForm)
	t.Post("/{org}/confirm", own, p.service.Limited(p.confirm))
	t.Post("/{org}/confirm/send", own, p.service.Limited(p.sendConfirmCode))
	t.Get("/{org}/profile/sessions", own, p.sessions)
	t.Post("/{org}/profile/sessions/end-others", own, p.endOthers)
	t.Post("/{org}/profile/sessions/end", own, p.endSession)
	t.Post("/{org}/profile/browsers/forget", own, p.forgetBrowser)
	t.Post("/{org}/office/links/{link}/revoke", access.OfficeWith(access.LinksManage), p.revokeLink)
}

// cookieless says to a browser that keeps no cookies that it is this, and not the link.
func (p *Pages) cookieless(r *route.Request) (web.Reply, error) {
	return p.gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "Your browser does not keep cookies"), Icon: "info"}, cookielessCard()), nil
}

func (p *Pages) token(r *route.Request) string { return p.service.TokenOf(r) }

func (p *Pages) gate(r *route.Request, info organisation.GateInfo, content templ.Component) web.Reply {
	if info.ShowName == "" && info.Icon == "" && info.CoverURL == "" {
		info.ShowName = cmp.Or(r.Organisation.Name, "Lintel")
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
