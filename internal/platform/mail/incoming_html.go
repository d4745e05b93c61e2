package mail

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readHTML makes plain text of the HTML of a mail, apart from what stands in the places where
// mail programs put quoted mails and signatures; called are the Content-IDs of the pictures in
// what is left. Nothing is fetched and nothing runs.
func readHTML(source string) (own, quoted string, called map[string]bool) {
	r := htmlReader{called: map[string]bool{}}
	tokens := html.NewTokenizer(strings.NewReader(source))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return tidyText(r.own.String()), tidyText(r.quoted.String()), r.called
		case html.TextToken:
			r.text(string(tokens.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(tokens.Token())
		case html.EndTagToken:
			r.close(tokens.Token())
		}
	}
}

type htmlReader struct {
	own, quoted strings.Builder
	stack       []opened
	silent      int // inside of script, style, head
	folded      int // inside of a quote or signature
	pre         int
	rest        bool // everything from here on is quoted
	called      map[string]bool
}

type opened struct {
	tag            atom.Atom
	silent, folded bool
	pre            bool
}

// deepest bounds what is remembered of open tags.
const deepest = 500

var blocks = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Tr: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.Blockquote: true, atom.Pre: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Hr: true, atom.Dl: true, atom.Dd: true, atom.Dt: true}

var void = map[atom.Atom]bool{atom.Br: true, atom.Hr: true, atom.Img: true, atom.Meta: true, atom.Link: true, atom.Input: true, atom.Col: true, atom.Base: true, atom.Wbr: true}

func (r *htmlReader) open(t html.Token) {
	o := opened{tag: t.DataAtom}
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Noscript, atom.Object, atom.Iframe, atom.Template, atom.Svg, atom.Select, atom.Textarea:
		o.silent = true
	case atom.Blockquote:
		o.folded = true
	case atom.Pre:
		o.pre = true
	}
	class, id, style := attribute(t, "class"), attribute(t, "id"), strings.ToLower(attribute(t, "style"))
	if hidden(style) {
		o.silent = true
	}
	if foldedPlace(class, id) {
		o.folded = true
	}
	if restBegins(id, style) {
		r.rest = true
	}
	if blocks[t.DataAtom] {
		r.line()
	}
	switch t.DataAtom {
	case atom.Br:
		r.write("\n")
	case atom.Li:
		r.write("- ")
	case atom.Img:
		r.picture(attribute(t, "src"))
	}
	if void[t.DataAtom] || t.Type == html.SelfClosingTagToken || len(r.stack) >= deepest {
		return
	}
	r.stack = append(r.stack, o)
	r.count(o, 1)
}

func (r *htmlReader) close(t html.Token) {
	for i := len(r.stack) - 1; i >= 0; i-- {
		if r.stack[i].tag != t.DataAtom {
			continue
		}
		if blocks[t.DataAtom] {
			r.line()
			if t.DataAtom == atom.P || t.DataAtom == atom.Blockquote {
				r.write("\n")
			}
		}
		if t.DataAtom == atom.Td || t.DataAtom == atom.Th {
			r.write("  ")
		}
		for _, o := range r.stack[i:] {
			r.count(o, -1)
		}
		r.stack = r.stack[:i]
		return
	}
}

func (r *htmlReader) count(o opened, by int) {
	if o.silent {
		r.silent += by
	}
	if o.folded {
		r.folded += by
	}
	if o.pre {
		r.pre += by
	}
}

func (r *htmlReader) text(text string) {
	if r.pre == 0 {
		words := strings.Join(strings.Fields(text), " ")
		if words == "" {
			if text != "" {
				r.write(" ")
			}
			return
		}
		if strings.TrimLeft(text, " \t\r\n") != text {
			words = " " + words
		}
		if strings.TrimRight(text, " \t\r\n") != text {
			words += " "
		}
		text = words
	}
	r.write(text)
}

func (r *htmlReader) write(text string) {
	switch {
	case r.silent > 0:
	case r.folded > 0 || r.rest:
		if r.quoted.Len() < longestText {
			r.quoted.WriteString(text)
		}
	case r.own.Len() < longestText:
		r.own.WriteString(text)
	}
}

// line begins a new line unless the text is at the beginning of one.
func (r *htmlReader) line() {
	target := &r.own
	if r.folded > 0 || r.rest {
		target = &r.quoted
	}
	if text := target.String(); text != "" && !strings.HasSuffix(text[max(0, len(text)-8):], "\n") {
		r.write("\n")
	}
}

func (r *htmlReader) picture(source string) {
	if cid, inside := strings.CutPrefix(source, "cid:"); inside && r.folded == 0 && !r.rest && r.silent == 0 {
		r.called[cid] = true
	}
}

// foldedPlace knows where mail programs put what they quote, and signatures.
func foldedPlace(class, id string) bool {
	for name := range strings.FieldsSeq(class) {
		switch name {
		case "gmail_quote", "gmail_extra", "gmail_attr", "gmail_signature", "gmail_signature_prefix", "yahoo_quoted", "moz-cite-prefix", "moz-signature", "protonmail_quote", "protonmail_signature_block", "tutanota_quote", "zmail_extra", "WordSection1_quoted":
			return true
		}
	}
	switch id {
	case "Signature", "signature", "ms-outlook-mobile-signature", "AppleMailSignature", "yahoo_quoted", "mail-editor-reference-message-container", "isReplyContent", "replySplit":
		return true
	}
	return strings.HasPrefix(id, "AppleMailSignature") || strings.HasPrefix(id, "yahoo_quoted")
}

// restBegins knows the places behind which Outlook puts the whole mail that is answered.
func restBegins(id, style string) bool {
	if id == "appendonsend" || id == "divRplyFwdMsg" || strings.HasSuffix(id, "_appendonsend") || strings.HasSuffix(id, "_divRplyFwdMsg") {
		return true
	}
	flat := strings.ReplaceAll(style, " ", "")
	return strings.Contains(flat, "border-top:solid#e1e1e1") || strings.Contains(flat, "border-top:solid#b5c4df")
}

// hidden knows text that no reader sees: preview lines, tracking.
func hidden(style string) bool {
	flat := strings.ReplaceAll(style, " ", "")
	return strings.Contains(flat, "display:none") || strings.Contains(flat, "visibility:hidden") || strings.Contains(flat, "font-size:0px") || strings.Contains(flat, "mso-hide:all")
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func tidyText(text string) string {
	lines := strings.Split(clean(strings.ReplaceAll(text, "\u00a0", " ")), "\n")
	for i, line := range lines {
		if line != "-- " {
			lines[i] = strings.TrimSpace(line)
		}
	}
	return joinLines(lines)
}
