package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
	"lintel/internal/platform/fault"
)

// TestMain lets the test binary be the other process that has the data folder.
func TestMain(m *testing.M) {
	if folder := os.Getenv("LINTEL_OTHER_PROCESS"); folder != "" {
		os.Exit(otherProcess(folder))
	}
	os.Exit(m.Run())
}

// otherProcess locks the folder and the database, says so, and ends when its input does.
func otherProcess(folder string) int {
	if _, err := db.LockDirectory(folder); err != nil {
		fmt.Println("refused:", err)
		return 1
	}
	d, err := db.Open(context.Background(), "", folder)
	if err != nil {
		fmt.Println("refused:", err)
		return 1
	}
	defer d.Close()
	err = d.Write(context.Background(), "*", func(*db.Tx) error {
		fmt.Println("locked")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		return nil
	})
	if err != nil {
		return 1
	}
	return 0
}

// startOther starts the other process and returns when it has locked everything.
func startOther(t *testing.T, folder string) (release func(), kill func()) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), "LINTEL_OTHER_PROCESS="+folder)
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	said, _ := bufio.NewReader(out).ReadString('\n')
	if said != "locked\n" {
		t.Fatalf("the other process said %q", said)
	}
	return func() { in.Close() }, func() { _ = command.Process.Kill(); _ = command.Wait() }
}

// Fault 34: two servers on one data folder.
func TestASecondServerOnTheDataFolderIsRefusedUntilTheFirstHasEnded(t *testing.T) {
	folder := t.TempDir()
	_, kill := startOther(t, folder)
	if _, err := db.LockDirectory(folder); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a second server on the folder: %v", err)
	}
	kill() // also a killed server gives its lock back
	release, err := db.LockDirectory(folder)
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	release()
}

// Fault 9: another process (a backup, somebody's shell) has the database locked.
func TestALockedDatabaseIsWaitedFor(t *testing.T) {
	folder := t.TempDir()
	release, _ := startOther(t, folder)
	d, err := db.Open(context.Background(), "", folder)
	if err != nil {
		t.Fatalf("a locked database cannot be opened: %v", err)
	}
	defer d.Close()
	done := make(chan error, 1)
	go func() {
		done <- d.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script(schema) })
	}()
	if n := number(t, d, "select count(*) from sqlite_master"); n != 0 {
		t.Errorf("%d tables before the write", n)
	}
	select {
	case err := <-done:
		t.Fatalf("a write has passed the other process's lock: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	release()
	if err := <-done; err != nil {
		t.Errorf("a write below five seconds of waiting: %v", err)
	}
}

func TestADatabaseLockedForLongIsAnsweredAndRecovers(t *testing.T) {
	if testing.Short() {
		t.Skip("waits five seconds")
	}
	t.Parallel()
	folder := t.TempDir()
	release, _ := startOther(t, folder)
	d, err := db.Open(context.Background(), "", folder)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script(schema) }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a write after five seconds of waiting: %v", err)
	}
	release()
	write(t, d, schema)
}

func terminateOthers(t *testing.T, d *db.DB) (ended int64) {
	t.Helper()
	return number(t, d, "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
}

// Fault 18: connections of PostgreSQL are cut, as by a restart or a failover.
func TestRequestsAfterACutConnectionAreServed(t *testing.T) {
	d := empty.PostgreSQL(t)
	write(t, d, schema)
	for round := range 3 {
		fillPool(t, d, 6)
		if ended := terminateOthers(t, d); ended < 5 {
			t.Fatalf("only %d connections were cut", ended)
		}
		for i := range 6 {
			write(t, d, "insert into things (name) values ($1)", fmt.Sprint(round, " ", i))
		}
		fillPool(t, d, 6) // takes them all at once, so the cut ones too
	}
	if n := number(t, d, "select count(*) from things"); n != 18 {
		t.Errorf("%d of 18 acknowledged rows are there", n)
	}
}

// fillPool leaves that many idle connections in the pool.
func fillPool(t *testing.T, d *db.DB, count int) {
	t.Helper()
	var nest func(int)
	nest = func(left int) {
		if left == 0 {
			return
		}
		err := d.Read(context.Background(), "*", func(tx *db.Tx) error {
			_, err := scan(tx, "select 1")
			nest(left - 1)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	nest(count)
}

func TestATransactionWhoseConnectionIsCutIsNotAcknowledged(t *testing.T) {
	d := empty.PostgreSQL(t)
	write(t, d, schema)
	err := d.Write(context.Background(), "*", func(tx *db.Tx) error {
		if _, err := tx.Exec("insert into things (name) values ($1)", "half done"); err != nil {
			return err
		}
		terminateOthers(t, d)
		_, err := tx.Exec("insert into things (name) values ($1)", "never")
		return err
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("the cut transaction: %v", err)
	}
	if n := number(t, d, "select count(*) from things"); n != 0 {
		t.Errorf("%d rows of the cut transaction are there", n)
	}
}

// Fault 19: PostgreSQL gives up one of two transactions that contradict each other.
func TestContradictingTransactionsAreTriedAgain(t *testing.T) {
	d := empty.PostgreSQL(t)
	write(t, d, schema)
	write(t, d, "insert into things (name) values ($1)", "counter")
	both := make(chan struct{})
	arrive := make(chan struct{}, 2)
	go func() { <-arrive; <-arrive; close(both) }()
	runs := make(chan struct{}, 20)
	done := make(chan error, 2)
	for range 2 {
		go func() {
			first := true
			done <- d.Write(context.Background(), "*", func(tx *db.Tx) error {
				runs <- struct{}{}
				if err := tx.Script("set transaction isolation level serializable"); err != nil {
					return err
				}
				n, err := scan(tx, "select n from things where name = 'counter'")
				if err != nil {
					return err
				}
				if first { // both have read before either writes
					first = false
					arrive <- struct{}{}
					<-both
				}
				_, err = tx.Exec("update things set n = $1 where name = 'counter'", n+1)
				return err
			})
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Errorf("a transaction that was in another's way: %v", err)
		}
	}
	if n := number(t, d, "select n from things"); n != 2 {
		t.Errorf("the counter is %d after two acknowledged counts", n)
	}
	if len(runs) < 3 {
		t.Errorf("%d runs: nothing was tried again, so this test has tested nothing", len(runs))
	}
}
