// Package empty gives tests of the database itself an empty one on each engine: SQLite always,
// PostgreSQL when LINTEL_TEST_POSTGRES names a server whose user may create databases. In the
// full run (LINTEL_TEST_FULL=1) a missing server is a failure, not a skip.
package empty

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
func SQLite(t testing.TB) *db.DB { return Open(t, "", t.TempDir()) }

// PostgreSQL opens an empty database on the test server, or skips the test.
func PostgreSQL(t testing.TB) *db.DB { return Open(t, URL(t), "") }

// Open opens a database until the test ends.
func Open(t testing.TB, url, folder string) *db.DB {
	t.Helper()
	database, err := db.Open(context.Background(), url, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return database
}

// URL makes an empty database on the test server and gives its address.
func URL(t testing.TB) string { return Copy(t, "") }

// Copy makes a database like the one that is named, which nobody may have open, and gives its
// address. It is gone when the test ends.
func Copy(t testing.TB, of string) string {
	t.Helper()
	server := Server(t)
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name, like := "lintel_"+id.New(), ""
	if of != "" {
		like = " template " + of
	}
	if _, err := admin.Exec("create database " + name + like); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		_, _ = admin.Exec("drop database " + name + " with (force)")
		admin.Close()
	})
	return Address(server, name)
}

// Keep makes a database like the one that is named, for copies to be made of while the process
// runs; drop ends it.
func Keep(t testing.TB, of string) (name string, drop func()) {
	t.Helper()
	name, server := of+"_kept", Server(t)
	if err := do(server, "create database "+name+" template "+of); err != nil {
		t.Fatalf("keep a database: %v", err)
	}
	return name, func() { _ = do(server, "drop database "+name+" with (force)") } // a test server goes with its databases
}

func do(server, statement string) error {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer admin.Close()
	_, err = admin.Exec(statement)
	return err
}

// Server is the address of the test server; without one the test is skipped.
func Server(t testing.TB) string {
	t.Helper()
	server := os.Getenv("LINTEL_TEST_POSTGRES")
	if server != "" {
		return server
	}
	if os.Getenv("LINTEL_TEST_FULL") == "1" {
		t.Fatal("LINTEL_TEST_POSTGRES is not set")
	}
	t.Skip("no PostgreSQL: set LINTEL_TEST_POSTGRES, or run make test")
	return ""
}

// Address is the address of another database on the server.
func Address(server, name string) string {
	if strings.Contains(server, "dbname=") {
		return strings.Replace(server, "dbname="+Name(server), "dbname="+name, 1)
	}
	return server + " dbname=" + name
}

// Name is the name of the database at an address, or nothing.
func Name(address string) string {
	_, rest, _ := strings.Cut(address, "dbname=")
	name, _, _ := strings.Cut(rest, " ")
	return name
}
