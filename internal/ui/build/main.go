// Command build writes internal/ui/dist. Run it by `go generate ./internal/ui`.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"lintel/internal/ui/bundle"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write replaces dist under root, so that files of an older build do not stay behind.
func write(root string) error {
	files, err := bundle.Build(root)
	if err != nil {
		return err
	}
	dist := filepath.Join(root, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return fmt.Errorf("clear dist: %w", err)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("make dist: %w", err)
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dist, name), body, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
