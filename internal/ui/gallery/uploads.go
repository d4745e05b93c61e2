package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"lintel/internal/ui"
)

// uploads speaks the upload protocol of ui/README.md in memory, for trying <upload-zone>.
type uploads struct {
	mu    sync.Mutex
	files map[string]*upload
}

type upload struct {
	name string
	size int64
	body bytes.Buffer
}

func newUploads() *uploads { return &uploads{files: map[string]*upload{}} }

func (u *uploads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if r.Method == http.MethodPost {
		u.create(w, r)
		return
	}
	file, ok := u.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodHead:
		w.Header().Set("Upload-Offset", strconv.Itoa(file.body.Len()))
	case http.MethodPatch:
		file.add(w, r)
	case http.MethodDelete:
		delete(u.files, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		row := ui.FileRow(ui.FileProps{Name: file.name, Line: strconv.FormatInt(file.size, 10) + " bytes", Field: "file", Value: r.URL.Path})
		render(context.WithoutCancel(r.Context()), w, row)
	}
}

func (u *uploads) create(w http.ResponseWriter, r *http.Request) {
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil {
		http.Error(w, "Upload-Length is missing", http.StatusBadRequest)
		return
	}
	name, err := url.PathUnescape(r.Header.Get("X-File-Name"))
	if err != nil || strings.HasSuffix(name, ".exe") {
		http.Error(w, "Programs are not taken. Send photos, PDFs or video.", http.StatusUnsupportedMediaType)
		return
	}
	path := "/files/" + strconv.Itoa(len(u.files)+1)
	u.files[path] = &upload{name: name, size: size}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusCreated)
}

func (f *upload) add(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upload-Offset") != strconv.Itoa(f.body.Len()) {
		w.WriteHeader(http.StatusConflict)
		return
	}
	if _, err := io.Copy(&f.body, r.Body); err != nil {
		return // the connection broke; what arrived is kept
	}
	w.Header().Set("Upload-Offset", strconv.Itoa(f.body.Len()))
	w.WriteHeader(http.StatusNoContent)
}
