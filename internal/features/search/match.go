package search

import (
	"slices"
	"strings"

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

// question is what is asked in one organisation, kind by kind. customers is nil for staff. frequent tells how frequent words
// are, where the engine must know that beforehand; nil where it need not.
type question struct {
	asked
	org       string
	customers []string
	grammar   grammar
	frequent  *frequencies
}

// The steps of a question, the best first: the very number, numbers that begin so, titles, everything else.
const (
	veryNumber = iota
	beginOfNumber
	ofTitle
	ofText
	steps
)

// match is a question to the index. What the index is asked for holds at least all that the whole finds: frequent words may be
// left out, to be looked for in the few things that have the others.
type match struct {
	index, whole string
	rows         float64 // that the index has of it, as far as is known
}

func (m match) empty() bool { return m.whole == "" }

// matches are what each step of a kind asks for; empty where it asks nothing. The very numbers are among those that begin
// so, and titles are a part of the text.
func (q question) matches(kind string, titled bool) (list [steps]match) {
	list[veryNumber] = q.inScopes(kind, inNumber, q.numbers, false)
	list[beginOfNumber] = q.inScopes(kind, inNumber, q.numbers, true)
	if titled {
		list[ofTitle] = q.inScopes(kind, inTitle, q.words, true)
	}
	list[ofText] = q.inScopes(kind, inText, q.words, true)
	return list
}

// apart makes each match leave out what the ones before it find, so that a page can begin in the middle of one.
func (q question) apart(list [steps]match) [steps]match {
	before := match{}
	for i, m := range list {
		if !m.empty() && !before.empty() {
			list[i].whole = m.whole + q.grammar.not + before.whole
		}
		before = q.any(before, m)
	}
	return list
}

func (q question) any(one, other match) match {
	if one.empty() || other.empty() {
		return match{one.index + other.index, one.whole + other.whole, one.rows + other.rows}
	}
	return match{"(" + one.index + q.grammar.or + other.index + ")", "(" + one.whole + q.grammar.or + other.whole + ")", one.rows + other.rows}
}

// inScopes matches words in one class of a kind: the organisation's for staff, else those of each of the person's customers.
func (q question) inScopes(kind, class string, words []string, begins bool) (found match) {
	if len(words) == 0 {
		return match{}
	}
	in := q.allIn
	if class == inNumber {
		in = q.anyIn
	}
	if q.customers == nil {
		return in(mark(q.org, kind, class, ""), words, begins)
	}
	for _, customer := range q.customers {
		found = q.any(found, in(mark(q.org, kind, class, customer), words, begins))
	}
	return found
}

// allIn matches what has all of some words.
func (q question) allIn(scope string, words []string, begins bool) match {
	var all, seldom []string
	rows := make([]float64, len(words))
	for i, word := range words {
		rows[i] = q.frequent.rows(scope+word, begins)
		all = append(all, q.grammar.term(scope+word, begins))
		if rows[i] <= q.frequent.many() {
			seldom = append(seldom, all[i])
		}
	}
	if len(seldom) == 0 {
		seldom = all
	}
	return match{"(" + strings.Join(seldom, q.grammar.and) + ")", "(" + strings.Join(all, q.grammar.and) + ")", slices.Min(rows)}
}

// anyIn matches what has any of some words.
func (q question) anyIn(scope string, words []string, begins bool) match {
	found := match{}
	for _, word := range words {
		term := q.grammar.term(scope+word, begins)
		found = q.any(found, match{term, term, q.frequent.rows(scope+word, begins)})
	}
	return found
}

func (g grammar) term(word string, begins bool) string {
	if begins {
		return g.quote + word + g.quote + g.begins
	}
	return g.quote + word + g.quote
}
