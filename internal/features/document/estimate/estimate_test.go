package estimate

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

func kitchenFile(t testing.TB) []byte {
	data, err := os.ReadFile("testdata/estimate-kitchen.csv")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func preview(t testing.TB, data []byte, options Options) Preview {
	t.Helper()
	e, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	options.Currency, options.TaxWhenYes = "EUR", money.Whole(20)
	p, err := e.Preview(e.Guess(), options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheKitchenEstimateIsUnderstood(t *testing.T) {
	e, err := Parse(kitchenFile(t))
	if err != nil {
		t.Fatal(err)
	}
	if e.Delimiter != ',' || e.Encoding != "UTF-8" || !e.ByteOrderMark {
		t.Errorf("delimiter %q, encoding %s, mark %v", e.Delimiter, e.Encoding, e.ByteOrderMark)
	}
	if e.Columns[5] != (Column{"Unit Cost", "1,150.00", ToCost}) {
		t.Errorf("%+v", e.Columns[5])
	}
	want := Mapping{ToGroup, ToName, ToDescription, ToQuantity, ToUnit, ToCost, ToNothing, ToPrice, ToTax, ToNote}
	if got := e.Guess(); !reflect.DeepEqual(got, want) {
		t.Errorf("columns go to %q, want %q", got, want)
	}
	p := preview(t, kitchenFile(t), Options{})
	if p.Ready() != 37 || p.Items != 35 || p.Percents != 1 || p.Discounts != 1 || len(p.Groups) != 14 {
		t.Errorf("%d ready: %d lines, %d percent, %d discount in %d groups", p.Ready(), p.Items, p.Percents, p.Discounts, len(p.Groups))
	}
	if !reflect.DeepEqual(p.LeftOut, []LeftOutRow{{5, BlankRow}, {9, SubtotalRow}}) {
		t.Errorf("left out %v", p.LeftOut)
	}
}

func TestEachBrokenRowOfTheKitchenEstimateIsNamedWithItsReason(t *testing.T) {
	want := []struct {
		row           int
		name, message string
		fields        []ProblemField
	}{
		{32, "Grout & seal", "The unit cost “abc” and the price “n/a” are not numbers.", []ProblemField{{ToPrice, "n/a", ""}, {ToCost, "abc", ""}}},
		{39, "", "An item needs a name. The description says “Trim kit”.", []ProblemField{{ToName, "", "Trim kit"}}},
		{41, "Punch list", "The quantity −1 is below zero. A reduction belongs in a discount.", []ProblemField{{ToQuantity, "-1", "1"}}},
	}
	got := preview(t, kitchenFile(t), Options{}).Problems
	if len(got) != len(want) {
		t.Fatalf("%d problems: %+v", len(got), got)
	}
	for i, w := range want {
		if p := got[i]; p.Row != w.row || p.Name != w.name || p.Message() != w.message || !reflect.DeepEqual(p.Fields, w.fields) {
			t.Errorf("row %d %q: %s %+v", p.Row, p.Name, p.Message(), p.Fields)
		}
	}
}

func TestRowsPutRightAreReadyAndRowsLeftOutAreListed(t *testing.T) {
	p := preview(t, kitchenFile(t), Options{
		Corrections: map[int]map[Field]string{32: {ToPrice: "12,50", ToCost: ""}, 39: {ToName: "Trim kit"}},
		LeaveOut:    map[int]bool{41: true},
	})
	if p.Ready() != 39 || len(p.Problems) != 0 || p.LeftOut[2] != (LeftOutRow{41, UnwantedRow}) {
		t.Errorf("%d ready, problems %+v, left out %v", p.Ready(), p.Problems, p.LeftOut)
	}
	half := preview(t, kitchenFile(t), Options{Corrections: map[int]map[Field]string{32: {ToPrice: "12.50"}}})
	if half.Problems[0].Message() != "The unit cost “abc” is not a number." {
		t.Error("a cost that is still wrong must be said:", half.Problems[0].Message())
	}
}

// The 35 items of the file add up to 72,654.00 (summed apart from this program); 8 % of that
// for project management is 5,812.32; Demolition is 1,512.80 + 11.5 × 58.56 + 212 × 4.70.
func TestTheKitchenEstimateBecomesGroupsThatPassEveryCheck(t *testing.T) {
	n := 0
	newID := func() string { n++; return fmt.Sprint("id", n) }
	groups := preview(t, kitchenFile(t), Options{}).NewGroups(newID, "Items")
	content := proposal.Content{Title: "Kitchen", Currency: "EUR", Pricing: proposal.TaxOnTop, Groups: groups}
	if err := content.CheckToSend("2026-11-24"); err != nil {
		t.Fatal(err)
	}
	totals, err := content.Totals(proposal.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	items := int64(0)
	for _, g := range groups[:12] {
		for _, l := range g.Lines {
			items += totals.Lines[l.ID].Minor
		}
	}
	demolition := totals.Groups[1].Subtotal.Minor
	if demolition != 318264 || items != 7265400 || totals.Subtotal.Minor != 7265400+581232 || totals.Discounts[0].Amount.Minor != -150000 {
		t.Errorf("demolition %d, items %d, subtotal %v, discount %v", demolition, items, totals.Subtotal, totals.Discounts)
	}
	permit, paint := groups[0].Lines[1], groups[9].Lines[0]
	if !permit.Allowance || !permit.TaxPercent.IsZero() || *permit.UnitCost != 148000 || permit.Note == "" || paint.Quantity != money.Whole(1020) {
		t.Errorf("permit %+v, paint %+v", permit, paint)
	}
	if groups[13].Kind != proposal.Discounts || groups[12].Kind != proposal.Fixed {
		t.Error("the promotion must be in a group of discounts")
	}
}

func TestFilesOfEveryKindAreRead(t *testing.T) {
	german := "Gewerk;Bezeichnung;Menge;Einheit;EK;EP;MwSt\nMaler;Wände & Türen \"außen\";1.020,5;m²;1,42;1.234,56;19 %\n"
	utf16File := func(mark bool, swap bool) []byte {
		var out []byte
		units := utf16.Encode([]rune(german))
		if mark {
			units = append([]uint16{0xfeff}, units...)
		}
		for _, u := range units {
			low, high := byte(u), byte(u>>8)
			if swap {
				low, high = high, low
			}
			out = append(out, low, high)
		}
		return out
	}
	latin := make([]byte, 0, len(german))
	for _, r := range german {
		latin = append(latin, byte(r))
	}
	for name, data := range map[string][]byte{
		"UTF-8": []byte(german), "UTF-8 with mark": []byte("\ufeff" + german), "Windows-1252": latin,
		"UTF-16 little": utf16File(true, false), "UTF-16 big": utf16File(true, true), "UTF-16 without mark": utf16File(false, false),
		"CRLF": []byte(strings.ReplaceAll(german, "\n", "\r\n")), "CR": []byte(strings.ReplaceAll(german, "\n", "\r")),
		"tabs": []byte(strings.ReplaceAll(german, ";", "\t")), "sep line": []byte("sep=;\n" + german), "a title above": []byte("Angebot 12\n\n" + german),
	} {
		p := preview(t, data, Options{})
		if p.Ready() != 1 {
			t.Errorf("%s: %+v", name, p)
			continue
		}
		l := p.Groups[0].Lines[0].Line
		if p.Groups[0].Name != "Maler" || l.Name != `Wände & Türen "außen"` || l.Quantity.String() != "1020.5" || l.Unit != "m²" || l.UnitPrice != 123456 || *l.UnitCost != 142 || l.TaxPercent != money.Whole(19) {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if got := decodeWindows1252([]byte("\x80 \x93x\x94")); got != "€ “x”" {
		t.Errorf("%q", got)
	}
}

func TestRowsAreReadAsOfficesWriteThem(t *testing.T) {
	tests := []struct{ name, rows, want string }{
		{"a heading of its own", "Roof,,,\n,Tiles,2,10\n", "Roof: Tiles item 2×1000;"},
		{"the group only in its first row", "Roof,Tiles,2,10\n,Battens,1,5\n", "Roof: Tiles item 2×1000; Roof: Battens item 1×500;"},
		{"a total with the group's name", "Roof,Tiles,2,10\nRoof subtotal,,,20\nTotal Roof,,,20\n,Grand total,,20\n", "Roof: Tiles item 2×1000;"},
		{"a name that only begins like a total", "Roof,Total station hire,1,10\n", "Roof: Total station hire item 1×1000;"},
		{"no quantity is one", "Roof,Tiles,,10\n", "Roof: Tiles item 1×1000;"},
		{"a percentage as price", "Roof,Site manager,1,8 %\n", "Roof: Site manager percent 8;"},
		{"a percentage as quantity", "Roof,Site manager,8%,\n", "Roof: Site manager percent 8;"},
		{"a percentage off", "Roof,Loyal customer,1,-5%\n", "Roof: Loyal customer discount 5;"},
		{"accountants' brackets", "Roof,Promotion,1,(99.50)\n", "Roof: Promotion discount 1×-9950;"},
		{"a formula is text", "Roof,\"=HYPERLINK(\"\"http://x\"\",1)\",1,1\n", `Roof: =HYPERLINK("http://x",1) item 1×100;`},
		{"a formula as price", "Roof,Tiles,1,=1+1\n", "row 2: The price “=1+1” is not a number.;"},
		{"no price", "Roof,Tiles,1,\n", "row 2: An item needs a price.;"},
		{"too fine a price", "Roof,Tiles,1,1.2345\n", "row 2: The price “1.2345” cannot be used. This currency does not have that many decimal places.;"},
		{"too large a price", "Roof,Tiles,1,99999999999999999\n", "row 2: The price “99999999999999999” cannot be used. This number is too large.;"},
		{"D16", "Roof,Tiles,NaN,1e308\n", "row 2: The quantity “NaN” is not a number. The price “1e308” is not a number.;"},
		{"nothing but a price", ",,,10\nRoof,,1,10\n", "row 2: An item needs a name.;row 3: An item needs a name.;"},
		{"quotes in a cell and over lines", "Roof,\"Tiles\nred\" 5\",1,10\n,6\" pipe,1,1\n", "Roof: Tiles\nred 5\" item 1×1000; Roof: 6\" pipe item 1×100;"},
		{"another currency", "Roof,Tiles,1,$5\n", "row 2: The price “$5” cannot be used. This amount is in another currency.;"},
		{"an impossible percentage", "Roof,Tiles,1,2000%\n", "row 2: This percentage is not possible.;"},
		{"a long name", "Roof," + strings.Repeat("x", 201) + ",1,10\n", "row 2: This text is too long.;"},
	}
	for _, test := range tests {
		p := preview(t, []byte("Section,Item,Qty,Price\n"+test.rows), Options{})
		var got []string
		for _, g := range p.Groups {
			for _, ready := range g.Lines {
				got = append(got, fmt.Sprintf(" %s: %s %s;", g.Name, ready.Line.Name, amountWords(ready.Line)))
			}
		}
		text := strings.TrimSpace(strings.Join(got, ""))
		for _, problem := range p.Problems {
			text += fmt.Sprintf("row %d: %s;", problem.Row, problem.Message())
		}
		if text != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, text, test.want)
		}
	}
}

func amountWords(l proposal.Line) string {
	if !l.Percent.IsZero() {
		return fmt.Sprintf("%s %s", l.Kind, l.Percent)
	}
	return fmt.Sprintf("%s %s×%d", l.Kind, l.Quantity, l.UnitPrice)
}

func TestAMarkupMakesThePriceWhenThereIsNone(t *testing.T) {
	p := preview(t, []byte("Item,Qty,Unit cost,Markup %\nTiles,1,10.05,20\nNails,1,3,\nScrews,1,3,much\n"), Options{})
	lines := p.Groups[0].Lines
	if lines[0].Line.UnitPrice != 1206 || lines[1].Line.UnitPrice != 300 || p.Problems[0].Message() != "The markup “much” is not a number." {
		t.Errorf("%+v %+v", lines, p.Problems)
	}
}

func TestThousandsAndDecimalsAreToldApartByTheFile(t *testing.T) {
	for file, want := range map[string]string{
		"Item;Qty;Price\nTiles;1.020;5\n":                      "1020", // a semicolon file has decimal commas
		"Item,Qty,Price\nTiles,\"1,020\",5\n":                  "1020",
		"Item,Qty,Price\nTiles,1.020,5\n":                      "1.02",
		"Item;Qty;Price\nTiles;1.020;5.25\n":                   "1.02", // its price shows the point
		"Item\tQty\tPrice\nTiles\t1,020\t5,25\nNails\t1\t3,10": "1.02",
	} {
		if p := preview(t, []byte(file), Options{}); p.Groups[0].Lines[0].Line.Quantity.String() != want {
			t.Errorf("%q: %v, want %s", file, p.Groups[0].Lines[0].Line.Quantity, want)
		}
	}
	typed := preview(t, []byte("Item,Qty,Price\nTiles,x,5\n"), Options{Corrections: map[int]map[Field]string{2: {ToQuantity: "1,020"}}})
	if len(typed.Problems) != 1 || !strings.Contains(typed.Problems[0].Message(), "thousands or decimals") {
		t.Errorf("what a person typed must not be guessed: %+v", typed)
	}
}

func TestTaxIsReadInWordsOrAsARate(t *testing.T) {
	for word, want := range map[string]string{"Y": "20", "yes": "20", "Ja": "20", "N": "0", "": "0", "no": "0", "7%": "7", "19": "19", "5.5 %": "5.5"} {
		p := preview(t, []byte("Item,Price,VAT\nTiles,1,"+word+"\n"), Options{})
		if p.Ready() != 1 || p.Groups[0].Lines[0].Line.TaxPercent != money.MustDecimal(want) {
			t.Errorf("%q: %+v", word, p)
		}
	}
	for _, word := range []string{"maybe", "-3", "200"} {
		if p := preview(t, []byte("Item,Price,VAT\nTiles,1,"+word+"\n"), Options{}); len(p.Problems) != 1 || p.Problems[0].Fields[0].Field != ToTax {
			t.Errorf("%q: %+v", word, p)
		}
	}
	if p := preview(t, []byte("Item,Price\nTiles,1\n"), Options{}); p.Groups[0].Lines[0].Line.TaxPercent != money.Whole(20) {
		t.Error("without a tax column the usual rate counts")
	}
}

func TestAFileWithoutHeadersIsMappedByHand(t *testing.T) {
	e, err := Parse([]byte("Tiles,2,10\nNails,1,3\n"))
	if err != nil || len(e.Columns) != 3 || e.Columns[0].Sample != "Tiles" || len(e.Rows) != 2 || e.Rows[0].Number != 1 {
		t.Fatalf("%+v %v", e, err)
	}
	options := Options{Currency: "EUR"}
	if _, err := e.Preview(e.Guess(), options); !fault.Is(err, fault.Invalid) {
		t.Error("without a name nothing can be imported:", err)
	}
	if p, err := e.Preview(Mapping{ToName, ToQuantity, ToPrice}, options); err != nil || p.Ready() != 2 {
		t.Errorf("%+v %v", p, err)
	}
	for _, mapping := range []Mapping{{ToName, ToName, ToPrice}, {ToName, ToQuantity, ToNothing}, {ToName, "id", ToPrice}} {
		if _, err := e.Preview(mapping, options); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was taken", mapping)
		}
	}
	if _, err := e.Preview(Mapping{ToName, ToQuantity, ToPrice}, Options{Currency: "?"}); !fault.Is(err, fault.Invalid) {
		t.Error("a currency that is none was taken")
	}
}

func TestAFileThatIsNoEstimateIsRefusedInWords(t *testing.T) {
	for name, test := range map[string]struct {
		data []byte
		kind fault.Kind
	}{
		"empty":            {nil, fault.Invalid},
		"only a header":    {[]byte("Item,Qty,Price\n"), fault.Invalid},
		"only blank rows":  {[]byte(",,\n,,\n"), fault.Invalid},
		"a workbook":       {[]byte("PK\x03\x04rest"), fault.Invalid},
		"a PDF":            {[]byte("%PDF-1.7"), fault.Invalid},
		"an open quote":    {[]byte("Item,Price\n\"Tiles,1\n"), fault.Invalid},
		"a huge cell":      {[]byte("Item,Price\n" + strings.Repeat("x", MaxCell+1) + ",1\n"), fault.Invalid},
		"too many bytes":   {make([]byte, MaxBytes+1), fault.TooLarge},
		"too many rows":    {[]byte(strings.Repeat("a,1\n", MaxRows+1)), fault.TooLarge},
		"too many columns": {[]byte(strings.Repeat(",", MaxColumns) + "\n"), fault.TooLarge},
	} {
		if _, err := Parse(test.data); !fault.Is(err, test.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachHeaderWordNamesOneField(t *testing.T) {
	seen := map[string]Field{}
	for field, words := range headerWords {
		for _, word := range words {
			if other, twice := seen[word]; twice || headerKey(word) != word {
				t.Errorf("%q stands for %s and %s, or is not folded", word, field, other)
			}
			seen[word] = field
		}
	}
}

func FuzzEstimate(f *testing.F) {
	f.Add(kitchenFile(f))
	f.Add([]byte("Item;Price\n\"a\"\"b\";1,5\n"))
	f.Add([]byte("\xff\xfeI\x00t\x00"))
	f.Add([]byte("Item,Qty,Price,VAT\n-,-1,-1,-1\n%,%,%,%\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Parse(data)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		mapping := e.Guess()
		if mapping.Check() != nil {
			mapping = Mapping{ToName, ToPrice}
		}
		p, err := e.Preview(mapping, Options{Currency: "EUR"})
		if err != nil {
			t.Fatal(err)
		}
		if p.Ready()+len(p.Problems)+len(p.LeftOut) != len(e.Rows) {
			t.Fatalf("%d rows became %d lines, %d problems, %d left out", len(e.Rows), p.Ready(), len(p.Problems), len(p.LeftOut))
		}
		n := 0
		groups := p.NewGroups(func() string { n++; return fmt.Sprint(n) }, "Items")
		if len(groups) > proposal.MaxGroups {
			return
		}
		err = proposal.Content{Currency: "EUR", Pricing: proposal.TaxOnTop, Groups: groups}.Check()
		if err != nil && fault.As(err).Fields[0].Name != "total" {
			t.Fatalf("what was ready cannot be kept: %v", err)
		}
	})
}

func BenchmarkEstimateOf5000Rows(b *testing.B) {
	data := []byte("Section,Item,Description,Qty,Unit,Unit cost,Unit price,Tax\n" + strings.Repeat("Roof,Tiles,\"red, clay\",\"1,020\",sf,1.42,1.73,Y\n", MaxRows-1))
	for b.Loop() {
		e, err := Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		if p, err := e.Preview(e.Guess(), Options{Currency: "EUR"}); err != nil || p.Ready() != MaxRows-1 {
			b.Fatal(err)
		}
	}
}
