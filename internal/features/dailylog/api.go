package dailylog

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1. Daily logs are read there: they are written on site, and shared by people.
type API struct {
	service *Service
}

// NewAPI makes it.
func NewAPI(service *Service) *API { return &API{service} }

// Routes adds the addresses.
func (a *API) Routes(t *route.Table) {
	read := access.APIWith(access.LogsRead)
	t.Get("/api/v1/projects/{project}/logs", read, a.list)
	t.Get("/api/v1/projects/{project}/logs/{log}", read, a.get)
}

type logJSON struct {
	ID          string      `json:"id"`
	Project     string      `json:"project"`
	Day         string      `json:"day"`
	Weather     string      `json:"weather"`
	Temperature string      `json:"temperature"` // in degrees Celsius, as it was written
	OnSite      string      `json:"on_site"`
	Notes       string      `json:"notes"`
	Author      string      `json:"author"`
	AuthorName  string      `json:"author_name"`
	SharedAt    *time.Time  `json:"shared_at"` // null: only the office sees it
	UpdatedAt   *time.Time  `json:"updated_at"`
	Photos      []photoJSON `json:"photos"`
}

type photoJSON struct {
	api.File
	Shared bool `json:"shared"` // goes along when the log is shared
}

func shape(l Log) logJSON {
	photos := api.PageOf(l.Photos, "", func(p Photo) photoJSON { return photoJSON{api.FileOf(p.File), p.Shared} })
	return logJSON{ID: l.ID, Project: l.Project, Day: l.Day, Weather: string(l.Weather), Temperature: l.Temperature, OnSite: l.OnSite, Notes: l.Notes,
		Author: string(l.Author), AuthorName: l.AuthorName, SharedAt: api.Time(l.SharedAt), UpdatedAt: api.Time(l.UpdatedAt), Photos: photos.Items}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	list, err := a.service.List(r.Context(), r.Actor, r.PathValue("project"), organisation.ParseCursor(r.URL.Query().Get("after")))
	return web.Data(api.PageOf(list.Logs, list.Next.String(), shape)), err
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	entry, err := a.service.Get(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("log"))
	return web.Data(shape(entry.Log)), err
}
