package money

import (
	"math/bits"
	"strconv"
	"strings"

	"lintel/internal/platform/fault"
)

// decimalScale is how many parts a Decimal cuts the number one into.
const decimalScale = 10_000

// decimalPlaces is how many digits after the point a Decimal keeps.
const decimalPlaces = 4

// MaxDecimal is the largest whole quantity or percent that the parsers accept.
const MaxDecimal = 999_999_999

// Decimal is a quantity or a percent with up to four decimal places. Its zero value is 0.
// In JSON it is a string ("11.5"), so that no reader turns it into a float.
type Decimal struct{ scaled int64 }

// Whole gives the decimal of a whole number.
func Whole(n int32) Decimal { return Decimal{int64(n) * decimalScale} }

// FromScaled gives the decimal of a count of ten-thousandths, as the database stores it.
func FromScaled(tenThousandths int64) Decimal { return Decimal{tenThousandths} }

// MustDecimal parses plain text ("11.5") and panics when it is none; for constants and tests.
func MustDecimal(plain string) Decimal {
	d, err := ParseDecimal(plain, PointNotation)
	if err != nil {
		panic("money: " + plain + ": " + err.Error())
	}
	return d
}

// Scaled counts the ten-thousandths, for the database.
func (d Decimal) Scaled() int64 { return d.scaled }

// IsZero reports whether d is 0.
func (d Decimal) IsZero() bool { return d.scaled == 0 }

// IsNegative reports whether d is below 0.
func (d Decimal) IsNegative() bool { return d.scaled < 0 }

// Compare is -1, 0 or 1 as d is below, equal to or above other.
func (d Decimal) Compare(other Decimal) int {
	switch {
	case d.scaled < other.scaled:
		return -1
	case d.scaled > other.scaled:
		return 1
	}
	return 0
}

// String is the plain form with a point and without grouping or needless zeros: "-1020.5".
func (d Decimal) String() string {
	text := fixedPoint(d.scaled, decimalPlaces)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// MarshalText gives the plain form.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the plain form and refuses everything else.
func (d *Decimal) UnmarshalText(text []byte) error {
	if strings.ContainsAny(string(text), ", '%") {
		return fault.New(fault.Invalid, NotANumber)
	}
	parsed, err := ParseDecimal(string(text), PointNotation)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// fixedPoint writes value, which counts units of 10^-places, with a point.
func fixedPoint(value int64, places int) string {
	digits := strconv.FormatUint(magnitude(value), 10)
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	if places > 0 {
		cut := len(digits) - places
		digits = digits[:cut] + "." + digits[cut:]
	}
	if value < 0 {
		return "-" + digits
	}
	return digits
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// MulDiv gives a × b ÷ c rounded half away from zero, exact in between. It refuses c = 0
// and a result that does not fit.
func MulDiv(a, b, c int64) (int64, error) {
	if c == 0 {
		return 0, fault.New(fault.Invalid, tooLarge)
	}
	divisor := magnitude(c)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high >= divisor {
		return 0, fault.New(fault.Invalid, tooLarge)
	}
	quotient, rest := bits.Div64(high, low, divisor)
	if rest >= divisor-rest {
		quotient++
	}
	if quotient > uint64(maxInt64) {
		return 0, fault.New(fault.Invalid, tooLarge)
	}
	if (a < 0) != (b < 0) != (c < 0) {
		return -int64(quotient), nil
	}
	return int64(quotient), nil
}
