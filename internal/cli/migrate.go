package cli

import (
	"fmt"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/migrate"
)

type migrateCommand struct {
	config.Config `embed:""`
}

// Run applies the missing migrations and names them.
func (c migrateCommand) Run(t *terminal) error {
	database, err := db.Open(t.ctx, c.DatabaseURL.Reveal(), c.DataDir)
	if err != nil {
		return err
	}
	defer database.Close()
	applied, err := migrate.Up(t.ctx, database, clock.System().Now())
	for _, name := range applied {
		fmt.Fprintln(t.out, "applied", name)
	}
	if err == nil && len(applied) == 0 {
		fmt.Fprintln(t.out, "the database is up to date")
	}
	return err
}
