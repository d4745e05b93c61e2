package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
)

// CopySQLite writes the state of this moment of the database in one folder into a new file,
// while others write on. It needs no open DB, so that it may run beside the server.
func CopySQLite(ctx context.Context, directory, to string) error {
	path := filepath.Join(directory, "lintel.db")
	// mode=rw keeps SQLite from making a database where there is none.
	source, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("open the database file: %w", err)
	}
	defer source.Close()
	if _, err := source.ExecContext(ctx, "vacuum into ?", to); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}
