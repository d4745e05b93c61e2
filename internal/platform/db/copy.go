package db

import (
	"context"
	"fmt"
	"path/filepath"
)

// CopySQLite writes the state of this moment of the database in one folder into a new file,
// while others write on. It needs no open DB, so that it may run beside the server.
func CopySQLite(ctx context.Context, directory, to string) error {
	source, err := openSession(filepath.Join(directory, "lintel.db"), 0, "") // which makes no database where there is none
	if err != nil {
		return fmt.Errorf("open the database file: %w", err)
	}
	defer source.close()
	source.conn.SetBusyTimeout(2 * busyLimit)
	defer source.endWith(ctx)()
	if _, err := source.exec("vacuum into $1", []any{to}); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}
