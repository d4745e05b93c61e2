package file

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// The protocol of these handlers is described in internal/ui/README.md, "Uploads".

const offsetHeader = "Upload-Offset"

func (s *Service) beginUpload(r *route.Request) (web.Reply, error) {
	if isForm(r.Request) {
		return s.uploadForm(r)
	}
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil {
		return told(r, fault.New(fault.Invalid, "This upload does not say how large it is."))
	}
	name, err := url.PathUnescape(r.Header.Get("X-File-Name"))
	if err != nil {
		return told(r, fault.New(fault.Invalid, "The file's name cannot be read."))
	}
	query := r.URL.Query()
	u, err := s.Begin(r.Context(), r.Actor, NewUpload{Kind: query.Get("kind"), On: query.Get("on"), Name: name, Size: size})
	if err != nil {
		return told(r, err)
	}
	return web.Reply{Status: http.StatusCreated}.WithHeader("Location", "/"+r.Organisation.Slug+"/uploads/"+u.ID).WithHeader(offsetHeader, "0"), nil
}

func (s *Service) tellOffset(r *route.Request) (web.Reply, error) {
	u, err := s.Upload(r.Context(), r.Actor, r.PathValue("upload"))
	if err != nil {
		return told(r, err)
	}
	offset, err := s.Offset(r.Context(), r.Actor.Org(), u)
	if err != nil {
		return told(r, err)
	}
	return web.Reply{}.WithHeader(offsetHeader, strconv.FormatInt(offset, 10)).WithHeader("Upload-Length", strconv.FormatInt(u.Size, 10)).
		WithHeader("Cache-Control", "no-store"), nil
}

func (s *Service) appendToUpload(r *route.Request) (web.Reply, error) {
	if r.Header.Get("Content-Type") != "application/offset+octet-stream" {
		return plain(r, "This is not a part of an upload.", http.StatusUnsupportedMediaType), nil
	}
	offset, err := strconv.ParseInt(r.Header.Get(offsetHeader), 10, 64)
	if err != nil || offset < 0 {
		return told(r, fault.New(fault.Invalid, "This part does not say where it belongs."))
	}
	body := patiently(r)
	defer body.idle.Stop()
	safe, err := s.Append(r.Context(), r.Actor, r.PathValue("upload"), offset, body)
	at := strconv.FormatInt(safe, 10)
	if err != nil {
		reply, err := told(r, err)
		return reply.WithHeader(offsetHeader, at), err
	}
	return web.Empty().WithHeader(offsetHeader, at), nil
}

// patient is a body whose connection has no time limit as a whole, but ends when nothing
// arrives for a while: a large file over a slow line takes as long as it takes.
type patient struct {
	body io.Reader
	idle *time.Timer
}

func patiently(r *route.Request) patient {
	control := http.NewResponseController(r.Stream())
	_ = control.SetReadDeadline(time.Time{}) // not every writer has a connection
	longAgo := time.Unix(1, 0)
	return patient{r.Body, time.AfterFunc(readPatience, func() { _ = control.SetReadDeadline(longAgo) })}
}

func (p patient) Read(buffer []byte) (int, error) {
	p.idle.Reset(readPatience)
	return p.body.Read(buffer)
}

func (s *Service) cancelUpload(r *route.Request) (web.Reply, error) {
	if err := s.Cancel(r.Context(), r.Actor, r.PathValue("upload")); err != nil {
		return told(r, err)
	}
	return web.Empty(), nil
}

// showUploaded answers the finished file as the list item that takes the place of the
// progress row, or as JSON.
func (s *Service) showUploaded(r *route.Request) (web.Reply, error) {
	u, err := s.Upload(r.Context(), r.Actor, r.PathValue("upload"))
	if err != nil {
		return told(r, err)
	}
	if !u.Finished { // complete but interrupted uploads are finished by a job within a minute
		return plain(r, "This file has not arrived yet.", http.StatusServiceUnavailable).WithHeader("Retry-After", "5"), nil
	}
	f, err := s.Uploaded(r.Context(), r.Actor, u.ID)
	if err != nil {
		return told(r, err)
	}
	if strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		return web.Data(map[string]any{"id": f.ID, "name": f.Name, "type": f.MediaType, "size": f.Size, "url": f.URL(r.Organisation.Slug)}), nil
	}
	return web.Page(uploadedRow(r.Organisation.Slug, f)), nil
}

// takePoster takes the picture that the uploader's browser has drawn of the file.
func (s *Service) takePoster(r *route.Request) (web.Reply, error) {
	if _, err := s.Upload(r.Context(), r.Actor, r.PathValue("upload")); err != nil { // whose it is, before what was sent
		return told(r, err)
	}
	if r.Header.Get("Content-Type") != "image/jpeg" {
		return plain(r, "This is not a picture that a preview can be made of.", http.StatusUnsupportedMediaType), nil
	}
	body := patiently(r)
	defer body.idle.Stop()
	if err := s.TakePoster(r.Context(), r.Actor, r.PathValue("upload"), body); err != nil {
		return told(r, err)
	}
	return web.Empty(), nil
}

// told answers a fault as one line of text, which the script shows beside the file. What is
// not a fault is the renderer's.
func told(r *route.Request, err error) (web.Reply, error) {
	f := fault.As(err)
	if f == nil || f.Kind == fault.Unauthenticated {
		return web.Reply{}, err
	}
	return plain(r, f.Message, route.Status(f.Kind)), nil
}

func plain(r *route.Request, english string, status int) web.Reply {
	text := i18n.T(r.Context(), english)
	line := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	return web.Page(line).WithStatus(status).WithHeader("Content-Type", "text/plain; charset=utf-8")
}
