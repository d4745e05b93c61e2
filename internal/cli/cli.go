// Package cli is the command line of Lintel: one file for each command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"lintel/internal/platform/fault"
)

// command is a word of the command line: one that runs, or one with words under it.
type command struct {
	name, help string
	run        runner // a pointer to the struct whose fields are its settings
	words      []command
}

// runner is a command with its settings filled in.
type runner interface {
	Run(*terminal) error
}

// commands is the whole command line.
func commands() command {
	return command{name: "lintel", help: "A portal for building, AV, maintenance and property firms.", words: []command{
		{name: "serve", help: "Run the portal. The first start prints a one-time link to set up the firm.", run: &serveCommand{}},
		{name: "demo", help: "Show the portal with a sample world. Needs nothing else; mail stays inside.", run: &demoCommand{}},
		{name: "doctor", help: "Say in plain words what is wrong with this installation.", run: &doctorCommand{}},
		{name: "verify", help: "Check a sealed PDF: is it as it was signed? Needs no database.", run: &verifyCommand{}},
		{name: "audit", help: "Check the event log of every organisation.", words: []command{
			{name: "verify", help: "Walk each organisation's chain of events and name the first link that does not hold.", run: &auditVerify{}},
		}},
		{name: "backup", help: "Copy the whole installation into one file, while the portal runs.", run: &backupCommand{}},
		{name: "restore", help: "Bring a backup back into an empty data folder and check it.", run: &restoreCommand{}},
		{name: "migrate", help: "Bring the database to this version, then stop.", run: &migrateCommand{}},
		{name: "version", help: "Print the version.", run: &versionCommand{}},
	}}
}

// terminal is what commands print to.
type terminal struct {
	ctx  context.Context
	out  io.Writer
	errs io.Writer
}

// wrongUsage is the exit status of a command line that cannot be understood.
const wrongUsage = 80

// Main runs a command and gives the exit status: 0 fine, 1 the command's own "no",
// 80 wrong usage.
func Main(arguments []string, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	chosen, err := readLine(commands(), arguments, os.LookupEnv)
	if errors.Is(err, errHelp) {
		printUsage(out, chosen)
		return 0
	}
	if err != nil {
		fmt.Fprintf(errs, "lintel: %s\nTo see what can be said: %s --help\n", err, chosen.name)
		return wrongUsage
	}
	if err := chosen.run.Run(&terminal{ctx, out, errs}); err != nil {
		fmt.Fprintln(errs, "lintel: "+plain(err))
		return 1
	}
	return 0
}

// plain is an error as the person at the terminal reads it: with its cause, because who
// sits here may see it.
func plain(err error) string {
	if f := fault.As(err); f != nil && f.Unwrap() == nil {
		return f.Message
	}
	return err.Error()
}
