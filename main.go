// Lintel is a portal that a building, AV, maintenance or property firm opens to its
// customers, its contractors and their technicians.
package main

import (
	"os"

	"lintel/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
}
