package estimate

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/money"
)

// Field is what a column of a spreadsheet holds.
type Field string

// The fields of a line that a column can go to. ToNothing is not imported.
const (
	ToNothing     Field = ""
	ToGroup       Field = "group"
	ToName        Field = "name"
	ToDescription Field = "description"
	ToQuantity    Field = "quantity"
	ToUnit        Field = "unit"
	ToCost        Field = "cost"
	ToMarkup      Field = "markup"
	ToPrice       Field = "price"
	ToTax         Field = "tax"
	ToNote        Field = "note"
)

// Fields lists the fields in the order of a select.
func Fields() []Field {
	return []Field{ToNothing, ToGroup, ToName, ToDescription, ToQuantity, ToUnit, ToCost, ToMarkup, ToPrice, ToTax, ToNote}
}

// Column is a column of the file: its header, the first value below it, and where it
// probably goes.
type Column struct {
	Header string
	Sample string
	Guess  Field
}

// Sheet is a spreadsheet's CSV file, read but not yet understood.
type Sheet struct {
	Delimiter     byte   // ',', ';' or tab
	Encoding      string // "UTF-8", "UTF-16" or "Windows-1252"
	ByteOrderMark bool
	Columns       []Column
	Rows          []Row // those below the header, blank ones too
}

// Mapping says where each column goes, by the column's index.
type Mapping []Field

// Doubles are the headers that stand above two columns or more, each once.
func (e Sheet) Doubles() []string {
	seen, doubles := map[string]int{}, []string(nil)
	for _, column := range e.Columns {
		key := headerKey(column.Header)
		if seen[key]++; key != "" && seen[key] == 2 {
			doubles = append(doubles, column.Header)
		}
	}
	return doubles
}

// Guess is the mapping that the headers suggest.
func (e Sheet) Guess() Mapping {
	mapping := make(Mapping, len(e.Columns))
	for i, column := range e.Columns {
		mapping[i] = column.Guess
	}
	return mapping
}

// Parse reads a CSV file of any of the usual kinds. It refuses, in words, a file that
// is too large or is none. Cells are kept as text and never computed, so that one that begins
// like a formula does nothing.
func Parse(data []byte) (Sheet, error) {
	if len(data) > MaxBytes {
		return Sheet{}, fault.New(fault.TooLarge, "This file is larger than an import can be.")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return Sheet{}, fault.New(fault.Invalid, "This file is empty.")
	}
	if isOtherFile(data) {
		return Sheet{}, fault.New(fault.Invalid, "This is not a CSV file. In your spreadsheet, choose Save as, then CSV.")
	}
	text, encoding, mark := decodeText(data)
	text, delimiter := findDelimiter(text)
	rows, err := splitRows(text, delimiter)
	if err != nil {
		return Sheet{}, err
	}
	e := Sheet{Delimiter: delimiter, Encoding: encoding, ByteOrderMark: mark}
	header := headerRow(rows)
	if header >= 0 {
		e.Rows = rows[header+1:]
		e.Columns = columnsOf(rows[header].Cells, e.Rows)
	} else {
		e.Rows = rows
		e.Columns = columnsOf(nil, rows)
	}
	filled := slices.ContainsFunc(e.Rows, func(r Row) bool { return !r.isBlank() })
	switch {
	case !filled && header >= 0:
		return Sheet{}, fault.New(fault.Invalid, "This file has the names of the columns and no rows below them.")
	case !filled:
		return Sheet{}, fault.New(fault.Invalid, "There are no rows in this file.")
	}
	return e, nil
}

// isOtherFile knows the files that people take for CSV: workbooks, old workbooks, PDFs.
func isOtherFile(data []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "\xd0\xcf\x11\xe0", "%PDF-"} {
		if strings.HasPrefix(string(data[:min(8, len(data))]), magic) {
			return true
		}
	}
	return false
}

// headerWords are the names that offices give to columns, folded by headerKey, best first.
var headerWords = map[Field][]string{
	ToGroup:       {"group", "section", "category", "trade", "phase", "area", "room", "cost group", "division", "gruppe", "gewerk", "abschnitt", "titel", "bereich", "kategorie"},
	ToName:        {"name", "item", "item name", "line item", "product", "service", "task", "work item", "position", "bezeichnung", "leistung", "artikel", "kurztext"},
	ToDescription: {"description", "desc", "details", "detail", "specification", "scope", "beschreibung", "langtext", "text"},
	ToQuantity:    {"qty", "quantity", "qnty", "quant", "count", "menge", "anzahl"},
	ToUnit:        {"unit", "uom", "u/m", "unit of measure", "units", "einheit", "me", "eh"},
	ToCost:        {"unit cost", "cost", "cost price", "buy price", "unit cost price", "cost each", "cost/unit", "ek", "einkaufspreis", "ek-preis", "kosten"},
	ToMarkup:      {"markup", "markup %", "markup pct", "mark-up", "mark up", "mark-up %", "margin %", "uplift", "aufschlag", "aufschlag %", "zuschlag"},
	ToPrice:       {"unit price", "price", "rate", "sell price", "selling price", "price each", "price/unit", "unit rate", "unit sell", "einzelpreis", "ep", "preis", "vk", "verkaufspreis"},
	ToTax:         {"taxable", "tax", "tax %", "vat", "vat %", "tax rate", "vat rate", "gst", "mwst", "mwst %", "ust", "ust %", "steuer", "steuersatz"},
	ToNote:        {"note", "notes", "remark", "remarks", "comment", "comments", "internal note", "internal notes", "notiz", "notizen", "bemerkung", "anmerkung"},
}

// headerKey folds a header: lower case, one space, no "(…)", no trailing ":" or "*".
func headerKey(header string) string {
	header, _, _ = strings.Cut(strings.ToLower(header), "(")
	header = strings.NewReplacer("_", " ", ".", " ", "*", "", ":", "", "€", "", "$", "", "£", "").Replace(header)
	return strings.Join(strings.Fields(header), " ")
}

func fieldOf(header string) Field {
	key := headerKey(header)
	for field, words := range headerWords {
		if slices.Contains(words, key) {
			return field
		}
	}
	return ToNothing
}

// headerRow is the index of the first row with two or more known headers, near the top; -1
// when the file begins with its data.
func headerRow(rows []Row) int {
	for i, row := range rows[:min(len(rows), 20)] {
		known := map[Field]bool{}
		for _, cell := range row.Cells {
			if field := fieldOf(cell); field != ToNothing {
				known[field] = true
			}
		}
		if len(known) >= 2 {
			return i
		}
	}
	return -1
}

func columnsOf(headers []string, rows []Row) []Column {
	width := len(headers)
	for _, row := range rows {
		width = max(width, len(row.Cells))
	}
	columns, taken := make([]Column, width), map[Field]bool{}
	for i := range columns {
		if i < len(headers) {
			columns[i].Header = headers[i]
		}
		if field := fieldOf(columns[i].Header); !taken[field] {
			columns[i].Guess, taken[field] = field, true
		}
		columns[i].Sample = sampleOf(rows, i)
	}
	return settleGuesses(columns, taken)
}

func sampleOf(rows []Row, column int) string {
	for _, row := range rows {
		if cell := row.cell(column); cell != "" {
			return cell
		}
	}
	return ""
}

// settleGuesses leaves the markup out when the file has prices, which then rule, and takes
// the description for the name when there is no name.
func settleGuesses(columns []Column, taken map[Field]bool) []Column {
	for i, column := range columns {
		switch {
		case column.Guess == ToMarkup && taken[ToPrice]:
			columns[i].Guess = ToNothing
		case column.Guess == ToDescription && !taken[ToName]:
			columns[i].Guess = ToName
			taken[ToName] = true
		}
	}
	return columns
}

// Check refuses a mapping from which no lines can come.
func (m Mapping) Check() error {
	seen := map[Field]bool{}
	for _, field := range m {
		if field != ToNothing && !slices.Contains(Fields(), field) {
			return fault.New(fault.Invalid, "Choose for each column where it goes.")
		}
		if field != ToNothing && seen[field] {
			return fault.New(fault.Invalid, "Two columns go to the same place.")
		}
		seen[field] = true
	}
	if !seen[ToName] {
		return fault.New(fault.Invalid, "Choose the column that has the names of the items.")
	}
	if !seen[ToPrice] && !seen[ToCost] {
		return fault.New(fault.Invalid, "Choose the column that has the prices.")
	}
	return nil
}

func (m Mapping) column(field Field) int { return slices.Index(m, field) }

// notation finds how the file writes decimals from its number columns: by the numbers that
// can be read in one way only, else a semicolon file has decimal commas.
func (e Sheet) notation(m Mapping) money.Notation {
	points, commas := 0, 0
	for _, field := range []Field{ToPrice, ToCost, ToQuantity} {
		column := m.column(field)
		for _, row := range e.Rows {
			switch decimalMark(row.cell(column)) {
			case '.':
				points++
			case ',':
				commas++
			}
		}
	}
	if commas > points || commas == points && e.Delimiter == ';' {
		return money.CommaNotation
	}
	return money.PointNotation
}

// decimalMark is the mark that surely separates decimals in a number, or 0.
func decimalMark(cell string) byte {
	last := strings.LastIndexAny(cell, ".,")
	if last < 0 || strings.ContainsFunc(cell, unicode.IsLetter) {
		return 0
	}
	mark, other := cell[last], byte(',')
	if mark == ',' {
		other = '.'
	}
	decimals := 0
	for _, r := range cell[last+1:] {
		if r >= '0' && r <= '9' {
			decimals++
		}
	}
	switch {
	case strings.Count(cell, string(mark)) > 1:
		return 0
	case strings.IndexByte(cell, other) >= 0 || decimals != 3:
		return mark
	}
	return 0
}
