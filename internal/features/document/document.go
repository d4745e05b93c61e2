package document

import (
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/money"
)

// Document is a proposal with all its versions.
type Document struct {
	ID           string
	Number       string
	Project      string
	ProjectName  string
	Customer     string
	CustomerName string
	Place        string // the property's address in one line, empty without one
	Title        string
	State        proposal.State // of the newest version
	Version      int            // the newest, perhaps a draft
	SentVersion  int            // the newest that the customer has seen; 0: none
	Owner        access.PersonID
	Total        money.Amount
	ValidUntil   string
	CreatedAt    time.Time
	UpdatedAt    time.Time
	SentAt       time.Time
	ViewedAt     time.Time
	AnsweredAt   time.Time
	Reason       string // why it was declined, or which changes were asked for
}

// Version is one version as staff see it.
type Version struct {
	Document   string
	Number     int
	State      proposal.State
	Content    proposal.Content
	Shown      []byte // the exact bytes that the customer sees; empty for a draft
	Revision   int    // counts the saves of a draft
	SHA256     string // of Shown
	Total      money.Amount
	CreatedAt  time.Time
	UpdatedAt  time.Time
	UpdatedBy  access.PersonID
	SentAt     time.Time
	SentBy     access.PersonID
	ChangeNote string // what the office says about the changes
	AnsweredAt time.Time
	Reason     string
}

// ShownVersion is one sent version as its customer sees it. It has no field for what only
// the office may know.
type ShownVersion struct {
	Document   Document
	Number     int
	State      proposal.State
	Content    proposal.CustomerContent
	Bytes      []byte
	SHA256     string
	SentAt     time.Time
	ChangeNote string
	AnsweredAt time.Time
	Reason     string
}

func (v ShownVersion) sent() proposal.SentVersion {
	return proposal.SentVersion{SHA256: v.SHA256, Content: v.Content}
}

// Recipient is a contact whom a document is sent to.
type Recipient struct {
	Contact  string
	Person   access.PersonID // empty until the first sending
	Name     string
	Email    string
	Title    string
	Signs    bool // otherwise a copy
	Mailed   int  // the newest version that went out to them
	ViewedAt time.Time
	Viewed   int // the newest version they opened
	Bounced  bool
}

// FirstName is the name to greet with.
func (r Recipient) FirstName() string {
	first, _, _ := strings.Cut(strings.TrimSpace(r.Name), " ")
	return first
}

// Progress is what a customer has chosen and opened so far, kept until it is signed.
type Progress struct {
	Choices proposal.Choices
	Terms   []string // ids of the opened terms
}

// Opened is the opened terms as a set.
func (p Progress) Opened() map[string]bool {
	opened := make(map[string]bool, len(p.Terms))
	for _, term := range p.Terms {
		opened[term] = true
	}
	return opened
}
