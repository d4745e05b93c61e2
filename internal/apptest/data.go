package apptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"lintel/internal/platform/db"
)

// Dump is every row of every table as text, by table.
func (p *Portal) Dump() map[string][]string {
	p.t.Helper()
	dump := map[string][]string{}
	query := `select name from sqlite_master where type = 'table' and name not like 'sqlite%'`
	if p.App.Database.Engine() == db.PostgreSQL {
		query = `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
	}
	err := p.App.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		tables, err := rows(tx, query)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if dump[table], err = rows(tx, `select * from "`+table+`"`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if len(dump) < 20 {
		p.t.Fatalf("only %d tables were found", len(dump))
	}
	return dump
}

func rows(tx *db.Tx, query string) (list []string, err error) {
	found, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	for found.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := found.Scan(targets...); err != nil {
			return nil, err
		}
		texts := make([]string, len(values))
		for i, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			texts[i] = fmt.Sprint(v)
		}
		list = append(list, strings.Join(texts, "\x1f"))
	}
	sort.Strings(list)
	return list, found.Err()
}

// State is a fingerprint of each table, without those that are named.
func (p *Portal) State(without ...string) map[string]string {
	p.t.Helper()
	state := map[string]string{}
	for table, list := range p.Dump() {
		sum := sha256.Sum256([]byte(strings.Join(list, "\x1e")))
		state[table] = fmt.Sprintf("%d rows %s", len(list), hex.EncodeToString(sum[:8]))
	}
	for _, table := range without {
		delete(state, table)
	}
	return state
}

// Changed names the tables that differ between two states.
func Changed(before, after map[string]string) (tables []string) {
	for table, was := range before {
		if after[table] != was {
			tables = append(tables, fmt.Sprintf("%s (%s, then %s)", table, was, after[table]))
		}
	}
	sort.Strings(tables)
	return tables
}
