package entering

import (
	"cmp"
	"errors"
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/secret"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// landing shows who a personal link is for and what it opens.
func (p *Pages) landing(r *route.Request) (web.Reply, error) {
	l, err := p.service.Landing(r.Context(), p.token(r))
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	p.service.ShowAt(r, l.Organisation, l.Language)
	ctx := r.Context()
	info := organisation.GateInfo{Title: i18n.T(ctx, "Continue"), CoverURL: coverURL(l.Item),
		Foot: ui.IconLine("shield-check", i18n.T(ctx, "Your personal link. Works until {date}.", "date", l.Ends))}
	if l.Technician {
		return p.gate(r, info, fieldLandingCard(l, p.shown(r))), nil
	}
	return p.gate(r, info, landingCard(l, p.shown(r))), nil
}

func coverURL(item identity.LandingItem) string {
	if item.Picture == "" {
		return ""
	}
	return "/l/cover"
}

// cover sends the picture of exactly the thing that the browser's link opens, as long as
// the link does. The address names no file, so no other can be asked for.
func (p *Pages) cover(r *route.Request) (web.Reply, error) {
	content, mediaType, err := p.service.Cover(r.Context(), p.token(r))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Content: content, MediaType: mediaType, Inline: true}.WithHeader("Cache-Control", "private, no-store"), nil
}

// shownLink ties the button of a landing page to the link that the page was drawn for.
type shownLink struct {
	mark  string
	newer bool // the person pressed the button of a page for another link
}

func (p *Pages) shown(r *route.Request) shownLink {
	return shownLink{mark: markOf(p.token(r)), newer: r.URL.Query().Has("newer")}
}

// markOf tells links apart in a page without saying anything of their tokens.
func markOf(token string) string { return secret.Hash("shown on a page: " + token)[:16] }

// forAnother reports whether a form was drawn for another link than the one that the browser holds now.
func (p *Pages) forAnother(r *route.Request, form *web.Form) bool {
	shown := form.Line("link")
	return shown != "" && shown != markOf(p.token(r)) && p.token(r) != ""
}

// enter is the POST that lets the person in. A browser holds one link at a time: whoever presses the button of an older page sees
// first for whom the newer link is.
func (p *Pages) enter(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if p.forAnother(r, form) {
		return web.Redirect("/l?newer=1"), nil
	}
	entered, err := p.service.Enter(r.Context(), p.token(r), p.service.VisitOf(r))
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if errors.Is(err, identity.CodeNeeded) {
		return p.askForDeviceCode(r)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.service.Admit(entered), nil
}

// gone is the one page for links that open nothing, whatever the reason.
func (p *Pages) gone(r *route.Request) web.Reply {
	p.service.OpensNothing(r)
	ctx := r.Context()
	return p.gate(r, organisation.GateInfo{Title: i18n.T(ctx, "This link does not work any more"), Icon: "unlink"}, goneCard(p.token(r) != "")).
		WithStatus(http.StatusNotFound)
}

func (p *Pages) askNewLink(r *route.Request) (web.Reply, error) {
	if err := p.service.AskNewLink(r.Context(), p.token(r), r.Browser.Address); err != nil {
		return web.Reply{}, err
	}
	return web.Redirect("/sign-in/asked?for=link"), nil
}

// notYou explains a personal link to somebody else who holds it.
func (p *Pages) notYou(r *route.Request) (web.Reply, error) {
	l, err := p.service.Landing(r.Context(), p.token(r))
	if fault.Is(err, fault.NotFound) {
		return p.gone(r), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	p.service.ShowAt(r, l.Organisation, l.Language)
	return p.gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), "Not you?"), Icon: "user-x"}, notYouCard(l)), nil
}

func (p *Pages) dropToken(r *route.Request) (web.Reply, error) {
	return p.service.DropToken(web.Redirect("/sign-in")), nil
}

// revokeLink ends a link for the office and goes back to the page that listed it.
func (p *Pages) revokeLink(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.Revoke(r.Context(), r.Actor, r.PathValue("link")); err != nil {
		return web.Reply{}, err
	}
	back := cmp.Or(identity.InPortal(form.Line("back"), r.Organisation.Slug), identity.HomeOf(r.Organisation.Slug, access.Staff))
	return p.frame.Say(web.Redirect(back), i18n.T(r.Context(), "The link was revoked. It opens nothing any more.")), nil
}
