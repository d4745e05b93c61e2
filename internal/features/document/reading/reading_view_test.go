package reading

import (
	"testing"

	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/signing"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

func TestHowManyOfALineAreReadAsWords(t *testing.T) {
	v := readingView{Reading: document.Reading{Version: document.ShownVersion{Content: proposal.CustomerContent{Currency: "EUR"}}}}
	for want, line := range map[string]proposal.CustomerLine{
		"Lump sum":    {Kind: proposal.Item, Quantity: money.Whole(1), Unit: "lump sum", UnitPrice: 500},
		"Pauschal":    {Kind: proposal.Item, Quantity: money.Whole(1), Unit: "pauschal", UnitPrice: 500},
		"1 piece":     {Kind: proposal.Item, Quantity: money.Whole(1), Unit: "piece", UnitPrice: 500},
		"":            {Kind: proposal.Item, Quantity: money.Whole(1), UnitPrice: 500},
		"2 m × €5.00": {Kind: proposal.Item, Quantity: money.Whole(2), Unit: "m", UnitPrice: 500},
		"8%":          {Kind: proposal.Percent, Percent: money.Whole(8)},
	} {
		if got := v.quantityWords(t.Context(), line); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheTotalSaysWhatWasChosen(t *testing.T) {
	line := func(id, name string) proposal.CustomerLine {
		return proposal.CustomerLine{ID: id, Kind: proposal.Item, Name: name, Quantity: money.Whole(1), UnitPrice: 500}
	}
	group := proposal.CustomerGroup{ID: "g", Name: "Choose your worktop", Kind: proposal.Option, Min: 1, Lines: []proposal.CustomerLine{line("a", "Oak"), line("b", "Quartz"), line("c", "Slate")}}
	for want, chosen := range map[string][]string{
		"Choose your worktop":              nil,
		"Choose your worktop: Quartz":      {"b"},
		"Choose your worktop: Oak, Quartz": {"a", "b"},
		"Choose your worktop: 3 chosen":    {"a", "b", "c"},
	} {
		v := readingView{Reading: document.Reading{Version: document.ShownVersion{Content: proposal.CustomerContent{Currency: "EUR", Groups: []proposal.CustomerGroup{group}}}}}
		v.Progress.Choices.Selected = map[string]bool{}
		for _, id := range chosen {
			v.Progress.Choices.Selected[id] = true
		}
		totals, err := v.Version.Content.Totals(v.Progress.Choices)
		if err != nil {
			t.Fatal(err)
		}
		v.Totals = totals
		if got := v.chosenIn(t.Context(), group); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := v.lines(t.Context())[0].Label; len(chosen) > 0 && got != want {
			t.Errorf("in the total %q, want %q", got, want)
		}
		if got := v.todo(t.Context())[0].Text; len(chosen) > 0 && got != want {
			t.Errorf("before one signs %q, want %q", got, want)
		}
	}
}

func TestTheTotalSpeaksOfChoicesOnlyWhereThereAreSome(t *testing.T) {
	fixed := proposal.CustomerGroup{Kind: proposal.Fixed, Lines: []proposal.CustomerLine{{ID: "a"}}}
	counted := proposal.CustomerGroup{Kind: proposal.Fixed, Lines: []proposal.CustomerLine{{ID: "b", QuantityEditable: &proposal.QuantityRange{}}}}
	option := proposal.CustomerGroup{Kind: proposal.Option}
	for _, c := range []struct {
		want   string
		groups []proposal.CustomerGroup
	}{{"Total", []proposal.CustomerGroup{fixed}}, {"Total with your choices", []proposal.CustomerGroup{fixed, option}}, {"Total with your choices", []proposal.CustomerGroup{counted}}} {
		v := readingView{Reading: document.Reading{Version: document.ShownVersion{Content: proposal.CustomerContent{Groups: c.groups}}}}
		if got := v.totalLabel(t.Context()); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestTheNoteBeforeIsFromTheContact(t *testing.T) {
	for want, name := range map[string]string{"From Jon": "Jon Sato", "": ""} {
		v := readingView{}
		if v.Contact.Name = name; v.fromContact(t.Context()) != want {
			t.Errorf("%q, want %q", v.fromContact(t.Context()), want)
		}
	}
}

func TestWhoDidNotSignIsNotThankedForIt(t *testing.T) {
	ctx := i18n.WithReader(t.Context(), i18n.Reader{Language: "en"})
	for _, test := range []struct {
		own         bool
		title, line string
	}{
		{true, "Thank you, Tom. It is signed.", "Hartwell & Sons has been told. A copy is on its way to your e-mail."},
		{false, "Maria Ruiz has signed it.", "One signature is enough: nothing more is needed from you."},
	} {
		v := signedView{firstName: "Tom", own: test.own, readingView: readingView{Reading: document.Reading{Signature: &signing.Signature{Name: "Maria Ruiz", Title: "Kitchen"}, Settings: organisation.Settings{Name: "Hartwell & Sons"}}}}
		if got := v.thanks(ctx); got.Title != test.title || got.Line != test.line {
			t.Errorf("%q, %q; want %q, %q", got.Title, got.Line, test.title, test.line)
		}
	}
}
