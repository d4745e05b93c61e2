package blob

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"lintel/internal/platform/fault"
)

// The folders inside a store's own folder.
const (
	blobsFolder   = "blobs"   // finished files, by key; only on disk stores
	uploadsFolder = "uploads" // resumable uploads, by name
	tempFolder    = "temp"    // files being received in one request
)

// bufferBytes is all the memory that an upload takes.
const bufferBytes = 256 << 10

// staging receives bytes into files of a local folder. Nothing outside the folder can
// be reached through it, whatever the names are.
type staging struct {
	root *os.Root
	// sync is File.Sync; tests put a failing disk here.
	sync func(*os.File) error
	// failed is set when the disk did not keep what was written. After that nothing is
	// accepted until Check has succeeded (faults.md row 7).
	failed atomic.Bool

	mu   sync.Mutex
	busy map[string]bool // uploads with a request under way
}

func openStaging(folder string, folders ...string) (*staging, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the files folder: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the files folder: %w", err)
	}
	for _, name := range folders {
		if err := root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			root.Close()
			return nil, fmt.Errorf("make the files folder: %w", err)
		}
	}
	s := &staging{root: root, sync: (*os.File).Sync, busy: map[string]bool{}}
	if err := s.syncFolder("."); err != nil {
		root.Close()
		return nil, fmt.Errorf("make the files folder: %w", err)
	}
	return s, nil
}

// received is a complete file in the temp or uploads folder.
type received struct {
	Stored
	name string
	md5  string // hex; what S3 servers without checksums show as the ETag
}

// receive writes all of r into a temp file and to the disk. The caller moves or removes the file.
func (s *staging) receive(ctx context.Context, r io.Reader, size int64) (got received, err error) {
	if s.failed.Load() {
		return received{}, errFailedDisk
	}
	name := path.Join(tempFolder, randomName())
	file, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return received{}, diskFault("make a file", err)
	}
	defer func() {
		file.Close()
		if err != nil {
			s.root.Remove(name)
		}
	}()
	sha, sum := sha256.New(), md5.New()
	limited := r
	if size >= 0 {
		limited = io.LimitReader(r, size+1)
	}
	count, err := copyBytes(ctx, io.MultiWriter(file, sha, sum), limited)
	if err != nil {
		return received{}, err
	}
	if size >= 0 && count != size {
		return received{}, fault.New(fault.Invalid, "The file did not arrive whole. Please send it again.")
	}
	if err := s.syncFile(file); err != nil {
		return received{}, err
	}
	return received{Stored{hex.EncodeToString(sha.Sum(nil)), count}, name, hex.EncodeToString(sum.Sum(nil))}, nil
}

// copyBytes copies until the end, the end of ctx, or an error; write errors are faults.
func copyBytes(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	buffer := make([]byte, bufferBytes)
	var count int64
	for {
		if err := ctx.Err(); err != nil {
			return count, fmt.Errorf("receive the file: %w", err)
		}
		n, readErr := r.Read(buffer)
		written, err := w.Write(buffer[:n])
		count += int64(written)
		if err != nil {
			return count, diskFault("write the file", err)
		}
		if readErr == io.EOF {
			return count, nil
		}
		if readErr != nil {
			return count, fmt.Errorf("receive the file: %w", readErr)
		}
	}
}

// PutPart implements Store.
func (s *staging) PutPart(ctx context.Context, upload string, offset int64, r io.Reader) (int64, error) {
	done, err := s.take(upload)
	if err != nil {
		return 0, err
	}
	defer done()
	if s.failed.Load() {
		return offset, errFailedDisk
	}
	file, err := s.openUpload(upload, offset)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, diskFault("continue the upload", err)
	}
	if end != offset {
		return end, fault.New(fault.Conflict, "The upload goes on at another place.")
	}
	count, copyErr := copyBytes(ctx, file, r)
	if err := s.keepPart(file, upload, offset); err != nil {
		return offset, err
	}
	return offset + count, copyErr
}

func (s *staging) openUpload(upload string, offset int64) (*os.File, error) {
	name := path.Join(uploadsFolder, upload)
	file, err := s.root.OpenFile(name, os.O_RDWR, 0)
	if err == nil {
		return file, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, diskFault("open the upload", err)
	}
	if offset != 0 {
		return nil, fault.New(fault.NotFound, "This upload is not here any more. Please begin it again.")
	}
	file, err = s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, diskFault("begin the upload", err)
	}
	if err := s.syncFolder(uploadsFolder); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// keepPart makes what was added to an upload safe. When the disk fails, nobody knows
// which bytes it kept: the upload goes back to where it was, or away.
func (s *staging) keepPart(file *os.File, upload string, before int64) error {
	err := s.syncFile(file)
	if err == nil {
		return nil
	}
	if truncErr := file.Truncate(before); truncErr != nil {
		s.root.Remove(path.Join(uploadsFolder, upload))
	}
	return err
}

// UploadOffset implements Store.
func (s *staging) UploadOffset(_ context.Context, upload string) (int64, error) {
	if err := checkUpload(upload); err != nil {
		return 0, err
	}
	info, err := s.root.Stat(path.Join(uploadsFolder, upload))
	if err != nil {
		return 0, diskFault("look at the upload", err)
	}
	return info.Size(), nil
}

// DropUpload implements Store.
func (s *staging) DropUpload(_ context.Context, upload string) error {
	done, err := s.take(upload)
	if err != nil {
		return err
	}
	defer done()
	return s.remove(path.Join(uploadsFolder, upload))
}

// hashUpload reads a complete upload once more, for its hash.
func (s *staging) hashUpload(ctx context.Context, upload string) (received, error) {
	name := path.Join(uploadsFolder, upload)
	file, err := s.root.Open(name)
	if err != nil {
		return received{}, diskFault("open the upload", err)
	}
	defer file.Close()
	sha, sum := sha256.New(), md5.New()
	count, err := copyBytes(ctx, io.MultiWriter(sha, sum), file)
	if err != nil {
		return received{}, err
	}
	return received{Stored{hex.EncodeToString(sha.Sum(nil)), count}, name, hex.EncodeToString(sum.Sum(nil))}, nil
}

// Sweep implements Store.
func (s *staging) Sweep(ctx context.Context, before time.Time) (int, error) {
	removed := 0
	for _, folder := range []string{uploadsFolder, tempFolder} {
		entries, err := fs.ReadDir(s.root.FS(), folder)
		if err != nil {
			return removed, diskFault("look for abandoned uploads", err)
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil || !info.ModTime().Before(before) || ctx.Err() != nil {
				continue
			}
			if s.remove(path.Join(folder, entry.Name())) == nil {
				removed++
			}
		}
	}
	return removed, ctx.Err()
}

// take reserves an upload for one request at a time.
func (s *staging) take(upload string) (done func(), err error) {
	if err := checkUpload(upload); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[upload] {
		return nil, fault.New(fault.Conflict, "This upload is still receiving. Please try again in a moment.")
	}
	s.busy[upload] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, upload)
	}, nil
}

func (s *staging) remove(name string) error {
	if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault("delete a file", err)
	}
	return nil
}

var errFailedDisk = fault.New(fault.Unavailable, "The disk for files has failed. Nothing was saved; please try again later.")

func (s *staging) syncFile(file *os.File) error {
	err := s.sync(file)
	if err == nil {
		return nil
	}
	if isFull(err) { // delayed allocation: the disk is full, not broken
		return diskFault("save the file", err)
	}
	s.failed.Store(true)
	return fault.Wrap(fault.Unavailable, errFailedDisk.Message, err)
}

// syncFolder makes new names in a folder survive a power cut.
func (s *staging) syncFolder(name string) error {
	folder, err := s.root.Open(name)
	if err != nil {
		return diskFault("open a folder", err)
	}
	defer folder.Close()
	return s.syncFile(folder)
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// diskFault turns an error of the file system into what a person may read.
func diskFault(doing string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absent()
	case isFull(err):
		return fault.Wrap(fault.NoSpace, "The server has no space left for files. Nothing was saved.", err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func randomName() string {
	random := make([]byte, 16)
	rand.Read(random)
	return hex.EncodeToString(random)
}
