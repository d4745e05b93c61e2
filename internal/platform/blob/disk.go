package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"lintel/internal/platform/fault"
)

// Disk keeps blobs as files of a folder on this machine.
type Disk struct {
	*staging
	folder string
}

// OpenDisk opens a folder as a store, and makes it when it is not there. Only one
// process may use it.
func OpenDisk(folder string) (*Disk, error) {
	stage, err := openStaging(folder, blobsFolder, uploadsFolder, tempFolder)
	if err != nil {
		return nil, err
	}
	return &Disk{staging: stage, folder: folder}, nil
}

// Put implements Store.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader, size int64) (Stored, error) {
	if err := checkKey(key); err != nil {
		return Stored{}, err
	}
	got, err := d.receive(ctx, r, size)
	if err != nil {
		return Stored{}, err
	}
	if err := d.publish(got.name, key); err != nil {
		d.root.Remove(got.name)
		return Stored{}, err
	}
	return got.Stored, nil
}

// publish gives a complete, synced file its key. The name is what makes it visible, so
// it comes last; the folder is synced so that it is there after a power cut.
func (d *Disk) publish(name, key string) error {
	target := path.Join(blobsFolder, key)
	if err := d.makeFolders(path.Dir(target)); err != nil {
		return err
	}
	if err := d.root.Rename(name, target); err != nil {
		return diskFault("save the file", err)
	}
	return d.syncFolder(path.Dir(target))
}

// makeFolders makes a folder and those above it, each one safe in the one above.
func (d *Disk) makeFolders(folder string) error {
	if _, err := d.root.Stat(folder); err == nil {
		return nil
	}
	above := path.Dir(folder)
	if err := d.makeFolders(above); err != nil {
		return err
	}
	if err := d.root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return diskFault("make a folder", err)
	}
	return d.syncFolder(above)
}

// FinishUpload implements Store.
func (d *Disk) FinishUpload(ctx context.Context, upload, key string) (Stored, error) {
	if err := checkKey(key); err != nil {
		return Stored{}, err
	}
	done, err := d.take(upload)
	if err != nil {
		return Stored{}, err
	}
	defer done()
	if d.failed.Load() {
		return Stored{}, errFailedDisk
	}
	got, err := d.hashUpload(ctx, upload)
	if fault.Is(err, fault.NotFound) {
		return hashBlob(ctx, d, key) // finished before the crash
	}
	if err != nil {
		return Stored{}, err
	}
	if err := d.publish(got.name, key); err != nil {
		return Stored{}, err
	}
	return got.Stored, nil
}

// hashBlob reads a blob for its hash.
func hashBlob(ctx context.Context, store Store, key string) (Stored, error) {
	object, err := store.Open(ctx, key)
	if err != nil {
		return Stored{}, err
	}
	defer object.Close()
	sha := sha256.New()
	count, err := copyBytes(ctx, sha, object)
	if err != nil {
		return Stored{}, err
	}
	return Stored{hex.EncodeToString(sha.Sum(nil)), count}, nil
}

// Open implements Store.
func (d *Disk) Open(_ context.Context, key string) (Object, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	file, err := d.root.Open(path.Join(blobsFolder, key))
	if err != nil {
		return nil, diskFault("open the file", err)
	}
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		file.Close()
		return nil, absent()
	}
	return diskObject{file, Info{Key: key, Size: info.Size(), Modified: info.ModTime().UTC()}}, nil
}

type diskObject struct {
	*os.File
	info Info
}

func (o diskObject) Info() Info { return o.info }

// Stat implements Store.
func (d *Disk) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := d.root.Stat(path.Join(blobsFolder, key))
	if err != nil {
		return Info{}, diskFault("look at the file", err)
	}
	if info.IsDir() {
		return Info{}, absent()
	}
	return Info{Key: key, Size: info.Size(), Modified: info.ModTime().UTC()}, nil
}

// Delete implements Store.
func (d *Disk) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if _, err := d.Stat(context.Background(), key); fault.Is(err, fault.NotFound) {
		return nil // absent, or a folder of other blobs
	}
	return d.remove(path.Join(blobsFolder, key))
}

// Walk implements Store.
func (d *Disk) Walk(ctx context.Context, visit func(Info) error) error {
	return fs.WalkDir(d.root.FS(), blobsFolder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		return visit(Info{Key: strings.TrimPrefix(name, blobsFolder+"/"), Size: info.Size(), Modified: info.ModTime().UTC()})
	})
}

// Check implements Store. A disk that had failed is used again once it succeeds.
func (d *Disk) Check(ctx context.Context) error {
	failed := d.failed.Swap(false)
	if err := check(ctx, d); err != nil {
		d.failed.CompareAndSwap(false, failed)
		return fmt.Errorf("the files folder %s does not work: %w", d.folder, err)
	}
	return nil
}

// Close implements Store.
func (d *Disk) Close() error { return d.root.Close() }
