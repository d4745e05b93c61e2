package organisation

import (
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// setupSize is far more than a logo may have: what a phone takes as a picture of one is refused beside its field, and
// not together with all that was typed.
var setupSize = web.FormSize{Bytes: 64 << 20, Fields: web.ValueLimit}

// setupView is what the set-up page shows.
type setupView struct {
	token    string
	form     Founding
	logo     keptLogo
	mail     *MailState
	invites  bool // a colleague can be invited
	problems Problems
}

func (p *Pages) setupForm(r *route.Request) (web.Reply, error) {
	if err := p.setupIsOpen(r); err != nil {
		return web.Reply{}, err
	}
	return p.setupPage(r, setupView{form: Founding{Firm: FirmDetails{}.withDefaults(), Colour: defaultColour}}), nil
}

func (p *Pages) setupIsOpen(r *route.Request) error {
	open, err := p.service.SetupOpen(r.Context(), r.PathValue("token"))
	if err == nil && !open {
		return fault.New(fault.NotFound, setupOver)
	}
	return err
}

func (p *Pages) setupPage(r *route.Request, view setupView) web.Reply {
	view.token, view.invites = r.PathValue("token"), p.service.ports.InviteStaff != nil
	if p.service.ports.Mail != nil {
		state := p.service.ports.Mail()
		view.mail = &state
	}
	return p.frame.Gate(r, GateInfo{Title: setupTitle(r.Context()), Icon: "building-2", Wide: true}, setupForm(view))
}

func (p *Pages) setUp(r *route.Request) (web.Reply, error) {
	if err := p.setupIsOpen(r); err != nil {
		return web.Reply{}, err
	}
	form, err := r.FormOf(setupSize)
	if err != nil {
		return web.Reply{}, err
	}
	f := readFounding(form)
	logo, err := p.logoOf(r, form)
	if err != nil {
		return web.Reply{}, err
	}
	f.Logo = logo.picture
	if refused := allOf(form.Err(), logo.refused); refused != nil {
		return p.correct(r, f, logo, allOf(refused, f.check()))
	}
	made, err := p.service.SetUp(r.Context(), r.PathValue("token"), f)
	if err != nil {
		return p.correct(r, f, logo, err)
	}
	if p.Welcome != nil {
		return p.Welcome(r, f.Owner)
	}
	return web.Redirect("/" + made.Slug + "/office"), nil
}

func readFounding(form *web.Form) Founding {
	return Founding{Slug: form.Line("slug"), Colour: form.Line("colour"), Firm: readFirm(form),
		Owner:     Owner{Name: form.Line("owner_name"), Email: form.Line("owner_email"), Password: form.Raw("owner_password")},
		Colleague: Owner{Name: form.Line("colleague_name"), Email: form.Line("colleague_email")}}
}

// sentLogo is the logo of a round: the one that was chosen now, or else the one that the page before has kept.
type sentLogo struct {
	picture []byte
	kept    []byte // that of the page before
	refused error  // what to show beside its field
}

func (p *Pages) logoOf(r *route.Request, form *web.Form) (logo sentLogo, err error) {
	if logo.picture, err = uploaded(r, form, "logo"); err != nil {
		return logo, err
	}
	version := form.Line("logo_kept")
	if version == "" || form.Checked("logo_off") {
		return logo, nil
	}
	logo.kept, err = p.service.setUpLogo(r.Context(), version)
	switch {
	case err != nil && !fault.Is(err, fault.Invalid):
		return logo, err
	case logo.picture == nil:
		logo.picture, logo.refused = logo.kept, err
	}
	return logo, nil
}

// correct shows the form again with everything that was typed but the password, which no page repeats.
func (p *Pages) correct(r *route.Request, f Founding, logo sentLogo, err error) (web.Reply, error) {
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	if problems["owner_password"] == "" {
		problems["owner_password"] = i18n.T(r.Context(), "Please type your password again: no page repeats it.")
	}
	picture := logo.picture
	if problems["logo"] != "" {
		picture = logo.kept
	}
	view := setupView{form: f, problems: problems}
	if view.logo, err = p.service.keepSetUpLogo(r.Context(), r.PathValue("token"), picture); err != nil {
		return web.Reply{}, err
	}
	return p.setupPage(r, view).WithStatus(http.StatusUnprocessableEntity), nil
}

func (p *Pages) setupRoutes(t *route.Table) {
	setup := access.Anyone("whoever holds the one-time link that the first start prints")
	t.Get("/setup/firm/{token}", setup, p.setupForm)
	t.Post("/setup/firm/{token}", setup, p.setUp)
}
