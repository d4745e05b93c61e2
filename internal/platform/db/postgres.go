package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"lintel/internal/platform/fault"
)

// maxConnections is how many connections to PostgreSQL one process opens.
const maxConnections = 16

func openPostgreSQL(ctx context.Context, databaseURL string) (*DB, error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, err
	}
	return connect(ctx, config)
}

func postgresConfig(databaseURL string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, errors.New("the database address cannot be understood") // the cause would show the password
	}
	config.ConnConfig.StatementCacheCapacity = 1024
	// Pages read a few rows by index. A merge join promises to stop early and then reads a
	// whole tenant (seen: 186 ms for what half a millisecond finds), so none is planned.
	config.ConnConfig.RuntimeParams["enable_mergejoin"] = "off"
	// Statements are written so that one plan fits all values; to plan anew each time costs several times the reading.
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	// Nor is one compiled: that takes 30 ms and more, of which pages of a few rows win nothing back.
	config.ConnConfig.RuntimeParams["jit"] = "off"
	config.MaxConns = maxConnections
	return config, nil
}

func connect(ctx context.Context, config *pgxpool.Config) (*DB, error) {
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("reach the PostgreSQL server: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the PostgreSQL server: %w", err)
	}
	return &DB{engine: PostgreSQL, pool: pool, close: []io.Closer{closing(pool.Close)}}, nil
}

// closing makes a Closer of what closes without an error.
type closing func()

func (c closing) Close() error { c(); return nil }

// onPostgreSQL runs fn in a transaction that begins with its first statement. When the server has cut the connection that was
// taken, as by a restart, that shows there: nothing was done then, and another one is tried.
func (d *DB) onPostgreSQL(ctx context.Context, organisation string, how purpose, fn func(*Tx) error) error {
	if strings.ContainsAny(organisation, `'\`) {
		return errors.New("organisation id with a quote")
	}
	for attempt := 1; ; attempt++ {
		conn, err := d.pool.Acquire(ctx)
		if err != nil {
			return asFault(closedPool(err)) // the server cannot be reached, so the next try would fail too
		}
		s := &postgresSession{conn: conn, purpose: how, organisation: organisation}
		err = s.run(ctx, fn)
		if !s.cut || attempt > maxConnections {
			return err
		}
	}
}

// postgresSession is one transaction on a connection of the pool. Every message to the server and back costs as much as a small
// read, so the beginning travels with the first statement, and nobody waits for the end of what only reads.
type postgresSession struct {
	conn         *pgxpool.Conn
	purpose      purpose
	organisation string
	begun        bool
	cut          bool // the connection was gone before anything was done
}

// purpose is what a transaction is for.
type purpose int

const (
	changes purpose = iota
	reads
	glances // reads, with one message
)

func (p purpose) begin() string {
	if p == changes {
		return "begin"
	}
	return "begin transaction isolation level repeatable read read only"
}

func (s *postgresSession) run(ctx context.Context, fn func(*Tx) error) error {
	finished := false
	defer func() {
		if !finished { // an error or a panic
			s.end(ctx, "rollback")
		}
	}()
	if err := fn(&Tx{ctx: ctx, postgres: s, once: s.purpose == glances}); err != nil {
		return asFault(err)
	}
	finished = true
	switch {
	case !s.begun || s.purpose == glances:
		s.conn.Release()
		return nil
	case s.purpose == reads:
		go s.end(ctx, "commit")
		return nil
	}
	_, err := s.conn.Exec(ctx, "commit")
	s.conn.Release()
	return asFault(err)
}

// endLimit is how long the end of a transaction may take whose outcome is known.
const endLimit = 5 * time.Second

func (s *postgresSession) end(ctx context.Context, how string) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer done()
	if s.begun && s.purpose != glances {
		_, _ = s.conn.Exec(ctx, how) // a connection that fails here is closed, and its transaction with it
	}
	s.conn.Release()
}

// queueBegin puts the beginning of the transaction in front of its first statement; begins says that it did.
func (s *postgresSession) queueBegin(batch *pgx.Batch) (begins bool) {
	if s.begun {
		return false
	}
	if s.purpose == glances { // what comes in one message is one transaction
		batch.Queue("select set_config('transaction_read_only', 'on', true), set_config('lintel.organisation', $1, true)", s.organisation)
		return true
	}
	batch.Queue(s.purpose.begin())
	batch.Queue("select set_config('lintel.organisation', $1, true)", s.organisation)
	return true
}

// send sends statements together, and reads the answers to the beginning when there is one.
func (s *postgresSession) send(ctx context.Context, batch *pgx.Batch, begins bool) (pgx.BatchResults, error) {
	s.begun = true
	results := s.conn.SendBatch(ctx, batch)
	if !begins {
		return results, nil
	}
	_, err := results.Exec()
	s.cut = fault.Is(asFault(err), fault.Unavailable)
	if err == nil && s.purpose != glances {
		_, err = results.Exec()
	}
	if err != nil {
		results.Close()
		return nil, err
	}
	return results, nil
}

// first sends the beginning of the transaction and its first statement together.
func (s *postgresSession) first(ctx context.Context, text string, args []any) (pgx.BatchResults, error) {
	batch := &pgx.Batch{}
	begins := s.queueBegin(batch)
	batch.Queue(text, args...)
	return s.send(ctx, batch, begins)
}

func (s *postgresSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	if s.begun {
		tag, err := s.conn.Exec(ctx, text, args...)
		return tag.RowsAffected(), err
	}
	results, err := s.first(ctx, text, args)
	if err != nil {
		return 0, err
	}
	tag, err := results.Exec()
	return tag.RowsAffected(), errors.Join(err, results.Close())
}

func (s *postgresSession) query(ctx context.Context, text string, args []any) (Rows, error) {
	if s.begun {
		rows, err := s.conn.Query(ctx, text, args...)
		if err == nil {
			err = rows.Err()
		}
		return postgresRows{rows, nil}, err
	}
	results, err := s.first(ctx, text, args)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		results.Close()
		return nil, err
	}
	return postgresRows{rows, results}, nil
}

// script runs several statements without arguments.
func (s *postgresSession) script(ctx context.Context, text string) error {
	if s.begun {
		_, err := s.conn.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol)
		return err
	}
	s.begun = true
	begin := s.purpose.begin() + "; set local lintel.organisation = '" + s.organisation + "'; "
	_, err := s.conn.Exec(ctx, begin+text, pgx.QueryExecModeSimpleProtocol)
	return err
}

// postgresRows are pgx's rows, and what they came in.
type postgresRows struct {
	pgx.Rows
	batch pgx.BatchResults
}

// Next comes to the end of the answer by itself, and then the connection is free for the next statement.
func (r postgresRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	if r.batch != nil {
		_ = r.batch.Close() // an error of the statement is also in Err
	}
	return false
}

// Close gives the connection back to the transaction.
func (r postgresRows) Close() error {
	r.Rows.Close()
	if r.batch != nil {
		return r.batch.Close()
	}
	return nil
}

// Columns are the names of what is read.
func (r postgresRows) Columns() ([]string, error) {
	var names []string
	for _, field := range r.FieldDescriptions() {
		names = append(names, field.Name)
	}
	return names, nil
}

func (r postgresRows) Err() error { return asFault(r.Rows.Err()) }

func closedPool(err error) error {
	if strings.Contains(err.Error(), "closed pool") {
		return errClosed
	}
	return err
}
