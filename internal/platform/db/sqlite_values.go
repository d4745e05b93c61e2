package db

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"zombiezen.com/go/sqlite"
)

// statement is prepared on one session.
type statement struct {
	*sqlite.Stmt
	arguments []int // the number of each parameter's argument: $2 may stand before $1
	most      int   // the number of arguments
	columns   int
	large     []int // the parameters that hold much
}

// largeArgument is the size in bytes from which on an argument is not kept after its statement.
const largeArgument = 4 << 10

// bind sets the arguments: text, whole numbers, truths, fractions, bytes, nil, and types made of these.
func (s *statement) bind(args []any) error {
	if len(args) != s.most {
		return fmt.Errorf("a statement has %d arguments and is given %d", s.most, len(args))
	}
	for i, number := range s.arguments {
		if err := s.bindOne(i+1, args[number-1]); err != nil {
			return fmt.Errorf("argument $%d of a statement: %w", number, err)
		}
	}
	return nil
}

func (s *statement) bindOne(at int, value any) error {
	switch v := value.(type) {
	case nil:
		s.BindNull(at)
	case string:
		s.bindText(at, v)
	case int64:
		s.BindInt64(at, v)
	case int:
		s.BindInt64(at, int64(v))
	case bool:
		s.BindBool(at, v)
	case float64:
		s.BindFloat(at, v)
	case []byte:
		s.bindBytes(at, v)
	default:
		return s.bindNamed(at, reflect.ValueOf(value))
	}
	return nil
}

func (s *statement) bindNamed(at int, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		s.bindText(at, v.String())
	case reflect.Bool:
		s.BindBool(at, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.BindInt64(at, v.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		s.BindInt64(at, int64(v.Uint()))
	default:
		return fmt.Errorf("%s cannot be stored", v.Type())
	}
	return nil
}

func (s *statement) bindBytes(at int, value []byte) {
	if value == nil {
		s.BindNull(at)
		return
	}
	s.BindBytes(at, value)
	s.note(at, len(value))
}

func (s *statement) bindText(at int, value string) {
	s.BindText(at, value)
	s.note(at, len(value))
}

func (s *statement) note(at, size int) {
	if size > largeArgument {
		s.large = append(s.large, at)
	}
}

// reset lets the statement be asked again. What was bound stays until something else is: SQLite would plan a statement
// anew whose bindings were cleared (since 3.54). Only what is large is forgotten.
func (s *statement) reset() error {
	err := s.Reset()
	for _, at := range s.large {
		s.BindNull(at)
	}
	s.large = s.large[:0]
	return err
}

// sqliteRows are read one after the other from a statement that runs.
type sqliteRows struct {
	*statement
	err    error
	closed bool
}

// Next goes to the next row; after the last one the statement is free again.
func (r *sqliteRows) Next() bool {
	if r.closed {
		return false
	}
	more, err := r.Step()
	if more {
		return true
	}
	r.finish(err)
	return false
}

func (r *sqliteRows) finish(err error) {
	r.closed = true
	if resetting := r.reset(); err == nil {
		err = resetting
	}
	r.err = err
}

// Err is why there are no more rows, when that was an error.
func (r *sqliteRows) Err() error { return asFault(r.err) }

// Close ends the statement.
func (r *sqliteRows) Close() error {
	if !r.closed {
		r.finish(nil)
	}
	return r.Err()
}

// Columns are the names of what is read; of two with one name only one is told.
func (r *sqliteRows) Columns() ([]string, error) {
	names := make([]string, r.columns)
	for i := range names {
		names[i] = r.ColumnName(i)
	}
	return names, nil
}

// Scan reads the values of the row. NULL is for pointers, *any, *[]byte and Scanners alone, as on PostgreSQL.
func (r *sqliteRows) Scan(dest ...any) error {
	if len(dest) != r.columns {
		return fmt.Errorf("%d columns are read into %d values", r.columns, len(dest))
	}
	for i, target := range dest {
		if err := r.scanOne(i, target); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// scanner takes a stored value, as database/sql's Scanner.
type scanner interface{ Scan(value any) error }

func (r *sqliteRows) scanOne(i int, target any) error {
	kind := r.ColumnType(i)
	switch t := target.(type) {
	case scanner:
		return t.Scan(r.value(i, kind))
	case *any:
		*t = r.value(i, kind)
		return nil
	case *[]byte:
		*t = r.bytes(i, kind)
		return nil
	case *string:
		if kind != sqlite.TypeNull {
			*t = r.ColumnText(i)
			return nil
		}
	case *int64:
		if kind == sqlite.TypeInteger {
			*t = r.ColumnInt64(i)
			return nil
		}
	case *int:
		if kind == sqlite.TypeInteger {
			*t = r.ColumnInt(i)
			return nil
		}
	}
	return r.scanNamed(i, kind, reflect.ValueOf(target).Elem())
}

var errNull = errors.New("there is no value, and the target cannot say so")

func (r *sqliteRows) scanNamed(i int, kind sqlite.ColumnType, target reflect.Value) error {
	if target.Kind() == reflect.Pointer {
		if kind == sqlite.TypeNull {
			target.SetZero()
			return nil
		}
		target.Set(reflect.New(target.Type().Elem()))
		return r.scanOne(i, target.Interface())
	}
	if kind == sqlite.TypeNull {
		return errNull
	}
	switch target.Kind() {
	case reflect.String:
		target.SetString(r.ColumnText(i))
		return nil
	case reflect.Bool:
		return r.scanTruth(i, kind, target)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.scanNumber(i, kind, target)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		if n := r.ColumnInt64(i); kind == sqlite.TypeInteger && n >= 0 && !target.OverflowUint(uint64(n)) {
			target.SetUint(uint64(n))
			return nil
		}
	case reflect.Float32, reflect.Float64:
		if kind == sqlite.TypeFloat || kind == sqlite.TypeInteger {
			target.SetFloat(r.ColumnFloat(i))
			return nil
		}
	}
	return fmt.Errorf("%q cannot be read as %s", r.ColumnText(i), target.Type())
}

// scanTruth reads what a truth is stored as: 0 or 1.
func (r *sqliteRows) scanTruth(i int, kind sqlite.ColumnType, target reflect.Value) error {
	n := r.ColumnInt64(i)
	if kind != sqlite.TypeInteger || n != 0 && n != 1 {
		return fmt.Errorf("%q is no truth", r.ColumnText(i))
	}
	target.SetBool(n == 1)
	return nil
}

// scanNumber reads a whole number, also where an older row holds it as text; a fraction is none.
func (r *sqliteRows) scanNumber(i int, kind sqlite.ColumnType, target reflect.Value) error {
	n := r.ColumnInt64(i)
	if kind != sqlite.TypeInteger {
		var err error
		if n, err = strconv.ParseInt(r.ColumnText(i), 10, 64); err != nil {
			return err
		}
	}
	if target.OverflowInt(n) {
		return fmt.Errorf("%d does not fit into %s", n, target.Type())
	}
	target.SetInt(n)
	return nil
}

// value is what is stored: int64, float64, string, []byte or nil.
func (r *sqliteRows) value(i int, kind sqlite.ColumnType) any {
	switch kind {
	case sqlite.TypeInteger:
		return r.ColumnInt64(i)
	case sqlite.TypeFloat:
		return r.ColumnFloat(i)
	case sqlite.TypeText:
		return r.ColumnText(i)
	case sqlite.TypeBlob:
		return r.bytes(i, kind)
	}
	return nil
}

func (r *sqliteRows) bytes(i int, kind sqlite.ColumnType) []byte {
	if kind == sqlite.TypeNull {
		return nil
	}
	value := make([]byte, r.ColumnLen(i))
	r.ColumnBytes(i, value)
	return value
}
