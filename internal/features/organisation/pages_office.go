package organisation

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func (p *Pages) settingsRoutes(t *route.Table) {
	read, write := access.OfficeWith(access.SettingsRead), access.OfficeWith(access.SettingsWrite)
	const base = "/{org}/office/settings"
	t.Get(base, read, p.firm)
	t.Post(base, write, p.saveFirm)
	t.Get(base+"/looks", read, p.looksPage)
	t.Get(base+"/looks/theme.css", read, p.tryTheme)
	t.Post(base+"/looks/colour", write, p.saveColour)
	t.Post(base+"/looks/logo", write, p.saveLogo)
	t.Get(base+"/stages", read, p.stages)
	t.Post(base+"/stages", write, p.addStage)
	t.Post(base+"/stages/{stage}", write, p.saveStage)
	t.Get(base+"/terms", read, p.terms)
	t.Get(base+"/terms/new", write, p.newTerms)
	t.Post(base+"/terms", write, p.addTerms)
	t.Get(base+"/terms/{terms}", read, p.editTerms)
	t.Post(base+"/terms/{terms}", write, p.saveTerms)
	t.Get(base+"/signing", read, p.signing)
	t.Post(base+"/signing", write, p.saveSigning)
	t.Get(base+"/mail", read, p.mail)
	t.Post(base+"/mail/test", write, p.testMail)
	t.Get(base+"/seal", read, p.seal)
	t.Post(base+"/seal", write, p.replaceSeal)
	t.Get(base+"/audit", access.OfficeWith(access.AuditRead), p.audit)
	t.Post(base+"/audit/check", access.OfficeWith(access.AuditRead), p.checkAudit)
}

// page puts a tab's content under the settings' head.
func (p *Pages) page(r *route.Request, tab string, content templ.Component) web.Reply {
	return p.frame.Settings(r, tab, content)
}

// settingsTabs are the tabs of this feature; those of others stand between them.
func (s *Service) settingsTabs() (first, last []SettingsTab) {
	first = []SettingsTab{{"", i18n.Mark("Firm"), access.SettingsRead}, {"looks", i18n.Mark("Looks"), access.SettingsRead}, {"stages", i18n.Mark("Stages"), access.SettingsRead},
		{"terms", i18n.Mark("Terms"), access.SettingsRead}, {"signing", i18n.Mark("Signing and links"), access.SettingsRead}}
	if s.ports.Mail != nil {
		last = append(last, SettingsTab{"mail", i18n.Mark("Mail"), access.SettingsRead})
	}
	if s.ports.Seal != nil {
		last = append(last, SettingsTab{"seal", i18n.Mark("Seal"), access.SettingsRead})
	}
	return first, append(last, SettingsTab{"audit", i18n.Mark("Audit"), access.AuditRead})
}

// saved goes back to a tab and says so.
func (p *Pages) saved(r *route.Request, tab string) web.Reply {
	return p.frame.Say(web.Redirect(SettingsURL(r.Organisation.Slug, tab)), i18n.T(r.Context(), "Saved."))
}

func (p *Pages) firm(r *route.Request) (web.Reply, error) {
	s, err := p.service.Settings(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.page(r, "", firmTab(firmView{d: detailsOf(s), slug: s.Slug, action: SettingsURL(s.Slug, ""), may: r.Actor.May(access.SettingsWrite)})), nil
}

func detailsOf(s Settings) FirmDetails {
	return FirmDetails{Name: s.Name, Address: s.Address, Phone: s.Phone, Email: s.Email, Website: s.Website, Trade: s.Trade, Language: s.Language,
		Zone: s.Zone, Currency: s.Currency, TaxName: s.TaxName, TaxPercent: s.TaxPercent}
}

func (p *Pages) saveFirm(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	d := readFirm(form)
	if err = form.Err(); err == nil {
		err = p.service.SaveFirm(r.Context(), r.Actor, d)
	}
	if err == nil {
		return p.saved(r, ""), nil
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	view := firmView{d: d, slug: r.Organisation.Slug, action: SettingsURL(r.Organisation.Slug, ""), problems: problems, may: true}
	return p.page(r, "", firmTab(view)).WithStatus(http.StatusUnprocessableEntity), nil
}

// looksPage shows the whole page in a colour that is only tried, with ?colour=.
func (p *Pages) looksPage(r *route.Request) (web.Reply, error) {
	return p.looksWith(r, r.URL.Query().Get("colour"), nil)
}

func (p *Pages) looksWith(r *route.Request, tried string, problems Problems) (web.Reply, error) {
	s, err := p.service.Settings(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view := looksView{slug: s.Slug, colour: s.Colour, saved: s.Colour, logoURL: LogoURL(s.Brief()), problems: problems, may: r.Actor.May(access.SettingsWrite)}
	themeURL := ""
	if tried != "" && tried != s.Colour {
		if _, err := ui.Theme(tried); err != nil {
			view.problems = Problems{"colour": i18n.T(r.Context(), "Enter a colour like #0b7a53.")}
		} else {
			themeURL = SettingsURL(s.Slug, "looks/theme.css") + "?colour=" + url.QueryEscape(tried)
		}
		view.colour = tried
	}
	view.figures = contrastFigures(r.Context(), view.colour)
	return p.frame.settings(r, PageInfo{ThemeURL: themeURL}, "looks", looksTab(view)), nil
}

func (p *Pages) tryTheme(r *route.Request) (web.Reply, error) {
	return styleSheet(r.URL.Query().Get("colour"))
}

func (p *Pages) saveColour(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	colour := form.Line("colour")
	err = p.service.SaveColour(r.Context(), r.Actor, colour)
	return p.afterLooks(r, colour, err)
}

func (p *Pages) saveLogo(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	picture, err := uploaded(r, form, "logo")
	if err == nil && picture == nil && form.Line("act") != "remove" {
		err = fault.ForField("logo", "Choose a picture first.")
	}
	if err == nil {
		err = p.service.SaveLogo(r.Context(), r.Actor, picture)
	}
	return p.afterLooks(r, "", err)
}

func (p *Pages) afterLooks(r *route.Request, colour string, err error) (web.Reply, error) {
	if err == nil {
		return p.saved(r, "looks"), nil
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	reply, err := p.looksWith(r, colour, problems)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) signing(r *route.Request) (web.Reply, error) {
	s, err := p.service.Settings(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	policies := Policies{ConfirmPolicy: s.ConfirmPolicy, LinkPolicy: s.LinkPolicy, LinkDays: s.LinkDays, SignedStage: s.SignedStage, MarginFloor: s.MarginFloor, Timestamps: s.Timestamps}
	return p.signingWith(r, policies, strconv.Itoa(s.LinkDays), nil)
}

func (p *Pages) signingWith(r *route.Request, policies Policies, days string, problems Problems) (web.Reply, error) {
	stages, err := p.service.Stages(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view := signingView{p: policies, days: days, stages: stages, action: SettingsURL(r.Organisation.Slug, "signing"), problems: problems, may: r.Actor.May(access.SettingsWrite)}
	return p.page(r, "signing", signingTab(view)), nil
}

func (p *Pages) saveSigning(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	days, _ := strconv.Atoi(form.Line("link_days")) // anything else is 0, which the check refuses
	policies := Policies{ConfirmPolicy: form.Line("confirm_policy"), LinkPolicy: form.Line("link_policy"), LinkDays: days,
		SignedStage: form.Line("signed_stage"), MarginFloor: form.Line("margin_floor"), Timestamps: form.Checked("timestamps")}
	err = p.service.SavePolicies(r.Context(), r.Actor, policies)
	if err == nil {
		return p.saved(r, "signing"), nil
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	reply, err := p.signingWith(r, policies, form.Line("link_days"), problems)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) mail(r *route.Request) (web.Reply, error) {
	if p.service.ports.Mail == nil {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	action := ""
	if p.service.ports.SendTestMail != nil && r.Actor.May(access.SettingsWrite) {
		action = SettingsURL(r.Organisation.Slug, "mail/test")
	}
	return p.page(r, "mail", mailTab(p.service.ports.Mail(), action, r.Actor.Email())), nil
}

func (p *Pages) testMail(r *route.Request) (web.Reply, error) {
	if p.service.ports.SendTestMail == nil {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	if err := p.service.ports.SendTestMail(r.Context(), r.Actor); err != nil {
		return web.Reply{}, err
	}
	return p.frame.Say(web.Redirect(SettingsURL(r.Organisation.Slug, "mail")), i18n.T(r.Context(), "The test mail is on its way to {address}.", "address", r.Actor.Email())), nil
}

func (p *Pages) seal(r *route.Request) (web.Reply, error) { return p.sealWith(r, nil) }

func (p *Pages) sealWith(r *route.Request, problems Problems) (web.Reply, error) {
	if p.service.ports.Seal == nil {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	state, err := p.service.ports.Seal(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	action := ""
	if p.service.ports.ReplaceSeal != nil && r.Actor.May(access.SettingsWrite) {
		action = SettingsURL(r.Organisation.Slug, "seal")
	}
	return p.page(r, "seal", sealTab(state, action, problems)), nil
}

func (p *Pages) replaceSeal(r *route.Request) (web.Reply, error) {
	if p.service.ports.ReplaceSeal == nil {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	content, err := uploaded(r, form, "certificate")
	if err == nil && content == nil {
		err = fault.ForField("certificate", "Choose the file with your certificate and its key.")
	}
	if err == nil {
		err = p.service.ports.ReplaceSeal(r.Context(), r.Actor, content, form.Raw("password"))
	}
	if err == nil {
		return p.saved(r, "seal"), nil
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	reply, err := p.sealWith(r, problems)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) audit(r *route.Request) (web.Reply, error) { return p.auditWith(r, nil) }

func (p *Pages) auditWith(r *route.Request, checked *event.Audit) (web.Reply, error) {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // anything else begins with the newest
	page, err := p.service.Audit(r.Context(), r.Actor, before)
	if err != nil {
		return web.Reply{}, err
	}
	return p.page(r, "audit", auditTab(page, checked, SettingsURL(r.Organisation.Slug, "audit"))), nil
}

func (p *Pages) checkAudit(r *route.Request) (web.Reply, error) {
	checked, err := p.service.VerifyAudit(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.auditWith(r, &checked)
}

// contrastFigures says how well words can be read in a colour, in both themes.
func contrastFigures(ctx context.Context, colour string) []ui.Line {
	css, err := ui.Theme(colour)
	if err != nil {
		return nil
	}
	value := func(name string) string {
		_, rest, _ := strings.Cut(css, "--"+name+":")
		text, _, _ := strings.Cut(rest, ";")
		return strings.TrimPrefix(text, "light-dark(")[:7]
	}
	ratio := func(a, b string) string { return strconv.FormatFloat(contrast(a, b), 'f', 1, 64) + " : 1" }
	return []ui.Line{
		{Label: i18n.T(ctx, "Words on buttons"), Amount: ratio(value("brand"), value("on-brand"))},
		{Label: i18n.T(ctx, "Links on white"), Amount: ratio(value("brand-text"), "#ffffff")},
		{Label: i18n.T(ctx, "Asked for by WCAG 2.2"), Amount: "4.5 : 1"},
	}
}
