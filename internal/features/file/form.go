package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Receive keeps what comes in one piece, as from the form of a browser without script. It is an upload like any other, with
// one part; n.Size is how large it is at most. Faults as of Begin and Append.
func (s *Service) Receive(ctx context.Context, actor access.Actor, n NewUpload, body io.Reader) (File, error) {
	u, err := s.Begin(ctx, actor, n)
	if err != nil {
		return File{}, err
	}
	if err := s.receive(ctx, actor, &u, body); err != nil {
		ctx := context.WithoutCancel(ctx)
		return File{}, errors.Join(err, s.drop(ctx, actor, u), s.blobs.DropUpload(ctx, u.ID))
	}
	if err := s.finish(context.WithoutCancel(ctx), actor, u); err != nil {
		return File{}, err
	}
	return s.Uploaded(ctx, actor, u.ID)
}

// receive stores the bytes, and gives back what was reserved for more.
func (s *Service) receive(ctx context.Context, actor access.Actor, u *Upload, body io.Reader) error {
	size, err := s.blobs.PutPart(ctx, u.ID, 0, io.LimitReader(body, u.Size))
	switch {
	case err != nil && fault.As(err) == nil:
		return fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
	case err != nil:
		return err
	case size == 0:
		return fault.New(fault.Invalid, "This file is empty.")
	case size < u.Size:
		return s.settleSize(ctx, actor, u, size)
	}
	if more, _ := io.CopyN(io.Discard, body, 1); more > 0 {
		return tooLarge()
	}
	return nil
}

func (s *Service) settleSize(ctx context.Context, actor access.Actor, u *Upload, size int64) error {
	over := u.Size - size
	err := s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		changed, err := tx.OnBehalfOf("file: keep what was uploaded").Exec(settleUpload, guard.Args{"id": u.ID, "size": size})
		if err != nil {
			return fmt.Errorf("settle the size of an upload: %w", err)
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "This upload is not here any more. Please begin it again.")
		}
		return s.giveBack(tx, over)
	})
	if err == nil {
		u.Size = size
	}
	return err
}

// FormPlace says, from what stands in a form before its files, on which thing they hang.
type FormPlace func(form *web.Form) (kind, on string)

// Form reads a form together with the files that came in it: what a browser without script sends. Each file becomes one of
// the actor's uploads at the place, and its id a value of "file", as when a script has uploaded it before. What was refused
// is a problem of the field "files", in the reader's language. All other forms are read as they always are.
func (s *Service) Form(r *route.Request, place FormPlace) (*web.Form, error) {
	return s.FormOf(r, web.OrdinarySize, place)
}

// FormOf is Form for one that may be larger than others.
func (s *Service) FormOf(r *route.Request, size web.FormSize, place FormPlace) (*web.Form, error) {
	if !isForm(r.Request) {
		return r.FormOf(size)
	}
	body := &formBody{patient: patiently(r)}
	defer body.idle.Stop()
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, unreadable(err)
	}
	reading := formReading{s, r, place, body, &web.Form{Values: url.Values{}}, size.Bytes}
	for range size.Fields {
		part, err := parts.NextPart()
		if err == io.EOF {
			return reading.form, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if err := reading.take(part); err != nil {
			return nil, err
		}
	}
	return nil, fault.New(fault.TooLarge, "This form has too many fields.")
}

func unreadable(err error) error {
	return fault.Wrap(fault.Invalid, "The form could not be read. Please try again.", err)
}

// formBody tells how much of a body has been read.
type formBody struct {
	patient
	read int64
}

func (c *formBody) Read(buffer []byte) (int, error) {
	n, err := c.patient.Read(buffer)
	c.read += int64(n)
	return n, err
}

func (c *formBody) Close() error { return nil } // the server closes what it has opened

// formReading is a form of which a part has been read.
type formReading struct {
	files *Service
	r     *route.Request
	place FormPlace
	body  *formBody
	form  *web.Form
	left  int64 // bytes that its fields may still have
}

func (f *formReading) take(part *multipart.Part) error {
	_, said, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if _, isFile := said["filename"]; isFile {
		return f.takeFile(part)
	}
	value, err := io.ReadAll(io.LimitReader(part, f.left+1))
	if err != nil {
		return unreadable(err)
	}
	if f.left -= int64(len(value)); f.left < 0 {
		return fault.New(fault.TooLarge, "This is more than a form can carry. Please send large files with the upload button.")
	}
	f.form.Values.Add(part.FormName(), string(value))
	return nil
}

// takeFile uploads one file. A field in which none was chosen is nothing.
func (f *formReading) takeFile(part *multipart.Part) error {
	if part.FileName() == "" {
		return nil
	}
	kind, on := f.place(f.form)
	kept, err := f.files.Receive(f.r.Context(), f.r.Actor, NewUpload{Kind: kind, On: on, Name: part.FileName(), Size: f.atMost()}, part)
	refusal := fault.As(err)
	switch {
	case err == nil:
		f.form.Values.Add("file", kept.ID)
	case refusal == nil || refusal.Kind == fault.NotFound || refusal.Kind == fault.Denied || refusal.Kind == fault.Unauthenticated:
		return err
	default:
		ctx := f.r.Context()
		f.form.Problem("files", i18n.T(ctx, "{name}: {problem}", "name", cleanName(part.FileName()), "problem", i18n.T(ctx, refusal.Message)))
	}
	return nil
}

// atMost is how large the next file can be: what is left of the body, and what was read ahead of it. Zero is not known.
func (f *formReading) atMost() int64 {
	const readAhead = 64 << 10
	if f.r.ContentLength <= 0 {
		return MaxFile
	}
	return min(f.r.ContentLength, f.r.ContentLength-f.body.read+readAhead, MaxFile)
}

// uploadForm takes files from a form that has nothing else, and leads back to the page that it stood on.
func (s *Service) uploadForm(r *route.Request) (web.Reply, error) {
	query := r.URL.Query()
	form, err := s.Form(r, func(form *web.Form) (string, string) {
		return query.Get("kind"), cmp.Or(form.Line("on"), query.Get("on"))
	})
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Redirect(pageBefore(r))
	if s.say == nil {
		return reply, nil
	}
	return s.say(reply, received(r.Context(), len(form.All("file")), fault.As(form.Err()))), nil
}

// received says how many files have come, and what was wrong with the others.
func received(ctx context.Context, count int, wrong *fault.Fault) string {
	var sentences []string
	if wrong != nil {
		for _, field := range wrong.Fields {
			sentences = append(sentences, field.Message)
		}
	}
	switch {
	case count > 0:
		sentences = append(sentences, i18n.N(ctx, count, "{n} file was added.", "{n} files were added."))
	case len(sentences) == 0:
		sentences = append(sentences, i18n.T(ctx, "Choose at least one file."))
	}
	return strings.Join(sentences, " ")
}

// pageBefore is the page of this portal that a form was sent from; without one its first.
func pageBefore(r *route.Request) string {
	portal := "/" + r.Organisation.Slug
	before, err := url.Parse(r.Referer())
	if err != nil || before.Host != r.Host || !strings.HasPrefix(before.Path, portal+"/") {
		return portal
	}
	return before.RequestURI()
}

// Say has a sentence shown on the page that a reply leads to.
type Say func(reply web.Reply, sentence string) web.Reply

// UseSay tells how sentences are said. app calls it while the program is put together.
func (s *Service) UseSay(say Say) { s.say = say }

func isForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}
