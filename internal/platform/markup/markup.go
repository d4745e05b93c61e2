// Package markup shows text that people wrote in a small subset of Markdown: paragraphs,
// bold, italics, lists, short headings and https links. Everything else, raw HTML above
// all, comes out as text or not at all (F03).
package markup

import (
	"bytes"
	"strings"

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
}

// New makes a writer.
func New() *Writer {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("https", "mailto", "tel")
	policy.RequireNoFollowOnLinks(true)
	policy.RequireNoReferrerOnLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	return &Writer{markdown: goldmark.New(), policy: policy}
}

// HTML is the text as a component.
func (w *Writer) HTML(source string) templ.Component {
	var out bytes.Buffer
	if err := w.markdown.Convert([]byte(source), &out); err != nil {
		return templ.Raw(templ.EscapeString(source))
	}
	return templ.Raw(string(w.policy.SanitizeBytes(out.Bytes())))
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
