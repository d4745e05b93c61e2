package document

import (
	"testing"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// Whoever keeps the signed copy reads there what the page said beside each line.
func TestTheSignedCopySaysThatAnAllowanceIsBilledAtItsCost(t *testing.T) {
	ctx := i18n.WithReader(t.Context(), i18n.Reader{Language: "en"})
	line := proposal.CustomerLine{ID: "a", Kind: proposal.Item, Name: "Fixtures", Description: "Taps and handles", Quantity: money.Whole(1), UnitPrice: 120000, Allowance: true}
	cells := lineCells(ctx, "EUR", line, proposal.Choices{}, money.New(120000, "EUR"))
	if want := "Taps and handles\n\nAllowance: billed at the actual cost."; cells[0].Note != want {
		t.Errorf("%q, want %q", cells[0].Note, want)
	}
}
