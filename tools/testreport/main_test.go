package main

import (
	"strings"
	"testing"
)

const stream = `{"Action":"start","Package":"lintel/a"}
{"Action":"run","Package":"lintel/a","Test":"TestGood"}
{"Action":"output","Package":"lintel/a","Test":"TestGood","Output":"chatter\n"}
{"Action":"pass","Package":"lintel/a","Test":"TestGood"}
{"Action":"output","Package":"lintel/a","Output":"PASS\n"}
{"Action":"output","Package":"lintel/a","Output":"ok  \tlintel/a\t0.1s\n"}
{"Action":"pass","Package":"lintel/a"}
`

const skipping = `{"Action":"output","Package":"lintel/b","Test":"TestServer","Output":"=== RUN   TestServer\n"}
{"Action":"output","Package":"lintel/b","Test":"TestServer","Output":"    b_test.go:3: no PostgreSQL here\n"}
{"Action":"output","Package":"lintel/b","Test":"TestServer","Output":"--- SKIP: TestServer (0.00s)\n"}
{"Action":"skip","Package":"lintel/b","Test":"TestServer"}
{"Action":"pass","Package":"lintel/b"}
`

const failing = `{"Action":"output","Package":"lintel/c","Test":"TestSum","Output":"    c_test.go:9: got 3, want 4\n"}
{"Action":"fail","Package":"lintel/c","Test":"TestSum"}
{"Action":"fail","Package":"lintel/c"}
`

const panicking = `{"Action":"output","Package":"lintel/d","Output":"panic: in TestMain\n"}
{"Action":"fail","Package":"lintel/d"}
`

func read(t *testing.T, stream string) (*report, *strings.Builder) {
	t.Helper()
	out := &strings.Builder{}
	r := newReport(out)
	if err := r.read(strings.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	return r, out
}

func TestReport(t *testing.T) {
	cases := []struct {
		name, stream string
		full, good   bool
		says         []string
	}{
		{"a good run", stream, true, true, []string{"ok  \tlintel/a\t0.1s  (1 tests)", "1 passed, 0 failed, 0 skipped"}},
		{"a skipped test is named with its reason", stream + skipping, false, true, []string{"skipped lintel/b TestServer: b_test.go:3: no PostgreSQL here"}},
		{"a skipped test fails the full run", stream + skipping, true, false, []string{"1 passed, 0 failed, 1 skipped"}},
		{"a failed test shows what it said", stream + failing, false, false, []string{"got 3, want 4", "1 passed, 1 failed, 0 skipped"}},
		{"a package can fail without a failed test", stream + panicking, false, false, []string{"panic: in TestMain"}},
		{"a run without tests is no good run", "", false, false, []string{"0 passed, 0 failed, 0 skipped"}},
		{"what is not JSON is passed on", "go: no such module\n" + stream, false, true, []string{"go: no such module"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, out := read(t, c.stream)
			if good := r.finish(c.full); good != c.good {
				t.Errorf("good = %v, want %v", good, c.good)
			}
			for _, want := range c.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the report lacks %q:\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), "chatter") {
				t.Errorf("the report repeats what a passing test printed:\n%s", out.String())
			}
		})
	}
}

func TestOnlyWhatMayBeBadLuckIsWorthAnotherRun(t *testing.T) {
	racing := `{"Action":"output","Package":"lintel/e","Test":"TestTwo","Output":"    testing.go:1490: race detected during execution of test\n"}
{"Action":"fail","Package":"lintel/e","Test":"TestTwo"}
{"Action":"fail","Package":"lintel/e"}
`
	parts := `{"Action":"fail","Package":"lintel/c","Test":"TestSum/of_none"}
` + failing
	many := ""
	for _, name := range []string{"1", "2", "3", "4", "5", "6"} {
		many += strings.ReplaceAll(failing, "TestSum", "Test"+name)
	}
	cases := []struct {
		name, stream, want string
		full               bool
	}{
		{"nothing failed", stream, "", false},
		{"one test failed", stream + failing, "lintel/c ^(TestSum)$\n", false},
		{"a part of a test failed", parts, "lintel/c ^(TestSum)$\n", false},
		{"a race is a fault of the program", failing + racing, "", false},
		{"a panic is one too", failing + panicking, "", false},
		{"many failed at once", many, "", false},
		{"another run does not install what is missing", failing + skipping, "", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, _ := read(t, c.stream)
			r.finish(c.full)
			if got := r.again(); got != c.want {
				t.Errorf("again = %q, want %q", got, c.want)
			}
		})
	}
}
