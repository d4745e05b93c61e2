package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// long is a text of words that are told from each other, as long as a field may be.
func long(mark string, length int) string {
	var out strings.Builder
	for n := 1; out.Len() < length-12; n++ {
		fmt.Fprintf(&out, "%s%03dMMm ", mark, n)
	}
	return strings.TrimSpace(out.String())
}

// TestNoTextIsCut draws every field at its longest, and looks for each word in what another reader finds.
func TestNoTextIsCut(t *testing.T) {
	texts := map[string]string{}
	of := func(mark string, length int) string {
		texts[mark] = long(mark, length)
		return texts[mark]
	}
	o := options(of("title", 200))
	o.Letterhead.Name, o.Letterhead.Lines, o.Footer = of("firm", 200), []string{of("place", 300)}, of("foot", 200)
	d := New(o)
	d.Heading(1, of("headone", 200))
	d.Heading(2, of("headtwo", 200))
	d.Paragraph(of("body", 5000))
	d.List([]Item{{Marker: "1.", Text: of("item", 4000), Depth: 1}, {Marker: "•", Text: of("deep", 400), Depth: 30}, {Marker: "•", Depth: 2}, {Text: of("quote", 300), Depth: 1}})
	d.Facts([]Fact{{of("label", 200), of("value", 4000)}})
	d.Table(Table{
		Columns: []Column{{of("column", 60), 6, Left}, {"Quantity", 1.6, Right}, {of("unit", 60), 1.8, Right}, {"Amount", 2, Right}},
		Groups: []Group{{Title: of("group", 200), Sum: Cell{Text: "EUR 9,999,999,999,999.99"}, Rows: [][]Cell{{{Text: of("name", 200), Note: of("note", 4000)}, {Text: "12.5 " + of("piece", 24)}, {Text: "1"}, {Text: "1", Strong: true}}}},
			{Sum: Cell{Text: "1", Note: of("sum", 200)}}},
	})
	d.Totals([]Fact{{of("tax", 200), "EUR 12.00"}, {of("total", 200), "BHD 999,999,999,999,999.999"}})
	d.Code(of("code", 900))
	d.Small(of("small", 900))
	d.Signature(Signature{Typed: of("typed", 120), Name: of("signer", 200), Date: "2026-11-22 14:32:00 UTC"})
	d.Signature(Signature{Typed: strings.Repeat("W", 120), Name: "Maria", Date: "2026"})
	out := peer(t, true, "pdftotext", "-layout", save(t, "whole.pdf", mustBytes(t, d)), "-")
	letters := strings.Join(strings.Fields(out), "")
	for mark, text := range texts {
		if mark == "title" {
			continue // it is metadata
		}
		for _, word := range strings.Fields(text) {
			if !strings.Contains(letters, word) {
				t.Errorf("%q of the %s is not on the paper", word, mark)
				break
			}
		}
	}
	if drawn := strings.Count(letters, "W"); drawn != 120 {
		t.Errorf("%d letters of a signature of 120 are on the paper", drawn)
	}
	if d.y > d.bottom+rowPad {
		t.Errorf("the text ends at %.0f mm of %.0f", d.y, d.bottom)
	}
}

func TestNoNumberEndsInTheMiddle(t *testing.T) {
	columns := []Column{{"Item", 6, Left}, {"Quantity", 1.6, Right}, {"Unit price", 1.8, Right}, {"Amount", 2, Right}}
	for _, numbers := range [][3]string{
		{"1 pcs", "12.00", "12.00"},
		{"0.3333 m²", "123,456,789,123.45", "999,999,999,999.99"},
		{"1,234,567.8901 m²", "123,456,789,123,456.789", "999,999,999,999,999,999.999"},
		{"123.456,7 Stück", "12.345.678.912.345,00", "99.999.999.999.999,99"},
		{"9 999 999,0", "12’345’678’912.35", "99’999’999’999.99"},
	} {
		d := New(options("Money"))
		d.Table(Table{Columns: columns, Groups: []Group{{Title: "Large", Rows: [][]Cell{{{Text: "Structure of the roof, all of it", Note: "With rafters"}, {Text: numbers[0]}, {Text: numbers[1]}, {Text: numbers[2], Strong: true}}}}}})
		out := peer(t, true, "pdftotext", "-layout", save(t, "money.pdf", mustBytes(t, d)), "-")
		for _, number := range numbers {
			for word := range strings.FieldsSeq(number) {
				if !strings.Contains(out, word) {
					t.Errorf("%q is broken:\n%s", word, out)
				}
			}
		}
	}
}

func TestColumnsOfFiguresStayOnThePaper(t *testing.T) {
	td := &tableDrawing{d: New(options("Wide")), table: Table{Columns: []Column{{"A", 6, Left}, {"B", 1, Right}, {"C", 1, Right}},
		Groups: []Group{{Rows: [][]Cell{{{Text: "x"}, {Text: strings.Repeat("9", 90)}, {Text: "1"}}}}}}}
	td.measure()
	sum := 0.0
	for _, w := range td.w {
		sum += w
	}
	if sum > td.d.width+0.1 || td.w[0] < leastShare*td.d.width-0.1 {
		t.Errorf("columns of %v on %.0f mm", td.w, td.d.width)
	}
}
