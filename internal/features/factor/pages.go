package factor

import (
	"errors"
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/totp"
	"lintel/internal/platform/web"
)

// Pages are the person's own factors, the second step of signing in, and the firm's policy.
type Pages struct {
	service  *Service
	identity *identity.Service
	frame    *organisation.Frame
}

// NewPages makes the pages and adds their tab to the settings.
func NewPages(service *Service, people *identity.Service, frame *organisation.Frame) *Pages {
	frame.AddSettingsTabs(organisation.SettingsTab{Key: "factors", Label: i18n.Mark("Second factor"), Permission: access.SettingsRead})
	return &Pages{service: service, identity: people, frame: frame}
}

// Routes adds the addresses.
func (p *Pages) Routes(t *route.Table) {
	own := access.EitherWith(access.ProfileWrite)
	const base = "/{org}/profile/factors"
	t.Get(base, own, p.own)
	t.Post(base+"/passkeys/begin", own, p.beginPasskey)
	t.Post(base+"/passkeys", own, p.finishPasskey)
	t.Post(base+"/passkeys/remove", own, p.removePasskey)
	t.Post(base+"/authenticator", own, p.beginAuthenticator)
	t.Post(base+"/authenticator/confirm", own, p.confirmAuthenticator)
	t.Post(base+"/authenticator/remove", own, p.removeAuthenticator)
	t.Post(base+"/recovery", own, p.newRecovery)

	step := access.LinkHolder("has given the password a moment ago in this browser; the second factor is asked for here")
	t.Get(StepPath+"{step}", step, p.step)
	t.Post(StepPath+"{step}", step, p.answer)
	passkeys := access.Anyone("signs in who proves a passkey; says nothing of whose passkeys there are")
	t.Post("/sign-in/passkey/begin", passkeys, p.beginProving)
	t.Post("/sign-in/passkey", passkeys, p.prove)

	t.Get("/{org}/office/settings/factors", access.OfficeWith(access.SettingsRead), p.policy)
	t.Post("/{org}/office/settings/factors", access.OfficeWith(access.SettingsWrite), p.setPolicy)
}

// ownView is the person's page. Key, Square and Recovery are there right after they were made.
type ownView struct {
	slug     string
	kept     Kept
	key      totp.Key
	square   totp.Square
	recovery []string
	problem  string // with the code
}

func address(slug string) string { return "/" + slug + "/profile/factors" }

func (p *Pages) own(r *route.Request) (web.Reply, error) { return p.show(r, ownView{}, http.StatusOK) }

func (p *Pages) show(r *route.Request, view ownView, status int) (web.Reply, error) {
	kept, err := p.service.Kept(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view.slug, view.kept = r.Organisation.Slug, kept
	if view.key.Address != "" {
		if view.square, err = totp.Draw(view.key.Address); err != nil {
			return web.Reply{}, err
		}
	}
	title := i18n.T(r.Context(), "Passkeys and second factor")
	return p.frame.Portal(r, organisation.PageInfo{Title: title, Breadcrumbs: p.frame.ProfileCrumbs(r, title)}, ownPage(view)).WithStatus(status), nil
}

// after answers a change: back to the page, or first to the code when proof is not fresh.
func (p *Pages) after(r *route.Request, err error, said string) (web.Reply, error) {
	if errors.Is(err, identity.CodeNeeded) {
		return p.identity.AskForFreshProof(r, address(r.Organisation.Slug))
	}
	if f := fault.As(err); f != nil && (f.Kind == fault.Conflict || f.Kind == fault.NotFound) {
		return p.frame.Say(web.Redirect(address(r.Organisation.Slug)), i18n.T(r.Context(), f.Message)), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(address(r.Organisation.Slug)), said), nil
}

// ceremony is what the page's script gets to ask the browser with.
type ceremony struct {
	Challenge string `json:"challenge"`
	Options   string `json:"options"`
	Go        string `json:"go,omitempty"` // where to go instead
}

func (p *Pages) beginPasskey(r *route.Request) (web.Reply, error) {
	browser, remember := p.identity.BrowserOf(r)
	challenge, options, err := p.service.BeginPasskey(r.Context(), r.Actor, browser)
	if errors.Is(err, identity.CodeNeeded) {
		reply, err := p.identity.AskForFreshProof(r, address(r.Organisation.Slug))
		if err != nil {
			return web.Reply{}, err
		}
		answer := web.Data(ceremony{Go: reply.Location})
		answer.Cookies = reply.Cookies
		return answer, nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return remember(web.Data(ceremony{Challenge: challenge, Options: options})), nil
}

func (p *Pages) finishPasskey(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	err = p.service.FinishPasskey(r.Context(), r.Actor, form.Line("challenge"), form.Raw("answer"), form.Line("name"), p.identity.VisitOf(r).Browser)
	return p.after(r, err, i18n.T(r.Context(), "The passkey was added. Sign in with it from now on, without a password."))
}

func (p *Pages) removePasskey(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	return p.after(r, p.service.RemovePasskey(r.Context(), r.Actor, form.Line("passkey")), i18n.T(r.Context(), "The passkey was removed."))
}

func (p *Pages) beginAuthenticator(r *route.Request) (web.Reply, error) {
	key, err := p.service.BeginAuthenticator(r.Context(), r.Actor, r.Organisation.Name)
	if err != nil {
		return p.after(r, err, "")
	}
	return p.show(r, ownView{key: key}, http.StatusOK)
}

func (p *Pages) confirmAuthenticator(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	recovery, err := p.service.ConfirmAuthenticator(r.Context(), r.Actor, form.Line("code"))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		key, err := p.service.BegunAuthenticator(r.Context(), r.Actor, r.Organisation.Name)
		if err != nil {
			return p.after(r, err, "")
		}
		return p.show(r, ownView{problem: i18n.T(r.Context(), f.Fields[0].Message), key: key}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return p.after(r, err, "")
	}
	return p.show(r, ownView{recovery: recovery}, http.StatusOK)
}

func (p *Pages) removeAuthenticator(r *route.Request) (web.Reply, error) {
	return p.after(r, p.service.RemoveAuthenticator(r.Context(), r.Actor), i18n.T(r.Context(), "The authenticator app was removed."))
}

func (p *Pages) newRecovery(r *route.Request) (web.Reply, error) {
	recovery, err := p.service.NewRecoveryCodes(r.Context(), r.Actor)
	if err != nil {
		return p.after(r, err, "")
	}
	return p.show(r, ownView{recovery: recovery}, http.StatusOK)
}

// stepView is the card of the second step.
type stepView struct {
	step, problem string
	passkeys      bool
	codes         bool
}

func (p *Pages) step(r *route.Request) (web.Reply, error) {
	return p.stepCard(r, "", http.StatusOK)
}

func (p *Pages) stepCard(r *route.Request, problem string, status int) (web.Reply, error) {
	waiting := r.PathValue("step")
	b, err := p.service.step(r.Context(), waiting, p.identity.VisitOf(r).Browser)
	if fault.Is(err, fault.NotFound) {
		return p.frame.Say(web.Redirect("/sign-in"), i18n.T(r.Context(), "This sign-in has run out. Please sign in again.")), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	view := stepView{step: waiting, problem: problem, passkeys: b.hasPasskeys, codes: b.sealed != ""}
	return p.frame.Gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "One more step"), Icon: "shield-check"}, stepCard(view)).WithStatus(status), nil
}

func (p *Pages) answer(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	entered, err := p.service.Answer(r.Context(), r.PathValue("step"), form.Line("code"), p.identity.VisitOf(r))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return p.stepCard(r, i18n.T(r.Context(), f.Fields[0].Message), http.StatusUnprocessableEntity)
	} else if f != nil && f.Kind == fault.TooMany {
		return p.stepCard(r, i18n.T(r.Context(), f.Message), http.StatusTooManyRequests)
	} else if f != nil && f.Kind == fault.NotFound {
		return p.stepCard(r, "", http.StatusOK)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.identity.Admit(entered), nil
}

func (p *Pages) beginProving(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	browser, remember := p.identity.BrowserOf(r)
	challenge, options, err := p.service.BeginProving(r.Context(), form.Line("step"), browser)
	if err != nil {
		return web.Reply{}, err
	}
	return remember(web.Data(ceremony{Challenge: challenge, Options: options})), nil
}

func (p *Pages) prove(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	visit := p.identity.VisitOf(r)
	visit.Next = form.Line("next")
	entered, err := p.service.Prove(r.Context(), form.Line("challenge"), form.Line("step"), form.Raw("answer"), visit)
	if err != nil {
		return web.Reply{}, err
	}
	admitted := p.identity.Admit(entered)
	answer := web.Data(ceremony{Go: admitted.Location})
	answer.Cookies = admitted.Cookies
	return answer, nil
}
