package db_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
	"lintel/internal/platform/fault"
)

type trade string

// mood is read as features read times and JSON: by itself, from what is stored.
type mood struct{ stored any }

func (m *mood) Scan(stored any) error { m.stored = stored; return nil }

func TestWhatIsStoredComesBackAlikeOnBothEngines(t *testing.T) {
	named, none := trade("roofer"), (*string)(nil)
	long := strings.Repeat("a long letter ", 1000)
	cases := []struct {
		column        string
		value, target any
		want          any
	}{
		{"text", "tiles", new(string), "tiles"},
		{"text", "", new(string), ""},
		{"text", long, new(string), long},
		{"text", named, new(trade), named},
		{"text", "tiles", new(*string), "tiles"},
		{"text", nil, new(*string), none},
		{"text", "tiles", new(any), "tiles"},
		{"text", nil, new(any), nil},
		{"text", "tiles", new(mood), mood{"tiles"}},
		{"text", nil, new(mood), mood{nil}},
		{"bigint", int64(-7), new(int64), int64(-7)},
		{"bigint", 1 << 40, new(int), 1 << 40},
		{"bigint", 7, new(int32), int32(7)},
		{"bigint", 7, new(mood), mood{int64(7)}},
		{"bigint", 7, new(*int64), int64(7)},
		{"boolean", true, new(bool), true},
		{"boolean", false, new(bool), false},
	}
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		for i, c := range cases {
			table := fmt.Sprint("kept", i)
			write(t, d, fmt.Sprintf("create table %s (v %s)", table, c.column))
			write(t, d, fmt.Sprintf("insert into %s values ($1)", table), c.value)
			target := reflect.New(reflect.TypeOf(c.target).Elem())
			if err := readInto(d, "select v from "+table, target.Interface()); err != nil {
				t.Errorf("%s %.20v into %T: %v", c.column, c.value, c.target, err)
				continue
			}
			got := target.Elem()
			if got.Kind() == reflect.Pointer && !got.IsNil() {
				got = got.Elem()
			}
			if !reflect.DeepEqual(got.Interface(), c.want) {
				t.Errorf("%s %.20v came back as %.20v", c.column, c.value, got.Interface())
			}
		}
	})
}

func TestAValueThatDoesNotFitItsTargetIsAnErrorOnBothEngines(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		for query, target := range map[string]any{
			"select cast(null as text)":      new(string),
			"select cast(null as bigint)":    new(int64),
			"select cast(null as boolean)":   new(bool),
			"select cast('tiles' as text)":   new(int64),
			"select cast(300 as bigint)":     new(int8),
			"select cast('a' as text), 2":    new(string), // one target for two columns
			"select cast('maybe' as text)":   new(bool),
			"select cast('true' as text)":    new(bool),
			"select cast(2 as bigint)":       new(bool),
			"select cast(-1 as bigint)":      new(uint32),
			"select cast('1.5' as text)":     new(int),
			"select cast('tiles' as text) x": new(struct{ Name string }),
		} {
			if err := readInto(d, query, target); err == nil {
				t.Errorf("%s was read into %T as %v", query, target, reflect.ValueOf(target).Elem())
			}
		}
	})
}

func TestArgumentsAreTakenByTheirNumberOnBothEngines(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		got := ""
		for range 2 { // prepared, and then used again
			if err := readInto(d, "select cast($2 as text) || cast($1 as text) || cast($2 as text)", &got, "a", "b"); err != nil || got != "bab" {
				t.Errorf("%q, %v", got, err)
			}
		}
		if err := readInto(d, "select cast($2 as text) || cast($1 as text)", &got, "a"); err == nil {
			t.Error("a statement ran with an argument missing")
		}
		if err := readInto(d, "select cast($1 as text)", &got, "a", "b"); err == nil {
			t.Error("a statement ran with an argument too many")
		}
	})
}

func TestAScriptMayHoldCommentsAndEndInOne(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		for _, text := range []string{"", "-- nothing", "create table a (x text);; -- and no more", "/* one */ create table b (x text); -- two\n\ncreate table c (x text);\n/* three */\n;"} {
			if err := d.Write(t.Context(), "*", func(tx *db.Tx) error { return tx.Script(text) }); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
		number(t, d, "select (select count(*) from a) + (select count(*) from b) + (select count(*) from c)")
	})
}

func TestARequestWhoseTimeIsOverIsToldToTryAgain(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		err := d.Read(ctx, "*", func(tx *db.Tx) error { _, err := scan(tx, endless); return err })
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("it was told: %v", err)
		}
	})
}

func TestAReadThatRunsWhileTheDatabaseIsClosedEndsItself(t *testing.T) {
	d := empty.SQLite(t)
	write(t, d, schema)
	err := d.Read(t.Context(), "*", func(tx *db.Tx) error {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		_, err := scan(tx, "select count(*) from things")
		return err
	})
	if err != nil {
		t.Errorf("what was under way: %v", err)
	}
	if err := d.Read(t.Context(), "*", func(*db.Tx) error { return nil }); err == nil {
		t.Error("a closed database is read")
	}
	if err := d.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func readInto(d *db.DB, query string, target any, args ...any) error {
	return d.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(target); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
