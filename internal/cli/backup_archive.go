package cli

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A backup is a tar, so that it can be looked into without Lintel. The manifest is its last
// entry: a backup without one was not finished.
const (
	backupFormat  = 1
	databaseEntry = "lintel.db"
	filesEntry    = "files/"
	keyEntry      = "lintel.key.locked"
	manifestEntry = "manifest.json"
	keyPurpose    = "lintel backup key 1"
)

// manifest says what is in a backup.
type manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the Lintel that wrote it
	At      time.Time `json:"at"`
	Entries []entry   `json:"entries"`
	Lost    []string  `json:"lost,omitempty"` // files that the installation had no good bytes of
}

// entry is a part of a backup, with its checksum.
type entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func isFile(name string) bool { return strings.HasPrefix(name, filesEntry) }

// archive is a backup that is being written, under another name until it is whole.
type archive struct {
	file    *os.File
	tar     *tar.Writer
	entries []entry
}

func createArchive(name string) (*archive, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the backup: %w", err)
	}
	return &archive{file: file, tar: tar.NewWriter(file)}, nil
}

func (a *archive) add(name string, size int64, r io.Reader) error {
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.tar, sum), r, size); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	a.entries = append(a.entries, entry{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (a *archive) addBytes(name string, content []byte) error {
	return a.add(name, int64(len(content)), bytes.NewReader(content))
}

func (a *archive) addFile(name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("look at %s: %w", name, err)
	}
	return a.add(name, info.Size(), file)
}

// finish writes the manifest, brings everything to the disk and only then gives the backup
// its name, which it takes from nobody.
func (a *archive) finish(m manifest, name string) error {
	m.Entries = a.entries
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := a.addBytes(manifestEntry, text); err != nil {
		return err
	}
	a.entries = m.Entries
	if err := errors.Join(a.tar.Close(), a.file.Sync(), a.file.Close()); err != nil {
		return fmt.Errorf("finish the backup: %w", err)
	}
	if err := os.Link(a.file.Name(), name); err != nil {
		return fmt.Errorf("name the backup: %w", err)
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("finish the backup: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("finish the backup: %w", err)
	}
	return nil
}
