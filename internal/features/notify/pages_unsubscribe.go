package notify

import (
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// UnsubscribePath is followed by the token that ends mail.
const UnsubscribePath = "/u/"

// ending shows what a mail's link would end. It changes nothing: mail scanners follow links.
func (p *Pages) ending(r *route.Request) (web.Reply, error) {
	ending, err := p.service.Ending(r.Context(), r.PathValue("token"))
	if err != nil {
		return web.Reply{}, err
	}
	p.people.ShowAt(r, ending.Organisation, ending.Language)
	title := i18n.T(r.Context(), "E-mail about your projects")
	reply := p.frame.Gate(r, organisation.GateInfo{Title: title, Icon: "mail"}, endingCard(ending, UnsubscribePath+r.PathValue("token")))
	return reply.WithHeader("Referrer-Policy", "no-referrer").WithHeader("Cache-Control", "no-store"), nil
}

// end takes the one click of RFC 8058, from a mailbox provider without cookies, and the page's own button.
func (p *Pages) end(r *route.Request) (web.Reply, error) {
	if err := p.service.End(r.Context(), r.PathValue("token")); err != nil {
		return web.Reply{}, err
	}
	return web.Redirect(UnsubscribePath + r.PathValue("token")), nil
}
