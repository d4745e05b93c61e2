package money

import (
	"cmp"

	"lintel/internal/platform/fault"
)

const maxInt64 = 1<<63 - 1

// MaxMinor is the largest amount that the parsers accept, in minor units. It is exact in
// every program that reads our JSON (below 2^53), and nine thousand of them still add up
// without overflow.
const MaxMinor = 999_999_999_999_999

const (
	tooLarge        = "This number is too large."
	otherCurrency   = "Amounts in different currencies cannot be added."
	unknownCurrency = "Choose a currency from the list."
)

// Amount is money: whole minor units (cents, pence, yen, fils) of an ISO 4217 currency.
type Amount struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// New makes an amount of minor units.
func New(minor int64, currency string) Amount { return Amount{Minor: minor, Currency: currency} }

// Zero is nothing in a currency.
func Zero(currency string) Amount { return Amount{Currency: currency} }

// Add sums two amounts of one currency.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fault.New(fault.Invalid, otherCurrency)
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Amount{}, fault.New(fault.Invalid, tooLarge)
	}
	return Amount{sum, a.Currency}, nil
}

// Sub takes b from a; both in one currency.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fault.New(fault.Invalid, otherCurrency)
	}
	rest := a.Minor - b.Minor
	if (rest < a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Amount{}, fault.New(fault.Invalid, tooLarge)
	}
	return Amount{rest, a.Currency}, nil
}

// Times is a × quantity, rounded half away from zero to a whole minor unit.
func (a Amount) Times(quantity Decimal) (Amount, error) {
	minor, err := MulDiv(a.Minor, quantity.scaled, decimalScale)
	return Amount{minor, a.Currency}, err
}

// Percent is percent % of a, rounded half away from zero.
func (a Amount) Percent(percent Decimal) (Amount, error) {
	minor, err := MulDiv(a.Minor, percent.scaled, 100*decimalScale)
	return Amount{minor, a.Currency}, err
}

// PercentWithin is the part of a that percent % on top have added: the tax in a price
// that includes it.
func (a Amount) PercentWithin(percent Decimal) (Amount, error) {
	minor, err := MulDiv(a.Minor, percent.scaled, 100*decimalScale+percent.scaled)
	return Amount{minor, a.Currency}, err
}

// Neg turns the sign.
func (a Amount) Neg() Amount { return Amount{-a.Minor, a.Currency} }

// IsZero reports whether a is nothing.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// IsNegative reports whether a is below nothing.
func (a Amount) IsNegative() bool { return a.Minor < 0 }

// Compare is -1, 0 or 1 as a is below, equal to or above b. Both must be of one currency.
func (a Amount) Compare(b Amount) int { return cmp.Compare(a.Minor, b.Minor) }

// Plain is the amount for a form field or a spreadsheet: "-1500.00", without a currency.
func (a Amount) Plain() string {
	places, _ := Digits(a.Currency)
	return fixedPoint(a.Minor, places)
}

// String is the amount for logs and test failures: "-1500.00 EUR". Pages use i18n.Money.
func (a Amount) String() string { return a.Plain() + " " + a.Currency }
