package openid

import (
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

func (p *Pages) settingsRoutes(t *route.Table) {
	const base = "/{org}/office/settings/sign-in"
	t.Get(base, access.OfficeWith(access.SettingsRead), p.settings)
	t.Post(base, access.OfficeWith(access.SettingsWrite), p.save)
	t.Post(base+"/remove", access.OfficeWith(access.SettingsWrite), p.remove)
}

// settingsView is the tab and what was typed into it.
type settingsView struct {
	settings  Settings
	typed     Wanted
	problems  organisation.Problems
	returnURL string
	action    string
	may       bool
}

func (p *Pages) view(r *route.Request) (settingsView, error) {
	settings, err := p.service.Settings(r.Context(), r.Actor)
	return settingsView{settings: settings, typed: Wanted{Issuer: settings.Issuer, ClientID: settings.ClientID, Label: settings.Label},
		returnURL: p.service.ReturnURL(), action: organisation.SettingsURL(r.Organisation.Slug, "sign-in"), may: r.Actor.May(access.SettingsWrite)}, err
}

func (p *Pages) settings(r *route.Request) (web.Reply, error) {
	view, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Settings(r, "sign-in", settingsTab(view)), nil
}

func (p *Pages) save(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	wanted := Wanted{Issuer: form.Line("issuer"), ClientID: form.Line("client_id"), Secret: form.Raw("secret"), Label: form.Line("label")}
	if err = form.Err(); err == nil {
		err = p.service.Save(r.Context(), r.Actor, wanted)
	}
	if err == nil {
		return p.saved(r, i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	view, err := p.view(r)
	if err != nil {
		return web.Reply{}, err
	}
	view.typed, view.problems = wanted, problems
	return p.frame.Settings(r, "sign-in", settingsTab(view)).WithStatus(http.StatusUnprocessableEntity), nil
}

func (p *Pages) remove(r *route.Request) (web.Reply, error) {
	if err := p.service.Remove(r.Context(), r.Actor); err != nil {
		return web.Reply{}, err
	}
	return p.saved(r, i18n.T(r.Context(), "The sign-in service is gone. Colleagues sign in with their passwords.")), nil
}

func (p *Pages) saved(r *route.Request, words string) web.Reply {
	return p.frame.Say(web.Redirect(organisation.SettingsURL(r.Organisation.Slug, "sign-in")), words)
}
