package contractordesk

import (
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/contractor"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Pages are the pages of a contractor's desk that belong to no one feature.
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
	t.Get("/{org}/desk", access.DeskWith(access.HomeRead), p.home)
}

type homeView struct {
	slug, name, firm string
	desk             contractor.Desk
	own              contractor.Preferences
}

// few is how many technicians the first page names.
const few = 6

func (v homeView) first() []contractor.Person {
	return v.desk.Technicians[:min(len(v.desk.Technicians), few)]
}

func (p *Pages) home(r *route.Request) (web.Reply, error) {
	desk, err := p.contractors.Desk(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	own, err := p.contractors.Preferences(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view := homeView{slug: r.Organisation.Slug, name: r.Actor.FirstName(), firm: r.Organisation.Name, desk: desk, own: own}
	return p.frame.Desk(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Home"), Current: "home"}, homePage(view)), nil
}
