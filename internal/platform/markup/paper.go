package markup

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Block is a paragraph as it is printed: its text with line feeds, a list item's bullet or
// number, and how deep it stands.
type Block struct {
	Text    string
	Marker  string // of a list item; empty for the rest
	Depth   int    // lists and quotations around it
	Heading bool
}

// Paper is the text for print: the words of the page in their order, and behind a link
// where it leads to.
func (w *Writer) Paper(source string) []Block {
	nodes, err := html.ParseFragment(strings.NewReader(w.safe(source)), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return []Block{{Text: source}} // the page does not parse: say what was written
	}
	p := &printer{}
	for _, node := range nodes {
		p.node(node)
	}
	p.end()
	return p.blocks
}

// printer walks the page's HTML and collects its blocks.
type printer struct {
	blocks []Block
	text   strings.Builder
	marker string
	depth  int
	asIs   int // inside of text whose spaces count
}

func (p *printer) node(node *html.Node) {
	if node.Type == html.TextNode {
		p.words(node.Data)
		return
	}
	switch node.DataAtom {
	case atom.Br:
		p.text.WriteByte('\n')
	case atom.A:
		p.inside(node)
		p.target(node)
	case atom.P, atom.H3, atom.H4:
		p.block(node)
	case atom.Pre:
		p.asIs++
		p.block(node)
		p.asIs--
	case atom.Ul, atom.Ol:
		p.last()
		p.depth++
		p.items(node)
		p.depth--
	case atom.Blockquote:
		p.end()
		p.depth++
		p.inside(node)
		p.end()
		p.depth--
	default:
		p.inside(node)
	}
}

func (p *printer) inside(node *html.Node) {
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		p.node(child)
	}
}

// words adds text; white space is one space unless it counts.
func (p *printer) words(text string) {
	if p.asIs > 0 {
		p.text.WriteString(text)
		return
	}
	fields := strings.Fields(text)
	if len(fields) == 0 {
		p.gap()
		return
	}
	if strings.TrimLeft(text, " \t\r\n") != text {
		p.gap()
	}
	p.text.WriteString(strings.Join(fields, " "))
	if strings.TrimRight(text, " \t\r\n") != text {
		p.gap()
	}
}

func (p *printer) gap() {
	if so := p.text.String(); so != "" && !strings.HasSuffix(so, " ") && !strings.HasSuffix(so, "\n") {
		p.text.WriteByte(' ')
	}
}

// target says where a link leads to, unless its words say that already.
func (p *printer) target(link *html.Node) {
	address := strings.TrimPrefix(strings.TrimPrefix(attribute(link, "href"), "mailto:"), "tel:")
	if address != "" && !strings.HasSuffix(p.text.String(), address) {
		p.text.WriteString(" (" + address + ")")
	}
}

func (p *printer) items(list *html.Node) {
	number, err := strconv.Atoi(attribute(list, "start"))
	if err != nil {
		number = 1
	}
	for child := list.FirstChild; child != nil; child = child.NextSibling {
		if child.DataAtom != atom.Li {
			continue
		}
		p.marker = "•"
		if list.DataAtom == atom.Ol {
			p.marker = strconv.Itoa(number) + "."
			number++
		}
		p.inside(child)
		p.last()
	}
}

// last ends an item; one without words of its own still has its place on the page.
func (p *printer) last() {
	if p.marker != "" && strings.TrimSpace(p.text.String()) == "" {
		p.blocks = append(p.blocks, Block{Marker: p.marker, Depth: p.depth})
		p.marker = ""
	}
	p.end()
}

func (p *printer) block(node *html.Node) {
	p.end()
	before := len(p.blocks)
	p.inside(node)
	p.end()
	if heading := node.DataAtom == atom.H3 || node.DataAtom == atom.H4; heading && len(p.blocks) > before {
		p.blocks[before].Heading = true
	}
}

// end closes the block that is under way.
func (p *printer) end() {
	text := strings.Trim(p.text.String(), " \n")
	if p.asIs > 0 {
		text = indented(p.text.String())
	}
	p.text.Reset()
	if text == "" {
		return
	}
	p.blocks = append(p.blocks, Block{Text: text, Marker: p.marker, Depth: p.depth})
	p.marker = ""
}

// indented keeps the white space that lines begin with, as spaces at which no line ends.
func indented(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		words := strings.TrimLeft(line, " \t")
		before := strings.ReplaceAll(line[:len(line)-len(words)], "\t", "    ")
		lines[i] = strings.Repeat("\u00a0", len(before)) + words
	}
	return strings.Join(lines, "\n")
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
