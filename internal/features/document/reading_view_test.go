package document

import (
	"testing"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/money"
)

func TestHowManyOfALineAreReadAsWords(t *testing.T) {
	v := readingView{Reading: Reading{Version: ShownVersion{Content: proposal.CustomerContent{Currency: "EUR"}}}}
	for want, line := range map[string]proposal.CustomerLine{
		"1 lump sum":  {Kind: proposal.Item, Quantity: money.Whole(1), Unit: "lump sum", UnitPrice: 500},
		"":            {Kind: proposal.Item, Quantity: money.Whole(1), UnitPrice: 500},
		"2 m × €5.00": {Kind: proposal.Item, Quantity: money.Whole(2), Unit: "m", UnitPrice: 500},
		"8%":          {Kind: proposal.Percent, Percent: money.Whole(8)},
	} {
		if got := v.quantityWords(t.Context(), line); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
