package i18n

import (
	"context"
	"strconv"
	"strings"

	"github.com/bojanz/currency"

	"lintel/internal/platform/money"
)

// Money writes an amount with its currency: "€1,380.00", "−1.500,00 €".
func Money(ctx context.Context, a money.Amount) string {
	l := readerOf(ctx).lang
	return l.mark(l.amount(a, false))
}

// MoneySigned writes an amount with a plus or minus, as for the effect of a change: "+€312.00".
func MoneySigned(ctx context.Context, a money.Amount) string {
	l := readerOf(ctx).lang
	return l.mark(l.amount(a, true))
}

// MoneyPlain writes an amount without its currency: "1,380.00"; for table columns and inputs.
func MoneyPlain(ctx context.Context, a money.Amount) string {
	l := readerOf(ctx).lang
	return l.mark(l.plainDigits(a.Plain()))
}

// Number writes a quantity: "1,020", "11.5".
func Number(ctx context.Context, d money.Decimal) string {
	l := readerOf(ctx).lang
	return l.mark(l.number(d))
}

// Count writes a whole number: "1,020".
func Count(ctx context.Context, n int) string {
	l := readerOf(ctx).lang
	return l.mark(l.count(int64(n)))
}

// Percent writes a percentage: "20%", "20 %".
func Percent(ctx context.Context, d money.Decimal) string {
	l := readerOf(ctx).lang
	sample := l.rules.FmtPercent(7, 0)
	return l.mark(strings.Replace(sample, "7", l.number(d), 1))
}

// Notation is how the reader writes numbers, for money.ParseDecimal and money.ParseAmount.
func Notation(ctx context.Context) money.Notation { return readerOf(ctx).lang.notation() }

func (l *language) number(d money.Decimal) string { return l.plainDigits(d.String()) }

func (l *language) count(n int64) string { return l.plainDigits(strconv.FormatInt(n, 10)) }

// minus is the typographer's: screen readers say "minus" for it, not "hyphen" or nothing.
const minus = "−"

// plainDigits turns "-1234.5" into the language's form.
func (l *language) plainDigits(plain string) string {
	digits, negative := strings.CutPrefix(plain, "-")
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	var out strings.Builder
	out.Grow(len(plain) + 12)
	if negative {
		out.WriteString(minus)
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteString(l.marks.group)
		}
		out.WriteByte(whole[i])
	}
	if hasFraction {
		out.WriteString(l.marks.decimal)
		out.WriteString(fraction)
	}
	return out.String()
}

// moneyPattern is what stands before and behind the digits of an amount, by its sign.
type moneyPattern struct {
	positive, negative, plus [2]string
}

// amount writes money by CLDR's pattern for the language and currency. The pattern is read
// off a sample once, because a page writes up to a hundred amounts and asking for each cost
// six microseconds.
func (l *language) amount(a money.Amount, signed bool) string {
	pattern := l.pattern(a.Currency)
	around := pattern.positive
	switch {
	case a.IsNegative():
		around = pattern.negative
	case signed && !a.IsZero():
		around = pattern.plus
	}
	digits := strings.TrimPrefix(a.Plain(), "-")
	return around[0] + l.plainDigits(digits) + around[1]
}

func (l *language) pattern(code string) *moneyPattern {
	if known, found := l.patterns.Load(code); found {
		return known.(*moneyPattern)
	}
	pattern := &moneyPattern{
		positive: around(l.money, code, 7),
		negative: around(l.money, code, -7),
		plus:     around(l.signed, code, 7),
	}
	if _, known := money.Digits(code); known { // else a flood of made-up codes would fill the memory
		l.patterns.Store(code, pattern)
	}
	return pattern
}

// around formats 7 of the smallest unit with CLDR and gives what stands on both sides of the digits.
func around(formatter *currency.Formatter, code string, minor int64) [2]string {
	sample, err := currency.NewAmountFromInt64(minor, code)
	if err != nil {
		return aroundUnknown(code, minor)
	}
	text := strings.ReplaceAll(formatter.Format(sample), "-", minus)
	first := strings.IndexAny(text, "07")
	last := strings.LastIndexByte(text, '7')
	return [2]string{text[:first], text[last+1:]}
}

// aroundUnknown writes an amount in something that is no currency with its code, rather than hide it.
func aroundUnknown(code string, minor int64) [2]string {
	before := ""
	if minor < 0 {
		before = minus
	}
	return [2]string{before, "\u00a0" + code}
}
