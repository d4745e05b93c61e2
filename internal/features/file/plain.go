package file

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"lintel/internal/platform/blob"
)

// plain is a picture without what the camera has written beside it: where and when it was taken, by which device, and
// the small pictures, films and sounds that some phones append. The pixels are the original's, bit by bit.
//
// It is what is shown and what is given to others than the office. The original stays as it came.

// piece is a part of what is read: some bytes, or a range of the original.
type piece struct {
	bytes    []byte // nil: from the original
	blank    bool   // zeros
	at, size int64
}

// pieces reads parts of an object one after the other.
type pieces struct {
	object blob.Object
	list   []piece
	size   int64
	at     int64
}

func (p *pieces) add(part piece) {
	if part.bytes != nil {
		part.size = int64(len(part.bytes))
	}
	if part.size > 0 {
		p.list, p.size = append(p.list, part), p.size+part.size
	}
}

func (p *pieces) Close() error { return p.object.Close() }

func (p *pieces) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.at
	case io.SeekEnd:
		offset += p.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	p.at = offset
	return offset, nil
}

func (p *pieces) Read(buffer []byte) (int, error) {
	begin := int64(0)
	for _, part := range p.list {
		if p.at >= begin+part.size {
			begin += part.size
			continue
		}
		within, left := p.at-begin, begin+part.size-p.at
		n, err := p.readPiece(part, within, buffer[:min(int64(len(buffer)), left)])
		p.at += int64(n)
		return n, err
	}
	return 0, io.EOF
}

func (p *pieces) readPiece(part piece, within int64, buffer []byte) (int, error) {
	if part.bytes != nil {
		return copy(buffer, part.bytes[within:]), nil
	}
	if part.blank {
		clear(buffer)
		return len(buffer), nil
	}
	if _, err := p.object.Seek(part.at+within, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := p.object.Read(buffer)
	if err == io.EOF && n > 0 {
		err = nil
	}
	return n, err
}

var errNotPlain = errors.New("this picture cannot be read")

// plainer makes the pieces of the plain picture or film, for each kind in which cameras write notes.
var plainer = map[string]func(*pieces) error{
	"image/jpeg": plainJPEG, "image/png": plainPNG, "image/webp": plainWebP,
	"image/heic": plainHEIF, "image/heif": plainHEIF, "image/avif": plainHEIF,
	"video/mp4": plainFilm, "video/quicktime": plainFilm,
}

// withoutNotes gives the plain picture or film of an object, which it then owns. Kinds without such notes are given as
// they are.
func withoutNotes(mediaType string, object blob.Object) (io.ReadSeekCloser, error) {
	read := plainer[mediaType]
	if read == nil {
		return object, nil
	}
	p := &pieces{object: object}
	if err := read(p); err != nil {
		return nil, err
	}
	return p, nil
}

// plainJPEG keeps the segments that are needed to draw the picture, and says in a note of its own how it was held.
// What follows the picture's end is left out: phones put films and second pictures there.
func plainJPEG(p *pieces) error {
	n := jpegNotes(p.object)
	if _, err := p.object.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := &counted{in: bufio.NewReaderSize(p.object, 64<<10)}
	if first, err := in.take(2); err != nil || !bytes.Equal(first, []byte{0xFF, 0xD8}) {
		return errNotPlain
	}
	p.add(piece{bytes: append([]byte{0xFF, 0xD8}, held(n.turn)...)})
	for {
		begin := in.here()
		marker, err := in.marker()
		if err != nil {
			return err
		}
		if marker == 0xD9 {
			p.add(piece{at: in.at - 2, size: 2})
			return nil
		}
		length, err := in.take(2)
		if err != nil {
			return err
		}
		body, err := in.take(int(binary.BigEndian.Uint16(length)) - 2)
		if err != nil {
			return err
		}
		if marker == 0xDA {
			if err := in.pastScan(); err != nil {
				return err
			}
		}
		if !written(marker, body) {
			p.add(piece{at: begin, size: in.here() - begin})
		}
	}
}

// written reports whether a segment holds notes: Exif, XMP, what Photoshop and phones add, and remarks. JFIF, colour
// profiles and Adobe's word on colours are needed.
func written(marker byte, body []byte) bool {
	switch {
	case marker == 0xFE:
		return true
	case marker == 0xE2:
		return !bytes.HasPrefix(body, []byte("ICC_PROFILE"))
	}
	return marker >= 0xE1 && marker <= 0xEF && marker != 0xEE
}

// held is an Exif segment that says how the camera was held and nothing else; empty for an upright picture.
func held(turn int) []byte {
	if turn <= 1 || turn > 8 {
		return nil
	}
	body := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), byte(turn), 0, 0, 0, 0, 0, 0)
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(body)+2)), body...)
}

// counted reads from an object and knows how far it is.
type counted struct {
	in   *bufio.Reader
	at   int64
	half bool // the first byte of a marker was read
}

// here is where the next marker begins.
func (c *counted) here() int64 {
	if c.half {
		return c.at - 1
	}
	return c.at
}

func (c *counted) take(n int) ([]byte, error) {
	if n < 0 {
		return nil, errNotPlain
	}
	out := make([]byte, n)
	if _, err := io.ReadFull(c.in, out); err != nil {
		return nil, errNotPlain
	}
	c.at += int64(n)
	return out, nil
}

// marker reads the next marker; bytes that fill up before it are allowed.
func (c *counted) marker() (byte, error) {
	if !c.half {
		if first, err := c.take(1); err != nil || first[0] != 0xFF {
			return 0, errNotPlain
		}
	}
	c.half = false
	for {
		next, err := c.take(1)
		if err != nil {
			return 0, err
		}
		if next[0] != 0xFF {
			return next[0], nil
		}
	}
}

// pastScan goes on to the marker after the coded pixels.
func (c *counted) pastScan() error {
	for {
		skipped, err := c.in.ReadSlice(0xFF)
		c.at += int64(len(skipped))
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return errNotPlain
		}
		next, err := c.in.Peek(1)
		if err != nil {
			return errNotPlain
		}
		if stuffed := next[0] == 0 || next[0] == 0xFF || next[0] >= 0xD0 && next[0] <= 0xD7; stuffed {
			continue
		}
		c.half = true
		return nil
	}
}

// plainPNG leaves out the chunks with words, times and Exif.
func plainPNG(p *pieces) error {
	const begin = 8
	p.add(piece{at: 0, size: begin})
	for at := int64(begin); ; {
		head, err := p.peek(at, 8)
		if err != nil {
			return err
		}
		size := int64(binary.BigEndian.Uint32(head)) + 12
		switch name := string(head[4:]); name {
		case "eXIf", "tEXt", "zTXt", "iTXt", "tIME":
		default:
			p.add(piece{at: at, size: size})
			if name == "IEND" {
				return nil
			}
		}
		at += size
	}
}

// plainWebP leaves out Exif and XMP, and does not announce them any more.
func plainWebP(p *pieces) error {
	top, err := p.peek(0, 12)
	if err != nil {
		return err
	}
	end := int64(binary.LittleEndian.Uint32(top[4:])) + 8
	p.add(piece{bytes: bytes.Clone(top)})
	for at := int64(12); at+8 <= end; {
		chunk, err := p.peek(at, 8)
		if err != nil {
			return err
		}
		size := (int64(binary.LittleEndian.Uint32(chunk[4:]))+1)/2*2 + 8
		switch string(chunk[:4]) {
		case "EXIF", "XMP ":
		case "VP8X":
			whole, err := p.peek(at, int(min(size, 64)))
			if err != nil || len(whole) < 9 {
				return errNotPlain
			}
			whole[8] &^= 0x0C
			p.add(piece{bytes: whole})
		default:
			p.add(piece{at: at, size: size})
		}
		at += size
	}
	binary.LittleEndian.PutUint32(p.list[0].bytes[4:], uint32(p.size-8))
	return nil
}

func (p *pieces) peek(at int64, n int) ([]byte, error) {
	if _, err := p.object.Seek(at, io.SeekStart); err != nil {
		return nil, err
	}
	out := make([]byte, n)
	if _, err := io.ReadFull(p.object, out); err != nil {
		return nil, errNotPlain
	}
	return out, nil
}
