// Command testreport reads what `go test -json` says and prints what a person wants to know: one line for each
// package, everything a failed test printed, every test that was skipped and why, and the sum.
//
//	go test -json ./... | testreport [-full]
//
// With -full a skipped test is a failure: on the machine of a full run nothing may be missing.
// The last line is "N passed, N failed, N skipped"; the exit code is 1 when anything failed.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	full := flag.Bool("full", false, "count a skipped test as a failure")
	flag.Parse()
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	if !r.finish(*full) {
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
	passed, failed, skipped int
	broken                  bool // a package failed, with or without a failed test
}

func newReport(out io.Writer) *report {
	return &report{out: out, printed: map[string][]string{}, tests: map[string]int{}}
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
		fmt.Fprint(r.out, strings.Join(r.printed[key], ""))
	case "skip":
		r.skipped++
		r.skips = append(r.skips, fmt.Sprintf("%s: %s", key, reason(r.printed[key])))
	}
}

// endPackage prints the go command's own closing line ("ok  lintel/internal/core/guard 1.2s") and, for a package
// that failed outside of a test (a panic, a data race, a build), all that it printed.
func (r *report) endPackage(l line) {
	printed := r.printed[l.Package+" "]
	if l.Action == "fail" {
		r.broken = true
		fmt.Fprint(r.out, strings.Join(printed, ""))
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
		good = false
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
	return good
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
