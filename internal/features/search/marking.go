package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Span is a piece of a shown text; Hit when it is what was asked for.
type Span struct {
	Text string
	Hit  bool
}

// spansOf cuts a text into what was asked for and the rest. Words are marked whole: of Küchenspüle, asked for as "kuch",
// nobody could say where the accent ends.
func spansOf(text string, words []string) []Span {
	var spans []Span
	add := func(piece string, found bool) {
		switch last := len(spans) - 1; {
		case piece == "":
		case last >= 0 && spans[last].Hit == found:
			spans[last].Text += piece
		default:
			spans = append(spans, Span{piece, found})
		}
	}
	for text != "" {
		begin := strings.IndexFunc(text, func(r rune) bool { return !apart(r) })
		if begin < 0 {
			break
		}
		add(text[:begin], false)
		text = text[begin:]
		end := strings.IndexFunc(text, apart)
		if end < 0 {
			end = len(text)
		}
		add(text[:end], isAsked(text[:end], words))
		text = text[end:]
	}
	add(text, false)
	return spans
}

func isAsked(word string, words []string) bool {
	folded := onlyWord(fold(word))
	for _, asked := range words {
		if strings.HasPrefix(folded, asked) {
			return true
		}
	}
	return false
}

const (
	placeBefore = 40
	placeLength = 160
)

// placeOf is the part of an entry's text around the first word that was asked for and that neither title nor line has shown;
// empty when there is none.
func placeOf(e Entry, words []string) string {
	words = unseen(words, e.Title+" "+e.Line)
	text := strings.Join(strings.Fields(e.Text+" "+e.OfficeText), " ")
	at := 0
	for rest := text; ; {
		begin := strings.IndexFunc(rest, func(r rune) bool { return !apart(r) })
		if begin < 0 {
			return ""
		}
		rest, at = rest[begin:], at+begin
		end := strings.IndexFunc(rest, apart)
		if end < 0 {
			end = len(rest)
		}
		if isAsked(rest[:end], words) {
			break
		}
		rest, at = rest[end:], at+end
	}
	return around(text, at)
}

// unseen are the words that no word of a shown text begins with.
func unseen(words []string, shown string) (left []string) {
	there := wordsOf(shown)
	for _, asked := range words {
		if !slices.ContainsFunc(there, func(word string) bool { return strings.HasPrefix(word, asked) }) {
			left = append(left, asked)
		}
	}
	return left
}

// around cuts a text to a length, beginning a little before a place and at a word.
func around(text string, at int) string {
	from := max(0, at-placeBefore)
	if from > 0 {
		if space := strings.IndexByte(text[from:at], ' '); space >= 0 {
			from += space + 1
		} else {
			from = at
		}
	}
	to := min(len(text), from+placeLength)
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	piece := text[from:to]
	if from > 0 {
		piece = "… " + piece
	}
	if to < len(text) {
		if space := strings.LastIndexByte(piece, ' '); space > placeLength/2 {
			piece = piece[:space]
		}
		piece += " …"
	}
	return piece
}
