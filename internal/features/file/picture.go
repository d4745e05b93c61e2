package file

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
)

// Pictures are made smaller by averaging (a box filter), which costs a third of the usual
// libraries' time and memory: a JPEG stays in its own planes of brightness and colour.

// shrink makes a picture whose longer side is at most side, upright. Smaller pictures keep
// their size. What it gives holds nothing but pixels.
func shrink(source image.Image, side, turn int) image.Image {
	size := source.Bounds().Size()
	width, height := fit(size.X, size.Y, side)
	if planes, ok := source.(*image.YCbCr); ok {
		return turnPlanes(shrinkPlanes(planes, width, height), turn)
	}
	return turnRGBA(shrinkAny(source, width, height), turn)
}

func fit(width, height, side int) (int, int) {
	if width <= side && height <= side {
		return width, height
	}
	if width >= height {
		return side, max(1, height*side/width)
	}
	return max(1, width*side/height), side
}

// plane is one channel: bytes in rows.
type plane struct {
	pix           []uint8
	stride        int
	width, height int
}

func newPlane(width, height int) plane {
	return plane{make([]uint8, width*height), width, width, height}
}

// boxed averages the source's pixels under each pixel of the result.
func (p plane) boxed(width, height int) plane {
	out := newPlane(width, height)
	for y := range height {
		top, bottom := span(y, height, p.height)
		for x := range width {
			left, right := span(x, width, p.width)
			sum := 0
			for row := top; row < bottom; row++ {
				for _, v := range p.pix[row*p.stride+left : row*p.stride+right] {
					sum += int(v)
				}
			}
			count := (bottom - top) * (right - left)
			out.pix[y*out.stride+x] = uint8((sum + count/2) / count)
		}
	}
	return out
}

// span is the range of source pixels under pixel i of n; never empty.
func span(i, n, source int) (from, to int) {
	from = i * source / n
	return from, max(from+1, (i+1)*source/n)
}

// turned gives the plane as it stands upright, by the Exif orientation.
func (p plane) turned(turn int) plane {
	if turn <= 1 || turn > 8 {
		return p
	}
	out := newPlane(p.width, p.height)
	if turn >= 5 {
		out = newPlane(p.height, p.width)
	}
	for y := range out.height {
		for x := range out.width {
			sx, sy := sourceOf(x, y, p.width, p.height, turn)
			out.pix[y*out.stride+x] = p.pix[sy*p.stride+sx]
		}
	}
	return out
}

// sourceOf tells which stored pixel belongs at (x, y) of the upright picture.
func sourceOf(x, y, width, height, turn int) (int, int) {
	switch turn {
	case 2:
		return width - 1 - x, y
	case 3:
		return width - 1 - x, height - 1 - y
	case 4:
		return x, height - 1 - y
	case 5:
		return y, x
	case 6:
		return y, height - 1 - x
	case 7:
		return width - 1 - y, height - 1 - x
	case 8:
		return width - 1 - y, x
	}
	return x, y
}

// shrinkPlanes always gives 4:2:0, which the encoder writes directly.
func shrinkPlanes(source *image.YCbCr, width, height int) [3]plane {
	full := source.Bounds()
	chromaWidth, chromaHeight := chromaSize(source)
	bright := plane{source.Y, source.YStride, full.Dx(), full.Dy()}
	blue := plane{source.Cb, source.CStride, chromaWidth, chromaHeight}
	red := plane{source.Cr, source.CStride, chromaWidth, chromaHeight}
	halfWidth, halfHeight := (width+1)/2, (height+1)/2
	return [3]plane{bright.boxed(width, height), blue.boxed(halfWidth, halfHeight), red.boxed(halfWidth, halfHeight)}
}

func chromaSize(source *image.YCbCr) (width, height int) {
	width, height = source.Rect.Dx(), source.Rect.Dy()
	switch source.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		return (width + 1) / 2, height
	case image.YCbCrSubsampleRatio420:
		return (width + 1) / 2, (height + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return width, (height + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (width + 3) / 4, height
	case image.YCbCrSubsampleRatio410:
		return (width + 3) / 4, (height + 1) / 2
	}
	return width, height
}

func turnPlanes(planes [3]plane, turn int) image.Image {
	bright, blue, red := planes[0].turned(turn), planes[1].turned(turn), planes[2].turned(turn)
	return &image.YCbCr{Y: bright.pix, Cb: blue.pix, Cr: red.pix, YStride: bright.stride, CStride: blue.stride,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, bright.width, bright.height)}
}

// shrinkAny takes any picture, a strip of rows at a time, on white where it is transparent.
func shrinkAny(source image.Image, width, height int) *image.RGBA {
	from := source.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		top, bottom := span(y, height, from.Dy())
		strip := image.NewRGBA(image.Rect(0, 0, from.Dx(), bottom-top))
		draw.Draw(strip, strip.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), source, image.Pt(from.Min.X, from.Min.Y+top), draw.Over)
		for x := range width {
			left, right := span(x, width, from.Dx())
			out.SetRGBA(x, y, averageOf(strip, left, right))
		}
	}
	return out
}

func averageOf(strip *image.RGBA, left, right int) color.RGBA {
	var red, green, blue int
	rows := strip.Bounds().Dy()
	for y := range rows {
		for i := y*strip.Stride + left*4; i < y*strip.Stride+right*4; i += 4 {
			red, green, blue = red+int(strip.Pix[i]), green+int(strip.Pix[i+1]), blue+int(strip.Pix[i+2])
		}
	}
	count := rows * (right - left)
	return color.RGBA{uint8(red / count), uint8(green / count), uint8(blue / count), 255}
}

func turnRGBA(source *image.RGBA, turn int) image.Image {
	if turn <= 1 || turn > 8 {
		return source
	}
	width, height := source.Bounds().Dx(), source.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, height, width))
	}
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			sx, sy := sourceOf(x, y, width, height, turn)
			out.SetRGBA(x, y, source.RGBAAt(sx, sy))
		}
	}
	return out
}

func encode(picture image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write the preview: %w", err)
	}
	return out.Bytes(), nil
}
