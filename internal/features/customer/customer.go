package customer

import (
	"net/mail"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/plain"
)

// Customer is somebody the firm works for: a person, a family or a company.
type Customer struct {
	ID        string
	Name      string
	Address   string // several lines
	Email     string
	Phone     string
	Notes     string // for the office only
	CreatedAt time.Time
	UpdatedAt time.Time
	Archived  bool
}

// Contact is a person at a customer.
type Contact struct {
	ID           string
	Customer     string
	Person       access.PersonID // empty until something was sent to the contact
	Name         string
	Email        string
	Phone        string
	Title        string // "Owner", "Lettings manager"
	BouncedAt    time.Time
	BounceReason string
	Archived     bool
}

// Bounced reports that mail to the contact's address came back.
func (c Contact) Bounced() bool { return !c.BouncedAt.IsZero() }

// Details are the fields of a customer that the office fills in.
type Details struct {
	Name, Address, Email, Phone, Notes string
}

// ContactDetails are the fields of a contact that the office fills in.
type ContactDetails struct {
	Name, Email, Phone, Title string
}

func (d Details) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", "Enter the customer's name.")
	}
	if d.Email != "" && !fullAddress(d.Email) {
		problems.Add("email", badAddress)
	}
	return problems.Err()
}

func (d ContactDetails) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("contact_name", "Enter the person's name.")
	}
	if problem := plain.NameProblem(d.Name); problem != "" {
		problems.Add("contact_name", problem)
	}
	if d.Email != "" && !fullAddress(d.Email) {
		problems.Add("contact_email", badAddress)
	}
	return problems.Err()
}

const badAddress = "Enter a full address, like name@example.com."

func fullAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text && len(text) <= 254 && strings.Contains(text[strings.LastIndex(text, "@"):], ".")
}

func foldEmail(email string) string { return organisation.Fold(email) }
