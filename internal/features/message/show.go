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

// View is who looks, and when.
type View struct {
	Slug             string
	OrganisationName string
	Viewer           access.Actor
	Now              time.Time
	ReadOnly         bool // no field to write in, as on an archived thing
}

func (v View) isStaff() bool { return v.Viewer.Kind() == access.Staff }

func (v View) own(m Message) bool {
	return m.Author == v.Viewer.Person() && m.AuthorKind == v.Viewer.Kind()
}

func (v View) messageURL(m Message, verb string) string {
	return "/" + v.Slug + "/posts/" + m.ID + "/" + verb
}

func (v View) threadURL(w Where) string { return "/" + v.Slug + "/messages/" + w.Kind + "/" + w.ID }

func (v View) uploadURL(w Where) string {
	return file.UploadURL(v.Slug, file.Composer, composerOf(w.Kind, w.ID))
}

// marks reports whether what the viewer has seen is noted: not of somebody who looks at the
// portal as another person.
func (v View) marks() bool { return v.Viewer.SeenBy() == "" }

// ConversationProps is everything that the card of a conversation shows.
type ConversationProps struct {
	View
	Thread   Thread
	Messages []Message
	People   []Person // who may be mentioned
	readers  []Reader

	// What was typed, when the form is shown again, and what is wrong with it.
	Draft   Draft
	Waiting []file.File
	Error   string
}

// ElementID is the id of the card on the page; links to it end with "#conversation".
const ElementID = "conversation"

// listID is the id of the list in it, which is there once somebody has written, and fieldID
// the one of the field for a message.
const (
	listID  = ElementID + "-list"
	fieldID = ElementID + "-field"
)

func (p ConversationProps) where() Where { return Where{p.Thread.Kind, p.Thread.ID} }

// inField is the draft of the field for a new message; an answer is typed elsewhere.
func (p ConversationProps) inField() fieldProps {
	f := fieldProps{View: p.View, where: p.where(), id: ElementID, placeholder: p.Thread.Placeholder, people: p.People}
	if p.Draft.Parent == "" {
		f.draft, f.waiting, f.wrong = p.Draft, p.Waiting, p.Error
	}
	return f
}

func (p ConversationProps) talk(t Talk) TalkProps {
	props := TalkProps{View: p.View, Talk: t, readers: p.readers}
	if p.Draft.Parent != "" && p.Draft.Parent == t.Root.ID {
		props.Draft, props.Waiting, props.Error = p.Draft, p.Waiting, p.Error
	}
	return props
}

// firstNew is the conversation above which the line stands that says from where on things
// are new; empty when the viewer has never been here, or has seen everything.
func (p ConversationProps) firstNew(talks []Talk) string {
	upTo := seenUpTo(p.readers, p.Viewer)
	for _, t := range talks {
		if !upTo.IsZero() && t.unseen(upTo, p.Viewer) {
			return t.Root.ID
		}
	}
	return ""
}

// TalkProps is a message with its answers, and the field for one more.
type TalkProps struct {
	View
	Talk    Talk
	readers []Reader

	Draft   Draft
	Waiting []file.File
	Error   string
}

func talkID(root string) string { return "talk-" + root }

func (p TalkProps) where() Where { return p.Talk.Root.Thread }

// isNew reports whether a message came since the viewer was here last.
func (p TalkProps) isNew(m Message) bool {
	upTo := seenUpTo(p.readers, p.Viewer)
	return !upTo.IsZero() && unseen(m, upTo, p.Viewer)
}

// Unseen reports whether something in it came since the viewer was here last.
func (p TalkProps) Unseen() bool { return p.Talk.unseen(seenUpTo(p.readers, p.Viewer), p.Viewer) }

func (p TalkProps) seenBy() []string { return seenBy(p.Talk.Last(), p.readers, p.Viewer) }

func (p TalkProps) inField() fieldProps {
	f := fieldProps{View: p.View, where: p.where(), id: "answer-" + p.Talk.Root.ID, parent: p.Talk.Root.ID, internal: p.Talk.Root.Internal}
	if p.Draft.Parent != "" {
		f.draft, f.waiting, f.wrong = p.Draft, p.Waiting, p.Error
	}
	return f
}

// fieldProps is a field for a message: a new one, or an answer to parent.
type fieldProps struct {
	View
	where       Where
	id          string
	placeholder string
	parent      string
	internal    bool // the message that is answered is an internal note
	people      []Person
	draft       Draft
	waiting     []file.File
	wrong       string
}

// draftID makes the form's own id: a form that is sent twice posts once.
func (f fieldProps) draftID() string {
	if id.Valid(f.draft.ID) {
		return f.draft.ID
	}
	return id.New()
}

func (f fieldProps) chosen(person Person) bool {
	for _, wanted := range f.draft.Mentions {
		if wanted == person.ID {
			return true
		}
	}
	return false
}

func (f fieldProps) words(ctx context.Context) string {
	switch {
	case f.placeholder != "":
		return f.placeholder
	case f.parent != "":
		return i18n.T(ctx, "Write an answer")
	}
	return i18n.T(ctx, "Write a message. Type @ to mention somebody.")
}

func (f fieldProps) name(ctx context.Context) string {
	if f.parent != "" {
		return i18n.T(ctx, "Your answer")
	}
	return i18n.T(ctx, "Your comment")
}

func (p ConversationProps) heading(ctx context.Context) string {
	if p.Thread.Heading != "" {
		return p.Thread.Heading
	}
	return i18n.T(ctx, "Questions and answers")
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
