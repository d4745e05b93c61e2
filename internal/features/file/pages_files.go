package file

import (
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/web"
)

// Routes adds the addresses of files and uploads. Files are shared by office and customers:
// whom the actor sees is decided by the statement, on every request.
func (s *Service) Routes(t *route.Table) {
	read, write := access.EitherWith(access.FilesRead), access.EitherWith(access.FilesWrite)
	t.Get("/{org}/files/{file}", read, s.Send)
	t.Get("/{org}/files/{file}/preview", read, func(r *route.Request) (web.Reply, error) { return s.sendPreview(r, false) })
	t.Get("/{org}/files/{file}/thumb", read, func(r *route.Request) (web.Reply, error) { return s.sendPreview(r, true) })
	t.Post("/{org}/uploads", write, s.beginUpload)
	t.Method("HEAD", "/{org}/uploads/{upload}", write, s.tellOffset)
	t.Method("PATCH", "/{org}/uploads/{upload}", write, s.appendToUpload)
	t.Method("DELETE", "/{org}/uploads/{upload}", write, s.cancelUpload)
	t.Get("/{org}/uploads/{upload}", write, s.showUploaded)
	t.Post("/{org}/uploads/{upload}/preview", write, s.takePoster)
}

// Send sends the original of the file that the address names, here and in the API: to be saved, or shown when it was asked for and nothing in
// that type can run. Pictures are shown, and given to others than the office and whoever
// brought them, without the camera's notes. Every request asks the database again, so that what was revoked is
// gone with the next one; the ETag spares the bytes.
func (s *Service) Send(r *route.Request) (web.Reply, error) {
	shown := r.URL.Query().Has("show")
	f, content, plain, err := s.OpenPlain(r.Context(), r.Actor, r.PathValue("file"), shown)
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Reply{Content: content, MediaType: contentType(f), FileName: f.Name, Modified: f.AddedAt, Inline: f.Showable() && shown}
	if plain {
		return cached(reply, f.SHA256+"-plain"), nil
	}
	return cached(reply, f.SHA256), nil
}

// contentType is what the browser is told. Types that could run when a browser believed
// them are sent as bytes.
func contentType(f File) string {
	switch {
	case f.Showable():
		return f.MediaType
	case f.MediaType == "text/plain", f.MediaType == "text/csv":
		return f.MediaType + "; charset=utf-8"
	}
	return unknownType
}

func (s *Service) sendPreview(r *route.Request, thumb bool) (web.Reply, error) {
	f, object, made, err := s.OpenPreview(r.Context(), r.Actor, r.PathValue("file"), thumb)
	if err != nil {
		return web.Reply{}, err
	}
	reply := web.Reply{Content: object, MediaType: "image/jpeg", Modified: f.AddedAt, Inline: true}
	if !made {
		reply.MediaType = f.MediaType
		return reply.WithHeader("Cache-Control", "private, no-store"), nil
	}
	mark := "-preview"
	if thumb {
		mark = "-thumb"
	}
	return cached(reply, f.SHA256+mark), nil
}

func cached(reply web.Reply, mark string) web.Reply {
	return reply.WithHeader("ETag", `"`+mark+`"`).WithHeader("Cache-Control", "private, no-cache")
}
