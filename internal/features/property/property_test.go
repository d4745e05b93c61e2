package property

import "testing"

func TestAPropertyIsCalledByItsNameAndFoundByItsPlace(t *testing.T) {
	cases := []struct {
		d                  Details
		title, line, place string
	}{
		{Details{Line1: "8 Orchard Row", City: "Elmsbury", Postcode: "EL1 2AB"}, "8 Orchard Row", "8 Orchard Row, EL1 2AB Elmsbury", "8 Orchard Row, Elmsbury"},
		{Details{Name: "The Mill", City: "Tarn"}, "The Mill", "Tarn", "The Mill, Tarn"},
		{Details{Name: "Flat 3", Line1: "14 Maple St", Line2: "2nd floor"}, "Flat 3", "14 Maple St, 2nd floor", "14 Maple St"},
	}
	for _, c := range cases {
		p := Property{Name: c.d.Name, Line1: c.d.Line1, Line2: c.d.Line2, City: c.d.City, Postcode: c.d.Postcode}
		if p.Title() != c.title || p.Line() != c.line || placeOf(c.d) != c.place {
			t.Errorf("%+v reads %q, %q, %q", c.d, p.Title(), p.Line(), placeOf(c.d))
		}
	}
	if (Details{City: "Elmsbury"}).check() == nil {
		t.Error("a town alone is taken for a property")
	}
}
