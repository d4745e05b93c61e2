//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "The benchmark reads the CPU clocks of other processes, which only Linux offers here.")
	os.Exit(1)
}
