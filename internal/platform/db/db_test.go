package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
	"lintel/internal/platform/fault"
)

const schema = `create table things (name text primary key, n bigint not null default 0)`

func write(t *testing.T, d *db.DB, text string, args ...any) {
	t.Helper()
	err := d.Write(context.Background(), "*", func(tx *db.Tx) error {
		if len(args) == 0 {
			return tx.Script(text)
		}
		_, err := tx.Exec(text, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func number(t *testing.T, d *db.DB, text string, args ...any) (n int64) {
	t.Helper()
	err := d.Read(context.Background(), "*", func(tx *db.Tx) (err error) {
		n, err = scan(tx, text, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

func scan(tx *db.Tx, text string, args ...any) (n int64, err error) {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// hold keeps SQLite's writer busy until release is called, so that what follows waits
// together and shares a commit.
func hold(t *testing.T, d *db.DB) (release func()) {
	t.Helper()
	began, end := make(chan struct{}), make(chan struct{})
	var once, started sync.Once
	done := make(chan error, 1)
	go func() {
		done <- d.Write(context.Background(), "*", func(*db.Tx) error { started.Do(func() { close(began) }); <-end; return nil })
	}()
	<-began
	return func() {
		once.Do(func() { close(end) })
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestTransactionsThatShareACommitDoNotSpoilEachOther(t *testing.T) {
	d := empty.SQLite(t)
	write(t, d, schema)
	release := hold(t, d)
	bad := map[int]func(*db.Tx) error{
		2: func(*db.Tx) error { return errors.New("the service said no") },
		5: func(*db.Tx) error { panic("the service fell over") },
		8: func(tx *db.Tx) error { return tx.Script("insert into nowhere values (1)") },
	}
	var runs [10]atomic.Int32
	var failed [10]error
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			failed[i] = d.Write(context.Background(), "*", func(tx *db.Tx) error {
				runs[i].Add(1)
				if _, err := tx.Exec("insert into things (name) values ($1)", fmt.Sprint("thing ", i)); err != nil {
					return err
				}
				if spoil := bad[i]; spoil != nil {
					return spoil(tx)
				}
				return nil
			})
		})
	}
	for d.Waiting() < 10 {
		time.Sleep(time.Millisecond)
	}
	release()
	all.Wait()
	for i := range 10 {
		if (failed[i] != nil) != (bad[i] != nil) {
			t.Errorf("transaction %d: %v", i, failed[i])
		}
		if n := runs[i].Load(); n != 1 {
			t.Errorf("transaction %d ran %d times: the batch was lost and done again", i, n)
		}
	}
	if n := number(t, d, "select count(*) from things"); n != 7 {
		t.Errorf("%d of 7 good transactions were kept", n)
	}
}

func TestAFailingCommitSpoilsOnlyItsOwnTransaction(t *testing.T) {
	d := empty.SQLite(t)
	write(t, d, `create table parents (id text primary key);
		create table children (parent text references parents (id) deferrable initially deferred)`)
	release := hold(t, d)
	var failed [6]error
	var all sync.WaitGroup
	for i := range failed {
		all.Go(func() {
			failed[i] = d.Write(context.Background(), "*", func(tx *db.Tx) error {
				parent := fmt.Sprint("parent ", i)
				if i != 3 { // the third's mistake shows only when the commit is tried
					if _, err := tx.Exec("insert into parents values ($1)", parent); err != nil {
						return err
					}
				}
				_, err := tx.Exec("insert into children values ($1)", parent)
				return err
			})
		})
	}
	for d.Waiting() < len(failed) {
		time.Sleep(time.Millisecond)
	}
	release()
	all.Wait()
	for i, err := range failed {
		if (err != nil) != (i == 3) {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
	if n := number(t, d, "select count(*) from children"); n != 5 {
		t.Errorf("%d of 5 good transactions were kept", n)
	}
}

func TestAPanicInATransactionLeavesNothingAndStopsNobody(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		write(t, d, schema)
		func() {
			defer func() { _ = recover() }() // on PostgreSQL the request's own goroutine panics
			err := d.Write(context.Background(), "*", func(tx *db.Tx) error {
				if _, err := tx.Exec("insert into things (name) values ($1)", "half done"); err != nil {
					t.Error(err)
				}
				panic("the service fell over")
			})
			if err == nil {
				t.Error("a transaction that panicked was acknowledged")
			}
		}()
		func() {
			defer func() { _ = recover() }()
			_ = d.Read(context.Background(), "*", func(*db.Tx) error { panic("the page fell over") })
		}()
		write(t, d, "insert into things (name) values ($1)", "whole")
		if n := number(t, d, "select count(*) from things"); n != 1 {
			t.Errorf("%d rows, wanted only the whole one", n)
		}
	})
}

func TestAReadCannotWrite(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		write(t, d, schema)
		for _, text := range []string{"insert into things (name) values ('x')", "update things set n = 1", "delete from things", "drop table things"} {
			err := d.Read(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err })
			if err == nil {
				t.Errorf("a read could %s", text)
			}
		}
		if n := number(t, d, "select count(*) from things"); n != 0 {
			t.Errorf("%d rows were written by reads", n)
		}
	})
}

func TestAReadSeesOneStateOfTheData(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		write(t, d, schema)
		err := d.Read(context.Background(), "*", func(tx *db.Tx) error {
			before, err := scan(tx, "select count(*) from things")
			if err != nil {
				return err
			}
			write(t, d, "insert into things (name) values ($1)", "meanwhile")
			after, err := scan(tx, "select count(*) from things")
			if before != after {
				t.Errorf("the page first saw %d rows and then %d", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestErrorsOfTheEnginesBecomeFaults(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		write(t, d, schema)
		write(t, d, "insert into things (name) values ($1)", "there")
		if d.Engine() == db.SQLite {
			write(t, d, `create trigger kept before update on things begin select raise(abort, 'kept'); end`)
		} else {
			write(t, d, `create function kept() returns trigger language plpgsql as $$ begin raise exception 'kept'; end $$`)
			write(t, d, `create trigger kept before update on things for each row execute function kept()`)
		}
		for name, text := range map[string]string{
			"a name that is taken":       "insert into things (name) values ('there')",
			"a row that a trigger keeps": "update things set n = 2",
		} {
			err := d.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err })
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		err := d.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script("insert into things (name) values (") })
		if err == nil || fault.As(err) != nil {
			t.Errorf("a mistake of ours was shown to people as: %v", err)
		}
	})
}

// endless is a read that only a cancelled request ends.
const endless = `with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n`

func TestACancelledReadEndsAtOnceAndTheSessionGoesOn(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		write(t, d, schema)
		for range 20 { // more often than there are reading sessions
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			began := time.Now()
			err := d.Read(ctx, "*", func(tx *db.Tx) error { _, err := scan(tx, endless); return err })
			cancel()
			if err == nil {
				t.Fatal("an endless read has ended")
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Fatalf("a cancelled read went on for %s", took)
			}
			number(t, d, "select count(*) from things")
		}
	})
}

func TestACancelledRequestDoesNotBeginAndOneUnderWayIsFinished(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		write(t, d, schema)
		ctx, cancel := context.WithCancel(context.Background())
		err := d.Write(ctx, "*", func(tx *db.Tx) error {
			cancel() // the browser goes away
			_, err := tx.Exec("insert into things (name) values ($1)", "kept")
			return err
		})
		if err != nil || number(t, d, "select count(*) from things") != 1 {
			t.Errorf("what was under way: %v", err)
		}
		err = d.Write(ctx, "*", func(*db.Tx) error { t.Error("a request that nobody waits for was begun"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled request: %v", err)
		}
	})
}

func TestAClosedDatabaseSaysSo(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(context.Background(), "*", func(*db.Tx) error { return nil }); err == nil {
			t.Error("a closed database has acknowledged a write")
		}
	})
}

func TestAClosedDatabaseIsOneFile(t *testing.T) {
	folder := t.TempDir()
	d, err := db.Open(t.Context(), "", folder)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, schema)
	write(t, d, `insert into things (name) values ($1)`, "kept")
	if n := number(t, d, `select count(*) from things`); n != 1 {
		t.Fatalf("%d things", n)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if log, err := os.Stat(filepath.Join(folder, "lintel.db-wal")); err == nil && log.Size() > 0 {
		t.Errorf("%d bytes are still beside the file", log.Size())
	}
	if file, err := os.Stat(filepath.Join(folder, "lintel.db")); err != nil || file.Size() < 2*4096 {
		t.Errorf("the file does not hold the data: %v, %v", file, err)
	}
}
