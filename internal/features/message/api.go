package message

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/platform/id"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1: the conversations of projects and on proposals.
type API struct {
	service *Service
	once    *api.Requests
}

// NewAPI makes it.
func NewAPI(service *Service, once *api.Requests) *API { return &API{service: service, once: once} }

// Routes adds the addresses.
func (a *API) Routes(t *route.Table) {
	for _, on := range []string{"/api/v1/proposals/{proposal}/messages", "/api/v1/projects/{project}/messages"} {
		t.Get(on, access.APIWith(access.MessagesRead), a.list)
		t.Post(on, access.APIWith(access.MessagesWrite), a.post)
	}
}

type messageJSON struct {
	ID         string     `json:"id"`
	Parent     string     `json:"parent"` // the message that it answers
	Author     string     `json:"author"`
	AuthorKind string     `json:"author_kind"` // "staff", "customer"
	AuthorName string     `json:"author_name"`
	Text       string     `json:"text"`
	Internal   bool       `json:"internal"` // only the office sees it
	Removed    bool       `json:"removed"`  // its author took it back; the text is gone
	PostedAt   *time.Time `json:"posted_at"`
	EditedAt   *time.Time `json:"edited_at"`
	Files      []api.File `json:"files"`
}

func shape(m Message) messageJSON {
	body := messageJSON{ID: m.ID, Parent: m.Parent, Author: string(m.Author), AuthorKind: string(m.AuthorKind), AuthorName: m.AuthorName, Text: m.Body, Internal: m.Internal, Removed: m.Removed(),
		PostedAt: api.Time(m.PostedAt), EditedAt: api.Time(m.EditedAt), Files: api.FilesOf(m.Files)}
	if m.Removed() {
		body.Text = ""
	}
	return body
}

func threadIn(r *route.Request) Thread {
	if project := r.PathValue("project"); project != "" {
		return Thread{Kind: "project", ID: project}
	}
	return Thread{Kind: "proposal", ID: r.PathValue("proposal")}
}

// list gives the newest messages, the oldest of them first.
func (a *API) list(r *route.Request) (web.Reply, error) {
	list, err := a.service.Messages(r.Context(), r.Actor, threadIn(r))
	return web.Data(api.PageOf(list, "", shape)), err
}

func (a *API) post(r *route.Request) (web.Reply, error) {
	form, raw, err := api.Read(r, "text", "internal", "parent")
	if err != nil {
		return web.Reply{}, err
	}
	draft := Draft{ID: id.New(), Body: form.Text("text"), Internal: form.Checked("internal"), Parent: form.Text("parent")}
	if err := form.Err(); err != nil {
		return web.Reply{}, err
	}
	made, err := a.once.Once(r, api.Post{Permission: access.MessagesWrite, Body: raw, ID: draft.ID}, func(ctx context.Context) (string, error) {
		m, err := a.service.Post(ctx, r.Actor, threadIn(r), draft)
		return m.ID, err
	})
	if err != nil {
		return web.Reply{}, err
	}
	return api.Made(r, r.URL.Path, made, access.MessagesRead, func() (any, error) { return a.load(r, made) })
}

func (a *API) load(r *route.Request, made string) (any, error) {
	list, err := a.service.Messages(r.Context(), r.Actor, threadIn(r))
	for _, m := range list {
		if m.ID == made {
			return shape(m), nil
		}
	}
	return map[string]string{"id": made}, err
}
