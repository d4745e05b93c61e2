package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func options(title string) Options {
	return Options{
		Title: title, Author: "Harbor & Pine Builders", Language: "en-US", Footer: "Harbor & Pine Builders · Proposal P-1042, version 2", At: noon,
		Letterhead: Letterhead{
			Name: "Harbor & Pine Builders", Lines: []string{"418 Alder Street, Portland, OR 97205", "+1 503 555 0142 · office@harborpine.example", "Licence CCB 214 880"},
			Colour: [3]uint8{31, 107, 92},
		},
	}
}

// onePage is the measure of the performance goals: one page with a table and a picture.
func onePage(t testing.TB) []byte {
	t.Helper()
	d := New(options("Gutter repair"))
	d.Heading(1, "Gutter repair")
	d.Paragraph("Thank you for showing us the north side.")
	d.Image(smallPhoto(), "North gutter", 60)
	d.Table(Table{Columns: lineColumns(), Groups: []Group{{Rows: rows(5)}}})
	return mustBytes(t, d)
}

func mustBytes(t testing.TB, d *Document) []byte {
	t.Helper()
	out, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func lineColumns() []Column {
	return []Column{{"Item", 9, Left}, {"Quantity", 2.2, Right}, {"Unit price", 2.4, Right}, {"Amount", 2.6, Right}}
}

func rows(n int) [][]Cell {
	items := []Cell{
		{Text: "Remove existing base cabinets", Note: "Includes disposal at the transfer station."},
		{Text: "Plywood base cabinets, white oak, slow close"},
		{Text: "Quartz worktop, 30 mm", Note: "Template, fabrication and fitting. Eased edge. Two cut-outs: sink and hob. Joint behind the tap, colour matched, sealed after 24 hours."},
		{Text: "Electrician, half day"},
	}
	var list [][]Cell
	for i := range n {
		amount := float64(185+i*73) * 1.5
		list = append(list, []Cell{items[i%len(items)], {Text: fmt.Sprintf("%d pcs", i%4+1)}, {Text: fmt.Sprintf("$%.2f", amount)}, {Text: fmt.Sprintf("$%.2f", amount*float64(i%4+1))}})
	}
	return list
}

// proposal is a believable document with everything in it.
func proposal(t testing.TB, lines int) *Document {
	t.Helper()
	d := New(options("Kitchen renovation"))
	d.Heading(1, "Kitchen renovation")
	d.Facts([]Fact{
		{"Prepared for", "Maria Ruiz, 2207 NE Fremont Street, Portland"},
		{"Proposal", "P-1042, version 2"},
		{"Date", "March 14, 2026"},
		{"Valid until", "April 13, 2026"},
	})
	d.Paragraph("Dear Maria,\n\nThank you for the afternoon in your kitchen. This is the work as we talked about it: new cabinets on both walls, a quartz worktop, and the window moved 40 cm to the left. We keep the floor → it is in good shape ✓.")
	d.Image(widePhoto(), "The north wall today", 58)
	d.Heading(2, "What we will do")
	half := lines / 2
	d.Table(Table{Columns: lineColumns(), Groups: []Group{
		{Title: "Demolition and cabinets", Rows: rows(half), Sum: Cell{Text: "$14,310.50"}},
		{Title: "Worktop and electricity", Rows: rows(lines - half), Sum: Cell{Text: "$9,120.00", Note: "Subtotal"}},
	}})
	d.Totals([]Fact{{"Subtotal", "$23,430.50"}, {"Sales tax 0 %", "$0.00"}, {"Total", "$23,430.50"}})
	d.Heading(2, "Terms")
	d.Heading(3, "Payment")
	d.Paragraph("A third on signing, a third when the cabinets arrive, the rest after the final walk-through. Łódź, Αθήνα, Київ and 漢 are places too.")
	d.Small("Prices hold for thirty days. Changes are agreed in writing before the work is done.")
	d.PageBreak()
	d.Heading(2, "Signature")
	d.Signature(Signature{PNG: drawnSignature(), Name: "Maria Ruiz", Date: "March 16, 2026, 09:41 PDT"})
	d.Signature(Signature{Typed: "Thomas Okafor", Name: "Thomas Okafor, Harbor & Pine Builders", Date: "March 17, 2026"})
	d.Heading(2, "Evidence")
	d.Facts([]Fact{{"Signed from", "203.0.113.42, Safari on iPhone"}, {"Confirmed by", "Code sent to m•••@ruiz.example"}})
	d.Small("SHA-256 of the document shown")
	d.Code("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
	d.Attach("evidence.json", "application/json", []byte(`{"proposal":"P-1042","signed":"2026-03-16T16:41:00Z"}`))
	return d
}

// The pictures are made once, so that the benchmarks measure documents.
var (
	smallPhoto     = sync.OnceValue(func() []byte { return photo(640, 320) })
	widePhoto      = sync.OnceValue(func() []byte { return photo(1200, 500) })
	drawnSignature = sync.OnceValue(scribble)
)

func photo(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(150 + 60*x/w), uint8(170 + 30*y/h), uint8(160 - 60*x/w), 255})
		}
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, img, nil)
	return out.Bytes()
}

// scribble is a drawn signature: dark strokes on nothing.
func scribble() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 600, 200))
	for i := range 6000 {
		u := float64(i) / 6000
		x, y := 40+u*520, 100+60*math.Sin(u*22)*math.Cos(u*5)
		for dx := range 5 {
			for dy := range 5 {
				img.SetNRGBA(int(x)+dx, int(y)+dy, color.NRGBA{20, 30, 90, 255})
			}
		}
	}
	return encodePNG(img)
}

func encodePNG(img image.Image) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, img)
	return out.Bytes()
}

func testSeal(t testing.TB) Seal {
	t.Helper()
	seal, err := NewSeal("Harbor & Pine Builders", noon.AddDate(-1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

func sealed(t testing.TB, file []byte, seal Seal) []byte {
	t.Helper()
	out, err := Sign(file, seal, SignOptions{Name: "Harbor & Pine Builders", Reason: "Proposal P-1042 approved", Location: "Portland", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
