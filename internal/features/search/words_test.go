package search

import (
	"strings"
	"testing"
)

// While somebody types, each letter more must only narrow what is found.
func TestABeginningOfAWordStaysOneWhenItIsFolded(t *testing.T) {
	for _, word := range []string{"Müllerstraße", "Bauer", "Queensland", "Œuvre", "ﬁnish", "Ångström", "İstanbul", "naïve", "blue", "aee", "oeuvre"} {
		whole := onlyWord(fold(word))
		for at := range word {
			if begin := onlyWord(fold(word[:at])); !strings.HasPrefix(whole, begin) {
				t.Errorf("%q begins with %q, but %q does not begin with %q", word, word[:at], whole, begin)
			}
		}
	}
}

func TestWhatWasAskedForIsMarkedAndNothingElse(t *testing.T) {
	show := func(text, asked string) string {
		var out strings.Builder
		for _, s := range spansOf(text, wordsOf(asked)) {
			if s.Hit {
				out.WriteString("[" + s.Text + "]")
			} else {
				out.WriteString(s.Text)
			}
		}
		return out.String()
	}
	for _, c := range [][3]string{
		{"Küchenspüle, neu", "kuch", "[Küchenspüle], neu"}, {"<b>bold</b>", "b", "<[b]>[bold]</[b]>"}, {"O'Brien", "brien o", "[O]'[Brien]"}, {"", "a", ""}, {"nothing here", "x", "nothing here"},
	} {
		if got := show(c[0], c[1]); got != c[2] {
			t.Errorf("%q in %q is shown as %q", c[1], c[0], got)
		}
	}
}

func TestThePlaceThatWasFoundIsCutAtWords(t *testing.T) {
	long := strings.Repeat("eins zwei ", 20) + "Küche " + strings.Repeat("drei vier ", 40)
	place := placeOf(Entry{Text: long}, wordsOf("kuche"))
	if !strings.HasPrefix(place, "… ") || !strings.HasSuffix(place, " …") || !strings.Contains(place, "Küche") || len(place) > placeLength+20 {
		t.Errorf("%q", place)
	}
	if got := placeOf(Entry{Text: "a b"}, wordsOf("c")); got != "" {
		t.Errorf("a text without the word shows %q", got)
	}
}
