package file

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"time"
)

// notes are what a camera has written beside the picture, as far as Lintel reads it. Where the picture was taken is
// never read, and no copy that pages show has it.
type notes struct {
	turn        int // Exif orientation, 1 is upright
	progressive bool
	taken       time.Time
}

// jpegNotes walks the segments before the picture data.
func jpegNotes(r io.Reader) notes {
	n := notes{turn: 1}
	in := bufio.NewReader(r)
	var two [2]byte
	if _, err := io.ReadFull(in, two[:]); err != nil || two != [2]byte{0xFF, 0xD8} {
		return n
	}
	for range 200 {
		var header [4]byte
		if _, err := io.ReadFull(in, header[:]); err != nil || header[0] != 0xFF {
			return n
		}
		marker, length := header[1], int(binary.BigEndian.Uint16(header[2:]))-2
		if length < 0 || marker == 0xDA {
			return n
		}
		if marker == 0xC2 {
			n.progressive = true
		}
		if marker != 0xE1 {
			if _, err := in.Discard(length); err != nil {
				return n
			}
			continue
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in, body); err != nil {
			return n
		}
		n.read(body)
	}
	return n
}

// The tags that are read.
const (
	tagOrientation = 0x0112
	tagMore        = 0x8769 // where the list with the times stands
	tagTaken       = 0x9003
	tagOffset      = 0x9011
)

// read takes what it wants from an Exif segment; others and broken ones say nothing.
func (n *notes) read(body []byte) {
	data, isExif := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !isExif || len(data) < 8 {
		return
	}
	t := tiff{data, binary.LittleEndian}
	if data[0] == 'M' {
		t.order = binary.BigEndian
	}
	first := t.order.Uint32(data[4:])
	if entry := t.find(first, tagOrientation); entry != nil {
		if value := int(t.order.Uint16(entry[8:])); value >= 1 && value <= 8 {
			n.turn = value
		}
	}
	if entry := t.find(first, tagMore); entry != nil {
		n.taken = t.taken(t.order.Uint32(entry[8:]))
	}
}

// tiff is the form in which Exif keeps its lists of tags.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

// find gives the twelve bytes of a tag in the list at a place; nil when it is not there.
func (t tiff) find(list uint32, tag uint16) []byte {
	at := int64(list)
	if at < 8 || at+2 > int64(len(t.data)) {
		return nil
	}
	for i := range int64(t.order.Uint16(t.data[at:])) {
		entry := at + 2 + i*12
		if entry+12 > int64(len(t.data)) {
			return nil
		}
		if t.order.Uint16(t.data[entry:]) == tag {
			return t.data[entry : entry+12]
		}
	}
	return nil
}

// text reads a tag of letters.
func (t tiff) text(list uint32, tag uint16) string {
	entry := t.find(list, tag)
	if entry == nil {
		return ""
	}
	length, at := int64(t.order.Uint32(entry[4:])), int64(t.order.Uint32(entry[8:]))
	if length <= 4 || length > 40 || at+length > int64(len(t.data)) {
		return ""
	}
	return strings.TrimRight(string(t.data[at:at+length]), "\x00 ")
}

// taken is when the camera says that the picture was taken. A camera that does not know its
// zone is believed to be in UTC, which moves few pictures to another day.
func (t tiff) taken(list uint32) time.Time {
	moment, offset := t.text(list, tagTaken), t.text(list, tagOffset)
	if at, err := time.Parse("2006:01:02 15:04:05-07:00", moment+offset); err == nil && at.Year() >= 1990 {
		return at.UTC()
	}
	if at, err := time.Parse("2006:01:02 15:04:05", moment); err == nil && at.Year() >= 1990 {
		return at
	}
	return time.Time{}
}
