package proposal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

func TestA14TheCustomersContentHasNoFieldForWhatOnlyTheOfficeKnows(t *testing.T) {
	for _, pair := range []struct {
		office, customer reflect.Type
		only             []string
	}{
		{reflect.TypeFor[Content](), reflect.TypeFor[CustomerContent](), []string{"OfficeNote"}},
		{reflect.TypeFor[Group](), reflect.TypeFor[CustomerGroup](), nil},
		{reflect.TypeFor[Line](), reflect.TypeFor[CustomerLine](), []string{"UnitCost", "Note"}},
	} {
		var only []string
		for i := range pair.office.NumField() {
			field := pair.office.Field(i)
			shown, found := pair.customer.FieldByName(field.Name)
			if !found {
				only = append(only, field.Name)
			} else if shown.Tag != field.Tag {
				t.Errorf("%s.%s has another JSON name for the customer", pair.office, field.Name)
			}
		}
		if !reflect.DeepEqual(only, pair.only) {
			t.Errorf("%s keeps %q to the office, want %q", pair.office, only, pair.only)
		}
	}
}

func TestA14NothingOfTheOfficeIsInTheCustomersJSON(t *testing.T) {
	for _, c := range []Content{kitchen(), worktop()} {
		shown := c.ForCustomer()
		agreement := Agreement{DocumentID: "d", Version: 1, Content: shown}
		totals, err := shown.Totals(Choices{})
		if err != nil {
			t.Fatal(err)
		}
		sums, _ := json.Marshal(totals)
		for _, text := range [][]byte{shown.Bytes(), agreement.Bytes(), sums} {
			lower := strings.ToLower(string(text))
			for _, word := range []string{"office", "cost", "margin", "115000", "135170"} {
				if strings.Contains(lower, word) {
					t.Errorf("the customer can read %q in %s", word, text)
				}
			}
		}
	}
}

func TestTheCustomerSeesEveryFieldOfALine(t *testing.T) {
	line := Line{ID: "i", Kind: Item, Name: "n", Description: "d", Quantity: money.Whole(2), Unit: "u", UnitPrice: 3, Percent: money.Whole(4), TaxPercent: money.Whole(5),
		UnitCost: cents(6), Photos: []AttachmentRef{{FileID: "f"}}, Note: "x", QuantityEditable: &QuantityRange{}, Selected: true, Allowance: true}
	shown := reflect.ValueOf(Group{ID: "g", Name: "n", Kind: Option, Min: 1, Max: 2, Lines: []Line{line}}.forCustomer())
	for _, value := range []reflect.Value{shown, shown.FieldByName("Lines").Index(0)} {
		for i := range value.NumField() {
			if value.Field(i).IsZero() {
				t.Errorf("%s is not copied", value.Type().Field(i).Name)
			}
		}
	}
}

func TestEqualContentsHaveEqualBytes(t *testing.T) {
	c := kitchen()
	back, err := ParseContent(c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Bytes(), c.Bytes()) || !bytes.Equal(back.ForCustomer().Bytes(), c.ForCustomer().Bytes()) {
		t.Error("content that was stored and read has other bytes")
	}
	shown, err := ParseCustomerContent(c.ForCustomer().Bytes())
	if err != nil || !bytes.Equal(shown.Bytes(), c.ForCustomer().Bytes()) {
		t.Errorf("customer content that was stored and read has other bytes: %v", err)
	}
	empty := Content{Groups: []Group{{Lines: []Line{{}}}}}
	full := Content{Groups: []Group{{Lines: []Line{{Photos: []AttachmentRef{}}}}}, Terms: []Term{}, Attachments: []AttachmentRef{}}
	if !bytes.Equal(empty.Bytes(), full.Bytes()) || bytes.Contains(empty.Bytes(), []byte("null")) {
		t.Errorf("an absent and an empty list differ: %s", empty.Bytes())
	}
	if c.Groups[5].Lines[0].Photos != nil {
		t.Error("Bytes changed the content")
	}
	// A change of these bytes makes every signature of earlier releases unverifiable.
	const golden = "4de3082c72010902"
	if sum := SHA256(kitchen().ForCustomer().Bytes()); !strings.HasPrefix(sum, golden) {
		t.Errorf("the canonical form changed: %s\n%s", sum, kitchen().ForCustomer().Bytes())
	}
}

func TestASignatureBindsToEveryChoiceAndFigure(t *testing.T) {
	base := Agreement{DocumentID: "d", Version: 1, Content: worktop().ForCustomer(), Total: money.New(1, "EUR")}
	same := base
	same.Choices = Choices{Selected: map[string]bool{"e2": true, "e1": false}} // what is preset, said aloud
	if SHA256(base.Bytes()) != SHA256(same.Bytes()) {
		t.Error("the same choices have two fingerprints")
	}
	for name, change := range map[string]func(*Agreement){
		"document": func(a *Agreement) { a.DocumentID = "e" },
		"version":  func(a *Agreement) { a.Version = 2 },
		"total":    func(a *Agreement) { a.Total.Minor = 2 },
		"choice":   func(a *Agreement) { a.Choices.Selected = map[string]bool{"f1": true} },
		"price":    func(a *Agreement) { a.Content = worktop().ForCustomer(); a.Content.Groups[0].Lines[0].UnitPrice++ },
		"term":     func(a *Agreement) { a.Content.Terms = []Term{{"t", "x", "y"}} },
	} {
		other := base
		change(&other)
		if SHA256(base.Bytes()) == SHA256(other.Bytes()) {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

func TestContentThatIsNoneIsRefused(t *testing.T) {
	for _, text := range []string{``, `{}x`, `{"titel":""}`, `{"groups":[{"lines":[{"quantity":1.5}]}]}`, `{"deposit":"1e3"}`, `{"title":""}{"title":""}`} {
		if _, err := ParseContent([]byte(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s was read: %v", text, err)
		}
	}
}

func TestProblemsAreNamedLikeTheFormsFields(t *testing.T) {
	tests := []struct {
		field  string
		change func(*Content)
	}{
		{"title", func(c *Content) { c.Title = strings.Repeat("x", MaxName+1) }},
		{"title", func(c *Content) { c.Title = "a\u202eb" }},
		{"coverNote", func(c *Content) { c.CoverNote = "a\x00b" }},
		{"currency", func(c *Content) { c.Currency = "EURO" }},
		{"pricing", func(c *Content) { c.Pricing = "" }},
		{"deposit", func(c *Content) { c.Deposit = money.Whole(101) }},
		{"deposit", func(c *Content) { c.Deposit = money.Whole(-1) }},
		{"validUntil", func(c *Content) { c.ValidUntil = "2026-02-30" }},
		{"groups", func(c *Content) { c.Groups[0].Lines = make([]Line, MaxLines+1) }},
		{"terms", func(c *Content) { c.Terms = make([]Term, MaxTerms+1) }},
		{"attachments", func(c *Content) { c.Attachments = make([]AttachmentRef, MaxAttachments+1) }},
		{"terms.1.body", func(c *Content) { c.Terms[1].Body = strings.Repeat("x", MaxText+1) }},
		{"terms.1.id", func(c *Content) { c.Terms[1].ID = c.Terms[0].ID }},
		{"group.1.id", func(c *Content) { c.Groups[1].ID = "" }},
		{"group.1.kind", func(c *Content) { c.Groups[1].Kind = "free" }},
		{"group.1.min", func(c *Content) { c.Groups[1].Min = 1 }},
		{"group.4.min", func(c *Content) { c.Groups[4].Min, c.Groups[4].Max = 2, 1 }},
		{"group.4.min", func(c *Content) { c.Groups[4].Min = 3 }},
		{"group.4.max", func(c *Content) {
			c.Groups[4].Max = 1
			c.Groups[4].Lines = []Line{chosen(c.Groups[4].Lines[0]), chosen(c.Groups[4].Lines[1])}
		}},
		{"group.2.line.1.id", func(c *Content) { c.Groups[2].Lines[1].ID = "l1" }},
		{"group.2.line.1.price", func(c *Content) { c.Groups[2].Lines[1].UnitPrice = -1 }},
		{"group.2.line.1.price", func(c *Content) { c.Groups[2].Lines[1].UnitPrice = money.MaxMinor + 1 }},
		{"group.2.line.1.quantity", func(c *Content) { c.Groups[2].Lines[1].Quantity = money.Whole(-1) }},
		{"group.2.line.1.quantity", func(c *Content) { c.Groups[2].Lines[1].Quantity = money.FromScaled(1 << 62) }},
		{"group.2.line.1.quantity", func(c *Content) {
			c.Groups[2].Lines[1].QuantityEditable = &QuantityRange{money.Whole(1), money.Whole(10)} // it is 11
		}},
		{"group.2.line.1.quantityMin", func(c *Content) {
			c.Groups[2].Lines[1].QuantityEditable = &QuantityRange{money.Whole(20), money.Whole(10)}
		}},
		{"group.2.line.1.tax", func(c *Content) { c.Groups[2].Lines[1].TaxPercent = money.Whole(101) }},
		{"group.2.line.1.cost", func(c *Content) { c.Groups[2].Lines[1].UnitCost = cents(-1) }},
		{"group.2.line.1.kind", func(c *Content) { c.Groups[2].Lines[1].Kind = "" }},
		{"group.2.line.1.selected", func(c *Content) { c.Groups[2].Lines[1].Selected = true }},
		{"group.2.line.1.unit", func(c *Content) { c.Groups[2].Lines[1].Unit = strings.Repeat("x", MaxUnit+1) }},
		{"group.2.line.1.photos", func(c *Content) { c.Groups[2].Lines[1].Photos = make([]AttachmentRef, MaxPhotos+1) }},
		{"group.2.line.1.percent", func(c *Content) {
			c.Groups[2].Lines[1] = Line{ID: "p", Kind: Percent, Percent: money.Whole(-8)}
		}},
		{"group.2.line.1.price", func(c *Content) {
			c.Groups[2].Lines[1] = Line{ID: "p", Kind: Percent, Percent: money.Whole(8), UnitPrice: 5}
		}},
		{"group.4.line.0.kind", func(c *Content) { c.Groups[4].Lines[0].Kind = Percent }},
		{"group.5.line.0.kind", func(c *Content) { c.Groups[5].Lines[0].Kind, c.Groups[5].Lines[0].UnitPrice = Item, 1 }},
		{"group.5.line.0.price", func(c *Content) { c.Groups[5].Lines[0].UnitPrice = 1 }},
		{"group.5.line.0.percent", func(c *Content) { c.Groups[5].Lines[0].Percent = money.Whole(5) }},
		{"group.5.line.0.percent", func(c *Content) {
			c.Groups[5].Lines[0].Percent, c.Groups[5].Lines[0].UnitPrice = money.Whole(101), 0
		}},
	}
	if err := kitchen().Check(); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		c := kitchen()
		test.change(&c)
		if !hasField(c.Check(), test.field) {
			t.Errorf("%s: %v", test.field, c.Check())
		}
	}
}

func hasField(err error, name string) bool {
	if !fault.Is(err, fault.Invalid) {
		return false
	}
	for _, field := range fault.As(err).Fields {
		if field.Name == name && strings.HasSuffix(field.Message, ".") {
			return true
		}
	}
	return false
}

func TestADraftMayBeUnfinishedButIsNotSent(t *testing.T) {
	tests := []struct {
		field  string
		change func(*Content)
	}{
		{"title", func(c *Content) { c.Title = " " }},
		{"validUntil", func(c *Content) { c.ValidUntil = "2026-11-23" }},
		{"groups", func(c *Content) { c.Groups = nil }},
		{"group.0.name", func(c *Content) { c.Groups[0].Name = "" }},
		{"group.0.line.1.name", func(c *Content) { c.Groups[0].Lines[1].Name = "" }},
		{"group.4.min", func(c *Content) { c.Groups[4].Lines, c.Groups[4].Min = nil, 1 }},
		{"terms.0.title", func(c *Content) { c.Terms[0].Title = "" }},
	}
	if err := kitchen().CheckToSend("2026-11-24"); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		c := kitchen()
		test.change(&c)
		if err := c.Check(); err != nil {
			t.Errorf("%s: a draft must be kept: %v", test.field, err)
		}
		if err := c.CheckToSend("2026-11-24"); !hasField(err, test.field) {
			t.Errorf("%s: %v", test.field, err)
		}
	}
}

func TestTextIsMadeFitToBeKept(t *testing.T) {
	if got := CleanText("a\r\nb\rc\x00\x1b\u202e\ufeff\u200b\td\xff é 🏠"); got != "a\nb\nc\td� é 🏠" {
		t.Errorf("%q", got)
	}
}
