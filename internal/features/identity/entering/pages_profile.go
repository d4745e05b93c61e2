package entering

import (
	"cmp"
	"context"
	"errors"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
	"net/http"
)

// confirmView is the card with the six-digit code.
type confirmView struct {
	slug, next, masked string
	sent, remember     bool
	fresh              bool // asked for although the browser is confirmed
	problem            string
}

func (p *Pages) confirmForm(r *route.Request) (web.Reply, error) {
	query := r.URL.Query()
	view := confirmView{next: identity.InPortal(query.Get("next"), r.Organisation.Slug), sent: query.Get("sent") != "", fresh: query.Get("fresh") != ""}
	needed, remember, err := p.service.ConfirmNeeded(r.Context(), r.Actor, view.fresh)
	if err != nil {
		return web.Reply{}, err
	}
	if !needed {
		return web.Redirect(p.afterConfirm(r, view.next)), nil
	}
	if view.remember = remember; !view.sent {
		if view.sent, err = p.service.ConfirmCodeWaits(r.Context(), r.Actor, p.service.VisitOf(r)); err != nil {
			return web.Reply{}, err
		}
	}
	return p.confirmCard(r, view), nil
}

func (p *Pages) confirmCard(r *route.Request, view confirmView) web.Reply {
	view.slug, view.masked = r.Organisation.Slug, identity.Mask(r.Actor.Email())
	ctx := r.Context()
	info := organisation.GateInfo{Title: i18n.T(ctx, "Check that it is you"), Icon: "mail", Foot: ui.IconLine("info", i18n.T(ctx, "We never ask for this code by phone."))}
	return p.gate(r, info, confirmCard(view))
}

func (p *Pages) afterConfirm(r *route.Request, next string) string {
	return cmp.Or(next, identity.HomeOf(r.Organisation.Slug, r.Actor.Kind()))
}

func (p *Pages) sendConfirmCode(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if form.Checked("fresh") {
		return p.service.AskForFreshProof(r, form.Line("next"))
	}
	return p.service.AskForCode(r, form.Line("next"))
}

func (p *Pages) confirm(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	next := identity.InPortal(form.Line("next"), r.Organisation.Slug)
	_, remember, err := p.service.ConfirmNeeded(r.Context(), r.Actor, false)
	if err != nil {
		return web.Reply{}, err
	}
	visit := p.service.VisitOf(r)
	session, err := p.service.Confirm(r.Context(), r.Actor, form.Line("code"), remember && form.Checked("remember"), visit)
	if answerable(err) {
		fields, _ := problems(r, err)
		return p.confirmCard(r, confirmView{next: next, sent: true, remember: remember, fresh: form.Checked("fresh"), problem: fields["code"]}).WithStatus(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.service.Admit(identity.Entered{Session: session, To: p.afterConfirm(r, next)}), nil
}

// sessionsView is the person's own list of browsers.
type sessionsView struct {
	slug     string
	sessions []identity.Session
	browsers []identity.Browser
}

func (p *Pages) sessions(r *route.Request) (web.Reply, error) {
	return p.sessionsPage(r, sessionsView{}, http.StatusOK)
}

func (p *Pages) sessionsPage(r *route.Request, view sessionsView, status int) (web.Reply, error) {
	sessions, browsers, err := p.service.Sessions(r.Context(), r.Actor, p.service.VisitOf(r))
	if err != nil {
		return web.Reply{}, err
	}
	view.slug, view.sessions, view.browsers = r.Organisation.Slug, sessions, browsers
	title := i18n.T(r.Context(), "Sign-in and browsers")
	return p.frame.Portal(r, organisation.PageInfo{Title: title, Breadcrumbs: p.frame.ProfileCrumbs(r, title)}, sessionsPage(view)).WithStatus(status), nil
}

func (p *Pages) backToSessions(r *route.Request, said string) web.Reply {
	return p.frame.Say(web.Redirect("/"+r.Organisation.Slug+"/profile/sessions"), said)
}

func (p *Pages) endSession(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.EndSession(r.Context(), r.Actor, form.Line("session")); err != nil {
		return web.Reply{}, err
	}
	return p.backToSessions(r, i18n.T(r.Context(), "The session was ended.")), nil
}

func (p *Pages) endOthers(r *route.Request) (web.Reply, error) {
	err := p.service.EndOthers(r.Context(), r.Actor, p.service.VisitOf(r))
	if errors.Is(err, identity.CodeNeeded) {
		return web.Redirect(identity.ConfirmURL(r.Organisation.Slug, "/"+r.Organisation.Slug+"/profile/sessions")), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.backToSessions(r, i18n.T(r.Context(), "All other browsers were signed out.")), nil
}

func (p *Pages) forgetBrowser(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.ForgetBrowser(r.Context(), r.Actor, form.Line("browser")); err != nil {
		return web.Reply{}, err
	}
	return p.backToSessions(r, i18n.T(r.Context(), "The browser was forgotten. It will be asked for a code again.")), nil
}

// proofWords says how a browser was proven.
func proofWords(ctx context.Context, proof access.Proof) string {
	switch proof {
	case access.SignedIn, access.VouchedFor:
		return i18n.T(ctx, "signed in")
	case access.ConfirmedBrowser:
		return i18n.T(ctx, "by personal link, confirmed by code")
	}
	return i18n.T(ctx, "by personal link")
}
