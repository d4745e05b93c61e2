package pdf

import (
	"cmp"
	"strings"
)

// Align is where text stands in its column.
type Align int

// The alignments. Figures are aligned to the right.
const (
	Left Align = iota
	Right
	Centre
)

// Column is a column of a table. Width is its share of the whole, in any unit.
type Column struct {
	Title string
	Width float64
	Align Align
}

// Cell is one cell: its text, and a note below it in small grey type.
type Cell struct {
	Text   string
	Note   string
	Strong bool
}

// Group is a part of a table with its own title and sum. Sum.Text is the amount, in the
// last column; Sum.Note is its label, and the group's title when empty. Without Sum.Text
// there is no sum line, and without a title no title line.
type Group struct {
	Title string
	Rows  [][]Cell
	Sum   Cell
}

// Table is a table whose head is repeated on every page.
type Table struct {
	Columns []Column
	Groups  []Group
}

const (
	cellGap   = 2.0 // to each side of a cell's text
	rowPad    = 2.1 // above and below a row's text
	headSize  = 7.5
	cellSize  = 9.0
	titleSize = cellSize + 0.5
	noteSize  = 7.8
	headTall  = 8.0
	headLine  = 3.6
	titleTall = 9.5
	sumTall   = 9.0
)

// tableDrawing is a table under way.
type tableDrawing struct {
	d      *Document
	table  Table
	x, w   []float64
	size   []float64 // of each column's text
	e      *element
	headed bool // the structure has the head already; later ones are artifacts
}

// Table draws a table. A row stays on one page unless it is longer than a page; a
// group's title stays with its first row, and its sum with its last.
func (d *Document) Table(t Table) {
	if len(t.Columns) == 0 {
		return
	}
	td := &tableDrawing{d: d, table: t, e: d.add(nil, "Table")}
	td.measure()
	d.space(2)
	d.room(td.headTall() + titleTall + 14)
	td.head()
	for _, group := range t.Groups {
		td.group(group)
	}
	d.y += 3
}

func (t *tableDrawing) measure() {
	total := 0.0
	for _, c := range t.table.Columns {
		total += max(c.Width, 0.01)
	}
	for _, c := range t.table.Columns {
		t.w, t.size = append(t.w, t.d.width*max(c.Width, 0.01)/total), append(t.size, cellSize)
	}
	t.widen()
	x := marginSide
	for _, w := range t.w {
		t.x = append(t.x, x)
		x += w
	}
}

const (
	leastShare = 0.34 // of the table's width, which columns of figures leave to the others
	leastSize  = 5.0  // of figures that are too many for their column
)

// widen makes the columns of figures wide enough for their longest number, which must not
// end in the middle: first the columns of words give way, then the figures become smaller.
func (t *tableDrawing) widen() {
	longest := make([]float64, len(t.w))
	words, figures, all, columns := 0.0, 0.0, 0.0, 0.0
	for i, c := range t.table.Columns {
		if c.Align == Left {
			words += t.w[i]
			continue
		}
		longest[i] = t.longest(i)
		figures += max(t.w[i], longest[i]+2*cellGap)
		all += longest[i]
		columns++
	}
	if figures == 0 || figures+words <= t.d.width+0.01 {
		return
	}
	left := t.d.width - figures
	smaller := 1.0
	if least := min(words, leastShare*t.d.width); left < least {
		left = least
		smaller = min(1, (t.d.width-left-columns*2*cellGap)/all)
	}
	spare := t.d.width - left - all*smaller - columns*2*cellGap
	for i, c := range t.table.Columns {
		switch {
		case c.Align == Left:
			t.w[i] *= left / words
		default:
			t.w[i] = longest[i]*smaller + 2*cellGap + spare/columns
			t.size[i] = max(leastSize, cellSize*smaller*0.999)
		}
	}
}

// longest is the width of the longest word in a column of figures, its title's too.
func (t *tableDrawing) longest(column int) float64 {
	width := 0.0
	for word := range strings.FieldsSeq(clean(t.table.Columns[column].Title)) {
		width = max(width, widthOf(bold, headSize, word))
	}
	for _, g := range t.table.Groups {
		for _, cells := range g.Rows {
			if column >= len(cells) {
				continue
			}
			s := regular
			if cells[column].Strong {
				s = bold
			}
			for word := range strings.FieldsSeq(clean(cells[column].Text)) {
				width = max(width, widthOf(s, cellSize, word))
			}
		}
	}
	return width
}

// inner gives the place and width of a column's text: the outer columns stand flush with
// the margins.
func (t *tableDrawing) inner(i int) (x, w float64) {
	x, w = t.x[i], t.w[i]
	if i > 0 {
		x, w = x+cellGap, w-cellGap
	}
	if i < len(t.w)-1 {
		w -= cellGap
	}
	return x, w
}

func (t *tableDrawing) head() {
	d := t.d
	first := d.y + headTall/2 + headSize*0.36*millimetre
	var row *element
	if !t.headed {
		row = d.add(t.e, "TR")
	}
	tall := t.headTall()
	for i, c := range t.table.Columns {
		x, w := t.inner(i)
		var cell *element
		if !t.headed {
			cell = d.add(row, "TH")
			cell.scope = "Column"
		}
		for n, title := range wrap(bold, headSize, w, c.Title) {
			draw := func() { d.writeAligned(c.Align, bold, headSize, x, w, first+float64(n)*headLine, muted, title) }
			if cell == nil {
				d.artifact(draw)
			} else {
				d.mark(cell, draw)
			}
		}
	}
	t.headed = true
	d.y += tall
	d.line(marginSide, d.y, marginSide+d.width, d.y, 0.5, d.brand)
}

// headTall is the height of the head, whose titles may need more than one line.
func (t *tableDrawing) headTall() float64 {
	lines := 1
	for i, c := range t.table.Columns {
		_, w := t.inner(i)
		lines = max(lines, len(wrap(bold, headSize, w, c.Title)))
	}
	return headTall + float64(lines-1)*headLine
}

// fits makes sure of room, and repeats the head on a new page.
func (t *tableDrawing) fits(height float64) {
	if t.d.y+height <= t.d.bottom {
		return
	}
	if t.d.fresh() {
		return
	}
	t.d.newPage()
	t.head()
}

func (t *tableDrawing) group(g Group) {
	rows := make([]tableRow, len(g.Rows))
	for i, cells := range g.Rows {
		rows[i] = t.layout(cells)
	}
	if g.Title != "" {
		title := wrap(bold, titleSize, t.d.width, g.Title)
		need := titleTall + float64(len(title)-1)*lineHeight(titleSize)
		if len(rows) > 0 {
			need += rows[0].height
		}
		t.fits(min(need, t.tallest()))
		t.title(title)
	}
	for i, row := range rows {
		need := row.height
		if i == len(rows)-1 && g.Sum.Text != "" {
			need += t.sumTall(g)
		}
		if need > t.tallest() {
			t.long(row)
			continue
		}
		t.fits(need)
		t.row(row, i < len(rows)-1 || g.Sum.Text != "")
	}
	if g.Sum.Text != "" {
		t.fits(t.sumTall(g))
		t.sum(g)
	}
}

// tallest is the highest row that a page can hold below the head.
func (t *tableDrawing) tallest() float64 { return t.d.bottom - marginTop - t.headTall() - titleTall }

func (t *tableDrawing) title(lines []string) {
	d := t.d
	cell := d.add(d.add(t.e, "TR"), "TH")
	cell.scope, cell.span = "Row", len(t.table.Columns)
	for i, line := range lines {
		if i > 0 {
			t.fits(lineHeight(titleSize))
		}
		y := d.y + titleTall - 3.2
		d.mark(cell, func() { d.write(bold, titleSize, marginSide, y, d.brandText, line) })
		d.y += lineHeight(titleSize)
	}
	d.y += titleTall - lineHeight(titleSize)
	d.line(marginSide, d.y, marginSide+d.width, d.y, 0.2, faint)
}

// sumLabel is the label of a group's sum in lines, the amount, and where the amount stands.
func (t *tableDrawing) sumLabel(g Group) (label []string, amount string, x, w float64) {
	x, w = t.inner(len(t.x) - 1)
	amount = clean(g.Sum.Text)
	if needed := widthOf(bold, cellSize, amount); needed > w {
		x, w = x+w-needed, needed
	}
	return wrap(regular, cellSize, max(20, x-marginSide-2*cellGap), cmp.Or(g.Sum.Note, g.Title)), amount, x, w
}

func (t *tableDrawing) sumTall(g Group) float64 {
	label, _, _, _ := t.sumLabel(g)
	return sumTall + float64(len(label)-1)*lineHeight(cellSize) + 1.5
}

func (t *tableDrawing) sum(g Group) {
	d := t.d
	label, amount, x, w := t.sumLabel(g)
	y := d.y + sumTall/2 + cellSize*0.36*millimetre
	row := d.add(t.e, "TR")
	head := d.add(row, "TH")
	head.scope, head.span = "Row", len(t.x)-1
	for i, line := range label {
		d.mark(head, func() {
			d.writeAligned(Right, regular, cellSize, marginSide, x-marginSide-2*cellGap, y+float64(i)*lineHeight(cellSize), muted, line)
		})
	}
	y += float64(len(label)-1) * lineHeight(cellSize) // the amount ends the label
	d.mark(d.add(row, "TD"), func() { d.writeAligned(Right, bold, cellSize, x, w, y, ink, amount) })
	d.y += t.sumTall(g) - 1.5
	d.line(marginSide, d.y, marginSide+d.width, d.y, 0.35, muted)
	d.y += 1.5
}

// tableLine is one line of a cell.
type tableLine struct {
	text  string
	style style
	size  float64
	c     colour
}

// height is the same for figures that were made smaller, so that they stand beside the words.
func (l tableLine) height() float64 {
	if l.c == ink {
		return lineHeight(cellSize)
	}
	return lineHeight(l.size)
}

func (l tableLine) baseline() float64 {
	if l.c == ink {
		return baseline(cellSize)
	}
	return baseline(l.size)
}

type tableRow struct {
	cells  [][]tableLine
	height float64
}

func (t *tableDrawing) layout(cells []Cell) tableRow {
	row := tableRow{cells: make([][]tableLine, len(t.table.Columns))}
	tallest := 0.0
	for i := range t.table.Columns {
		if i >= len(cells) {
			break
		}
		_, w := t.inner(i)
		s := regular
		if cells[i].Strong {
			s = bold
		}
		height := 0.0
		if cells[i].Text != "" {
			for _, line := range wrap(s, t.size[i], w, cells[i].Text) {
				row.cells[i] = append(row.cells[i], tableLine{line, s, t.size[i], ink})
				height += lineHeight(cellSize)
			}
		}
		if cells[i].Note != "" {
			for _, line := range wrap(regular, noteSize, w, cells[i].Note) {
				row.cells[i] = append(row.cells[i], tableLine{line, regular, noteSize, muted})
				height += lineHeight(noteSize)
			}
		}
		tallest = max(tallest, height)
	}
	row.height = max(tallest, lineHeight(cellSize)) + 2*rowPad
	return row
}

func (t *tableDrawing) row(row tableRow, ruled bool) {
	d := t.d
	e := d.add(t.e, "TR")
	for i, lines := range row.cells {
		cell := d.add(e, "TD")
		x, w := t.inner(i)
		y := d.y + rowPad
		for _, line := range lines {
			t.line(cell, i, line, x, w, y)
			y += line.height()
		}
	}
	d.y += row.height
	if ruled {
		d.line(marginSide, d.y, marginSide+d.width, d.y, 0.2, faint)
	}
}

func (t *tableDrawing) line(cell *element, column int, line tableLine, x, w, y float64) {
	t.d.mark(cell, func() {
		t.d.writeAligned(t.table.Columns[column].Align, line.style, line.size, x, w, y+line.baseline(), line.c, line.text)
	})
}

// long draws a row that no page can hold whole: line by line, over as many as it takes.
func (t *tableDrawing) long(row tableRow) {
	d := t.d
	e := d.add(t.e, "TR")
	cells := make([]*element, len(row.cells))
	longest := 0
	for i, lines := range row.cells {
		cells[i] = d.add(e, "TD")
		longest = max(longest, len(lines))
	}
	d.y += rowPad
	for n := range longest {
		t.fits(lineHeight(cellSize))
		for i, lines := range row.cells {
			if n < len(lines) {
				x, w := t.inner(i)
				t.line(cells[i], i, lines[n], x, w, d.y)
			}
		}
		d.y += lineHeight(cellSize)
	}
	d.y += rowPad
	d.line(marginSide, d.y, marginSide+d.width, d.y, 0.2, faint)
}
