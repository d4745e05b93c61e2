package staff

import (
	"strconv"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

func (p *Pages) tokens(r *route.Request) (web.Reply, error) {
	return p.tokensWith(r, tokensView{draft: TokenDraft{Days: 90}})
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
	var ticked []access.Permission
	for _, name := range form.All("scope") {
		ticked = append(ticked, access.Permission(name))
	}
	days, _ := strconv.Atoi(form.Line("days")) // anything else is 0, which is no choice
	view := tokensView{draft: TokenDraft{Name: form.Line("name"), Scopes: access.NewPermissionSet(ticked...), Days: days}}
	if err = form.Err(); err == nil {
		view.made, err = p.service.MakeToken(r.Context(), r.Actor, view.draft)
	}
	if err == nil {
		view.madeName, view.draft = view.draft.Name, TokenDraft{Days: 90}
		return p.tokensWith(r, view)
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
