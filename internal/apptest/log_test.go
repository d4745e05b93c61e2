package apptest

import (
	"net/http"
	"strings"
	"testing"

	"lintel/internal/core/access"
)

// Somebody calls because something did not work, and reads out the number on the page: the log must lead from it to what
// happened, where and to whom.
func TestALineOfTheLogSaysWhoseRequestItWas(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	before := len(p.Log())
	reader := p.As(alder.Staff[access.ReadOnly])
	answer := reader.Post("/alder/office/customers", nil)
	if answer.Status != http.StatusForbidden {
		t.Fatalf("a colleague who may only read adds a customer: %d", answer.Status)
	}
	refused := lineWith(p.Log()[before:], "security=true")
	for _, says := range []string{"request=" + answer.Header.Get("X-Request-Id"), "organisation=" + string(alder.Org), "person=" + string(reader.Actor("alder", "/alder/office").Person())} {
		if !strings.Contains(refused, says) {
			t.Errorf("the line of the refusal does not say %s: %s", says, refused)
		}
	}
}

// lineWith is the first line that has the words.
func lineWith(log, words string) string {
	for line := range strings.Lines(log) {
		if strings.Contains(line, words) {
			return line
		}
	}
	return ""
}
