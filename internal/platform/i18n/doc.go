// Package i18n writes everything a person sees in that person's language: sentences,
// plurals, money, numbers, dates and times.
//
// The English sentence is the key. T(ctx, "Sign the proposal") gives it in the reader's
// language, or in English where the catalogue has none, so a page is never empty. Values go
// into {braces}; the template escapes the result, not this package. Catalogues are JSON files
// that a translator can edit: "english": "translated", or for a plural, by its "other" form,
// "{n} photos": {"one": "{n} Foto", "other": "{n} Fotos"}.
//
// The reader (language, time zone, the request's instant) is put into the context once, by
// WithReader. Without one, the language is English and the zone UTC.
//
// The language "qps" is for tests: it wraps every text of this package in ⟦…⟧, so that a
// crawl can name each text on a page that was not written through i18n.
package i18n
