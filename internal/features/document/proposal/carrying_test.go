package proposal

import (
	"reflect"
	"testing"

	"lintel/internal/platform/money"
)

// offered is the worktop's proposal, where the customer may say how much underfloor heating there is, and choose two lamps.
func offered() CustomerContent {
	c := worktop()
	c.Groups[1].Lines[1].QuantityEditable = &QuantityRange{money.Whole(30), money.Whole(40)}
	lamp := c.Groups[5].Lines[0]
	lamp.ID, lamp.Name = "f2", "Light above the table"
	c.Groups[5].Lines = append(c.Groups[5].Lines, lamp)
	return c.ForCustomer()
}

// In each case Maria had chosen the quartz, the first lamp and 35 m² of heating.
func TestChoicesAreCarriedIntoTheNextVersionWhereNothingOfThemHasChanged(t *testing.T) {
	option := func(c *CustomerContent, id string) *CustomerLine {
		for i := range c.Groups {
			for j := range c.Groups[i].Lines {
				if c.Groups[i].Lines[j].ID == id {
					return &c.Groups[i].Lines[j]
				}
			}
		}
		t.Fatalf("there is no line %s", id)
		return nil
	}
	drop := func(c *CustomerContent, group, line int) {
		lines := c.Groups[group].Lines
		c.Groups[group].Lines = append(append([]CustomerLine{}, lines[:line]...), lines[line+1:]...)
	}
	all := map[string]bool{"e3": true, "f1": true}
	for _, test := range []struct {
		name     string
		change   func(*CustomerContent)
		chosen   map[string]bool
		heating  string
		lost     map[string]LostKind // by the line as it was, or the group
		missing  int                 // what must be chosen before one signs
		stillSum bool                // nothing else changes the sum: it is as before
	}{
		{"nothing has changed", func(*CustomerContent) {}, all, "35", nil, 0, true},
		{"another line costs more", func(c *CustomerContent) { option(c, "a1").UnitPrice++ }, all, "35", nil, 0, false},
		{"what was not chosen costs more", func(c *CustomerContent) { option(c, "e1").UnitPrice++ }, all, "35", nil, 0, true},
		{"what was not chosen is gone", func(c *CustomerContent) { drop(c, 4, 0) }, all, "35", nil, 0, true},
		{"another one is preset now", func(c *CustomerContent) { option(c, "e2").Selected, option(c, "e1").Selected = false, true }, all, "35", nil, 0, true},
		{"the preset quantity is another", func(c *CustomerContent) { option(c, "b2").Quantity = money.Whole(31) }, all, "35", nil, 0, true},
		{"the choice is gone", func(c *CustomerContent) { drop(c, 4, 2) }, map[string]bool{"f1": true}, "35", map[string]LostKind{"e3": LostGone}, 1, false},
		{"the choice costs more", func(c *CustomerContent) { option(c, "e3").UnitPrice++ }, map[string]bool{"f1": true}, "35", map[string]LostKind{"e3": LostPrice}, 1, false},
		{"the choice is taxed otherwise", func(c *CustomerContent) { option(c, "e3").TaxPercent = money.Whole(19) }, map[string]bool{"f1": true}, "35", map[string]LostKind{"e3": LostPrice}, 1, false},
		{"the choice is described otherwise", func(c *CustomerContent) { option(c, "e3").Description = "2 cm" }, map[string]bool{"f1": true}, "35", map[string]LostKind{"e3": LostChanged}, 1, false},
		{"the choice has an id of its own", func(c *CustomerContent) { option(c, "e3").ID = "e9" }, map[string]bool{"f1": true}, "35", map[string]LostKind{"e3": LostGone}, 1, false},
		{"the free option is gone", func(c *CustomerContent) { drop(c, 5, 0) }, map[string]bool{"e3": true}, "35", map[string]LostKind{"f1": LostGone}, 0, false},
		{"the free option is part of the work", func(c *CustomerContent) { c.Groups[5].Kind, c.Groups[5].Max = Fixed, 0 }, map[string]bool{"e3": true}, "35", map[string]LostKind{"f1": LostIncluded}, 0, false},
		{"a lamp comes that is preset", func(c *CustomerContent) {
			c.Groups[5].Lines = append(c.Groups[5].Lines, CustomerLine{ID: "f3", Kind: Item, Name: "Lamp", Quantity: money.Whole(1), UnitPrice: 1, Selected: true})
		}, map[string]bool{"e3": true, "f1": true, "f3": true}, "35", nil, 0, false},
		{"a worktop comes that is preset", func(c *CustomerContent) {
			option(c, "e2").Selected = false
			c.Groups[4].Lines = append(c.Groups[4].Lines, CustomerLine{ID: "e4", Kind: Item, Name: "Steel", Quantity: money.Whole(1), UnitPrice: 1, Selected: true})
		}, all, "35", nil, 0, true},
		{"the heating costs more", func(c *CustomerContent) { option(c, "b2").UnitPrice++ }, all, "38", map[string]LostKind{"b2": LostPrice}, 0, false},
		{"less heating is offered", func(c *CustomerContent) { option(c, "b2").QuantityEditable.Max = money.Whole(39) }, all, "38", map[string]LostKind{"b2": LostLimits}, 0, false},
		{"the heating is what it is", func(c *CustomerContent) { option(c, "b2").QuantityEditable = nil }, all, "38", map[string]LostKind{"b2": LostLimits}, 0, false},
		{"there is no heating", func(c *CustomerContent) { drop(c, 1, 1) }, all, "", map[string]LostKind{"b2": LostGone}, 0, false},
		{"prices are without tax", func(c *CustomerContent) { c.Pricing = TaxOnTop }, map[string]bool{}, "38", map[string]LostKind{"e3": LostPrice, "f1": LostPrice, "b2": LostPrice}, 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := offered(), offered()
			made := Choices{Selected: map[string]bool{"e1": false, "e2": false, "e3": true, "f1": true, "f2": false}, Quantities: map[string]money.Decimal{"b2": money.Whole(35)}}
			test.change(&after)
			kept, lost := made.CarryOver(before, after)
			if err := kept.Check(after); err != nil {
				t.Fatalf("%+v is not offered: %v", kept, err)
			}
			chosen, heating := map[string]bool{}, ""
			for _, g := range after.Groups {
				for _, l := range g.Lines {
					if g.Kind == Option && kept.Has(l) {
						chosen[l.ID] = true
					}
					if l.ID == "b2" {
						heating = kept.QuantityOf(l).String()
					}
				}
			}
			if !reflect.DeepEqual(chosen, test.chosen) || heating != test.heating {
				t.Errorf("chosen are %v and %s m², want %v and %s", chosen, heating, test.chosen, test.heating)
			}
			got := map[string]LostKind{}
			for _, l := range lost {
				got[l.Before.ID] = l.Kind
			}
			if len(got) != len(test.lost) || len(got) > 0 && !reflect.DeepEqual(got, test.lost) || len(lost) != len(got) {
				t.Errorf("lost are %v, want %v", lost, test.lost)
			}
			if missing := MissingToSign(after, kept, map[string]bool{}, true); len(missing)-len(after.Terms) != test.missing {
				t.Errorf("missing are %v, want %d", missing, test.missing)
			}
			was, err := before.Total(made)
			is, err2 := after.Total(kept)
			if err != nil || err2 != nil || test.stillSum && was != is {
				t.Errorf("the total was %v and is %v (%v, %v)", was, is, err, err2)
			}
		})
	}
}

func TestWhereFewerMayBeChosenNobodyChoosesForTheCustomer(t *testing.T) {
	before, after := offered(), offered()
	after.Groups[5].Max = 1
	kept, lost := Choices{Selected: map[string]bool{"f1": true, "f2": true}}.CarryOver(before, after)
	if len(lost) != 1 || lost[0].Kind != LostFewer || lost[0].Group.ID != "g6" || after.Groups[5].Chosen(kept) != 0 {
		t.Errorf("lost are %v, chosen %v", lost, kept)
	}
}

func TestWhoeverHasTakenNothingKeepsItSo(t *testing.T) {
	before, after := offered(), offered()
	before.Groups[4].Min, after.Groups[4].Min = 0, 0
	after.Groups[4].Lines[1].UnitPrice++
	kept, lost := Choices{Selected: map[string]bool{"e1": false, "e2": false, "e3": false}}.CarryOver(before, after)
	if len(lost) != 0 || after.Groups[4].Chosen(kept) != 0 || kept.Says() || kept.None() {
		t.Errorf("lost are %v, chosen %v", lost, kept)
	}
}

func TestAQuantityThatWasLeftAsItWasIsNoChoice(t *testing.T) {
	before, after := offered(), offered()
	after.Groups[1].Lines[1].Quantity, after.Groups[1].Lines[1].UnitPrice = money.Whole(40), 1
	kept, lost := Choices{Selected: map[string]bool{}, Quantities: map[string]money.Decimal{"b2": money.Whole(38)}}.CarryOver(before, after)
	if len(lost) != 0 || len(kept.Quantities) != 0 {
		t.Errorf("lost are %v, kept %v", lost, kept)
	}
}
