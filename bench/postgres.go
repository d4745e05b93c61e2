//go:build linux

package main

import (
	"context"
	"strings"

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
