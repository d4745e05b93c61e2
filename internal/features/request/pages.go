package request

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
)

// Pages are the pages of requests for both sides.
type Pages struct {
	service *Service
	frame   *organisation.Frame
	// conversation is the card with the messages on a request; nil for who may read none.
	conversation func(r *route.Request, request string) (templ.Component, error)
}

// NewPages makes the pages. conversation gives the card with a request's messages.
func NewPages(service *Service, frame *organisation.Frame, conversation func(r *route.Request, request string) (templ.Component, error)) *Pages {
	return &Pages{service, frame, conversation}
}

// Routes adds the addresses of requests.
func (p *Pages) Routes(t *route.Table) {
	const home, office = "/{org}/home/requests", "/{org}/office/requests"
	asks := access.CustomerWith(access.RequestsWrite)
	t.Get(home, asks, p.own)
	t.Get(home+"/new", asks, p.form)
	t.Post(home, asks, p.make)
	t.Get(home+"/{request}", asks, p.see)
	read, write := access.OfficeWith(access.ProjectsRead), access.OfficeWith(access.ProjectsWrite)
	t.Get(office, read, p.list)
	t.Get(office+"/{request}", read, p.sheet)
	t.Post(office+"/{request}/accept", write, p.accept)
	t.Post(office+"/{request}/merge", write, p.merge)
	t.Post(office+"/{request}/decline", write, p.decline)
}

func uploadURL(slug, form string) string { return file.UploadURL(slug, formKind, form) }

// OfficeCard lists the requests that led to a project, on its page in the office; a project.Slot.
func (p *Pages) OfficeCard(r *route.Request, of project.Line) (templ.Component, error) {
	return p.card(r, of, access.ProjectsRead, OfficeURL)
}

// CustomerCard lists them on the customer's page; a project.Slot.
func (p *Pages) CustomerCard(r *route.Request, of project.Line) (templ.Component, error) {
	return p.card(r, of, access.RequestsWrite, CustomerURL)
}

func (p *Pages) card(r *route.Request, of project.Line, permission access.Permission, address func(slug, id string) string) (templ.Component, error) {
	if !r.Actor.May(permission) {
		return nil, nil
	}
	list, err := p.service.OfProject(r.Context(), r.Actor, permission, of.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return madeFrom(list, func(id string) string { return address(r.Organisation.Slug, id) }), nil
}
