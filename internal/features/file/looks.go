package file

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // decoders of the
	_ "image/jpeg" // pictures that
	_ "image/png"  // browsers show
	"io"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp" // and of WebP

	"lintel/internal/platform/fault"
)

// looks is what the bytes of a file say about it.
type looks struct {
	mediaType     string
	width, height int // upright
	drawable      bool
	turn          int       // Exif orientation, 1 is upright
	taken         time.Time // by the camera's clock; zero when it does not say
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
		notes := jpegNotes(content)
		l.turn, l.taken, progressive = notes.turn, notes.taken, notes.progressive
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
