package proposal

import (
	"fmt"
	"reflect"
	"testing"

	"lintel/internal/platform/money"
)

func TestAChoiceThatIsNotOfferedIsRefused(t *testing.T) {
	c := worktop()
	c.Groups[1].Lines[1].QuantityEditable = &QuantityRange{money.Whole(30), money.Whole(40)}
	shown := c.ForCustomer()
	selected := func(ids ...string) Choices {
		all := Choices{Selected: map[string]bool{"e2": false}}
		for _, id := range ids {
			all.Selected[id] = true
		}
		return all
	}
	quantity := func(id, value string) Choices {
		return Choices{Quantities: map[string]money.Decimal{id: money.MustDecimal(value)}}
	}
	tests := []struct {
		name    string
		choices Choices
		field   string // "" is taken
	}{
		{"nothing said", Choices{}, ""},
		{"another worktop", selected("e3"), ""},
		{"none yet", selected(), ""},
		{"two worktops", selected("e1", "e3"), "group.g5"},
		{"the preset one and another", Choices{Selected: map[string]bool{"e3": true}}, "group.g5"},
		{"a free option", selected("e3", "f1"), ""},
		{"an unknown line", selected("zz"), "selected.zz"},
		{"a line that is no option", selected("a1"), "selected.a1"},
		{"not choosing a fixed line", Choices{Selected: map[string]bool{"a1": false}}, "selected.a1"},
		{"a quantity within its bounds", quantity("b2", "40"), ""},
		{"a quantity above", quantity("b2", "40.0001"), "quantity.b2"},
		{"a quantity below", quantity("b2", "-1"), "quantity.b2"},
		{"a quantity that is fixed", quantity("b1", "24"), "quantity.b1"},
		{"an unknown quantity", quantity("zz", "1"), "quantity.zz"},
	}
	for _, test := range tests {
		err := test.choices.Check(shown)
		if test.field == "" && err != nil || test.field != "" && !hasField(err, test.field) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestWhatStopsASignatureIsListedInTheOrderOfThePage(t *testing.T) {
	c := worktop()
	c.Terms = []Term{{"t1", "Payment", ""}, {"t2", "Warranty", ""}}
	shown := c.ForCustomer()
	list := func(choices Choices, opened map[string]bool, consent bool) (names []string) {
		for _, m := range MissingToSign(shown, choices, opened, consent) {
			names = append(names, fmt.Sprintf("%s %s", m.Kind, m.ID))
			if m.Message == "" || m.Kind != MissingConsent && m.Name == "" {
				t.Errorf("%+v says nothing", m)
			}
		}
		return names
	}
	none := Choices{Selected: map[string]bool{"e2": false}}
	if got := list(none, map[string]bool{"t2": true}, false); !reflect.DeepEqual(got, []string{"choice g5", "terms t1", "consent "}) {
		t.Error(got)
	}
	if got := list(Choices{}, map[string]bool{"t1": true, "t2": true}, true); got != nil {
		t.Error(got)
	}
}

func TestAGroupSaysHowItIsChosen(t *testing.T) {
	shown := worktop().ForCustomer()
	if g := shown.Groups[4]; !g.IsSingle() || !g.IsRequired() {
		t.Error("one worktop must be chosen")
	}
	if g := shown.Groups[5]; g.IsSingle() || g.IsRequired() {
		t.Error("the light is free")
	}
	if g := shown.Groups[0]; g.IsSingle() || g.IsRequired() {
		t.Error("a fixed group is no choice")
	}
}
