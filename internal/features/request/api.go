package request

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1. Requests are read and answered there; asking for work is for the customer's people,
// whose grants say for whom they may ask.
type API struct {
	service *Service
	once    *api.Requests
	// project answers with the project that a request became.
	project func(r *route.Request, made string) (web.Reply, error)
}

// NewAPI makes it.
func NewAPI(service *Service, once *api.Requests, project func(r *route.Request, made string) (web.Reply, error)) *API {
	return &API{service, once, project}
}

// Routes adds the addresses. The permissions are those of the office's pages.
func (a *API) Routes(t *route.Table) {
	read, write := access.APIWith(access.ProjectsRead), access.APIWith(access.ProjectsWrite)
	t.Get("/api/v1/requests", read, a.list)
	t.Get("/api/v1/requests/{request}", read, a.get)
	t.Post("/api/v1/requests/{request}/accept", write, a.accept)
	t.Post("/api/v1/requests/{request}/decline", write, a.decline)
}

type requestJSON struct {
	ID           string     `json:"id"`
	Number       string     `json:"number"`
	State        string     `json:"state"` // "submitted", "accepted", "declined", "merged"
	Title        string     `json:"title"`
	Description  string     `json:"description"`
	Customer     string     `json:"customer"`
	CustomerName string     `json:"customer_name"`
	Person       string     `json:"person"` // who asks
	PersonName   string     `json:"person_name"`
	Property     string     `json:"property"`
	Place        string     `json:"place"`
	Wanted       string     `json:"wanted"`  // about when, in the person's own words
	Project      string     `json:"project"` // made of it, or that it was added to
	Reason       string     `json:"reason"`  // why it was declined
	AnsweredName string     `json:"answered_name"`
	AnsweredAt   *time.Time `json:"answered_at"`
	CreatedAt    *time.Time `json:"created_at"`
	Files        []api.File `json:"files,omitempty"`
}

func shape(r Request) requestJSON {
	return requestJSON{ID: r.ID, Number: r.Number, State: string(r.State), Title: r.Title, Description: r.Description, Customer: r.Customer, CustomerName: r.CustomerName,
		Person: string(r.Person), PersonName: r.PersonName, Property: r.Property, Place: r.Place, Wanted: r.Wanted, Project: r.Project, Reason: r.Reason,
		AnsweredName: r.AnsweredName, AnsweredAt: api.Time(r.AnsweredAt), CreatedAt: api.Time(r.CreatedAt)}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	list, next, err := a.service.List(r.Context(), r.Actor, State(organisation.Typed(q.Get("state"))), organisation.ParseCursor(q.Get("after")))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Data(api.PageOf(list, next.String(), shape)), nil
}

func (a *API) load(r *route.Request) (any, error) {
	sheet, err := a.service.Get(r.Context(), r.Actor, r.PathValue("request"))
	body := shape(sheet.Request)
	body.Files = api.FilesOf(sheet.Files)
	return body, err
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	body, err := a.load(r)
	return web.Data(body), err
}

// accept answers with the project that the request became.
func (a *API) accept(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "name", "description", "stage", "property")
	if err != nil {
		return web.Reply{}, err
	}
	answer := Acceptance{Name: form.Line("name"), Description: form.Text("description"), Stage: form.Line("stage"), Property: form.Line("property")}
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	post := api.Post{Permission: access.ProjectsWrite, Body: raw, Makes: "project"}
	made, err := a.once.Once(r, post, func(ctx context.Context) (string, error) {
		p, err := a.service.Accept(ctx, r.Actor, r.PathValue("request"), answer)
		return p.ID, err
	})
	if err != nil {
		return web.Reply{}, err
	}
	return a.project(r, made)
}

func (a *API) decline(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "reason")
	if err != nil {
		return web.Reply{}, err
	}
	reason := form.Text("reason")
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	declined := r.PathValue("request")
	_, err = a.once.Once(r, api.Post{Permission: access.ProjectsWrite, Body: raw, ID: declined}, func(ctx context.Context) (string, error) {
		return declined, a.service.Decline(ctx, r.Actor, declined, reason)
	})
	if err != nil {
		return web.Reply{}, err
	}
	return api.Changed(r, access.ProjectsRead, func() (any, error) { return a.load(r) })
}
