package pdf

import (
	"cmp"
	"strconv"
	"strings"
)

// Heading starts a section. Level 1 is the document's title, 2 a section, 3 within one.
func (d *Document) Heading(level int, text string) {
	level = min(max(level, 1), 3)
	size := [...]float64{0, 23, 13, 10.5}[level]
	before := [...]float64{0, 0, 9, 5}[level]
	after := [...]float64{0, 4, 2.5, 1}[level]
	lines := wrap(bold, size, d.width, text)
	height := size * 1.25 * millimetre
	d.space(before)
	d.room(height*float64(len(lines)) + after + 3*lineHeight(bodySize)) // never alone at the foot
	e := d.add(nil, "H"+strconv.Itoa(level))
	for _, line := range lines {
		d.mark(e, func() { d.write(bold, size, marginSide, d.y+height*0.8, ink, line) })
		d.y += height
	}
	d.y += after
}

// Paragraph is running text; a line feed begins a new line, an empty line a new paragraph.
func (d *Document) Paragraph(text string) { d.text(regular, bodySize, ink, text, 2.6) }

// Small is a remark in small grey type.
func (d *Document) Small(text string) { d.text(regular, smallSize, muted, text, 1.8) }

func (d *Document) text(s style, size float64, c colour, text string, after float64) {
	d.lines(d.add(nil, "P"), s, size, marginSide, d.width, c, text)
	d.y += after
}

// lines sets text from the current place down, over pages if need be. No page keeps or
// gets a single line of three or more.
func (d *Document) lines(e *element, s style, size, x, width float64, c colour, text string) {
	lines := wrap(s, size, width, text)
	height := lineHeight(size)
	for i, line := range lines {
		if line == "" {
			d.space(height * 0.45) // an empty line parts paragraphs
			continue
		}
		left := len(lines) - i
		if i == 0 && left > 1 || left == 2 && len(lines) > 2 {
			d.room(2 * height)
		} else {
			d.room(height)
		}
		d.mark(e, func() { d.write(s, size, x, d.y+baseline(size), c, line) })
		d.y += height
	}
}

// Item is a part of a list: its bullet or number, and how deep it stands, 1 or more. One
// without a marker goes on where the one before ended, or is a quotation.
type Item struct {
	Marker string
	Text   string
	Depth  int
}

// List is a list of items, each indented as deep as it stands.
func (d *Document) List(items []Item) {
	if len(items) == 0 {
		return
	}
	const step, deepest = 6.0, 8
	height := lineHeight(bodySize)
	list := d.add(nil, "L")
	for _, item := range items {
		e := d.add(list, "LI")
		x := marginSide + step*float64(min(max(item.Depth, 1), deepest)-1)
		body := x + max(step, widthOf(regular, bodySize, item.Marker)+2)
		d.room(2 * height)
		if item.Marker != "" {
			d.mark(d.add(e, "Lbl"), func() { d.write(regular, bodySize, x, d.y+baseline(bodySize), ink, clean(item.Marker)) })
		}
		if item.Text == "" {
			d.y += height
			continue
		}
		d.lines(d.add(e, "LBody"), regular, bodySize, body, marginSide+d.width-body, ink, item.Text)
		d.y += 0.8
	}
	d.y += 1.8
}

// Fact is a label with its value.
type Fact struct {
	Label string
	Value string
}

// Facts is a list of short labels with values, in two columns.
func (d *Document) Facts(facts []Fact) {
	const labelWidth = 44.0
	list := d.add(nil, "L")
	for _, fact := range facts {
		labels := wrap(regular, bodySize, labelWidth-4, fact.Label)
		values := wrap(regular, bodySize, d.width-labelWidth, fact.Value)
		height := lineHeight(bodySize)
		rows := max(len(labels), len(values))
		d.room(height * float64(min(rows, 12)))
		item := d.add(list, "LI")
		label, value := d.add(item, "Lbl"), d.add(item, "LBody")
		for i := range rows {
			d.room(height)
			y := d.y + baseline(bodySize)
			if i < len(labels) {
				d.mark(label, func() { d.write(regular, bodySize, marginSide, y, muted, labels[i]) })
			}
			if i < len(values) {
				d.mark(value, func() { d.write(regular, bodySize, marginSide+labelWidth, y, ink, values[i]) })
			}
			d.y += height
		}
		d.y += 1.1
	}
	d.y += 4.5
}

// Totals is a column of amounts on the right; the last one is the strong one.
func (d *Document) Totals(facts []Fact) {
	const inset, gap, labelLeast = 4.0, 3.0, 30.0
	const usual, strong = bodySize, 12.5
	width := 82.0
	for i, fact := range facts {
		s, size := regular, usual
		if i == len(facts)-1 {
			s, size = bold, strong
		}
		width = max(width, min(d.width, widthOf(s, size, clean(fact.Value))+labelLeast+gap+2*inset))
	}
	d.space(3)
	d.room((lineHeight(bodySize)+1.4)*float64(min(len(facts), 20)) + 8)
	x := marginSide + d.width - width
	list := d.add(nil, "L")
	for i, fact := range facts {
		if i == len(facts)-1 {
			d.y += 1.2
			d.totalsLine(list, fact, x, width, bold, strong, ink)
		} else {
			d.totalsLine(list, fact, x, width, regular, usual, muted)
		}
	}
	d.y += 7
}

// totalsLine draws an amount, and its label in as many lines as it needs. The amount stands in the first.
func (d *Document) totalsLine(list *element, fact Fact, x, width float64, s style, size float64, c colour) {
	const inset, gap = 4.0, 3.0
	labelSize := min(size, 11)
	value := clean(fact.Value)
	for size > 4 && widthOf(s, size, value) > width-2*inset-gap-10 {
		size -= 0.5
	}
	label := wrap(s, labelSize, width-2*inset-widthOf(s, size, value)-gap, fact.Label)
	tall := lineHeight(labelSize) + 1.4
	more := float64(len(label)-1) * lineHeight(labelSize)
	if s == bold {
		tall = 12
	}
	d.room(tall + more)
	if s == bold {
		d.box(x, d.y, width, tall+more, tint)
		d.box(x, d.y, width, 0.7, d.brand)
	}
	item := d.add(list, "LI")
	e := d.add(item, "Lbl")
	y := d.y + tall/2 + labelSize*0.36*millimetre
	for i, line := range label {
		d.mark(e, func() { d.write(s, labelSize, x+inset, y+float64(i)*lineHeight(labelSize), c, line) })
	}
	d.mark(d.add(item, "LBody"), func() { d.writeAligned(Right, s, size, x, width-inset, y, ink, value) })
	d.y += tall + more
}

// PageBreak begins a new page unless this one is empty.
func (d *Document) PageBreak() {
	if !d.fresh() {
		d.newPage()
	}
}

// Code is text to compare letter by letter, such as a hash: monospaced, on a tint.
func (d *Document) Code(text string) {
	const inset = 3.0
	height := lineHeight(codeSize)
	lines := wrap(mono, codeSize, d.width-2*inset, text)
	e := d.add(nil, "P")
	code := d.add(e, "Code")
	for len(lines) > 0 {
		d.room(height + 2*inset)
		count := min(len(lines), max(1, int((d.bottom-d.y-2*inset)/height)))
		d.box(marginSide, d.y, d.width, float64(count)*height+2*inset-1, tint)
		d.y += inset - 0.5
		for _, line := range lines[:count] {
			d.mark(code, func() { d.write(mono, codeSize, marginSide+inset, d.y+baseline(codeSize), ink, line) })
			d.y += height
		}
		d.y += inset - 0.5
		lines = lines[count:]
	}
	d.y += 3
}

// Signature is a signed line: the drawn picture, or the typed name in italics, above a
// rule with the person's name and the date. PNG is empty for a typed signature.
type Signature struct {
	PNG   []byte
	Typed string // drawn when there is no picture
	Name  string // below the line
	Date  string
	Alt   string // what a screen reader says of the picture; the name when empty
}

// Signature draws a signed line that never breaks over two pages.
func (d *Document) Signature(s Signature) {
	const width, picture = 96.0, 24.0
	area := picture
	size, typed := typedSize(s.Typed, width-12, area-6)
	if len(s.PNG) == 0 {
		area = max(area, float64(len(typed))*signedLine(size)+6)
	}
	date := clean(s.Date)
	names := wrap(bold, nameSize, width-13-widthOf(regular, smallSize, date), s.Name)
	below := float64(len(names)-1) * lineHeight(nameSize)
	d.space(6)
	d.room(area + 18 + below)
	top := d.y
	d.frame(marginSide, top, width, area+11+below)
	if len(s.PNG) > 0 {
		d.signaturePicture(s.PNG, cmp.Or(s.Alt, s.Name), marginSide+5, top+2.5, width-10, area-4)
	} else {
		e := d.add(nil, "P")
		for i, line := range typed {
			y := top + area - 5 - float64(len(typed)-1-i)*signedLine(size)
			d.mark(e, func() { d.write(italic, size, marginSide+6, y, d.inkBlue(), line) })
		}
	}
	d.line(marginSide+5, top+area, marginSide+width-5, top+area, 0.35, muted)
	e := d.add(nil, "P")
	y := top + area + 1.6 + baseline(smallSize)
	for i, line := range names {
		d.mark(e, func() { d.write(bold, nameSize, marginSide+5, y+float64(i)*lineHeight(nameSize), ink, line) })
	}
	d.mark(e, func() { d.writeAligned(Right, regular, smallSize, marginSide, width-5, y, muted, date) })
	d.y = top + area + 17 + below
}

const nameSize = smallSize + 0.5

func signedLine(size float64) float64 { return size * 1.3 * millimetre }

// typedSize is the largest size at which a typed signature stands in its area with whole
// words, and its lines.
func typedSize(text string, width, height float64) (size float64, lines []string) {
	const largest, smallest = 22.0, 9.0
	for size = largest; ; size-- {
		lines = wrap(italic, size, width, text)
		widest := 0.0
		for word := range strings.FieldsSeq(clean(text)) {
			widest = max(widest, widthOf(italic, size, word))
		}
		if size <= smallest || widest <= width && float64(len(lines))*signedLine(size) <= height {
			return size, lines
		}
	}
}

// inkBlue is the colour of a typed signature, so that it does not look like the print.
func (d *Document) inkBlue() colour { return colour{27, 43, 107} }
