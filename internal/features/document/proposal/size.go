package proposal

import (
	"math"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

// TotalTooLarge is what stands at the line that makes a total too large.
const TotalTooLarge = "This line makes the total too large. Check its quantity and its price."

// checkLength says what is too much, how much there is, and how much there may be.
func (c Content) checkLength(problems *fault.Problems, lines int) {
	if lines > MaxLines {
		*problems = append(*problems, fault.Field{Name: "groups", Message: "These are {count} lines, and a proposal holds up to {most}. Please split it in two.", Values: []any{"count", counted(lines), "most", counted(MaxLines)}})
	}
	if len(c.Groups) > MaxGroups {
		*problems = append(*problems, fault.Field{Name: "groups", Message: "These are {count} groups, and a proposal holds up to {most}. Please split it in two.", Values: []any{"count", counted(len(c.Groups)), "most", counted(MaxGroups)}})
	}
	if lines <= MaxLines && len(c.Bytes()) > MaxBytes {
		problems.Add("groups", "All texts of this proposal together are too long for one. Please split it in two.")
	}
}

// counted is a number that is written as its reader writes numbers: 1,500.
func counted(n int) money.Decimal { return money.Whole(int32(n)) }

// checkTotal names the line to look at when a sum is too large: the dearest, or the one with
// the highest cost when the prices can be summed up.
func (c Content) checkTotal(problems *fault.Problems) {
	if _, err := c.Totals(Choices{}); err == nil {
		return
	}
	field := "cost"
	if _, err := c.ForCustomer().Totals(Choices{}); err != nil {
		field = "price"
	}
	if group, line := c.heaviest(field); line >= 0 {
		problems.Add(FieldName(group, line, field), TotalTooLarge)
		return
	}
	problems.Add("total", "The total is too large.")
}

// heaviest is the line that adds most to a sum, roughly: the exact sum is what failed.
func (c Content) heaviest(field string) (group, line int) {
	items := 0.0
	for _, g := range c.Groups {
		for _, l := range g.Lines {
			items += float64(l.UnitPrice) * float64(l.Quantity.Scaled())
		}
	}
	group, line = -1, -1
	most := 0.0
	for i, g := range c.Groups {
		for j, l := range g.Lines {
			if weight := l.weight(field, items); weight > most {
				group, line, most = i, j, weight
			}
		}
	}
	return group, line
}

func (l Line) weight(field string, items float64) float64 {
	switch {
	case field == "cost" && l.UnitCost == nil:
		return 0
	case field == "cost":
		return float64(*l.UnitCost) * float64(l.Quantity.Scaled())
	case !l.Percent.IsZero():
		return math.Abs(items) * float64(l.Percent.Scaled()) / 1e6
	}
	return math.Abs(float64(l.UnitPrice) * float64(l.Quantity.Scaled()))
}
