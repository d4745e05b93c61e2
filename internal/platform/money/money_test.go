package money

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

func TestANumberIsReadAsItWasTyped(t *testing.T) {
	tests := []struct {
		text     string
		notation Notation
		want     string
	}{
		{"11.5", AnyNotation, "11.5"},
		{"3.85", AnyNotation, "3.85"},
		{"1,020", PointNotation, "1020"},
		{"1,020", CommaNotation, "1.02"},
		{"1.020", CommaNotation, "1020"},
		{"1.020", PointNotation, "1.02"},
		{"0,125", PointNotation, "0.125"},
		{"12,5", PointNotation, "12.5"},
		{"12.5", CommaNotation, "12.5"},
		{"1,234,567", AnyNotation, "1234567"},
		{"1.234,5", AnyNotation, "1234.5"},
		{"1,234.5", AnyNotation, "1234.5"},
		{"1 234,5", AnyNotation, "1234.5"},
		{"1\u202f234,5", AnyNotation, "1234.5"},
		{"1'234.5", AnyNotation, "1234.5"},
		{"1’234’567", AnyNotation, "1234567"},
		{"−3", AnyNotation, "-3"},
		{"(3.5)", AnyNotation, "-3.5"},
		{"+4", AnyNotation, "4"},
		{".5", AnyNotation, "0.5"},
		{"5.", AnyNotation, "5"},
		{"1.50000", PointNotation, "1.5"},
		{" 999,999,999 ", AnyNotation, "999999999"},
		{"0", AnyNotation, "0"},
		{"-0", AnyNotation, "0"},
	}
	for _, test := range tests {
		got, err := ParseDecimal(test.text, test.notation)
		if err != nil || got.String() != test.want {
			t.Errorf("ParseDecimal(%q, %d) = %v, %v; want %s", test.text, test.notation, got, err, test.want)
		}
	}
}

func TestD16WhatIsNoNumberIsRefusedInWords(t *testing.T) {
	tests := []struct {
		text     string
		notation Notation
		says     string
	}{
		{"", AnyNotation, nothingTyped},
		{"   ", AnyNotation, nothingTyped},
		{"NaN", AnyNotation, NotANumber},
		{"Inf", AnyNotation, NotANumber},
		{"-Infinity", AnyNotation, NotANumber},
		{"1e308", AnyNotation, NotANumber},
		{"1E3", AnyNotation, NotANumber},
		{"0x10", AnyNotation, NotANumber},
		{"1_000", AnyNotation, NotANumber},
		{"abc", AnyNotation, NotANumber},
		{"n/a", AnyNotation, NotANumber},
		{"--1", AnyNotation, NotANumber},
		{"-", AnyNotation, NotANumber},
		{"()", AnyNotation, NotANumber},
		{".", AnyNotation, NotANumber},
		{"1..2", AnyNotation, NotANumber},
		{"1,23,456", AnyNotation, NotANumber},
		{"1,2345.6", AnyNotation, NotANumber},
		{"1.234,567.8", AnyNotation, NotANumber},
		{"1234 5", AnyNotation, NotANumber},
		{"١٢", AnyNotation, NotANumber},
		{"\uff11\uff12", AnyNotation, NotANumber},
		{"=1+1", AnyNotation, NotANumber},
		{strings.Repeat("9", 4000), AnyNotation, NotANumber},
		{"1,020", AnyNotation, ambiguous},
		{"1.020", AnyNotation, ambiguous},
		{"1.00001", PointNotation, fourPlaces},
		{"1000000000", AnyNotation, tooLarge},
		{"99999999999999999999999", AnyNotation, tooLarge},
		{"9223372036854775808", AnyNotation, tooLarge},
	}
	for _, test := range tests {
		got, err := ParseDecimal(test.text, test.notation)
		if !fault.Is(err, fault.Invalid) || fault.As(err).Message != test.says {
			t.Errorf("ParseDecimal(%q) = %v, %v; want the fault %q", test.text, got, err, test.says)
		}
	}
}

func TestMoneyIsReadAsItWasTyped(t *testing.T) {
	tests := []struct {
		text, currency string
		notation       Notation
		want           int64
	}{
		{"1,380.00", "EUR", AnyNotation, 138000},
		{"-1,500.00", "EUR", AnyNotation, -150000},
		{"1,380", "EUR", AnyNotation, 138000},
		{"1.380", "EUR", AnyNotation, 138000},
		{"1.380", "EUR", PointNotation, 138},
		{"€ 12,50", "EUR", AnyNotation, 1250},
		{"12,50 €", "EUR", CommaNotation, 1250},
		{"−€1,500.00", "EUR", AnyNotation, -150000},
		{"€ -12", "EUR", AnyNotation, -1200},
		{"(20.00)", "USD", AnyNotation, -2000},
		{"US$5", "USD", AnyNotation, 500},
		{"$5", "CAD", AnyNotation, 500},
		{"EUR 1.500,00", "EUR", AnyNotation, 150000},
		{"1.500 EUR", "EUR", CommaNotation, 150000},
		{"1’250.05 CHF", "CHF", AnyNotation, 125005},
		{"1,000", "JPY", AnyNotation, 1000},
		{"12.500", "KWD", PointNotation, 12500},
		{"12.5", "KWD", AnyNotation, 12500},
		{"7.2500", "USD", AnyNotation, 725},
		{"9999999999999.99", "EUR", AnyNotation, MaxMinor},
	}
	for _, test := range tests {
		got, err := ParseAmount(test.text, test.currency, test.notation)
		if err != nil || got != New(test.want, test.currency) {
			t.Errorf("ParseAmount(%q, %s) = %v, %v; want %d", test.text, test.currency, got, err, test.want)
		}
	}
}

func TestD16MoneyThatIsNoneIsRefusedInWords(t *testing.T) {
	tests := []struct{ text, currency, says string }{
		{"n/a", "EUR", NotANumber},
		{"", "EUR", nothingTyped},
		{"NaN", "EUR", NotANumber},
		{"1e308", "EUR", NotANumber},
		{"€", "EUR", NotANumber},
		{"$5", "EUR", wrongSign},
		{"USD 5", "EUR", wrongSign},
		{"5 USD", "EUR", wrongSign},
		{"1.005,123", "EUR", placesOfMoney},
		{"0.005", "EUR", placesOfMoney},
		{"0.5", "JPY", placesOfMoney},
		{"1.2345", "KWD", placesOfMoney},
		{"1.234", "KWD", ambiguous},
		{"10000000000000.00", "EUR", tooLarge},
		{"99999999999999999999", "EUR", tooLarge},
		{"5", "XXX", unknownCurrency},
		{"5", "", unknownCurrency},
		{"5", "EU", unknownCurrency},
		{"5", "R U", unknownCurrency},
	}
	for _, test := range tests {
		got, err := ParseAmount(test.text, test.currency, AnyNotation)
		if !fault.Is(err, fault.Invalid) || fault.As(err).Message != test.says {
			t.Errorf("ParseAmount(%q, %s) = %v, %v; want the fault %q", test.text, test.currency, got, err, test.says)
		}
	}
}

func TestPercentTakesItsSign(t *testing.T) {
	for _, text := range []string{"20", "20%", "20 %", " 20.0 % "} {
		if got, err := ParsePercent(text, AnyNotation); err != nil || got != Whole(20) {
			t.Errorf("ParsePercent(%q) = %v, %v", text, got, err)
		}
	}
}

func TestHalvesRoundAwayFromZero(t *testing.T) {
	tests := []struct {
		minor    int64
		quantity string
		want     int64
	}{
		{5856, "11.5", 67344},
		{1, "0.5", 1}, {-1, "0.5", -1}, {3, "0.5", 2}, {-3, "0.5", -2},
		{1, "0.4999", 0}, {385, "212", 81620}, {5, "-0.5", -3},
	}
	for _, test := range tests {
		got, err := New(test.minor, "EUR").Times(MustDecimal(test.quantity))
		if err != nil || got.Minor != test.want {
			t.Errorf("%d × %s = %v, %v; want %d", test.minor, test.quantity, got, err, test.want)
		}
	}
}

func TestTaxOnTopAndTaxWithin(t *testing.T) {
	on, _ := New(10000, "EUR").Percent(MustDecimal("19"))
	within, _ := New(11900, "EUR").PercentWithin(MustDecimal("19"))
	if on.Minor != 1900 || within.Minor != 1900 {
		t.Errorf("19 %% on 100.00 is %v, within 119.00 %v; want 19.00 both", on, within)
	}
}

func TestOverflowAndMixedCurrenciesAreFaultsNotNumbers(t *testing.T) {
	big := New(maxInt64, "EUR")
	for name, try := range map[string]func() (Amount, error){
		"add above":      func() (Amount, error) { return big.Add(New(1, "EUR")) },
		"add below":      func() (Amount, error) { return big.Neg().Add(New(-2, "EUR")) },
		"take below":     func() (Amount, error) { return big.Neg().Sub(New(2, "EUR")) },
		"take above":     func() (Amount, error) { return big.Sub(New(-1, "EUR")) },
		"times":          func() (Amount, error) { return big.Times(Whole(2)) },
		"percent":        func() (Amount, error) { return big.Percent(Whole(101)) },
		"percent within": func() (Amount, error) { return big.PercentWithin(Whole(-100)) },
		"currencies":     func() (Amount, error) { return big.Neg().Add(New(1, "USD")) },
		"currencies off": func() (Amount, error) { return big.Sub(New(1, "USD")) },
	} {
		if got, err := try(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s = %v, %v; want a fault", name, got, err)
		}
	}
}

func TestMulDivIsExactForAnyNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a, b, c := random.Int64()>>random.IntN(63), random.Int64()>>random.IntN(63), random.Int64()>>random.IntN(63)+1
		if random.IntN(2) == 0 {
			a = -a
		}
		if random.IntN(2) == 0 {
			c = -c
		}
		want := exactly(a, b, c)
		got, err := MulDiv(a, b, c)
		if !want.IsInt64() {
			if err == nil {
				t.Fatalf("MulDiv(%d, %d, %d) = %d; the true result %s does not fit", a, b, c, got, want)
			}
			continue
		}
		if err != nil || got != want.Int64() {
			t.Fatalf("MulDiv(%d, %d, %d) = %d, %v; want %s", a, b, c, got, err, want)
		}
	}
}

// exactly rounds a×b/c half away from zero with big integers: (2|ab| + |c|) / 2|c|.
func exactly(a, b, c int64) *big.Int {
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	sign := product.Sign() * big.NewInt(c).Sign()
	divisor := new(big.Int).Abs(big.NewInt(c))
	twice := new(big.Int).Add(new(big.Int).Mul(product.Abs(product), big.NewInt(2)), divisor)
	result := twice.Quo(twice, new(big.Int).Mul(divisor, big.NewInt(2)))
	if sign < 0 {
		result.Neg(result)
	}
	return result
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5_000 {
		d := FromScaled(random.Int64N(2*MaxDecimal*decimalScale) - MaxDecimal*decimalScale)
		if got, err := ParseDecimal(d.String(), PointNotation); err != nil || got != d {
			t.Fatalf("%v comes back as %v, %v", d, got, err)
		}
		text, _ := json.Marshal(d)
		var back Decimal
		if err := json.Unmarshal(text, &back); err != nil || back != d {
			t.Fatalf("%s comes back as %v, %v", text, back, err)
		}
		for _, currency := range []string{"EUR", "JPY", "KWD"} {
			a := New(random.Int64N(2*MaxMinor)-MaxMinor, currency)
			if got, err := ParseAmount(a.Plain(), currency, PointNotation); err != nil || got != a {
				t.Fatalf("%v comes back as %v, %v", a, got, err)
			}
		}
	}
}

func TestJSONTakesOnlyThePlainForm(t *testing.T) {
	for _, text := range []string{`"1,5"`, `"1 000"`, `"5%"`, `1.5`, `"1e3"`, `""`} {
		var d Decimal
		if err := json.Unmarshal([]byte(text), &d); err == nil {
			t.Errorf("%s was read as %v", text, d)
		}
	}
}

func TestCurrenciesAreListedOnceInOrder(t *testing.T) {
	all := Currencies()
	for i, currency := range all {
		if _, known := Digits(currency); !known || i > 0 && all[i-1] >= currency {
			t.Errorf("%s is unknown or out of order", currency)
		}
	}
	if err := CheckCurrency("eur"); err == nil {
		t.Error("a lower-case code must be refused")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"1,380.00", "€ 12,50", "(5)", "1e9", "−1 000,5", "\xff", "1'2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for notation := AnyNotation; notation <= CommaNotation; notation++ {
			if d, err := ParseDecimal(text, notation); err == nil {
				if back, err := ParseDecimal(d.String(), PointNotation); err != nil || back != d {
					t.Errorf("%q read as %v, which comes back as %v, %v", text, d, back, err)
				}
			}
			if a, err := ParseAmount(text, "EUR", notation); err == nil && magnitude(a.Minor) > MaxMinor {
				t.Errorf("%q read as %v", text, a)
			}
		}
	})
}

func BenchmarkParseAmount(b *testing.B) {
	for b.Loop() {
		_, _ = ParseAmount("1,380.00", "EUR", AnyNotation)
	}
}
