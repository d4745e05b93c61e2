package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
	"lintel/internal/platform/migrate"
)

// prefix begins the name of every database that only copies are made of.
const prefix = "lintel_schema_"

// template is the name of the database on the test server that has the newest schema. The first
// process that asks makes it, the others wait for it meanwhile; it stays on the server, so that
// the next run finds it.
var template = sync.OnceValues(func() (string, error) {
	ctx, server := context.Background(), os.Getenv("LINTEL_TEST_POSTGRES")
	sum, err := migrate.Sum(db.PostgreSQL)
	if err != nil {
		return "", err
	}
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	admin, err := pool.Conn(ctx) // a lock is of one connection
	if err != nil {
		return "", err
	}
	defer admin.Close()
	if _, err := admin.ExecContext(ctx, "select pg_advisory_lock(hashtext($1))", prefix); err != nil {
		return "", err
	}
	name := prefix + sum[:16]
	var made sql.NullString
	err = admin.QueryRowContext(ctx, "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", name).Scan(&made)
	if made.Valid || err != nil && !errors.Is(err, sql.ErrNoRows) {
		return name, err
	}
	return name, fill(ctx, admin, server, name)
})

// fill makes the database. Its comment, which says when, comes last: without one it is half made.
func fill(ctx context.Context, admin *sql.Conn, server, name string) error {
	if err := forget(ctx, admin, name); err != nil {
		return err
	}
	if _, err := admin.ExecContext(ctx, "create database "+name); err != nil {
		return err
	}
	if err := build(empty.Address(server, name), ""); err != nil {
		return err
	}
	_, err := admin.ExecContext(ctx, fmt.Sprintf("comment on database %s is '%s'", name, time.Now().UTC().Format(time.RFC3339)))
	return err
}

// forget drops what is left of the name, and the schemas of other days.
func forget(ctx context.Context, admin *sql.Conn, name string) error {
	yesterday := time.Now().UTC().Add(-24 * time.Hour).Format(time.RFC3339)
	found, err := admin.QueryContext(ctx, `select datname from pg_database where datname = $1 or starts_with(datname, $2) and shobj_description(oid, 'pg_database') < $3`, name, prefix, yesterday)
	if err != nil {
		return err
	}
	var old []string
	for found.Next() {
		var one string
		if err := found.Scan(&one); err != nil {
			return err
		}
		old = append(old, one)
	}
	if err := found.Close(); err != nil {
		return err
	}
	for _, one := range old {
		if _, err := admin.ExecContext(ctx, "drop database "+one+" with (force)"); err != nil {
			return err
		}
	}
	return nil
}
