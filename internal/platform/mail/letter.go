package mail

import (
	_ "embed"
	"fmt"
	"html/template"
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

// conditionals are the comments by which Outlook for Windows is spoken to. html/template
// deletes every comment, so they travel through it as tokens; nothing inside them is filled in.
var conditionals = regexp.MustCompile(`(?s)<!--\[if.*?<!\[endif\]-->`)

// Layout renders letters. Make one with NewLayout and share it.
type Layout struct {
	page *template.Template
	kept []string // the conditionals, by the number of their token
}

// NewLayout reads the built-in layout.
func NewLayout() (*Layout, error) {
	layout := &Layout{}
	source := conditionals.ReplaceAllStringFunc(letterSource, func(conditional string) string {
		layout.kept = append(layout.kept, conditional)
		return token(len(layout.kept) - 1)
	})
	page, err := template.New("letter").Parse(source)
	if err != nil {
		return nil, fmt.Errorf("read the mail layout: %w", err)
	}
	layout.page = page
	return layout, nil
}

func token(number int) string { return fmt.Sprintf("LINTEL-KEEPS-%02d-HERE", number) }

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
	var page strings.Builder
	if err := l.page.Execute(&page, view{letter}); err != nil {
		return "", "", fmt.Errorf("render the letter: %w", err)
	}
	html = page.String()
	for number, conditional := range l.kept {
		html = strings.Replace(html, token(number), conditional, 1)
	}
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

// view gives the template a letter's parts in types that say they were checked.
type view struct{ Letter }

func (v view) Brand() template.CSS { return template.CSS(v.BrandColour) }
func (v view) OnBrandColour() template.CSS {
	return template.CSS(v.OnBrand)
}
func (v view) Logo() template.URL   { return template.URL("cid:" + v.LogoCID) }
func (v view) Link() template.URL   { return template.URL(v.ButtonURL) }
func (v view) Spans(t Text) []span  { return spans(t) }
func (v view) QuoteLines() []string { return strings.Split(v.Quote, "\n") }

type span struct {
	Run
	Break bool
	Href  template.URL
}

// spans cuts runs at line breaks, which become <br>.
func spans(t Text) []span {
	var all []span
	for _, run := range t {
		for i, piece := range strings.Split(run.Text, "\n") {
			all = append(all, span{Run: Run{piece, run.Bold, run.URL}, Break: i > 0, Href: template.URL(run.URL)})
		}
	}
	return all
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
