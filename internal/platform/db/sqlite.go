package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
)

// sqlitePragmas hold on every connection. FULL because an acknowledged signature must survive a power cut. The file is not mapped into memory: each connection
// would map it anew (30 MB more under load at 100,000 projects, and no less processor time
// when it was measured), and a disk that fails to read would end the program by a signal
// instead of failing one request.
const sqlitePragmas = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = 1; pragma mmap_size = 0; pragma temp_store = 2;"

// busyLimit is how long a connection waits for another process that writes.
const busyLimit = 5 * time.Second

func openSQLite(path string) (*DB, error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	// The log is folded into the file every four thousand pages, not every thousand: a page that all writes touch is folded once.
	writing, err := openSession(path, sqlite.OpenCreate, sqlitePragmas+"pragma cache_size = -8192; pragma wal_autocheckpoint = 4000")
	if err != nil {
		return nil, fmt.Errorf("open the database file for writing: %w", err)
	}
	// One reader more than can work at a time. Few with much memory each: who sees a thousand customers reads 5 MB of pages for
	// one list, and with 4 MB read them anew each time.
	count := runtime.GOMAXPROCS(0) + 1
	d := &DB{engine: SQLite, readers: newReaders(count)}
	for range count {
		s, err := openSession(path, 0, sqlitePragmas+"pragma cache_size = -6144; pragma query_only = 1")
		if err != nil {
			_ = d.readers.close()
			_ = writing.close()
			return nil, fmt.Errorf("open the database file for reading: %w", err)
		}
		d.readers.give(s)
	}
	d.writer = startWriter(writing)
	return d, nil
}

// session is one connection to SQLite with the statements prepared on it, for one goroutine at a time.
type session struct {
	conn     *sqlite.Conn
	prepared map[string]*statement
	ending   chan struct{} // closed to end what runs
}

// openSession opens the file, which is only made with OpenCreate, and runs the settings.
func openSession(path string, create sqlite.OpenFlags, settings string) (*session, error) {
	conn, err := sqlite.OpenConn("file:"+(&url.URL{Path: path}).EscapedPath(), sqlite.OpenReadWrite|sqlite.OpenURI|create)
	if err != nil {
		return nil, err
	}
	conn.SetBusyTimeout(busyLimit)
	s := &session{conn: conn, prepared: map[string]*statement{}}
	s.listen()
	if err := s.script(settings); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (s *session) close() error { return s.conn.Close() }

// listen makes a new channel whose closing ends what the connection runs.
func (s *session) listen() {
	s.ending = make(chan struct{})
	s.conn.SetInterrupt(s.ending)
}

// endWith ends what the session runs when ctx ends. done comes before anybody else has the session.
func (s *session) endWith(ctx context.Context) (done func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { close(s.ending); close(ended) })
	return func() {
		if !stop() {
			<-ended
			s.listen()
		}
	}
}

func (s *session) transaction(ctx context.Context, begin string, fn func(*Tx) error) error {
	done := s.endWith(ctx)
	committed := false
	defer func() { // also after a panic
		done()
		if !committed {
			_ = s.run("rollback")
		}
	}()
	err := s.run(begin)
	if err == nil {
		err = fn(&Tx{ctx: ctx, session: s})
	}
	if err == nil {
		err = s.run("commit")
	}
	committed = err == nil
	return asFault(cancelled(ctx, err))
}

// cancelled names the end of a context as what ended a statement.
func cancelled(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && sqlite.ErrCode(err).ToPrimary() == sqlite.ResultInterrupt {
		return fmt.Errorf("read the database: %w", ctx.Err())
	}
	return err
}

// run runs a statement without arguments.
func (s *session) run(text string) error {
	_, err := s.exec(text, nil)
	return err
}

func (s *session) exec(text string, args []any) (changed int64, err error) {
	rows, err := s.query(text, args)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
	}
	if err := rows.Close(); err != nil {
		return 0, err
	}
	return int64(s.conn.Changes()), nil
}

// query begins a statement with $1, $2, …; its rows are read when they are asked for.
func (s *session) query(text string, args []any) (*sqliteRows, error) {
	prepared, err := s.prepare(text)
	if err != nil {
		return nil, err
	}
	if err := prepared.bind(args); err != nil {
		_ = prepared.reset()
		return nil, err
	}
	return &sqliteRows{statement: prepared}, nil
}

// script runs several statements without arguments and without an answer.
func (s *session) script(text string) error {
	for text = skipBlank(text); text != ""; text = skipBlank(text) {
		stmt, left, err := s.conn.PrepareTransient(text)
		if err != nil {
			return err
		}
		if err := stepAll(stmt); err != nil {
			return errors.Join(err, stmt.Finalize())
		}
		if err := stmt.Finalize(); err != nil {
			return err
		}
		text = text[len(text)-left:]
	}
	return nil
}

// skipBlank leaves out what stands in front of a statement and is none.
func skipBlank(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n;")
		switch {
		case strings.HasPrefix(text, "--"):
			_, text, _ = strings.Cut(text, "\n")
		case strings.HasPrefix(text, "/*"):
			_, text, _ = strings.Cut(text, "*/")
		default:
			return text
		}
	}
}

func stepAll(stmt *sqlite.Stmt) error {
	for more := true; more; {
		var err error
		if more, err = stmt.Step(); err != nil {
			return err
		}
	}
	return nil
}

// prepare gives the session's prepared statement.
func (s *session) prepare(text string) (*statement, error) {
	if known := s.prepared[text]; known != nil {
		return known, nil
	}
	stmt, err := s.conn.Prepare(text)
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	made := &statement{Stmt: stmt, arguments: make([]int, stmt.BindParamCount()), columns: stmt.ColumnCount()}
	for i := range made.arguments {
		if made.arguments[i], err = strconv.Atoi(strings.TrimPrefix(stmt.BindParamName(i+1), "$")); err != nil {
			return nil, fmt.Errorf("a parameter is named %q", stmt.BindParamName(i+1))
		}
		made.most = max(made.most, made.arguments[i])
	}
	s.prepared[text] = made
	return made, nil
}
