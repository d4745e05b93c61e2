package money

import (
	"strings"
	"unicode/utf8"

	"lintel/internal/platform/fault"
)

// Notation says which mark separates the decimals where a number was written.
type Notation uint8

// The notations. With AnyNotation a text that reads differently in the two others ("1,020")
// is refused; with one of them it is read that way, and what can only be the other is understood too.
const (
	AnyNotation   Notation = iota
	PointNotation          // 1,234.50
	CommaNotation          // 1.234,50
)

// NotANumber is the sentence of the fault for text that is no number at all.
const NotANumber = "This is not a number."

const (
	nothingTyped  = "Enter a number."
	ambiguous     = "This could be thousands or decimals. Write it without the thousands separator."
	fourPlaces    = "At most four decimal places are possible."
	placesOfMoney = "This currency does not have that many decimal places."
	wrongSign     = "This amount is in another currency."
)

// longestNumber bounds the text of a number before anything is done with it.
const longestNumber = 48

// ParseDecimal reads a quantity as people type it: "11.5", "1,020", "−3", "1 234,5".
// It refuses, in words, what is no number ("NaN", "1e3", "abc"), too large, or too fine.
func ParseDecimal(text string, notation Notation) (Decimal, error) {
	scaled, err := parseFixed(text, notation, decimalPlaces, fourPlaces)
	if err != nil {
		return Decimal{}, err
	}
	if magnitude(scaled) > MaxDecimal*decimalScale {
		return Decimal{}, fault.New(fault.Invalid, tooLarge)
	}
	return Decimal{scaled}, nil
}

// ParsePercent is ParseDecimal that also takes a percent sign at the end: "20 %".
func ParsePercent(text string, notation Notation) (Decimal, error) {
	return ParseDecimal(strings.TrimSuffix(trimSpaces(text), "%"), notation)
}

// ParseAmount reads money as people type it: "1,380.00", "-1,500.00", "€ 12,50", "(20.00)",
// "1.500 EUR". It refuses another currency's sign and more decimals than the currency has.
func ParseAmount(text, currency string, notation Notation) (Amount, error) {
	places, known := Digits(currency)
	if !known {
		return Amount{}, fault.New(fault.Invalid, unknownCurrency)
	}
	if len(text) > longestNumber {
		return Amount{}, fault.New(fault.Invalid, NotANumber)
	}
	bare, err := withoutSign(trimSpaces(text), currency)
	if err != nil {
		return Amount{}, err
	}
	if notation == AnyNotation && places < 3 {
		notation = notationOfMoney(bare, places)
	}
	minor, err := parseFixed(bare, notation, places, placesOfMoney)
	if err != nil {
		return Amount{}, err
	}
	if magnitude(minor) > MaxMinor {
		return Amount{}, fault.New(fault.Invalid, tooLarge)
	}
	return Amount{minor, currency}, nil
}

// notationOfMoney uses that money has no third decimal: "1,380" can only be thousands then.
func notationOfMoney(text string, places int) Notation {
	point, comma := strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ',')
	last := max(point, comma)
	if last < 0 || countDigits(text[last:]) != 3 || point >= 0 && comma >= 0 || places > 2 {
		return AnyNotation
	}
	if last == comma {
		return PointNotation
	}
	return CommaNotation
}

func countDigits(text string) int {
	n := 0
	for i := range len(text) {
		if isDigit(text[i]) {
			n++
		}
	}
	return n
}

// withoutSign takes the currency's sign or code off either end, behind a minus as well.
func withoutSign(text, currency string) (string, error) {
	minus, rest := cutMinus(text)
	bare, found, err := cutCurrency(rest, currency)
	if err != nil {
		return "", err
	}
	if found && minus == "" { // "€ -12"
		minus, bare = cutMinus(bare)
	}
	return minus + bare, nil
}

func cutMinus(text string) (minus, rest string) {
	for _, sign := range []string{"-", "−"} {
		if after, cut := strings.CutPrefix(text, sign); cut {
			return "-", trimSpaces(after)
		}
	}
	return "", text
}

func cutCurrency(text, currency string) (rest string, found bool, err error) {
	if after, cut := cutEither(text, currency); cut {
		return after, true, nil
	}
	for _, known := range signs {
		after, cut := cutEither(text, known.sign)
		if !cut {
			continue
		}
		if !strings.Contains(known.currencies, currency) {
			return "", false, fault.New(fault.Invalid, wrongSign)
		}
		return after, true, nil
	}
	if code, _, cut := strings.Cut(text, " "); cut && isCode(code) {
		return "", false, fault.New(fault.Invalid, wrongSign)
	}
	if i := strings.LastIndexByte(text, ' '); i >= 0 && isCode(text[i+1:]) {
		return "", false, fault.New(fault.Invalid, wrongSign)
	}
	return text, false, nil
}

func isCode(text string) bool {
	_, known := Digits(text)
	return known
}

// cutEither takes a mark off the start or the end, if a digit is then left there.
func cutEither(text, mark string) (string, bool) {
	if after, cut := strings.CutPrefix(text, mark); cut {
		if after = trimSpaces(after); after != "" && (strings.ContainsAny(after[:1], "0123456789.,-(") || strings.HasPrefix(after, "−")) {
			return after, true
		}
	}
	if before, cut := strings.CutSuffix(text, mark); cut {
		if before = trimSpaces(before); before != "" && strings.ContainsAny(before[len(before)-1:], "0123456789.,)") {
			return before, true
		}
	}
	return text, false
}

// parseFixed reads a number into units of 10^-places; tooFine is said when digits are left over.
func parseFixed(text string, notation Notation, places int, tooFine string) (int64, error) {
	if len(text) > longestNumber {
		return 0, fault.New(fault.Invalid, NotANumber)
	}
	text = trimSpaces(text)
	if text == "" {
		return 0, fault.New(fault.Invalid, nothingTyped)
	}
	negative, body := cutNegative(text)
	whole, fraction, err := splitNumber(body, notation)
	if err != nil {
		return 0, err
	}
	for len(fraction) > places && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if len(fraction) > places {
		return 0, fault.New(fault.Invalid, tooFine)
	}
	value, err := digitsValue(whole + fraction + strings.Repeat("0", places-len(fraction)))
	if err != nil {
		return 0, err
	}
	if negative {
		value = -value
	}
	return value, nil
}

// cutNegative understands -5, −5 (the typographer's minus), and (5) as accountants write it.
func cutNegative(text string) (bool, string) {
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		return true, trimSpaces(text[1 : len(text)-1])
	}
	minus, rest := cutMinus(text)
	return minus != "", strings.TrimPrefix(rest, "+")
}

func digitsValue(digits string) (int64, error) {
	var value int64
	for i := range len(digits) {
		digit := int64(digits[i] - '0')
		if value > (maxInt64-digit)/10 {
			return 0, fault.New(fault.Invalid, tooLarge)
		}
		value = value*10 + digit
	}
	return value, nil
}

// splitNumber cuts an unsigned number into whole digits and decimal digits.
func splitNumber(body string, notation Notation) (whole, fraction string, err error) {
	notNumber := fault.New(fault.Invalid, NotANumber)
	body, marks, ok := plainMarks(body)
	if !ok {
		return "", "", notNumber
	}
	decimalAt, err := decimalPosition(body, marks, notation)
	if err != nil {
		return "", "", err
	}
	whole = body
	if decimalAt >= 0 {
		whole, fraction = body[:decimalAt], body[decimalAt+1:]
	}
	whole, ok = ungroup(whole)
	if !ok || whole+fraction == "" || countDigits(fraction) != len(fraction) {
		return "", "", notNumber
	}
	return whole, fraction, nil
}

// plainMarks checks that only digits and separators are there, and makes every kind of space
// and apostrophe a "_". marks holds the separators in order.
func plainMarks(body string) (plain, marks string, ok bool) {
	var text, seen strings.Builder
	for _, r := range body {
		switch {
		case r < utf8.RuneSelf && isDigit(byte(r)):
			text.WriteRune(r)
		case r == '.' || r == ',':
			text.WriteRune(r)
			seen.WriteRune(r)
		case r == '\'' || r == '’' || isSpace(r):
			text.WriteByte('_')
			seen.WriteByte('_')
		default:
			return "", "", false
		}
	}
	return text.String(), seen.String(), true
}

// decimalPosition finds the decimal mark, or -1: the last mark when two kinds are used, a lone
// mark by the notation, and never the one that stands several times.
func decimalPosition(body, marks string, notation Notation) (int, error) {
	if marks == "" || strings.Trim(marks, "_") == "" {
		return -1, nil
	}
	last := marks[len(marks)-1]
	if last == '_' {
		return -1, fault.New(fault.Invalid, NotANumber)
	}
	at := strings.LastIndexByte(body, last)
	if strings.Count(marks, string(last)) > 1 {
		return -1, nil
	}
	if len(marks) > 1 || !couldBeGroup(body, at) {
		return at, nil
	}
	switch notation {
	case PointNotation:
		if last == ',' {
			return -1, nil
		}
	case CommaNotation:
		if last == '.' {
			return -1, nil
		}
	default:
		return -1, fault.New(fault.Invalid, ambiguous)
	}
	return at, nil
}

// couldBeGroup reports whether the only mark could separate thousands: 1–3 digits without a
// leading nought before it, three behind.
func couldBeGroup(body string, at int) bool {
	return at >= 1 && at <= 3 && body[0] != '0' && len(body)-at-1 == 3
}

// ungroup takes thousands separators out, and refuses groups that are not three digits or mixed marks.
func ungroup(whole string) (string, bool) {
	at := strings.IndexAny(whole, ".,_")
	if at < 0 {
		return whole, true
	}
	parts := strings.Split(whole, whole[at:at+1])
	if first := parts[0]; len(first) < 1 || len(first) > 3 || countDigits(first) != len(first) {
		return "", false
	}
	for _, part := range parts[1:] {
		if len(part) != 3 || countDigits(part) != 3 {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// isSpace knows the spaces that spreadsheets and CLDR put into numbers.
func isSpace(r rune) bool {
	return r == ' ' || r == '\u00a0' || r == '\u2009' || r == '\u202f' || r == '\u2007'
}

func trimSpaces(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return isSpace(r) || r == '\t' || r == '\r' || r == '\n' })
}
