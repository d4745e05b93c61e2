package oversight

import (
	"lintel/internal/core/access"
)

// Kind is what can be asked about.
type Kind string

// The kinds.
const (
	OfCustomer Kind = "customer"
	OfProject  Kind = "project"
	OfProposal Kind = "proposal"
	OfFile     Kind = "file"
	OfLog      Kind = "log"      // a daily log
	OfSchedule Kind = "schedule" // of a project, by the project's id: with its tasks, as they were published
	OfRequest  Kind = "request"
)

// Bar is why no person of the customer sees a thing, whatever they are granted.
type Bar string

// The bars.
const (
	NoBar       Bar = ""
	NotSent     Bar = "not sent"     // a proposal before its first version went out
	StageHidden Bar = "stage hidden" // a project in a stage that customers do not see
	OfficeOnly  Bar = "office only"  // a file that was not shared
	NotShared   Bar = "not shared"   // a daily log that was not shared
	Unpublished Bar = "unpublished"  // a schedule that was not published, or taken back
)

// Thing is a record of the firm, with what decides who reads it.
type Thing struct {
	Kind         Kind
	ID           string
	Title        string
	Customer     string // empty: none, as a file of the firm itself
	CustomerName string
	Project      string // or the request: what a grant for one place names
	Bar          Bar
	Uploader     access.PersonID // who sees a file that was not shared, if their grant covers it
	module       access.Module   // that a grant needs; empty: any
}

// reads is what whoever opens the thing must be permitted.
func (t Thing) reads() access.Permission {
	switch t.Kind {
	case OfProject:
		return access.ProjectsRead
	case OfProposal:
		return access.ProposalsRead
	case OfFile:
		return access.FilesRead
	case OfLog:
		return access.LogsRead
	case OfSchedule:
		return access.ScheduleRead
	case OfRequest:
		return access.ProjectsRead
	}
	return access.CustomersRead
}

// readsAsCustomer is the same of a customer's person: what they asked for they read with the right to ask.
func (t Thing) readsAsCustomer() access.Permission {
	if t.Kind == OfRequest {
		return access.RequestsWrite
	}
	return t.reads()
}

// Reader is a customer's person who reads a thing, and the grant that lets them.
type Reader struct {
	Holder
	Links int // live personal links to the thing
}

// Readers is the answer to "who can see this".
type Readers struct {
	Thing  Thing
	Staff  []Ability
	Tokens []Ability
	People []Reader
	Files  []FileLine // of a project, proposal or daily log
}

// FileLine is a file that hangs on the thing; who can see it is a question of its own.
type FileLine struct {
	ID, Name string
	Shared   bool
}

// readersOf applies the rules of the statements (guard.Granted and what each feature adds to
// it) to everybody at once.
func readersOf(t Thing, abilities []Ability, holders []Holder) Readers {
	r := Readers{Thing: t}
	for _, a := range abilities {
		switch {
		case !a.Permissions.Has(t.reads()):
		case a.Token != "":
			r.Tokens = append(r.Tokens, a)
		default:
			r.Staff = append(r.Staff, a)
		}
	}
	for _, h := range holders {
		if t.readBy(h) {
			r.People = append(r.People, Reader{Holder: h})
		}
	}
	return r
}

func (t Thing) readBy(h Holder) bool {
	switch {
	case t.Kind == OfCustomer:
		return !h.Modules.And(h.Offered).Empty()
	case t.Bar != NoBar && !(t.Bar == OfficeOnly && h.Person == t.Uploader):
		return false
	case h.Project != "" && h.Project != t.Project:
		return false
	}
	return h.Permissions.Has(t.readsAsCustomer()) && h.Modules.Has(t.module)
}
