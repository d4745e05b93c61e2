//go:build linux

package main

import (
	"context"
	"strings"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// makeDatabase makes an empty database on the test server and gives its address.
func makeDatabase(server string) (address string, err error) {
	name := "lintel_bench_" + id.New()
	if err := onServer(server, "create database "+name); err != nil {
		return "", err
	}
	return named(server, name), nil
}

func dropDatabase(address string) {
	fields := strings.Fields(address)
	for _, field := range fields {
		if name, found := strings.CutPrefix(field, "dbname="); found {
			_ = onServer(named(address, "postgres"), "drop database "+name+" with (force)")
		}
	}
}

// named is the address with another database.
func named(address, name string) string {
	var kept []string
	for _, field := range strings.Fields(address) {
		if !strings.HasPrefix(field, "dbname=") {
			kept = append(kept, field)
		}
	}
	return strings.Join(append(kept, "dbname="+name), " ")
}

// serverTime gives a watch over what the server's processes for a database have worked; it stands still for a server elsewhere.
func serverTime(address string) (func() time.Duration, *db.DB, error) {
	database, err := db.Open(context.Background(), address, "")
	if err != nil {
		return nil, nil, err
	}
	here := strings.Contains(address, "host=/") || strings.Contains(address, "host=localhost") || strings.Contains(address, "host=127.")
	return func() (worked time.Duration) {
		if !here {
			return 0
		}
		_ = database.Read(context.Background(), "*", func(tx *db.Tx) error {
			rows, err := tx.Query("select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()")
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				process := 0
				if err := rows.Scan(&process); err != nil {
					return err
				}
				worked += processTime(process)
			}
			return rows.Err()
		})
		return worked
	}, database, nil
}

// onServer runs a statement that must stand outside of a transaction.
func onServer(address, statement string) error {
	database, err := db.Open(context.Background(), address, "")
	if err != nil {
		return err
	}
	defer database.Close()
	return database.Write(context.Background(), "*", func(tx *db.Tx) error {
		if err := tx.Script("commit"); err != nil {
			return err
		}
		if err := tx.Script(statement); err != nil {
			return err
		}
		return tx.Script("begin")
	})
}
