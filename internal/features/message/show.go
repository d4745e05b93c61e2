package message

import (
	"context"
	"regexp"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
)

// ConversationProps is everything that the card of a conversation shows.
type ConversationProps struct {
	Slug             string
	OrganisationName string
	Thread           Thread
	Messages         []Message
	Viewer           access.Actor
	Now              time.Time
	People           []Person // who may be mentioned in the office's form
	ReadOnly         bool     // no composer, as on an archived thing

	// What was typed, when the form is shown again, and what is wrong with it.
	Draft   Draft
	Waiting []file.File
	Error   string
}

// ElementID is the id of the card on the page; links to it end with "#conversation".
const ElementID = "conversation"

// listID is the id of the list in it, which is there once somebody has written.
const listID = ElementID + "-list"

func (p ConversationProps) postURL() string {
	return "/" + p.Slug + "/messages/" + p.Thread.Kind + "/" + p.Thread.ID
}

func (p ConversationProps) uploadURL() string {
	return file.UploadURL(p.Slug, file.Composer, composerOf(p.Thread.Kind, p.Thread.ID))
}

func (p ConversationProps) messageURL(m Message, verb string) string {
	return "/" + p.Slug + "/posts/" + m.ID + "/" + verb
}

func (p ConversationProps) isStaff() bool { return p.Viewer.Kind() == access.Staff }

func (p ConversationProps) own(m Message) bool {
	return m.Author == p.Viewer.Person() && m.AuthorKind == p.Viewer.Kind()
}

// draftID makes the form's own id: a form that is sent twice posts once.
func (p ConversationProps) draftID() string {
	if id.Valid(p.Draft.ID) {
		return p.Draft.ID
	}
	return id.New()
}

func (p ConversationProps) chosen(person Person) bool {
	for _, wanted := range p.Draft.Mentions {
		if wanted == person.ID {
			return true
		}
	}
	return false
}

func (p ConversationProps) heading(ctx context.Context) string {
	if p.Thread.Heading != "" {
		return p.Thread.Heading
	}
	return i18n.T(ctx, "Questions and answers")
}

func (p ConversationProps) placeholder(ctx context.Context) string {
	if p.Thread.Placeholder != "" {
		return p.Thread.Placeholder
	}
	return i18n.T(ctx, "Write a message")
}

func (p ConversationProps) count() int {
	n := 0
	for _, m := range p.Messages {
		if !m.Removed() {
			n++
		}
	}
	return n
}

// run is a piece of a line in one look.
type run struct {
	text    string
	url     string
	mention bool
}

var (
	blankLines = regexp.MustCompile(`\n[ \t]*\n\s*`)
	webAddress = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `]+`)
)

// paragraphs cuts a message into paragraphs, lines and runs. Only addresses of the web
// become links, and only people who were mentioned are marked; all else stays text.
func paragraphs(m Message) [][][]run {
	var out [][][]run
	for _, paragraph := range blankLines.Split(strings.TrimSpace(m.Body), -1) {
		var lines [][]run
		for _, line := range strings.Split(paragraph, "\n") {
			lines = append(lines, runsOf(line, m.Mentions))
		}
		out = append(out, lines)
	}
	return out
}

func runsOf(line string, mentions []Person) []run {
	var out []run
	rest := line
	for {
		at := webAddress.FindStringIndex(rest)
		if at == nil {
			return append(out, marked(rest, mentions)...)
		}
		address := strings.TrimRight(rest[at[0]:at[1]], ".,;:!?)]}")
		out = append(out, marked(rest[:at[0]], mentions)...)
		out = append(out, run{text: address, url: address})
		rest = rest[at[0]+len(address):]
	}
}

// marked finds the names that follow an @.
func marked(text string, mentions []Person) []run {
	for _, person := range mentions {
		before, after, found := strings.Cut(text, "@"+person.Name)
		if !found || person.Name == "" {
			continue
		}
		out := marked(before, mentions)
		out = append(out, run{text: "@" + person.Name, mention: true})
		return append(out, marked(after, mentions)...)
	}
	if text == "" {
		return nil
	}
	return []run{{text: text}}
}
