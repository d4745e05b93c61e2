package ui

import (
	"context"
	"hash/fnv"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"
)

// Icon draws a symbol of the sprite, such as Icon("pen-line"). It is decoration: the name stands beside it in words.
// The symbols are the files in icons/lucide.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<svg class="i" aria-hidden="true"><use href="`+Asset("icons.svg")+"#"+templ.EscapeString(name)+`"></use></svg>`)
		return err
	})
}

// Text makes a component of plain text, for props that take a component.
func Text(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(text))
		return err
	})
}

// Join shows components one after the other, for props that take one component.
func Join(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range parts {
			if err := part.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tone colours badges and notes. Words always say the same, so no meaning hangs on colour alone.
type Tone string

// The tones. The empty tone is neutral.
const (
	ToneOK    Tone = "ok"
	ToneWarn  Tone = "warn"
	ToneBad   Tone = "bad"
	ToneInfo  Tone = "info"
	ToneBrand Tone = "brand"
)

// initials takes the first letters of the first and last word of a name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' })
	if len(words) == 0 {
		return "?"
	}
	first := string([]rune(words[0])[:1])
	if len(words) == 1 {
		return strings.ToUpper(first)
	}
	return strings.ToUpper(first + string([]rune(words[len(words)-1])[:1]))
}

// hueClass gives the same person the same colour everywhere.
func hueClass(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return "h" + strconv.Itoa(int(h.Sum32()%6))
}

func itoa(n int) string { return strconv.Itoa(n) }

// upTo99 writes how many new things there are: nobody counts beyond.
func upTo99(n int) string {
	if n > 99 {
		return "99+"
	}
	return itoa(n)
}

// decimal writes a figure for an SVG attribute with one place.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// ids joins the element ids that describe a field, leaving out the empty ones.
func ids(list ...string) string {
	kept := make([]string, 0, len(list))
	for _, id := range list {
		if id != "" {
			kept = append(kept, id)
		}
	}
	return strings.Join(kept, " ")
}

// when gives the id only when the text that it names is shown.
func when(text, id string) string {
	if text == "" {
		return ""
	}
	return id
}

// firstLetter stands in a firm's mark until it has a logo.
func firstLetter(name string) string { return string([]rune(initials(name))[:1]) }

func i64toa(n int64) string { return strconv.FormatInt(n, 10) }

// paragraphs splits plain text at blank lines.
func paragraphs(text string) []string {
	var list []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func pictureKind(p Picture) string {
	if p.Video {
		return "video"
	}
	return "image"
}

func words(text string) []string { return strings.Fields(text) }
