package property

import "testing"

func TestAPropertyIsCalledByItsNameAndFoundByItsPlace(t *testing.T) {
	cases := []struct {
		d                  Details
		title, line, place string
	}{
		{Details{Line1: "8 Orchard Row", City: "Elmsbury", Postcode: "EL1 2AB"}, "8 Orchard Row", "8 Orchard Row, Elmsbury EL1 2AB", "8 Orchard Row, Elmsbury"},
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

func TestATownIsWrittenAsInItsCountry(t *testing.T) {
	for want, c := range map[string][3]string{
		"Elmsbury EL1 7RP":  {"Elmsbury", "EL1 7RP", "United Kingdom"},
		"Elmsbury EL1 7RQ":  {"Elmsbury", "EL1 7RQ", ""},
		"Dublin D02 X285":   {"Dublin", "D02 X285", "Irland"},
		"Springfield 62701": {"Springfield", "62701", "USA"},
		"10115 Berlin":      {"Berlin", "10115", "Deutschland"},
		"A-1010 Wien":       {"Wien", "A-1010", "Österreich"},
		"8001 Zürich":       {"Zürich", "8001", "CH"},
		"75001 Paris":       {"Paris", "75001", ""},
		"1012 AB Amsterdam": {"Amsterdam", "1012 AB", "Nederland"},
		"Elmsbury":          {"Elmsbury", "", "DE"},
		"EL1":               {"", "EL1", "GB"},
	} {
		if got := Town(c[0], c[1], c[2]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
