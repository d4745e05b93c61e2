package writing

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"testing"
	"time"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// someContent is a draft with every kind of line, in random numbers.
func someContent(random *rand.Rand) proposal.Content {
	amount := func() int64 { return random.Int64N(5_000_000) }
	decimal := func(most int64) money.Decimal { return money.FromScaled(random.Int64N(most * 10_000)) }
	c := proposal.Content{Title: "Kitchen", CoverNote: "Dear Maria,\n\nhere it is.", Currency: "EUR", Pricing: []proposal.Pricing{proposal.TaxOnTop, proposal.TaxIncluded}[random.IntN(2)], ValidUntil: "2026-12-18", Deposit: decimal(100),
		OfficeNote: "Margin is thin.", Groups: []proposal.Group{}, Attachments: []proposal.AttachmentRef{}}
	for range random.IntN(5) {
		g := proposal.Group{ID: id.New(), Name: fmt.Sprintf("Group %d", random.IntN(100)), Kind: []proposal.GroupKind{proposal.Fixed, proposal.Option, proposal.Discounts}[random.IntN(3)]}
		for range random.IntN(6) {
			l := proposal.Line{ID: id.New(), Kind: proposal.Item, Name: "Line, “quoted”", Description: "One\nTwo", Quantity: decimal(900), Unit: "m²", UnitPrice: amount(), TaxPercent: decimal(100), Photos: []proposal.AttachmentRef{}, Allowance: random.IntN(2) == 0}
			if random.IntN(2) == 0 {
				cost := amount()
				l.UnitCost, l.Note = &cost, "from the wholesaler"
			}
			kind := []proposal.LineKind{proposal.Item, proposal.Percent, proposal.Discount}[random.IntN(3)]
			switch {
			case g.Kind == proposal.Discounts || kind == proposal.Discount && g.Kind == proposal.Fixed:
				l.Kind, l.UnitPrice = proposal.Discount, -amount()
				if random.IntN(2) == 0 {
					l.UnitPrice, l.Percent = 0, decimal(100)
				}
				if random.IntN(8) == 0 {
					l.UnitPrice, l.Percent = 0, money.Decimal{}
				}
			case kind == proposal.Percent && g.Kind == proposal.Fixed:
				l.Kind, l.UnitPrice, l.Percent = proposal.Percent, 0, decimal(100)
			case random.IntN(2) == 0:
				l.QuantityEditable = &proposal.QuantityRange{Min: money.Decimal{}, Max: money.Whole(1000)}
			}
			l.Selected = g.Kind == proposal.Option && random.IntN(3) == 0
			g.Lines = append(g.Lines, l)
		}
		if g.Kind == proposal.Option && len(g.Lines) > 0 {
			g.Min, g.Max = random.IntN(2), []int{0, len(g.Lines)}[random.IntN(2)]
		}
		c.Groups = append(c.Groups, g)
	}
	for range random.IntN(3) {
		c.Terms = append(c.Terms, proposal.Term{ID: id.New(), Title: "Warranty", Body: "Five **years**.\n\n- parts\n- labour"})
	}
	return c
}

func TestWhatTheEditorShowsIsWhatItSaves(t *testing.T) {
	for _, language := range []string{"en", "de"} {
		ctx := i18n.WithReader(context.Background(), i18n.Reader{Language: language, Zone: time.UTC})
		random := rand.New(rand.NewPCG(1, 2))
		for round := range 200 {
			content := someContent(random)
			if err := content.Check(); err != nil {
				t.Fatalf("the sample is no draft: %v", err)
			}
			form := formOf(ctx, content, 1, true)
			read, err := form.content(ctx, content)
			if err != nil {
				t.Fatalf("%s, round %d: %v", language, round, err)
			}
			if !bytes.Equal(read.Bytes(), content.Bytes()) {
				t.Fatalf("%s, round %d:\n%s\n%s", language, round, content.Bytes(), read.Bytes())
			}
		}
	}
}

func TestWhatABrowserBroughtBackKeepsWhatItDidNotKnow(t *testing.T) {
	ctx := context.Background()
	content := someContent(rand.New(rand.NewPCG(5, 6)))
	line := proposal.Line{ID: id.New(), Kind: proposal.Item, Name: "Permit", Quantity: money.Whole(1), Allowance: true, Note: "ask the city", Photos: []proposal.AttachmentRef{{FileID: id.New()}}}
	group := proposal.Group{ID: id.New(), Name: "Options", Kind: proposal.Option, Min: 1, Max: 1, Lines: []proposal.Line{line}}
	content.Groups = []proposal.Group{group}
	values := url.Values{"group.0.id": {group.ID}, "group.0.name": {"Options"}, "group.0.kind": {"option"}, "line.0.id": {line.ID}, "line.0.group": {group.ID}, "line.0.name": {"Permit, city"}, "line.0.quantity": {"2"}, "line.0.price": {"10"}}
	form := readDraftForm(values)
	form.complete(formOf(ctx, content, 1, true))
	read, err := form.content(ctx, content)
	if err != nil {
		t.Fatal(err)
	}
	want := line
	want.Name, want.Quantity, want.UnitPrice = "Permit, city", money.Whole(2), 1000
	if got := read.Groups[0]; got.Min != 1 || got.Max != 1 || !reflect.DeepEqual(got.Lines[0], want) {
		t.Errorf("%+v", got)
	}
}

func TestAPriceSaysWhatKindOfLineItIs(t *testing.T) {
	for _, test := range []struct {
		group      proposal.GroupKind
		price, was string
		kind       proposal.LineKind
		minor      int64
		percent    string
	}{
		{proposal.Fixed, "1,380.00", "", proposal.Item, 138000, "0"},
		{proposal.Fixed, "10 %", "", proposal.Percent, 0, "10"},
		{proposal.Fixed, "−10 %", "", proposal.Discount, 0, "10"},
		{proposal.Fixed, "-50", "", proposal.Discount, -5000, "0"},
		{proposal.Fixed, "", "", proposal.Item, 0, "0"},
		{proposal.Fixed, "0", "discount", proposal.Discount, 0, "0"},
		{proposal.Discounts, "1500", "", proposal.Discount, -150000, "0"},
		{proposal.Discounts, "5%", "", proposal.Discount, 0, "5"},
		{proposal.Option, "90", "", proposal.Item, 9000, "0"},
	} {
		form := draftForm{Groups: []groupForm{{ID: id.New(), Kind: string(test.group), Lines: []lineForm{{ID: id.New(), Price: test.price, Kind: test.was}}}}}
		c, err := form.content(context.Background(), proposal.Content{Currency: "EUR", Pricing: proposal.TaxOnTop})
		if err != nil {
			t.Fatalf("%q: %v", test.price, err)
		}
		if l := c.Groups[0].Lines[0]; l.Kind != test.kind || l.UnitPrice != test.minor || l.Percent != money.MustDecimal(test.percent) || l.Quantity != money.Whole(1) {
			t.Errorf("%q in a %s group is %+v", test.price, test.group, l)
		}
	}
}
