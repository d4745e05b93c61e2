package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// attachment is a file inside the document.
type attachment struct {
	name      string
	mediaType string
	data      []byte
}

// Attach puts a small file (at most 8 MiB) into the document, such as the evidence of a
// signature as JSON; Verify gives it back under its name. A name is used once.
func (d *Document) Attach(name, mediaType string, data []byte) {
	taken := slices.ContainsFunc(d.attachments, func(a attachment) bool { return a.name == name })
	if taken || len(data) > maxAttachment || len(d.attachments) >= maxAttachments {
		d.fail(fmt.Errorf("attach %q: its name is taken or it is too large", name))
		return
	}
	d.attachments = append(d.attachments, attachment{name, mediaType, slices.Clone(data)})
}

// attach writes the attachments and their name tree into the catalog.
func (w *finisher) attach(catalog dict, list []attachment, options Options) dict {
	if len(list) == 0 {
		return catalog
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b attachment) int { return strings.Compare(a.name, b.name) })
	names, files := array{}, array{}
	for i, a := range list {
		sum := md5.Sum(a.data) // the checksum that ISO 32000-1, 7.11.4 asks for; not for security
		content := w.stream(dict{
			{"Type", name("EmbeddedFile")}, {"Subtype", name(nameEscape(a.mediaType))}, {"Filter", name("FlateDecode")},
			{"Params", dict{
				{"Size", number(len(a.data))}, {"ModDate", dateString(options.At)},
				{"CheckSum", token{text: "<" + hex.EncodeToString(sum[:]) + ">"}},
			}},
		}, deflate(a.data))
		spec := w.object(dict{
			{"Type", name("Filespec")}, {"F", textString(a.name)}, {"UF", textString(a.name)},
			{"AFRelationship", name("Data")}, {"EF", dict{{"F", content}, {"UF", content}}},
		})
		names = append(names, textString(fmt.Sprintf("file%03d", i)), spec)
		files = append(files, spec)
	}
	return catalog.with("Names", dict{{"EmbeddedFiles", dict{{"Names", names}}}}).with("AF", files)
}

// nameEscape writes text as a PDF name (ISO 32000-1, 7.3.5).
func nameEscape(s string) string {
	var out strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || c == '#' || isDelimiter(c) {
			fmt.Fprintf(&out, "#%02X", c)
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// compressors are kept: a new one costs more than what it packs here.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

func deflate(data []byte) []byte {
	var out bytes.Buffer
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&out)
	_, _ = z.Write(data) // a bytes.Buffer does not fail
	_ = z.Close()
	return out.Bytes()
}

// readAttachments gives the files inside by name. Broken ones become problems.
func (f *file) readAttachments() (map[string][]byte, []string) {
	found := map[string][]byte{}
	var problems []string
	visited := map[int]bool{}
	left := maxUnpacked
	var walk func(o object, depth int)
	walk = func(o object, depth int) {
		if r, ok := o.(reference); ok {
			if visited[r.number] {
				return
			}
			visited[r.number] = true
		}
		node := f.dict(o)
		if node == nil || depth > maxDepth {
			return
		}
		names := f.array(node.get("Names"))
		for i := 1; i < len(names) && len(found) < maxAttachments; i += 2 {
			spec := f.dict(names[i])
			label := readText(f.resolve(spec.get("UF")))
			if label == "" {
				label = readText(f.resolve(spec.get("F")))
			}
			data, err := f.unpack(f.dict(spec.get("EF")).get("F"), min(maxAttachment, left))
			left -= len(data)
			if err != nil {
				problems = append(problems, "An attached file cannot be read.")
				return
			}
			if _, twice := found[label]; twice {
				problems = append(problems, "Two attached files have the same name.")
				return
			}
			found[label] = data
		}
		for _, k := range f.array(node.get("Kids")) {
			walk(k, depth+1)
		}
	}
	walk(f.dict(f.dict(f.trailer.get("Root")).get("Names")).get("EmbeddedFiles"), 0)
	return found, problems
}
