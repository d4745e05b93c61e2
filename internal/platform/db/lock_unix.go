package db

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"lintel/internal/platform/fault"
)

// LockDirectory keeps a second server off the same data folder until the returned
// function is called or the process ends.
func LockDirectory(directory string) (release func(), err error) {
	file, err := os.OpenFile(filepath.Join(directory, "lintel.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fault.Wrap(fault.Conflict, "Another Lintel is running on this data folder.", err)
	}
	return func() { file.Close() }, nil
}
