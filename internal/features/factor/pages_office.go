package factor

import (
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// policyView is the tab of the settings.
type policyView struct {
	slug, problem string
	two, may      bool
}

func (p *Pages) policy(r *route.Request) (web.Reply, error) {
	two, err := p.service.Policy(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.policyTab(r, policyView{two: two}), nil
}

func (p *Pages) policyTab(r *route.Request, view policyView) web.Reply {
	view.slug, view.may = r.Organisation.Slug, r.Actor.May(access.SettingsWrite)
	return p.frame.Settings(r, "factors", policyTab(view))
}

func (p *Pages) setPolicy(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	two := form.Checked("two")
	err = p.service.SetPolicy(r.Context(), r.Actor, two)
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return p.policyTab(r, policyView{two: two, problem: i18n.T(r.Context(), f.Fields[0].Message)}).WithStatus(http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(organisation.SettingsURL(r.Organisation.Slug, "factors")), i18n.T(r.Context(), "Saved.")), nil
}
