package search

import (
	"strings"
	"unicode/utf8"

	"lintel/internal/core/guard"
)

// grammar writes questions to a full-text index in an engine's own words. Words are letters and digits, so nothing that
// people type is ever read as an operator.
type grammar struct {
	quote        string
	begins       string // after a word that others may begin with
	and, or, not string
}

func grammarOf(engine guard.Engine) grammar {
	if engine == guard.PostgreSQL {
		return grammar{quote: `'`, begins: `:*`, and: ` & `, or: ` | `, not: ` & !`}
	}
	return grammar{quote: `"`, begins: ` *`, and: ` AND `, or: ` OR `, not: ` NOT `}
}

// question is what is asked in one organisation, kind by kind. customers is nil for staff.
type question struct {
	asked
	org       string
	customers []string
	grammar   grammar
}

// The steps of a question, the best first: the very number, numbers that begin so, titles, everything else.
const (
	veryNumber = iota
	beginOfNumber
	ofTitle
	ofText
	steps
)

// matches are what each step of a kind asks for; empty where it asks nothing. The very numbers are among those that begin
// so, and titles are a part of the text.
func (q question) matches(kind string, titled bool) (list [steps]string) {
	list[veryNumber] = q.inScopes(kind, inNumber, q.grammar.or, q.numbers, false)
	list[beginOfNumber] = q.inScopes(kind, inNumber, q.grammar.or, q.numbers, true)
	if titled {
		list[ofTitle] = q.inScopes(kind, inTitle, q.grammar.and, q.words, true)
	}
	list[ofText] = q.inScopes(kind, inText, q.grammar.and, q.words, true)
	return list
}

// apart makes each match leave out what the ones before it find, so that a page can begin in the middle of one.
func (q question) apart(list [steps]string) [steps]string {
	before := ""
	for i, match := range list {
		if match != "" && before != "" {
			list[i] = match + q.grammar.not + before
		}
		before = q.any(before, match)
	}
	return list
}

// short reports that only a letter or two of each word is asked for.
func (q question) short() bool {
	for _, word := range q.words {
		if utf8.RuneCountInString(word) > 2 {
			return false
		}
	}
	return true
}

// everything matches what all steps of a kind find together.
func (q question) everything(kind string) string {
	return q.any(q.inScopes(kind, inNumber, q.grammar.or, q.numbers, true), q.inScopes(kind, inText, q.grammar.and, q.words, true))
}

func (q question) any(one, other string) string {
	if one == "" || other == "" {
		return one + other
	}
	return "(" + one + q.grammar.or + other + ")"
}

// inScopes matches words in one class of a kind: the organisation's for staff, else those of each of the person's customers.
func (q question) inScopes(kind, class, join string, words []string, begins bool) string {
	if len(words) == 0 {
		return ""
	}
	if q.customers == nil {
		return q.inScope(mark(q.org, kind, class, ""), join, words, begins)
	}
	found := ""
	for _, customer := range q.customers {
		found = q.any(found, q.inScope(mark(q.org, kind, class, customer), join, words, begins))
	}
	return found
}

func (q question) inScope(scope, join string, words []string, begins bool) string {
	parts := make([]string, len(words))
	for i, word := range words {
		parts[i] = q.grammar.quote + scope + word + q.grammar.quote
		if begins {
			parts[i] += q.grammar.begins
		}
	}
	return "(" + strings.Join(parts, join) + ")"
}
