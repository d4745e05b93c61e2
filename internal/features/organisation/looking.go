package organisation

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// banner is what stands above every page: that a colleague looks as somebody else, then
// what the page itself says.
func (f *Frame) banner(r *route.Request, own templ.Component) templ.Component {
	if r.Actor.SeenBy() == "" {
		return own
	}
	looks := lookBanner(r.Organisation.Slug, r.Actor.Name())
	if own == nil {
		return looks
	}
	return ui.Join(looks, own)
}

// portals is the menu behind the firm's mark, for people who have more than one (JT-11).
func (f *Frame) portals(r *route.Request) ui.PortalMenu {
	if f.Portals == nil || r.Actor.Zero() {
		return ui.PortalMenu{}
	}
	list := f.Portals(r)
	if len(list) < 2 {
		return ui.PortalMenu{}
	}
	return ui.PortalMenu{Label: i18n.T(r.Context(), "Your portals"), Portals: list,
		All: ui.Crumb{Label: i18n.T(r.Context(), "All your portals"), URL: "/" + r.Organisation.Slug + "/portals"}}
}

// PortalOf is a portal as menus show it.
func PortalOf(r *route.Request, o access.Organisation, kind access.Kind, url string, here, open bool) ui.Portal {
	ctx := r.Context()
	line := i18n.T(ctx, "Customer portal")
	switch kind {
	case access.Staff:
		line = i18n.T(ctx, "Office")
	case access.Contractor, access.Technician:
		line = i18n.T(ctx, "Contractor portal")
	}
	if !open {
		line, url = i18n.T(ctx, "Enter by a link from one of its e-mails"), ""
	}
	return ui.Portal{Name: o.Name, Line: line, LogoURL: LogoURL(o), URL: url, Here: here}
}
