package estimate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// ImportOptions is what a person decides about an import.
type Options struct {
	Currency    string
	TaxWhenYes  money.Decimal // what "Y" in the tax column means; also the rate when no column has it
	Corrections map[int]map[Field]string
	LeaveOut    map[int]bool // by row number
}

// ImportedLine is a line that is ready, with the row that it came from. Its ID is empty.
type ImportedLine struct {
	Row  int
	Line proposal.Line
}

// ImportedGroup is what the rows of one group give, in the file's order.
type ImportedGroup struct {
	Name  string
	Lines []ImportedLine
}

// Sentence is an English text to translate, with its {names} and their values in turn.
type Sentence struct {
	English string
	Values  []any
}

// String is the sentence in English.
func (s Sentence) String() string {
	text := s.English
	for i := 0; i+1 < len(s.Values); i += 2 {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%v}", s.Values[i]), fmt.Sprint(s.Values[i+1]))
	}
	return text
}

// ProblemField is a cell that must be put right: what is there and what could be.
type ProblemField struct {
	Field      Field
	Value      string
	Suggestion string // ready to be taken; empty when only a person knows
}

// RowProblem is a row that cannot be imported as it is.
type RowProblem struct {
	Row       int // as in the spreadsheet
	Name      string
	Fields    []ProblemField // at least one; the most needed first
	Sentences []Sentence     // what is wrong, at least one
}

// Message says in English what is wrong with the row.
func (p RowProblem) Message() string {
	texts := make([]string, len(p.Sentences))
	for i, sentence := range p.Sentences {
		texts[i] = sentence.String()
	}
	return strings.Join(texts, " ")
}

// LeftOutRow is a row that makes no line, and why.
type LeftOutRow struct {
	Row int
	Why LeftOutReason
}

// LeftOutReason says why a row is left out.
type LeftOutReason string

// The reasons.
const (
	BlankRow    LeftOutReason = "blank"
	SubtotalRow LeftOutReason = "subtotal"
	HeadingRow  LeftOutReason = "heading"
	UnwantedRow LeftOutReason = "unwanted"
)

// Words is the reason as a person reads it, an English text to translate.
func (r LeftOutReason) Words() string {
	switch r {
	case BlankRow:
		return i18n.Mark("a blank row")
	case SubtotalRow:
		return i18n.Mark("a subtotal")
	case HeadingRow:
		return i18n.Mark("a heading")
	}
	return i18n.Mark("left out by you")
}

// Preview is what an import would do. Nothing is imported before a person agrees to it.
type Preview struct {
	Groups    []ImportedGroup
	Problems  []RowProblem
	LeftOut   []LeftOutRow
	Items     int // lines with a price of their own
	Percents  int
	Discounts int
}

// Ready counts the lines that can be imported.
func (p Preview) Ready() int { return p.Items + p.Percents + p.Discounts }

// Refuse makes a row that was ready one that needs a person, because of a cell of it. It
// tells whether there was such a row.
func (p *Preview) Refuse(row int, field Field, sentence Sentence) bool {
	for g := range p.Groups {
		lines := p.Groups[g].Lines
		at := slices.IndexFunc(lines, func(l ImportedLine) bool { return l.Row == row })
		if at < 0 {
			continue
		}
		p.count(lines[at].Line.Kind, -1)
		p.Problems = append(p.Problems, RowProblem{Row: row, Name: lines[at].Line.Name, Fields: []ProblemField{{Field: field}}, Sentences: []Sentence{sentence}})
		slices.SortStableFunc(p.Problems, func(a, b RowProblem) int { return cmp.Compare(a.Row, b.Row) })
		if p.Groups[g].Lines = slices.Delete(lines, at, at+1); len(lines) == 1 {
			p.Groups = slices.Delete(p.Groups, g, g+1)
		}
		return true
	}
	return false
}

func (p *Preview) count(kind proposal.LineKind, by int) {
	switch kind {
	case proposal.Percent:
		p.Percents += by
	case proposal.Discount:
		p.Discounts += by
	default:
		p.Items += by
	}
}

// Preview reads the rows by the mapping, with the corrections that a person made. It gives a
// fault for a mapping or currency that cannot work; what is wrong with rows is in the Preview.
func (e Sheet) Preview(mapping Mapping, options Options) (Preview, error) {
	if err := mapping.Check(); err != nil {
		return Preview{}, err
	}
	if err := money.CheckCurrency(options.Currency); err != nil {
		return Preview{}, err
	}
	reader := rowReader{mapping: mapping, options: options, notation: e.notation(mapping), groups: map[string]int{}}
	for _, row := range e.Rows {
		reader.row(row)
	}
	return reader.preview, nil
}

type rowReader struct {
	mapping  Mapping
	options  Options
	notation money.Notation
	preview  Preview
	groups   map[string]int // folded name → index in preview.Groups
	group    string         // of the rows above
}

func (r *rowReader) row(row Row) {
	group := r.value(row, ToGroup)
	switch why := r.leftOut(row); why {
	case "":
	case HeadingRow:
		r.group = r.heading(row)
		fallthrough
	default:
		r.preview.LeftOut = append(r.preview.LeftOut, LeftOutRow{row.Number, why})
		return
	}
	if group != "" {
		r.group = group
	}
	reading := lineReading{row: row, reader: r}
	line := reading.line()
	if len(reading.problems) > 0 {
		r.preview.Problems = append(r.preview.Problems, reading.problem())
		return
	}
	r.keep(row.Number, line)
}

// value is a person's correction of a cell, or the cell.
func (r *rowReader) value(row Row, field Field) string {
	if corrected, found := r.options.Corrections[row.Number][field]; found {
		return strings.TrimSpace(proposal.CleanText(corrected))
	}
	return row.cell(r.mapping.column(field))
}

func (r *rowReader) leftOut(row Row) LeftOutReason {
	switch {
	case row.isBlank():
		return BlankRow
	case r.options.LeaveOut[row.Number]:
		return UnwantedRow
	case r.isSubtotal(row):
		return SubtotalRow
	case r.heading(row) != "":
		return HeadingRow
	}
	return ""
}

var subtotalWords = []string{"subtotal", "sub-total", "sub total", "total", "grand total", "sum", "zwischensumme", "summe", "gesamt", "gesamtsumme", "nettosumme", "bruttosumme"}

// isSubtotal knows a row that only adds others up: its first words say so and it counts
// nothing (no quantity, and no name besides that word).
func (r *rowReader) isSubtotal(row Row) bool {
	if r.value(row, ToQuantity) != "" {
		return false
	}
	name := r.value(row, ToName)
	for _, text := range []string{name, r.value(row, ToGroup), firstCell(row)} {
		first, _, _ := strings.Cut(headerKey(text), " for ")
		if slices.Contains(subtotalWords, first) || isSubtotalOf(first, r.group) {
			return name == "" || name == text
		}
	}
	return false
}

// isSubtotalOf knows "Electrical subtotal" and "Total Electrical" below the group Electrical.
func isSubtotalOf(text, group string) bool {
	rest, found := strings.CutSuffix(text, headerKey(group))
	if !found || group == "" {
		rest, found = strings.CutPrefix(text, headerKey(group))
	}
	return found && group != "" && slices.Contains(subtotalWords, strings.TrimSpace(rest))
}

func firstCell(row Row) string {
	for _, cell := range row.Cells {
		if cell != "" {
			return cell
		}
	}
	return ""
}

// heading is the text of a row that has nothing but one text in the group's or name's column,
// as offices put above a section; "" for any other row.
func (r *rowReader) heading(row Row) string {
	filled := 0
	for _, cell := range row.Cells {
		if cell != "" {
			filled++
		}
	}
	if filled != 1 || len(r.options.Corrections[row.Number]) > 0 {
		return ""
	}
	if group := r.value(row, ToGroup); group != "" {
		return group
	}
	if r.mapping.column(ToGroup) < 0 {
		return r.value(row, ToName)
	}
	return ""
}

func (r *rowReader) keep(number int, line proposal.Line) {
	r.preview.count(line.Kind, 1)
	at, known := r.groups[proposal.Fold(r.group)]
	if !known {
		at = len(r.preview.Groups)
		r.groups[proposal.Fold(r.group)] = at
		r.preview.Groups = append(r.preview.Groups, ImportedGroup{Name: r.group})
	}
	r.preview.Groups[at].Lines = append(r.preview.Groups[at].Lines, ImportedLine{number, line})
}

// NewGroups makes groups for a document of what was imported. newID gives an id for each
// group and line; unnamed is the name for rows that had no group.
func (p Preview) NewGroups(newID func() string, unnamed string) []proposal.Group {
	groups := make([]proposal.Group, 0, len(p.Groups))
	for _, imported := range p.Groups {
		group := proposal.Group{ID: newID(), Name: imported.Name, Kind: proposal.Discounts}
		if group.Name == "" {
			group.Name = unnamed
		}
		for _, ready := range imported.Lines {
			line := ready.Line
			line.ID = newID()
			if line.Kind != proposal.Discount {
				group.Kind = proposal.Fixed
			}
			group.Lines = append(group.Lines, line)
		}
		groups = append(groups, group)
	}
	return groups
}
