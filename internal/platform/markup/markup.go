// Package markup shows text that people wrote in a small subset of Markdown: paragraphs,
// bold, italics, lists, short headings and https links. Everything else, raw HTML above
// all, comes out as text or not at all (F03).
package markup

import (
	"bytes"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Writer turns Markdown into safe HTML and into plain text. Make one and share it.
type Writer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy

	mu    sync.Mutex
	known map[string]string // the HTML of texts shown lately: terms stand on every page alike
	size  int
}

// mostKnown bounds the memory of known texts, in bytes.
const mostKnown = 1 << 20

// New makes a writer.
func New() *Writer {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("https", "mailto", "tel")
	policy.RequireNoFollowOnLinks(true)
	policy.RequireNoReferrerOnLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	return &Writer{markdown: goldmark.New(), policy: policy, known: map[string]string{}}
}

// HTML is the text as a component.
func (w *Writer) HTML(source string) templ.Component {
	w.mu.Lock()
	html, known := w.known[source]
	w.mu.Unlock()
	if !known {
		html = w.convert(source)
		w.remember(source, html)
	}
	return templ.Raw(html)
}

func (w *Writer) convert(source string) string {
	var out bytes.Buffer
	if err := w.markdown.Convert([]byte(source), &out); err != nil {
		return templ.EscapeString(source)
	}
	return string(w.policy.SanitizeBytes(out.Bytes()))
}

func (w *Writer) remember(source, html string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size += len(source) + len(html); w.size > mostKnown {
		clear(w.known)
		w.size = len(source) + len(html)
	}
	w.known[source] = html
}

// Plain is the text without its marks, for PDFs and mails.
func (w *Writer) Plain(source string) string {
	raw := []byte(source)
	var out strings.Builder
	_ = ast.Walk(w.markdown.Parser().Parse(text.NewReader(raw)), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := node.(type) {
		case *ast.Text:
			if entering {
				out.Write(n.Segment.Value(raw))
				if n.SoftLineBreak() || n.HardLineBreak() {
					out.WriteByte('\n')
				}
			}
		case *ast.ListItem:
			if entering {
				out.WriteString("• ")
			}
		case *ast.Paragraph, *ast.Heading, *ast.TextBlock:
			if !entering {
				out.WriteString(blockEnd(node))
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(out.String())
}

func blockEnd(node ast.Node) string {
	if _, inList := node.Parent().(*ast.ListItem); inList {
		return "\n"
	}
	return "\n\n"
}
