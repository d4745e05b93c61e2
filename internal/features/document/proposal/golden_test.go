package proposal

import (
	"lintel/internal/platform/money"
)

func cents(n int64) *int64 { return &n }

func item(id, name, quantity, unit string, price int64, tax string, cost int64) Line {
	return Line{ID: id, Kind: Item, Name: name, Quantity: money.MustDecimal(quantity), Unit: unit, UnitPrice: price, TaxPercent: money.MustDecimal(tax), UnitCost: cents(cost), Note: "office only " + id}
}

func chosen(l Line) Line { l.Selected = true; return l }

// kitchen is the proposal in the picture of the editor (shared/ui): tax on top, two rates,
// options that are not in the total, a discount.
func kitchen() Content {
	permit := item("l2", "Permit & inspections", "1", "allow.", 148000, "0", 148000)
	permit.Allowance = true
	return Content{
		Title: "Kitchen & ground-floor refit", CoverNote: "Dear Maria,\nas promised.", Currency: "EUR", Pricing: TaxOnTop,
		ValidUntil: "2026-12-18", Deposit: money.Whole(30), Cover: "f0", OfficeNote: "office only: her brother decides",
		Groups: []Group{
			{ID: "g1", Name: "Preliminaries", Kind: Fixed, Lines: []Line{
				item("l1", "Site protection", "1", "lot", 138000, "20", 115000), permit, item("l3", "Skip hire", "2", "pcs", 64975, "20", 56500)}},
			{ID: "g2", Name: "Demolition", Kind: Fixed, Lines: []Line{
				item("l4", "Remove cabinets & worktops", "1", "lot", 151280, "20", 124000), item("l5", "Remove partition wall", "3.5", "m", 19200, "20", 15750),
				item("l6", "Remove tile floor", "19.7", "m²", 5060, "20", 4140)}},
			{ID: "g3", Name: "Electrical", Kind: Fixed, Lines: []Line{
				item("l7", "Small appliance circuits", "4", "pcs", 49800, "20", 41500), item("l8", "Recessed lights", "11", "pcs", 20160, "20", 16800),
				item("l9", "Sub-panel", "1", "pcs", 202800, "20", 169000)}},
			{ID: "g4", Name: "Cabinets", Kind: Fixed, Lines: []Line{
				item("l10", "Base cabinets", "6.5", "m", 159500, "20", 135170), item("l11", "Wall cabinets", "5.5", "m", 123100, "20", 104320),
				item("l12", "Pantry tower", "2", "pcs", 163430, "20", 138500), item("l13", "Island", "1", "pcs", 464920, "20", 394000)}},
			{ID: "g5", Name: "Options", Kind: Option, Lines: []Line{
				item("l14", "Under-cabinet lighting", "6.7", "m", 15350, "20", 12790), item("l15", "Boiling-water tap", "1", "pcs", 119000, "20", 93000)}},
			{ID: "g6", Name: "Discounts", Kind: Discounts, Lines: []Line{
				{ID: "l16", Kind: Discount, Name: "Spring promotion", Quantity: money.Whole(1), Unit: "lot", UnitPrice: -150000, TaxPercent: money.Whole(20)}}},
		},
		Terms:       []Term{{"t1", "Payment", "In four parts."}, {"t2", "Warranty, 5 years", "On our work."}},
		Attachments: []AttachmentRef{{"f1", "Kitchen plan.pdf", "application/pdf", 2_400_000, "aa"}},
	}
}

// worktop is the proposal in the picture of the customer's page: tax included, one choice of
// three that must be made, one free option.
func worktop() Content {
	lump := func(id, name string, price int64) Line { return item(id, name, "1", "", price, "20", price/2) }
	return Content{
		Title: "Kitchen & ground-floor refit", Currency: "EUR", Pricing: TaxIncluded, Deposit: money.Whole(30),
		Groups: []Group{
			{ID: "g1", Name: "Preparation and structure", Kind: Fixed, Lines: []Line{
				lump("a1", "Strip out the old kitchen and floor", 288000), lump("a2", "Open the wall to the dining room", 648000), item("a3", "Plaster and make good", "46", "m²", 4200, "20", 0)}},
			{ID: "g2", Name: "Electrics, heating and water", Kind: Fixed, Lines: []Line{
				item("b1", "Rewire the ground floor", "24", "points", 9500, "20", 0), item("b2", "Underfloor heating", "38", "m²", 7800, "20", 0), lump("b3", "Water and waste", 186000)}},
			{ID: "g3", Name: "Kitchen", Kind: Fixed, Lines: []Line{
				item("c1", "Cabinets, sage shaker fronts", "14", "units", 62000, "20", 0), item("c2", "Fitting and adjustment", "5", "days", 54000, "20", 0), item("c3", "Ceiling extractor", "1", "piece", 129000, "20", 0)}},
			{ID: "g4", Name: "Floor and finishes", Kind: Fixed, Lines: []Line{
				item("d1", "Engineered oak floor", "38", "m²", 9600, "20", 0), lump("d2", "Paint walls and ceiling", 215000)}},
			{ID: "g5", Name: "Worktop", Kind: Option, Min: 1, Max: 1, Lines: []Line{
				lump("e1", "Laminate, oak look", 160000), chosen(lump("e2", "Solid oak, oiled", 245000)), lump("e3", "Quartz, Calacatta", 383000)}},
			{ID: "g6", Name: "Light", Kind: Option, Lines: []Line{lump("f1", "Light under the wall cabinets", 46000)}},
		},
	}
}
