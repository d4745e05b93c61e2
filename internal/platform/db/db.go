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
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"lintel/internal/platform/fault"
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
	readers *readers        // SQLite: read-only sessions, each with its prepared statements
	writer  *writer         // SQLite: the one that writes
	pool    *sql.DB         // PostgreSQL
	config  *pgx.ConnConfig // PostgreSQL: how connections are made
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

// closeSessions gives back SQLite's pinned connections, so that the last one to close
// folds the write-ahead log into the file. Reads that still run end with their pool.
func (d *DB) closeSessions() error {
	errs := []error{d.writer.session.conn.Close()}
	for s := d.readers.takeIdle(); s != nil; s = d.readers.takeIdle() {
		errs = append(errs, s.conn.Close())
	}
	return ignoreDone(errors.Join(errs...))
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
	write, err := sql.Open("sqlite", address+"&_pragma=cache_size(-8192)")
	if err != nil {
		return nil, fmt.Errorf("open the database file: %w", err)
	}
	write.SetMaxOpenConns(1)
	writeSession, err := newSession(ctx, write, SQLite)
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
		s, err := newSession(ctx, read, SQLite)
		if err != nil {
			return nil, fmt.Errorf("open the database file for reading: %w", err)
		}
		d.readers.give(s)
	}
	d.writer = startWriter(writeSession)
	return d, nil
}

// maxConnections is how many connections to PostgreSQL one process opens.
const maxConnections = 16

func openPostgreSQL(ctx context.Context, databaseURL string) (*DB, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, errors.New("the database address cannot be understood") // the cause would show the password
	}
	config.StatementCacheCapacity = 1024
	// Pages read a few rows by index. A merge join promises to stop early and then reads a
	// whole tenant (seen: 186 ms for what half a millisecond finds), so none is planned.
	config.RuntimeParams["enable_mergejoin"] = "off"
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("reach the PostgreSQL server: %w", err)
	}
	return &DB{engine: PostgreSQL, pool: pool, config: config, close: []io.Closer{pool}}, nil
}

// Read runs fn in a read-only transaction that sees one state of the data. organisation
// is what row-level security on PostgreSQL compares with; "*" is for the few reads across
// organisations.
func (d *DB) Read(ctx context.Context, organisation string, fn func(*Tx) error) error {
	if d.engine == PostgreSQL {
		return d.onPostgreSQL(ctx, organisation, "begin transaction isolation level repeatable read read only", fn)
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
		err := d.onPostgreSQL(context.WithoutCancel(ctx), organisation, "begin", fn)
		if attempt == attempts || !isSerialization(err) {
			return err
		}
	}
}

func (d *DB) onPostgreSQL(ctx context.Context, organisation, begin string, fn func(*Tx) error) error {
	if strings.ContainsAny(organisation, `'\`) {
		return errors.New("organisation id with a quote")
	}
	begin += "; set local lintel.organisation = '" + organisation + "'"
	for attempt := 1; ; attempt++ {
		begun, err := d.onConnection(ctx, begin, fn)
		if begun || attempt > maxConnections || !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
}

// onConnection runs fn on one connection of the pool. When the server has cut it, as by a
// restart, that shows at the begin: nothing was done then, and another one may be tried.
func (d *DB) onConnection(ctx context.Context, begin string, fn func(*Tx) error) (begun bool, err error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return true, asFault(err) // the server cannot be reached, so the next try would fail too
	}
	defer conn.Close()
	s := &session{conn: conn, engine: PostgreSQL}
	err = s.transaction(ctx, begin, func(tx *Tx) error { begun = true; return fn(tx) })
	return begun, err
}

// session is one connection with the statements prepared on it.
type session struct {
	conn     *sql.Conn
	engine   Engine
	prepared map[string]*sql.Stmt
}

func newSession(ctx context.Context, pool *sql.DB, engine Engine) (*session, error) {
	conn, err := pool.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, engine: engine, prepared: map[string]*sql.Stmt{}}, nil
}

func (s *session) transaction(ctx context.Context, begin string, fn func(*Tx) error) (err error) {
	if _, err := s.conn.ExecContext(ctx, begin); err != nil {
		return asFault(err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic
			_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
		}
	}()
	if err := fn(&Tx{ctx: ctx, session: s}); err != nil {
		return asFault(err)
	}
	done = true
	if _, err := s.conn.ExecContext(ctx, "commit"); err != nil {
		done = false
		return asFault(err)
	}
	return nil
}

// Tx is a running transaction.
type Tx struct {
	ctx     context.Context
	session *session
}

// Engine tells which database runs the transaction.
func (t *Tx) Engine() Engine { return t.session.engine }

// Exec runs a statement with $1, $2, … and tells how many rows it changed.
func (t *Tx) Exec(text string, args ...any) (int64, error) {
	var result sql.Result
	stmt, err := t.session.prepare(t.ctx, text)
	switch {
	case err != nil:
		return 0, asFault(err)
	case stmt != nil:
		result, err = stmt.ExecContext(t.ctx, args...)
	default:
		result, err = t.session.conn.ExecContext(t.ctx, text, args...)
	}
	if err != nil {
		return 0, asFault(err)
	}
	return result.RowsAffected()
}

// Script runs several statements without arguments, for migrations.
func (t *Tx) Script(text string) error {
	_, err := t.session.conn.ExecContext(t.ctx, text)
	return asFault(err)
}

// Query runs a statement with $1, $2, … that answers rows.
func (t *Tx) Query(text string, args ...any) (*sql.Rows, error) {
	stmt, err := t.session.prepare(t.ctx, text)
	if err != nil {
		return nil, asFault(err)
	}
	if stmt != nil {
		rows, err := stmt.QueryContext(t.ctx, args...)
		return rows, asFault(err)
	}
	rows, err := t.session.conn.QueryContext(t.ctx, text, args...)
	return rows, asFault(err)
}

// prepare gives the session's prepared statement, or nil on PostgreSQL, whose driver
// prepares by itself.
func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if s.engine == PostgreSQL {
		return nil, nil
	}
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
