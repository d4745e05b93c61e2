package document_test

import (
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// furnish fills the draft like the sample of the design.
func (o *office) furnish() {
	o.Helper()
	cost := func(minor int64) *int64 { return &minor }
	item := func(name, text, quantity, unit string, price, unitCost int64) proposal.Line {
		return proposal.Line{ID: id.New(), Kind: proposal.Item, Name: name, Description: text, Quantity: money.MustDecimal(quantity), Unit: unit, UnitPrice: price, TaxPercent: money.Whole(20), UnitCost: cost(unitCost)}
	}
	permit := item("Permit & inspections", "Building, electrical and plumbing permits", "1", "allow.", 148000, 148000)
	permit.Allowance, permit.TaxPercent = true, money.Whole(0)
	content := o.desk().Version.Content
	content.Deposit, content.ValidUntil = money.Whole(30), "2026-12-18"
	content.Groups = []proposal.Group{
		{ID: id.New(), Name: "1. Preliminaries", Kind: proposal.Fixed, Lines: []proposal.Line{item("Site protection", "Floor, stair and dust protection, daily clean-up", "1", "lot", 138000, 115000), permit,
			item("Skip hire", "6 yd skip, including two collections", "2", "pcs", 64975, 56500)}},
		{ID: id.New(), Name: "2. Demolition", Kind: proposal.Fixed, Lines: []proposal.Line{item("Remove cabinets & worktops", "Base, wall and pantry cabinets", "1", "lot", 151280, 124000),
			item("Remove partition wall", "Non-bearing, kitchen to dining room", "3.5", "m", 19200, 15750), item("Remove tile floor", "Including adhesive grind", "19.7", "m²", 5060, 4140)}},
		{ID: id.New(), Name: "5. Options", Kind: proposal.Option, Lines: []proposal.Line{item("Under-cabinet lighting", "LED tape, driver, dimmer", "6.7", "m", 15350, 12790), item("Boiling-water tap", "Supply and connect", "1", "pcs", 119000, 93000)}},
		{ID: id.New(), Name: "Discounts", Kind: proposal.Discounts, Lines: []proposal.Line{{ID: id.New(), Kind: proposal.Discount, Name: "Spring promotion", Description: "Signed before 18 Dec", Quantity: money.Whole(1), Unit: "lot", UnitPrice: -150000, TaxPercent: money.Whole(20)}}},
	}
	o.save(content)
	o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.maria, true))
	o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.tom, false))
}
