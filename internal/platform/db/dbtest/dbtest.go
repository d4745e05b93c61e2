// Package dbtest gives tests a database with the newest schema on each engine. The migrations
// run once, and each test has a copy: for SQLite once in a test process, for PostgreSQL once on
// the server. What is missing is told as package empty tells it.
package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
	"lintel/internal/platform/migrate"
)

// OnBoth runs a test on a database of each engine.
func OnBoth(t *testing.T, run func(t *testing.T, database *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, PostgreSQL(t)) })
}

// SQLite opens a database in the test's folder.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	folder := t.TempDir()
	File(t, folder)
	return empty.Open(t, "", folder)
}

// PostgreSQL opens a database on the test server, or skips the test.
func PostgreSQL(t testing.TB) *db.DB { return empty.Open(t, URL(t), "") }

// File puts an SQLite database into a folder.
func File(t testing.TB, folder string) {
	t.Helper()
	content, err := file()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "lintel.db"), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var file = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "lintel-schema")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := build("", folder); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder, "lintel.db"))
})

// build runs the migrations.
func build(url, folder string) error {
	database, err := db.Open(context.Background(), url, folder)
	if err != nil {
		return err
	}
	if _, err := migrate.Up(context.Background(), database, time.Unix(0, 0)); err != nil {
		database.Close()
		return err
	}
	return database.Close()
}

// URL makes a database on the test server and gives its address.
func URL(t testing.TB) string {
	t.Helper()
	_ = empty.Server(t) // skips without one
	name, err := template()
	if err != nil {
		t.Fatalf("make the schema on PostgreSQL: %v", err)
	}
	return empty.Copy(t, name)
}

// Organisations adds organisations, for tests of one feature that need no more of them than
// that they are there.
func Organisations(t testing.TB, database *db.DB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		err := database.Write(context.Background(), "*", func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into organisations (id, slug, name, created_at) values ($1, $1, $1, 0)`, id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
