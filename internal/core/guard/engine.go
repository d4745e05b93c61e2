package guard

import "lintel/internal/platform/db"

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

// On is the statement in an engine's spelling.
func (s *Statement) On(engine Engine) *Statement {
	if engine == PostgreSQL && s.postgres != nil {
		return s.postgres
	}
	return s
}

// Engine tells which database runs the transaction: the search asks each in its own words.
func (tx *Tx) Engine() Engine { return tx.raw.Engine() }
