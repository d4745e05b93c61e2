package document

import (
	"strings"
	"testing"

	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

func TestChangesReadAsAPersonWouldSayThem(t *testing.T) {
	line := func(id, name string, photo string) CustomerLine {
		l := CustomerLine{ID: id, Kind: Item, Name: name, Quantity: money.Whole(1), UnitPrice: 100}
		if photo != "" {
			l.Photos = []AttachmentRef{{FileID: photo, Name: "photo.jpg"}}
		}
		return l
	}
	group := func(kind GroupKind, lines ...CustomerLine) []CustomerGroup {
		return []CustomerGroup{{ID: "g", Name: "Kitchen", Kind: kind, Lines: lines}}
	}
	tenth := CustomerLine{ID: "p", Kind: Percent, Name: "Site costs", Percent: money.Whole(10)}
	for what, test := range map[string]struct {
		before, after CustomerContent
		want          []string // "name|before|now" of each change
	}{
		"a line came": {CustomerContent{Groups: group(Fixed)}, CustomerContent{Groups: group(Fixed, line("a", "Extractor", ""))}, []string{"||Extractor"}},
		"a line went": {CustomerContent{Groups: group(Fixed, line("a", "Ceiling", ""))}, CustomerContent{Groups: group(Fixed)}, []string{"|Ceiling|"}},
		"a line moved": {CustomerContent{Groups: group(Fixed, line("a", "First", ""), line("b", "Second", ""), line("c", "Third", ""))},
			CustomerContent{Groups: group(Fixed, line("b", "Second", ""), line("c", "Third", ""), line("a", "First", ""))}, []string{"First||in another place"}},
		"a percentage of more": {CustomerContent{Groups: group(Fixed, tenth)}, CustomerContent{Groups: group(Fixed, tenth, line("a", "Extractor", ""))},
			[]string{"Site costs||another amount", "||Extractor"}},
		"another photo":   {CustomerContent{Groups: group(Fixed, line("a", "Oak", "06h01t6uv5"))}, CustomerContent{Groups: group(Fixed, line("a", "Oak", "06h01t7xx9"))}, []string{"Oak, Photos||other pictures"}},
		"another cover":   {CustomerContent{Cover: "06h01t6uv5"}, CustomerContent{Cover: "06h01t7xx9"}, []string{"Cover, Picture||other pictures"}},
		"another pricing": {CustomerContent{Pricing: TaxOnTop}, CustomerContent{Pricing: TaxIncluded}, []string{"Conditions, Prices|tax is added|tax is included"}},
		"a choice now":    {CustomerContent{Groups: group(Fixed)}, CustomerContent{Groups: group(Option)}, []string{"Kitchen, Purpose|part of the work|to choose from"}},
	} {
		t.Run(what, func(t *testing.T) {
			test.before.Currency, test.after.Currency = "EUR", "EUR"
			changes, err := Difference(test.before, test.after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range changeLines(i18n.WithReader(t.Context(), i18n.Reader{Language: "en"}), changes) {
				got = append(got, c.Name+"|"+c.Old+"|"+c.New)
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
