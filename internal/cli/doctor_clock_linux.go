package cli

import (
	"syscall"

	"lintel/internal/platform/config"
)

// unsynchronised is STA_UNSYNC of adjtimex(2).
const unsynchronised = 0x40

// checkMachineClock asks the kernel whether a time service keeps the clock right.
func checkMachineClock() []config.Finding {
	var state syscall.Timex
	if _, err := syscall.Adjtimex(&state); err != nil {
		return nil // a container may not ask
	}
	return clockFinding(state.Status)
}

func clockFinding(status int32) []config.Finding {
	if status&unsynchronised == 0 {
		return nil
	}
	return []config.Finding{note("No time service keeps this machine's clock right, as far as the kernel knows.", "Install chrony or turn on systemd-timesyncd. In a container look at the machine that it runs on.")}
}
