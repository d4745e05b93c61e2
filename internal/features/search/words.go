package search

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// What the index takes of a thing, and of what somebody typed.
const (
	longestWord   = 31   // every beginning of it is a term of its own in SQLite's index, and 31 are the most
	mostWords     = 3000 // of one thing: a proposal of some hundred lines
	mostAsked     = 8    // words of a question; what comes after is not asked
	shortestDial  = 4    // digits of a telephone number's end that can be asked for
	longestNumber = 30
)

// language is the version of how words are made. A new one makes the index anew.
const language = 2

// fold brings a word to the form that it is looked for in: without case, accents and ligatures, and with ä, ö, ü as people
// write them without those keys: Müller, Mueller and MULLER are one word.
func fold(text string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(cases.Fold().String(norm.NFKC.String(text))))
	return norm.NFC.String(withoutE.Replace(plain))
}

// withoutE keeps prefixes prefixes: what begins a word still begins it afterwards.
var withoutE = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

func apart(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
}

// wordsOf gives the folded words of texts, each once.
func wordsOf(texts ...string) []string {
	var list []string
	known := map[string]bool{}
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(text, apart) {
			word = cut(onlyWord(fold(word)), longestWord)
			if word == "" || known[word] {
				continue
			}
			known[word] = true
			if list = append(list, word); len(list) == mostWords {
				return list
			}
		}
	}
	return list
}

// onlyWord takes out what folding may have brought: the index cuts words at anything else.
func onlyWord(folded string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, folded)
}

func cut(word string, most int) string {
	if len(word) <= most {
		return word
	}
	letters := []rune(word)
	return string(letters[:min(len(letters), most)])
}

// numbersOf gives the forms in which a number is looked for: P-1042 as p1042 and 1042, and a telephone number by any of
// its ends, because nobody knows whether it is asked for with the country.
func numbersOf(numbers []string) []string {
	var list []string
	known := map[string]bool{}
	add := func(form string) {
		if form != "" && !known[form] {
			known[form] = true
			list = append(list, form)
		}
	}
	for _, number := range numbers {
		form := cut(onlyWord(fold(number)), longestNumber)
		add(form)
		digits := digitsOf(form)
		add(strings.TrimLeft(digits, "0"))
		if len(digits) < 7 || len(digits) != len(form) { // not a telephone number
			continue
		}
		for from := 1; from <= len(digits)-shortestDial; from++ {
			add(digits[from:])
		}
	}
	return list
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// asked is a question as the index understands it.
type asked struct {
	words   []string
	numbers []string // the forms of it as one number, when it can be one
}

func ask(text string) asked {
	words := wordsOf(text)
	return asked{words: words[:min(len(words), mostAsked)], numbers: asNumber(text)}
}

// Empty reports that nothing is asked for.
func (a asked) Empty() bool { return len(a.words) == 0 }

// asNumber reads "P-1042", "1042", "+49 (221) 55 51" as a number: a few letters and then digits.
func asNumber(text string) []string {
	form := onlyWord(fold(text))
	digits := strings.TrimLeft(form, "abcdefghijklmnopqrstuvwxyz")
	if digits == "" || len(form)-len(digits) > 4 || len(form) > longestNumber || digitsOf(digits) != digits {
		return nil
	}
	list := []string{form}
	if bare := strings.TrimLeft(form, "0"); bare != form && bare != "" {
		list = append(list, bare)
	}
	return list
}

// A word stands in the index once in each of these classes that it belongs to.
const (
	inText   = "text"
	inTitle  = "title"
	inNumber = "number"
)

// markLength is how long marks are; the migration's prefixes count from there.
const markLength = 8

// mark is the beginning of all words of one organisation, kind and class, or of what one customer may see of them. Marks
// keep the rows of others out of the way; that they stay hidden is decided by the statements.
func mark(org, kind, class, customer string) string {
	sum := sha256.Sum256([]byte(org + "\n" + kind + "\n" + class + "\n" + customer))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:markLength]
}

// marked gives everything that an entry is found by: the office's words, and those that its customer may read once more.
func (e Entry) marked(org string, titled bool) string {
	var out strings.Builder
	title := ""
	if titled {
		title = e.Title
	}
	put := func(class, customer string, words []string) {
		scope := mark(org, e.Kind, class, customer)
		for _, word := range words {
			if out.Len() > 0 {
				out.WriteByte(' ')
			}
			out.WriteString(scope)
			out.WriteString(word)
		}
	}
	put(inText, "", wordsOf(title, e.Text, e.OfficeText))
	put(inTitle, "", wordsOf(title))
	put(inNumber, "", numbersOf(e.Numbers))
	if !e.Office && e.Customer != "" {
		put(inText, e.Customer, wordsOf(title, e.Text))
		put(inTitle, e.Customer, wordsOf(title))
		put(inNumber, e.Customer, numbersOf(e.Numbers))
	}
	return out.String()
}
