package i18n

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"

	"lintel/internal/platform/money"
)

// T gives an English sentence in the reader's language. pairs are names and values for its
// {placeholders}: text, numbers, money.Amount, money.Decimal and time.Time (as a date) are
// written as the language does. The result is plain text; templates escape it.
func T(ctx context.Context, english string, pairs ...any) string {
	r := readerOf(ctx)
	text := english
	if entry, found := r.lang.texts[english]; found && entry.text != "" {
		text = entry.text
	}
	if len(pairs) > 0 {
		text = fill(r, text, pairs)
	}
	return r.lang.mark(text)
}

// N is T for a counted thing: one and other are the English forms, {n} the number in them.
// The catalogue's key is the other form.
func N(ctx context.Context, n int, one, other string, pairs ...any) string {
	r := readerOf(ctx)
	text := r.lang.form(n, one, other)
	return r.lang.mark(fill(r, text, append(pairs[:len(pairs):len(pairs)], "n", r.lang.count(int64(n)))))
}

// Mark gives its text back. It is for sentences that are kept in a variable and translated
// later, so that Extract finds them.
func Mark(english string) string { return english }

// form picks the plural by CLDR's rule for the language that the text is in: the English
// rule when the catalogue has no translation.
func (l *language) form(n int, one, other string) string {
	entry, found := l.texts[other]
	if !found || entry.forms == nil {
		if n == 1 || n == -1 {
			return one
		}
		return other
	}
	if text := entry.forms[pluralName(l.rules.CardinalPluralRule(float64(n), 0))]; text != "" {
		return text
	}
	return entry.forms["other"]
}

func pluralName(rule locales.PluralRule) string {
	switch rule {
	case locales.PluralRuleZero:
		return "zero"
	case locales.PluralRuleOne:
		return "one"
	case locales.PluralRuleTwo:
		return "two"
	case locales.PluralRuleFew:
		return "few"
	case locales.PluralRuleMany:
		return "many"
	}
	return "other"
}

// mark wraps a text in the test language and leaves it alone in all others.
func (l *language) mark(text string) string {
	if !l.pseudo || text == "" {
		return text
	}
	return "⟦" + text + "⟧"
}

// fill puts values into {names}. A name without a value stays as it is, so that it is seen.
// A value is never searched for names, so nothing that a person typed can pull in another.
func fill(r *contextReader, text string, pairs []any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var out strings.Builder
	out.Grow(len(text) + 16)
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			out.WriteString("{" + rest)
			return out.String()
		}
		if value, known := valueOf(pairs, name); known {
			out.WriteString(write(r, value))
		} else {
			out.WriteString("{" + name + "}")
		}
		text = after
	}
}

func valueOf(pairs []any, name string) (any, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1], true
		}
	}
	return nil, false
}

// write gives a value as the language writes it.
func write(r *contextReader, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case money.Amount:
		return r.lang.amount(v, false)
	case money.Decimal:
		return r.lang.number(v)
	case time.Time:
		return r.lang.rules.FmtDateLong(v.In(r.Zone))
	}
	return fmt.Sprint(value)
}
