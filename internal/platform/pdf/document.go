package pdf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Letterhead is who writes: drawn on top of the first page.
type Letterhead struct {
	Name  string
	Lines []string // address, telephone, licence; drawn small on the right
	// LogoJPEGorPNG takes the place of the name; without it the name is drawn.
	LogoJPEGorPNG []byte
	// Colour is the organisation's brand colour, for rules and the name. A colour too
	// light to read on white is darkened where it colours text.
	Colour [3]uint8
}

// Paper is the size of the pages.
type Paper string

// The papers. The zero value is A4.
const (
	A4     Paper = "A4"
	Letter Paper = "Letter"
)

// Options are what holds for the whole document.
type Options struct {
	Title      string
	Author     string
	Language   string // BCP 47 tag such as "en-US"; read aloud by screen readers
	Letterhead Letterhead
	Footer     string // left side of every page's foot
	At         time.Time
	Paper      Paper
	// PageOf writes "Page 1 of 3" in the reader's language; nil means English.
	PageOf func(page, pages int) string
}

// Page measures in millimetres, type sizes in points.
const (
	marginSide   = 22.0
	marginTop    = 20.0
	marginBottom = 26.0

	bodySize  = 9.5
	smallSize = 8.0
	codeSize  = 8.0
	leading   = 1.5 // line height as a multiple of the size
)

type colour [3]int

var (
	ink   = colour{28, 30, 36}
	muted = colour{104, 109, 120}
	faint = colour{222, 224, 229}
	tint  = colour{247, 247, 249}
)

// Document is a PDF being written from top to bottom. Use it from one goroutine. The
// first thing that goes wrong (a broken picture) is kept and returned by Bytes.
type Document struct {
	pdf         *fpdf.Fpdf
	options     Options
	width       float64 // of the text area
	bottom      float64 // lowest place for text
	height      float64
	y           float64
	brand       colour
	brandText   colour
	fonts       map[faceName]*subset
	pictures    int
	tags        *tags
	attachments []attachment
	err         error
}

// New starts a document with its first page and letterhead.
func New(options Options) *Document {
	if options.PageOf == nil {
		options.PageOf = func(page, pages int) string { return fmt.Sprintf("Page %d of %d", page, pages) }
	}
	if options.Language == "" {
		options.Language = "en"
	}
	size := "A4"
	if options.Paper == Letter {
		size = "Letter"
	}
	p := fpdf.New("P", "mm", size, "")
	p.SetCatalogSort(true)
	p.SetCompression(false) // finish packs the pages
	p.SetCreationDate(options.At.UTC())
	p.SetModificationDate(options.At.UTC())
	p.SetTitle(options.Title, true)
	p.SetAuthor(options.Author, true)
	p.SetProducer("Lintel", true)
	p.SetCreator("Lintel", true)
	p.SetLang(languageTag(options.Language))
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	p.SetLineCapStyle("butt")
	pageWidth, pageHeight := p.GetPageSize()
	d := &Document{
		pdf: p, options: options, fonts: map[faceName]*subset{}, tags: newTags(),
		width: pageWidth - 2*marginSide, height: pageHeight, bottom: pageHeight - marginBottom,
	}
	d.brand, d.brandText = brandColours(options.Letterhead.Colour)
	d.newPage()
	d.letterhead()
	return d
}

// languageTag keeps only what a language tag may hold: it goes into the file unescaped.
func languageTag(tag string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, tag)
}

// brandColours gives the colour for rules, and a version dark enough for text on white
// (contrast 4.5 or more, WCAG 2.2).
func brandColours(c [3]uint8) (rule, text colour) {
	rule = colour{int(c[0]), int(c[1]), int(c[2])}
	if rule == (colour{}) {
		rule = ink
	}
	text = rule
	for luminance(text) > 0.18 {
		for i := range text {
			text[i] = text[i] * 9 / 10
		}
	}
	return rule, text
}

// luminance is a close approximation of WCAG's relative luminance (gamma 2 for 2.2).
func luminance(c colour) float64 {
	square := func(v int) float64 { return float64(v) / 255 * float64(v) / 255 }
	return 0.2126*square(c[0]) + 0.7152*square(c[1]) + 0.0722*square(c[2])
}

func (d *Document) newPage() {
	d.pdf.AddPage()
	d.tags.pages++
	d.y = marginTop
}

// fail keeps the first error.
func (d *Document) fail(err error) {
	if d.err == nil && err != nil {
		d.err = err
	}
}

// room makes sure that height millimetres are free below; if not, a new page begins.
func (d *Document) room(height float64) {
	if d.y+height > d.bottom && d.y > marginTop {
		d.newPage()
	}
}

// fresh reports whether nothing stands on this page yet.
func (d *Document) fresh() bool { return d.y <= marginTop }

// space leaves white space, but not on top of a page.
func (d *Document) space(height float64) {
	if !d.fresh() {
		d.y += height
	}
}

// write draws clean text with its baseline at y, in the marks that are open.
func (d *Document) write(s style, size, x, y float64, c colour, text string) {
	for _, r := range runs(s, text) {
		d.pdf.RawWriteStr(fmt.Sprintf("BT %.3f %.3f %.3f rg /F%d %.1f Tf %.2f %.2f Td <%x> Tj ET\n",
			float64(c[0])/255, float64(c[1])/255, float64(c[2])/255, r.face, size, x/millimetre, (d.height-y)/millimetre, d.encode(r)))
		x += r.width / 1000 * size * millimetre
	}
}

// encode gives the text as glyph numbers of the document's own subset of the font.
func (d *Document) encode(r run) []byte {
	sub := d.fonts[r.face]
	if sub == nil {
		sub = newSubset(faces[r.face]())
		d.fonts[r.face] = sub
	}
	codes := make([]byte, 0, 2*len(r.text))
	for _, c := range r.text {
		codes = binary.BigEndian.AppendUint16(codes, sub.code(c))
	}
	return codes
}

// writeAligned is write within a column.
func (d *Document) writeAligned(align Align, s style, size, x, width, y float64, c colour, text string) {
	switch align {
	case Right:
		x += width - widthOf(s, size, text)
	case Centre:
		x += (width - widthOf(s, size, text)) / 2
	}
	d.write(s, size, x, y, c, text)
}

func lineHeight(size float64) float64 { return size * leading * millimetre }

// baseline is how far below the top of its line a text stands.
func baseline(size float64) float64 { return size * (leading/2 + 0.36) * millimetre }

func (d *Document) line(x1, y1, x2, y2, width float64, c colour) {
	d.artifact(func() {
		d.pdf.SetDrawColor(c[0], c[1], c[2])
		d.pdf.SetLineWidth(width)
		d.pdf.Line(x1, y1, x2, y2)
	})
}

func (d *Document) box(x, y, w, h float64, c colour) {
	d.artifact(func() {
		d.pdf.SetFillColor(c[0], c[1], c[2])
		d.pdf.Rect(x, y, w, h, "F")
	})
}

// frame is an empty box with a hairline round it.
func (d *Document) frame(x, y, w, h float64) {
	d.artifact(func() {
		d.pdf.SetDrawColor(faint[0], faint[1], faint[2])
		d.pdf.SetLineWidth(0.25)
		d.pdf.Rect(x, y, w, h, "D")
	})
}

func (d *Document) letterhead() {
	head := d.options.Letterhead
	d.box(0, 0, d.width+2*marginSide, 2.2, d.brand)
	top := marginTop - 2
	leftBottom := top
	if len(head.LogoJPEGorPNG) > 0 {
		leftBottom = d.logo(head.LogoJPEGorPNG, top)
	} else if head.Name != "" {
		for i, text := range wrap(bold, 15, d.width*0.55, head.Name) {
			y := top + float64(i)*6.6
			d.artifact(func() { d.write(bold, 15, marginSide, y+5, d.brandText, text) })
			leftBottom = y + 6.6
		}
	}
	y := top
	for i, text := range d.letterheadLines() {
		s, c := regular, muted
		if i == 0 && len(head.LogoJPEGorPNG) > 0 {
			s, c = bold, ink
		}
		d.artifact(func() {
			d.writeAligned(Right, s, smallSize, marginSide+d.width*0.55, d.width*0.45, y+baseline(smallSize), c, text)
		})
		y += lineHeight(smallSize)
	}
	if len(d.letterheadLines()) == 0 && leftBottom == top {
		d.y = marginTop
		return
	}
	d.y = max(y, leftBottom) + 14
}

// letterheadLines are the right side: the name too if a logo took its place.
func (d *Document) letterheadLines() []string {
	head := d.options.Letterhead
	var lines []string
	if len(head.LogoJPEGorPNG) > 0 && head.Name != "" {
		lines = wrap(bold, smallSize, d.width*0.45, head.Name)
	}
	for _, line := range head.Lines {
		lines = append(lines, wrap(regular, smallSize, d.width*0.45, line)...)
	}
	return lines
}

func (d *Document) footers() {
	pages := d.pdf.PageCount()
	y := d.height - 13
	for page := 1; page <= pages; page++ {
		d.pdf.SetPage(page)
		d.line(marginSide, y-5, marginSide+d.width, y-5, 0.2, faint)
		number := clean(d.options.PageOf(page, pages))
		room := d.width - widthOf(regular, 7.5, number) - 6
		d.artifact(func() {
			for i, line := range wrap(regular, 7.5, room, d.options.Footer) {
				d.write(regular, 7.5, marginSide, y+float64(i)*3.4, muted, line)
			}
			d.writeAligned(Right, regular, 7.5, marginSide, d.width, y, muted, number)
		})
	}
}

// Bytes ends the document and gives the file. Call it once, last.
func (d *Document) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	d.footers()
	var out bytes.Buffer
	if err := d.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("draw document: %w", err)
	}
	file, err := finish(out.Bytes(), d)
	if err != nil {
		return nil, fmt.Errorf("finish document: %w", err)
	}
	return file, nil
}

// pictureName is the next name under which the library keeps a picture.
func (d *Document) pictureName() string {
	d.pictures++
	return "picture" + strconv.Itoa(d.pictures)
}
