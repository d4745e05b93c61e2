package message

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
)

// The limits of messages.
const (
	longestBody  = 10_000 // characters
	longestQuote = 20_000
	mostFiles    = 20
	mostMentions = 20
	mostShown    = 300 // newest messages of a thread on a page
	editableFor  = 15 * time.Minute
	excerptRunes = 280
)

// Thread is the conversation on one thing.
type Thread struct {
	Kind, ID    string
	Customer    string
	Project     string
	Item        string // the document that a link for one item opens; empty for other things
	Title       string
	OfficeURL   string // path of the page that shows the conversation to the office
	CustomerURL string // the same for the customer; empty when customers have none
	// Heading and Placeholder are translated words of the card: "Questions and answers",
	// "Ask Jon anything about this proposal". Empty: general ones.
	Heading     string
	Placeholder string
	// Lead is who in the office answers here, and is told of what customers write; empty:
	// those who lead the firm.
	Lead access.PersonID
	// People gives those whom the actor may mention. It is asked only when somebody may be:
	// for the form, for what is typed after an @, and for a text with one. Nil: nobody.
	People func(*guard.Tx) ([]Person, error)
}

// Person is somebody who may be mentioned.
type Person struct {
	ID   access.PersonID
	Name string
	Kind access.Kind `json:",omitempty"` // in which capacity; internal notes mention staff only
	Line string      `json:"-"`          // "Kitchen planner, Hartwell & Sons": below the name in a list
}

func (t Thread) mentionable(tx *guard.Tx) ([]Person, error) {
	if t.People == nil {
		return nil, nil
	}
	return t.People(tx)
}

// Finder gives the thread of a thing that the transaction's actor sees; NotFound otherwise.
type Finder func(tx *guard.Tx, id string) (Thread, error)

// Draft is what somebody is about to post.
type Draft struct {
	ID       string // made when the form was shown, so that posting twice is posting once; may be empty
	Body     string
	Files    []string // ids of files uploaded to the thread's composer
	Mentions []access.PersonID
	Internal bool // only the office sees it
	// Parent is the message that this one answers, in the same thread; an answer to an
	// answer stands beside it. An answer to an internal note is one itself.
	Parent string
	Quoted string // the part of a mail that repeats older ones; shown folded
	Via    string // "mail" for what came as an answer to a mail, otherwise empty
}

// ByMail is the Via of what came as an answer to a mail.
const ByMail = "mail"

// Message is a posted message.
type Message struct {
	ID         string
	Thread     Where
	Parent     string // the message that it stands under; empty for one of its own
	Quoted     string
	Via        string
	Author     access.PersonID
	AuthorKind access.Kind
	AuthorName string
	Body       string
	Mentions   []Person
	Internal   bool
	PostedAt   time.Time
	EditedAt   time.Time
	RemovedAt  time.Time
	Files      []file.File
}

// Where names a thread.
type Where struct{ Kind, ID string }

// Removed reports whether its author took the message back.
func (m Message) Removed() bool { return !m.RemovedAt.IsZero() }

// EditableBy reports whether the actor may still change the message or take it back.
func (m Message) EditableBy(actor access.Actor, now time.Time) bool {
	return m.Author == actor.Person() && m.Author != "" && m.AuthorKind == actor.Kind() && !m.Removed() && now.Before(m.PostedAt.Add(editableFor))
}

// check tidies a draft.
func (d *Draft) check() error {
	body, err := checkBody(d.Body, len(d.Files) > 0)
	if err != nil {
		return err
	}
	d.Body = body
	if len(d.Files) > mostFiles {
		return fault.ForField("text", "A message can carry up to 20 files.")
	}
	d.Quoted = readable(d.Quoted)
	return nil
}

// readable keeps of a mail's older part what can be shown, and its beginning if it is long.
func readable(text string) string {
	text = strings.Map(func(r rune) rune {
		if isUntypeable(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), ""))
	if runes := []rune(text); len(runes) > longestQuote {
		text = string(runes[:longestQuote]) + "…"
	}
	return strings.TrimSpace(text)
}

// mentioned finds who is mentioned: those who were chosen, and those of the thread's people
// whose name follows an @ in the text. In an internal note that is the office alone.
func (d *Draft) mentioned(tx *guard.Tx, t Thread) ([]Person, error) {
	if len(d.Mentions) == 0 && !strings.Contains(d.Body, "@") {
		return nil, nil
	}
	people, err := t.mentionable(tx)
	if err != nil {
		return nil, err
	}
	chosen := map[access.PersonID]bool{}
	for _, person := range d.Mentions {
		chosen[person] = true
	}
	var mentioned []Person
	for _, person := range people {
		if d.Internal && person.Kind == access.Customer {
			continue
		}
		if chosen[person.ID] || named(d.Body, person.Name) {
			mentioned = append(mentioned, person)
			delete(chosen, person.ID)
		}
	}
	if len(chosen) > 0 || len(mentioned) > mostMentions {
		return nil, fault.ForField("text", "Somebody you mentioned does not see this conversation.")
	}
	return mentioned, nil
}

// named reports whether a name follows an @ in the text, as a whole.
func named(text, name string) bool {
	for rest := text; name != ""; {
		_, after, found := strings.Cut(rest, "@"+name)
		if !found {
			return false
		}
		if next, _ := utf8.DecodeRuneInString(after); after == "" || !unicode.IsLetter(next) && !unicode.IsDigit(next) {
			return true
		}
		rest = after
	}
	return false
}

func checkBody(text string, mayBeEmpty bool) (string, error) {
	body := strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case !utf8.ValidString(body) || strings.ContainsFunc(body, isUntypeable):
		return "", fault.ForField("text", "This contains characters that cannot be read.")
	case body == "" && !mayBeEmpty:
		return "", fault.ForField("text", "Please write something first.")
	case utf8.RuneCountInString(body) > longestBody:
		return "", fault.ForField("text", "This is too long. A message can have 10,000 characters.")
	}
	return body, nil
}

func isUntypeable(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }

// excerpt is the beginning of a text, cut at a word.
func excerpt(body string) string {
	runes := []rune(body)
	if len(runes) <= excerptRunes {
		return body
	}
	cut := string(runes[:excerptRunes])
	if space := strings.LastIndexAny(cut, " \n"); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimSpace(cut) + "…"
}
