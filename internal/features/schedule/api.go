package schedule

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1: the plan as the office works on it, and how far each of its tasks is.
type API struct {
	service *Service
	once    *api.Requests
}

// NewAPI makes it.
func NewAPI(service *Service, once *api.Requests) *API { return &API{service, once} }

// Routes adds the addresses.
func (a *API) Routes(t *route.Table) {
	t.Get("/api/v1/projects/{project}/tasks", access.APIWith(access.ScheduleRead), a.list)
	t.Post("/api/v1/projects/{project}/tasks/{task}/progress", access.APIWith(access.ScheduleWrite), a.reach)
}

type taskJSON struct {
	ID           string     `json:"id"`
	Kind         string     `json:"kind"` // "task", "milestone"
	Name         string     `json:"name"`
	Starts       string     `json:"starts"`
	Ends         string     `json:"ends"` // the last day of the work
	Progress     int        `json:"progress"`
	Who          string     `json:"who"`
	Note         string     `json:"note"`
	CustomerTask bool       `json:"customer_task"` // the customer's own, which they tick
	DoneAt       *time.Time `json:"done_at"`       // of the customer's own
	DoneName     string     `json:"done_name"`
	Follows      []string   `json:"follows"` // ids of what has to end before it begins
}

func shape(t Task) taskJSON {
	return taskJSON{ID: t.ID, Kind: string(t.Kind), Name: t.Name, Starts: string(t.Starts), Ends: string(t.Ends), Progress: t.Percent(), Who: t.Who, Note: t.Note,
		CustomerTask: t.Own, DoneAt: api.Time(t.DoneAt), DoneName: t.DoneName, Follows: append([]string{}, t.Follows...)}
}

// list gives the whole plan, which has 500 lines at most.
func (a *API) list(r *route.Request) (web.Reply, error) {
	plan, err := a.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	return web.Data(api.PageOf(plan.Tasks, "", shape)), err
}

// reach says how far a task is. With a key a late repetition does not undo what has been said since.
func (a *API) reach(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "progress")
	if err != nil {
		return web.Reply{}, err
	}
	percent, err := web.Whole(form.Line("progress"))
	if err != nil {
		form.Problem("progress", "Progress is between 0 and 100 percent.")
	}
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	project, task := r.PathValue("project"), r.PathValue("task")
	_, err = a.once.Once(r, api.Post{Permission: access.ScheduleWrite, Body: raw, ID: task}, func(ctx context.Context) (string, error) {
		return task, a.service.Reach(ctx, r.Actor, project, task, percent)
	})
	if err != nil {
		return web.Reply{}, err
	}
	return api.Changed(r, access.ScheduleRead, func() (any, error) {
		plan, err := a.service.Get(r.Context(), r.Actor, project)
		now, _ := byID(plan.Tasks, task)
		return shape(now), err
	})
}
