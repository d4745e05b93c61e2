package outbox

import (
	"strings"
	"time"
	"unicode"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/mail"
)

// Letter is one mail to one person. Its texts are already in the reader's language; they
// are plain text, and the mail's layout escapes them.
type Letter struct {
	Person access.PersonID // who it is for, empty for an address that is nobody yet
	To     string          // one bare address
	ToName string
	// Subject stands readable in the database and on office pages: never a code or a link.
	Subject    string
	Preheader  string // the line that mailboxes show beside the subject
	Title      string
	Paragraphs []string // **words** between stars are bold
	Code       string   // six digits, shown large
	Quote      string   // somebody's own words, as a message that was written
	QuoteBy    string   // whose words they are
	Button     string
	URL        string   // absolute, made from the configured address
	Notes      []string // small lines under the card
	ReplyLine  string   // whether and where an answer arrives
	ReplyTo    string   // address that answers go to; empty: the firm's own
	// Thread is the conversation that answers to this mail belong to, "project:ID"; empty: none.
	Thread string
	// Unsubscribe is the absolute https address that takes the one click of RFC 8058; only for mail that a person may
	// choose not to get.
	Unsubscribe string
	// SettingsURL is the absolute address of the page where the person says what they are mailed; SettingsLabel leads there,
	// at the end of the notes.
	SettingsURL   string
	SettingsLabel string
	AboutKind     string // "proposal", "person", …: what the mail is about
	About         string // its id; office pages list mails by it
	// Mark makes a mail one of its kind in the organisation: a second letter with the same
	// mark is not stored. Empty: every letter is its own.
	Mark       string
	GoodUntil  time.Time // not sent after this
	Language   string
	AttachFile string // id of a file that is attached when the mail is sent
}

const (
	longestSubject = 200 // characters
)

// check refuses what could turn one mail into another (F05): an address that is not
// exactly one, and control characters in what becomes a header.
func (l Letter) check() error {
	if err := checkAddress(l.To); err != nil {
		return err
	}
	if l.ReplyTo != "" {
		if err := checkAddress(l.ReplyTo); err != nil {
			return err
		}
	}
	for _, header := range []string{l.ToName, l.Subject} {
		if strings.ContainsFunc(header, unicode.IsControl) {
			return fault.New(fault.Invalid, "A mail's subject and names must be one line.")
		}
	}
	if l.Subject == "" {
		return fault.New(fault.Invalid, "A mail needs a subject.")
	}
	return nil
}

// shortened is a subject that every mail server takes, cut between two words where it can be. The mail itself says it whole.
func shortened(subject string) string {
	letters := []rune(subject)
	if len(letters) <= longestSubject {
		return subject
	}
	cut := longestSubject - 1
	for i := cut; i > longestSubject/2; i-- {
		if unicode.IsSpace(letters[i]) {
			cut = i
			break
		}
	}
	return strings.TrimSpace(string(letters[:cut])) + "…"
}

func checkAddress(address string) error {
	if mail.CheckAddress(address) != nil {
		return fault.ForField("email", "Please enter a full e-mail address, like maria@example.com.")
	}
	return nil
}

// State is where a mail has got to.
type State string

// The states.
const (
	Queued    State = "queued"
	Delivered State = "sent" // a mail server took it
	Failed    State = "failed"
	Bounced   State = "bounced"
	Expired   State = "expired"
)

// Sent is a mail as office pages list it.
type Sent struct {
	ID        string
	Person    access.PersonID
	To        string
	Subject   string
	State     State
	LastError string
	QueuedAt  time.Time
	SentAt    time.Time
	BouncedAt time.Time
}
