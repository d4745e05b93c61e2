//go:build !linux

package cli

import "time"

// processorTime is not asked elsewhere: there requests alone count.
func processorTime() time.Duration { return 0 }

// forgetProgram does nothing: only Linux counts a program's file as its memory.
func forgetProgram() {}
