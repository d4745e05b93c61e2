package pdf

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"lintel/internal/platform/pdf/truetype"
)

// fontFiles are the fonts as their makers publish them, without what no document of ours takes from them (fonts/README.md),
// packed with gzip.
//
//go:embed fonts/*.ttf.gz
var fontFiles embed.FS

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

// face is one font file, read once for each process. The drawing library would parse every
// font anew for every document, which took longer than all the rest; so this package
// writes its text and its fonts itself.
type face struct {
	name   string // as it stands in the file
	tables map[string][]byte
	glyph  []uint16 // rune → glyph, in the basic plane; 0 where the font has none
	width  []int16  // rune → advance in thousandths of the font size
}

// faceName numbers the embedded fonts.
type faceName int

const (
	noto faceName = iota
	notoStrong
	notoSlanted
	dejaVuSans
	dejaVuFixed
)

// faces are the five embedded fonts, each read when the first document needs it. They
// never change.
var faces = [...]func() *face{
	noto:        lazyFace("NotoSans", "NotoSans-Regular"),
	notoStrong:  lazyFace("NotoSans-Bold", "NotoSans-Bold"),
	notoSlanted: lazyFace("NotoSans-Italic", "NotoSans-Italic"),
	dejaVuSans:  lazyFace("DejaVuSans", "DejaVuSans"),
	dejaVuFixed: lazyFace("DejaVuSansMono", "DejaVuSansMono"),
}

// chains says which faces a style uses, best first.
var chains = [...][]faceName{
	regular: {noto, dejaVuSans},
	bold:    {notoStrong, noto, dejaVuSans},
	italic:  {notoSlanted, noto, dejaVuSans},
	mono:    {dejaVuFixed, dejaVuSans},
}

func lazyFace(name, file string) func() *face {
	return sync.OnceValue(func() *face {
		f, err := readFace(name, file)
		if err != nil {
			panic("pdf: embedded font " + name + ": " + err.Error()) // it is part of the program
		}
		return f
	})
}

func readFace(name, file string) (*face, error) {
	packed, err := fontFiles.Open("fonts/" + file + ".ttf.gz")
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	f := &face{name: name, tables: truetype.Tables(data), glyph: make([]uint16, 0x10000), width: make([]int16, 0x10000)}
	parsed, err := sfnt.Parse(data)
	if err != nil {
		return nil, err
	}
	var buffer sfnt.Buffer
	unit := fixed.I(1000)
	for r := range f.glyph {
		glyph, err := parsed.GlyphIndex(&buffer, rune(r))
		if err != nil || glyph == 0 {
			continue
		}
		advance, err := parsed.GlyphAdvance(&buffer, glyph, unit, font.HintingNone)
		if err != nil {
			continue
		}
		f.glyph[r], f.width[r] = uint16(glyph), int16(advance.Round())
	}
	return f, nil
}

func (f *face) has(r rune) bool { return r >= 0 && int(r) < len(f.glyph) && f.glyph[r] != 0 }

// run is text in one font.
type run struct {
	face  faceName
	text  string
	width float64 // in thousandths of the font size
}

// Undrawable gives the characters of a text that the fonts cannot draw as they are read:
// those without a glyph, and those of scripts that run from right to left. Each stands once.
func Undrawable(text string) string {
	var found []rune
	for _, r := range plainForm(text) {
		if (!drawable(r) || unicode.In(r, rightToLeft...)) && !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	return string(found)
}

// rightToLeft are the scripts whose letters the fonts have, but which this package sets from
// left to right and without joining them.
var rightToLeft = []*unicode.RangeTable{unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko}

// drawable reports whether running text can show r.
func drawable(r rune) bool {
	return r == '\n' || slices.ContainsFunc(chains[regular], func(name faceName) bool { return faces[name]().has(r) })
}

// clean makes text drawable. What no font has is named by its number, so that nothing of a
// text is lost on paper.
func clean(text string) string {
	text = plainForm(text)
	if !strings.ContainsFunc(text, func(r rune) bool { return !drawable(r) }) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if drawable(r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "[U+%04X]", r)
		}
	}
	return out.String()
}

// plainForm is one form for accents, no control characters, no invisible direction marks
// (they could make a line read otherwise than it is stored).
func plainForm(text string) string {
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
	var list []run
	for _, r := range text {
		name, r := faceFor(s, r)
		if n := len(list); n == 0 || list[n-1].face != name {
			list = append(list, run{face: name})
		}
		last := &list[len(list)-1]
		last.text += string(r)
		last.width += float64(faces[name]().width[r])
	}
	return list
}

func faceFor(s style, r rune) (faceName, rune) {
	for _, name := range chains[s] {
		if faces[name]().has(r) {
			return name, r
		}
	}
	return dejaVuSans, replacement
}

// widthOf measures clean text in millimetres at a size in points.
func widthOf(s style, size float64, text string) float64 {
	total := 0.0
	for _, r := range text {
		name, r := faceFor(s, r)
		total += float64(faces[name]().width[r])
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
