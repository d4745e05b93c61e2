package i18n

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bojanz/currency"

	"lintel/internal/platform/money"
)

func reading(language string) context.Context {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return WithReader(context.Background(), Reader{Language: language, Zone: berlin, Now: at("2026-11-24T14:32:00Z")})
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestEveryTextIsWrittenForItsReader(t *testing.T) {
	evening := at("2026-11-24T23:30:00Z") // already the 25th in Berlin
	euros := money.New(-123456750, "EUR")
	tests := []struct {
		name            string
		write           func(context.Context) string
		en, enGB, de, q string
	}{
		{"a sentence without translation", func(c context.Context) string { return T(c, "No such sentence") },
			"No such sentence", "No such sentence", "No such sentence", "⟦No such sentence⟧"},
		{"a translated sentence", func(c context.Context) string { return T(c, "just now") }, "just now", "just now", "gerade eben", "⟦just now⟧"},
		{"values", func(c context.Context) string {
			return T(c, "{who} pays {sum} for {q} by {d}, {who}; {x} {", "who", "{sum}", "sum", money.New(5, "USD"), "q", money.MustDecimal("1.5"), "d", evening)
		}, "{sum} pays $0.05 for 1.5 by November 25, 2026, {sum}; {x} {", "{sum} pays US$0.05 for 1.5 by 25 November 2026, {sum}; {x} {",
			"{sum} pays 0,05\u00a0$ for 1,5 by 25. November 2026, {sum}; {x} {", "⟦{sum} pays $0.05 for 1.5 by November 25, 2026, {sum}; {x} {⟧"},
		{"one", func(c context.Context) string { return N(c, 1, "{n} hour ago", "{n} hours ago") }, "1 hour ago", "1 hour ago", "vor 1 Stunde", "⟦1 hour ago⟧"},
		{"many", func(c context.Context) string { return N(c, 1200, "{n} hour ago", "{n} hours ago") }, "1,200 hours ago", "1,200 hours ago", "vor 1.200 Stunden", "⟦1,200 hours ago⟧"},
		{"none, untranslated", func(c context.Context) string { return N(c, 0, "{n} item of {x}", "{n} items of {x}", "x", 3) }, "0 items of 3", "0 items of 3", "0 items of 3", "⟦0 items of 3⟧"},
		{"money", func(c context.Context) string { return Money(c, euros) }, "−€1,234,567.50", "−€1,234,567.50", "−1.234.567,50\u00a0€", "⟦−€1,234,567.50⟧"},
		{"money with its sign", func(c context.Context) string { return MoneySigned(c, euros.Neg()) }, "+€1,234,567.50", "+€1,234,567.50", "+1.234.567,50\u00a0€", "⟦+€1,234,567.50⟧"},
		{"no money", func(c context.Context) string { return MoneySigned(c, money.Zero("EUR")) }, "€0.00", "€0.00", "0,00\u00a0€", "⟦€0.00⟧"},
		{"money in a column", func(c context.Context) string { return MoneyPlain(c, euros) }, "−1,234,567.50", "−1,234,567.50", "−1.234.567,50", "⟦−1,234,567.50⟧"},
		{"yen", func(c context.Context) string { return Money(c, money.New(1500, "JPY")) }, "¥1,500", "JP¥1,500", "1.500\u00a0¥", "⟦¥1,500⟧"},
		{"dinars", func(c context.Context) string { return Money(c, money.New(1500, "KWD")) }, "KWD\u00a01.500", "KWD\u00a01.500", "1,500\u00a0KWD", "⟦KWD\u00a01.500⟧"},
		{"no currency", func(c context.Context) string { return Money(c, money.New(-1500, "??")) }, "−15.00\u00a0??", "−15.00\u00a0??", "−15,00\u00a0??", "⟦−15.00\u00a0??⟧"},
		{"a quantity", func(c context.Context) string { return Number(c, money.MustDecimal("1020.5")) }, "1,020.5", "1,020.5", "1.020,5", "⟦1,020.5⟧"},
		{"a count", func(c context.Context) string { return Count(c, 999) }, "999", "999", "999", "⟦999⟧"},
		{"a percentage", func(c context.Context) string { return Percent(c, money.MustDecimal("7.7")) }, "7.7%", "7.7%", "7,7\u00a0%", "⟦7.7%⟧"},
		{"a date", func(c context.Context) string { return Date(c, evening) }, "November 25, 2026", "25 November 2026", "25. November 2026", "⟦November 25, 2026⟧"},
		{"a short date", func(c context.Context) string { return DateShort(c, evening) }, "Nov 25, 2026", "25 Nov 2026", "25.11.2026", "⟦Nov 25, 2026⟧"},
		{"a full date", func(c context.Context) string { return DateFull(c, evening) }, "Wednesday, November 25, 2026", "Wednesday, 25 November 2026", "Mittwoch, 25. November 2026", "⟦Wednesday, November 25, 2026⟧"},
		{"a time", func(c context.Context) string { return Time(c, evening) }, "12:30 am", "00:30", "00:30", "⟦12:30 am⟧"},
		{"a date and time", func(c context.Context) string { return DateTime(c, evening) }, "Nov 25, 2026, 12:30 am", "25 Nov 2026, 00:30", "25.11.2026, 00:30", "⟦Nov 25, 2026, 12:30 am⟧"},
		{"a weekday", func(c context.Context) string { return Weekday(c, evening) }, "Wednesday", "Wednesday", "Mittwoch", "⟦Wednesday⟧"},
		{"a month", func(c context.Context) string { return Month(c, at("2026-03-01T00:00:00Z")) }, "March", "March", "März", "⟦March⟧"},
		{"a calendar day", func(c context.Context) string { return Day(c, "2026-12-18") }, "December 18, 2026", "18 December 2026", "18. Dezember 2026", "⟦December 18, 2026⟧"},
		{"a short calendar day", func(c context.Context) string { return DayShort(c, "2026-12-18") }, "Dec 18, 2026", "18 Dec 2026", "18.12.2026", "⟦Dec 18, 2026⟧"},
		{"no calendar day", func(c context.Context) string { return Day(c, "soon") }, "soon", "soon", "soon", "soon"},
	}
	for _, test := range tests {
		for language, want := range map[string]string{"en": test.en, "en-GB": test.enGB, "de": test.de, Pseudo: test.q} {
			if got := test.write(reading(language)); got != want {
				t.Errorf("%s in %s is %q, want %q", test.name, language, got, want)
			}
		}
	}
}

func TestWithoutAReaderTextsAreEnglishInUTC(t *testing.T) {
	if got := DateTime(context.Background(), at("2026-11-24T23:30:00Z")); got != "Nov 24, 2026, 11:30 pm" {
		t.Error(got)
	}
	if locale := LocaleOf(context.Background()); locale.Language != "en" || locale.Zone != time.UTC {
		t.Error(locale)
	}
	if r := ReaderOf(reading("tlh")); r.Language != "en" || r.Zone.String() != "Europe/Berlin" {
		t.Error("an unknown language must be English and keep its zone:", r)
	}
}

func TestTimePassesInWords(t *testing.T) {
	tests := []struct{ when, english, german string }{
		{"2026-11-24T14:31:30Z", "just now", "gerade eben"},
		{"2026-11-24T14:32:30Z", "just now", "gerade eben"},
		{"2026-11-24T14:31:00Z", "1 minute ago", "vor 1 Minute"},
		{"2026-11-24T14:20:00Z", "12 minutes ago", "vor 12 Minuten"},
		{"2026-11-24T13:32:00Z", "1 hour ago", "vor 1 Stunde"},
		{"2026-11-24T03:00:00Z", "11 hours ago", "vor 11 Stunden"},
		{"2026-11-23T23:30:00Z", "15 hours ago", "vor 15 Stunden"}, // the 24th in Berlin too
		{"2026-11-23T22:30:00Z", "yesterday", "gestern"},
		{"2026-11-21T22:30:00Z", "3 days ago", "vor 3 Tagen"},
		{"2026-11-17T14:32:00Z", "Nov 17, 2026", "17.11.2026"},
		{"2026-11-24T14:44:00Z", "in 12 minutes", "in 12 Minuten"},
		{"2026-11-24T16:32:00Z", "in 2 hours", "in 2 Stunden"},
		{"2026-11-25T14:32:00Z", "tomorrow", "morgen"},
		{"2026-11-28T14:32:00Z", "in 4 days", "in 4 Tagen"},
		{"2027-11-28T14:32:00Z", "Nov 28, 2027", "28.11.2027"},
	}
	for _, test := range tests {
		if got := Relative(reading("en"), at(test.when)); got != test.english {
			t.Errorf("%s is %q, want %q", test.when, got, test.english)
		}
		if got := Relative(reading("de"), at(test.when)); got != test.german {
			t.Errorf("%s is %q, want %q", test.when, got, test.german)
		}
	}
	afterMidnight := WithReader(context.Background(), Reader{Zone: ReaderOf(reading("en")).Zone, Now: at("2026-11-24T23:20:00Z")})
	if got := Relative(afterMidnight, at("2026-11-24T22:50:00Z")); got != "30 minutes ago" {
		t.Error("half an hour ago is not yesterday, even past midnight:", got)
	}
	if got := Relative(context.Background(), at("2026-11-24T14:20:00Z")); got != "Nov 24, 2026, 2:20 pm" {
		t.Error("without the present instant the time is written:", got)
	}
}

func TestTheBrowsersLanguageIsMatched(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "de-AT,de;q=0.9,en;q=0.8": "de", "en-GB,en;q=0.9": "en-GB", "en-us": "en", "EN": "en", "en-AU": "en-GB",
		"fr-FR,fr;q=0.9": "en", "fr, de;q=0.5": "de", "*": "en", ",,;;": "en", "qps": "en",
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestMoneyIsWrittenAsCLDRSays(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, tag := range []string{"en", "en-GB", "de"} {
		l, formatter := languageOf(tag), currency.NewFormatter(currency.NewLocale(tag))
		for _, code := range money.Currencies() {
			a := money.New(random.Int64N(2e12)-1e12, code)
			reference, err := currency.NewAmountFromInt64(a.Minor, code)
			if err != nil {
				t.Fatal(err)
			}
			formatter.MinDigits, formatter.MaxDigits = digits(code), digits(code)
			want := strings.ReplaceAll(formatter.Format(reference), "-", minus)
			if got := l.amount(a, false); got != want {
				t.Errorf("%v in %s is %q, want %q", a, tag, got, want)
			}
		}
	}
}

func digits(code string) uint8 {
	places, _ := money.Digits(code)
	return uint8(places)
}

func TestMoneyKnowsTheCurrenciesThatAreInUse(t *testing.T) {
	for _, code := range money.Currencies() {
		places, _ := money.Digits(code)
		if known, ok := currency.GetDigits(code); !ok || int(known) != places {
			t.Errorf("%s has %d decimals in money and %d (known: %v) in CLDR", code, places, known, ok)
		}
	}
}

func TestPluralsFollowTheLanguageOfTheText(t *testing.T) {
	polish := &language{rules: german().rules, texts: map[string]translation{"{n} files": {forms: map[string]string{"other": "{n} plików"}}}}
	if got := polish.form(1, "{n} file", "{n} files"); got != "{n} plików" {
		t.Errorf("a missing form must fall back to other of the same language, not to %q", got)
	}
}

func TestAPluralWithoutOtherIsRefused(t *testing.T) {
	var entry translation
	if err := entry.UnmarshalJSON([]byte(`{"one": "x"}`)); err == nil {
		t.Error("it was taken")
	}
}

func TestMessagesAreFoundInTheSource(t *testing.T) {
	root := t.TempDir()
	files := map[string]string{
		"a.go": `package a
func f() {
	i18n.T(ctx, "Plain")
	i18n.T(ctx, "Two " + "parts", "x", i18n.N(ctx, 3, "{n} dog", "{n} dogs"))
	i18n.T(ctx, variable)
	i18n.Mark("Marked")
	fault.New(fault.Invalid, "A fault.")
	fault.Wrap(fault.Invalid, "A wrapped fault.", err)
	fault.ForField("name", "A field.")
	problems.Add("name", "A noted field.")
	header.Add("Vary", "Accept")
	x := fault.Field{Name: "n", Message: "A literal field."}
	// i18n.T(ctx, "In a comment")
}
const (
	tooLarge = "A constant."
	path = "/no/sentence."
)`,
		"b.templ": "package a\ntempl p() {\n<p title={ i18n.T(ctx, \"In (a) \\\"template\\\"\", \"x\", f(1)) }>\n{ i18n.N(ctx, n, `{n} cat`, `{n} cats`) } {i18n.T(ctx, \"broken }\n",
		"c_test.go": `package a
func g() { i18n.T(ctx, "In a test") }`,
		"testdata/d.go": `not go`,
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	messages, err := Extract(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range messages {
		got = append(got, strings.TrimPrefix(m.Where, root+"/")+" "+m.One+"|"+m.English)
	}
	want := []string{"a.go:3 |Plain", "a.go:4 |Two parts", "a.go:4 {n} dog|{n} dogs", "a.go:6 |Marked", "a.go:7 |A fault.", "a.go:8 |A wrapped fault.",
		"a.go:9 |A field.", "a.go:10 |A noted field.", "a.go:12 |A literal field.", "a.go:16 |A constant.", `b.templ:3 |In (a) "template"`, "b.templ:4 {n} cat|{n} cats"}
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheGermanCatalogueHasEveryTextOfTheSourceAndNoOther(t *testing.T) {
	messages, err := Extract("../../..")
	if err != nil {
		t.Fatal(err)
	}
	source := map[string]Message{}
	for _, m := range messages {
		source[m.English] = m
	}
	for key, entry := range german().texts {
		m, found := source[key]
		if !found {
			t.Errorf("de.json translates %q, which the source no longer says", key)
			continue
		}
		if m.Plural != (entry.forms != nil) {
			t.Errorf("de.json and %s disagree whether %q is a plural", m.Where, key)
		}
		for _, text := range append([]string{entry.text}, formsOf(entry)...) {
			checkNames(t, key, text)
		}
	}
	for key, m := range source {
		if _, found := german().texts[key]; !found {
			t.Errorf("de.json does not have %q, which %s says", key, m.Where)
		}
	}
	t.Logf("%d messages in the source", len(source))
}

func formsOf(entry translation) (forms []string) {
	for _, text := range entry.forms {
		forms = append(forms, text)
	}
	return forms
}

// checkNames refuses a translation with a {name} that the English does not have.
func checkNames(t *testing.T, key, text string) {
	for part := range strings.SplitSeq(text, "{") {
		if name, _, closed := strings.Cut(part, "}"); closed && !strings.Contains(key, "{"+name+"}") {
			t.Errorf("the translation of %q has the unknown name {%s}", key, name)
		}
	}
}

func TestATextWithoutValuesCostsNoAllocation(t *testing.T) {
	for _, language := range []string{"en", "de"} {
		ctx := reading(language)
		if n := testing.AllocsPerRun(100, func() { _ = T(ctx, "just now") }); n != 0 {
			t.Errorf("T in %s allocates %v times", language, n)
		}
	}
}

func BenchmarkMoney(b *testing.B) {
	ctx := reading("en-GB")
	for b.Loop() {
		_ = Money(ctx, money.New(-123456750, "EUR"))
	}
}

func BenchmarkT(b *testing.B) {
	ctx := reading("de")
	for b.Loop() {
		_ = T(ctx, "just now")
	}
}
