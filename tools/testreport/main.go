// Command testreport reads what `go test -json` says and prints what a person wants to know: one line for each
// package, everything a failed test printed, every test that was skipped and why, and the sum.
//
//	go test -json ./... | testreport [-full] [-again FILE]
//
// With -full a skipped test is a failure: on the machine of a full run nothing may be missing. With -again the failed tests
// that may be a matter of luck are written to FILE, one line for each package: its name, and its tests as `go test -run` takes them.
// The last line is "N passed, N failed, N skipped"; the exit code is 1 when anything failed.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	full := flag.Bool("full", false, "count a skipped test as a failure")
	again := flag.String("again", "", "the file for the failed tests that are worth another run")
	flag.Parse()
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	good := r.finish(*full)
	if *again != "" {
		if err := os.WriteFile(*again, []byte(r.again()), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, "testreport:", err)
			os.Exit(1)
		}
	}
	if !good {
		os.Exit(1)
	}
}

// line is one object of the stream described by `go doc test2json`.
type line struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	FailedBuild string
}

type report struct {
	out                     io.Writer
	printed                 map[string][]string // what a test or package printed, by "package test"
	tests                   map[string]int      // tests that ran, by package
	skips                   []string
	fails                   map[string][]string // the failed tests, not their parts, by package
	certain                 bool                // something failed that another run would not make good
	passed, failed, skipped int
	broken                  bool // a package failed, with or without a failed test
}

func newReport(out io.Writer) *report {
	return &report{out: out, printed: map[string][]string{}, tests: map[string]int{}, fails: map[string][]string{}}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		text, err := lines.ReadString('\n')
		if text != "" {
			r.take(text)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the test stream: %w", err)
		}
	}
}

func (r *report) take(text string) {
	var l line
	if json.Unmarshal([]byte(text), &l) != nil {
		fmt.Fprint(r.out, text) // a message of the go command itself
		return
	}
	key := l.Package + " " + l.Test
	switch l.Action {
	case "build-output":
		fmt.Fprint(r.out, l.Output)
	case "output":
		r.printed[key] = append(r.printed[key], l.Output)
	case "pass", "fail", "skip":
		if l.Test == "" {
			r.endPackage(l)
		} else {
			r.endTest(l, key)
		}
		delete(r.printed, key)
	}
}

func (r *report) endTest(l line, key string) {
	r.tests[l.Package]++
	switch l.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		r.fail(l, strings.Join(r.printed[key], ""))
	case "skip":
		r.skipped++
		r.skips = append(r.skips, fmt.Sprintf("%s: %s", key, reason(r.printed[key])))
	}
}

func (r *report) fail(l line, printed string) {
	fmt.Fprint(r.out, printed)
	r.certain = r.certain || unluckyNever(printed)
	if !strings.Contains(l.Test, "/") {
		r.fails[l.Package] = append(r.fails[l.Package], l.Test)
	}
}

// endPackage prints the go command's own closing line ("ok  lintel/internal/core/guard 1.2s") and, for a package
// that failed outside of a test (a panic, a data race, a build), all that it printed.
func (r *report) endPackage(l line) {
	printed := r.printed[l.Package+" "]
	if l.Action == "fail" {
		r.broken = true
		all := strings.Join(printed, "")
		r.certain = r.certain || len(r.fails[l.Package]) == 0 || unluckyNever(all)
		fmt.Fprint(r.out, all)
		return
	}
	if r.tests[l.Package] == 0 || len(printed) == 0 {
		return
	}
	closing := strings.TrimRight(printed[len(printed)-1], "\n")
	fmt.Fprintf(r.out, "%s  (%d tests)\n", closing, r.tests[l.Package])
}

// finish prints the skipped tests and the sum, and tells whether the run was good.
func (r *report) finish(full bool) bool {
	for _, s := range r.skips {
		fmt.Fprintln(r.out, "skipped", s)
	}
	good := !r.broken && r.failed == 0 && r.passed > 0
	if full && r.skipped > 0 {
		fmt.Fprintln(r.out, "In the full run a skipped test is a failure.")
		good, r.certain = false, true
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	return good
}

// mostUnlucky is how many tests may fail and still be called bad luck: a change that breaks something breaks more, or the
// same one twice.
const mostUnlucky = 5

// unluckyNever tells whether a failed test shows a fault of the program, however seldom it may be seen.
func unluckyNever(printed string) bool {
	return strings.Contains(printed, "race detected") || strings.Contains(printed, "DATA RACE") || strings.Contains(printed, "panic:")
}

// again is nothing when all was good, and when another run would be no answer: a race, a panic, a build, many tests at once.
func (r *report) again() string {
	var lines []string
	count := 0
	for name, tests := range r.fails {
		count += len(tests)
		lines = append(lines, fmt.Sprintf("%s ^(%s)$\n", name, strings.Join(tests, "|")))
	}
	if r.certain || count > mostUnlucky {
		return ""
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// reason is what the test said to t.Skip, without the frame that the testing package puts round it.
func reason(printed []string) string {
	for i := len(printed) - 1; i >= 0; i-- {
		text := strings.TrimSpace(printed[i])
		if text == "" || strings.HasPrefix(text, "===") || strings.HasPrefix(text, "---") {
			continue
		}
		return text
	}
	return "no reason given"
}
