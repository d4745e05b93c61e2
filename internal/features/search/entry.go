package search

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
)

// Entry is one thing that can be found, as its owner knows it at this moment.
type Entry struct {
	Kind, ID string
	Customer string        // whose business it is; empty: the office's alone
	Project  string        // empty: of no project
	Item     string        // the document that a link for one item opens
	Module   access.Module // that a customer must have been granted; empty with Office
	Office   bool          // only the office finds it
	Numbers  []string      // by which people ask for it: P-1042, a telephone number
	Title    string        // what a result is called
	Line     string        // under the title; not searched
	Text     string        // what else is searched; a result shows the place that was found
	// OfficeText is searched by the office only: what a customer may not read they must not find either.
	OfficeText string

	OfficeURL   string // behind the organisation: "/office/projects/…"
	CustomerURL string
	At          time.Time // shown beside a message; zero: no time is shown
}

// hash changes when anything changes that the index holds of the entry.
func (e Entry) hash(words string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d\n%s\n%s\n%s\n%s\n%v\n%s", language, e.Customer, e.Project, e.Item, e.Module, e.Office, words)))
	return hex.EncodeToString(sum[:8])
}

// Source is one kind of things that can be found.
type Source struct {
	Kind       string // "proposal"
	Label      string // English, of many: "Proposals"
	Icon       string
	Permission access.Permission // that staff, and customers, need to find any
	Portal     access.Permission // that customers need instead, where it is another one
	Titled     bool              // a word of the title counts more; without it only Text is searched

	Quoted bool // the text says what it is: results show its beginning when nothing else of it was asked for

	// Load reads things for the index and for the office. What is gone, or put away, is left out.
	Load func(tx *guard.Tx, ids []string) ([]Entry, error)
	// Seen reads the lines of a customer's person, by statements that ask who is looking: it is what keeps an entry that is
	// out of date from being shown. Nil: customers find none of this kind.
	Seen func(tx *guard.Tx, ids []string) ([]Entry, error)
	// After lists all ids in their order, of things put away too, for the round over everything.
	After func(tx *guard.Tx, after string, limit int) ([]string, error)
	// Changed lists what has changed since a time without an event to tell of it. Nil: nothing ever does.
	Changed func(tx *guard.Tx, since time.Time) ([]string, error)
}

// Ref names one thing.
type Ref struct{ Kind, ID string }

// Affected lists the things that an event may have changed; none of what it does not concern.
type Affected func(ctx context.Context, tx *guard.Tx, happened event.Recorded) ([]Ref, error)
