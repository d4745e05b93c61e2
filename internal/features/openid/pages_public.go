package openid

import (
	"net/http"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are the way in and the settings.
type Pages struct {
	service  *Service
	identity *identity.Service
	frame    *organisation.Frame
}

// NewPages makes the pages and adds their tab to the settings.
func NewPages(service *Service, people *identity.Service, frame *organisation.Frame) *Pages {
	frame.AddSettingsTabs(organisation.SettingsTab{Key: "sign-in", Label: i18n.Mark("Sign-in service"), Permission: access.SettingsRead})
	return &Pages{service: service, identity: people, frame: frame}
}

// Routes adds the addresses.
func (p *Pages) Routes(t *route.Table) {
	leave := access.Anyone("sends the browser to the firm's own sign-in service and stores nothing")
	t.Get("/sign-in/openid/at/{firm}", leave, p.leave)
	back := access.Anyone("only the POST signs in, and only with the provider's answer to a login of the same browser")
	t.Get(ReturnPath, back, p.back)
	t.Post(ReturnPath, back, p.enter)
	p.settingsRoutes(t)
}

// leave is a GET, because browsers refuse to follow a form to another site under our
// content policy; it stores nothing but the browser's own cookie.
func (p *Pages) leave(r *route.Request) (web.Reply, error) {
	browser, remember := p.identity.BrowserOf(r)
	next := r.URL.Query().Get("next")
	if !strings.HasPrefix(next, "/"+r.PathValue("firm")+"/") {
		next = ""
	}
	address, err := p.service.Leave(r.Context(), r.PathValue("firm"), browser, next)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid { // the provider does not answer
		return p.trouble(r, i18n.T(r.Context(), "The sign-in service does not answer. Use your password, or try again later."), http.StatusBadGateway), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return remember(web.Redirect(address)), nil
}

// back is where the provider sends people. It changes nothing: the form on it does, by
// itself when the browser runs scripts.
func (p *Pages) back(r *route.Request) (web.Reply, error) {
	query := r.URL.Query()
	if query.Get("code") == "" || query.Get("state") == "" {
		return p.trouble(r, i18n.T(r.Context(), "The sign-in service did not confirm who you are. Please try again."), http.StatusForbidden), nil
	}
	title := i18n.T(r.Context(), "You are almost in")
	return p.frame.Gate(r, organisation.GateInfo{Title: title, Icon: "log-in"}, backCard(title, query.Get("state"), query.Get("code"))), nil
}

func (p *Pages) enter(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	entered, err := p.service.Return(r.Context(), form.Line("state"), form.Line("code"), p.identity.VisitOf(r))
	if f := fault.As(err); f != nil && (f.Kind == fault.Denied || f.Kind == fault.Invalid) {
		return p.trouble(r, i18n.T(r.Context(), f.Message), http.StatusForbidden), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.identity.Admit(entered), nil
}

func (p *Pages) trouble(r *route.Request, what string, status int) web.Reply {
	title := i18n.T(r.Context(), "That did not work")
	return p.frame.Gate(r, organisation.GateInfo{Title: title, Icon: "shield-alert"}, troubleCard(title, what)).WithStatus(status)
}
