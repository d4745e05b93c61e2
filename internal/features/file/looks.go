package file

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // decoders of the
	_ "image/jpeg" // pictures that
	_ "image/png"  // browsers show
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp" // and of WebP

	"lintel/internal/platform/fault"
)

// looks is what the bytes of a file say about it.
type looks struct {
	mediaType     string
	width, height int // upright
	drawable      bool
	turn          int // Exif orientation, 1 is upright
}

// sniffed is how many bytes the type is told from.
const sniffed = 3072

const unknownType = "application/octet-stream"

var pictures = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true}

func (s *Service) examineBlob(ctx context.Context, key string) (looks, error) {
	object, err := s.blobs.Open(ctx, key)
	if err != nil {
		return looks{}, err
	}
	defer object.Close()
	return examine(object)
}

// examine tells the type from the first bytes and, of a picture, its size from its header,
// without decoding it. A picture of more than 50 megapixels is Invalid: it may be a trap
// that fills the memory when it is decoded (E06).
func examine(content io.ReadSeeker) (looks, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(content, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return looks{}, fmt.Errorf("read the file: %w", err)
	}
	kind, _, _ := strings.Cut(mimetype.Detect(head[:n]).String(), ";")
	l := looks{mediaType: kind, turn: 1}
	if !pictures[kind] {
		return l, nil
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return looks{}, fmt.Errorf("read the file: %w", err)
	}
	config, _, err := image.DecodeConfig(bufio.NewReader(content))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		l.mediaType = unknownType // it only begins like a picture: never shown, only saved
		return l, nil
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return looks{}, fault.New(fault.Invalid, "This picture has more than 50 megapixels. Please make it smaller.")
	}
	l.width, l.height = config.Width, config.Height
	progressive := false
	if kind == "image/jpeg" {
		if _, err := content.Seek(0, io.SeekStart); err != nil {
			return looks{}, fmt.Errorf("read the file: %w", err)
		}
		l.turn, progressive = jpegNotes(content)
	}
	if l.turn >= 5 {
		l.width, l.height = l.height, l.width
	}
	l.drawable = memoryToDecode(config, progressive) <= previewMemory
	return l, nil
}

// memoryToDecode estimates the bytes that Go's decoders take for a picture.
func memoryToDecode(config image.Config, progressive bool) int64 {
	pixels := int64(config.Width) * int64(config.Height)
	perPixel := int64(4)
	switch config.ColorModel {
	case color.YCbCrModel:
		perPixel = 3
	case color.RGBA64Model, color.NRGBA64Model:
		perPixel = 8
	case color.GrayModel:
		perPixel = 1
	}
	if progressive {
		perPixel += 12 // all coefficients are kept until the last scan
	}
	return pixels * perPixel
}

// jpegNotes walks the segments before the picture data: the Exif orientation, and whether
// the data is progressive.
func jpegNotes(r io.Reader) (turn int, progressive bool) {
	turn = 1
	in := bufio.NewReader(r)
	var two [2]byte
	if _, err := io.ReadFull(in, two[:]); err != nil || two != [2]byte{0xFF, 0xD8} {
		return turn, false
	}
	for range 200 {
		var header [4]byte
		if _, err := io.ReadFull(in, header[:]); err != nil || header[0] != 0xFF {
			return turn, progressive
		}
		marker, length := header[1], int(binary.BigEndian.Uint16(header[2:]))-2
		if length < 0 || marker == 0xDA {
			return turn, progressive
		}
		if marker == 0xC2 {
			progressive = true
		}
		if marker != 0xE1 {
			if _, err := in.Discard(length); err != nil {
				return turn, progressive
			}
			continue
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in, body); err != nil {
			return turn, progressive
		}
		if found := orientation(body); found != 0 {
			turn = found
		}
	}
	return turn, progressive
}

// orientation reads the one Exif tag (0x0112) that says how the camera was held; 0 when the
// segment does not say.
func orientation(body []byte) int {
	tiff, isExif := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !isExif || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > int64(len(tiff)) {
		return 0
	}
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + i*12
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if value := int(order.Uint16(tiff[entry+8:])); value >= 1 && value <= 8 {
				return value
			}
			return 0
		}
	}
	return 0
}
