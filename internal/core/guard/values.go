package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
)

// Args are a statement's own arguments by name. A time is stored as microseconds since
// 1970 in UTC, the zero time as NULL; JSON values as text.
type Args map[string]any

// Row scans one row of an answer. A *time.Time takes the stored microseconds, a JSON
// target the stored text.
type Row func(dest ...any) error

// JSON makes an argument, or a scan target, that is stored as JSON text.
type JSON struct{ Value any }

// List is an argument for "in (:name)". An empty one finds nothing.
type List []string

// stored is the list as the statement's engine takes it.
func (l List) stored(s *Statement) (any, error) {
	for _, text := range l {
		if err := holdable(text); err != nil {
			return nil, err
		}
	}
	if s.arrays {
		return []string(l), nil
	}
	raw, err := json.Marshal([]string(l))
	return string(raw), err
}

func bind(s *Statement, args Args, own func(string) (any, bool)) ([]any, error) {
	values := make([]any, len(s.parameters))
	used := 0
	for i, parameter := range s.parameters {
		if value, ok := own(parameter); ok {
			if _, twice := args[parameter]; twice {
				return nil, fmt.Errorf("statement %q: :%s is bound by guard alone", s.Name, parameter)
			}
			values[i] = value
			continue
		}
		value, ok := args[parameter]
		if !ok {
			return nil, fmt.Errorf("statement %q misses :%s", s.Name, parameter)
		}
		used++
		stored, err := toStored(s, value)
		if err != nil {
			return nil, fmt.Errorf("statement %q, :%s: %w", s.Name, parameter, err)
		}
		values[i] = stored
	}
	if used != len(args) {
		return nil, fmt.Errorf("statement %q was given %d arguments and uses %d", s.Name, len(args), used)
	}
	return values, nil
}

func toStored(s *Statement, value any) (any, error) {
	switch v := value.(type) {
	case List:
		return v.stored(s)
	case string:
		return v, holdable(v)
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return v.UnixMicro(), nil
	case JSON:
		raw, err := json.Marshal(v.Value)
		return string(raw), err
	}
	return value, nil
}

// holdable refuses text that one of the databases does not hold; the other would keep what it cannot give back.
func holdable(text string) error {
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return fault.New(fault.Invalid, "This contains characters that cannot be read.")
	}
	return nil
}

func one(tx *db.Tx, s *Statement, values, dest []any) error {
	found := false
	err := each(tx, s, values, func(row Row) error {
		if found {
			return errors.New("more than one row")
		}
		found = true
		return row(dest...)
	})
	if err == nil && !found {
		return fault.New(fault.NotFound, "This was not found.")
	}
	return err
}

func each(tx *db.Tx, s *Statement, values []any, scan func(Row) error) error {
	rows, err := tx.Query(s.Text, values...)
	if err != nil {
		return wrap(s, err)
	}
	defer rows.Close()
	defer tx.Walk()()
	for rows.Next() {
		if err := scan(func(dest ...any) error { return scanRow(rows, dest) }); err != nil {
			return wrap(s, err)
		}
	}
	return wrap(s, rows.Err())
}

func scanRow(rows db.Rows, dest []any) error {
	for i, d := range dest {
		switch target := d.(type) {
		case *time.Time:
			dest[i] = (*storedTime)(target)
		case JSON:
			dest[i] = storedJSON{target.Value}
		}
	}
	return rows.Scan(dest...)
}

type storedTime time.Time

// Scan reads microseconds since 1970.
func (t *storedTime) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*t = storedTime{}
	case int64:
		*t = storedTime(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("a time is stored as a number, not as %T", value)
	}
	return nil
}

type storedJSON struct{ target any }

// Scan reads JSON text.
func (j storedJSON) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), j.target)
	case []byte:
		return json.Unmarshal(v, j.target)
	}
	return fmt.Errorf("JSON is stored as text, not as %T", value)
}

func wrap(s *Statement, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.Name, err)
}
