package proposal

import (
	"math/rand/v2"
	"testing"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

// The figures were worked out by hand from the lines, and are those of the picture:
//
//	Preliminaries 1,380.00 + 1,480.00 + 2 × 649.75 = 4,159.50
//	Demolition 1,512.80 + 3.5 × 192.00 + 19.7 × 50.60 = 1,512.80 + 672.00 + 996.82 = 3,181.62
//	Electrical 4 × 498.00 + 11 × 201.60 + 2,028.00 = 6,237.60
//	Cabinets 6.5 × 1,595 + 5.5 × 1,231 + 2 × 1,634.30 + 4,649.20 = 25,055.80
//	Tax 20 % of 38,634.52 − 1,480.00 (permit, 0 %) − 1,500.00 = 35,654.52 → 7,130.90
func TestTheKitchenProposalOfTheEditorAddsUp(t *testing.T) {
	got, err := kitchen().Totals(Choices{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, got money.Amount, want int64) {
		t.Helper()
		if got != money.New(want, "EUR") {
			t.Errorf("%s is %v, want %d", name, got, want)
		}
	}
	for i, want := range []int64{415950, 318162, 623760, 2505580, 0, -150000} {
		check(got.Groups[i].Name, got.Groups[i].Subtotal, want)
	}
	check("options, all", got.Groups[4].IfAllChosen, 221845)
	check("subtotal", got.Subtotal, 3863452)
	check("discount", got.Discounts[0].Amount, -150000)
	check("tax", got.Tax, 713090)
	check("total", got.Total, 4426542)
	check("options with tax", got.IfAllChosen, 266214)
	check("deposit", got.Deposit, 1327963)
	check("cost", got.Cost, 3279848)
	check("cost of demolition", got.GroupCosts["g2"], 260683)
	check("cost of options", got.GroupCosts["g5"], 178693)
	check("margin", got.Margin, 433604)
	if got.MarginPercent != money.MustDecimal("11.68") || got.CostUnknown != 0 {
		t.Errorf("margin %v %%, %d costs unknown", got.MarginPercent, got.CostUnknown)
	}
	if len(got.Taxes) != 1 || got.Taxes[0].Base.Minor != 3565452 || got.Taxes[0].Percent != money.Whole(20) {
		t.Errorf("taxes %v", got.Taxes)
	}
}

// 11,292 + 7,104 + 12,670 + 5,798 + 3,830 (quartz) = 40,694.00; a sixth of it is VAT: 6,782.33.
func TestTheCustomersChoiceOfAWorktopCounts(t *testing.T) {
	shown := worktop().ForCustomer()
	quartz := Choices{Selected: map[string]bool{"e2": false, "e3": true}}
	got, err := shown.Totals(quartz)
	if err != nil {
		t.Fatal(err)
	}
	if got.Total.Minor != 4069400 || got.Tax.Minor != 678233 || got.Deposit.Minor != 1220820 || got.IfAllChosen.Minor != 46000 {
		t.Errorf("total %v, tax %v, deposit %v, more %v", got.Total, got.Tax, got.Deposit, got.IfAllChosen)
	}
	preset, _ := shown.Totals(Choices{})
	if preset.Total.Minor != 4069400-138000 || preset.IfAllChosen.Minor != 138000+46000 {
		t.Errorf("with oak as preset: %v, more %v", preset.Total, preset.IfAllChosen)
	}
}

func TestPercentLinesAndDiscountsCountOnTheRightSum(t *testing.T) {
	c := CustomerContent{Currency: "EUR", Pricing: TaxOnTop, Groups: []CustomerGroup{
		{ID: "d", Kind: Discounts, Lines: []CustomerLine{{ID: "off", Kind: Discount, Percent: money.Whole(10), Quantity: money.Whole(1), TaxPercent: money.Whole(10)}}},
		{ID: "g", Kind: Fixed, Lines: []CustomerLine{
			{ID: "pm", Kind: Percent, Percent: money.Whole(8), TaxPercent: money.Whole(20)},
			{ID: "a", Kind: Item, Quantity: money.Whole(3), UnitPrice: 3333, TaxPercent: money.Whole(20)},
			{ID: "b", Kind: Item, Quantity: money.Whole(1), UnitPrice: 1, TaxPercent: money.Whole(10)},
		}},
	}}
	got, err := c.Totals(Choices{})
	if err != nil {
		t.Fatal(err)
	}
	// items 100.00; 8 % = 8.00; 10 % off 108.00 = 10.80; tax 20 % of 107.99 = 21.60, 10 % of −10.79 = −1.08
	if got.Subtotal.Minor != 10800 || got.Lines["off"].Minor != -1080 || got.Taxes[0].Tax.Minor != 2160 || got.Taxes[1].Tax.Minor != -108 || got.Total.Minor != 10800-1080+2160-108 {
		t.Errorf("%+v", got)
	}
}

func TestAQuantityCountsOnlyWhereItMayBeChosen(t *testing.T) {
	c := kitchen()
	c.Groups[0].Lines[2].QuantityEditable = &QuantityRange{money.Whole(1), money.Whole(4)}
	got, err := c.Totals(Choices{Quantities: map[string]money.Decimal{"l3": money.Whole(3), "l1": money.Whole(100)}})
	if err != nil || got.Subtotal.Minor != 3863452+64975 || got.Cost.Minor != 3279848+56500 {
		t.Errorf("%v %v %v", got.Subtotal, got.Cost, err)
	}
}

func TestCostsThatAreNotKnownAreCounted(t *testing.T) {
	c := kitchen()
	c.Groups[0].Lines[0].UnitCost = nil
	c.Groups[4].Lines[0].UnitCost = nil // an option that is not chosen
	if got, _ := c.Totals(Choices{}); got.CostUnknown != 1 || got.Cost.Minor != 3279848-115000 {
		t.Errorf("%d unknown, cost %v", got.CostUnknown, got.Cost)
	}
}

func TestAnEmptyProposalIsZero(t *testing.T) {
	got, err := Content{Currency: "EUR"}.Totals(Choices{})
	if err != nil || !got.Total.IsZero() || got.Total.Currency != "EUR" || !got.MarginPercent.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
}

func TestD16ASumThatIsTooLargeIsAFault(t *testing.T) {
	c := kitchen()
	for i := range c.Groups[0].Lines {
		c.Groups[0].Lines[i].UnitPrice, c.Groups[0].Lines[i].Quantity = money.MaxMinor, money.Whole(money.MaxDecimal)
	}
	if _, err := c.Totals(Choices{}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if err := c.Check(); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestForAnyProposalTheTotalIsTheSumOfItsParts(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		c := anyContent(random)
		got, err := c.Totals(Choices{})
		if err != nil {
			t.Fatal(err)
		}
		sum, groups := got.Subtotal.Minor, int64(0)
		for _, discount := range got.Discounts {
			sum += discount.Amount.Minor
		}
		for _, g := range got.Groups {
			groups += g.Subtotal.Minor
		}
		if groups != sum {
			t.Fatalf("groups add up to %d, lines to %d", groups, sum)
		}
		if c.Pricing == TaxOnTop {
			sum += got.Tax.Minor
		}
		if sum != got.Total.Minor || got.IfAllChosen.Minor < 0 {
			t.Fatalf("parts %d, total %v, more %v", sum, got.Total, got.IfAllChosen)
		}
	}
}

func anyContent(random *rand.Rand) Content {
	c := Content{Currency: "EUR", Pricing: []Pricing{TaxOnTop, TaxIncluded}[random.IntN(2)]}
	for g := range 4 {
		group := Group{ID: string(rune('A' + g)), Kind: []GroupKind{Fixed, Option}[g%2]}
		for l := range random.IntN(6) {
			line := Line{ID: group.ID + string(rune('a'+l)), Kind: Item, Quantity: money.FromScaled(random.Int64N(1e7)), UnitPrice: random.Int64N(1e7), TaxPercent: money.Whole(int32(random.IntN(3) * 10))}
			switch {
			case group.Kind == Option:
				line.Selected = random.IntN(2) == 0
			case random.IntN(4) == 0:
				line.Kind, line.UnitPrice, line.Percent = Percent, 0, money.FromScaled(random.Int64N(3e5))
			case random.IntN(4) == 0:
				line.Kind, line.UnitPrice = Discount, -line.UnitPrice
			}
			group.Lines = append(group.Lines, line)
		}
		c.Groups = append(c.Groups, group)
	}
	return c
}

func BenchmarkTotals(b *testing.B) {
	c := kitchen().ForCustomer()
	for b.Loop() {
		_, _ = c.Totals(Choices{})
	}
}

// Of an exclusive group only one line can be chosen, so that "if all are chosen" has its
// dearest alone, and the cost of that.
func TestOfAnExclusiveGroupOnlyTheDearestIsInWhatAllOptionsCost(t *testing.T) {
	content := worktop()
	totals, err := content.Totals(Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if got := totals.Groups[4].IfAllChosen.Minor; got != 383000 {
		t.Errorf("a worktop costs at most %d, want the quartz for 383000", got)
	}
	if got := totals.GroupCosts["g5"].Minor; got != 383000/2 {
		t.Errorf("its cost is %d, want %d", got, 383000/2)
	}
	content.Groups[4].Max = 2
	if totals, err = content.Totals(Choices{}); err != nil || totals.Groups[4].IfAllChosen.Minor != 383000+245000 {
		t.Errorf("two of three: %v, %v", totals.Groups[4].IfAllChosen, err)
	}
}
