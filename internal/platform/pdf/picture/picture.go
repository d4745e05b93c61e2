// Package picture makes pictures from people fit for a document: small, upright, opaque
// and without camera data.
package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"sync"

	"lintel/internal/platform/fault"
)

const (
	maxPictureBytes  = 40 << 20
	maxPicturePixels = 50_000_000
	maxPNGPixels     = 25_000_000 // a PNG costs four to eight bytes a pixel to unpack
	maxSideways      = 1600       // longest side in the file, in pixels
)

// pngEncoder keeps its buffers, which cost more than a signature's pixels.
var pngEncoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &encoderBuffers{}}

type encoderBuffers struct{ pool sync.Pool }

// Get is for image/png.
func (b *encoderBuffers) Get() *png.EncoderBuffer {
	buffer, _ := b.pool.Get().(*png.EncoderBuffer)
	return buffer
}

// Put is for image/png.
func (b *encoderBuffers) Put(buffer *png.EncoderBuffer) { b.pool.Put(buffer) }

// header refuses what is no JPEG or PNG, is empty, or has too many pixels.
func header(data []byte) (image.Config, string, error) {
	if len(data) > maxPictureBytes {
		return image.Config{}, "", fault.New(fault.Invalid, "This picture is too large.")
	}
	format, decode := "", png.DecodeConfig
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		format = "PNG"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		format, decode = "JPG", jpeg.DecodeConfig
	default:
		return image.Config{}, "", fault.New(fault.Invalid, "This is not a JPEG or PNG picture.")
	}
	config, err := decode(bytes.NewReader(data))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return image.Config{}, "", fault.New(fault.Invalid, "This picture cannot be read.")
	}
	limit := int64(maxPicturePixels)
	if format == "PNG" {
		limit = maxPNGPixels
	}
	if int64(config.Width)*int64(config.Height) > limit {
		return image.Config{}, "", fault.New(fault.Invalid, "This picture has too many pixels.")
	}
	return config, format, nil
}

// Purpose says how a picture is kept in the file.
type Purpose int

// The purposes.
const (
	Photo Purpose = iota // JPEG, up to 1600 pixels
	Logo                 // PNG, all colours, up to 800 pixels
	Ink                  // PNG of sixteen shades of the pen's colour: small, and quick to make
)

// Prepare makes a picture small, upright and opaque. A JPEG that is small already and has
// no camera data goes in as it is; of all others only the pixels.
func Prepare(data []byte, use Purpose) ([]byte, string, image.Point, error) {
	config, format, err := header(data)
	if err != nil {
		return nil, "", image.Point{}, err
	}
	decode := png.Decode
	turn := 1
	if format == "JPG" {
		decode, turn = jpeg.Decode, orientation(data)
		if turn == 1 && !hasMetadata(data) && max(config.Width, config.Height) <= maxSideways && config.ColorModel != color.CMYKModel {
			return data, format, image.Pt(config.Width, config.Height), nil
		}
	}
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", image.Point{}, fault.Wrap(fault.Invalid, "This picture cannot be read.", err)
	}
	limit := maxSideways
	if use != Photo {
		limit = maxSideways / 2
	}
	small := upright(shrink(picture, limit), turn)
	var out bytes.Buffer
	switch use {
	case Photo:
		format, err = "JPG", jpeg.Encode(&out, small, &jpeg.Options{Quality: 85})
	case Logo:
		format, err = "PNG", pngEncoder.Encode(&out, small)
	case Ink:
		format, err = "PNG", pngEncoder.Encode(&out, shades(small))
	}
	if err != nil {
		return nil, "", image.Point{}, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), format, small.Bounds().Size(), nil
}

// shrink averages square blocks of pixels over white, so that the longer side is at most
// limit. Averaging keeps fine lines, which skipping pixels would lose.
func shrink(src image.Image, limit int) *opaque {
	b := src.Bounds()
	k := (max(b.Dx(), b.Dy()) + limit - 1) / limit
	w, h := max(1, b.Dx()/k), max(1, b.Dy()/k)
	out := newOpaque(w, h)
	if drawing, ok := src.(*image.NRGBA); ok && k == 1 {
		flatten(out, drawing)
		return out
	}
	photo, isPhoto := src.(*image.YCbCr)
	for y := range h {
		for x := range w {
			x0, y0 := b.Min.X+x*k, b.Min.Y+y*k
			area := image.Rect(x0, y0, min(x0+k, b.Max.X), min(y0+k, b.Max.Y))
			if isPhoto {
				out.set(x, y, averageYCbCr(photo, area))
			} else {
				out.set(x, y, average(src, area))
			}
		}
	}
	return out
}

// flatten lays a picture over white, pixel by pixel: the usual signature.
func flatten(dst *opaque, src *image.NRGBA) {
	b := src.Bounds()
	for y := range b.Dy() {
		from := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):]
		to := dst.Pix[dst.PixOffset(0, y):]
		for i := 0; i < 4*b.Dx(); i += 4 {
			alpha := int(from[i+3])
			for c := range 3 {
				to[i+c] = uint8((int(from[i+c])*alpha + 255*(255-alpha)) / 255)
			}
			to[i+3] = 255
		}
	}
}

// shades reduces a drawing to steps between white and its darkest colour.
func shades(src *opaque) *image.Paletted {
	const steps = 16
	darkest, sum := color.RGBA{A: 255}, 3*255+1
	for i := 0; i+3 < len(src.Pix); i += 4 {
		if s := int(src.Pix[i]) + int(src.Pix[i+1]) + int(src.Pix[i+2]); s < sum {
			darkest, sum = color.RGBA{src.Pix[i], src.Pix[i+1], src.Pix[i+2], 255}, s
		}
	}
	palette := make(color.Palette, steps)
	for i := range steps {
		mix := func(c uint8) uint8 { return uint8((255*(steps-1-i) + int(c)*i) / (steps - 1)) }
		palette[i] = color.RGBA{mix(darkest.R), mix(darkest.G), mix(darkest.B), 255}
	}
	out := image.NewPaletted(src.Bounds(), palette)
	span := max(1, 3*255-sum)
	for i := range out.Pix {
		s := int(src.Pix[4*i]) + int(src.Pix[4*i+1]) + int(src.Pix[4*i+2])
		out.Pix[i] = uint8(((3*255-s)*(steps-1) + span/2) / span)
	}
	return out
}

func averageYCbCr(src *image.YCbCr, area image.Rectangle) color.RGBA {
	var sy, sb, sr, n int
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			i := src.COffset(x, y)
			sy += int(src.Y[src.YOffset(x, y)])
			sb += int(src.Cb[i])
			sr += int(src.Cr[i])
			n++
		}
	}
	r, g, b := color.YCbCrToRGB(uint8(sy/n), uint8(sb/n), uint8(sr/n))
	return color.RGBA{r, g, b, 255}
}

func average(src image.Image, area image.Rectangle) color.RGBA {
	var sr, sg, sb, n uint64
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			r, g, b, a := src.At(x, y).RGBA() // premultiplied: white shows through what is clear
			sr += uint64(r + 0xFFFF - a)
			sg += uint64(g + 0xFFFF - a)
			sb += uint64(b + 0xFFFF - a)
			n++
		}
	}
	return color.RGBA{uint8(sr / n >> 8), uint8(sg / n >> 8), uint8(sb / n >> 8), 255}
}

// opaque is an RGBA image that says it has no alpha, so that the encoders write none.
type opaque struct{ *image.RGBA }

func newOpaque(w, h int) *opaque { return &opaque{image.NewRGBA(image.Rect(0, 0, w, h))} }

func (o *opaque) set(x, y int, c color.RGBA) { o.SetRGBA(x, y, c) }

// Opaque is asked by image/png.
func (o *opaque) Opaque() bool { return true }

// upright turns and mirrors as the camera's orientation (1 to 8) says.
func upright(src *opaque, turn int) *opaque {
	if turn < 2 || turn > 8 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	ow, oh := w, h
	if turn >= 5 {
		ow, oh = h, w
	}
	out := newOpaque(ow, oh)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch turn {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.set(tx, ty, src.RGBAAt(x, y))
		}
	}
	return out
}
