package pdf

import (
	"fmt"
	"strconv"
	"strings"
)

// element is a node of the structure that screen readers follow (ISO 32000-1, 14.7).
type element struct {
	kind  string // H1, P, Table, TR, TH, TD, Figure, …
	alt   string
	scope string // of a TH: Column or Row
	span  int    // columns, when more than one
	kids  []kid
}

// kid is a child element, or a piece of a page's content.
type kid struct {
	child      *element
	page, mark int
}

type tags struct {
	root  *element
	pages int
	next  map[int]int // page → next number of marked content
}

func newTags() *tags {
	return &tags{root: &element{kind: "Document"}, next: map[int]int{}}
}

// add makes a child of parent; nil means the document.
func (d *Document) add(parent *element, kind string) *element {
	if parent == nil {
		parent = d.tags.root
	}
	e := &element{kind: kind}
	parent.kids = append(parent.kids, kid{child: e})
	return e
}

// mark draws something that belongs to e. Marks do not nest.
func (d *Document) mark(e *element, draw func()) {
	page := d.pdf.PageNo()
	n := d.tags.next[page]
	d.tags.next[page]++
	e.kids = append(e.kids, kid{page: page, mark: n})
	d.pdf.RawWriteStr("/" + e.kind + " <</MCID " + strconv.Itoa(n) + ">> BDC\n")
	draw()
	d.pdf.RawWriteStr("EMC\n")
}

// artifact draws something that is not content: rules, tints, headers, footers.
func (d *Document) artifact(draw func()) {
	d.pdf.RawWriteStr("/Artifact BMC\n")
	draw()
	d.pdf.RawWriteStr("EMC\n")
}

// finish adds what the drawing library cannot write (fonts, structure, attachments,
// metadata) and gives the file as one revision.
func finish(drawn []byte, doc *Document) ([]byte, error) {
	f, err := open(drawn)
	if err != nil {
		return nil, err
	}
	pages, err := f.pages()
	if err != nil {
		return nil, err
	}
	root, _ := f.trailer.get("Root").(reference)
	w := &finisher{changed: map[int][]byte{}, next: f.size(), pages: pages, parents: make([]array, len(pages))}
	structure := w.structure(doc.tags)
	for i, page := range pages {
		d := f.dict(page).with("StructParents", number(i)).with("Tabs", name("S"))
		w.changed[page.number] = printed(d)
		content, ok := d.get("Contents").(reference)
		if !ok {
			return nil, errBroken
		}
		marks, err := f.unpack(content, maxFileSize)
		if err != nil {
			return nil, err
		}
		w.changed[content.number] = printedStream(dict{{"Filter", name("FlateDecode")}}, deflate(marks))
	}
	resources, ok := f.dict(pages[0]).get("Resources").(reference)
	if !ok {
		return nil, errBroken
	}
	w.changed[resources.number] = printed(f.dict(resources).with("Font", w.fonts(doc.fonts)))
	catalog := f.dict(root).with("Names", nil).
		with("StructTreeRoot", structure).
		with("MarkInfo", dict{{"Marked", token{text: "true"}}}).
		with("ViewerPreferences", dict{{"DisplayDocTitle", token{text: "true"}}}).
		with("Metadata", w.stream(dict{{"Type", name("Metadata")}, {"Subtype", name("XML")}}, metadata(doc.options)))
	catalog = w.attach(catalog, doc.attachments, doc.options)
	w.changed[root.number] = printed(catalog)
	return f.rewrite(w.changed, f.trailer)
}

// finisher collects new and changed objects.
type finisher struct {
	changed map[int][]byte
	next    int
	pages   []reference
	parents []array // page → its marks' elements, by number
}

func (w *finisher) reserve() reference {
	r := reference{w.next, 0}
	w.next++
	return r
}

func (w *finisher) object(o object) reference {
	r := w.reserve()
	w.changed[r.number] = printed(o)
	return r
}

func (w *finisher) stream(d dict, data []byte) reference {
	r := w.reserve()
	w.changed[r.number] = printedStream(d, data)
	return r
}

// structure writes the tree and the way back from each page's marks to it.
func (w *finisher) structure(t *tags) reference {
	tree := w.reserve()
	for page, count := range t.next {
		w.parents[page-1] = make(array, count)
	}
	document := w.element(t.root, tree)
	numbers := array{}
	for i, marks := range w.parents {
		numbers = append(numbers, number(i), w.object(marks))
	}
	w.changed[tree.number] = printed(dict{
		{"Type", name("StructTreeRoot")}, {"K", document},
		{"ParentTree", w.object(dict{{"Nums", numbers}})}, {"ParentTreeNextKey", number(len(w.parents))},
	})
	return tree
}

func (w *finisher) element(e *element, parent reference) reference {
	self := w.reserve()
	kids := make(array, 0, len(e.kids))
	page := 0
	for _, k := range e.kids {
		if k.child != nil {
			kids = append(kids, w.element(k.child, self))
			continue
		}
		w.parents[k.page-1][k.mark] = self
		if page == 0 {
			page = k.page
		}
		if k.page == page {
			kids = append(kids, number(k.mark))
			continue
		}
		kids = append(kids, dict{{"Type", name("MCR")}, {"Pg", w.pages[k.page-1]}, {"MCID", number(k.mark)}})
	}
	d := dict{{"S", name(e.kind)}, {"P", parent}}
	if page > 0 {
		d = append(d, entry{"Pg", w.pages[page-1]})
	}
	if e.alt != "" {
		d = append(d, entry{"Alt", textString(e.alt)})
	}
	if e.scope != "" || e.span > 1 {
		attributes := dict{{"O", name("Table")}}
		if e.scope != "" {
			attributes = append(attributes, entry{"Scope", name(e.scope)})
		}
		if e.span > 1 {
			attributes = append(attributes, entry{"ColSpan", number(e.span)})
		}
		d = append(d, entry{"A", attributes})
	}
	if len(kids) > 0 {
		d = append(d, entry{"K", kids})
	}
	w.changed[self.number] = printed(d)
	return self
}

// metadata is the XMP packet: title, author, language and dates again, as XML.
func metadata(o Options) []byte {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
	at := o.At.UTC().Format("2006-01-02T15:04:05Z")
	return fmt.Appendf(nil, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate><xmp:CreatorTool>Lintel</xmp:CreatorTool><pdf:Producer>Lintel</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\uFEFF", escape(clean(o.Title)), escape(clean(o.Author)), languageTag(o.Language), at, at)
}
