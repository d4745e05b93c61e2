package organisation

import (
	"io"

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
	p.setupRoutes(t)
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
	return io.ReadAll(io.LimitReader(file, web.FormLimit)) // longer than any that is taken, so a cut one is refused
}

func readFirm(form *web.Form) FirmDetails {
	return FirmDetails{Name: form.Line("name"), Address: form.Text("address"), Phone: form.Line("phone"), Email: form.Line("email"), Website: form.Line("website"),
		Trade: form.Line("trade"), Language: form.Line("language"), Zone: form.Line("zone"), Currency: form.Line("currency"),
		TaxName: form.Line("tax_name"), TaxPercent: form.Line("tax_percent")}
}
