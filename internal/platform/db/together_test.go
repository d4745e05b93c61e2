package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// asking gives a step that asks a number several times and notes what it got.
func asking(tx *Tx, name string, times int, got *[]string) func() error {
	return func() error {
		for n := range times {
			rows, err := tx.Query("select cast($1 as bigint)", n)
			if err != nil {
				return err
			}
			for rows.Next() {
				answer := 0
				if err := rows.Scan(&answer); err != nil {
					return err
				}
				*got = append(*got, fmt.Sprint(name, answer))
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	}
}

func onEach(t *testing.T, run func(t *testing.T, d *DB)) {
	t.Run("sqlite", func(t *testing.T) {
		d, err := Open(t.Context(), "", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		run(t, d)
	})
	t.Run("postgres", func(t *testing.T) { d, _ := onServer(t); run(t, d) })
}

// onServer opens the test server's own database, where nothing is written; sent counts the messages to it.
func onServer(t *testing.T) (d *DB, sent *atomic.Int64) {
	server := os.Getenv("LINTEL_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("LINTEL_TEST_FULL") == "1" {
			t.Fatal("LINTEL_TEST_POSTGRES is not set")
		}
		t.Skip("no PostgreSQL: set LINTEL_TEST_POSTGRES, or run make test")
	}
	sent = &atomic.Int64{}
	d, err := openCounted(t.Context(), server, sent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, sent
}

// counted counts the messages to the server.
type counted struct {
	net.Conn
	sent *atomic.Int64
}

func (c counted) Write(message []byte) (int, error) { c.sent.Add(1); return c.Conn.Write(message) }

func openCounted(ctx context.Context, server string, sent *atomic.Int64) (*DB, error) {
	config, err := postgresConfig(server)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return counted{conn, sent}, err
	}
	return connect(ctx, config)
}

func TestStepsAreAnsweredEachWithItsOwn(t *testing.T) {
	onEach(t, func(t *testing.T, d *DB) {
		var got []string
		err := d.Read(t.Context(), "*", func(tx *Tx) error {
			nested := func() error { return tx.Together(asking(tx, "d", 1, &got), asking(tx, "e", 2, &got)) }
			if err := tx.Together(asking(tx, "a", 3, &got), asking(tx, "b", 0, &got), asking(tx, "c", 1, &got), nested); err != nil {
				return err
			}
			return asking(tx, "f", 1, &got)() // and then as ever
		})
		slices.Sort(got)
		if want := "a0 a1 a2 c0 d0 e0 e1 f0"; err != nil || strings.Join(got, " ") != want {
			t.Errorf("%v, %v; wanted %s", got, err, want)
		}
	})
}

func TestWhatIsAskedTogetherIsOneMessageToTheServer(t *testing.T) {
	d, sent := onServer(t)
	var got []string
	ask := func(together bool) (messages int64) {
		got = nil
		err := d.Write(t.Context(), "*", func(tx *Tx) error { // whose end is waited for
			before := sent.Load()
			defer func() { messages = sent.Load() - before }()
			steps := []func() error{asking(tx, "a", 2, &got), asking(tx, "b", 1, &got), asking(tx, "c", 1, &got)}
			if together {
				return tx.Together(steps...)
			}
			return tx.inTurn(steps)
		})
		if err != nil || len(got) != 4 {
			t.Fatal(got, err)
		}
		return messages
	}
	ask(true) // prepares
	if together, apart := ask(true), ask(false); together != 2 || apart != 4 {
		t.Errorf("%d messages together and %d one after the other; wanted 2 and 4", together, apart)
	}
}

func TestAStepThatFailsEndsTheOthersAndTheNextReadIsWell(t *testing.T) {
	broken := errors.New("this step is broken")
	onEach(t, func(t *testing.T, d *DB) {
		bad := map[string]func(*Tx) func() error{
			"its own error": func(tx *Tx) func() error { return func() error { return broken } },
			"a bad statement": func(tx *Tx) func() error {
				return func() error { _, err := tx.Query("select nothing from nowhere"); return err }
			},
			"after its answer": func(tx *Tx) func() error {
				return func() error {
					var got []string
					return errors.Join(asking(tx, "x", 1, &got)(), broken)
				}
			},
			"a change": func(tx *Tx) func() error {
				return func() error { _, err := tx.Exec("create table t (x text)"); return err }
			},
		}
		for name, step := range bad {
			var got []string
			err := d.Read(t.Context(), "*", func(tx *Tx) error {
				return tx.Together(asking(tx, "a", 2, &got), step(tx), asking(tx, "b", 2, &got))
			})
			if err == nil {
				t.Errorf("%s: no error", name)
			}
			got = nil
			if err := d.Read(t.Context(), "*", func(tx *Tx) error { return tx.Together(asking(tx, "a", 1, &got)) }); err != nil || len(got) != 1 {
				t.Errorf("after %s: %v, %v", name, got, err)
			}
		}
	})
}

func TestAStepInAStepThatFailsEndsThoseBesideItAlone(t *testing.T) {
	broken := errors.New("this step is broken")
	onEach(t, func(t *testing.T, d *DB) {
		var got []string
		err := d.Read(t.Context(), "*", func(tx *Tx) error {
			fails := func() error { return errors.Join(asking(tx, "a", 1, &got)(), broken) }
			nested := func() error {
				err := tx.Together(fails, asking(tx, "b", 500, &got), func() error { return tx.Together(asking(tx, "c", 500, &got), asking(tx, "d", 500, &got)) })
				if !errors.Is(err, broken) {
					return fmt.Errorf("the step around was told %w", err)
				}
				return asking(tx, "e", 1, &got)() // it knows what to do
			}
			return tx.Together(nested, asking(tx, "f", 3, &got))
		})
		said := strings.Join(got, " ")
		if err != nil || len(got) > 12 || !strings.Contains(said, "e0") || !strings.Contains(said, "f2") {
			t.Errorf("%d answers, %.80s: %v", len(got), said, err)
		}
	})
}

func TestAStepThatWillNotEndAfterAnErrorIsEnded(t *testing.T) {
	broken := errors.New("this step is broken")
	onEach(t, func(t *testing.T, d *DB) {
		before := runtime.NumGoroutine()
		for range 20 {
			err := d.Read(t.Context(), "*", func(tx *Tx) error {
				stubborn := func() error {
					var got []string
					for range 5 { // whatever it is told
						_ = asking(tx, "s", 1, &got)()
						_ = tx.Together(asking(tx, "t", 1, &got), asking(tx, "u", 1, &got))
					}
					return nil
				}
				return tx.Together(func() error { _, _ = tx.Query("select 1"); return broken }, stubborn, stubborn)
			})
			if !errors.Is(err, broken) {
				t.Fatal(err)
			}
		}
		if after := runtime.NumGoroutine(); after > before+20 {
			t.Errorf("%d goroutines before, %d after", before, after)
		}
	})
}

func TestAPanicInAStepSaysWhereItBegan(t *testing.T) {
	onEach(t, func(t *testing.T, d *DB) {
		if d.Engine() == SQLite {
			return // its steps are plain calls
		}
		defer func() {
			if said := fmt.Sprint(recover()); !strings.Contains(said, "fellOver") || !strings.Contains(said, "the page") {
				t.Errorf("%.200s", said)
			}
		}()
		_ = d.Read(t.Context(), "*", func(tx *Tx) error { return tx.Together(fellOver, fellOver) })
	})
}

func fellOver() error { panic("the page fell over") }

func TestRowsThatAStepLeavesOpenWhileItAsksAgainAreAnError(t *testing.T) {
	d, _ := onServer(t)
	err := d.Read(t.Context(), "*", func(tx *Tx) error {
		return tx.Together(func() error {
			rows, err := tx.Query("select n from generate_series(1, 3) n")
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var got []string
				if err := asking(tx, "a", 1, &got)(); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	})
	if err == nil {
		t.Error("two of three rows are lost, and nobody is told")
	}
}

func TestAPanicInAStepLeavesTheConnectionWell(t *testing.T) {
	onEach(t, func(t *testing.T, d *DB) {
		var got []string
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is gone")
				}
			}()
			_ = d.Read(t.Context(), "*", func(tx *Tx) error {
				return tx.Together(asking(tx, "a", 2, &got), func() error { panic("the page fell over") })
			})
		}()
		for range 20 { // every connection there may be
			got = nil
			if err := d.Read(t.Context(), "*", func(tx *Tx) error { return asking(tx, "a", 1, &got)() }); err != nil || len(got) != 1 {
				t.Fatalf("%v, %v", got, err)
			}
		}
	})
}

func TestARequestThatEndsEndsItsSteps(t *testing.T) {
	onEach(t, func(t *testing.T, d *DB) {
		ctx, end := context.WithCancel(t.Context())
		var got []string
		err := d.Read(ctx, "*", func(tx *Tx) error {
			return tx.Together(func() error { end(); return asking(tx, "a", 50, &got)() }, asking(tx, "b", 50, &got))
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a request that has gone was answered: %v, %v", len(got), err)
		}
	})
}

func TestAGlanceIsOneMessageToTheServerAndAsksOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d *DB) {
		var got []string
		for name, steps := range map[string]func(tx *Tx) error{
			"one statement": func(tx *Tx) error { return asking(tx, "a", 1, &got)() },
			"several together": func(tx *Tx) error {
				return tx.Together(asking(tx, "a", 1, &got), asking(tx, "b", 1, &got))
			},
			"nothing": func(*Tx) error { return nil },
		} {
			if err := d.Glance(t.Context(), "*", steps); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, steps := range map[string]func(tx *Tx) error{
			"two statements": func(tx *Tx) error { return asking(tx, "a", 2, &got)() },
			"two in a step":  func(tx *Tx) error { return tx.Together(asking(tx, "a", 2, &got), asking(tx, "b", 1, &got)) },
			"a script":       func(tx *Tx) error { return tx.Script("select 1") },
			"one after several": func(tx *Tx) error {
				return errors.Join(tx.Together(asking(tx, "a", 1, &got)), asking(tx, "b", 1, &got)())
			},
			"several after one": func(tx *Tx) error {
				return errors.Join(asking(tx, "b", 1, &got)(), tx.Together(asking(tx, "a", 1, &got)))
			},
			"a mistake": func(tx *Tx) error { _, err := tx.Query("select nothing from nowhere"); return err },
			"a change":  func(tx *Tx) error { _, err := tx.Exec("create table t (x text)"); return err },
		} {
			if err := d.Glance(t.Context(), "*", steps); err == nil {
				t.Errorf("%s in a glance", name)
			}
			got = nil
			if err := d.Glance(t.Context(), "*", func(tx *Tx) error { return asking(tx, "a", 1, &got)() }); err != nil || len(got) != 1 {
				t.Errorf("after %s: %v, %v", name, got, err)
			}
		}
	})
	d, sent := onServer(t)
	glance := func() (messages int64) {
		var got []string
		before := sent.Load()
		err := d.Glance(t.Context(), "*", func(tx *Tx) error {
			return tx.Together(asking(tx, "a", 1, &got), asking(tx, "b", 1, &got))
		})
		if err != nil || len(got) != 2 {
			t.Fatal(got, err)
		}
		return sent.Load() - before
	}
	glance() // prepares
	if messages := glance(); messages != 1 {
		t.Errorf("a glance took %d messages to the server", messages)
	}
}

// Row-level security compares with what a glance has set, so it must hold for each of its statements and for nobody after it.
func TestAGlanceSetsItsOrganisationForItselfAlone(t *testing.T) {
	d, _ := onServer(t)
	settings := func(tx *Tx, organisation, readOnly *string) func() error {
		return func() error {
			rows, err := tx.Query("select coalesce(current_setting('lintel.organisation', true), ''), current_setting('transaction_read_only')")
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := rows.Scan(organisation, readOnly); err != nil {
					return err
				}
			}
			return rows.Err()
		}
	}
	for _, want := range []string{"org1", "org2"} {
		var first, second, readOnly string
		err := d.Glance(t.Context(), want, func(tx *Tx) error {
			return tx.Together(settings(tx, &first, &readOnly), settings(tx, &second, &readOnly))
		})
		if err != nil || first != want || second != want || readOnly != "on" {
			t.Errorf("of %s: %q and %q, read-only %s, %v", want, first, second, readOnly, err)
		}
		left := ""
		if err := d.pool.QueryRow(t.Context(), "select coalesce(current_setting('lintel.organisation', true), '') || current_setting('transaction_read_only')").Scan(&left); err != nil || left != "off" {
			t.Errorf("after a glance of %s the connection keeps %q, %v", want, left, err)
		}
	}
}
