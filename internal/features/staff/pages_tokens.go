package staff

import (
	"errors"
	"net/url"
	"strconv"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

func (p *Pages) tokens(r *route.Request) (web.Reply, error) {
	return p.tokensWith(r, tokensView{draft: readToken(r.URL.Query())})
}

// readToken reads what was ticked, out of a form or out of the address that somebody comes
// back to after proving who they are.
func readToken(q url.Values) TokenDraft {
	var ticked []access.Permission
	for _, name := range q["scope"] {
		ticked = append(ticked, access.Permission(name))
	}
	days, err := strconv.Atoi(q.Get("days"))
	if err != nil && q.Get("days") == "" {
		days = 90
	}
	return TokenDraft{Name: organisation.Typed(q.Get("name")), Scopes: access.NewPermissionSet(ticked...), Days: days}
}

func (p *Pages) tokensWith(r *route.Request, view tokensView) (web.Reply, error) {
	list, err := p.service.Tokens(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view.list, view.url, view.holds, view.now = list, organisation.SettingsURL(r.Organisation.Slug, "tokens"), r.Actor.Permissions(), p.service.Now()
	return p.tab(r, "tokens", tokensTab(view)), nil
}

// makeToken answers with the page that shows the token, the only time that it is shown.
func (p *Pages) makeToken(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	view := tokensView{draft: readToken(form.Values)}
	if view.draft.Name = form.Line("name"); form.Err() != nil {
		err = form.Err()
	}
	if err == nil {
		view.made, err = p.service.MakeToken(r.Context(), r.Actor, view.draft)
	}
	if err == nil {
		view.madeName, view.draft = view.draft.Name, TokenDraft{Days: 90}
		return p.tokensWith(r, view)
	}
	if errors.Is(err, identity.CodeNeeded) {
		return p.service.identity.AskForFreshProof(r, organisation.SettingsURL(r.Organisation.Slug, "tokens")+"?"+form.Values.Encode())
	}
	return again(r, err, func(problems organisation.Problems) (web.Reply, error) {
		view.problems = problems
		return p.tokensWith(r, view)
	})
}

func (p *Pages) revokeToken(r *route.Request) (web.Reply, error) {
	if err := p.service.RevokeToken(r.Context(), r.Actor, r.PathValue("key")); err != nil {
		return web.Reply{}, err
	}
	return p.done(r, "tokens", i18n.T(r.Context(), "Revoked. The next request with it is refused.")), nil
}
