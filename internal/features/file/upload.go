package file

import (
	"context"
	"fmt"
	"io"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Upload is a file on its way. The file will have the same id.
type Upload struct {
	ID       string
	Name     string
	Size     int64
	Kind, On string
	Finished bool
	person   access.PersonID
}

// NewUpload is what a browser announces. The type that it claims is not asked for: the
// bytes tell it.
type NewUpload struct {
	Kind, On string
	Name     string
	Size     int64
}

// Begin prepares an upload for a thing that the actor may hang files on. Faults: NotFound
// for other things, TooLarge for the file or the organisation's space, TooMany, Invalid.
func (s *Service) Begin(ctx context.Context, actor access.Actor, n NewUpload) (Upload, error) {
	switch {
	case n.Size > MaxFile:
		return Upload{}, tooLarge()
	case n.Size <= 0:
		return Upload{}, fault.New(fault.Invalid, "This file is empty.")
	}
	u := Upload{ID: id.New(), Name: cleanName(n.Name), Size: n.Size, Kind: n.Kind, On: n.On, person: actor.Person()}
	err := s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		if _, err := s.hang(tx, u.Kind, u.On); err != nil {
			return err
		}
		underway, announced := 0, int64(0)
		if err := tx.One(countUploads, nil, &underway, &announced); err != nil {
			return err
		}
		if underway >= maxUnderway || underway > 0 && announced+u.Size > mostAnnounced {
			return fault.New(fault.TooMany, "Too many files are on their way at once. Please wait until some have arrived.")
		}
		if err := s.reserve(tx, u.Size); err != nil {
			return err
		}
		_, err := tx.Exec(insertUpload, guard.Args{"id": u.ID, "name": u.Name, "media_type": "", "size": u.Size, "kind": u.Kind, "on": u.On,
			"expires": tx.Now().Add(uploadLife)})
		return err
	})
	return u, err
}

// hang asks the feature that owns the thing.
func (s *Service) hang(tx *guard.Tx, kind, on string) (Hang, error) {
	hanger := s.hangers[kind]
	if hanger == nil || on == "" {
		return Hang{}, fault.New(fault.NotFound, "There is nothing here that takes files.")
	}
	return hanger(tx, on)
}

// Upload gives the actor's own upload; NotFound for anybody else's and for expired ones.
func (s *Service) Upload(ctx context.Context, actor access.Actor, uploadID string) (u Upload, err error) {
	finishedAs := ""
	err = s.store.View(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		return tx.One(uploadByID, guard.Args{"id": uploadID}, &u.ID, &u.person, &u.Name, &u.Size, &u.Kind, &u.On, &finishedAs)
	})
	u.Finished = finishedAs != ""
	return u, err
}

// Offset tells how many bytes of an upload are safe.
func (s *Service) Offset(ctx context.Context, org access.OrgID, u Upload) (int64, error) {
	if u.Finished {
		return u.Size, nil
	}
	offset, err := s.blobs.UploadOffset(ctx, u.ID)
	if !fault.Is(err, fault.NotFound) {
		return offset, err
	}
	if info, err := s.blobs.Stat(ctx, originalKey(string(org), u.ID)); err == nil {
		return info.Size, nil // all bytes are there, the row is not yet
	}
	return 0, nil
}

// Append adds bytes to the actor's own upload and makes the file when the last has arrived.
// It answers with the offset up to which bytes are safe, beside an error too: what came
// before a broken connection is kept. Faults: Conflict for a wrong offset, Invalid for a
// picture that is a trap (the upload is then gone), NotFound.
func (s *Service) Append(ctx context.Context, actor access.Actor, uploadID string, offset int64, body io.Reader) (int64, error) {
	u, err := s.Upload(ctx, actor, uploadID)
	if err != nil {
		return 0, err
	}
	safe, err := s.Offset(ctx, actor.Org(), u)
	if err != nil {
		return 0, err
	}
	if offset != safe {
		return safe, fault.New(fault.Conflict, "The upload goes on at another place.")
	}
	if safe < u.Size {
		safe, err = s.blobs.PutPart(ctx, u.ID, offset, io.LimitReader(body, u.Size-offset))
		if fault.Is(err, fault.Conflict) {
			safe, _ = s.Offset(ctx, actor.Org(), u)
		}
		if err != nil {
			return safe, err
		}
	}
	if safe < u.Size || u.Finished {
		return safe, nil
	}
	// The bytes are here; that the browser went away must not stop the row.
	return safe, s.finish(context.WithoutCancel(ctx), actor, u)
}

// finish makes a complete upload a file. It converges: done twice, or after a crash between
// its steps, it gives the same file.
func (s *Service) finish(ctx context.Context, actor access.Actor, u Upload) error {
	key := originalKey(string(actor.Org()), u.ID)
	stored, err := s.blobs.FinishUpload(ctx, u.ID, key)
	if err != nil {
		return fmt.Errorf("finish upload: %w", err)
	}
	found, err := s.examineBlob(ctx, key)
	if fault.Is(err, fault.Invalid) {
		return s.refuse(ctx, actor, u, key, err)
	}
	if err != nil {
		return fmt.Errorf("look at the uploaded file: %w", err)
	}
	bytes := Bytes{id: u.ID, name: u.Name, sha256: stored.SHA256, size: stored.Size, key: key, looks: found}
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		hang, err := s.hang(tx, u.Kind, u.On) // again: the right may have ended meanwhile
		if err != nil {
			return err
		}
		finished, err := tx.OnBehalfOf("file: keep what was uploaded").Exec(finishUpload, guard.Args{"id": u.ID})
		if err != nil || finished == 0 {
			return err // 0: another request was faster
		}
		f := bytes.file(hang)
		f.UploadedBy, f.UploaderName, f.Waiting = u.person, actor.Name(), s.scan != nil
		if actor.Kind() == access.System { // finishes what a crash interrupted
			if err := tx.One(nameOfMember, guard.Args{"person": string(u.person)}, &f.UploaderName); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		return s.keep(tx, &f)
	})
}

// refuse throws an upload away that must not become a file.
func (s *Service) refuse(ctx context.Context, actor access.Actor, u Upload, key string, why error) error {
	if err := s.drop(ctx, actor, u); err != nil {
		return err
	}
	if err := s.blobs.Delete(ctx, key); err != nil {
		s.log.WarnContext(ctx, "delete a refused file", "error", err) // the sweep finds it tomorrow
	}
	return why
}

// drop removes an unfinished upload's row and gives its bytes back, once.
func (s *Service) drop(ctx context.Context, actor access.Actor, u Upload) error {
	return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		dropped, err := tx.OnBehalfOf("file: drop an upload").Exec(dropUpload, guard.Args{"id": u.ID})
		if err != nil || dropped == 0 {
			return err
		}
		return s.giveBack(tx, u.Size)
	})
}

// Cancel ends the actor's own upload. When it has become a file that still hangs where it
// was uploaded, the file is put away. Conflict when it was sent to a customer since: what
// a sent version names stays (C10).
func (s *Service) Cancel(ctx context.Context, actor access.Actor, uploadID string) error {
	u, err := s.Upload(ctx, actor, uploadID)
	if err != nil {
		return err
	}
	if u.Finished {
		return s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error { return s.takeBack(tx, u) })
	}
	if err := s.drop(ctx, actor, u); err != nil {
		return err
	}
	return s.blobs.DropUpload(ctx, u.ID)
}

// takeBack puts an uploaded file away while it is as it was uploaded. What has moved on, as
// into a message, is left alone.
func (s *Service) takeBack(tx *guard.Tx, u Upload) error {
	hang, err := s.hang(tx, u.Kind, u.On)
	if err != nil {
		return err
	}
	taken, err := tx.Exec(archiveOwn, guard.Args{"id": u.ID, "kind": hang.Kind, "on": hang.On, "visibility": hang.Visibility})
	if err != nil || taken > 0 {
		return err
	}
	f, err := loadOne(tx, uploadedFile, u.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil // put away before
	case err != nil:
		return err
	case f.Hang.Kind == hang.Kind && f.Hang.On == hang.On:
		return fault.New(fault.Conflict, "This file was sent. It cannot be taken back any more.")
	}
	return nil
}

// Uploaded gives the file that the actor's own upload became; it may still be Waiting.
func (s *Service) Uploaded(ctx context.Context, actor access.Actor, uploadID string) (f File, err error) {
	err = s.store.View(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		f, err = loadOne(tx, uploadedFile, uploadID)
		return err
	})
	return f, err
}
