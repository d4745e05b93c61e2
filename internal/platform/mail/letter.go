package mail

import (
	_ "embed"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"lintel/internal/platform/fault"
)

// Letter is what a mail says: one sentence, one button, and the plain address under it.
// All texts are in the reader's language already.
type Letter struct {
	OrganisationName string
	LogoCID          string // of an Inline picture, 40 by 40; "" shows no logo
	BrandColour      string // of the button, "#00835a"
	OnBrand          string // of the button's words, "#ffffff"
	Language         string // "en"

	Preheader  string // shown by the inbox after the subject
	Title      string
	Paragraphs []Text
	Quote      string // somebody's own words; optional
	QuoteBy    string
	Code       string // six digits to type; optional

	ButtonLabel, ButtonURL string
	CopyAddressLine        string // "If the button does not work, copy this address:"
	Closing                Text
	Footer                 []Text // the first line about the link, then the firm's own
}

// Text is a line made of runs.
type Text []Run

// Run is a piece of text in one look: plain, bold, or a link. "\n" begins a new line.
type Run struct {
	Text string
	Bold bool
	URL  string // https, http, mailto or tel
}

// Plain is a Text of one plain run.
func Plain(text string) Text { return Text{{Text: text}} }

//go:embed letter.html
var letterSource string

// Layout renders letters. Make one with NewLayout and share it.
//
// It is not html/template's: that calls methods by name, and a program that can do so
// carries every method of every library that it holds: nine megabytes for Lintel.
type Layout struct {
	parts map[string]string // by name, with {{holes}}
}

var (
	partMark = regexp.MustCompile(`(?m)^\{\{part ([a-z ]+)\}\}\n`)
	hole     = regexp.MustCompile(`\{\{[A-Za-z]+\}\}`)
)

// NewLayout reads the built-in layout.
func NewLayout() (*Layout, error) {
	marks := partMark.FindAllStringSubmatchIndex(letterSource, -1)
	if len(marks) == 0 {
		return nil, errors.New("the mail layout has no parts")
	}
	layout := &Layout{parts: map[string]string{}}
	for i, mark := range marks {
		end := len(letterSource)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		layout.parts[letterSource[mark[2]:mark[3]]] = strings.TrimSuffix(letterSource[mark[1]:end], "\n")
	}
	return layout, nil
}

var (
	colourShape   = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	languageShape = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
	cidShape      = regexp.MustCompile(`^[a-zA-Z0-9.@-]+$`)
)

// RenderLetter makes the HTML and the text of a letter. It refuses colours and addresses
// that are none (fault Invalid); all other text is escaped.
func (l *Layout) RenderLetter(letter Letter) (html, text string, err error) {
	if err := checkLetter(letter); err != nil {
		return "", "", err
	}
	html = string(l.page(letter))
	return html, letterText(letter), nil
}

func checkLetter(letter Letter) error {
	if !colourShape.MatchString(letter.BrandColour) || !colourShape.MatchString(letter.OnBrand) {
		return fault.ForField("brand_colour", "A colour is written like #00835a.")
	}
	if !languageShape.MatchString(letter.Language) || letter.LogoCID != "" && !cidShape.MatchString(letter.LogoCID) {
		return fault.New(fault.Invalid, "The letter's language or logo is not written as it should be.")
	}
	runs := []Run{{URL: letter.ButtonURL}}
	for _, line := range append(append([]Text{letter.Closing}, letter.Paragraphs...), letter.Footer...) {
		runs = append(runs, line...)
	}
	for _, run := range runs {
		if run.URL != "" && !isLinkable(run.URL) {
			return fault.New(fault.Invalid, "A link in a letter must begin with https://.")
		}
	}
	return nil
}

func isLinkable(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch parsed.Scheme {
	case "https", "http":
		return parsed.Host != ""
	case "mailto", "tel":
		return true
	}
	return false
}

// letterText says the same as the HTML, for programs and people that read text.
func letterText(letter Letter) string {
	var b strings.Builder
	block := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(text + "\n\n")
		}
	}
	block(letter.OrganisationName)
	block(letter.Title)
	for _, paragraph := range letter.Paragraphs {
		block(plainText(paragraph))
	}
	if letter.Quote != "" {
		block("> " + strings.ReplaceAll(strings.TrimSpace(letter.Quote), "\n", "\n> ") + "\n" + letter.QuoteBy)
	}
	block(letter.Code)
	if letter.ButtonURL != "" {
		block(letter.ButtonLabel + ":\n" + letter.ButtonURL)
	}
	block(plainText(letter.Closing))
	if len(letter.Footer) > 0 {
		block(strings.Repeat("-", 40))
	}
	for _, line := range letter.Footer {
		block(plainText(line))
	}
	return strings.TrimSpace(b.String()) + "\n"
}

// plainText writes a web link behind its words; a number to call says itself.
func plainText(t Text) string {
	var b strings.Builder
	for _, run := range t {
		b.WriteString(run.Text)
		if strings.HasPrefix(run.URL, "http") && run.URL != run.Text {
			b.WriteString(" (" + run.URL + ")")
		}
	}
	return b.String()
}
