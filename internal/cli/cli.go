// Package cli is the command line of Lintel: one file for each command.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"lintel/internal/platform/fault"
)

// commands is the whole command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Run the portal. The first start prints a one-time link to set up the firm."`
	Demo    demoCommand    `cmd:"" help:"Show the portal with a sample world. Needs nothing else; mail stays inside."`
	Doctor  doctorCommand  `cmd:"" help:"Say in plain words what is wrong with this installation."`
	Verify  verifyCommand  `cmd:"" help:"Check a sealed PDF: is it as it was signed? Needs no database."`
	Audit   auditCommand   `cmd:"" help:"Check the event log of every organisation."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this version, then stop."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// terminal is what commands print to.
type terminal struct {
	ctx  context.Context
	out  io.Writer
	errs io.Writer
}

// Main runs a command and gives the exit status: 0 fine, 1 the command's own "no",
// 80 wrong usage.
func Main(arguments []string, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var line commands
	status := -1
	parser, err := kong.New(&line, kong.Name("lintel"), kong.Description("A portal for building, AV, maintenance and property firms."),
		kong.Writers(out, errs), kong.Exit(func(code int) { status = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	chosen, err := parser.Parse(arguments)
	if status >= 0 {
		return status
	}
	if err != nil {
		parser.FatalIfErrorf(err)
		return max(status, 1)
	}
	if err := chosen.Run(&terminal{ctx, out, errs}); err != nil {
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
