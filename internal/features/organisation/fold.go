package organisation

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold brings text to the one form that lists are sorted by and searched in: without
// differences of case, of Unicode form and of spaces.
func Fold(text string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))), " ")
}

// After is the first text that does not begin with a prefix, as the end of a range.
func After(prefix string) string { return prefix + "\U0010ffff" }
