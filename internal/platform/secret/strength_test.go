package secret

import (
	"encoding/json"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/trustelem/zxcvbn"
)

// The library's own table, made with the original program of Dropbox.
func TestScoresAreThoseOfTheOriginal(t *testing.T) {
	raw, err := os.ReadFile("../../../third_party/zxcvbn/testdata/output.json")
	if err != nil {
		t.Fatal(err)
	}
	var table []struct {
		Password string
		Guesses  float64
		Score    int
		Sequence []struct{ Pattern string }
	}
	if err := json.Unmarshal(raw, &table); err != nil || len(table) < 60 {
		t.Fatalf("%d rows, %v", len(table), err)
	}
	compared := 0
	for _, row := range table {
		if slices.ContainsFunc(row.Sequence, func(part struct{ Pattern string }) bool { return part.Pattern == "date" || part.Pattern == "regex" }) {
			continue // the farther from this year, the more guesses
		}
		compared++
		got := zxcvbn.PasswordStrength(row.Password, nil)
		if math.Abs(got.Guesses-row.Guesses) > row.Guesses*1e-9 || got.Score != row.Score {
			t.Errorf("%q: %v guesses, score %d; want %v, %d", row.Password, got.Guesses, got.Score, row.Guesses, row.Score)
		}
	}
	if compared < 50 {
		t.Errorf("only %d rows were compared", compared)
	}
}

// The word lists take 6 MB, and are there only while a password is checked.
func TestTheWordListsAreGivenBack(t *testing.T) {
	inUse := func() int64 {
		runtime.GC()
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	before := inUse()
	PasswordProblem("a password that is scored")
	if kept := inUse() - before; kept > 1<<20 {
		t.Errorf("%d KB stay after a password was checked", kept>>10)
	}
}
