package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lintel/internal/platform/blob"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/secret"
)

type backupCommand struct {
	config.Config `embed:""`
	File          string        `arg:"" type:"path" help:"The backup to write. It must not exist yet."`
	Passphrase    config.Secret `name:"passphrase" env:"LINTEL_BACKUP_PASSPHRASE" help:"Locks the key file inside the backup. Without it the key file is left out."`
}

// Run copies the installation into one file. The portal may run meanwhile: what it had
// acknowledged when the command began is in the copy.
func (c backupCommand) Run(t *terminal) error {
	if err := c.refuse(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(c.File), ".lintel-backup-")
	if err != nil {
		return fmt.Errorf("make a folder beside the backup: %w", err)
	}
	defer os.RemoveAll(folder)
	archive, err := createArchive(filepath.Join(folder, "backup"))
	if err != nil {
		return err
	}
	defer archive.file.Close()
	lost, err := c.fill(t.ctx, archive, folder)
	if err != nil {
		return err
	}
	if err := archive.finish(manifest{Format: backupFormat, Version: Version, At: time.Now().UTC(), Lost: lost}, c.File); err != nil {
		return err
	}
	return c.tell(t, archive, lost)
}

func (c backupCommand) refuse() error {
	switch _, err := os.Lstat(c.File); {
	case err == nil:
		return fmt.Errorf("%s is there already, and a backup replaces nothing", c.File)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for %s: %w", c.File, err)
	case c.DataDir == "":
		return errors.New("say which installation: set LINTEL_DATA to its data folder")
	case c.Passphrase != "" && len(c.Passphrase.Reveal()) < secret.LeastPassphrase:
		return fmt.Errorf("LINTEL_BACKUP_PASSPHRASE needs at least %d characters", secret.LeastPassphrase)
	case !hasDatabase(c.Config):
		return fmt.Errorf("there is no database in %s: set LINTEL_DATA, or LINTEL_DATABASE_URL", c.DataDir)
	}
	return nil
}

// fill puts everything into the archive. The database comes first: bytes are stored before
// the row that names them, so every file that the copied database knows is found after it.
func (c backupCommand) fill(ctx context.Context, archive *archive, folder string) (lost []string, err error) {
	known, err := c.addDatabase(ctx, archive, folder)
	if err != nil {
		return nil, err
	}
	store, err := openStore(c.Config)
	if err != nil {
		return nil, fmt.Errorf("open the files: %w", err)
	}
	defer store.Close()
	if err := addFiles(ctx, archive, store); err != nil {
		return nil, err
	}
	if c.Passphrase != "" {
		if err := c.addKey(archive); err != nil {
			return nil, err
		}
	}
	return c.lost(ctx, archive, known)
}

// knownFile is a file that a row of the database names.
type knownFile struct{ key, sha256 string }

// addDatabase copies SQLite's file; of PostgreSQL it only reads which files there are.
func (c backupCommand) addDatabase(ctx context.Context, archive *archive, folder string) ([]knownFile, error) {
	if c.DatabaseURL != "" {
		return readKnown(ctx, c.Config)
	}
	copied := filepath.Join(folder, databaseFile)
	if err := db.CopySQLite(ctx, c.DataDir, copied); err != nil {
		return nil, err
	}
	known, err := readKnown(ctx, config.Config{DataDir: folder})
	if err != nil {
		return nil, err
	}
	return known, archive.addFile(databaseEntry, copied)
}

// readKnown reads the files that have a row.
func readKnown(ctx context.Context, c config.Config) (known []knownFile, err error) {
	database, err := db.Open(ctx, c.DatabaseURL.Reveal(), c.DataDir)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	defer database.Close()
	err = database.Read(ctx, "*", func(tx *db.Tx) error {
		known = nil
		rows, err := tx.Query(`select distinct blob, sha256 from files`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one knownFile
			if err := rows.Scan(&one.key, &one.sha256); err != nil {
				return err
			}
			known = append(known, one)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read which files there are: %w", err)
	}
	return known, nil
}

// openStore opens where the bytes of files are, as the portal does.
func openStore(c config.Config) (blob.Store, error) {
	if !c.HasS3() {
		return blob.OpenDisk(filepath.Join(c.DataDir, "files"))
	}
	return blob.OpenS3(blob.S3Config{Endpoint: c.S3.Endpoint, Region: c.S3.Region, Bucket: c.S3.Bucket, Prefix: c.S3.Prefix,
		AccessKey: c.S3.AccessKey, SecretKey: c.S3.SecretKey.Reveal(), PathStyle: c.S3.PathStyle, Staging: filepath.Join(c.DataDir, "staging")})
}

func addFiles(ctx context.Context, archive *archive, store blob.Store) error {
	err := store.Walk(ctx, func(info blob.Info) error {
		object, err := store.Open(ctx, info.Key)
		if fault.Is(err, fault.NotFound) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		defer object.Close()
		return archive.add(filesEntry+info.Key, object.Info().Size, object)
	})
	if err != nil {
		return fmt.Errorf("copy the files: %w", err)
	}
	return nil
}

func (c backupCommand) addKey(archive *archive) error {
	key, err := os.ReadFile(filepath.Join(c.DataDir, keyFile))
	if err != nil {
		return fmt.Errorf("read the key file: %w", err)
	}
	sealed, err := secret.Lock(key, c.Passphrase.Reveal(), keyPurpose)
	if err != nil {
		return err
	}
	return archive.addBytes(keyEntry, sealed)
}

// lost names the files that have a row and no bytes, or other bytes than were stored. A row
// that is gone by now is none of them: its file was deleted while the backup ran.
func (c backupCommand) lost(ctx context.Context, archive *archive, known []knownFile) (lost []string, err error) {
	sums := map[string]string{}
	for _, e := range archive.entries {
		sums[e.Name] = e.SHA256
	}
	known = slices.DeleteFunc(known, func(k knownFile) bool { return sums[filesEntry+k.key] == k.sha256 })
	if len(known) == 0 {
		return nil, nil
	}
	still, err := readKnown(ctx, c.Config)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		if slices.Contains(still, k) {
			lost = append(lost, k.key)
		}
	}
	slices.Sort(lost)
	return lost, nil
}

// tell says what is in the backup and what is not; files that the installation itself has
// lost end with status 1, because somebody must look.
func (c backupCommand) tell(t *terminal, archive *archive, lost []string) error {
	count, size := 0, int64(0)
	for _, e := range archive.entries {
		size += e.Size
		if isFile(e.Name) {
			count++
		}
	}
	fmt.Fprintf(t.out, "%s holds %d files, %.1f MB in all.\n", c.File, count, float64(size)/1e6)
	if c.DatabaseURL != "" {
		fmt.Fprintln(t.out, "The database is NOT in it, because it is in PostgreSQL. Dump it with pg_dump before each backup of the files; docs/backup.md says how.")
	}
	if c.Passphrase == "" {
		fmt.Fprintf(t.out, "The key file is NOT in it, because LINTEL_BACKUP_PASSPHRASE is not set. Keep a copy of %s at another place: without it no document can be sealed and no waiting mail can be sent.\n", filepath.Join(c.DataDir, keyFile))
	} else {
		fmt.Fprintln(t.out, "The key file is in it, locked with the passphrase. Keep the passphrase at another place.")
	}
	for _, key := range lost {
		fmt.Fprintf(t.out, "LOST: the bytes of %s are missing or damaged in the store of files.\n", key)
	}
	if len(lost) > 0 {
		return errors.New("the backup is written, but this installation has lost the files named above")
	}
	return nil
}
