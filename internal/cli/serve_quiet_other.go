//go:build !linux

package cli

// forgetProgram does nothing: only Linux counts a program's file as its memory.
func forgetProgram() {}
