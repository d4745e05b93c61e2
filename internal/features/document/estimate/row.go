package estimate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/money"
)

// lineReading reads one row and collects what is wrong with it.
type lineReading struct {
	row        Row
	reader     *rowReader
	problems   []ProblemField
	sentences  []Sentence
	notNumbers []ProblemField
}

func (l *lineReading) value(field Field) string { return l.reader.value(l.row, field) }

func (l *lineReading) wrong(field Field, suggestion string, sentence Sentence) {
	l.problems = append(l.problems, ProblemField{field, l.value(field), suggestion})
	l.sentences = append(l.sentences, sentence)
}

func (l *lineReading) line() proposal.Line {
	line := proposal.Line{Kind: proposal.Item, Name: l.value(ToName), Description: l.value(ToDescription), Unit: l.value(ToUnit), Note: l.value(ToNote), Quantity: money.Whole(1)}
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

func (l *lineReading) texts(line proposal.Line) {
	switch {
	case line.Name != "":
	case line.Description != "":
		l.wrong(ToName, proposal.Shorten(line.Description, proposal.MaxName), Sentence{i18n.Mark("An item needs a name. The description says “{description}”."), []any{"description", line.Description}})
	default:
		l.wrong(ToName, "", Sentence{English: i18n.Mark("An item needs a name.")})
	}
	for _, text := range []struct {
		field   Field
		value   string
		longest int
	}{{ToName, line.Name, proposal.MaxName}, {ToDescription, line.Description, proposal.MaxDescription}, {ToUnit, line.Unit, proposal.MaxUnit}, {ToNote, line.Note, proposal.MaxDescription}, {ToGroup, l.reader.group, proposal.MaxName}} {
		if utf8.RuneCountInString(text.value) > text.longest {
			l.wrong(text.field, proposal.Shorten(text.value, text.longest), Sentence{English: i18n.Mark("This text is too long.")})
		}
	}
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
func (l *lineReading) percentLine(line *proposal.Line) {
	line.Kind, line.Percent, line.Unit = proposal.Percent, line.Quantity, ""
	if price := l.value(ToPrice); price != "" {
		line.Percent = l.decimal(ToPrice)
	}
	line.Quantity = money.Whole(1)
	largest := money.Whole(1000)
	if line.Percent.IsNegative() {
		line.Kind, line.Percent, largest = proposal.Discount, money.FromScaled(-line.Percent.Scaled()), money.Whole(100)
	}
	if line.Percent.Compare(largest) > 0 {
		l.wrong(ToQuantity, "", Sentence{English: i18n.Mark("This percentage is not possible.")})
	}
}

func (l *lineReading) pricedLine(line *proposal.Line) {
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
	for _, amount := range []int64{line.UnitPrice, deref(line.UnitCost)} {
		if _, err := money.New(amount, l.reader.options.Currency).Times(line.Quantity); err != nil {
			l.wrong(ToQuantity, "", Sentence{i18n.Mark("The quantity “{quantity}” times this price is more than can be counted."), []any{"quantity", l.value(ToQuantity)}})
			break
		}
	}
	if line.UnitPrice < 0 {
		line.Kind, line.UnitCost = proposal.Discount, nil
	}
}

func deref(cost *int64) int64 {
	if cost == nil {
		return 0
	}
	return *cost
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

func (l *lineReading) decimal(field Field) money.Decimal {
	value, err := money.ParsePercent(l.value(field), l.reader.notationFor(l.row, field))
	l.unreadable(field, err)
	return value
}

func (l *lineReading) amount(field Field) int64 {
	value, err := money.ParseAmount(l.value(field), l.reader.options.Currency, l.reader.notationFor(l.row, field))
	l.unreadable(field, err)
	return value.Minor
}

// notationFor is the file's; what a person typed as a correction may be written either way.
func (r *rowReader) notationFor(row Row, field Field) money.Notation {
	if _, corrected := r.options.Corrections[row.Number][field]; corrected {
		return money.AnyNotation
	}
	return r.notation
}

func (l *lineReading) unreadable(field Field, err error) {
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
	values := map[Field]string{}
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

func fieldIsNoNumber(field Field) string {
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

func fieldIs(field Field) string {
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
