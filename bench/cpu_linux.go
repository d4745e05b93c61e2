//go:build linux

package main

import (
	"syscall"
	"time"
	"unsafe"
)

// processTime reads the CPU clock of another process, exact to the nanosecond; the clock's
// number is made from the process id as clock_getcpuclockid(3) does.
func processTime(pid int) time.Duration {
	const scheduled = 2
	clock := uintptr(^pid<<3 | scheduled)
	var at syscall.Timespec
	if _, _, code := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&at)), 0); code != 0 {
		return 0
	}
	return time.Duration(at.Nano())
}
