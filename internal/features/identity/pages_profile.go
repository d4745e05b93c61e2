package identity

import (
	"context"
	"errors"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
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
	view := confirmView{next: inPortal(query.Get("next"), r.Organisation.Slug), sent: query.Get("sent") != "", fresh: query.Get("fresh") != ""}
	needed, remember, err := p.service.confirmNeeded(r.Context(), r.Actor, view.fresh)
	if err != nil {
		return web.Reply{}, err
	}
	if !needed {
		return web.Redirect(p.afterConfirm(r, view.next)), nil
	}
	if view.remember = remember; !view.sent {
		if view.sent, err = p.service.codeWaits(r.Context(), r.Actor, codeConfirm, p.service.VisitOf(r)); err != nil {
			return web.Reply{}, err
		}
	}
	return p.confirmCard(r, view), nil
}

func (p *Pages) confirmCard(r *route.Request, view confirmView) web.Reply {
	view.slug, view.masked = r.Organisation.Slug, Mask(r.Actor.Email())
	ctx := r.Context()
	info := organisation.GateInfo{Title: i18n.T(ctx, "Check that it is you"), Icon: "mail", Foot: ui.IconLine("info", i18n.T(ctx, "We never ask for this code by phone."))}
	return p.gate(r, info, confirmCard(view))
}

func (p *Pages) afterConfirm(r *route.Request, next string) string {
	return orElse(next, homeOf(r.Organisation.Slug, r.Actor.Kind()))
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

// AskForCode mails a code to the actor and answers with the page on which it is typed,
// which then leads to next, a path of the same portal. Pages call it when a verb answered
// CodeNeeded, so that the person is not asked to ask for the code.
func (s *Service) AskForCode(r *route.Request, next string) (web.Reply, error) {
	visit, answer := s.withBrowser(r)
	if err := s.SendConfirmCode(r.Context(), r.Actor, visit); err != nil {
		return web.Reply{}, err
	}
	return answer(web.Redirect(ConfirmURL(r.Organisation.Slug, inPortal(next, r.Organisation.Slug)) + "&sent=1")), nil
}

func (p *Pages) confirm(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	next := inPortal(form.Line("next"), r.Organisation.Slug)
	_, remember, err := p.service.confirmNeeded(r.Context(), r.Actor, false)
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
	return p.service.Admit(Entered{Session: session, To: p.afterConfirm(r, next)}), nil
}

// sessionsView is the person's own list of browsers.
type sessionsView struct {
	slug     string
	sessions []Session
	browsers []Browser
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
	return p.frame.Portal(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Sign-in and browsers")}, sessionsPage(view)).WithStatus(status), nil
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
	if errors.Is(err, CodeNeeded) {
		return web.Redirect(ConfirmURL(r.Organisation.Slug, "/"+r.Organisation.Slug+"/profile/sessions")), nil
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
	case access.SignedIn:
		return i18n.T(ctx, "signed in")
	case access.ConfirmedBrowser:
		return i18n.T(ctx, "by personal link, confirmed by code")
	}
	return i18n.T(ctx, "by personal link")
}

// openedWords says how often a link was continued with.
func openedWords(ctx context.Context, l Link) string {
	if l.EnteredFor == 0 {
		return i18n.T(ctx, "not opened")
	}
	return i18n.N(ctx, l.EnteredFor, "opened once", "opened {n} times")
}

// endWords says how long a link works, or that it does not.
func endWords(ctx context.Context, l Link, now time.Time) string {
	switch {
	case !l.RevokedAt.IsZero():
		return i18n.T(ctx, "revoked {date}", "date", i18n.DateShort(ctx, l.RevokedAt))
	case !l.Live(now):
		return i18n.T(ctx, "ended {date}", "date", i18n.DateShort(ctx, l.EndsAt))
	}
	return i18n.T(ctx, "ends {date}", "date", i18n.DateShort(ctx, l.EndsAt))
}
