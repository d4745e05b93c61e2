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

// A copy that is sealed late has the title and the names of its own version; versions of earlier releases froze the title only.
func TestALateCopyIsNamedAsItsVersionWas(t *testing.T) {
	now := Document{Title: "Kitchen, version 2", CustomerName: "New name", Place: "New place"}
	if d := now.asSent(proposal.CustomerContent{Title: "Kitchen", Parties: &proposal.Parties{Customer: "Ruiz family", Place: "Mill Lane 4"}}); d.Title != "Kitchen" || d.CustomerName != "Ruiz family" || d.Place != "Mill Lane 4" {
		t.Errorf("%+v", d)
	}
	if d := now.asSent(proposal.CustomerContent{Title: "Kitchen"}); d.Title != "Kitchen" || d.CustomerName != "New name" {
		t.Errorf("without frozen names: %+v", d)
	}
}
