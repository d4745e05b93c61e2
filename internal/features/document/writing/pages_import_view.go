package writing

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/features/document"
	"lintel/internal/features/document/estimate"
	"lintel/internal/features/file"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
	"lintel/internal/ui"
)

// importView is an import before it is done.
type importView struct {
	slug    string
	state   document.Import
	taxText string // what Y means, as typed
	fixed   map[int]map[estimate.Field]string
	problem string
}

func (v importView) path(more string) string {
	return document.OfficePath(v.slug, v.state.Document.ID) + more
}

func (v importView) action() string { return v.path("/import/" + v.state.File.ID) }

// fileLine says what was found: "estimate.csv · 6 KB · comma, with byte-order mark".
func (v importView) fileLine(ctx context.Context) string {
	e, delimiter := v.state.Estimate, i18n.T(ctx, "comma")
	switch e.Delimiter {
	case ';':
		delimiter = i18n.T(ctx, "semicolon")
	case '\t':
		delimiter = i18n.T(ctx, "tab")
	}
	if e.ByteOrderMark {
		delimiter = i18n.T(ctx, "{delimiter}, with byte-order mark", "delimiter", delimiter)
	}
	parts := []string{v.state.File.Name, file.SizeText(ctx, v.state.File.Size), delimiter}
	if e.Encoding != "UTF-8" {
		parts = append(parts, e.Encoding)
	}
	return strings.Join(parts, " · ")
}

func (v importView) figures(ctx context.Context) []ui.Figure {
	p := v.state.Preview
	ready := []string{i18n.N(ctx, p.Items, "{n} line", "{n} lines")}
	if p.Percents > 0 {
		ready = append(ready, i18n.N(ctx, p.Percents, "{n} percent", "{n} percents"))
	}
	if p.Discounts > 0 {
		ready = append(ready, i18n.N(ctx, p.Discounts, "{n} discount", "{n} discounts"))
	}
	text := i18n.T(ctx, "ready: {what}", "what", strings.Join(ready, ", "))
	if v.state.TooMuch != nil {
		text = i18n.T(ctx, "too many for this proposal: {what}", "what", strings.Join(ready, ", "))
	}
	return []ui.Figure{
		{Number: i18n.Count(ctx, p.Ready()), Text: text, Bad: v.state.TooMuch != nil},
		{Number: i18n.Count(ctx, len(p.Problems)), Text: i18n.N(ctx, len(p.Problems), "row needs you", "rows need you"), Bad: len(p.Problems) > 0},
		{Number: i18n.Count(ctx, len(p.LeftOut)), Text: v.leftOut(ctx)},
	}
}

// leftOut names the reasons, each once: "left out: a blank row and a subtotal".
func (v importView) leftOut(ctx context.Context) string {
	var reasons []string
	for _, row := range v.state.Preview.LeftOut {
		if words := i18n.T(ctx, row.Why.Words()); !slices.Contains(reasons, words) {
			reasons = append(reasons, words)
		}
	}
	switch len(reasons) {
	case 0:
		return i18n.T(ctx, "left out")
	case 1:
		return i18n.T(ctx, "left out: {what}", "what", reasons[0])
	}
	last := len(reasons) - 1
	return i18n.T(ctx, "left out: {what} and {last}", "what", strings.Join(reasons[:last], ", "), "last", reasons[last])
}

func (v importView) columns(ctx context.Context) []ui.MappingColumn {
	columns := make([]ui.MappingColumn, 0, len(v.state.Estimate.Columns))
	for i, c := range v.state.Estimate.Columns {
		title := cmp.Or(c.Header, i18n.T(ctx, "Column {number}", "number", i+1))
		column := ui.MappingColumn{Title: title, Sample: c.Sample, Name: "column." + strconv.Itoa(i), Label: i18n.T(ctx, "{column} goes to", "column", title)}
		for _, field := range estimate.Fields() {
			column.Options = append(column.Options, ui.Option{Value: string(field), Label: v.fieldWords(ctx, field), Selected: v.state.Mapping[i] == field})
		}
		columns = append(columns, column)
	}
	return columns
}

// fieldWords names where a column can go.
func (v importView) fieldWords(ctx context.Context, field estimate.Field) string {
	switch field {
	case estimate.ToGroup:
		return i18n.T(ctx, "Group")
	case estimate.ToName:
		return i18n.T(ctx, "Name")
	case estimate.ToDescription:
		return i18n.T(ctx, "Description")
	case estimate.ToQuantity:
		return i18n.T(ctx, "Quantity")
	case estimate.ToUnit:
		return i18n.T(ctx, "Unit")
	case estimate.ToCost:
		return i18n.T(ctx, "Unit cost (office only)")
	case estimate.ToMarkup:
		return i18n.T(ctx, "Markup on the cost, %")
	case estimate.ToPrice:
		return i18n.T(ctx, "Unit price")
	case estimate.ToTax:
		return i18n.T(ctx, "Tax: Y is {rate}, N is {none}", "rate", i18n.Percent(ctx, v.state.Options.TaxWhenYes), "none", i18n.Percent(ctx, money.Decimal{}))
	case estimate.ToNote:
		return i18n.T(ctx, "Note for the office")
	}
	return i18n.T(ctx, "Do not import")
}

// asked are the rows that are shown to be put right. Whoever has more has most likely chosen
// a wrong column.
func (v importView) asked() []estimate.RowProblem {
	const most = 100
	return v.state.Preview.Problems[:min(len(v.state.Preview.Problems), most)]
}

// notes are what else there is to know about the file.
func (v importView) notes(ctx context.Context) []string {
	var notes []string
	if more := len(v.state.Preview.Problems) - len(v.asked()); more > 0 {
		notes = append(notes, i18n.N(ctx, more, "{n} more row cannot be read either. Is a column chosen wrongly?", "{n} more rows cannot be read either. Is a column chosen wrongly?"))
	}
	for _, header := range v.state.Estimate.Doubles() {
		notes = append(notes, i18n.T(ctx, "More than one column is called “{name}”: look below at where each goes.", "name", header))
	}
	return notes
}

// badRows are the rows that need a person, each with all the fields that are wrong, so that
// it can be put right in one go.
func (v importView) badRows(ctx context.Context) []ui.BadRow {
	rows := make([]ui.BadRow, 0, len(v.asked()))
	for _, p := range v.asked() {
		row := ui.BadRow{Row: i18n.T(ctx, "Row {number}", "number", p.Row), Title: p.Name, Reason: problemText(ctx, p)}
		if p.Name == "" {
			row.Title = strings.TrimSpace(i18n.T(ctx, "(no name)") + " " + p.Fields[0].Suggestion)
		}
		for _, field := range wrongFields(p) {
			row.Fields = append(row.Fields, v.badField(ctx, p, field))
		}
		rows = append(rows, row)
	}
	return rows
}

func (v importView) badField(ctx context.Context, p estimate.RowProblem, field estimate.ProblemField) ui.BadField {
	value := field.Suggestion
	if typed, corrected := v.fixed[p.Row][field.Field]; corrected {
		value = typed
	}
	f := ui.BadField{Name: fixName(p.Row, field.Field), Value: value,
		Label: v.fieldWords(ctx, field.Field), Spoken: i18n.T(ctx, "{field} for {row}", "field", v.fieldWords(ctx, field.Field), "row", cmp.Or(p.Name, i18n.T(ctx, "row {number}", "number", p.Row)))}
	if field.Suggestion == "" && (field.Field == estimate.ToPrice || field.Field == estimate.ToCost) {
		f.Placeholder = i18n.T(ctx, "e.g. {amount}", "amount", i18n.MoneyPlain(ctx, money.New(1250, "EUR")))
	}
	return f
}

// suggested is what stands in the fields before anybody types: it alone corrects nothing.
func (v importView) suggested() [][2]string {
	var pairs [][2]string
	for _, p := range v.asked() {
		for _, field := range wrongFields(p) {
			pairs = append(pairs, [2]string{"was." + strings.TrimPrefix(fixName(p.Row, field.Field), "fix."), field.Suggestion})
		}
	}
	return pairs
}

// wrongFields are the fields of a row to put right, each once: one cell can be wrong in two
// ways.
func wrongFields(p estimate.RowProblem) []estimate.ProblemField {
	var fields []estimate.ProblemField
	for _, field := range p.Fields {
		if !slices.ContainsFunc(fields, func(other estimate.ProblemField) bool { return other.Field == field.Field }) {
			fields = append(fields, field)
		}
	}
	return fields
}

func fixName(row int, field estimate.Field) string {
	return "fix." + strconv.Itoa(row) + "." + string(field)
}

// problemText says in the reader's language what is wrong with a row.
func problemText(ctx context.Context, p estimate.RowProblem) string {
	texts := make([]string, len(p.Sentences))
	for i, s := range p.Sentences {
		texts[i] = i18n.T(ctx, s.English, s.Values...)
	}
	return strings.Join(texts, " ")
}

// hidden are the decisions that the other form on the page does not show. A correction that
// is still wrong is not among those of the rows: it is asked for again.
func (v importView) hidden(ofRows bool) [][2]string {
	asked := map[string]bool{}
	for _, p := range v.asked() {
		for _, field := range p.Fields {
			asked[fixName(p.Row, field.Field)] = ofRows
		}
	}
	var pairs [][2]string
	for _, row := range slices.Sorted(maps.Keys(v.fixed)) {
		for _, field := range slices.Sorted(maps.Keys(v.fixed[row])) {
			if name := fixName(row, field); !asked[name] {
				pairs = append(pairs, [2]string{name, v.fixed[row][field]})
			}
		}
	}
	if ofRows {
		for i, field := range v.state.Mapping {
			pairs = append(pairs, [2]string{"column." + strconv.Itoa(i), string(field)})
		}
		pairs = append(pairs, [2]string{"tax", v.taxText})
	}
	return pairs
}

// suggestions tells whether a row that needs a person has a value ready.
func (v importView) suggestions() bool {
	return slices.ContainsFunc(v.asked(), func(p estimate.RowProblem) bool { return p.Fields[0].Suggestion != "" })
}

func (v importView) importLabel(ctx context.Context) string {
	ready := i18n.Count(ctx, v.state.Preview.Ready())
	if v.problem != "" {
		return i18n.T(ctx, "Import")
	}
	if left := len(v.state.Preview.Problems); left > 0 {
		return i18n.T(ctx, "Import {ready}, leave out {left}", "ready", ready, "left", i18n.Count(ctx, left))
	}
	return i18n.T(ctx, "Import {ready}", "ready", ready)
}
