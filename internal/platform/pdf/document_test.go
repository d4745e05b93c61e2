package pdf

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

func TestSameInputGivesSameBytes(t *testing.T) {
	first := mustBytes(t, proposal(t, 12))
	second := mustBytes(t, proposal(t, 12))
	if !bytes.Equal(first, second) {
		t.Fatal("two documents of the same input differ, so their hash means nothing")
	}
	later := options("Kitchen renovation")
	later.At = noon.Add(time.Second)
	if bytes.Equal(mustBytes(t, New(options("Kitchen renovation"))), mustBytes(t, New(later))) {
		t.Fatal("the time does not reach the file")
	}
}

func TestRunesFallBackFontByFont(t *testing.T) {
	for _, c := range []struct {
		name, text string
		families   []faceName
		drawn      string
	}{
		{"Latin and Cyrillic stay in Noto Sans", "Łódź Київ", []faceName{noto}, "Łódź Київ"},
		{"a check mark comes from DejaVu Sans", "done ✓", []faceName{noto, dejaVuSans}, "done ✓"},
		{"an arrow in the middle switches twice", "a → b", []faceName{noto, dejaVuSans, noto}, "a → b"},
		{"what no font has is named by its number", "漢", []faceName{noto}, "[U+6F22]"},
		{"what lies outside the basic plane too", "a😀", []faceName{noto}, "a[U+1F600]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var families []faceName
			drawn := ""
			for _, r := range runs(regular, clean(c.text)) {
				families = append(families, r.face)
				drawn += r.text
			}
			if !slices.Equal(families, c.families) || drawn != c.drawn {
				t.Fatalf("drawn %q in %v, want %q in %v", drawn, families, c.drawn, c.families)
			}
		})
	}
}

func TestWhatThePaperCannotShowIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"Łódź Київ Νίκος Nguyễn Văn Ắn ✓ → €\u200d\n": "", "王小明 王": "王小明", "Zoë 🙂": "🙂", "김": "김", "สม": "สม", "नर": "नर", "דוד": "דו", "محم": "مح",
	} {
		if got := Undrawable(text); got != want {
			t.Errorf("%q: %q cannot be drawn, want %q", text, got, want)
		}
	}
}

func TestTextCannotHideOrTurn(t *testing.T) {
	if got := clean("ab\u202Ecd\u0000\u200Be\u0301\tf"); got != "abcdé f" {
		t.Fatalf("cleaned to %q", got)
	}
}

func TestLinesNeverGrowWiderThanTheirColumn(t *testing.T) {
	text := "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen and a few short words, " + strings.Repeat("x", 300)
	for _, limit := range []float64{5, 20, 60, 166} {
		lines := wrap(regular, bodySize, limit, text)
		for _, line := range lines {
			if w := widthOf(regular, bodySize, line); w > limit {
				t.Fatalf("a line of %.1f mm in a column of %.1f mm: %q", w, limit, line)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			t.Fatal("wrapping lost letters")
		}
	}
}

func TestALongTableRepeatsItsHeadAndKeepsItsSums(t *testing.T) {
	d := New(options("Long"))
	d.Table(Table{Columns: lineColumns(), Groups: []Group{{Title: "All", Rows: rows(80), Sum: Cell{Text: "$1.00"}}}})
	if d.pdf.PageCount() < 3 {
		t.Fatalf("80 rows on %d pages", d.pdf.PageCount())
	}
	table := d.tags.root.kids[len(d.tags.root.kids)-1].child
	if len(table.kids) != 1+1+80+1 {
		t.Fatalf("the table has %d rows in its structure, want head, title, 80 and sum", len(table.kids))
	}
	last, before := pageOf(table.kids[82].child), pageOf(table.kids[81].child)
	if last != before {
		t.Fatalf("the sum stands on page %d without its last row, which is on page %d", last, before)
	}
	mustBytes(t, d)
}

func pageOf(e *element) int {
	for _, k := range e.kids {
		if k.child == nil {
			return k.page
		}
		if p := pageOf(k.child); p > 0 {
			return p
		}
	}
	return 0
}

func TestARowLongerThanAPageIsStillWhole(t *testing.T) {
	d := New(options("Long row"))
	d.Table(Table{Columns: []Column{{"Item", 1, Left}}, Groups: []Group{{Rows: [][]Cell{{{Text: strings.Repeat("word ", 4000)}}}}}})
	if d.pdf.PageCount() < 3 || d.y > d.bottom+rowPad {
		t.Fatalf("%d pages, ends at %.0f mm of %.0f", d.pdf.PageCount(), d.y, d.bottom)
	}
	mustBytes(t, d)
}

func TestEmptyDocumentsAndOddInputAreFiles(t *testing.T) {
	d := New(Options{})
	d.Heading(9, "")
	d.Paragraph("")
	d.Facts([]Fact{{}})
	d.Totals(nil)
	d.Totals([]Fact{{strings.Repeat("long ", 50), strings.Repeat("9", 60)}})
	d.Code("")
	d.Signature(Signature{})
	d.Table(Table{})
	d.Table(Table{Columns: lineColumns(), Groups: []Group{{Rows: [][]Cell{{}, {{}, {}, {}, {}, {}, {}}}}}})
	if _, err := open(mustBytes(t, d)); err != nil {
		t.Fatal(err)
	}
}

func TestBadPicturesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"20,000 by 20,000 pixels", hugePNG()},
		{"SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		{"empty", nil},
		{"text with a PNG's first bytes", []byte("\x89PNG\r\n\x1a\nhello")},
		{"GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00")},
		{"a JPEG cut short", smallPhoto()[:40]},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := New(options("Bad"))
			d.Image(c.data, "", 0)
			if _, err := d.Bytes(); !fault.Is(err, fault.Invalid) {
				t.Fatalf("Bytes: %v", err)
			}
		})
	}
}

// hugePNG has a correct header of 400 megapixels and no pixels.
func hugePNG() []byte {
	head := []byte("IHDR\x00\x00\x4e\x20\x00\x00\x4e\x20\x08\x06\x00\x00\x00")
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

func TestBrandColoursStayReadable(t *testing.T) {
	for _, c := range [][3]uint8{{255, 255, 0}, {255, 255, 255}, {31, 107, 92}, {0, 0, 0}} {
		if _, text := brandColours(c); luminance(text) > 0.18 {
			t.Errorf("%v gives text of %v", c, text)
		}
	}
}
