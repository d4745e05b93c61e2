// Package plain says which names can be trusted to be what they look like: those of firms
// and people, which stand as the sender of mails and under signatures (F09).
package plain

import (
	"regexp"
	"strings"
	"unicode"
)

// NameProblem is what is wrong with a name, in words for whoever typed it, or empty. It
// refuses addresses of web pages, characters that nobody sees or that turn the reading
// direction, words that mix alphabets to look like another word, and piled up accents.
func NameProblem(name string) string {
	switch {
	case strings.ContainsFunc(name, Unseen):
		return "This name contains characters that cannot be seen. Please type it anew."
	case address.MatchString(name):
		return "A name cannot contain the address of a web page."
	case mixed(name) || piled.MatchString(name):
		return "This name contains letters that only look like others. Please type it anew."
	}
	return ""
}

// Unseen reports characters that change what a reader sees without being seen themselves.
// Joiners and direction marks are not among them: names in Persian and Hebrew need them.
func Unseen(r rune) bool {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', // turn the reading direction
		r == '\u200b', r == '\u2060', r == '\ufeff', r == '\u00ad', r == '\u180e', r == '\u034f', // no width
		r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0', r == '\u2800', // letters and patterns that are blank
		r >= '\ue000' && r <= '\uf8ff', r >= 0xe0000 && r <= 0xe007f: // private use, tags
		return true
	}
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

var (
	address = regexp.MustCompile(`(?i)://|\bwww\.|[a-z0-9]\.[a-z]{2,}/`)
	piled   = regexp.MustCompile(`\p{M}{4,}`)
)

// mixed reports a word with letters of more than one of the alphabets that look alike.
func mixed(name string) bool {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		alphabets := map[string]bool{}
		for _, r := range word {
			for alphabet, table := range map[string]*unicode.RangeTable{"latin": unicode.Latin, "cyrillic": unicode.Cyrillic, "greek": unicode.Greek, "armenian": unicode.Armenian} {
				if unicode.Is(table, r) {
					alphabets[alphabet] = true
				}
			}
		}
		if len(alphabets) > 1 {
			return true
		}
	}
	return false
}
