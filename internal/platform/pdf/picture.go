package pdf

import (
	"bytes"
	"errors"
	"image"

	"codeberg.org/go-pdf/fpdf"

	"lintel/internal/platform/pdf/picture"
)

// picture gives a picture to the drawing library under a new name.
func (d *Document) picture(data []byte, use picture.Purpose) (key string, size image.Point, ok bool) {
	small, format, size, err := picture.Prepare(data, use)
	if err != nil {
		d.fail(err)
		return "", size, false
	}
	key = d.pictureName()
	d.pdf.RegisterImageOptionsReader(key, fpdf.ImageOptions{ImageType: format}, bytes.NewReader(small))
	if d.pdf.Error() != nil {
		d.fail(errors.New("a picture cannot be drawn"))
		return "", size, false
	}
	return key, size, true
}

// place draws a registered picture in a box, keeping its shape, and gives its size.
func (d *Document) place(key string, size image.Point, x, y, maxWidth, maxHeight float64) (w, h float64) {
	scale := min(maxWidth/float64(size.X), maxHeight/float64(size.Y))
	w, h = float64(size.X)*scale, float64(size.Y)*scale
	d.pdf.ImageOptions(key, x, y, w, h, false, fpdf.ImageOptions{}, 0, "")
	return w, h
}

// Image draws a JPEG or PNG across the text, at most maxHeight millimetres high (0: 90),
// with a caption that screen readers say too. A broken picture fails the document.
func (d *Document) Image(data []byte, caption string, maxHeight float64) {
	if maxHeight <= 0 {
		maxHeight = 90
	}
	key, size, ok := d.picture(data, picture.Photo)
	if !ok {
		return
	}
	maxHeight = min(maxHeight, d.bottom-marginTop-12)
	maxWidth := min(d.width, float64(size.X)/110*25.4) // never coarser than 110 dots an inch
	height := min(maxHeight, float64(size.Y)*maxWidth/float64(size.X))
	d.space(2)
	captionHeight := float64(len(wrap(regular, smallSize, d.width, caption))) * lineHeight(smallSize)
	d.room(min(height+1.5+captionHeight, d.bottom-marginTop))
	figure := d.add(nil, "Figure")
	figure.alt = caption
	d.mark(figure, func() { _, height = d.place(key, size, marginSide, d.y, maxWidth, maxHeight) })
	d.y += height + 1.5
	if caption != "" {
		d.lines(d.add(nil, "Caption"), regular, smallSize, marginSide, d.width, muted, caption)
	}
	d.y += 4
}

func (d *Document) logo(data []byte, top float64) (bottom float64) {
	key, size, ok := d.picture(data, picture.Logo)
	if !ok {
		return top
	}
	height := 0.0
	figure := d.add(nil, "Figure")
	figure.alt = clean(d.options.Letterhead.Name)
	d.mark(figure, func() { _, height = d.place(key, size, marginSide, top, d.width*0.4, 15) })
	return top + height
}

func (d *Document) signaturePicture(data []byte, alt string, x, y, w, h float64) {
	key, size, ok := d.picture(data, picture.Ink)
	if !ok {
		return
	}
	figure := d.add(nil, "Figure")
	figure.alt = clean(alt)
	d.mark(figure, func() { d.place(key, size, x, y, w, h) })
}
