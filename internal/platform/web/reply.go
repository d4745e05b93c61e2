// Package web turns what handlers return into HTTP answers: pages, fragments, redirects,
// JSON and files, with the headers that every answer carries. Nothing else in the program
// writes to a http.ResponseWriter.
package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"
)

// Reply is one answer. Exactly one of Component, JSON, Content, Stream or Location is set, or
// none for an empty answer.
type Reply struct {
	Status    int // 0: 200, or 303 with a Location
	Component templ.Component
	JSON      any
	Location  string
	Content   io.ReadSeekCloser // sent with ranges; closed afterwards
	MediaType string
	FileName  string // with Content: the name to save it under
	Inline    bool   // with Content: may be shown instead of saved; only for types that cannot run
	Modified  time.Time
	// Stream writes the answer piece by piece, as live events and archives, or takes the connection for itself; MediaType is
	// its type. What it returns is logged.
	Stream  func(http.ResponseWriter) error
	Cookies []*http.Cookie
	Header  http.Header
}

// Page answers with a whole page or a fragment of one.
func Page(component templ.Component) Reply { return Reply{Component: component} }

// Redirect answers 303: the browser GETs the location.
func Redirect(location string) Reply { return Reply{Location: location} }

// Data answers with JSON.
func Data(value any) Reply { return Reply{JSON: value} }

// Empty answers 204.
func Empty() Reply { return Reply{Status: http.StatusNoContent} }

// WithStatus is the reply with another status.
func (r Reply) WithStatus(status int) Reply { r.Status = status; return r }

// WithCookie is the reply with one more cookie.
func (r Reply) WithCookie(c *http.Cookie) Reply { r.Cookies = append(r.Cookies, c); return r }

// WithHeader is the reply with one more header.
func (r Reply) WithHeader(name, value string) Reply {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set(name, value)
	r.Header = header
	return r
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Send writes the reply. A page is rendered whole before its first byte leaves, so that
// an error in a template is a clean 500.
func (r Reply) Send(ctx context.Context, w http.ResponseWriter, request *http.Request) error {
	for _, c := range r.Cookies {
		http.SetCookie(w, c)
	}
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	switch {
	case r.Location != "":
		w.Header().Set("Location", r.Location)
		w.WriteHeader(orElse(r.Status, http.StatusSeeOther))
		return nil
	case r.Stream != nil:
		setDefault(w.Header(), "Content-Type", r.MediaType)
		setDefault(w.Header(), "Cache-Control", "no-store")
		return r.Stream(w)
	case r.Content != nil:
		return r.sendContent(w, request)
	case r.Component != nil:
		return r.sendPage(ctx, w)
	case r.JSON != nil:
		return r.sendJSON(w)
	}
	w.WriteHeader(orElse(r.Status, http.StatusOK))
	return nil
}

func (r Reply) sendPage(ctx context.Context, w http.ResponseWriter) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer func() { buffer.Reset(); buffers.Put(buffer) }()
	if err := r.Component.Render(ctx, buffer); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	setDefault(w.Header(), "Content-Type", "text/html; charset=utf-8")
	setDefault(w.Header(), "Cache-Control", "no-store")
	w.WriteHeader(orElse(r.Status, http.StatusOK))
	_, err := w.Write(buffer.Bytes())
	return ignoreGone(err)
}

func (r Reply) sendJSON(w http.ResponseWriter) error {
	raw, err := json.Marshal(r.JSON)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	setDefault(w.Header(), "Content-Type", "application/json")
	setDefault(w.Header(), "Cache-Control", "no-store")
	w.WriteHeader(orElse(r.Status, http.StatusOK))
	_, err = w.Write(raw)
	return ignoreGone(err)
}

// sendContent sends bytes that somebody uploaded or that Lintel made. Unless Inline is
// set they can only be saved, and in any case nothing in them can run on our origin.
func (r Reply) sendContent(w http.ResponseWriter, request *http.Request) error {
	defer r.Content.Close()
	header := w.Header()
	header.Set("Content-Type", r.MediaType)
	setDefault(header, "Cache-Control", "private, no-cache")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox")
	disposition := "attachment"
	if r.Inline {
		disposition = "inline"
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; object-src 'self'")
	}
	if r.FileName != "" {
		header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": r.FileName}))
	} else {
		header.Set("Content-Disposition", disposition)
	}
	http.ServeContent(w, request, "", r.Modified, r.Content)
	return nil
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

func orElse(status, other int) int {
	if status == 0 {
		return other
	}
	return status
}

// ignoreGone forgets errors of clients that went away: nobody is left to tell.
func ignoreGone(error) error { return nil }

// RetryAfter is the header value for a wait.
func RetryAfter(wait time.Duration) string { return strconv.Itoa(int(wait.Seconds()) + 1) }
