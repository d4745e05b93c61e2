package message

import (
	"strings"
	"time"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
)

// The limits of messages.
const (
	longestBody  = 10_000 // characters
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
	// People gives those whom the actor may mention. It is asked only when somebody may be:
	// for the office's form, and for a text with an @. Nil: nobody.
	People func(*guard.Tx) ([]Person, error)
}

// Person is somebody who may be mentioned.
type Person struct {
	ID   access.PersonID
	Name string
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
}

// Message is a posted message.
type Message struct {
	ID         string
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
	return nil
}

// mentioned finds who is mentioned: those who were chosen, and those of the thread's people
// whose name follows an @ in the text.
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
		if chosen[person.ID] || person.Name != "" && strings.Contains(d.Body, "@"+person.Name) {
			mentioned = append(mentioned, person)
			delete(chosen, person.ID)
		}
	}
	if len(chosen) > 0 || len(mentioned) > mostMentions {
		return nil, fault.ForField("text", "Somebody you mentioned does not see this conversation.")
	}
	return mentioned, nil
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
