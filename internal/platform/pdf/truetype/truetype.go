// Package truetype takes font files apart and puts them together again (OpenType
// specification): tables, and the parts of composed glyphs.
package truetype

import (
	"encoding/binary"
	"slices"
)

// Tables splits a TrueType file (OpenType specification, "Organization of an OpenType
// Font"). Only the embedded fonts come here, so a broken one is a bug of ours.
func Tables(data []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		entry := data[12+16*i:]
		offset, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		tables[string(entry[:4])] = data[offset : offset+length]
	}
	return tables
}

// Flags of a part of a composed glyph (OpenType, table glyf).
const (
	partWords   = 0x0001
	partScale   = 0x0008
	partMore    = 0x0020
	partScaleXY = 0x0040
	partMatrix  = 0x0080
)

// Parts calls each with the place of every part's glyph number in a composed glyph.
func Parts(outline []byte, each func(at int)) {
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

// Table is a named part of a font file.
type Table struct {
	Name string
	Data []byte
}

// File puts tables, sorted by name, behind their directory with checksums.
func File(tables []Table) []byte {
	tables = slices.DeleteFunc(tables, func(t Table) bool { return len(t.Data) == 0 })
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
		if t.Name == "head" {
			adjust = start + len(body) + 8
		}
		out = append(out, t.Name...)
		for _, v := range []uint32{checksum(t.Data), uint32(start + len(body)), uint32(len(t.Data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, t.Data...)
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
