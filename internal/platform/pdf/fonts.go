package pdf

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

//go:embed fonts/NotoSans-Regular.ttf
var notoRegular []byte

//go:embed fonts/NotoSans-Bold.ttf
var notoBold []byte

//go:embed fonts/NotoSans-Italic.ttf
var notoItalic []byte

//go:embed fonts/DejaVuSans.ttf
var dejaVu []byte

//go:embed fonts/DejaVuSansMono.ttf
var dejaVuMono []byte

// style is a way of writing; each has a chain of faces that are asked in turn for a rune.
type style int

const (
	regular style = iota
	bold
	italic
	mono
)

// replacement is drawn for a rune that no face has; DejaVu Sans has it.
const replacement = '\uFFFD'

// face is one font file, cut to what most documents need. The library parses every font
// anew for every document, which was a quarter of the time of making one; a cut face has a
// tenth of the characters. rest is the whole file, for the rare runes outside the cut.
type face struct {
	name  string
	cut   []byte
	whole []byte
	// width is in thousandths of the font size; -1 where the font has no glyph.
	width  []int16
	common map[rune]bool
}

// faces are the five embedded fonts, read once for each process: they never change.
var faces = sync.OnceValue(func() map[string]*face {
	set := map[string]*face{}
	for name, data := range map[string][]byte{
		"noto": notoRegular, "notob": notoBold, "notoi": notoItalic, "dejavu": dejaVu, "mono": dejaVuMono,
	} {
		set[name] = readFace(name, data)
	}
	return set
})

// chains says which faces a style uses, best first.
var chains = [...][]string{
	regular: {"noto", "dejavu"},
	bold:    {"notob", "noto", "dejavu"},
	italic:  {"notoi", "noto", "dejavu"},
	mono:    {"mono", "dejavu"},
}

// commonRanges are the runes of a cut face: Latin with accents, Greek and Cyrillic,
// punctuation, currency, arrows and the marks people use in lists.
var commonRanges = [][2]rune{
	{0x20, 0x7E}, {0xA0, 0x17F}, {0x192, 0x192}, {0x218, 0x21B}, {0x2C6, 0x2DD}, {0x386, 0x3CE}, {0x401, 0x45F},
	{0x490, 0x491}, {0x1E80, 0x1E85}, {0x1E9E, 0x1E9E}, {0x2010, 0x2026}, {0x2030, 0x2030}, {0x2039, 0x203A},
	{0x2044, 0x2044}, {0x2070, 0x2079}, {0x20A0, 0x20BF}, {0x2116, 0x2116}, {0x2122, 0x2122}, {0x2150, 0x215E},
	{0x2190, 0x2199}, {0x2212, 0x2212}, {0x2248, 0x2248}, {0x2260, 0x2265}, {0x25A0, 0x25CF}, {0x2605, 0x2606},
	{0x2610, 0x2612}, {0x2713, 0x2718}, {0xFFFD, 0xFFFD},
}

func readFace(name string, data []byte) *face {
	f := &face{name: name, whole: data, width: make([]int16, 0x10000), common: map[rune]bool{}}
	parsed, err := sfnt.Parse(data)
	if err != nil {
		panic("pdf: embedded font " + name + ": " + err.Error())
	}
	var buffer sfnt.Buffer
	unit := fixed.I(1000)
	for r := range f.width {
		f.width[r] = -1
		glyph, err := parsed.GlyphIndex(&buffer, rune(r))
		if err != nil || glyph == 0 {
			continue
		}
		if advance, err := parsed.GlyphAdvance(&buffer, glyph, unit, font.HintingNone); err == nil {
			f.width[r] = int16(advance.Round())
		}
	}
	var cut strings.Builder
	for _, span := range commonRanges {
		for r := span[0]; r <= span[1]; r++ {
			if f.has(r) {
				f.common[r] = true
				cut.WriteRune(r)
			}
		}
	}
	f.cut = fpdf.UTF8CutFont(slices.Clone(data), cut.String())
	return f
}

func (f *face) has(r rune) bool { return r >= 0 && int(r) < len(f.width) && f.width[r] >= 0 }

// run is text in one font of one file.
type run struct {
	family string // name under which the font is given to the library
	data   []byte
	text   string
	width  float64 // in thousandths of the font size
}

// clean makes text drawable: one form for accents, no control characters, no invisible
// direction marks (they could make a line read otherwise than it is stored).
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case r == '\n':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r >= 0xFE00 && r <= 0xFE0F:
			return -1
		}
		return r
	}, norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n")))
}

// runs splits text, which must be clean, at every change of font.
func runs(s style, text string) []run {
	set := faces()
	var list []run
	for _, r := range text {
		f, r := faceFor(set, s, r)
		family, data := f.name, f.cut
		if !f.common[r] {
			family, data = f.name+"-whole", f.whole // copied on use: the library writes into what it is given
		}
		if n := len(list); n == 0 || list[n-1].family != family {
			list = append(list, run{family: family, data: data})
		}
		last := &list[len(list)-1]
		last.text += string(r)
		last.width += float64(f.width[r])
	}
	return list
}

func faceFor(set map[string]*face, s style, r rune) (*face, rune) {
	for _, name := range chains[s] {
		if f := set[name]; f.has(r) {
			return f, r
		}
	}
	return set["dejavu"], replacement
}

// widthOf measures clean text in millimetres at a size in points.
func widthOf(s style, size float64, text string) float64 {
	set := faces()
	total := 0.0
	for _, r := range text {
		f, r := faceFor(set, s, r)
		total += float64(f.width[r])
	}
	return total / 1000 * size * millimetre
}

// millimetre is one point in millimetres.
const millimetre = 25.4 / 72

// wrap breaks text into lines no wider than limit millimetres. A word that is too long
// for a line is cut.
func wrap(s style, size, limit float64, text string) []string {
	var lines []string
	for _, paragraph := range strings.Split(clean(text), "\n") {
		lines = append(lines, wrapOne(s, size, limit, paragraph)...)
	}
	for len(lines) > 1 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func wrapOne(s style, size, limit float64, paragraph string) []string {
	var lines []string
	line, lineWidth := "", 0.0
	space := widthOf(s, size, " ")
	for _, word := range strings.FieldsFunc(paragraph, func(r rune) bool { return r == ' ' }) {
		wordWidth := widthOf(s, size, word)
		if line != "" && lineWidth+space+wordWidth <= limit {
			line, lineWidth = line+" "+word, lineWidth+space+wordWidth
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for wordWidth > limit && word != "" {
			head := cutWord(s, size, limit, word)
			lines = append(lines, head)
			word = word[len(head):]
			wordWidth = widthOf(s, size, word)
		}
		line, lineWidth = word, wordWidth
	}
	return append(lines, line)
}

// cutWord gives the longest start of word that fits, at least one rune.
func cutWord(s style, size, limit float64, word string) string {
	total := 0.0
	for i, r := range word {
		total += widthOf(s, size, string(r))
		if total > limit && i > 0 {
			return word[:i]
		}
	}
	return word
}
