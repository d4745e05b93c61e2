package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"lintel/internal/platform/blob"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/secret"
)

// The files in the data folder that the program itself makes.
const (
	keyFile      = "lintel.key"
	databaseFile = "lintel.db"
)

const (
	leastFree  = 200 << 20 // bytes; below it a day of uploads may not fit
	clockSlack = 5 * time.Second
)

// checkDataFolder tries what the server will do there.
func checkDataFolder(folder string) []config.Finding {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return checkFutureFolder(folder)
	case err != nil:
		return []config.Finding{broken("The data folder "+folder+" cannot be looked at: "+err.Error()+".", "Let the user that runs Lintel own the folder and everything in it.")}
	case !info.IsDir():
		return []config.Finding{broken("The data folder "+folder+" is a file.", "Set LINTEL_DATA to a folder.")}
	}
	var found []config.Finding
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 && owner.Uid != 0 {
		found = append(found, warning(fmt.Sprintf("You are root, but the data folder belongs to user %d, so this says little about what that user may do.", owner.Uid),
			"Run lintel doctor as the user that runs Lintel, for example: sudo -u lintel lintel doctor."))
	}
	if info.Mode().Perm()&0o077 != 0 {
		found = append(found, warning("Other users of this machine can look into the data folder.", "Run chmod 700 "+folder+"."))
	}
	found = append(found, checkSpace(folder)...)
	return append(found, checkWritable(folder)...)
}

// checkFutureFolder is about a folder that the first start will make.
func checkFutureFolder(folder string) []config.Finding {
	parent := filepath.Dir(folder)
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return []config.Finding{warning("The data folder "+folder+" does not exist, nor does the one above it.",
			"If this is a new installation, the first start makes them. If not, set LINTEL_DATA to the folder with your data, or mount its disk.")}
	}
	if found := checkWritable(parent); len(found) > 0 {
		return []config.Finding{broken("The data folder "+folder+" does not exist and cannot be made here.", "Make it and give it to the user that runs Lintel: mkdir, then chown.")}
	}
	return []config.Finding{note("The data folder "+folder+" does not exist yet; the first start makes it.", "")}
}

func checkSpace(folder string) []config.Finding {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil || disk.Blocks == 0 {
		return nil // a file system that does not count
	}
	free := uint64(disk.Bavail) * uint64(disk.Bsize)
	switch {
	case free < 1<<20:
		return []config.Finding{broken("The disk with the data folder is full.", "Make room, or move the folder to a larger disk. Reading goes on meanwhile, and nothing that was saved is lost.")}
	case free < leastFree:
		return []config.Finding{warning(fmt.Sprintf("The disk with the data folder has only %d MB left.", free>>20), "Make room before it is full.")}
	}
	return nil
}

// checkWritable writes a file and compares its time with the clock's.
func checkWritable(folder string) []config.Finding {
	file, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return []config.Finding{cannotWrite(folder, err)}
	}
	defer os.Remove(file.Name())
	defer file.Close()
	_, err = file.WriteString("Lintel can write here.")
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return []config.Finding{cannotWrite(folder, err)}
	}
	info, err := file.Stat()
	if err != nil {
		return []config.Finding{cannotWrite(folder, err)}
	}
	if off := time.Since(info.ModTime()).Abs(); off > clockSlack {
		return []config.Finding{warning(fmt.Sprintf("The clock of the disk with the data folder and this machine's differ by %s.", off.Round(time.Second)),
			"Set both clocks by a time service.")}
	}
	return nil
}

func cannotWrite(folder string, err error) config.Finding {
	switch {
	case errors.Is(err, syscall.EROFS):
		return broken("The data folder "+folder+" is on a disk that can only be read.", "Look in the system's log for errors of the disk, then mount it for writing again.")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return broken("There is no room in the data folder "+folder+".", "Make room, or move the folder to a larger disk.")
	case errors.Is(err, fs.ErrPermission):
		return broken("The data folder "+folder+" cannot be written by this user.", "Run chown -R on it for the user that runs Lintel.")
	}
	return broken("The data folder "+folder+" cannot be written: "+err.Error()+".", "Mend the disk, or set LINTEL_DATA to another folder.")
}

// hasDatabase reports whether there is a database to look into: opening SQLite would
// otherwise make one.
func hasDatabase(c config.Config) bool {
	if c.DatabaseURL != "" {
		return true
	}
	_, err := os.Stat(filepath.Join(c.DataDir, databaseFile))
	return err == nil
}

func checkDatabase(ctx context.Context, c config.Config) []config.Finding {
	if !hasDatabase(c) {
		return []config.Finding{note("There is no database yet; the first start makes it.", "")}
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	database, err := db.Open(ctx, c.DatabaseURL.Reveal(), c.DataDir)
	if err != nil {
		return []config.Finding{unreachable(c, err)}
	}
	defer database.Close()
	var found []config.Finding
	for _, check := range []func(context.Context, *db.DB, config.Config) ([]config.Finding, error){checkSchema, checkIntegrity, checkDatabaseClock, checkDatabaseUser, checkKey, checkDeadJobs, checkLostMails} {
		some, err := check(ctx, database, c)
		if err != nil {
			return append(found, unreachable(c, err))
		}
		found = append(found, some...)
	}
	return found
}

func unreachable(c config.Config, err error) config.Finding {
	if c.DatabaseURL == "" {
		return broken("The database file cannot be used: "+cause(err)+".", "Let the user that runs Lintel own "+filepath.Join(c.DataDir, databaseFile)+"; if it is damaged, put it back from a backup.")
	}
	return broken("The database cannot be used: "+cause(err)+".", "See that PostgreSQL runs and that address, user and password in LINTEL_DATABASE_URL are right.")
}

// checkSchema compares the database's list of migrations with what a new database gets.
func checkSchema(ctx context.Context, database *db.DB, _ config.Config) ([]config.Finding, error) {
	done, err := texts(ctx, database, `select name from migrations`)
	if err != nil {
		return []config.Finding{note("The database is empty; the first start fills it.", "")}, nil
	}
	wanted, err := migrate.Names(database.Engine())
	if err != nil {
		return nil, err
	}
	for _, name := range done {
		if !slices.Contains(wanted, name) {
			return []config.Finding{broken("The database was changed by a newer Lintel ("+name+").", "Use that version or a newer one. This one will not start on it.")}, nil
		}
	}
	if len(done) < len(wanted) {
		return []config.Finding{note("The database is of an older Lintel; the next start brings it up to date.", "Make a backup first.")}, nil
	}
	return nil, nil
}

// checkIntegrity lets SQLite look over its file; PostgreSQL's is its own keeper's work.
func checkIntegrity(ctx context.Context, database *db.DB, _ config.Config) ([]config.Finding, error) {
	if database.Engine() != db.SQLite {
		return nil, nil
	}
	answers, err := texts(ctx, database, `pragma quick_check(3)`)
	if err != nil {
		return nil, err
	}
	if len(answers) == 1 && answers[0] == "ok" {
		return nil, nil
	}
	return []config.Finding{broken("The database file is damaged: "+strings.Join(answers, "; ")+".", "Stop Lintel, keep a copy of the data folder, and put the database back from a backup.")}, nil
}

func checkDatabaseClock(ctx context.Context, database *db.DB, _ config.Config) ([]config.Finding, error) {
	now := `select cast(unixepoch('subsec') * 1000000 as integer)`
	if database.Engine() == db.PostgreSQL {
		now = `select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)`
	}
	there, err := number(ctx, database, now)
	if err != nil {
		return nil, err
	}
	newest, err := number(ctx, database, `select coalesce(max(at), 0) from migrations`)
	if err != nil {
		newest = 0 // an empty database
	}
	here := time.Now()
	if off := here.Sub(time.UnixMicro(there)).Abs(); off > clockSlack {
		return []config.Finding{warning(fmt.Sprintf("The clocks of the database server and of this machine differ by %s.", off.Round(time.Second)), "Set both by a time service, for example chrony.")}, nil
	}
	if time.UnixMicro(newest).After(here.Add(time.Minute)) {
		return []config.Finding{broken("This machine's clock is behind: the database has been written at "+time.UnixMicro(newest).UTC().Format("2 January 2006 15:04")+" UTC.", "Set the clock by a time service, for example chrony.")}, nil
	}
	return nil, nil
}

// checkDatabaseUser sees to the fourth lock: PostgreSQL's row-level security is passed by
// superusers.
func checkDatabaseUser(ctx context.Context, database *db.DB, _ config.Config) ([]config.Finding, error) {
	if database.Engine() != db.PostgreSQL {
		return nil, nil
	}
	passes, err := number(ctx, database, `select case when rolsuper or rolbypassrls then 1 else 0 end from pg_roles where rolname = current_user`)
	if err != nil || passes == 0 {
		return nil, err
	}
	return []config.Finding{warning("The database user may pass by row-level security, the last lock between organisations.",
		"Use a user without SUPERUSER and BYPASSRLS that owns the database.")}, nil
}

func checkKey(ctx context.Context, database *db.DB, c config.Config) ([]config.Finding, error) {
	name := filepath.Join(c.DataDir, keyFile)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		if finding, lost := lostKey(ctx, database, c); lost {
			return []config.Finding{finding}, nil
		}
		return nil, nil
	}
	if _, err := secret.OpenOrCreateKey(name); err != nil {
		return []config.Finding{broken("The key file cannot be used: "+err.Error()+".", "Do that before the next start; without the key documents cannot be sealed and waiting mails cannot be sent.")}, nil
	}
	return nil, nil
}

// lostKey finds a database with secrets that only a missing key file opens: each
// organisation's sealing key and the text of its mails.
func lostKey(ctx context.Context, database *db.DB, c config.Config) (config.Finding, bool) {
	if _, err := os.Stat(filepath.Join(c.DataDir, keyFile)); err == nil {
		return config.Finding{}, false
	}
	sealed, err := number(ctx, database, `select count(*) from organisation_seals`)
	if err != nil || sealed == 0 { // no such table yet: nothing is sealed
		return config.Finding{}, false
	}
	return broken("The key file "+filepath.Join(c.DataDir, keyFile)+" is missing, but the database holds secrets that only it opens.",
		"Put "+keyFile+" back from a backup. Without it documents cannot be sealed and waiting mails cannot be sent."), true
}

func checkDeadJobs(ctx context.Context, database *db.DB, _ config.Config) ([]config.Finding, error) {
	dead, err := deadJobs(ctx, database)
	if err != nil || len(dead) == 0 {
		return nil, nil // no table yet: an empty database
	}
	kinds := map[string]int{}
	var order []string
	for _, job := range dead {
		if kinds[job.kind]++; kinds[job.kind] == 1 {
			order = append(order, job.kind)
		}
	}
	for i, kind := range order {
		order[i] = fmt.Sprintf("%s (%d)", kind, kinds[kind])
	}
	first, _, _ := strings.Cut(dead[0].why, "\n")
	return []config.Finding{warning("Jobs were given up after many attempts: "+strings.Join(order, ", ")+". The newest failed with: "+first+".",
		"Mend the cause, then run lintel doctor --retry.")}, nil
}

// checkFiles writes, reads and deletes one file where uploads are kept.
func checkFiles(ctx context.Context, c config.Config) []config.Finding {
	if !c.HasS3() {
		return nil // in the data folder, which was tried
	}
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	staging, err := os.MkdirTemp("", "lintel-doctor-")
	if err != nil {
		return []config.Finding{cannotWrite(os.TempDir(), err)}
	}
	defer os.RemoveAll(staging)
	store, err := blob.OpenS3(blob.S3Config{Endpoint: c.S3.Endpoint, Region: c.S3.Region, Bucket: c.S3.Bucket, Prefix: c.S3.Prefix,
		AccessKey: c.S3.AccessKey, SecretKey: c.S3.SecretKey.Reveal(), PathStyle: c.S3.PathStyle, Staging: staging})
	if err != nil {
		return nil // half set: the settings' own finding says so
	}
	defer store.Close()
	if err := store.Check(ctx); err != nil {
		return []config.Finding{broken("Files cannot be kept in the bucket: "+cause(err)+".", "See LINTEL_S3_ENDPOINT, the bucket's name, and that the access key may read, write, list and delete.")}
	}
	return nil
}

func texts(ctx context.Context, database *db.DB, query string) (out []string, err error) {
	err = database.Read(ctx, "*", func(tx *db.Tx) error {
		out = nil
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			out = append(out, text)
		}
		return rows.Err()
	})
	return out, err
}

func number(ctx context.Context, database *db.DB, query string) (n int64, err error) {
	err = database.Read(ctx, "*", func(tx *db.Tx) error {
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return n, err
}
