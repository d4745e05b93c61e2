package id

import "testing"

func TestIdsSortByTheTimeTheyWereMade(t *testing.T) {
	last := ""
	for range 5000 {
		next := New()
		if !Valid(next) {
			t.Fatalf("%q is not valid", next)
		}
		if next <= last {
			t.Fatalf("%q was made after %q but sorts before it", next, last)
		}
		last = next
	}
}

func TestAnythingElseIsNotAnId(t *testing.T) {
	for _, s := range []string{"", "short", "../../../../../etc/passwd1", "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", New() + "0"} {
		if Valid(s) {
			t.Errorf("%q passes for an id", s)
		}
	}
}
