package proposal

import (
	"cmp"
	"slices"

	"lintel/internal/platform/money"
)

// Totals are the sums of a document with certain choices, as the customer sees them.
type Totals struct {
	Groups    []GroupTotal
	Lines     map[string]money.Amount // what each line that counts adds, by its id
	Subtotal  money.Amount            // items and percent lines that count
	Discounts []DiscountTotal
	Taxes     []TaxTotal // by rate, highest first; a rate of 0 is not listed
	Tax       money.Amount
	Total     money.Amount // what the customer pays, tax included
	// IfAllChosen is how much more the dearest permitted choice would cost, tax included.
	IfAllChosen money.Amount
	Deposit     money.Amount // due on approval
}

// GroupTotal is the sum of one group. Of an option group Subtotal has what is chosen, and
// IfAllChosen the dearest lines that may be chosen together.
type GroupTotal struct {
	ID          string
	Name        string
	Kind        GroupKind
	Subtotal    money.Amount
	IfAllChosen money.Amount
}

// DiscountTotal is one reduction, below zero.
type DiscountTotal struct {
	LineID string
	Name   string
	Amount money.Amount
}

// TaxTotal is the tax of one rate: Base is the sum it is computed on (with TaxIncluded it
// contains the tax).
type TaxTotal struct {
	Percent money.Decimal
	Base    money.Amount
	Tax     money.Amount
}

// OfficeTotals add what only the office sees.
type OfficeTotals struct {
	Totals
	Cost          money.Amount            // of all lines that count
	GroupCosts    map[string]money.Amount // by group id; of an option group the cost of the lines in its IfAllChosen
	Margin        money.Amount            // total without tax, less cost
	MarginPercent money.Decimal           // of the total without tax; 0 when that is 0
	CostUnknown   int                     // items that count and have no cost: the margin is too high by theirs
}

// Totals sums the document up. It gives a fault only when a sum is too large.
func (c CustomerContent) Totals(choices Choices) (Totals, error) {
	totals, err := c.sum(choices)
	if err != nil {
		return Totals{}, err
	}
	dearest, err := c.sum(c.dearest(choices))
	if err != nil {
		return Totals{}, err
	}
	if totals.IfAllChosen, err = dearest.Total.Sub(totals.Total); err != nil {
		return Totals{}, err
	}
	totals.Deposit, err = totals.Total.Percent(c.Deposit)
	return totals, err
}

// Total is the total alone, for comparing choices.
func (c CustomerContent) Total(choices Choices) (money.Amount, error) {
	sum, err := c.sum(choices)
	return sum.Total, err
}

// sum is one pass over the lines: first items, then percent lines on them, then discounts on
// both, then tax.
func (c CustomerContent) sum(choices Choices) (Totals, error) {
	a := adding{currency: c.Currency, rates: map[money.Decimal]money.Amount{}, sum: Totals{Lines: map[string]money.Amount{}}}
	items := money.Zero(c.Currency)
	for _, g := range c.Groups {
		for _, l := range g.Lines {
			if l.Kind == Item && c.counts(g, l, choices) {
				items = a.add(items, a.line(l, a.times(l.UnitPrice, choices.QuantityOf(l))))
			}
		}
	}
	a.sum.Subtotal = items
	c.eachLine(Percent, func(l CustomerLine) {
		a.sum.Subtotal = a.add(a.sum.Subtotal, a.line(l, a.percent(items, l.Percent)))
	})
	before := a.sum.Subtotal
	c.eachLine(Discount, func(l CustomerLine) {
		amount := a.times(l.UnitPrice, l.Quantity)
		if !l.Percent.IsZero() {
			amount = a.percent(before, l.Percent).Neg()
		}
		a.sum.Discounts = append(a.sum.Discounts, DiscountTotal{l.ID, l.Name, a.line(l, amount)})
	})
	a.groups(c.Groups, choices)
	a.taxes(c.Pricing)
	return a.sum, a.err
}

func (c CustomerContent) counts(g CustomerGroup, l CustomerLine, choices Choices) bool {
	return g.Kind != Option || choices.Has(l)
}

func (c CustomerContent) eachLine(kind LineKind, do func(CustomerLine)) {
	for _, g := range c.Groups {
		for _, l := range g.Lines {
			if l.Kind == kind {
				do(l)
			}
		}
	}
}

// adding keeps the first error, so that sums read as sums.
type adding struct {
	currency string
	rates    map[money.Decimal]money.Amount
	sum      Totals
	err      error
}

func (a *adding) keep(amount money.Amount, err error) money.Amount {
	if err != nil && a.err == nil {
		a.err = err
	}
	return amount
}

func (a *adding) add(x, y money.Amount) money.Amount { return a.keep(x.Add(y)) }

func (a *adding) times(minor int64, quantity money.Decimal) money.Amount {
	return a.keep(money.New(minor, a.currency).Times(quantity))
}

func (a *adding) percent(of money.Amount, percent money.Decimal) money.Amount {
	return a.keep(of.Percent(percent))
}

// line notes what a line adds, for itself and for its tax rate.
func (a *adding) line(l CustomerLine, amount money.Amount) money.Amount {
	a.sum.Lines[l.ID] = amount
	base, seen := a.rates[l.TaxPercent]
	if !seen {
		base = money.Zero(a.currency)
	}
	a.rates[l.TaxPercent] = a.add(base, amount)
	return amount
}

func (a *adding) groups(groups []CustomerGroup, choices Choices) {
	for _, g := range groups {
		total := GroupTotal{g.ID, g.Name, g.Kind, money.Zero(a.currency), money.Zero(a.currency)}
		together := g.dearest(choices)
		for _, l := range g.Lines {
			amount, counted := a.sum.Lines[l.ID]
			if counted {
				total.Subtotal = a.add(total.Subtotal, amount)
			} else {
				amount = a.times(l.UnitPrice, l.Quantity)
			}
			if together[l.ID] {
				total.IfAllChosen = a.add(total.IfAllChosen, amount)
			}
		}
		a.sum.Groups = append(a.sum.Groups, total)
	}
}

// taxes computes the tax of each rate once, on its sum.
func (a *adding) taxes(pricing Pricing) {
	a.sum.Tax, a.sum.Total = money.Zero(a.currency), money.Zero(a.currency)
	for rate, base := range a.rates {
		a.sum.Total = a.add(a.sum.Total, base)
		if rate.IsZero() {
			continue
		}
		tax := a.keep(base.Percent(rate))
		if pricing == TaxIncluded {
			tax = a.keep(base.PercentWithin(rate))
		}
		a.sum.Taxes = append(a.sum.Taxes, TaxTotal{rate, base, tax})
		a.sum.Tax = a.add(a.sum.Tax, tax)
	}
	slices.SortFunc(a.sum.Taxes, func(x, y TaxTotal) int { return y.Percent.Compare(x.Percent) })
	if pricing != TaxIncluded {
		a.sum.Total = a.add(a.sum.Total, a.sum.Tax)
	}
}

// dearest chooses in every option group the most expensive lines that it permits, and keeps
// the chosen quantities.
func (c CustomerContent) dearest(choices Choices) Choices {
	best := Choices{Selected: map[string]bool{}, Quantities: choices.Quantities}
	for _, g := range c.Groups {
		if g.Kind != Option {
			continue
		}
		together := g.dearest(choices)
		for _, l := range g.Lines {
			best.Selected[l.ID] = together[l.ID]
		}
	}
	return best
}

// dearest are the most expensive lines of a group that may be chosen together, by id; of a
// group that is no choice all.
func (g CustomerGroup) dearest(choices Choices) map[string]bool {
	lines, together := slices.Clone(g.Lines), map[string]bool{}
	slices.SortStableFunc(lines, func(x, y CustomerLine) int { return cmp.Compare(priceOf(y, choices), priceOf(x, choices)) })
	for i, l := range lines {
		together[l.ID] = g.Kind != Option || g.Max == 0 || i < g.Max
	}
	return together
}

// priceOf is a line's amount in minor units, for comparing only.
func priceOf(l CustomerLine, choices Choices) int64 {
	minor, err := money.MulDiv(l.UnitPrice, choices.QuantityOf(l).Scaled(), money.Whole(1).Scaled())
	if err != nil {
		return l.UnitPrice
	}
	return minor
}

// Totals sums the document up for the office, with cost and margin.
func (c Content) Totals(choices Choices) (OfficeTotals, error) {
	shown := c.ForCustomer()
	totals, err := shown.Totals(choices)
	if err != nil {
		return OfficeTotals{}, err
	}
	office := OfficeTotals{Totals: totals, Cost: money.Zero(c.Currency), GroupCosts: map[string]money.Amount{}}
	a := adding{currency: c.Currency}
	for i, g := range c.Groups {
		office.GroupCosts[g.ID] = money.Zero(c.Currency)
		together := shown.Groups[i].dearest(choices)
		for j, l := range g.Lines {
			cost, counted := a.cost(l, choices.QuantityOf(shown.Groups[i].Lines[j])), shown.counts(shown.Groups[i], shown.Groups[i].Lines[j], choices)
			if together[l.ID] {
				office.GroupCosts[g.ID] = a.add(office.GroupCosts[g.ID], cost)
			}
			if !counted {
				continue
			}
			office.Cost = a.add(office.Cost, cost)
			if l.Kind == Item && l.UnitCost == nil {
				office.CostUnknown++
			}
		}
	}
	net := a.keep(totals.Total.Sub(totals.Tax))
	office.Margin = a.keep(net.Sub(office.Cost))
	office.MarginPercent = percentOf(office.Margin, net)
	return office, a.err
}

func (a *adding) cost(l Line, quantity money.Decimal) money.Amount {
	if l.UnitCost == nil || l.Kind == Discount {
		return money.Zero(a.currency)
	}
	if l.Kind == Percent {
		return money.New(*l.UnitCost, a.currency)
	}
	return a.times(*l.UnitCost, quantity)
}

// percentOf gives part ÷ whole in percent with two decimals; 0 when that says nothing.
func percentOf(part, whole money.Amount) money.Decimal {
	if whole.Minor <= 0 {
		return money.Decimal{}
	}
	hundredths, err := money.MulDiv(part.Minor, 10_000, whole.Minor)
	if err != nil || hundredths > 100*money.MaxDecimal || hundredths < -100*money.MaxDecimal {
		return money.Decimal{}
	}
	return money.FromScaled(hundredths * 100)
}
