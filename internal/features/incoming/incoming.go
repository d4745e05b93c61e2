package incoming

import (
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/message"
)

// Mail is a mail that came in.
type Mail struct {
	ID           string
	State        State
	Reason       Reason
	Detail       string // for the office, in English: what a machine said
	Recipient    string
	Person       access.PersonID // that the address it came to was made for; empty without such an address
	Thread       message.Thread  // only Kind and ID
	Internal     bool            // answers an internal note
	Sender       string          // bare address, in lower case; empty when there is not exactly one
	SenderName   string
	Subject      string
	Excerpt      string
	Proof        string // by what the sender is proven: "DKIM", …; empty when they are not
	Files        int
	Size         int64
	Message      string // that it was posted as
	HandledBy    string // name of the colleague who placed it or set it aside
	ReceivedAt   time.Time
	SettledAt    time.Time
	envelopeFrom string
	remote, helo string
	cut          bool
	raw          string // key of its bytes; empty when they were forgotten
}

// Kept reports whether the mail itself is still there.
func (m Mail) Kept() bool { return m.raw != "" }

// State is how far a mail has got.
type State string

// The states.
const (
	Received  State = "received"
	Posted    State = "posted"
	Unmatched State = "unmatched" // waits for the office
	Aside     State = "aside"     // the office has looked at it and needs it no more
	Dropped   State = "dropped"   // by a machine, or empty
	Bounced   State = "bounced"   // a report about a mail of ours
)

// Reason is why a mail was not posted. Its sentence is in words.go.
type Reason string

// The reasons.
const (
	noReason      Reason = ""
	plainAddress  Reason = "plain"     // not an answer to a notice
	otherSender   Reason = "sender"    // not from the person whom the address was made for
	notProven     Reason = "unproven"  // nobody proves that it is from its sender
	noAccess      Reason = "access"    // the person may not write there any more
	unreadable    Reason = "broken"    // cannot be taken apart
	tooLarge      Reason = "large"     // only its header was fetched
	refusedByPost Reason = "refused"   // the conversation did not take it
	byMachine     Reason = "automatic" // an absence notice, a list
	ourOwn        Reason = "loop"      // a mail of ours that came back
	tooMany       Reason = "many"      // more in an hour than a person writes
	nothingIn     Reason = "empty"
	notOurs       Reason = "not ours" // a report about a mail that is not ours
	nobodys       Reason = "nobody"   // from somebody whom no organisation here knows
)

// The limits of answers by mail.
const (
	longestText   = 9_900 // characters that become a message; of longer mails the whole goes with it as a file
	longestQuoted = 20_000
	mostFiles     = 20
	mostAnHour    = 30 // answers of one person in one conversation
	mostNotices   = 20 // mails a day that the office is told of, in each organisation
	shownExcerpt  = 200
)

// Trust is what the owner of the installation asks of a sender.
type Trust string

// The ways to trust.
const (
	Authenticated Trust = "authenticated" // DKIM or SPF must prove the domain of the sender
	ByAddress     Trust = "address"       // for customers the address alone counts, as whoever knows it could write it
)

func excerpt(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	if runes := []rune(words); len(runes) > shownExcerpt {
		return string(runes[:shownExcerpt]) + "…"
	}
	return words
}

// shorten cuts a text at a number of characters and tells whether it did.
func shorten(text string, most int) (string, bool) {
	runes := []rune(text)
	if len(runes) <= most {
		return text, false
	}
	return string(runes[:most]) + " …", true
}
