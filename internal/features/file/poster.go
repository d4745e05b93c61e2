package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// A decoder for phone photos and film would cost the program a quarter of its size, and the browser that uploads them has
// one: it draws the picture, and sends it once the file has arrived. It is an untrusted picture like any other. What is
// kept of it is pixels alone, made anew in the sizes of all previews.

const (
	maxPoster  = 2 << 20          // bytes of the picture that a browser sends
	posterLife = 15 * time.Minute // after the file arrived
)

// drawnByBrowsers reports whether the server has no decoder for a type of which a browser may send a picture.
func drawnByBrowsers(mediaType string) bool {
	return strings.HasPrefix(mediaType, "image/hei") || mediaType == "image/avif" || strings.HasPrefix(mediaType, "video/") && inline[mediaType]
}

// TakePoster keeps the picture that the uploader's browser has drawn of a file which the server cannot draw, as its
// preview. It is taken from whoever uploaded the file, for that upload, once, and while the file lies where it was put.
// Faults: NotFound for anybody else's upload, Conflict for a second picture or one that comes too late, Invalid for other
// files and for what is no picture of that size, TooLarge.
func (s *Service) TakePoster(ctx context.Context, actor access.Actor, uploadID string, content io.Reader) error {
	u, err := s.Upload(ctx, actor, uploadID)
	if err != nil {
		return err
	}
	sent, err := io.ReadAll(io.LimitReader(content, maxPoster+1))
	switch {
	case err != nil:
		return fault.Wrap(fault.Invalid, "The picture did not arrive whole.", err)
	case len(sent) > maxPoster:
		return fault.New(fault.TooLarge, "This picture is too large for a preview.")
	}
	select {
	case s.pictures <- struct{}{}:
		defer func() { <-s.pictures }()
	case <-ctx.Done():
		return ctx.Err()
	}
	f, err := s.awaitsPoster(ctx, actor, u)
	if err != nil {
		return err
	}
	picture, err := readPoster(sent)
	if err != nil {
		return err
	}
	return s.keepPoster(ctx, actor, f, picture)
}

// awaitsPoster gives the file of an upload, when a picture of it is still wanted.
func (s *Service) awaitsPoster(ctx context.Context, actor access.Actor, u Upload) (f File, err error) {
	if !u.Finished {
		return File{}, fault.New(fault.Conflict, "This file has not arrived yet.")
	}
	err = s.store.View(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		hang, err := s.hang(tx, u.Kind, u.On) // the right may have ended meanwhile
		if err != nil {
			return err
		}
		if f, err = loadOne(tx, pick(tx, anyStateForOffice, anyStateForCustomer), u.ID); err != nil {
			return err
		}
		switch {
		case !drawnByBrowsers(f.MediaType):
			return fault.New(fault.Invalid, "The portal makes the preview of this file itself.")
		case f.HasPreview, f.Hang.Kind != hang.Kind, f.Hang.On != hang.On, tx.Now().Sub(f.AddedAt) > posterLife:
			return posterTooLate()
		}
		return nil
	})
	return f, err
}

func posterTooLate() *fault.Fault {
	return fault.New(fault.Conflict, "It is too late for a preview of this file.")
}

// readPoster takes only a JPEG, and looks at its size before it decodes anything.
func readPoster(sent []byte) (image.Image, error) {
	refused := fault.New(fault.Invalid, "This is not a picture that a preview can be made of.")
	found, err := examine(bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	if found.mediaType != "image/jpeg" || !found.drawable || found.width > previewSide || found.height > previewSide {
		return nil, refused
	}
	picture, err := jpeg.Decode(bytes.NewReader(sent))
	if err != nil {
		return nil, refused
	}
	return shrink(picture, previewSide, found.turn), nil
}

func (s *Service) keepPoster(ctx context.Context, actor access.Actor, f File, picture image.Image) error {
	key := previewKey(f.blob)
	err := errors.Join(s.keepPicture(ctx, key, picture, 82), s.keepPicture(ctx, thumbKey(key), shrink(picture, thumbSide, 1), 78))
	if err != nil {
		return err
	}
	size := picture.Bounds().Size()
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		kept, err := tx.Exec(keepPoster, guard.Args{"id": f.ID, "preview": key, "width": size.X, "height": size.Y, "kind": f.Hang.Kind, "on": f.Hang.On})
		if err != nil {
			return fmt.Errorf("keep the preview: %w", err)
		}
		if kept == 0 {
			return posterTooLate()
		}
		if f.Hang.Project != "" {
			tx.Announce("project:"+f.Hang.Project, f.Hang.Visibility != Shared)
		}
		return nil
	})
}
