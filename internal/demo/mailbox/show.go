package mailbox

import (
	"context"
	"fmt"
	"io"
	netmail "net/mail"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"lintel/internal/platform/mail"
	"lintel/internal/ui"
)

func attached(n int) string {
	if n == 1 {
		return "1 file attached"
	}
	return fmt.Sprintf("%d files attached", n)
}

func tabs(number int, m mail.Parsed, as string) []ui.Tab {
	shown := shownAs(m, as)
	tab := func(label, part string) ui.Tab {
		return ui.Tab{Label: label, URL: fmt.Sprintf("%s/%d?as=%s", Path, number, part), Current: shown == part}
	}
	list := []ui.Tab{tab("Text", "text"), tab("Headers", "headers")}
	if m.HTML != "" {
		list = append([]ui.Tab{tab("Mail", "html")}, list...)
	}
	return list
}

// shownAs is which part is looked at: the HTML when there is one and nothing else was asked for.
func shownAs(m mail.Parsed, as string) string {
	if as == "text" || as == "headers" {
		return as
	}
	if m.HTML == "" {
		return "text"
	}
	return "html"
}

// piece is a part of a text, a link when it has an address.
type piece struct{ text, url string }

var webAddress = regexp.MustCompile(`https?://[^\s<>()"]+`)

func linked(text string) (pieces []piece) {
	for {
		at := webAddress.FindStringIndex(text)
		if at == nil {
			return append(pieces, piece{text: text})
		}
		pieces = append(pieces, piece{text: text[:at[0]]}, piece{text: text[at[0]:at[1]], url: text[at[0]:at[1]]})
		text = text[at[1]:]
	}
}

func orUnnamed(name string) string {
	if name == "" {
		return "unnamed"
	}
	return name
}

func size(bytes int) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", (bytes+1023)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}

// textPart is the text of a message with its line breaks, and its addresses as links.
func textPart(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var out strings.Builder
		out.WriteString(`<pre class="mailbox-text">`)
		for _, p := range linked(text) {
			if p.url == "" {
				out.WriteString(templ.EscapeString(p.text))
				continue
			}
			out.WriteString(`<a class="link" href="` + templ.EscapeString(p.url) + `">` + templ.EscapeString(p.text) + `</a>`)
		}
		out.WriteString("</pre>")
		_, err := io.WriteString(w, out.String())
		return err
	})
}

// nameOf is the name in an address, or the address when it has none.
func nameOf(address string) string {
	parsed, err := netmail.ParseAddress(address)
	if err != nil || parsed.Name == "" {
		return readable(address)
	}
	return parsed.Name
}

// readable is an address as people write it: Maria Ruiz <maria@example.com>.
func readable(address string) string {
	parsed, err := netmail.ParseAddress(address)
	if err != nil {
		return address
	}
	if parsed.Name == "" {
		return parsed.Address
	}
	return parsed.Name + " <" + parsed.Address + ">"
}
