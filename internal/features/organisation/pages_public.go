package organisation

import (
	"io"
	"net/http"

	"github.com/a-h/templ"

	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are this feature's HTML pages.
type Pages struct {
	service *Service
	frame   *Frame
	// Welcome lets the owner in who has just set up the firm. Without it they sign in.
	Welcome func(r *route.Request, owner Owner) (web.Reply, error)
}

// NewPages makes the pages.
func NewPages(service *Service, frame *Frame) *Pages {
	frame.tabs.first, frame.tabs.last = service.settingsTabs()
	return &Pages{service: service, frame: frame}
}

// Routes adds the addresses of the firm's looks, the set-up and the settings.
func (p *Pages) Routes(t *route.Table) {
	t.Get("/{org}/theme.css", access.Anyone("a firm's colours stand on its sign-in page"), p.theme)
	t.Get("/{org}/logo.png", access.Anyone("a firm's logo stands on its sign-in page"), p.logo)
	setup := access.Anyone("whoever holds the one-time link that the first start prints")
	t.Get("/setup/firm/{token}", setup, p.setupForm)
	t.Post("/setup/firm/{token}", setup, p.setUp)
	p.settingsRoutes(t)
}

const forEver = "public, max-age=31536000, immutable"

// theme serves the style sheet of the firm's colour, for ever when the version is asked for.
func (p *Pages) theme(r *route.Request) (web.Reply, error) {
	colour, version, _, err := p.service.looks(r.Context(), r.Organisation.ID)
	if err != nil {
		return web.Reply{}, err
	}
	reply, err := styleSheet(colour)
	if err == nil && r.URL.Query().Get("v") == version {
		reply = reply.WithHeader("Cache-Control", forEver)
	}
	return reply, err
}

func styleSheet(colour string) (web.Reply, error) {
	css, err := ui.Theme(colour)
	if err != nil {
		return web.Reply{}, err
	}
	sheet := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, css)
		return err
	})
	return web.Page(sheet).WithHeader("Content-Type", "text/css; charset=utf-8").WithHeader("Cache-Control", "no-cache"), nil
}

func (p *Pages) logo(r *route.Request) (web.Reply, error) {
	_, _, version, err := p.service.looks(r.Context(), r.Organisation.ID)
	if err != nil {
		return web.Reply{}, err
	}
	if version == "" {
		return web.Reply{}, fault.New(fault.NotFound, "There is nothing at this address.")
	}
	object, err := p.service.blobs.Open(r.Context(), logoKey(r.Organisation.ID, version, "large"))
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Reply{Content: object, MediaType: "image/png", Inline: true}
	if r.URL.Query().Get("v") == version {
		return reply.WithHeader("Cache-Control", forEver), nil
	}
	return reply.WithHeader("Cache-Control", "no-cache"), nil
}

// setupView is what the set-up page shows.
type setupView struct {
	token    string
	form     Founding
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
		return fault.New(fault.NotFound, "This set-up link has been used, or a newer one was printed. Look at the last lines that the server wrote when it started.")
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
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	view := setupView{form: Founding{Slug: form.Line("slug"), Colour: form.Line("colour"), Firm: readFirm(form),
		Owner:     Owner{Name: form.Required("owner_name", "Enter your name."), Email: form.Required("owner_email", "Enter your e-mail address."), Password: form.Raw("owner_password")},
		Colleague: Owner{Name: form.Line("colleague_name"), Email: form.Line("colleague_email")}}}
	if len(view.form.Owner.Password) < 10 {
		form.Problem("owner_password", "Use at least 10 characters.")
	}
	if view.form.Logo, err = uploaded(r, form, "logo"); err == nil {
		err = form.Err()
	}
	if err == nil {
		var made access.Organisation
		if made, err = p.service.SetUp(r.Context(), r.PathValue("token"), view.form); err == nil && p.Welcome != nil {
			return p.Welcome(r, view.form.Owner)
		}
		if err == nil {
			return web.Redirect("/" + made.Slug + "/office"), nil
		}
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	view.problems = problems
	return p.setupPage(r, view).WithStatus(http.StatusUnprocessableEntity), nil
}

// uploaded reads a small file out of a form; nil when none was chosen.
func uploaded(r *route.Request, form *web.Form, name string) ([]byte, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		return nil, nil
	}
	header := r.MultipartForm.File[name][0]
	if header.Size == 0 {
		return nil, nil
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, web.FormLimit))
}

func readFirm(form *web.Form) FirmDetails {
	return FirmDetails{Name: form.Line("name"), Address: form.Text("address"), Phone: form.Line("phone"), Email: form.Line("email"), Website: form.Line("website"),
		Trade: form.Line("trade"), Language: form.Line("language"), Zone: form.Line("zone"), Currency: form.Line("currency"),
		TaxName: form.Line("tax_name"), TaxPercent: form.Line("tax_percent")}
}
