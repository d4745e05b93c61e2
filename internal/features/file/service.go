package file

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
)

// Composer is the kind on which a message's files hang until the message is posted; there
// they belong to their uploader alone.
const Composer = "composer"

// Service keeps files.
type Service struct {
	store   *guard.Store
	blobs   blob.Store
	log     *slog.Logger
	quota   int64
	hangers map[string]Hanger
	needs   map[string]access.Permission // by kind, besides files:read
	scan    Scanner                      // nil: uploads are not checked for viruses
	say     Say                          // nil: nothing is said after a form
	// pictures lets one picture be decoded at a time: each may take 200 MB.
	pictures chan struct{}
}

// New makes the service. quota is the number of bytes that an organisation may store; 0 is
// the default.
func New(store *guard.Store, blobs blob.Store, log *slog.Logger, quota int64) *Service {
	if quota == 0 {
		quota = DefaultQuota
	}
	return &Service{store: store, blobs: blobs, log: log, quota: quota, hangers: map[string]Hanger{}, needs: map[string]access.Permission{}, pictures: make(chan struct{}, 1)}
}

// Register tells who may hang files on things of a kind. app calls it while the program is
// put together; a kind without a hanger takes no uploads.
func (s *Service) Register(kind string, h Hanger) {
	if s.hangers[kind] != nil {
		panic("two hangers for files of kind " + kind)
	}
	s.hangers[kind] = h
}

// Restrict makes the files of a kind readable only to those who have a permission besides,
// and to whoever uploaded them, but not to their tokens. It is called while the program is put together.
func (s *Service) Restrict(kind string, permission access.Permission) { s.needs[kind] = permission }

// Bytes is what was stored and is not yet a file. Without Attach it is swept away a day later.
type Bytes struct {
	id, name, sha256 string
	size             int64
	key              string
	looks            looks
}

func (b Bytes) file(hang Hang) File {
	f := File{ID: b.id, Name: b.name, MediaType: b.looks.mediaType, Size: b.size, SHA256: b.sha256, Width: b.looks.width, Height: b.looks.height,
		TakenAt: b.looks.taken, Hang: hang, blob: b.key}
	if b.looks.drawable {
		f.preview, f.HasPreview = previewKey(b.key), true
	}
	return f
}

// Store keeps bytes before the transaction that makes them a file (Attach). It is for what
// the server itself makes or has in memory. Faults: TooLarge, Invalid for a picture that is
// a trap, NoSpace.
func (s *Service) Store(ctx context.Context, org access.OrgID, name string, content []byte) (Bytes, error) {
	if int64(len(content)) > MaxFile {
		return Bytes{}, tooLarge()
	}
	b := Bytes{id: id.New(), name: cleanName(name), size: int64(len(content))}
	b.key = originalKey(string(org), b.id)
	looks, err := examine(bytes.NewReader(content))
	if err != nil {
		return Bytes{}, err
	}
	b.looks = looks
	stored, err := s.blobs.Put(ctx, b.key, bytes.NewReader(content), b.size)
	if err != nil {
		return Bytes{}, fmt.Errorf("store file: %w", err)
	}
	b.sha256 = stored.SHA256
	return b, nil
}

// Save stores bytes as a file of a thing. The caller has checked that the actor may hang it
// there. Faults as of Store, and TooLarge when the organisation's space is used up.
func (s *Service) Save(ctx context.Context, actor access.Actor, hang Hang, name, mediaType string, content []byte) (File, error) {
	stored, err := s.Store(ctx, actor.Org(), name, content)
	if err != nil {
		return File{}, err
	}
	if stored.looks.mediaType == "application/octet-stream" && !inline[mediaType] && mediaType != "" {
		stored.looks.mediaType = mediaType // the bytes say nothing; what is shown inline they must say themselves
	}
	var f File
	err = s.store.Change(ctx, actor, access.FilesWrite, func(tx *guard.Tx) error {
		f, err = s.Attach(tx, stored, hang)
		return err
	})
	return f, err
}

// ByID gives a file that the actor sees and may read, NotFound otherwise.
func (s *Service) ByID(ctx context.Context, actor access.Actor, fileID string) (f File, err error) {
	err = s.store.View(ctx, actor, access.FilesRead, func(tx *guard.Tx) error {
		if f, err = loadFile(tx, fileID); err != nil {
			return err
		}
		own := f.UploadedBy == actor.Person() && actor.Token() == "" // a token does not do all that its maker does
		if need, restricted := s.needs[f.Hang.Kind]; restricted && !tx.May(need) && !own {
			return fault.New(fault.NotFound, "This file was not found.")
		}
		return nil
	})
	return f, err
}

// Bytes reads a whole file that the actor sees; TooLarge above 64 MB, NotFound when the
// actor does not see it.
func (s *Service) Bytes(ctx context.Context, actor access.Actor, fileID string) (File, []byte, error) {
	f, object, err := s.Open(ctx, actor, fileID)
	if err != nil {
		return File{}, nil, err
	}
	defer object.Close()
	if f.Size > maxWholeRead {
		return File{}, nil, tooLarge()
	}
	content, err := io.ReadAll(object)
	if err != nil {
		return File{}, nil, fmt.Errorf("read file: %w", err)
	}
	return f, content, nil
}

// Open gives a file that the actor sees and its bytes, which the caller closes.
func (s *Service) Open(ctx context.Context, actor access.Actor, fileID string) (File, blob.Object, error) {
	f, err := s.ByID(ctx, actor, fileID)
	if err != nil {
		return File{}, nil, err
	}
	object, err := s.blobs.Open(ctx, f.blob)
	if err != nil {
		return File{}, nil, fmt.Errorf("open file %s: %w", f.ID, err)
	}
	return f, object, nil
}

// OpenPlain is Open without what a camera wrote beside a picture: for what is shown, and for what somebody takes along
// who is not of the office and did not bring it. What a signature covers is given as it is; plain tells which it is.
func (s *Service) OpenPlain(ctx context.Context, actor access.Actor, fileID string, shown bool) (f File, content io.ReadSeekCloser, plain bool, err error) {
	f, object, err := s.Open(ctx, actor, fileID)
	if err != nil {
		return File{}, nil, false, err
	}
	whole := actor.SeesWholeOrganisation() || f.UploadedBy == actor.Person() || f.Hang.Kind == "proposal" || f.Hang.Kind == "agreement"
	if whole && !shown || plainer[f.MediaType] == nil {
		return f, object, false, nil
	}
	if content, err = withoutNotes(f.MediaType, object); err == nil {
		return f, content, true, nil
	}
	if _, err := object.Seek(0, io.SeekStart); err != nil { // damaged: no program reads notes out of it either
		return f, nil, false, fmt.Errorf("read file %s: %w", f.ID, err)
	}
	return f, object, false, nil
}

// OpenPreview gives a picture's preview, or its thumb. While the job has not made them, a
// picture of moderate size stands in itself, without the camera's notes. NotFound for what is no picture.
func (s *Service) OpenPreview(ctx context.Context, actor access.Actor, fileID string, thumb bool) (f File, object io.ReadSeekCloser, made bool, err error) {
	f, err = s.ByID(ctx, actor, fileID)
	if err != nil {
		return File{}, nil, false, err
	}
	if !f.HasPreview {
		return File{}, nil, false, fault.New(fault.NotFound, "This file has no preview.")
	}
	key := f.preview
	if thumb {
		key = thumbKey(f.preview)
	}
	object, err = s.blobs.Open(ctx, key)
	if fault.Is(err, fault.NotFound) && f.Size <= unmadePreview && pictures[f.MediaType] {
		_, object, _, err = s.OpenPlain(ctx, actor, fileID, true)
		return f, object, false, err
	}
	return f, object, true, err
}

// keep writes a file's row with its event and the job for its preview.
func (s *Service) keep(tx *guard.Tx, f *File) error {
	f.AddedAt = tx.Now()
	if f.Hang.Visibility != Shared {
		f.Hang.Visibility = Office
	}
	if f.TakenAt.IsZero() || f.TakenAt.After(f.AddedAt) {
		f.TakenAt = f.AddedAt
	}
	f.Series, f.Version = f.ID, 1
	if f.Hang.Replaces != "" {
		if err := supersede(tx, f); err != nil {
			return err
		}
	}
	if err := saveFile(tx, *f); err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	if err := s.enqueueWork(tx, *f); err != nil {
		return err
	}
	if f.Hang.Quiet {
		return nil
	}
	return tx.Record(added(*f))
}

// enqueueWork asks for the check of a waiting file, or for the preview of a picture.
func (s *Service) enqueueWork(tx *guard.Tx, f File) error {
	switch {
	case f.Waiting:
		return tx.Enqueue(jobs.Job{Kind: scanJob, Arguments: scanning{File: f.ID}, MaxAttempts: 60})
	case f.HasPreview && pictures[f.MediaType]: // what a browser drew is there already
		return tx.Enqueue(jobs.Job{Kind: previewJob, Arguments: previewing{Blob: f.blob}, MaxAttempts: 5})
	}
	return nil
}

// reserve counts bytes before they are stored. The count is one row that is only raised
// while it stays under the limit, so that uploads in parallel cannot pass it (E09).
func (s *Service) reserve(tx *guard.Tx, size int64) error {
	full := fault.New(fault.TooLarge, "There is no space left for files in this portal. Please ask the office to make some.")
	if size > s.quota {
		return full
	}
	counted, err := tx.OnBehalfOf("file: count stored bytes").Exec(reserveBytes, guard.Args{"size": size, "most": s.quota})
	if err != nil {
		return fmt.Errorf("count bytes: %w", err)
	}
	if counted == 0 {
		return full
	}
	return nil
}

func (s *Service) giveBack(tx *guard.Tx, size int64) error {
	_, err := tx.OnBehalfOf("file: count stored bytes").Exec(giveBackBytes, guard.Args{"size": size})
	return err
}

// Used tells how many bytes the organisation has stored and announced, and how many it may.
func (s *Service) Used(tx *guard.Tx) (used, most int64, err error) {
	err = tx.OnBehalfOf("file: count stored bytes").One(usedBytes, nil, &used, &most)
	if most == 0 || most > s.quota {
		most = s.quota
	}
	return used, most, err
}

// Limit says how many bytes the organisation may store, at most as many as the installation allows; 0 is that. What is
// stored already stays. Staff only.
func (s *Service) Limit(tx *guard.Tx, most int64) error {
	if most < 0 || most > s.quota {
		return fault.ForField("limit", "Type a number of gigabytes that the installation allows.")
	}
	_, err := tx.Exec(limitBytes, guard.Args{"limit": most})
	return err
}

func tooLarge() *fault.Fault {
	return fault.New(fault.TooLarge, "This file is too large. The limit is 2 GB.")
}

// readable makes a title out of a file's name, for alternative texts: "socket-window.jpg"
// becomes "socket window".
func readable(name string) string {
	base, _, _ := strings.Cut(name, ".")
	return strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(base))
}
