package cli

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processorTime is how long the program has worked.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// forgetProgram unmaps the pages of the program's file that are in memory, its code and constants. It is best effort.
func forgetProgram() {
	name, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer file.Close()
	for _, part := range cleanParts(file, name) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, part.from, part.to-part.from, syscall.MADV_DONTNEED)
	}
}

// part is a range of addresses.
type part struct{ from, to uintptr }

// cleanParts lists where the program's file is mapped without leave to write and without a page that differs from the
// file. Only those can be read from it again: a loader may have written to others before it locked them.
func cleanParts(smaps io.Reader, program string) (list []part) {
	var found part
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) >= 6 && strings.Contains(fields[0], "-") {
			found = part{}
			if rights := fields[1]; strings.Join(fields[5:], " ") == program && rights[0] == 'r' && rights[1] == '-' && rights[3] == 'p' {
				found = addresses(fields[0])
			}
		}
		if found.to > 0 && len(fields) == 3 && fields[0] == "Anonymous:" && fields[1] == "0" {
			list = append(list, found)
			found = part{}
		}
	}
	return list
}

func addresses(text string) part {
	first, last, _ := strings.Cut(text, "-")
	from, err := strconv.ParseUint(first, 16, 64)
	to, err2 := strconv.ParseUint(last, 16, 64)
	if err != nil || err2 != nil || to < from {
		return part{}
	}
	return part{uintptr(from), uintptr(to)}
}
