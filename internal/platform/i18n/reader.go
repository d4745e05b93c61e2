package i18n

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Reader says for whom a page or message is written.
type Reader struct {
	Language string         // a tag of Languages, as Match gives it; anything else is English
	Zone     *time.Location // nil is UTC
	Now      time.Time      // the request's instant, for Relative; zero makes Relative write the date
}

// Locale is a reader's language and time zone without the instant, as settings keep them.
type Locale struct {
	Language string
	Zone     *time.Location
}

// Language is one that Lintel speaks: its tag and its own name for itself.
type Language struct {
	Tag  string
	Name string
}

// Pseudo is the test language that wraps every text in ⟦…⟧.
const Pseudo = "qps"

// Languages are those that a person can choose, the default first.
func Languages() []Language {
	return []Language{{"en", "English"}, {"en-GB", "English (United Kingdom)"}, {"de", "Deutsch"}}
}

type readerKey struct{}

type contextReader struct {
	Reader
	lang *language
}

var anonymous = sync.OnceValue(func() *contextReader { return resolve(Reader{}) })

// WithReader gives a context whose texts are written for r.
func WithReader(ctx context.Context, r Reader) context.Context {
	return context.WithValue(ctx, readerKey{}, resolve(r))
}

func resolve(r Reader) *contextReader {
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	lang := languageOf(r.Language)
	r.Language = lang.tag
	return &contextReader{r, lang}
}

// ReaderOf is the reader of a context, English in UTC when none was put there.
func ReaderOf(ctx context.Context) Reader { return readerOf(ctx).Reader }

// LocaleOf is the language and zone of the context's reader.
func LocaleOf(ctx context.Context) Locale {
	r := readerOf(ctx)
	return Locale{r.Language, r.Zone}
}

func readerOf(ctx context.Context) *contextReader {
	if r, ok := ctx.Value(readerKey{}).(*contextReader); ok {
		return r
	}
	return anonymous()
}

// Match picks the language for a browser's Accept-Language header, in the order that the
// header has (its weights are ignored: browsers send them in order), English when none fits.
func Match(acceptLanguage string) string {
	for wanted := range strings.SplitSeq(acceptLanguage, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wanted), ";")
		if known := closest(tag); known != "" {
			return known
		}
	}
	return "en"
}

// closest gives the known tag that equals the wanted one, or that has its first part.
func closest(tag string) string {
	for _, known := range Languages() {
		if strings.EqualFold(known.Tag, tag) {
			return known.Tag
		}
	}
	first, region, _ := strings.Cut(strings.ToLower(tag), "-")
	if first == "en" && region != "" && region != "us" && region != "ca" {
		return "en-GB" // Ireland, Australia, New Zealand, …: day before month, as in Britain
	}
	for _, known := range Languages() {
		if known.Tag == first {
			return known.Tag
		}
	}
	return ""
}
