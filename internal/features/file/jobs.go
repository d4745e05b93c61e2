package file

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
)

// The kinds of jobs.
const (
	previewJob = "make a picture's preview"
	resumeJob  = "finish uploads"
	tidyJob    = "tidy up files"
)

// previewing is what a preview job carries: the key of the original.
type previewing struct {
	Blob string `json:"blob"`
}

// Jobs hands the feature's work to the runner.
func (s *Service) Jobs(r *jobs.Runner) {
	r.Handle(previewJob, s.makePreview)
	r.Handle(scanJob, s.scanFile)
	r.Handle(resumeJob, func(ctx context.Context, _ jobs.Task) error { return s.finishOpen(ctx) })
	r.Handle(tidyJob, func(ctx context.Context, _ jobs.Task) error { return s.Tidy(ctx) })
	r.Every(time.Minute, jobs.Job{Kind: resumeJob})
	r.Every(6*time.Hour, jobs.Job{Kind: tidyJob})
}

// makePreview stores a picture's preview and thumb. They depend on the original alone, so
// doing it again changes nothing.
func (s *Service) makePreview(ctx context.Context, task jobs.Task) error {
	var p previewing
	if err := task.Arguments(&p); err != nil {
		return err
	}
	s.pictures <- struct{}{}
	defer func() { <-s.pictures }()
	source, turn, err := s.decode(ctx, p.Blob)
	if fault.Is(err, fault.NotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	preview := shrink(source, previewSide, turn)
	if err := s.keepPicture(ctx, previewKey(p.Blob), preview, 82); err != nil {
		return err
	}
	return s.keepPicture(ctx, thumbKey(previewKey(p.Blob)), shrink(preview, thumbSide, 1), 78)
}

func (s *Service) decode(ctx context.Context, key string) (image.Image, int, error) {
	object, err := s.blobs.Open(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	defer object.Close()
	found, err := examine(object)
	if err != nil {
		return nil, 0, jobs.NoRetry(err)
	}
	if !found.drawable {
		return nil, 0, jobs.NoRetry(errors.New("not a picture that can be made smaller"))
	}
	if _, err := object.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	picture, _, err := image.Decode(bufio.NewReader(object))
	if err != nil {
		return nil, 0, jobs.NoRetry(err) // damaged behind its header; the original can still be saved
	}
	return picture, found.turn, nil
}

func (s *Service) keepPicture(ctx context.Context, key string, picture image.Image, quality int) error {
	content, err := encode(picture, quality)
	if err != nil {
		return err
	}
	if _, err := s.blobs.Put(ctx, key, bytes.NewReader(content), int64(len(content))); err != nil {
		return fmt.Errorf("store the preview: %w", err)
	}
	return nil
}

// orphaned names something to tidy up.
type orphaned struct {
	org, id, finishedAs string
	size                int64
}

func system(org string) access.Actor {
	return access.NewSystem(access.OrgID(org), "file: tidy up")
}

// finishOpen makes files of uploads whose bytes are complete but whose row a crash prevented.
func (s *Service) finishOpen(ctx context.Context) error {
	type open struct {
		org string
		Upload
	}
	var list []open
	err := s.store.Across(ctx, "file: find uploads that a crash interrupted", func(tx *guard.AcrossTx) error {
		return tx.Each(openUploads, guard.Args{"before": tx.Now().Add(-time.Minute)}, func(row guard.Row) error {
			var o open
			err := row(&o.org, &o.ID, &o.person, &o.Name, &o.Size, &o.Kind, &o.On)
			list = append(list, o)
			return err
		})
	})
	if err != nil {
		return err
	}
	var failures []error
	for _, o := range list {
		offset, err := s.Offset(ctx, access.OrgID(o.org), o.Upload)
		if err == nil && offset == o.Size {
			err = s.finish(ctx, system(o.org), o.Upload)
		}
		if err != nil && fault.As(err) == nil {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// Tidy removes what nobody needs: uploads that were not finished in a day, files put away
// 30 days ago, and bytes that never became a file.
func (s *Service) Tidy(ctx context.Context) error {
	if err := s.dropExpired(ctx); err != nil {
		return fmt.Errorf("drop expired uploads: %w", err)
	}
	if err := s.purge(ctx); err != nil {
		return fmt.Errorf("delete files put away: %w", err)
	}
	if _, err := s.blobs.Sweep(ctx, s.store.Now().Add(-uploadLife)); err != nil {
		return fmt.Errorf("sweep uploads: %w", err)
	}
	return s.sweepBlobs(ctx)
}

func (s *Service) dropExpired(ctx context.Context) error {
	list, err := s.list(ctx, expiredUploads, nil, func(row guard.Row, o *orphaned) error { return row(&o.org, &o.id, &o.size, &o.finishedAs) })
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.finishedAs != "" {
			err = s.store.Change(ctx, system(o.org), access.FilesWrite, func(tx *guard.Tx) error {
				_, err := tx.Exec(forgetUpload, guard.Args{"id": o.id})
				return err
			})
		} else if err = s.drop(ctx, system(o.org), Upload{ID: o.id, Size: o.size}); err == nil {
			err = s.blobs.DropUpload(ctx, o.id)
		}
		if err != nil && !fault.Is(err, fault.Conflict) { // a last part may be arriving
			return err
		}
	}
	return nil
}

// purge deletes the rows of files put away; their bytes, when no copy needs them, are found
// by the sweep.
func (s *Service) purge(ctx context.Context) error {
	before := s.store.Now().Add(-keepArchived)
	list, err := s.list(ctx, archivedFiles, guard.Args{"before": before}, func(row guard.Row, o *orphaned) error { return row(&o.org, &o.id) })
	if err != nil {
		return err
	}
	for _, o := range list {
		err := s.store.Change(ctx, system(o.org), access.FilesWrite, func(tx *guard.Tx) error { return s.purgeOne(tx, o.id, before) })
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

func (s *Service) purgeOne(tx *guard.Tx, fileID string, before time.Time) error {
	key, size, others := "", int64(0), 0
	if err := tx.One(fileToPurge, guard.Args{"id": fileID, "before": before}, &key, &size); err != nil {
		return err
	}
	if err := tx.One(blobStillUsed, guard.Args{"id": fileID, "blob": key}, &others); err != nil {
		return err
	}
	if _, err := tx.Exec(purgeFile, guard.Args{"id": fileID, "before": before}); err != nil {
		return err
	}
	if others > 0 {
		return nil
	}
	return s.giveBack(tx, size)
}

func (s *Service) list(ctx context.Context, statement *guard.Statement, args guard.Args, scan func(guard.Row, *orphaned) error) ([]orphaned, error) {
	var out []orphaned
	err := s.store.Across(ctx, "file: find what to tidy up", func(tx *guard.AcrossTx) error {
		return tx.Each(statement, args, func(row guard.Row) error {
			var o orphaned
			err := scan(row, &o)
			out = append(out, o)
			return err
		})
	})
	return out, err
}

// sweepBlobs deletes blobs of this feature that are older than a day and have no file.
func (s *Service) sweepBlobs(ctx context.Context) error {
	young := s.store.Now().Add(-uploadLife)
	var keys []string
	check := func() error {
		defer func() { keys = keys[:0] }()
		return s.deleteWithoutFile(ctx, keys)
	}
	err := s.blobs.Walk(ctx, func(info blob.Info) error {
		if !strings.HasPrefix(info.Key, "file/") || !info.Modified.Before(young) {
			return nil
		}
		if keys = append(keys, info.Key); len(keys) == 200 {
			return check()
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sweep files: %w", err)
	}
	return check()
}

func (s *Service) deleteWithoutFile(ctx context.Context, keys []string) error {
	var dead []string
	err := s.store.Across(ctx, "file: find what to tidy up", func(tx *guard.AcrossTx) error {
		dead = dead[:0]
		for _, key := range keys {
			found := 0
			original := key[:strings.LastIndexByte(key, '/')] + "/original"
			if err := tx.One(blobHasFile, guard.Args{"blob": original}, &found); err != nil {
				return err
			}
			if found == 0 {
				dead = append(dead, key)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range dead {
		if err := s.blobs.Delete(ctx, key); err != nil {
			return fmt.Errorf("delete what belongs to no file: %w", err)
		}
	}
	return nil
}
