package contractor

import (
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// ownRoutes adds the preferences, which are the same for desks and technicians.
func (p *Pages) ownRoutes(t *route.Table) {
	for base, own := range map[string]access.Rule{"/{org}/desk/preferences": access.DeskWith(access.ProfileWrite), "/{org}/field/preferences": access.FieldWith(access.ProfileWrite)} {
		t.Get(base, own, p.preferences)
		t.Post(base, own, p.savePhone)
		t.Post(base+"/signature", own, p.saveSignature)
		t.Post(base+"/signature/remove", own, p.removeSignature)
		t.Get(base+"/signature.png", own, p.ownSignature)
	}
}

// PreferencesURL is where a desk user or technician sets what is theirs.
func PreferencesURL(slug string, kind access.Kind) string {
	if kind == access.Technician {
		return "/" + slug + "/field/preferences"
	}
	return "/" + slug + "/desk/preferences"
}

func (p *Pages) preferences(r *route.Request) (web.Reply, error) {
	return p.preferencesPage(r, preferencesView{change: r.URL.Query().Has("change")}, http.StatusOK)
}

func (p *Pages) preferencesPage(r *route.Request, v preferencesView, status int) (web.Reply, error) {
	own, err := p.service.Preferences(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	v.own, v.url = own, PreferencesURL(r.Organisation.Slug, r.Actor.Kind())
	v.sessions = "/" + r.Organisation.Slug + "/profile/sessions"
	if v.problems["phone"] == "" {
		v.phone = own.Phone
	}
	info := organisation.PageInfo{Title: i18n.T(r.Context(), "Preferences"), Current: "preferences"}
	return p.frame.Portal(r, info, preferencesPage(v)).WithStatus(status), nil
}

func (p *Pages) savePhone(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	phone := form.Line("phone")
	if err = form.Err(); err == nil {
		err = p.service.SavePhone(r.Context(), r.Actor, phone)
	}
	return p.afterOwn(r, preferencesView{phone: phone}, err, i18n.T(r.Context(), "Saved."))
}

func (p *Pages) afterOwn(r *route.Request, v preferencesView, err error, sentence string) (web.Reply, error) {
	if err == nil {
		return p.say(PreferencesURL(r.Organisation.Slug, r.Actor.Kind()), sentence), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems, v.change = problems, problems["signature"] != ""
	return p.preferencesPage(r, v, http.StatusUnprocessableEntity)
}

func (p *Pages) saveSignature(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	method := map[string]signing.Method{"draw": signing.Drawn, "type": signing.Typed}[form.Line("signature_kind")]
	typed := form.Line("signature_name")
	if err = form.Err(); err == nil {
		err = p.service.SaveSignature(r.Context(), r.Actor, method, form.Raw("signature_image"), typed)
	}
	return p.afterOwn(r, preferencesView{typed: typed}, err, i18n.T(r.Context(), "Your signature is stored."))
}

func (p *Pages) removeSignature(r *route.Request) (web.Reply, error) {
	return p.afterOwn(r, preferencesView{}, p.service.RemoveSignature(r.Context(), r.Actor), i18n.T(r.Context(), "The signature was removed."))
}

// ownSignature shows the actor the signature that they have drawn. The address names no
// file, so that nobody can ask for another's.
func (p *Pages) ownSignature(r *route.Request) (web.Reply, error) {
	content, err := p.service.OwnSignature(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Reply{Content: content, MediaType: "image/png", Inline: true}.WithHeader("Cache-Control", "private, no-store"), nil
}
