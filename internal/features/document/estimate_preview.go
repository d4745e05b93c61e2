package document

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// ImportOptions is what a person decides about an import.
type ImportOptions struct {
	Currency    string
	TaxWhenYes  money.Decimal // what "Y" in the tax column means; also the rate when no column has it
	Corrections map[int]map[EstimateField]string
	LeaveOut    map[int]bool // by row number
}

// ImportedLine is a line that is ready, with the row that it came from. Its ID is empty.
type ImportedLine struct {
	Row  int
	Line Line
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
	Field      EstimateField
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

// Preview reads the rows by the mapping, with the corrections that a person made. It gives a
// fault for a mapping or currency that cannot work; what is wrong with rows is in the Preview.
func (e Estimate) Preview(mapping Mapping, options ImportOptions) (Preview, error) {
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
	options  ImportOptions
	notation money.Notation
	preview  Preview
	groups   map[string]int // folded name → index in preview.Groups
	group    string         // of the rows above
}

func (r *rowReader) row(row EstimateRow) {
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
func (r *rowReader) value(row EstimateRow, field EstimateField) string {
	if corrected, found := r.options.Corrections[row.Number][field]; found {
		return strings.TrimSpace(CleanText(corrected))
	}
	return row.cell(r.mapping.column(field))
}

func (r *rowReader) leftOut(row EstimateRow) LeftOutReason {
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
func (r *rowReader) isSubtotal(row EstimateRow) bool {
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

func firstCell(row EstimateRow) string {
	for _, cell := range row.Cells {
		if cell != "" {
			return cell
		}
	}
	return ""
}

// heading is the text of a row that has nothing but one text in the group's or name's column,
// as offices put above a section; "" for any other row.
func (r *rowReader) heading(row EstimateRow) string {
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

func (r *rowReader) keep(number int, line Line) {
	switch line.Kind {
	case Percent:
		r.preview.Percents++
	case Discount:
		r.preview.Discounts++
	default:
		r.preview.Items++
	}
	at, known := r.groups[fold(r.group)]
	if !known {
		at = len(r.preview.Groups)
		r.groups[fold(r.group)] = at
		r.preview.Groups = append(r.preview.Groups, ImportedGroup{Name: r.group})
	}
	r.preview.Groups[at].Lines = append(r.preview.Groups[at].Lines, ImportedLine{number, line})
}

// lineReading reads one row and collects what is wrong with it.
type lineReading struct {
	row        EstimateRow
	reader     *rowReader
	problems   []ProblemField
	sentences  []Sentence
	notNumbers []ProblemField
}

func (l *lineReading) value(field EstimateField) string { return l.reader.value(l.row, field) }

func (l *lineReading) wrong(field EstimateField, suggestion string, sentence Sentence) {
	l.problems = append(l.problems, ProblemField{field, l.value(field), suggestion})
	l.sentences = append(l.sentences, sentence)
}

func (l *lineReading) line() Line {
	line := Line{Kind: Item, Name: l.value(ToName), Description: l.value(ToDescription), Unit: l.value(ToUnit), Note: l.value(ToNote), Quantity: money.Whole(1)}
	l.texts(line)
	if l.value(ToQuantity) != "" {
		line.Quantity = l.decimal(ToQuantity)
	}
	line.TaxPercent = l.tax()
	line.Allowance = strings.HasPrefix(strings.ToLower(line.Unit), "allow")
	if l.isPercent() {
		l.percentLine(&line)
	} else {
		l.pricedLine(&line)
	}
	if line.Quantity.IsNegative() {
		l.wrong(ToQuantity, strings.TrimLeft(line.Quantity.String(), "-"), Sentence{i18n.Mark("The quantity {quantity} is below zero. A reduction belongs in a discount."),
			[]any{"quantity", strings.Replace(line.Quantity.String(), "-", "−", 1)}})
	}
	l.sayNotNumbers()
	return line
}

func (l *lineReading) texts(line Line) {
	switch {
	case line.Name != "":
	case line.Description != "":
		l.wrong(ToName, shorten(line.Description, MaxName), Sentence{i18n.Mark("An item needs a name. The description says “{description}”."), []any{"description", line.Description}})
	default:
		l.wrong(ToName, "", Sentence{English: i18n.Mark("An item needs a name.")})
	}
	for _, text := range []struct {
		field   EstimateField
		value   string
		longest int
	}{{ToName, line.Name, MaxName}, {ToDescription, line.Description, MaxDescription}, {ToUnit, line.Unit, MaxUnit}, {ToNote, line.Note, MaxDescription}, {ToGroup, l.reader.group, MaxName}} {
		if utf8.RuneCountInString(text.value) > text.longest {
			l.wrong(text.field, shorten(text.value, text.longest), Sentence{English: i18n.Mark("This text is too long.")})
		}
	}
}

func shorten(text string, longest int) string {
	runes := []rune(text)
	return strings.TrimSpace(string(runes[:min(len(runes), longest)]))
}

// isPercent knows a percent line: its price has the percent sign, or without a price its unit
// or quantity.
func (l *lineReading) isPercent() bool {
	price := l.value(ToPrice)
	if price != "" {
		return strings.HasSuffix(price, "%")
	}
	unit := strings.ToLower(l.value(ToUnit))
	return slices.Contains([]string{"%", "percent", "pct", "prozent"}, unit) || strings.HasSuffix(l.value(ToQuantity), "%")
}

// percentLine takes the percentage from the price ("8 %") or else from the quantity.
func (l *lineReading) percentLine(line *Line) {
	line.Kind, line.Percent, line.Unit = Percent, line.Quantity, ""
	if price := l.value(ToPrice); price != "" {
		line.Percent = l.decimal(ToPrice)
	}
	line.Quantity = money.Whole(1)
	largest := money.Whole(1000)
	if line.Percent.IsNegative() {
		line.Kind, line.Percent, largest = Discount, money.FromScaled(-line.Percent.Scaled()), money.Whole(100)
	}
	if line.Percent.Compare(largest) > 0 {
		l.wrong(ToQuantity, "", Sentence{English: i18n.Mark("This percentage is not possible.")})
	}
}

func (l *lineReading) pricedLine(line *Line) {
	if l.value(ToCost) != "" {
		cost := l.amount(ToCost)
		if cost < 0 {
			l.wrong(ToCost, "", Sentence{English: i18n.Mark("The cost is an amount that is not below zero.")})
		}
		line.UnitCost = &cost
	}
	switch {
	case l.value(ToPrice) != "":
		line.UnitPrice = l.amount(ToPrice)
	case line.UnitCost != nil:
		line.UnitPrice = l.markedUp(*line.UnitCost)
	default:
		l.wrong(ToPrice, "", Sentence{English: i18n.Mark("An item needs a price.")})
	}
	if line.UnitPrice < 0 {
		line.Kind, line.UnitCost = Discount, nil
	}
}

// markedUp is the price that the cost and the markup give.
func (l *lineReading) markedUp(cost int64) int64 {
	price := money.New(cost, l.reader.options.Currency)
	if l.value(ToMarkup) == "" {
		if l.reader.mapping.column(ToMarkup) < 0 && l.reader.mapping.column(ToPrice) >= 0 {
			l.wrong(ToPrice, "", Sentence{English: i18n.Mark("An item needs a price.")})
		}
		return price.Minor
	}
	more, err := price.Percent(l.decimal(ToMarkup))
	if err == nil {
		price, err = price.Add(more)
	}
	if err != nil || price.Minor > money.MaxMinor {
		l.wrong(ToMarkup, "", Sentence{English: fieldIs(ToMarkup), Values: []any{"value", l.value(ToMarkup)}})
	}
	return price.Minor
}

// tax reads "Y" and "N" in the words of several offices, or a rate.
func (l *lineReading) tax() money.Decimal {
	value := strings.ToLower(l.value(ToTax))
	switch {
	case l.reader.mapping.column(ToTax) < 0, slices.Contains([]string{"y", "yes", "true", "t", "x", "taxable", "ja", "j", "✓"}, value):
		return l.reader.options.TaxWhenYes
	case slices.Contains([]string{"", "n", "no", "false", "f", "-", "none", "exempt", "nein"}, value):
		return money.Decimal{}
	}
	rate := l.decimal(ToTax)
	if rate.IsNegative() || rate.Compare(money.Whole(100)) > 0 {
		l.wrong(ToTax, "", Sentence{English: i18n.Mark("The tax is a percentage from 0 to 100.")})
	}
	return rate
}

func (l *lineReading) decimal(field EstimateField) money.Decimal {
	value, err := money.ParsePercent(l.value(field), l.reader.notationFor(l.row, field))
	l.unreadable(field, err)
	return value
}

func (l *lineReading) amount(field EstimateField) int64 {
	value, err := money.ParseAmount(l.value(field), l.reader.options.Currency, l.reader.notationFor(l.row, field))
	l.unreadable(field, err)
	return value.Minor
}

// notationFor is the file's; what a person typed as a correction may be written either way.
func (r *rowReader) notationFor(row EstimateRow, field EstimateField) money.Notation {
	if _, corrected := r.options.Corrections[row.Number][field]; corrected {
		return money.AnyNotation
	}
	return r.notation
}

func (l *lineReading) unreadable(field EstimateField, err error) {
	switch problem := fault.As(err); {
	case problem == nil:
	case problem.Message == money.NotANumber:
		l.notNumbers = append(l.notNumbers, ProblemField{Field: field, Value: l.value(field)})
	default:
		l.wrong(field, "", Sentence{fieldIs(field), []any{"value", l.value(field)}})
		l.sentences = append(l.sentences, Sentence{English: problem.Message})
	}
}

// sayNotNumbers makes one sentence of the unit cost and the price, which mostly go together,
// and one of each other cell. The price is put first, as it is the one that is needed.
func (l *lineReading) sayNotNumbers() {
	values := map[EstimateField]string{}
	for _, cell := range l.notNumbers {
		values[cell.Field] = cell.Value
	}
	cost, price := values[ToCost], values[ToPrice]
	if cost != "" && price != "" {
		l.wrong(ToPrice, "", Sentence{i18n.Mark("The unit cost “{cost}” and the price “{price}” are not numbers."), []any{"cost", cost, "price", price}})
		l.problems = append(l.problems, ProblemField{Field: ToCost, Value: cost})
	}
	for _, cell := range l.notNumbers {
		if (cell.Field == ToCost || cell.Field == ToPrice) && cost != "" && price != "" {
			continue
		}
		l.wrong(cell.Field, "", Sentence{fieldIsNoNumber(cell.Field), []any{"value", cell.Value}})
	}
}

func fieldIsNoNumber(field EstimateField) string {
	switch field {
	case ToQuantity:
		return i18n.Mark("The quantity “{value}” is not a number.")
	case ToCost:
		return i18n.Mark("The unit cost “{value}” is not a number.")
	case ToMarkup:
		return i18n.Mark("The markup “{value}” is not a number.")
	case ToTax:
		return i18n.Mark("The tax “{value}” is not yes, no or a percentage.")
	}
	return i18n.Mark("The price “{value}” is not a number.")
}

func fieldIs(field EstimateField) string {
	switch field {
	case ToQuantity:
		return i18n.Mark("The quantity “{value}” cannot be used.")
	case ToCost:
		return i18n.Mark("The unit cost “{value}” cannot be used.")
	case ToMarkup:
		return i18n.Mark("The markup “{value}” cannot be used.")
	case ToTax:
		return i18n.Mark("The tax “{value}” cannot be used.")
	}
	return i18n.Mark("The price “{value}” cannot be used.")
}

func (l *lineReading) problem() RowProblem {
	return RowProblem{Row: l.row.Number, Name: l.value(ToName), Fields: l.problems, Sentences: l.sentences}
}

// NewGroups makes groups for a document of what was imported. newID gives an id for each
// group and line; unnamed is the name for rows that had no group.
func (p Preview) NewGroups(newID func() string, unnamed string) []Group {
	groups := make([]Group, 0, len(p.Groups))
	for _, imported := range p.Groups {
		group := Group{ID: newID(), Name: imported.Name, Kind: Discounts}
		if group.Name == "" {
			group.Name = unnamed
		}
		for _, ready := range imported.Lines {
			line := ready.Line
			line.ID = newID()
			if line.Kind != Discount {
				group.Kind = Fixed
			}
			group.Lines = append(group.Lines, line)
		}
		groups = append(groups, group)
	}
	return groups
}
