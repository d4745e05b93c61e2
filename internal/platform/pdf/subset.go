package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// subset is the part of a font that one document uses, with its glyphs numbered anew in
// the order of their first use. Number 0 is the font's "no glyph".
type subset struct {
	face   *face
	codes  map[rune]uint16
	runes  []rune   // by code
	glyphs []uint16 // by code: the number in the whole font
}

func newSubset(f *face) *subset {
	return &subset{face: f, codes: map[rune]uint16{}, runes: []rune{0}, glyphs: []uint16{0}}
}

func (s *subset) code(r rune) uint16 {
	if code, ok := s.codes[r]; ok {
		return code
	}
	code := uint16(len(s.glyphs))
	s.codes[r] = code
	s.runes = append(s.runes, r)
	s.glyphs = append(s.glyphs, s.face.glyph[r])
	return code
}

// readTables splits a TrueType file (OpenType specification, "Organization of an OpenType
// Font"). Only the embedded fonts come here, so a broken one is a bug of ours.
func readTables(data []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		entry := data[12+16*i:]
		offset, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		tables[string(entry[:4])] = data[offset : offset+length]
	}
	return tables
}

// outline gives a glyph's bytes in the whole font.
func (f *face) outline(glyph uint16) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	if binary.BigEndian.Uint16(f.tables["head"][50:]) == 0 {
		start, end := binary.BigEndian.Uint16(loca[2*int(glyph):]), binary.BigEndian.Uint16(loca[2*int(glyph)+2:])
		return glyf[2*int(start) : 2*int(end)]
	}
	start, end := binary.BigEndian.Uint32(loca[4*int(glyph):]), binary.BigEndian.Uint32(loca[4*int(glyph)+4:])
	return glyf[start:end]
}

// metrics gives a glyph's advance and left bearing as they stand in hmtx.
func (f *face) metrics(glyph uint16) []byte {
	hmtx := f.tables["hmtx"]
	count := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	if g := int(glyph); g >= count {
		return slices.Concat(hmtx[4*(count-1):4*count-2], hmtx[4*count+2*(g-count):4*count+2*(g-count)+2])
	}
	return hmtx[4*int(glyph) : 4*int(glyph)+4]
}

// Flags of a part of a composed glyph (OpenType, table glyf).
const (
	partWords   = 0x0001
	partScale   = 0x0008
	partMore    = 0x0020
	partScaleXY = 0x0040
	partMatrix  = 0x0080
)

// parts calls each with the place of every part's glyph number in a composed glyph.
func parts(outline []byte, each func(at int)) {
	if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return
	}
	for at, flags := 10, partMore; flags&partMore != 0; {
		flags = int(binary.BigEndian.Uint16(outline[at:]))
		each(at + 2)
		at += 6
		if flags&partWords != 0 {
			at += 2
		}
		switch {
		case flags&partScale != 0:
			at += 2
		case flags&partScaleXY != 0:
			at += 4
		case flags&partMatrix != 0:
			at += 8
		}
	}
}

// file writes the subset as a TrueType font.
func (s *subset) file() []byte {
	glyphs := slices.Clone(s.glyphs)
	numbers := map[uint16]uint16{}
	for i, g := range glyphs {
		if _, known := numbers[g]; !known {
			numbers[g] = uint16(i)
		}
	}
	var glyf, hmtx []byte
	loca := []byte{0, 0, 0, 0}
	for i := 0; i < len(glyphs); i++ { // grows by the parts of composed glyphs
		outline := slices.Clone(s.face.outline(glyphs[i]))
		parts(outline, func(at int) {
			part := binary.BigEndian.Uint16(outline[at:])
			if _, known := numbers[part]; !known {
				numbers[part] = uint16(len(glyphs))
				glyphs = append(glyphs, part)
			}
			binary.BigEndian.PutUint16(outline[at:], numbers[part])
		})
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		hmtx = append(hmtx, s.face.metrics(glyphs[i])...)
	}
	head, hhea, maxp := slices.Clone(s.face.tables["head"]), slices.Clone(s.face.tables["hhea"]), slices.Clone(s.face.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // loca in four bytes
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(glyphs)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(glyphs)))
	return fontFile([]fontTable{
		{"cvt ", s.face.tables["cvt "]}, {"fpgm", s.face.tables["fpgm"]}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", s.face.tables["prep"]},
	})
}

type fontTable struct {
	name string
	data []byte
}

// fontFile puts tables, sorted by name, behind their directory with checksums.
func fontFile(tables []fontTable) []byte {
	tables = slices.DeleteFunc(tables, func(t fontTable) bool { return len(t.data) == 0 })
	power, log := 1, 0
	for power*2 <= len(tables) {
		power, log = power*2, log+1
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range []int{len(tables), power * 16, log, (len(tables) - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	var body []byte
	adjust := 0
	start := 12 + 16*len(tables)
	for _, t := range tables {
		if t.name == "head" {
			adjust = start + len(body) + 8
		}
		out = append(out, t.name...)
		for _, v := range []uint32{checksum(t.data), uint32(start + len(body)), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[adjust:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) uint32 {
	sum := uint32(0)
	for ; len(data) >= 4; data = data[4:] {
		sum += binary.BigEndian.Uint32(data)
	}
	if len(data) > 0 {
		var last [4]byte
		copy(last[:], data)
		sum += binary.BigEndian.Uint32(last[:])
	}
	return sum
}

// fonts writes the document's fonts and gives the dictionary of their names.
func (w *finisher) fonts(used map[faceName]*subset) dict {
	names := make([]faceName, 0, len(used))
	for n := range used {
		names = append(names, n)
	}
	slices.SortFunc(names, cmp.Compare)
	list := dict{}
	for _, n := range names {
		list = append(list, entry{fmt.Sprintf("F%d", n), w.font(used[n])})
	}
	return list
}

// font writes one font as a composite font whose codes are glyph numbers (ISO 32000-1,
// 9.7), with the way back to Unicode for copying and screen readers.
func (w *finisher) font(s *subset) reference {
	data := s.file()
	fontName := name(s.tag() + "+" + s.face.name)
	head, hhea := s.face.tables["head"], s.face.tables["hhea"]
	scaled := func(table []byte, at int) token {
		unit := int(binary.BigEndian.Uint16(head[18:]))
		return number(int(int16(binary.BigEndian.Uint16(table[at:]))) * 1000 / unit)
	}
	slant := 0
	if s.face == faces[notoSlanted]() {
		slant = -12
	}
	file := w.stream(dict{{"Filter", name("FlateDecode")}, {"Length1", number(len(data))}}, deflate(data))
	descriptor := w.object(dict{
		{"Type", name("FontDescriptor")}, {"FontName", fontName}, {"Flags", number(4)},
		{"FontBBox", array{scaled(head, 36), scaled(head, 38), scaled(head, 40), scaled(head, 42)}},
		{"ItalicAngle", number(slant)}, {"Ascent", scaled(hhea, 4)}, {"Descent", scaled(hhea, 6)},
		{"CapHeight", number(714)}, {"StemV", number(80)}, {"FontFile2", file},
	})
	widths := array{number(0)}
	for _, r := range s.runes[1:] {
		widths = append(widths, number(int(s.face.width[r])))
	}
	descendant := w.object(dict{
		{"Type", name("Font")}, {"Subtype", name("CIDFontType2")}, {"BaseFont", fontName},
		{"CIDSystemInfo", dict{{"Registry", textString("Adobe")}, {"Ordering", textString("Identity")}, {"Supplement", number(0)}}},
		{"FontDescriptor", descriptor}, {"CIDToGIDMap", name("Identity")}, {"W", array{number(0), widths}},
	})
	return w.object(dict{
		{"Type", name("Font")}, {"Subtype", name("Type0")}, {"BaseFont", fontName}, {"Encoding", name("Identity-H")},
		{"DescendantFonts", array{descendant}},
		{"ToUnicode", w.stream(dict{{"Filter", name("FlateDecode")}}, deflate(s.toUnicode()))},
	})
}

// tag is the six letters that name a subset: the same letters for the same runes.
func (s *subset) tag() string {
	sum := sha256.Sum256([]byte(string(s.runes)))
	for i := range 6 {
		sum[i] = 'A' + sum[i]%26
	}
	return string(sum[:6])
}

// toUnicode is the CMap from codes to characters (ISO 32000-1, 9.10.3).
func (s *subset) toUnicode() []byte {
	var out bytes.Buffer
	out.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for start := 1; start < len(s.runes); start += 100 {
		end := min(start+100, len(s.runes))
		fmt.Fprintf(&out, "%d beginbfchar\n", end-start)
		for i := start; i < end; i++ {
			fmt.Fprintf(&out, "<%04X> <%04X>\n", i, s.runes[i])
		}
		out.WriteString("endbfchar\n")
	}
	out.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return out.Bytes()
}
