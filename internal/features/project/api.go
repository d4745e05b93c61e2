package project

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1.
type API struct {
	service *Service
	once    *api.Requests
}

// NewAPI makes it.
func NewAPI(service *Service, once *api.Requests) *API { return &API{service: service, once: once} }

// Routes adds the addresses.
func (a *API) Routes(t *route.Table) {
	read, write := access.APIWith(access.ProjectsRead), access.APIWith(access.ProjectsWrite)
	t.Get("/api/v1/projects", read, a.list)
	t.Post("/api/v1/projects", write, a.create)
	t.Get("/api/v1/projects/{project}", read, a.get)
	t.Post("/api/v1/projects/{project}/stage", write, a.move)
}

type projectJSON struct {
	ID           string      `json:"id"`
	Number       string      `json:"number"`
	Name         string      `json:"name"`
	Description  string      `json:"description"`
	Customer     string      `json:"customer"`
	CustomerName string      `json:"customer_name"`
	Property     string      `json:"property"`
	Place        string      `json:"place"`
	Stage        string      `json:"stage"`
	StageName    string      `json:"stage_name"`
	Bucket       string      `json:"bucket"`
	Lead         string      `json:"lead"`
	Archived     bool        `json:"archived"`
	CreatedAt    *time.Time  `json:"created_at"`
	UpdatedAt    *time.Time  `json:"updated_at"`
	Stages       []stageJSON `json:"stages,omitempty"`
}

type stageJSON struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Bucket string `json:"bucket"`
}

func shape(l Line) projectJSON {
	return projectJSON{ID: l.ID, Number: l.Number, Name: l.Name, Description: l.Description, Customer: l.Customer, CustomerName: l.CustomerName, Property: l.Property, Place: l.Place,
		Stage: l.Stage, StageName: l.StageName, Bucket: string(l.Bucket), Lead: l.Lead, Archived: l.Archived, CreatedAt: api.Time(l.CreatedAt), UpdatedAt: api.Time(l.UpdatedAt)}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	f := readFilter(q)
	f.Sort, f.Archived = ByNumber, q.Get("archived") == "true"
	list, err := a.service.Export(r.Context(), r.Actor, f)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Data(api.PageOf(list.Projects, list.Next.String(), shape)), nil
}

func (a *API) load(r *route.Request, project string) (projectJSON, error) {
	record, err := a.service.Get(r.Context(), r.Actor, project)
	if err != nil {
		return projectJSON{}, err
	}
	body := shape(record.Project)
	for _, s := range record.Stages {
		body.Stages = append(body.Stages, stageJSON{s.ID, s.Name, string(s.Bucket)})
	}
	return body, nil
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	body, err := a.load(r, r.PathValue("project"))
	return web.Data(body), err
}

func (a *API) create(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "name", "description", "stage", "customer", "property")
	if err != nil {
		return web.Reply{}, err
	}
	d := Draft{Name: form.Line("name"), Description: form.Text("description"), Stage: form.Line("stage"), Customer: form.Required("customer", "Name the customer by its id."),
		Property: form.Line("property"), Lead: string(r.Actor.Person())}
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	post := api.Post{Permission: access.ProjectsWrite, Body: raw, Makes: "project"}
	made, err := a.once.Once(r, post, func(ctx context.Context) (string, error) {
		p, err := a.service.Create(ctx, r.Actor, d)
		return p.ID, err
	})
	if err != nil {
		return web.Reply{}, err
	}
	return a.Made(r, made)
}

// Made answers with a project that a request made, of this feature or of another.
func (a *API) Made(r *route.Request, made string) (web.Reply, error) {
	return api.Made(r, "/api/v1/projects/"+made, made, access.ProjectsRead, func() (any, error) { return a.load(r, made) })
}

// move takes a project to a stage. Where it is already is fine, so it needs no key.
func (a *API) move(r *route.Request) (web.Reply, error) {
	form, _, err := api.Read(r, "stage")
	if err != nil {
		return web.Reply{}, err
	}
	stage := organisation.Typed(form.Required("stage", "Name the stage by its id."))
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	if err := a.service.Move(r.Context(), r.Actor, r.PathValue("project"), stage); err != nil {
		return web.Reply{}, err
	}
	return api.Changed(r, access.ProjectsRead, func() (any, error) { return a.load(r, r.PathValue("project")) })
}
