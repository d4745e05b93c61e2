package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/bojanz/currency"
	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/en_GB"

	"lintel/internal/platform/money"
)

//go:embed catalogues
var catalogues embed.FS

// language is everything known about one: built once, read by all, never changed.
type language struct {
	tag      string
	pseudo   bool
	rules    locales.Translator
	marks    numberMarks
	money    *currency.Formatter
	signed   *currency.Formatter
	patterns sync.Map // currency code → *moneyPattern
	texts    map[string]translation
}

// translation is one entry of a catalogue: a text, or the forms of a plural.
type translation struct {
	text  string
	forms map[string]string // by CLDR's name: one, few, many, other
}

func (t *translation) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &t.text)
	}
	if err := json.Unmarshal(data, &t.forms); err != nil {
		return err
	}
	if t.forms["other"] == "" {
		return fmt.Errorf("a plural needs the form \"other\": %s", data)
	}
	return nil
}

// The languages are built when first used, so that a start costs nothing for those unused.
var (
	english = sync.OnceValue(func() *language { return newLanguage("en", "en", en.New()) })
	british = sync.OnceValue(func() *language { return newLanguage("en-GB", "en-GB", en_GB.New()) })
	german  = sync.OnceValue(func() *language { return newLanguage("de", "de", de.New()) })
	pseudo  = sync.OnceValue(func() *language {
		l := newLanguage(Pseudo, "en", en.New())
		l.pseudo = true
		return l
	})
)

func languageOf(tag string) *language {
	switch tag {
	case "en-GB":
		return british()
	case "de":
		return german()
	case Pseudo:
		return pseudo()
	}
	return english()
}

func newLanguage(tag, moneyLocale string, rules locales.Translator) *language {
	texts, err := readCatalogue(tag)
	if err != nil {
		panic("i18n: " + err.Error()) // the catalogue is part of the program; its test reads it too
	}
	l := &language{tag: tag, rules: rules, texts: texts, marks: marksOf(rules)}
	l.money = currency.NewFormatter(currency.NewLocale(moneyLocale))
	l.signed = currency.NewFormatter(currency.NewLocale(moneyLocale))
	l.signed.AddPlusSign = true
	return l
}

// readCatalogue reads catalogues/TAG.json; English, and the test language, have none.
func readCatalogue(tag string) (map[string]translation, error) {
	data, err := catalogues.ReadFile("catalogues/" + tag + ".json")
	if err != nil {
		return nil, nil
	}
	var texts map[string]translation
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", tag, err)
	}
	return texts, nil
}

// numberMarks are what a language puts into numbers.
type numberMarks struct {
	group, decimal string
	comma          bool // the decimal mark is a comma
}

// marksOf reads the marks off a formatted number, as the rules do not show them.
func marksOf(rules locales.Translator) numberMarks {
	sample := rules.FmtNumber(1234.5, 1)
	group := strings.TrimPrefix(sample[:strings.IndexByte(sample, '2')], "1")
	decimal := strings.TrimSuffix(sample[strings.IndexByte(sample, '4')+1:], "5")
	return numberMarks{group, decimal, decimal == ","}
}

// Notation is how a person of this language writes numbers, for money's parsers.
func (l *language) notation() money.Notation {
	if l.marks.comma {
		return money.CommaNotation
	}
	return money.PointNotation
}
