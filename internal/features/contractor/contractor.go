package contractor

import (
	"net/mail"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/plain"
)

// Contractor is a firm that does work for the organisation.
type Contractor struct {
	ID        string
	Name      string
	Trade     string // "Fire and electrical"
	Address   string
	Email     string
	Phone     string
	Notes     string // for the office only
	CreatedAt time.Time
	Archived  bool
}

// Details are the fields of a contractor that the office fills in.
type Details struct {
	Name, Trade, Address, Email, Phone, Notes string
}

// Person is somebody's place at a contractor: at the desk, or as a technician.
type Person struct {
	ID            string
	Contractor    string
	Kind          access.Kind // access.Contractor or access.Technician
	Person        access.PersonID
	Name          string
	Email         string
	Phone         string
	SignatureFile string // the drawn signature, empty without one
	SignatureName string // or the typed one
	SignatureAt   time.Time
	AddedAt       time.Time
	Ended         bool
	LastSeen      time.Time // zero: never
	LinkEnds      time.Time // of a technician's newest link; zero without one
}

// Signed reports whether the person has a signature stored.
func (p Person) Signed() bool { return p.SignatureFile != "" || p.SignatureName != "" }

// PersonDetails are what the office or a desk fills in about a person.
type PersonDetails struct {
	Name, Email, Phone string
}

// Limits of one contractor.
const (
	mostPeople  = 500 // live ones of a kind
	mostNewADay = 200 // people added in a day, so that nobody sends mails to the world through a portal
)

func (d Details) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", "Enter the contractor's name.")
	}
	if problem := plain.NameProblem(d.Name); problem != "" {
		problems.Add("name", problem)
	}
	if d.Email != "" && !fullAddress(d.Email) {
		problems.Add("email", badAddress)
	}
	checkPhone(&problems, "phone", d.Phone)
	return problems.Err()
}

func (d PersonDetails) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", "Enter the person's name.")
	}
	if problem := plain.NameProblem(d.Name); problem != "" {
		problems.Add("name", problem)
	}
	if !fullAddress(d.Email) {
		problems.Add("email", badAddress)
	}
	checkPhone(&problems, "phone", d.Phone)
	return problems.Err()
}

const badAddress = "Enter a full address, like name@example.com."

func fullAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text && len(text) <= 254 && strings.Contains(text[strings.LastIndex(text, "@"):], ".")
}

// checkPhone lets through what a phone can dial, with what people write between the digits.
func checkPhone(problems *fault.Problems, field, phone string) {
	strange := strings.ContainsFunc(phone, func(c rune) bool { return !strings.ContainsRune("0123456789+-/(). x#*", c) })
	if len(phone) > 40 || strange {
		problems.Add(field, "Enter a phone number, like +44 20 7946 0000.")
	}
}

// State is how far a person has come into the portal.
type State string

// The states.
const (
	Invited State = "invited"
	Active  State = "active"
	Ended   State = "ended"
)

// State tells how far the person has come.
func (p Person) State() State {
	switch {
	case p.Ended:
		return Ended
	case !p.LastSeen.IsZero():
		return Active
	}
	return Invited
}
