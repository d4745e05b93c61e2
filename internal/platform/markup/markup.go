// Package markup shows text that people wrote in a small subset of Markdown: paragraphs,
// bold, italics, lists, short headings, indented text and https links. Everything else, raw
// HTML above all, comes out as text or not at all (F03). What is printed is read from the
// page's own HTML, so that paper and page say the same.
package markup

import (
	"bytes"
	"sync"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Writer turns Markdown into safe HTML and into what is printed. Make one and share it.
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
	policy.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "pre", "code")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	policy.AllowURLSchemes("https", "mailto", "tel")
	policy.RequireNoFollowOnLinks(true)
	policy.RequireNoReferrerOnLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	markdown := goldmark.New(goldmark.WithRendererOptions(html.WithHardWraps()),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(shortHeadings{}, 100))))
	return &Writer{markdown: markdown, policy: policy, known: map[string]string{}}
}

// shortHeadings sets every heading below those of the page.
type shortHeadings struct{}

// Transform is what the parser calls for each text.
func (shortHeadings) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	for node := document.FirstChild(); node != nil; node = node.NextSibling() {
		if heading, is := node.(*ast.Heading); is {
			heading.Level = min(max(heading.Level, 3), 4)
		}
	}
}

// HTML is the text as a component.
func (w *Writer) HTML(source string) templ.Component { return templ.Raw(w.safe(source)) }

func (w *Writer) safe(source string) string {
	w.mu.Lock()
	page, known := w.known[source]
	w.mu.Unlock()
	if !known {
		page = w.convert(source)
		w.remember(source, page)
	}
	return page
}

func (w *Writer) convert(source string) string {
	var out bytes.Buffer
	if err := w.markdown.Convert([]byte(source), &out); err != nil {
		return templ.EscapeString(source)
	}
	return string(w.policy.SanitizeBytes(out.Bytes()))
}

func (w *Writer) remember(source, page string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size += len(source) + len(page); w.size > mostKnown {
		clear(w.known)
		w.size = len(source) + len(page)
	}
	w.known[source] = page
}
