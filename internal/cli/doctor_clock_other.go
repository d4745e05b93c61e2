//go:build !linux

package cli

import "lintel/internal/platform/config"

// checkMachineClock has nobody to ask here.
func checkMachineClock() []config.Finding { return nil }
