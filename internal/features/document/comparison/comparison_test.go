package comparison

import (
	"strings"
	"testing"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

func TestChangesReadAsAPersonWouldSayThem(t *testing.T) {
	line := func(id, name string, photo string) proposal.CustomerLine {
		l := proposal.CustomerLine{ID: id, Kind: proposal.Item, Name: name, Quantity: money.Whole(1), UnitPrice: 100}
		if photo != "" {
			l.Photos = []proposal.AttachmentRef{{FileID: photo, Name: "photo.jpg"}}
		}
		return l
	}
	group := func(kind proposal.GroupKind, lines ...proposal.CustomerLine) []proposal.CustomerGroup {
		return []proposal.CustomerGroup{{ID: "g", Name: "Kitchen", Kind: kind, Lines: lines}}
	}
	tenth := proposal.CustomerLine{ID: "p", Kind: proposal.Percent, Name: "Site costs", Percent: money.Whole(10)}
	for what, test := range map[string]struct {
		before, after proposal.CustomerContent
		want          []string // "name|before|now" of each change
	}{
		"a line came": {proposal.CustomerContent{Groups: group(proposal.Fixed)}, proposal.CustomerContent{Groups: group(proposal.Fixed, line("a", "Extractor", ""))}, []string{"||Extractor"}},
		"a line went": {proposal.CustomerContent{Groups: group(proposal.Fixed, line("a", "Ceiling", ""))}, proposal.CustomerContent{Groups: group(proposal.Fixed)}, []string{"|Ceiling|"}},
		"a line moved": {proposal.CustomerContent{Groups: group(proposal.Fixed, line("a", "First", ""), line("b", "Second", ""), line("c", "Third", ""))},
			proposal.CustomerContent{Groups: group(proposal.Fixed, line("b", "Second", ""), line("c", "Third", ""), line("a", "First", ""))}, []string{"First||in another place"}},
		"a percentage of more": {proposal.CustomerContent{Groups: group(proposal.Fixed, tenth)}, proposal.CustomerContent{Groups: group(proposal.Fixed, tenth, line("a", "Extractor", ""))},
			[]string{"Site costs||another amount", "||Extractor"}},
		"another photo":   {proposal.CustomerContent{Groups: group(proposal.Fixed, line("a", "Oak", "06h01t6uv5"))}, proposal.CustomerContent{Groups: group(proposal.Fixed, line("a", "Oak", "06h01t7xx9"))}, []string{"Oak, Photos||other pictures"}},
		"another cover":   {proposal.CustomerContent{Cover: "06h01t6uv5"}, proposal.CustomerContent{Cover: "06h01t7xx9"}, []string{"Picture||other pictures"}},
		"another pricing": {proposal.CustomerContent{Pricing: proposal.TaxOnTop}, proposal.CustomerContent{Pricing: proposal.TaxIncluded}, []string{"Prices|tax is added|tax is included"}},
		"a choice now":    {proposal.CustomerContent{Groups: group(proposal.Fixed)}, proposal.CustomerContent{Groups: group(proposal.Option)}, []string{"Kitchen, Purpose|part of the work|to choose from"}},
	} {
		t.Run(what, func(t *testing.T) {
			test.before.Currency, test.after.Currency = "EUR", "EUR"
			changes, err := proposal.Difference(test.before, test.after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range Lines(i18n.WithReader(t.Context(), i18n.Reader{Language: "en"}), changes) {
				got = append(got, c.Name+"|"+c.Old+"|"+c.New)
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatAChangeCostsStandsBesideItsCause(t *testing.T) {
	heating := proposal.CustomerLine{ID: "h", Kind: proposal.Item, Name: "Underfloor heating", Description: "Water, from the boiler", Quantity: money.Whole(34), Unit: "m²", UnitPrice: 7800}
	more := heating
	more.Description, more.Quantity = "Water, from the heat pump", money.Whole(38)
	described := heating
	described.Description = more.Description
	for what, test := range map[string]struct {
		after proposal.CustomerLine
		want  string
	}{
		"more of it":          {more, "Underfloor heating, Description: Water, from the boiler → Water, from the heat pump \nUnderfloor heating: 34 m² → 38 m² +€312.00\n"},
		"another description": {described, "Underfloor heating, Description: Water, from the boiler → Water, from the heat pump \n"},
	} {
		t.Run(what, func(t *testing.T) {
			content := func(line proposal.CustomerLine) proposal.CustomerContent {
				return proposal.CustomerContent{Currency: "EUR", Groups: []proposal.CustomerGroup{{ID: "g", Name: "Floors", Kind: proposal.Fixed, Lines: []proposal.CustomerLine{line}}}}
			}
			changes, err := proposal.Difference(content(heating), content(test.after))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, c := range Lines(i18n.WithReader(t.Context(), i18n.Reader{Language: "en"}), changes) {
				got += c.Name + ": " + c.Old + " → " + c.New + " " + c.Effect + "\n"
			}
			if got != test.want {
				t.Errorf("%s\nwant\n%s", got, test.want)
			}
		})
	}
}
