package money

import (
	"slices"
	"strings"

	"lintel/internal/platform/fault"
)

// twoDecimals, and the tables below, are the currencies in use of ISO 4217. i18n's tests
// compare them with CLDR, by which amounts are written.
const twoDecimals = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC " +
	"CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS " +
	"KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB " +
	"PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD " +
	"TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW"

const noDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"

const threeDecimals = "BHD IQD JOD KWD LYD OMR TND"

// Digits says how many decimal places a currency has; false for a code that is none.
func Digits(currency string) (int, bool) {
	if len(currency) != 3 || strings.Contains(currency, " ") {
		return 2, false
	}
	switch {
	case strings.Contains(twoDecimals, currency):
		return 2, true
	case strings.Contains(noDecimals, currency):
		return 0, true
	case strings.Contains(threeDecimals, currency):
		return 3, true
	}
	return 2, false
}

// CheckCurrency refuses what is not an ISO 4217 code in use.
func CheckCurrency(currency string) error {
	if _, known := Digits(currency); !known {
		return fault.New(fault.Invalid, unknownCurrency)
	}
	return nil
}

// Currencies lists the codes in alphabetical order, for a select.
func Currencies() []string {
	all := strings.Fields(twoDecimals + " " + noDecimals + " " + threeDecimals)
	slices.Sort(all)
	return all
}

// signs are the currency signs that people type, with the currencies that each may mean.
var signs = []struct{ sign, currencies string }{
	{"US$", "USD"}, {"A$", "AUD"}, {"C$", "CAD"}, {"CA$", "CAD"}, {"NZ$", "NZD"}, {"HK$", "HKD"}, {"S$", "SGD"}, {"R$", "BRL"},
	{"$", "USD AUD CAD NZD HKD SGD MXN TWD ARS CLP COP"}, {"€", "EUR"}, {"£", "GBP EGP FKP GIP SHP"}, {"¥", "JPY CNY"},
	{"kr.", "DKK"}, {"kr", "SEK NOK DKK ISK"}, {"Fr.", "CHF"}, {"zł", "PLN"}, {"Kč", "CZK"}, {"₹", "INR"}, {"₺", "TRY"}, {"₪", "ILS"},
	{"₩", "KRW"}, {"₴", "UAH"}, {"R", "ZAR"},
}
