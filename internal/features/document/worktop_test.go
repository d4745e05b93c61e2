package document_test

import (
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/money"
)

// worktop is the proposal in the picture of the customer's page: tax included, one choice of
// three that must be made, one free option.
func worktop() proposal.Content {
	item := func(id, name, quantity, unit string, price int64) proposal.Line {
		return proposal.Line{ID: id, Kind: proposal.Item, Name: name, Quantity: money.MustDecimal(quantity), Unit: unit, UnitPrice: price, TaxPercent: money.Whole(20)}
	}
	lump := func(id, name string, price int64) proposal.Line { return item(id, name, "1", "", price) }
	oak := lump("e2", "Solid oak, oiled", 245000)
	oak.Selected = true
	return proposal.Content{
		Title: "Kitchen & ground-floor refit", Currency: "EUR", Pricing: proposal.TaxIncluded, Deposit: money.Whole(30),
		Groups: []proposal.Group{
			{ID: "g1", Name: "Preparation and structure", Kind: proposal.Fixed, Lines: []proposal.Line{
				lump("a1", "Strip out the old kitchen and floor", 288000), lump("a2", "Open the wall to the dining room", 648000), item("a3", "Plaster and make good", "46", "m²", 4200)}},
			{ID: "g2", Name: "Electrics, heating and water", Kind: proposal.Fixed, Lines: []proposal.Line{
				item("b1", "Rewire the ground floor", "24", "points", 9500), item("b2", "Underfloor heating", "38", "m²", 7800), lump("b3", "Water and waste", 186000)}},
			{ID: "g3", Name: "Kitchen", Kind: proposal.Fixed, Lines: []proposal.Line{
				item("c1", "Cabinets, sage shaker fronts", "14", "units", 62000), item("c2", "Fitting and adjustment", "5", "days", 54000), item("c3", "Ceiling extractor", "1", "piece", 129000)}},
			{ID: "g4", Name: "Floor and finishes", Kind: proposal.Fixed, Lines: []proposal.Line{
				item("d1", "Engineered oak floor", "38", "m²", 9600), lump("d2", "Paint walls and ceiling", 215000)}},
			{ID: "g5", Name: "Worktop", Kind: proposal.Option, Min: 1, Max: 1, Lines: []proposal.Line{
				lump("e1", "Laminate, oak look", 160000), oak, lump("e3", "Quartz, Calacatta", 383000)}},
			{ID: "g6", Name: "Light", Kind: proposal.Option, Lines: []proposal.Line{lump("f1", "Light under the wall cabinets", 46000)}},
		},
	}
}
