// Package migrate brings a database to the newest schema: one embedded SQL file per
// change, forward only, each in one transaction with its line in the ledger.
//
// NAME.sql runs on both engines; NAME.sqlite.sql and NAME.postgres.sql add what only one
// of them knows (triggers, row-level security).
package migrate

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"time"

	"lintel/internal/platform/db"
)

//go:embed migrations/*.sql
var files embed.FS

const ledger = `create table if not exists migrations (name text primary key, sha256 text not null, at bigint not null)`

// Up applies what is missing and tells the names of the applied files. A file that was
// changed after it ran is refused: a schema that differs from its description is worse
// than a server that does not start.
func Up(ctx context.Context, database *db.DB, now time.Time) (applied []string, err error) {
	if err := database.Write(ctx, "*", func(tx *db.Tx) error { return tx.Script(ledger) }); err != nil {
		return nil, fmt.Errorf("make the list of migrations: %w", err)
	}
	names, err := Names(database.Engine())
	if err != nil {
		return nil, err
	}
	done, err := finished(ctx, database)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if done[name] != "" {
			if err := unchanged(name, done[name]); err != nil {
				return nil, err
			}
			continue
		}
		ran, err := apply(ctx, database, name, now)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		if ran {
			applied = append(applied, name)
		}
	}
	return applied, refuseNewer(names, done)
}

// refuseNewer keeps an older Lintel off a database that a newer one has changed.
func refuseNewer(names []string, done map[string]string) error {
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	for name := range done {
		if !known[name] {
			return fmt.Errorf("this database was changed by a newer Lintel (%s): use that version or newer", name)
		}
	}
	return nil
}

// Names lists the migrations of an engine in the order in which Up runs them.
func Names(engine db.Engine) ([]string, error) {
	entries, err := fs.ReadDir(files, "migrations")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	other := ".postgres.sql"
	if engine == db.PostgreSQL {
		other = ".sqlite.sql"
	}
	var out []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), other) {
			out = append(out, e.Name())
		}
	}
	// "0001_x.sql" before "0001_x.postgres.sql": the engine's part builds on the common one.
	sort.Slice(out, func(i, j int) bool { return sortKey(out[i]) < sortKey(out[j]) })
	return out, nil
}

// Sum tells one schema from another: it changes with the name and text of each migration.
func Sum(engine db.Engine) (string, error) {
	names, err := Names(engine)
	if err != nil {
		return "", err
	}
	all := sha256.New()
	for _, name := range names {
		_, sum, err := text(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(all, name, sum)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

func sortKey(name string) string {
	base, engine, _ := strings.Cut(strings.TrimSuffix(name, ".sql"), ".")
	return base + " " + engine
}

func text(name string) (content, sum string, err error) {
	raw, err := files.ReadFile("migrations/" + name)
	if err != nil {
		return "", "", fmt.Errorf("read migration %s: %w", name, err)
	}
	hash := sha256.Sum256(raw)
	return string(raw), hex.EncodeToString(hash[:]), nil
}

func unchanged(name, sum string) error {
	_, now, err := text(name)
	if err == nil && now != sum {
		return fmt.Errorf("migration %s was changed after it ran here", name)
	}
	return err
}

func finished(ctx context.Context, database *db.DB) (map[string]string, error) {
	done := map[string]string{}
	err := database.Read(ctx, "*", func(tx *db.Tx) error {
		rows, err := tx.Query(`select name, sha256 from migrations`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, sum string
			if err := rows.Scan(&name, &sum); err != nil {
				return err
			}
			done[name] = sum
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the list of migrations: %w", err)
	}
	return done, nil
}

// apply runs one file, unless another node did so while this one waited for the lock.
func apply(ctx context.Context, database *db.DB, name string, now time.Time) (ran bool, err error) {
	content, sum, err := text(name)
	if err != nil {
		return false, err
	}
	err = database.Write(ctx, "*", func(tx *db.Tx) error {
		if tx.Engine() == db.PostgreSQL {
			if err := tx.Script("select pg_advisory_xact_lock(7346529001)"); err != nil {
				return err
			}
		}
		written, err := tx.Exec(`insert into migrations (name, sha256, at) values ($1, $2, $3) on conflict (name) do nothing`, name, sum, now.UnixMicro())
		if err != nil || written == 0 {
			return err
		}
		ran = true
		if err := tx.Script(content); err != nil {
			return err
		}
		return describe(tx)
	})
	return ran, err
}
