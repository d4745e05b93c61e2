package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"lintel/internal/platform/fault"
)

// Store is a place for files: a folder on this machine (Disk) or an S3 bucket (S3).
// Keys are lower-case letters, digits and '/', at most 200 characters; a key is either a
// file or a folder of others, never both. All methods may be called from many goroutines.
//
// Faults: NotFound (no such blob or upload), NoSpace (disk full), Conflict (an upload is
// elsewhere, or busy), Invalid (bad key, or fewer or more bytes than announced), TooLarge
// (a file of more parts than S3 takes: 640 GB), Unavailable (the store cannot be reached, or the
// disk has failed to keep what was written). After a fault the blob is as it was before, or
// whole when only the last step failed: never in part.
type Store interface {
	// Put keeps all of r under key, replacing what was there in one step. size is the
	// announced number of bytes, or -1 when nobody knows.
	Put(ctx context.Context, key string, r io.Reader, size int64) (Stored, error)
	// Open gives the blob for reading and seeking, as http.ServeContent wants it.
	Open(ctx context.Context, key string) (Object, error)
	// Stat tells size and time of a blob.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes a blob; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// Walk calls visit for every blob, in no promised order, until visit fails.
	Walk(ctx context.Context, visit func(Info) error) error

	// PutPart adds bytes to a resumable upload, whose name is made of lower-case letters
	// and digits; the first part is at offset 0 and begins the upload. It answers with the
	// offset up to which the bytes are safe, also beside an error: a broken connection
	// loses nothing that had arrived. A wrong offset is a Conflict.
	PutPart(ctx context.Context, upload string, offset int64, r io.Reader) (newOffset int64, err error)
	// UploadOffset tells where to go on with an upload.
	UploadOffset(ctx context.Context, upload string) (int64, error)
	// FinishUpload makes an upload the blob of key. Doing it again after a crash gives
	// the same answer.
	FinishUpload(ctx context.Context, upload, key string) (Stored, error)
	// DropUpload throws an upload away; one that is not there is no error.
	DropUpload(ctx context.Context, upload string) error
	// Sweep throws away what was left behind by uploads and requests that did not end,
	// when nothing was added since before. It tells how many files it removed.
	Sweep(ctx context.Context, before time.Time) (int, error)

	// Check writes, reads and deletes a small blob, and says in plain words what fails.
	Check(ctx context.Context) error
	// Close lets go of the store's files and connections.
	Close() error
}

// Stored is what a store has kept for good.
type Stored struct {
	SHA256 string // hex
	Size   int64  // bytes
}

// Info describes a blob.
type Info struct {
	Key      string
	Size     int64 // bytes
	Modified time.Time
}

// Object is an open blob.
type Object interface {
	io.ReadSeekCloser
	Info() Info
}

const (
	longestKey    = 200
	longestUpload = 64
)

var (
	keyShape    = regexp.MustCompile(`^[a-z0-9]+(/[a-z0-9]+)*$`)
	uploadShape = regexp.MustCompile(`^[a-z0-9]+$`)
)

func checkKey(key string) error {
	if len(key) > longestKey || !keyShape.MatchString(key) {
		return fault.New(fault.Invalid, "This is not the name of a file.")
	}
	return nil
}

func checkUpload(upload string) error {
	if len(upload) > longestUpload || !uploadShape.MatchString(upload) {
		return fault.New(fault.Invalid, "This is not the name of an upload.")
	}
	return nil
}

func absent() error { return fault.New(fault.NotFound, "This file is not here.") }

// check is Check for any store.
func check(ctx context.Context, store Store) error {
	name := make([]byte, 8)
	rand.Read(name)
	key, want := "check/"+hex.EncodeToString(name), "Lintel can keep files here."
	if _, err := store.Put(ctx, key, strings.NewReader(want), int64(len(want))); err != nil {
		return fmt.Errorf("a file cannot be written: %w", err)
	}
	object, err := store.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("a file just written cannot be opened: %w", err)
	}
	got, err := io.ReadAll(object)
	object.Close()
	if err != nil {
		return fmt.Errorf("a file just written cannot be read: %w", err)
	}
	if string(got) != want {
		return fmt.Errorf("a file just written reads differently: %d bytes instead of %d", len(got), len(want))
	}
	if err := store.Delete(ctx, key); err != nil {
		return fmt.Errorf("a file cannot be deleted: %w", err)
	}
	return nil
}
