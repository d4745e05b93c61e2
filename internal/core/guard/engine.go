package guard

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lintel/internal/platform/db"
)

// Engine names the database that runs a transaction.
type Engine = db.Engine

// The engines.
const (
	SQLite     = db.SQLite
	PostgreSQL = db.PostgreSQL
)

// EngineSQL registers one statement in two spellings that answer alike. It is for the index of the search, which each
// engine keeps in its own way; everything else has one text (architecture.md §4).
func EngineSQL(name, sqlite, postgres string) *Statement {
	s, other := compile(name, sqlite), compile(name, postgres)
	if !s.org || !other.org {
		panic("statement " + name + " does not use :org")
	}
	if s.viewer != other.viewer {
		panic("statement " + name + " asks who is looking on one engine only")
	}
	s.postgres = other
	return register(s)
}

// On is the statement in an engine's spelling for the arguments, and what is left to bind of these.
//
// PostgreSQL plans each statement once and without its values (platform/db): planning anew costs it several times the work of
// a small read. Of a limit that it does not know it expects a tenth of all rows, so there the number is part of the text; a
// page asks for few different ones.
func (s *Statement) On(engine Engine, args Args) (*Statement, Args) {
	if engine != PostgreSQL {
		return s, args
	}
	if s.postgres != nil {
		s = s.postgres
	}
	if len(s.limits) == 0 && len(s.lists) == 0 {
		return s, args
	}
	return s.forPostgreSQL(args)
}

// forPostgreSQL writes the wanted numbers of rows into the text, and lists as arrays. What should be a number and is none stays
// for bind to refuse.
func (s *Statement) forPostgreSQL(args Args) (*Statement, Args) {
	key, rest := "", args
	if len(s.limits) > 0 {
		rest = maps.Clone(args)
	}
	for _, name := range s.limits {
		if n, ok := args[name].(int); ok {
			delete(rest, name)
			key += fmt.Sprint(":", name, "=", n)
		}
	}
	if known, ok := s.spelled.Load(key); ok {
		return known.(*Statement), rest
	}
	made := compileAs(s.Name, quotedOrParameter.ReplaceAllStringFunc(s.Source, func(found string) string {
		if n, ok := args[strings.TrimPrefix(found, ":")].(int); ok && slices.Contains(s.limits, strings.TrimPrefix(found, ":")) {
			return strconv.Itoa(n)
		}
		return found
	}), "= any(:$1)")
	made.across, made.arrays = s.across, true
	s.spelled.Store(key, made)
	return made, rest
}

// Engine tells which database runs the transaction: the search asks each in its own words.
func (tx *Tx) Engine() Engine { return tx.raw.Engine() }
