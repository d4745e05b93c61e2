package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"lintel/internal/platform/pdf/truetype"
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
		truetype.Parts(outline, func(at int) {
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
	return truetype.File([]truetype.Table{
		{Name: "cvt ", Data: s.face.tables["cvt "]}, {Name: "fpgm", Data: s.face.tables["fpgm"]}, {Name: "glyf", Data: glyf}, {Name: "head", Data: head},
		{Name: "hhea", Data: hhea}, {Name: "hmtx", Data: hmtx}, {Name: "loca", Data: loca}, {Name: "maxp", Data: maxp}, {Name: "prep", Data: s.face.tables["prep"]},
	})
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
