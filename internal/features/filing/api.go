package filing

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/api"
	"lintel/internal/features/file"
	"lintel/internal/platform/web"
)

// API is this feature's part of /api/v1: the files of projects, which are read there. They are added in pieces, by browsers.
type API struct {
	service *Service
}

// NewAPI makes it.
func NewAPI(service *Service) *API { return &API{service} }

// Routes adds the addresses. The bytes are sent as the pages send them.
func (a *API) Routes(t *route.Table) {
	read := access.APIWith(access.FilesRead)
	t.Get("/api/v1/projects/{project}/files", read, a.list)
	t.Get("/api/v1/files/{file}", read, a.get)
	t.Get("/api/v1/files/{file}/content", read, a.service.files.Send)
}

type fileJSON struct {
	api.File
	SHA256      string     `json:"sha256"`
	Caption     string     `json:"caption"`
	Project     string     `json:"project"`
	Folder      string     `json:"folder"`
	FolderName  string     `json:"folder_name"`
	Visibility  string     `json:"visibility"` // "office", "shared"
	OfKind      string     `json:"of_kind"`    // "project"; or "message", "proposal" and the like, with which it came
	Of          string     `json:"of"`
	Version     int        `json:"version"`
	Waiting     bool       `json:"waiting"`  // is being checked for viruses; there is no content yet
	AddedBy     string     `json:"added_by"` // empty: Lintel made it
	AddedByName string     `json:"added_by_name"`
	AddedAt     *time.Time `json:"added_at"`
	TakenAt     *time.Time `json:"taken_at"`
	Versions    []fileJSON `json:"versions,omitempty"` // of one file that has several, the newest first
}

func shape(f file.File, project, folderName string) fileJSON {
	return fileJSON{File: api.FileOf(f), SHA256: f.SHA256, Caption: f.Caption, Project: project, Folder: f.Hang.Folder, FolderName: folderName, Visibility: f.Hang.Visibility,
		OfKind: f.Hang.Kind, Of: f.Hang.On, Version: f.Version, Waiting: f.Waiting, AddedBy: string(f.UploadedBy), AddedByName: f.UploaderName,
		AddedAt: api.Time(f.AddedAt), TakenAt: api.Time(f.TakenAt)}
}

func (a *API) list(r *route.Request) (web.Reply, error) {
	shelf, err := a.service.All(r.Context(), r.Actor, r.PathValue("project"), placeIn(r.URL.Query().Get("after")))
	if err != nil {
		return web.Reply{}, err
	}
	names := map[string]string{}
	for _, folder := range shelf.Folders {
		names[folder.ID] = folder.Name
	}
	return web.Data(api.PageOf(shelf.Files, cursor(shelf.Next), func(f file.File) fileJSON { return shape(f, shelf.Project.ID, names[f.Hang.Folder]) })), nil
}

func (a *API) get(r *route.Request) (web.Reply, error) {
	sheet, err := a.service.Sheet(r.Context(), r.Actor, r.PathValue("file"))
	if err != nil {
		return web.Reply{}, err
	}
	folder := ""
	if sheet.Folder != nil {
		folder = sheet.Folder.Name
	}
	body := shape(sheet.File, sheet.Project.ID, folder)
	for _, version := range sheet.Versions {
		body.Versions = append(body.Versions, shape(version, sheet.Project.ID, folder))
	}
	return web.Data(body), nil
}
