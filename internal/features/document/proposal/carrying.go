package proposal

import (
	"reflect"

	"lintel/internal/platform/money"
)

// LostKind says why a choice does not stand in a later version.
type LostKind string

// The kinds of loss.
const (
	LostGone     LostKind = "gone"     // it is not offered any more
	LostIncluded LostKind = "included" // it is part of the work now
	LostPrice    LostKind = "price"
	LostLimits   LostKind = "limits"  // between what one can choose
	LostChanged  LostKind = "changed" // something else of it
	LostFewer    LostKind = "fewer"   // no longer so many of its group may be chosen
)

// Lost is a choice that is to be made anew, as it was before and, unless it is gone, as it is now.
type Lost struct {
	Kind        LostKind
	Group       CustomerGroup // of the later version, where one chooses; without an id where there is none
	Before, Now CustomerLine
}

// None reports whether nothing was ever chosen. Who takes all options out has chosen.
func (c Choices) None() bool { return c.Selected == nil && c.Quantities == nil }

// Says reports whether it names an option or a quantity, other than what it leaves out.
func (c Choices) Says() bool {
	for _, chosen := range c.Selected {
		if chosen {
			return true
		}
	}
	return len(c.Quantities) > 0
}

// CarryOver gives the choices made in one version that stand in a later one: those whose line is the same by its id and in all that
// it says. What does not stand is listed, and nothing that the office presets takes its place: who had chosen chooses again.
func (c Choices) CarryOver(before, after CustomerContent) (Choices, []Lost) {
	o := carrying{chosen: c, now: map[string]stands{}, groups: map[string]CustomerGroup{}, repriced: before.Currency != after.Currency || before.Pricing != after.Pricing,
		kept: Choices{Selected: map[string]bool{}, Quantities: map[string]money.Decimal{}}, lostIn: map[string]bool{}}
	for _, g := range after.Groups {
		o.groups[g.ID] = g
		for _, l := range g.Lines {
			o.now[l.ID] = stands{g, l}
		}
	}
	for _, g := range before.Groups {
		for _, l := range g.Lines {
			if g.Kind == Option {
				o.option(g, l)
			}
			o.quantity(g, l)
		}
	}
	for _, g := range after.Groups {
		if g.Kind == Option {
			o.settle(g)
		}
	}
	return o.kept, o.lost
}

// stands is where a line stands in the later version.
type stands struct {
	group CustomerGroup
	line  CustomerLine
}

type carrying struct {
	chosen, kept Choices
	now          map[string]stands
	groups       map[string]CustomerGroup // of the later version
	repriced     bool                     // no price is what it was
	lost         []Lost
	lostIn       map[string]bool // groups
}

func (o *carrying) option(g CustomerGroup, was CustomerLine) {
	chosen, said := o.chosen.Selected[was.ID]
	now, here := o.now[was.ID]
	stays := here && now.group.Kind == Option && now.group.ID == g.ID
	switch {
	case !said:
	case !chosen && stays:
		o.kept.Selected[was.ID] = false
	case !chosen:
	case !here:
		o.lose(LostGone, g, was)
	case now.group.Kind != Option:
		o.lose(LostIncluded, g, was)
	case !stays:
		o.lose(LostChanged, now.group, was)
	default:
		if why := o.difference(was, now.line); why != "" {
			o.lose(why, g, was)
			return
		}
		o.kept.Selected[was.ID] = true
	}
}

// quantity carries a quantity that is another one than the office had preset.
func (o *carrying) quantity(g CustomerGroup, was CustomerLine) {
	wanted, said := o.chosen.Quantities[was.ID]
	if !said || was.QuantityEditable == nil || wanted.Compare(was.Quantity) == 0 || g.Kind == Option && !o.kept.Selected[was.ID] {
		return
	}
	now, here := o.now[was.ID]
	if !here {
		o.lose(LostGone, g, was)
		return
	}
	if why := o.difference(was, now.line); why != "" {
		o.lose(why, now.group, was)
		return
	}
	o.kept.Quantities[was.ID] = wanted
}

func (o *carrying) lose(why LostKind, in CustomerGroup, was CustomerLine) {
	o.lostIn[in.ID] = true
	o.lost = append(o.lost, Lost{Kind: why, Group: o.groups[in.ID], Before: was, Now: o.now[was.ID].line})
}

// difference says what makes a line another one than it was; empty where it is the same. What the office presets is no part of it
// where the customer chooses that.
func (o *carrying) difference(was, now CustomerLine) LostKind {
	switch {
	case o.repriced || was.UnitPrice != now.UnitPrice || was.Percent != now.Percent || was.TaxPercent != now.TaxPercent:
		return LostPrice
	case !reflect.DeepEqual(was.QuantityEditable, now.QuantityEditable):
		return LostLimits
	}
	was.Selected = now.Selected
	if was.QuantityEditable != nil {
		was.Quantity = now.Quantity
	}
	if !reflect.DeepEqual(was, now) {
		return LostChanged
	}
	return ""
}

// settle says of every option of a group whether it is chosen, where the customer's choice leaves no room for what the office presets.
func (o *carrying) settle(g CustomerGroup) {
	touched := o.lostIn[g.ID]
	for _, l := range g.Lines {
		_, said := o.kept.Selected[l.ID]
		touched = touched || said && g.Max > 0
	}
	if !touched {
		return
	}
	for _, l := range g.Lines {
		chosen := o.kept.Selected[l.ID]
		o.kept.Selected[l.ID] = chosen
	}
	if g.Max == 0 || g.Chosen(o.kept) <= g.Max {
		return
	}
	for _, l := range g.Lines {
		o.kept.Selected[l.ID] = false
	}
	o.lost = append(o.lost, Lost{Kind: LostFewer, Group: g})
}
