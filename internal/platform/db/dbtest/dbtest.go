// Package dbtest gives tests an empty database on each engine: SQLite always, PostgreSQL
// when LINTEL_TEST_POSTGRES names a server whose user may create databases. In the full
// run (LINTEL_TEST_FULL=1) a missing server is a failure, not a skip.
package dbtest

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// OnBoth runs a test on an empty database of each engine.
func OnBoth(t *testing.T, run func(t *testing.T, database *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, PostgreSQL(t)) })
}

// SQLite opens an empty database in the test's folder.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	database, err := db.Open(context.Background(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return database
}

// PostgreSQL opens an empty database on the test server, or skips the test.
func PostgreSQL(t testing.TB) *db.DB {
	t.Helper()
	database, err := db.Open(context.Background(), URL(t), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return database
}

// URL makes an empty database on the test server and gives its address.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("LINTEL_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("LINTEL_TEST_FULL") == "1" {
			t.Fatal("LINTEL_TEST_POSTGRES is not set")
		}
		t.Skip("no PostgreSQL: set LINTEL_TEST_POSTGRES, or run make test")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "lintel_" + id.New()
	if _, err := admin.Exec("create database " + name); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		_, _ = admin.Exec("drop database " + name + " with (force)")
		admin.Close()
	})
	if strings.Contains(server, "dbname=") {
		return strings.Replace(server, "dbname="+between(server, "dbname="), "dbname="+name, 1)
	}
	return server + " dbname=" + name
}

func between(text, key string) string {
	_, rest, _ := strings.Cut(text, key)
	value, _, _ := strings.Cut(rest, " ")
	return value
}

// Organisations adds organisations, for tests of one feature that need no more of them than
// that they are there. The schema must be.
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
