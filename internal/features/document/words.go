package document

import (
	"context"
	"slices"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// HowMany is a quantity with its unit. Nobody counts a lump sum.
func HowMany(ctx context.Context, quantity money.Decimal, unit string) string {
	if quantity.Compare(money.Whole(1)) == 0 && slices.Contains([]string{"lump sum", "pauschal", "pauschale"}, strings.ToLower(unit)) {
		return strings.ToUpper(unit[:1]) + unit[1:]
	}
	return strings.TrimSpace(i18n.Number(ctx, quantity) + " " + unit)
}

// LineText is what stands below a line's name, on the page and in the signed copy.
func LineText(ctx context.Context, line proposal.CustomerLine) string {
	if !line.Allowance {
		return line.Description
	}
	note := i18n.T(ctx, "Allowance: billed at the actual cost.")
	if line.Description == "" {
		return note
	}
	return line.Description + "\n\n" + note
}
