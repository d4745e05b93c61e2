package ui

import "testing"

func TestOnlyTheMostUrgentNeedIsTintedAndItStandsFirst(t *testing.T) {
	given := []NeedProps{{Title: "any time"}, {Title: "sign", By: "2026-12-20", First: true}, {Title: "pay", By: "2026-12-04"}, {Title: "tick", By: "2026-12-04"}, {Title: "whenever"}}
	want := []string{"pay", "tick", "sign", "any time", "whenever"}
	for i, need := range byUrgency(given) {
		if need.Title != want[i] || need.First != (i == 0) {
			t.Errorf("number %d is %q, first: %v; want %q", i, need.Title, need.First, want[i])
		}
	}
	if given[0].Title != "any time" {
		t.Error("the given list was changed")
	}
}
