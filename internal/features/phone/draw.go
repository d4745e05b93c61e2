package phone

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// looks are what an icon is made of.
type looks struct {
	ground, words color.NRGBA // the firm's colour, and what stands on it
	letters       string      // for a firm without a logo
	logo          image.Image // or nil
}

// paint draws an icon as PNG.
func paint(i icon, l looks) ([]byte, error) {
	square := image.NewNRGBA(image.Rect(0, 0, i.side, i.side))
	mark, err := markOf(i, l)
	if err != nil {
		return nil, err
	}
	if i.shape != lined && i.shape != bare {
		draw.DrawMask(square, square.Bounds(), image.NewUniform(groundOf(l)), image.Point{}, outline(i), image.Point{}, draw.Src)
	}
	draw.DrawMask(square, square.Bounds(), mark, image.Point{}, outline(i), image.Point{}, draw.Over)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, fewColours(square)); err != nil {
		return nil, fmt.Errorf("write the icon: %w", err)
	}
	return out.Bytes(), nil
}

// fewColours is the picture with at most 256 colours, which makes it half as many bytes, when no colour has to move by
// more than 3 of 255 for that. Every page shows the mark; a photo stays what it is.
func fewColours(square *image.NRGBA) image.Image {
	for _, mask := range []uint8{0xff, 0xfe, 0xfc} {
		if small := withColours(square, mask); small != nil {
			return small
		}
	}
	return square
}

// withColours leaves the bits of the mask of each colour; it is nil when they are still more than 256.
func withColours(square *image.NRGBA, mask uint8) *image.Paletted {
	small := image.NewPaletted(square.Bounds(), nil)
	places := map[color.NRGBA]uint8{}
	for n := range small.Pix {
		p := square.Pix[4*n : 4*n+4]
		c := color.NRGBA{rounded8(p[0], mask), rounded8(p[1], mask), rounded8(p[2], mask), rounded8(p[3], mask)}
		if c.A == 0 {
			c = color.NRGBA{}
		}
		place, known := places[c]
		if !known {
			if len(small.Palette) == 256 {
				return nil
			}
			place = uint8(len(small.Palette))
			places[c] = place
			small.Palette = append(small.Palette, c)
		}
		small.Pix[n] = place
	}
	return small
}

// rounded8 keeps what is full or nothing, so that a ground stays whole.
func rounded8(v, mask uint8) uint8 {
	if v == 255 {
		return v
	}
	return v & mask
}

// groundOf is the colour behind the mark. A logo that fills its own square goes on in its own
// colour; a light one stands on the firm's colour, every other on white.
func groundOf(l looks) color.NRGBA {
	if l.logo == nil {
		return l.ground
	}
	if own, one := ownGround(l.logo); one {
		return own
	}
	if lightness(l.logo) > 0.8 {
		return l.ground
	}
	return color.NRGBA{255, 255, 255, 255}
}

// ownGround is the mean colour of the middles of a picture's edges, when none of them is clear:
// such a logo is a sign with a ground of its own, whatever its corners are.
func ownGround(picture image.Image) (ground color.NRGBA, own bool) {
	b := picture.Bounds()
	if w, h := b.Dx(), b.Dy(); 4*w > 5*h || 4*h > 5*w {
		return ground, false // a name in a row: its edges say little
	}
	x, y, in := (b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2, b.Dx()/40
	var sum [3]int
	for _, p := range []image.Point{{x, b.Min.Y + in}, {x, b.Max.Y - 1 - in}, {b.Min.X + in, y}, {b.Max.X - 1 - in, y}} {
		c := color.NRGBAModel.Convert(picture.At(p.X, p.Y)).(color.NRGBA)
		if c.A < 250 {
			return ground, false
		}
		sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
	}
	return color.NRGBA{uint8(sum[0] / 4), uint8(sum[1] / 4), uint8(sum[2] / 4), 255}, true
}

// lightness is the mean of what is not clear in a picture, from 0 to 1.
func lightness(picture image.Image) float64 {
	var sum, weight float64
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		for x := b.Min.X; x < b.Max.X; x += 4 {
			c := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
			a := float64(c.A) / 255
			sum += a * (0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)) / 255
			weight += a
		}
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// markOf is the logo or the letters in the middle of a clear square.
func markOf(i icon, l looks) (image.Image, error) {
	square := image.NewNRGBA(image.Rect(0, 0, i.side, i.side))
	if i.shape == lined {
		return square, write(square, l.letters, color.NRGBA{255, 255, 255, 255}, 0.56)
	}
	if l.logo == nil {
		part := 0.46
		if i.shape == full { // a phone may cut a circle out of it
			part = 0.38
		}
		return square, write(square, l.letters, l.words, part)
	}
	part := map[shape]float64{rounded: 0.74, full: 0.58, bare: 1}[i.shape]
	if _, own := ownGround(l.logo); own && i.shape != bare {
		part += 0.26
	}
	place(square, l.logo, part)
	return square, nil
}

// place puts a picture into the middle; its longer side takes a part of the square.
func place(square *image.NRGBA, picture image.Image, part float64) {
	side := square.Bounds().Dx()
	size := picture.Bounds().Size()
	scale := part * float64(side) / float64(max(size.X, size.Y))
	w, h := max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))
	at := image.Pt((side-w)/2, (side-h)/2)
	draw.CatmullRom.Scale(square, image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}, picture, picture.Bounds(), draw.Over, nil)
}

// write puts letters into the middle, so high as a part of the square says. Letters that the
// typeface does not have are a lintel: a beam on two posts.
func write(square *image.NRGBA, letters string, ink color.NRGBA, part float64) error {
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return fmt.Errorf("read the typeface of icons: %w", err)
	}
	side := float64(square.Bounds().Dx())
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: side * part, DPI: 72})
	if err != nil {
		return fmt.Errorf("make the typeface of icons: %w", err)
	}
	defer face.Close()
	for _, letter := range letters {
		if _, known := face.GlyphAdvance(letter); !known {
			letters = ""
		}
	}
	if letters == "" {
		beam(square, ink)
		return nil
	}
	bounds, _ := font.BoundString(face, letters)
	middle := fixed.Int26_6(side * 64 / 2)
	pen := font.Drawer{Dst: square, Src: image.NewUniform(ink), Face: face,
		Dot: fixed.Point26_6{X: middle - (bounds.Min.X+bounds.Max.X)/2, Y: middle - (bounds.Min.Y+bounds.Max.Y)/2}}
	pen.DrawString(letters)
	return nil
}

func beam(square *image.NRGBA, ink color.NRGBA) {
	side := square.Bounds().Dx()
	at := func(x0, y0, x1, y1 int) {
		draw.Draw(square, image.Rect(x0*side/24, y0*side/24, x1*side/24, y1*side/24), image.NewUniform(ink), image.Point{}, draw.Src)
	}
	at(6, 7, 18, 10)
	at(7, 10, 10, 17)
	at(14, 10, 17, 17)
}

// outline is the shape that an icon is cut to.
func outline(i icon) image.Image {
	if i.shape != rounded {
		return image.NewUniform(color.Opaque)
	}
	side, radius := float32(i.side), float32(i.side)*0.22
	const handle = 0.4477 // of a circle's quarter as one curve
	near, distant := radius*handle, side-radius*handle
	r := vector.NewRasterizer(i.side, i.side)
	r.MoveTo(radius, 0)
	r.LineTo(side-radius, 0)
	r.CubeTo(distant, 0, side, near, side, radius)
	r.LineTo(side, side-radius)
	r.CubeTo(side, distant, distant, side, side-radius, side)
	r.LineTo(radius, side)
	r.CubeTo(near, side, 0, distant, 0, side-radius)
	r.LineTo(0, radius)
	r.CubeTo(0, near, near, 0, radius, 0)
	r.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, i.side, i.side))
	r.Draw(mask, mask.Bounds(), image.NewUniform(color.Opaque), image.Point{})
	return mask
}
