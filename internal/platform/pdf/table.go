package pdf

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
	noteSize  = 7.8
	headTall  = 8.0
	titleTall = 9.5
	sumTall   = 9.0
)

// tableDrawing is a table under way.
type tableDrawing struct {
	d      *Document
	table  Table
	x, w   []float64
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
	d.room(headTall + titleTall + 14)
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
	x := marginSide
	for _, c := range t.table.Columns {
		w := t.d.width * max(c.Width, 0.01) / total
		t.x, t.w = append(t.x, x), append(t.w, w)
		x += w
	}
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
	y := d.y + headTall/2 + headSize*0.36*millimetre
	var row *element
	if !t.headed {
		row = d.add(t.e, "TR")
	}
	for i, c := range t.table.Columns {
		x, w := t.inner(i)
		title := wrap(bold, headSize, w, c.Title)[0]
		draw := func() { d.writeAligned(c.Align, bold, headSize, x, w, y, muted, title) }
		if t.headed {
			d.artifact(draw)
			continue
		}
		cell := d.add(row, "TH")
		cell.scope = "Column"
		d.mark(cell, draw)
	}
	t.headed = true
	d.y += headTall
	d.line(marginSide, d.y, marginSide+d.width, d.y, 0.5, d.brand)
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
		need := titleTall
		if len(rows) > 0 {
			need += rows[0].height
		}
		t.fits(min(need, t.tallest()))
		t.title(g.Title)
	}
	for i, row := range rows {
		need := row.height
		if i == len(rows)-1 && g.Sum.Text != "" {
			need += sumTall
		}
		if need > t.tallest() {
			t.long(row)
			continue
		}
		t.fits(need)
		t.row(row, i < len(rows)-1 || g.Sum.Text != "")
	}
	if g.Sum.Text != "" {
		t.fits(sumTall)
		t.sum(g)
	}
}

// tallest is the highest row that a page can hold below the head.
func (t *tableDrawing) tallest() float64 { return t.d.bottom - marginTop - headTall - titleTall }

func (t *tableDrawing) title(text string) {
	d := t.d
	y := d.y + titleTall - 3.2
	cell := d.add(d.add(t.e, "TR"), "TH")
	cell.scope, cell.span = "Row", len(t.table.Columns)
	line := wrap(bold, cellSize+0.5, d.width, text)[0]
	d.mark(cell, func() { d.write(bold, cellSize+0.5, marginSide, y, d.brandText, line) })
	d.y += titleTall
	d.line(marginSide, d.y, marginSide+d.width, d.y, 0.2, faint)
}

func (t *tableDrawing) sum(g Group) {
	d := t.d
	label := g.Sum.Note
	if label == "" {
		label = g.Title
	}
	last := len(t.x) - 1
	x, w := t.inner(last)
	y := d.y + sumTall/2 + cellSize*0.36*millimetre
	row := d.add(t.e, "TR")
	head := d.add(row, "TH")
	head.scope, head.span = "Row", last
	amount := clean(g.Sum.Text)
	x, w = x+w-max(w, widthOf(bold, cellSize, amount)), max(w, widthOf(bold, cellSize, amount))
	label = wrap(regular, cellSize, x-marginSide-cellGap, label)[0]
	d.mark(head, func() {
		d.writeAligned(Right, regular, cellSize, marginSide, x-marginSide-2*cellGap, y, muted, label)
	})
	d.mark(d.add(row, "TD"), func() { d.writeAligned(Right, bold, cellSize, x, w, y, ink, amount) })
	d.y += sumTall
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
			for _, line := range wrap(s, cellSize, w, cells[i].Text) {
				row.cells[i] = append(row.cells[i], tableLine{line, s, cellSize, ink})
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
			y += lineHeight(line.size)
		}
	}
	d.y += row.height
	if ruled {
		d.line(marginSide, d.y, marginSide+d.width, d.y, 0.2, faint)
	}
}

func (t *tableDrawing) line(cell *element, column int, line tableLine, x, w, y float64) {
	t.d.mark(cell, func() {
		t.d.writeAligned(t.table.Columns[column].Align, line.style, line.size, x, w, y+baseline(line.size), line.c, line.text)
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
