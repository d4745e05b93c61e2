package techniciandesk

import (
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/contractor"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// Pages are the technician's pages that belong to no one feature.
type Pages struct {
	contractors *contractor.Service
	frame       *organisation.Frame
}

// NewPages makes the pages.
func NewPages(contractors *contractor.Service, frame *organisation.Frame) *Pages {
	return &Pages{contractors, frame}
}

// Routes adds the first page.
func (p *Pages) Routes(t *route.Table) {
	t.Get("/{org}/field", access.FieldWith(access.HomeRead), p.today)
}

type todayView struct {
	slug, day, firm, contractors string
	signed                       bool
}

func (p *Pages) today(r *route.Request) (web.Reply, error) {
	names, err := p.contractors.WorksFor(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	own, err := p.contractors.Preferences(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	phone, err := p.contractors.OfficePhone(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	ctx := r.Context()
	view := todayView{slug: r.Organisation.Slug, day: i18n.DateFull(ctx, i18n.ReaderOf(ctx).Now), firm: r.Organisation.Name, contractors: strings.Join(names, ", "), signed: own.Signed()}
	return p.frame.Field(r, organisation.PageInfo{Title: i18n.T(ctx, "Today"), Current: "today", Top: call(r, phone)}, todayPage(view)), nil
}

// call is the button that rings the office, nil when it has no number.
func call(r *route.Request, phone string) templ.Component {
	if phone == "" {
		return nil
	}
	digits := strings.Map(func(c rune) rune {
		if strings.ContainsRune("+0123456789", c) {
			return c
		}
		return -1
	}, phone)
	return ui.Button(ui.ButtonProps{Label: i18n.T(r.Context(), "Call {firm}", "firm", r.Organisation.Name), Icon: "phone", IconOnly: true, URL: "tel:" + digits})
}
