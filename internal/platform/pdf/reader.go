package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Limits for files from outside. A file beyond them is refused, never read halfway.
const (
	maxFileSize    = 128 << 20
	maxDepth       = 48        // nesting of arrays and dictionaries, and of name trees
	maxTokens      = 4_000_000 // parsed in one file, all objects together, and named in its tables
	maxSections    = 64        // cross-reference sections (revisions)
	maxAttachments = 64
	// maxTokensChecked is for Verify, which anybody may ask for: about 15 MB of memory. A
	// sealed file of ours needs some thousands.
	maxTokensChecked = 200_000
	maxAttachment    = 8 << 20  // one, unpacked
	maxUnpacked      = 16 << 20 // all of a file
)

// The objects of a PDF as far as this package needs them: structure is parsed, and
// scalars stay as they were written.
type (
	object any // token, reference, array or dict

	token struct {
		text string // with its delimiters: /Name, (string), <hex>, 12.5, true, null
		at   int    // offset in the file
	}
	reference struct{ number, generation int }
	array     []object
	dict      []entry
	entry     struct {
		key   string // without the slash
		value object
	}
)

func (d dict) get(key string) object {
	for _, e := range d {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// with gives a copy in which key has the value; nil removes the key.
func (d dict) with(key string, value object) dict {
	out := make(dict, 0, len(d)+1)
	for _, e := range d {
		if e.key != key {
			out = append(out, e)
		}
	}
	if value != nil {
		out = append(out, entry{key, value})
	}
	return out
}

func number(n int) token         { return token{text: strconv.Itoa(n)} }
func name(s string) token        { return token{text: "/" + s} }
func (r reference) text() string { return fmt.Sprintf("%d %d R", r.number, r.generation) }

// emit writes an object in PDF's syntax.
func emit(out *bytes.Buffer, o object) {
	switch v := o.(type) {
	case token:
		out.WriteString(v.text)
	case reference:
		out.WriteString(v.text())
	case array:
		out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				out.WriteByte(' ')
			}
			emit(out, item)
		}
		out.WriteByte(']')
	case dict:
		out.WriteString("<<")
		for _, e := range v {
			out.WriteString("/" + e.key + " ")
			emit(out, e.value)
			out.WriteByte(' ')
		}
		out.WriteString(">>")
	}
}

// file is a PDF with a classic cross-reference table: what we make ourselves, and what
// CheckUpload makes of others.
type file struct {
	data     []byte
	offsets  map[int]int // object number → offset; free objects are absent
	trailer  dict
	xref     int // offset of the newest cross-reference section
	tokens   int // parsed so far, against limit
	limit    int
	sections int
}

var (
	errBroken = errors.New("the file's structure is broken")
	errXref   = errors.New("the file has no classic cross-reference table")
)

// open reads the cross-reference sections, newest first.
func open(data []byte) (*file, error) { return openWithin(data, maxTokens) }

func openWithin(data []byte, limit int) (*file, error) {
	if len(data) > maxFileSize {
		return nil, errors.New("the file is too large")
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, errors.New("this is not a PDF file")
	}
	f := &file{data: data, offsets: map[int]int{}, limit: limit}
	at, err := f.startxref()
	if err != nil {
		return nil, err
	}
	f.xref = at
	seen := map[int]bool{}
	for {
		if seen[at] || f.sections >= maxSections {
			return nil, errBroken
		}
		seen[at] = true
		f.sections++
		trailer, err := f.section(at)
		if err != nil {
			return nil, err
		}
		if f.trailer == nil {
			f.trailer = trailer
		}
		previous, ok := asInt(trailer.get("Prev"))
		if !ok {
			return f, nil
		}
		at = previous
	}
}

func (f *file) startxref() (int, error) {
	tail := f.data[max(0, len(f.data)-1024):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return 0, errBroken
	}
	p := f.at(len(f.data) - len(tail) + i + len("startxref"))
	at, ok := asInt(p.object(0))
	if !ok || at <= 0 || at >= len(f.data) {
		return 0, errBroken
	}
	return at, nil
}

// section reads one cross-reference table and its trailer. Numbers that a newer section
// has named are kept.
func (f *file) section(at int) (dict, error) {
	if at <= 0 || at >= len(f.data) {
		return nil, errBroken
	}
	p := f.at(at)
	if p.word() != "xref" {
		return nil, errXref
	}
	for {
		word := p.word()
		if word == "trailer" {
			break
		}
		first, err1 := strconv.Atoi(word)
		count, err2 := strconv.Atoi(p.word())
		if err1 != nil || err2 != nil || first < 0 || count < 0 || count > len(f.data)/20 {
			return nil, errBroken
		}
		if f.tokens += count; f.tokens > f.limit {
			return nil, errBroken
		}
		for i := first; i < first+count; i++ {
			offset, err := strconv.Atoi(p.word())
			p.word() // generation
			kind := p.word()
			if err != nil || kind != "n" && kind != "f" {
				return nil, errBroken
			}
			if _, newer := f.offsets[i]; !newer {
				if kind == "f" {
					offset = -1
				}
				f.offsets[i] = offset
			}
		}
	}
	trailer, ok := p.object(0).(dict)
	if !ok || p.failed {
		return nil, errBroken
	}
	return trailer, nil
}

// resolve follows a reference to its object; anything else is returned as it is.
func (f *file) resolve(o object) object {
	for range maxDepth {
		r, ok := o.(reference)
		if !ok {
			return o
		}
		o, _ = f.load(r.number)
	}
	return nil
}

// load parses an object and gives the place where its parsing ended (a stream's keyword).
func (f *file) load(n int) (object, *parser) {
	offset, ok := f.offsets[n]
	if !ok || offset <= 0 || offset >= len(f.data) {
		return nil, nil
	}
	p := f.at(offset)
	if p.word() != strconv.Itoa(n) {
		return nil, nil
	}
	p.word()
	if p.word() != "obj" {
		return nil, nil
	}
	o := p.object(0)
	if p.failed {
		return nil, nil
	}
	return o, p
}

func (f *file) dict(o object) dict {
	d, _ := f.resolve(o).(dict)
	return d
}

func (f *file) array(o object) array {
	a, _ := f.resolve(o).(array)
	return a
}

// unpack gives a stream's bytes: plain or deflated, at most limit bytes.
func (f *file) unpack(o object, limit int) ([]byte, error) {
	r, ok := o.(reference)
	if !ok {
		return nil, errBroken
	}
	head, p := f.load(r.number)
	d, ok := head.(dict)
	if !ok || p.word() != "stream" {
		return nil, errBroken
	}
	if p.i < len(f.data) && f.data[p.i] == '\r' {
		p.i++
	}
	if p.i < len(f.data) && f.data[p.i] == '\n' {
		p.i++
	}
	length, ok := asInt(f.resolve(d.get("Length")))
	if !ok || length < 0 || length > len(f.data)-p.i {
		return nil, errBroken
	}
	raw := f.data[p.i : p.i+length]
	switch filter := d.get("Filter").(type) {
	case nil:
		if len(raw) > limit {
			return nil, errors.New("something inside the file is too large")
		}
		return raw, nil
	case token:
		if filter.text != "/FlateDecode" || d.get("DecodeParms") != nil {
			return nil, errBroken
		}
	default:
		return nil, errBroken
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("unpack stream: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("unpack stream: %w", err)
	}
	if len(out) > limit {
		return nil, errors.New("something inside the file is too large")
	}
	return out, nil
}

// pages gives the page objects in order.
func (f *file) pages() ([]reference, error) {
	var list []reference
	seen := map[int]bool{}
	var walk func(o object, depth int) error
	walk = func(o object, depth int) error {
		r, ok := o.(reference)
		if !ok || depth > maxDepth || seen[r.number] {
			return errBroken
		}
		seen[r.number] = true
		d := f.dict(r)
		if kids := f.array(d.get("Kids")); kids != nil {
			for _, kid := range kids {
				if err := walk(kid, depth+1); err != nil {
					return err
				}
			}
			return nil
		}
		if d == nil {
			return errBroken
		}
		list = append(list, r)
		return nil
	}
	if err := walk(f.dict(f.trailer.get("Root")).get("Pages"), 0); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errBroken
	}
	return list, nil
}

func asInt(o object) (int, bool) {
	t, ok := o.(token)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(t.text)
	return n, err == nil
}
