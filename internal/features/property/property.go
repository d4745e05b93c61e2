package property

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"lintel/internal/platform/fault"
)

// Property is a place where work is done.
type Property struct {
	ID          string
	Customer    string
	Name        string // how the office calls it; the address when empty
	Line1       string
	Line2       string
	City        string
	Postcode    string
	Country     string
	Reference   string // the customer's own number for it
	AccessNotes string // for the office only: key, alarm, dog
	CreatedAt   time.Time
	Archived    bool
}

// Details are the fields that the office fills in.
type Details struct {
	Name, Line1, Line2, City, Postcode, Country, Reference, AccessNotes string
}

// Empty reports that nothing was filled in.
func (d Details) Empty() bool { return d == Details{} }

func (d Details) check() error {
	if d.Name == "" && d.Line1 == "" {
		return fault.ForField("property_line1", "Enter the street and number, or a name for the place.")
	}
	return nil
}

// Title is how the property is called in lists.
func (p Property) Title() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Line1
}

// Line is the address in one line.
func (p Property) Line() string {
	return join(p.Line1, p.Line2, Town(p.City, p.Postcode, p.Country))
}

// cityFirst are the countries that write the city before the postcode, by code and by the names that people type.
var cityFirst = []string{"gb", "uk", "united kingdom", "great britain", "england", "scotland", "wales", "northern ireland", "vereinigtes königreich", "großbritannien",
	"ie", "ireland", "irland", "éire", "us", "usa", "united states", "united states of america", "vereinigte staaten", "ca", "canada", "kanada", "au", "australia", "australien",
	"nz", "new zealand", "neuseeland"}

// Town is city and postcode in the order of the country. Without one that is known, a postcode says it itself: in Britain,
// Ireland and Canada it begins with a letter that is no country's sign, as in EL1 7RP but not in A-1010.
func Town(city, postcode, country string) string {
	letter := postcode != "" && unicode.IsLetter([]rune(postcode)[0]) && !strings.Contains(postcode, "-")
	if letter || slices.Contains(cityFirst, strings.ToLower(strings.TrimSpace(country))) {
		return strings.TrimSpace(city + " " + postcode)
	}
	return strings.TrimSpace(postcode + " " + city)
}

// Place is the short address: street and town.
func (p Property) Place() string {
	if p.Line1 == "" {
		return join(p.Name, p.City)
	}
	return join(p.Line1, p.City)
}

func join(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ", ")
}

// sortText is what lists are sorted by: the name first, then the address.
func (d Details) sortText() string { return join(d.Name, d.Line1, d.City, d.Postcode) }

// placeOf is stored beside the fields, so that lists of projects read one column.
func placeOf(d Details) string {
	return Property{Name: d.Name, Line1: d.Line1, City: d.City}.Place()
}
