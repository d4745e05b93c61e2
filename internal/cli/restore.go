package cli

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

type restoreCommand struct {
	config.Config `embed:""`
	File          string        `arg:"" type:"existingfile" help:"The backup."`
	Passphrase    config.Secret `name:"passphrase" env:"LINTEL_BACKUP_PASSPHRASE" help:"Opens the key file inside the backup."`
}

// Run brings a backup back into an empty data folder (and bucket). It is done when all
// checksums are right and every event log is as it was written; before that nothing that
// looks like an installation is left in the folder.
func (c restoreCommand) Run(t *terminal) error {
	if c.DataDir == "" {
		return errors.New("say where to: set LINTEL_DATA to an empty folder, or one that does not exist yet")
	}
	if err := makeDataFolder(c.DataDir); err != nil {
		return err
	}
	if err := refuseFull(c.DataDir); err != nil {
		return err
	}
	release, err := db.LockDirectory(c.DataDir)
	if err != nil {
		return err
	}
	defer release()
	m, err := c.restore(t.ctx)
	if err != nil && c.HasS3() {
		err = fmt.Errorf("%w; a part of the files may be in the bucket: empty it before the next try", err)
	}
	if err != nil {
		return errors.Join(err, clearFolder(c.DataDir))
	}
	return c.tell(t, m)
}

// refuseFull keeps a restore off a folder with anything in it, but for what a file system
// puts into the root of a disk.
func refuseFull(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("look into the data folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() != lostAndFound {
			return fmt.Errorf("%s is not empty (%s): a restore replaces nothing, so set LINTEL_DATA to an empty folder", folder, e.Name())
		}
	}
	return nil
}

const lostAndFound = "lost+found"

// clearFolder takes away what an unfinished restore left in the folder, which was empty.
func clearFolder(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("clear the data folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() == lostAndFound {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
			return fmt.Errorf("clear the data folder: %w", err)
		}
	}
	return nil
}

func (c restoreCommand) restore(ctx context.Context) (manifest, error) {
	store, err := openStore(c.Config)
	if err != nil {
		return manifest{}, fmt.Errorf("open the store of files: %w", err)
	}
	defer store.Close()
	err = store.Walk(ctx, func(info blob.Info) error {
		return fmt.Errorf("the store of files is not empty (%s): a restore replaces nothing", info.Key)
	})
	if err != nil {
		return manifest{}, err
	}
	return c.unpack(ctx, store)
}

// unpack reads the backup once, from the first entry to the manifest.
func (c restoreCommand) unpack(ctx context.Context, store blob.Store) (m manifest, err error) {
	file, err := os.Open(c.File)
	if err != nil {
		return m, fmt.Errorf("open the backup: %w", err)
	}
	defer file.Close()
	got := map[string]entry{}
	for reader := tar.NewReader(file); ; {
		header, err := reader.Next()
		if err != nil {
			return m, fmt.Errorf("this is no whole backup: %w", noEnd(err))
		}
		if header.Name == manifestEntry {
			if err := json.NewDecoder(reader).Decode(&m); err != nil {
				return m, fmt.Errorf("read the manifest: %w", err)
			}
			return m, c.accept(m, got)
		}
		one := entry{Name: header.Name}
		if one.Size, one.SHA256, err = c.unpackOne(ctx, store, header, reader); err != nil {
			return m, fmt.Errorf("restore %s: %w", header.Name, err)
		}
		got[header.Name] = one
	}
}

func noEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// unpackOne brings one entry to where it belongs and tells what was read of it.
func (c restoreCommand) unpackOne(ctx context.Context, store blob.Store, header *tar.Header, r io.Reader) (size int64, sum string, err error) {
	switch key, file := strings.CutPrefix(header.Name, filesEntry); {
	case file:
		stored, err := store.Put(ctx, key, r, header.Size)
		return stored.Size, stored.SHA256, err
	case header.Name == databaseEntry && c.DatabaseURL != "":
		return 0, "", errors.New("this backup holds a SQLite database: restore it without LINTEL_DATABASE_URL")
	case header.Name == databaseEntry:
		return writeSynced(filepath.Join(c.DataDir, unfinishedDatabase), r)
	case header.Name == keyEntry:
		return c.unpackKey(r)
	}
	return 0, "", errors.New("this part is not known: use the version of Lintel that wrote the backup, or a newer one")
}

// unfinishedDatabase gets its name when everything is there and right.
const unfinishedDatabase = "lintel.db.restoring"

func (c restoreCommand) unpackKey(r io.Reader) (size int64, sum string, err error) {
	locked, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil {
		return 0, "", err
	}
	if c.Passphrase == "" {
		return 0, "", errors.New("the key file in this backup is locked: set LINTEL_BACKUP_PASSPHRASE")
	}
	key, err := secret.Unlock(locked, c.Passphrase.Reveal(), keyPurpose)
	if errors.Is(err, secret.ErrWrongPassphrase) {
		return 0, "", errors.New("the passphrase does not open it: set LINTEL_BACKUP_PASSPHRASE to the one that the backup was made with")
	}
	if err != nil {
		return 0, "", err
	}
	if _, _, err := writeSynced(filepath.Join(c.DataDir, keyFile), strings.NewReader(string(key))); err != nil {
		return 0, "", err
	}
	hash := sha256.Sum256(locked)
	return int64(len(locked)), hex.EncodeToString(hash[:]), nil
}

// writeSynced writes a new file for its owner alone and brings it to the disk.
func writeSynced(name string, r io.Reader) (size int64, sum string, err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, "", err
	}
	defer file.Close()
	hash := sha256.New()
	if size, err = io.Copy(io.MultiWriter(file, hash), r); err != nil {
		return size, "", err
	}
	return size, hex.EncodeToString(hash.Sum(nil)), errors.Join(file.Sync(), file.Close())
}

// accept compares what was read with what was written, and gives the database its name.
func (c restoreCommand) accept(m manifest, got map[string]entry) error {
	if m.Format != backupFormat {
		return fmt.Errorf("this backup has format %d, and this Lintel knows %d: use the version that wrote it (%s)", m.Format, backupFormat, m.Version)
	}
	want := map[string]entry{}
	for _, e := range m.Entries {
		want[e.Name] = e
		if got[e.Name] != e {
			return fmt.Errorf("%s is damaged in this backup: its checksum is wrong", e.Name)
		}
	}
	if !maps.Equal(want, got) {
		return errors.New("this backup holds parts that its manifest does not name")
	}
	from := filepath.Join(c.DataDir, unfinishedDatabase)
	if _, there := got[databaseEntry]; !there {
		return nil
	}
	if err := os.Rename(from, filepath.Join(c.DataDir, databaseFile)); err != nil {
		return fmt.Errorf("name the database: %w", err)
	}
	return nil
}

// tell brings SQLite's database to this version, checks every event log, and says what is left
// to do.
func (c restoreCommand) tell(t *terminal, m manifest) error {
	fmt.Fprintf(t.out, "Restored what was backed up at %s by Lintel %s: all %d checksums are right.\n", m.At.Format(time.RFC3339), m.Version, len(m.Entries))
	for _, key := range m.Lost {
		fmt.Fprintf(t.out, "LOST: the bytes of %s were missing or damaged already when the backup was made.\n", key)
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, keyFile)); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(t.out, "The key file was NOT in it. Put your copy to %s, readable for its owner only, before the start.\n", filepath.Join(c.DataDir, keyFile))
	}
	if !hasDatabase(c.Config) {
		fmt.Fprintln(t.out, "The database was NOT in it. Restore it with pg_restore, then run lintel audit verify.")
		return nil
	}
	if c.DatabaseURL == "" {
		if err := c.migrate(t.ctx); err != nil {
			return fmt.Errorf("bring the restored database to this version: %w", err)
		}
	}
	return auditVerify{c.Config}.Run(t)
}

func (c restoreCommand) migrate(ctx context.Context) error {
	database, err := db.Open(ctx, "", c.DataDir)
	if err != nil {
		return err
	}
	_, err = migrate.Up(ctx, database, clock.System().Now())
	return errors.Join(err, database.Close())
}
