// Package db opens the embedded SQLite or a PostgreSQL server and runs transactions on
// either through the same two calls. It knows nothing of organisations: guard is the
// only caller that hands its transactions on.
//
// The reasons for the settings are measured in docs/decisions/0003-two-engines.md.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
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
}

// Open opens the PostgreSQL server that databaseURL names or, when it is empty, the
// SQLite file lintel.db in directory.
func Open(ctx context.Context, databaseURL, directory string) (*DB, error) {
	if databaseURL != "" {
		return openPostgreSQL(ctx, databaseURL)
	}
	return openSQLite(ctx, filepath.Join(directory, "lintel.db"))
}

// Engine tells which database this is.
func (d *DB) Engine() Engine { return d.engine }

// Close waits for what is being written and closes all connections.
func (d *DB) Close() error {
	var errs []error
	if d.writer != nil {
		d.writer.stop()
		errs = append(errs, d.closeSessions())
	}
	for _, c := range d.close {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// closeSessions gives back SQLite's pinned connections. The last one folds the write-ahead log into the file before, so that
// the file alone is the whole database, as somebody who copies it will expect. Reads that still run end with their pool, and
// what they keep from being folded is folded at the next start.
func (d *DB) closeSessions() error {
	var errs []error
	for s := d.readers.takeIdle(); s != nil; s = d.readers.takeIdle() {
		errs = append(errs, s.conn.Close())
	}
	_, err := d.writer.session.conn.ExecContext(context.Background(), "pragma wal_checkpoint(truncate)")
	return ignoreDone(errors.Join(append(errs, ignoreDone(err), d.writer.session.conn.Close())...))
}

// ignoreDone lets a second Close be harmless.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}

// Pragmas are per connection, so they stand in the address; FULL because an acknowledged
// signature must survive a power cut. The file is not mapped into memory: each connection
// would map it anew (30 MB more under load at 100,000 projects, and no less processor time
// when it was measured), and a disk that fails to read would end the program by a signal
// instead of failing one request.
const sqlitePragmas = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=mmap_size(0)&_pragma=temp_store(2)"

func openSQLite(ctx context.Context, path string) (*DB, error) {
	address := "file:" + (&url.URL{Path: path}).EscapedPath() + sqlitePragmas
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	// The log is folded into the file every four thousand pages, not every thousand: a page that all writes touch is folded once.
	write, err := sql.Open("sqlite", address+"&_pragma=cache_size(-8192)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return nil, fmt.Errorf("open the database file: %w", err)
	}
	write.SetMaxOpenConns(1)
	writeSession, err := newSession(ctx, write)
	if err != nil {
		return nil, fmt.Errorf("open the database file for writing: %w", err)
	}
	read, err := sql.Open("sqlite", address+"&_pragma=cache_size(-4096)&_pragma=query_only(1)")
	if err != nil {
		return nil, fmt.Errorf("open the database file for reading: %w", err)
	}
	count := max(2, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(count)
	read.SetMaxIdleConns(count)
	d := &DB{engine: SQLite, readers: newReaders(count), close: []io.Closer{read, write}}
	for range count {
		s, err := newSession(ctx, read)
		if err != nil {
			return nil, fmt.Errorf("open the database file for reading: %w", err)
		}
		d.readers.give(s)
	}
	d.writer = startWriter(writeSession)
	return d, nil
}

// Read runs fn in a read-only transaction that sees one state of the data. organisation
// is what row-level security on PostgreSQL compares with; "*" is for the few reads across
// organisations.
func (d *DB) Read(ctx context.Context, organisation string, fn func(*Tx) error) error {
	if d.engine == PostgreSQL {
		return d.onPostgreSQL(ctx, organisation, "begin transaction isolation level repeatable read read only", true, fn)
	}
	s, err := d.readers.take(ctx)
	if err != nil {
		return err
	}
	defer d.readers.give(s)
	return s.transaction(ctx, "begin", fn)
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
		err := d.onPostgreSQL(context.WithoutCancel(ctx), organisation, "begin", false, fn)
		if attempt == attempts || !isSerialization(err) {
			return err
		}
	}
}

// session is one connection to SQLite with the statements prepared on it.
type session struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func newSession(ctx context.Context, pool *sql.DB) (*session, error) {
	conn, err := pool.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, prepared: map[string]*sql.Stmt{}}, nil
}

func (s *session) transaction(ctx context.Context, begin string, fn func(*Tx) error) (err error) {
	if err := s.run(ctx, begin); err != nil {
		return asFault(err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic
			_ = s.run(context.WithoutCancel(ctx), "rollback")
		}
	}()
	if err := fn(&Tx{ctx: ctx, session: s}); err != nil {
		return asFault(err)
	}
	done = true
	if err := s.run(ctx, "commit"); err != nil {
		done = false
		return asFault(err)
	}
	return nil
}

// run runs a statement without arguments.
func (s *session) run(ctx context.Context, text string) error {
	stmt, err := s.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx)
	return err
}

// Tx is a running transaction.
type Tx struct {
	ctx      context.Context
	session  *session         // SQLite
	postgres *postgresSession // PostgreSQL
	walking  bool             // over the rows of a statement
}

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
	if t.walking {
		return 0, errWalking
	}
	if t.postgres != nil {
		changed, err := t.postgres.exec(t.ctx, text, args)
		return changed, asFault(err)
	}
	stmt, err := t.session.prepare(t.ctx, text)
	if err != nil {
		return 0, asFault(err)
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, asFault(err)
	}
	return result.RowsAffected()
}

// Script runs several statements without arguments, for migrations.
func (t *Tx) Script(text string) error {
	if t.postgres != nil {
		return asFault(t.postgres.script(t.ctx, text))
	}
	_, err := t.session.conn.ExecContext(t.ctx, text)
	return asFault(err)
}

// Query runs a statement with $1, $2, … that answers rows.
func (t *Tx) Query(text string, args ...any) (Rows, error) {
	if t.walking {
		return nil, errWalking
	}
	if t.postgres != nil {
		rows, err := t.postgres.query(t.ctx, text, args)
		return rows, asFault(err)
	}
	stmt, err := t.session.prepare(t.ctx, text)
	if err != nil {
		return nil, asFault(err)
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, asFault(err)
	}
	return rows, nil
}

// prepare gives the session's prepared statement.
func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := s.prepared[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(context.WithoutCancel(ctx), text)
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	s.prepared[text] = stmt
	return stmt, nil
}
