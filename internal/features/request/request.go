package request

import (
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// State is where a request stands.
type State string

// The states.
const (
	Submitted State = "submitted"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Merged    State = "merged"
)

// Open reports that the office has not answered.
func (s State) Open() bool { return s == Submitted }

// The limits of a request.
const (
	longestTitle = 120 // characters
	longestText  = 5000
	longestLine  = 200
	mostFiles    = 20
)

// Request is what somebody at a customer asks for.
type Request struct {
	ID           string
	Number       string
	Customer     string
	CustomerName string
	Person       access.PersonID // who asks
	PersonName   string
	Title        string
	Description  string
	Property     string // one of the customer's places, or empty
	Place        string // where, in one line: the property's address, or what was typed
	Wanted       string // about when, in the person's own words
	State        State
	Project      string // made of it, or that it was added to
	Reason       string // why it was declined
	AnsweredBy   access.PersonID
	AnsweredName string
	AnsweredAt   time.Time
	CreatedAt    time.Time
}

// Draft is what somebody fills in.
type Draft struct {
	ID          string // of the form, so that posting it twice makes one request
	Customer    string // needed when the person asks for more than one
	Title       string
	Description string
	Property    string
	Place       string
	Wanted      string
	Files       []string // uploaded to the form
}

func (d Draft) check() error {
	var problems fault.Problems
	switch {
	case d.Title == "":
		problems.Add("title", "Give it a short name, like “New kitchen window”.")
	case utf8.RuneCountInString(d.Title) > longestTitle:
		problems.Add("title", "This is too long.")
	}
	switch {
	case d.Description == "":
		problems.Add("description", "Describe in a few words what you would like to have done.")
	case utf8.RuneCountInString(d.Description) > longestText:
		problems.Add("description", "This is too long. A request can have 5,000 characters.")
	}
	if utf8.RuneCountInString(d.Place) > longestLine {
		problems.Add("place", "This is too long.")
	}
	if utf8.RuneCountInString(d.Wanted) > longestLine {
		problems.Add("wanted", "This is too long.")
	}
	if len(d.Files) > mostFiles {
		problems.Add("files", "A request can carry up to 20 files.")
	}
	return problems.Err()
}

// Whom is a customer that a person may ask for work for, with its places that the person knows.
type Whom struct {
	ID, Name string
	Places   []Place
	granted  string // project of the grant that allows it; empty: the whole customer
}

// Place is a property to choose.
type Place struct{ ID, Line string }

// place finds a place of the customer.
func (w Whom) place(id string) (Place, bool) {
	for _, p := range w.Places {
		if p.ID == id {
			return p, true
		}
	}
	return Place{}, false
}

// chosen finds the customer that a draft is for. Invalid for one that the person may not ask for (A07).
func (d Draft) chosen(list []Whom) (Whom, error) {
	if len(list) == 1 && d.Customer == "" {
		return list[0], nil
	}
	for _, w := range list {
		if w.ID == d.Customer {
			return w, nil
		}
	}
	return Whom{}, fault.ForField("customer", "Choose for whom you ask.")
}

// where says the place in one line: of the chosen property, else what was typed.
func (d Draft) where(w Whom) (string, error) {
	if d.Property == "" {
		return d.Place, nil
	}
	at, known := w.place(d.Property)
	if !known {
		return "", fault.ForField("property", "Choose one of your places, or type another one.")
	}
	return at.Line, nil
}

// Sheet is a request with all that its page shows.
type Sheet struct {
	Request
	Files   []file.File
	Project project.Line // where it went, when the reader sees it
}

// excerpt is the beginning of a text, cut at a word.
func excerpt(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	cut := string(runes[:most])
	if space := strings.LastIndex(cut, " "); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimSpace(cut) + "…"
}

// stateWords and stateTones show a state to the office and to customers.
var (
	officeWords   = map[State]string{Submitted: i18n.Mark("New"), Accepted: i18n.Mark("Accepted"), Declined: i18n.Mark("Declined"), Merged: i18n.Mark("Added to a project")}
	customerWords = map[State]string{Submitted: i18n.Mark("Waiting for an answer"), Accepted: i18n.Mark("Accepted"), Declined: i18n.Mark("Declined"), Merged: i18n.Mark("Added to a project")}
	stateTones    = map[State]ui.Tone{Submitted: ui.ToneWarn, Accepted: ui.ToneOK, Declined: "", Merged: ui.ToneInfo}
)
