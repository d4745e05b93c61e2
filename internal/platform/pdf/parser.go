package pdf

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// parser reads PDF syntax at a place in a file. After a failure every object is nil.
type parser struct {
	f      *file
	i      int
	failed bool
}

func (f *file) at(offset int) *parser { return &parser{f: f, i: offset} }

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return strings.IndexByte("()<>[]{}/%", c) >= 0 }

func (p *parser) skip() {
	for p.i < len(p.f.data) {
		switch c := p.f.data[p.i]; {
		case isSpace(c):
			p.i++
		case c == '%':
			for p.i < len(p.f.data) && p.f.data[p.i] != '\n' && p.f.data[p.i] != '\r' {
				p.i++
			}
		default:
			return
		}
	}
}

// word reads the next run of regular characters; it is empty before a delimiter.
func (p *parser) word() string {
	p.skip()
	start := p.i
	for p.i < len(p.f.data) && p.i-start < 128 && !isSpace(p.f.data[p.i]) && !isDelimiter(p.f.data[p.i]) {
		p.i++
	}
	return string(p.f.data[start:p.i])
}

func (p *parser) fail() object {
	p.failed = true
	return nil
}

func (p *parser) object(depth int) object {
	p.f.tokens++
	if p.failed || depth > maxDepth || p.f.tokens > p.f.limit {
		return p.fail()
	}
	p.skip()
	if p.i >= len(p.f.data) {
		return p.fail()
	}
	rest := p.f.data[p.i:]
	switch {
	case rest[0] == '/':
		at := p.i
		p.i++
		return token{"/" + p.nameText(), at}
	case bytes.HasPrefix(rest, []byte("<<")):
		p.i += 2
		return p.dict(depth)
	case rest[0] == '<':
		return p.until(bytes.IndexByte(rest, '>'))
	case rest[0] == '(':
		return p.literal()
	case rest[0] == '[':
		p.i++
		return p.array(depth)
	}
	return p.scalar()
}

func (p *parser) nameText() string {
	start := p.i
	for p.i < len(p.f.data) && !isSpace(p.f.data[p.i]) && !isDelimiter(p.f.data[p.i]) {
		p.i++
	}
	return string(p.f.data[start:p.i])
}

// until takes everything up to the delimiter at the distance end.
func (p *parser) until(end int) object {
	if end < 0 {
		return p.fail()
	}
	t := token{string(p.f.data[p.i : p.i+end+1]), p.i}
	p.i += end + 1
	return t
}

func (p *parser) literal() object {
	depth := 0
	for i := p.i; i < len(p.f.data); i++ {
		switch p.f.data[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return p.until(i - p.i)
			}
		}
	}
	return p.fail()
}

func (p *parser) dict(depth int) object {
	d := dict{}
	for {
		p.skip()
		if bytes.HasPrefix(p.f.data[min(p.i, len(p.f.data)):], []byte(">>")) {
			p.i += 2
			return d
		}
		key, ok := p.object(depth + 1).(token)
		if !ok || key.text[0] != '/' {
			return p.fail()
		}
		value := p.object(depth + 1)
		if p.failed {
			return nil
		}
		d = append(d, entry{key.text[1:], value})
	}
}

func (p *parser) array(depth int) object {
	a := array{}
	for {
		p.skip()
		if p.i < len(p.f.data) && p.f.data[p.i] == ']' {
			p.i++
			return a
		}
		item := p.object(depth + 1)
		if p.failed {
			return nil
		}
		a = append(a, item)
	}
}

// scalar reads a number, true, false, null or a reference.
func (p *parser) scalar() object {
	at := p.i
	word := p.word()
	if word == "" {
		return p.fail()
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 {
		return token{word, at}
	}
	back := p.i
	if generation, err := strconv.Atoi(p.word()); err == nil && generation >= 0 && p.word() == "R" {
		return reference{n, generation}
	}
	p.i = back
	return token{word, at}
}

// textString writes a person's text as a PDF string.
func textString(s string) token {
	plain := true
	for _, r := range s {
		if r < 0x20 || r > 0x7E {
			plain = false
		}
	}
	if plain {
		return token{text: "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"}
	}
	raw := []byte{0xFE, 0xFF}
	for _, unit := range utf16.Encode([]rune(s)) {
		raw = append(raw, byte(unit>>8), byte(unit))
	}
	return token{text: "<" + hex.EncodeToString(raw) + ">"}
}

// readText is the opposite of textString, for strings of other programs too.
func readText(o object) string {
	t, ok := o.(token)
	if !ok || len(t.text) < 2 {
		return ""
	}
	raw := stringBytes(t.text)
	if len(raw) >= 2 && raw[0] == 0xFE && raw[1] == 0xFF {
		var units []uint16
		for i := 2; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		return string(utf16.Decode(units))
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}

func stringBytes(text string) []byte {
	switch text[0] {
	case '<':
		digits := strings.Map(func(r rune) rune {
			if r < 0x80 && isSpace(byte(r)) {
				return -1
			}
			return r
		}, text[1:len(text)-1])
		if len(digits)%2 == 1 {
			digits += "0"
		}
		raw, _ := hex.DecodeString(digits)
		return raw
	case '(':
		return unescape(text[1 : len(text)-1])
	}
	return nil
}

func unescape(s string) []byte {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		if s[i] >= '0' && s[i] <= '7' {
			end := i + 1
			for end < len(s) && end < i+3 && s[end] >= '0' && s[end] <= '7' {
				end++
			}
			code, _ := strconv.ParseUint(s[i:end], 8, 16)
			out = append(out, byte(code))
			i = end - 1
			continue
		}
		switch s[i] {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case '\n':
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// dateString writes a time as PDF does, in UTC.
func dateString(t time.Time) token {
	return token{text: "(D:" + t.UTC().Format("20060102150405") + "Z)"}
}

// readDate reads a PDF date; the zero time when it is not one.
func readDate(o object) time.Time {
	text := strings.TrimPrefix(strings.ReplaceAll(readText(o), "'", ""), "D:")
	for _, layout := range []string{"20060102150405Z", "20060102150405Z0000", "20060102150405-0700", "20060102150405"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
