package cli

import (
	"fmt"
	"runtime/debug"
)

// Version is the released version; builds from a checkout add the commit.
const Version = "0.1.0"

type versionCommand struct{}

// Run prints the version and the commit it was built from.
func (versionCommand) Run(t *terminal) error {
	commit := "unknown commit"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				commit = setting.Value
			}
		}
	}
	fmt.Fprintf(t.out, "lintel %s (%s)\n", Version, commit)
	return nil
}
