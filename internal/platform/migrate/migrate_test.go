package migrate

import (
	"context"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
)

func TestMigrationsRunOnceOnBothEngines(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, database *db.DB) {
		applied, err := Up(context.Background(), database, time.Unix(0, 0))
		if err != nil || len(applied) == 0 {
			t.Fatalf("first run applied %v: %v", applied, err)
		}
		applied, err = Up(context.Background(), database, time.Unix(0, 0))
		if err != nil || len(applied) != 0 {
			t.Fatalf("second run applied %v: %v", applied, err)
		}
	})
}

func TestAnEditedMigrationIsRefused(t *testing.T) {
	empty.OnBoth(t, func(t *testing.T, database *db.DB) {
		if _, err := Up(context.Background(), database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		err := database.Write(context.Background(), "*", func(tx *db.Tx) error {
			_, err := tx.Exec(`update migrations set sha256 = 'other' where name = '0001_foundation.sql'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Up(context.Background(), database, time.Unix(0, 0)); err == nil {
			t.Fatal("a database made by another text of the migration was accepted")
		}
	})
}
