// Package db opens the embedded SQLite or a PostgreSQL server and runs transactions on
// either through the same two calls. It knows nothing of organisations: guard is the
// only caller that hands its transactions on.
//
// The reasons for the settings are measured in docs/decisions/0003-two-engines.md.
package db

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Engine names one of the two databases that Lintel runs on.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// DB is an open database. Reads run on a few connections, writes on one (SQLite) or
// many (PostgreSQL).
type DB struct {
	engine  Engine
	readers *readers      // SQLite: read-only sessions, each with its prepared statements
	writer  *writer       // SQLite: the one that writes
	pool    *pgxpool.Pool // PostgreSQL
	close   []io.Closer
	closing sync.Once // of SQLite's connections
}

// Open opens the PostgreSQL server that databaseURL names or, when it is empty, the
// SQLite file lintel.db in directory.
func Open(ctx context.Context, databaseURL, directory string) (*DB, error) {
	if databaseURL != "" {
		return openPostgreSQL(ctx, databaseURL)
	}
	return openSQLite(filepath.Join(directory, "lintel.db"))
}

// Engine tells which database this is.
func (d *DB) Engine() Engine { return d.engine }

// Close waits for what is being written and closes all connections.
func (d *DB) Close() error {
	var errs []error
	if d.writer != nil {
		d.writer.stop()
		d.closing.Do(func() { errs = append(errs, d.closeSessions()) })
	}
	for _, c := range d.close {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// closeSessions closes SQLite's connections. The last one folds the write-ahead log into the file before, so that
// the file alone is the whole database, as somebody who copies it will expect. What reads that still run keep from being
// folded is folded when the last of them ends, or at the next start.
func (d *DB) closeSessions() error {
	err := d.readers.close()
	return errors.Join(err, d.writer.session.run("pragma wal_checkpoint(truncate)"), d.writer.session.close())
}

// Read runs fn in a read-only transaction that sees one state of the data. organisation
// is what row-level security on PostgreSQL compares with; "*" is for the few reads across
// organisations.
func (d *DB) Read(ctx context.Context, organisation string, fn func(*Tx) error) error {
	return d.read(ctx, organisation, reads, fn)
}

// Glance is Read for an fn that asks once: one statement, or one Together of steps of one statement each. On PostgreSQL the
// whole transaction is one message to the server and back, and each of its statements sees the data of its own moment.
func (d *DB) Glance(ctx context.Context, organisation string, fn func(*Tx) error) error {
	return d.read(ctx, organisation, glances, fn)
}

func (d *DB) read(ctx context.Context, organisation string, how purpose, fn func(*Tx) error) error {
	if d.engine == PostgreSQL {
		return d.onPostgreSQL(ctx, organisation, how, fn)
	}
	s, err := d.readers.take(ctx)
	if err != nil {
		return err
	}
	defer d.readers.give(s)
	return s.transaction(ctx, "begin", func(tx *Tx) error {
		tx.once = how == glances
		return fn(tx)
	})
}

// Write runs fn in a transaction and returns after it is durable. On SQLite fn may share
// its commit with others and runs alone on the writing connection: it must not wait for
// anything outside, must not call Read or Write, and its context is not cancelled with
// the request (an interrupted statement would undo its neighbours).
func (d *DB) Write(ctx context.Context, organisation string, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.engine == SQLite {
		return asFault(d.writer.do(fn))
	}
	const attempts = 4
	for attempt := 1; ; attempt++ {
		err := d.onPostgreSQL(context.WithoutCancel(ctx), organisation, changes, fn)
		if attempt == attempts || !isSerialization(err) {
			return err
		}
	}
}

// Tx is a running transaction.
type Tx struct {
	ctx      context.Context
	session  *session         // SQLite
	postgres *postgresSession // PostgreSQL
	walking  bool             // over the rows of a statement
	stepping bool             // SQLite: inside Together
	once     bool             // a Glance
	asked    bool             // something, in the step that runs or before it
	round    *round           // PostgreSQL: the Together that runs
}

var errGlance = errors.New("a glance asks once, and is asked for more")

var errWalking = errors.New("another statement is asked while the rows of one are read; read them to the end first")

// Walk marks that rows are read until done is called. PostgreSQL answers one statement after the other; SQLite would not mind
// a second one meanwhile, and hide it from its tests, so both refuse it.
func (t *Tx) Walk() (done func()) {
	t.walking = true
	return func() { t.walking = false }
}

// Rows are the answer of a query; who asked closes them.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Columns() ([]string, error)
	Err() error
	Close() error
}

// Engine tells which database runs the transaction.
func (t *Tx) Engine() Engine {
	if t.postgres != nil {
		return PostgreSQL
	}
	return SQLite
}

// Exec runs a statement with $1, $2, … and tells how many rows it changed.
func (t *Tx) Exec(text string, args ...any) (int64, error) {
	switch {
	case t.walking:
		return 0, errWalking
	case t.stepping || t.round != nil:
		return 0, errStepChanges
	case t.once:
		return 0, errGlance
	case t.postgres != nil:
		changed, err := t.postgres.exec(t.ctx, text, args)
		return changed, asFault(err)
	}
	if err := t.ctx.Err(); err != nil { // nobody waits for it
		return 0, err
	}
	changed, err := t.session.exec(text, args)
	return changed, asFault(err)
}

// Script runs several statements without arguments, for migrations.
func (t *Tx) Script(text string) error {
	if t.stepping || t.round != nil || t.once {
		return errStepChanges
	}
	if t.postgres != nil {
		return asFault(t.postgres.script(t.ctx, text))
	}
	return asFault(t.session.script(text))
}

// Query runs a statement with $1, $2, … that answers rows.
func (t *Tx) Query(text string, args ...any) (Rows, error) {
	switch {
	case t.walking:
		return nil, errWalking
	case t.round != nil:
		return t.round.query(text, args)
	case t.once && t.asked:
		return nil, errGlance
	}
	t.asked = true
	if t.postgres != nil {
		rows, err := t.postgres.query(t.ctx, text, args)
		return rows, asFault(err)
	}
	if err := t.ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := t.session.query(text, args)
	if err != nil {
		return nil, asFault(err)
	}
	return rows, nil
}
