package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

const bodyLimit = 1 << 20

// Page is one page of a list. Next is the value of ?after= for the following one, empty on
// the last.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// PageOf shows a list item by item. An empty list is [], never null.
func PageOf[T, J any](list []T, next string, shape func(T) J) Page[J] {
	page := Page[J]{Items: make([]J, 0, len(list)), Next: next}
	for _, one := range list {
		page.Items = append(page.Items, shape(one))
	}
	return page
}

// Time is an instant as the API writes it, or null.
func Time(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	utc := at.UTC()
	return &utc
}

// Created answers 201 with what was made and where it is.
func Created(value any, location string) web.Reply {
	return web.Data(value).WithStatus(http.StatusCreated).WithHeader("Location", location)
}

// Read reads a body that is one flat JSON object with texts and true or false, as a form
// with the named fields, so that the API checks what it gets as the pages do. Faults:
// Invalid, with unknown fields by name; TooLarge.
func Read(r *route.Request, fields ...string) (*web.Form, []byte, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, nil, fault.New(fault.Invalid, "Send JSON, with Content-Type: application/json.")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(r.Stream(), r.Body, bodyLimit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, nil, fault.New(fault.TooLarge, "A body can have 1 MB.")
	}
	if err != nil {
		return nil, nil, fault.Wrap(fault.Invalid, "The body could not be read.", err)
	}
	values, err := flat(raw, fields)
	return &web.Form{Values: values}, raw, err
}

func flat(raw []byte, fields []string) (url.Values, error) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&object); err != nil || object == nil || decoder.More() {
		return nil, fault.New(fault.Invalid, "The body must be one JSON object.")
	}
	values, problems := url.Values{}, fault.Problems{}
	for name, value := range object {
		text, fits := textOf(value)
		switch {
		case !slices.Contains(fields, name):
			problems.Add(name, "There is no such field.")
		case !fits:
			problems.Add(name, "This must be a text, or true or false.")
		default:
			values.Set(name, text)
		}
	}
	return values, problems.Err()
}

func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		if v {
			return "1", true
		}
		return "", true
	}
	return "", false
}

// Made answers 201 with what a request made, or with its id alone when the token may write
// and not read.
func Made(r *route.Request, location, made string, permission access.Permission, load func() (any, error)) (web.Reply, error) {
	if !r.Actor.May(permission) {
		return Created(struct {
			ID string `json:"id"`
		}{made}, location), nil
	}
	value, err := load()
	return Created(value, location), err
}

// Changed answers with what a request changed, or 204 when the token may write and not read.
func Changed(r *route.Request, permission access.Permission, load func() (any, error)) (web.Reply, error) {
	if !r.Actor.May(permission) {
		return web.Empty(), nil
	}
	value, err := load()
	return web.Data(value), err
}

// File is a file beside what it hangs on; /api/v1/files/ID says more of it.
type File struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
}

// FileOf shows a file.
func FileOf(f file.File) File { return File{f.ID, f.Name, f.MediaType, f.Size} }

// FilesOf shows the files of a thing. None are [], never null.
func FilesOf(files []file.File) []File { return PageOf(files, "", FileOf).Items }
