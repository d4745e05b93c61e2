package proposal

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"lintel/internal/platform/money"
)

func changes(t *testing.T, before, after Content) (texts []string) {
	t.Helper()
	list, err := Difference(before.ForCustomer(), after.ForCustomer())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		var details []string
		for _, d := range c.Details {
			details = append(details, fmt.Sprintf("%s %v → %v", d.Field, d.Old, d.New))
		}
		texts = append(texts, fmt.Sprintf("%s [%s] %s: %s %d", c.Kind, c.Where, c.What, strings.Join(details, ", "), c.Effect.Minor))
	}
	return texts
}

// The three changes of the picture of the customer's page: +312.00, +1,290.00, −1,480.00.
func TestTheCustomerReadsWhatChangedBetweenVersions(t *testing.T) {
	before, after := worktop(), worktop()
	before.Groups[1].Lines[1].Quantity = money.Whole(34)
	before.Groups[2].Lines[2] = item("c9", "Lowered ceiling in the hall", "1", "", 148000, "20", 0)
	got := changes(t, before, after)
	want := []string{
		"changed [Electrics, heating and water] Underfloor heating: Quantity 34 m² → 38 m² 31200",
		"added [Kitchen] Ceiling extractor:  129000",
		"removed [Kitchen] Lowered ceiling in the hall:  -148000",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestEachKindOfChangeIsToldApart(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Content)
		want   []string
	}{
		{"nothing", func(*Content) {}, nil},
		{"only for the office", func(c *Content) { c.Groups[0].Lines[0].UnitCost, c.OfficeNote = nil, "x" }, nil},
		{"title and note", func(c *Content) { c.Title, c.CoverNote = "Kitchen", "Hello" },
			[]string{"cover [] Cover: Title Kitchen & ground-floor refit → Kitchen, Cover note Dear Maria,\nas promised. → Hello 0"}},
		{"validity and deposit", func(c *Content) { c.ValidUntil, c.Deposit = "2027-01-01", money.Whole(25) },
			[]string{"changed [] Conditions: Valid until 2026-12-18 → 2027-01-01, Deposit 30 % → 25 % 0"}},
		{"price", func(c *Content) { c.Groups[1].Lines[1].UnitPrice = 20000 },
			[]string{"changed [Demolition] Remove partition wall: Unit price 192.00 EUR → 200.00 EUR 2800"}},
		{"new ids, same names", func(c *Content) {
			for i := range c.Groups {
				for j := range c.Groups[i].Lines {
					c.Groups[i].Lines[j].ID = "n" + c.Groups[i].Lines[j].ID
				}
			}
		}, nil},
		{"one of two lines of one name gone, with new ids", func(c *Content) {
			c.Groups[2].Lines[0].ID, c.Groups[2].Lines[1].ID = "n1", "n2"
			c.Groups[2].Lines[1].Name = c.Groups[2].Lines[0].Name
		}, []string{"added [Electrical] Small appliance circuits:  221760", "removed [Electrical] Recessed lights:  -221760"}},
		{"a line renamed", func(c *Content) { c.Groups[0].Lines[2].Name = "Skips" },
			[]string{"changed [Preliminaries] Skips: Name Skip hire → Skips 0"}},
		{"a line to the end of its group", func(c *Content) {
			l := c.Groups[3].Lines
			c.Groups[3].Lines = []Line{l[1], l[2], l[3], l[0]}
		}, []string{"moved [Cabinets] Base cabinets:  0"}},
		{"a line to another group", func(c *Content) {
			c.Groups[1].Lines, c.Groups[0].Lines = append([]Line{c.Groups[0].Lines[2]}, c.Groups[1].Lines...), c.Groups[0].Lines[:2]
		}, []string{"moved [Demolition] Skip hire: Group Preliminaries → Demolition 0"}},
		{"a group renamed", func(c *Content) { c.Groups[2].Name = "Electrics" }, []string{"changed [Electrics] Electrics: Name Electrical → Electrics 0"}},
		{"an option that must be chosen", func(c *Content) { c.Groups[4].Min = 1 }, []string{"changed [Options] Options: Choose at least 0 → 1 0"}},
		{"an option dearer, which is not in the total", func(c *Content) { c.Groups[4].Lines[1].UnitPrice = 120000 },
			[]string{"changed [Options] Boiling-water tap: Unit price 1190.00 EUR → 1200.00 EUR 0"}},
		{"an option preset", func(c *Content) { c.Groups[4].Lines[1].Selected = true },
			[]string{"changed [Options] Boiling-water tap: Included from the start no → yes 119000"}},
		{"a discount gone", func(c *Content) { c.Groups = c.Groups[:5] }, []string{"removed [Discounts] Spring promotion:  150000"}},
		{"terms", func(c *Content) { c.Terms = []Term{{"t2", "Warranty, 5 years", "On all."}, {"t3", "Privacy", "Kept."}} }, []string{
			"terms [] Warranty, 5 years: Text On our work. → On all. 0", "terms [] Privacy: Title  → Privacy, Text  → Kept. 0", "terms [] Payment: Title Payment → , Text In four parts. →  0"}},
		{"a file's bytes", func(c *Content) {
			c.Attachments = []AttachmentRef{{"f1", "Kitchen plan.pdf", "application/pdf", 1, "bb"}}
		},
			[]string{"added [] Kitchen plan.pdf:  0", "removed [] Kitchen plan.pdf:  0"}},
		{"another currency", func(c *Content) {
			c.Currency = "USD"
			c.Groups = c.Groups[:0]
		}, nil},
	}
	for _, test := range tests {
		before, after := kitchen(), kitchen()
		test.change(&after)
		got := changes(t, before, after)
		if test.name == "another currency" {
			if len(got) != 17 || got[0] != "changed [] Conditions: Currency EUR → USD 0" {
				t.Errorf("%s: got\n%s", test.name, strings.Join(got, "\n"))
			}
			continue
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got\n%s", test.name, strings.Join(got, "\n"))
		}
	}
}

func TestAPercentLineThatFollowsTheSubtotalIsListedWithItsEffect(t *testing.T) {
	before, after := kitchen(), kitchen()
	for _, c := range []*Content{&before, &after} {
		c.Groups[2].Lines = append(c.Groups[2].Lines, Line{ID: "pm", Kind: Percent, Name: "Project management", Percent: money.Whole(8)})
	}
	after.Groups[0].Lines[0].UnitPrice += 10000
	got := changes(t, before, after)
	if len(got) != 2 || got[1] != "changed [Electrical] Project management:  800" {
		t.Error(got)
	}
}

func TestForAnyTwoVersionsTheEffectsAddUpToTheDifferenceOfTheSums(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		before, after := anyContent(random), anyContent(random)
		list, err := Difference(before.ForCustomer(), after.ForCustomer())
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for _, c := range list {
			sum += c.Effect.Minor
		}
		if want := net(t, after) - net(t, before); sum != want {
			t.Fatalf("effects add up to %d, the sums differ by %d", sum, want)
		}
	}
}

func net(t *testing.T, c Content) int64 {
	totals, err := c.Totals(Choices{})
	if err != nil {
		t.Fatal(err)
	}
	sum := totals.Subtotal.Minor
	for _, discount := range totals.Discounts {
		sum += discount.Amount.Minor
	}
	return sum
}
