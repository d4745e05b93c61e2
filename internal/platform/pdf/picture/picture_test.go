package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

func photo(w, h int) []byte {
	var out bytes.Buffer
	_ = jpeg.Encode(&out, image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), nil)
	return out.Bytes()
}

// drawing is one dark line on nothing.
func drawing() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 60, 20))
	for x := range 60 {
		img.SetNRGBA(x, 10, color.NRGBA{20, 30, 90, 255})
	}
	var out bytes.Buffer
	_ = png.Encode(&out, img)
	return out.Bytes()
}

func TestPicturesAreMadeSmallUprightAndOpaque(t *testing.T) {
	data, format, size, err := Prepare(photo(4000, 3000), Photo)
	if err != nil || format != "JPG" || size != image.Pt(1333, 1000) {
		t.Fatalf("%s %v %v", format, size, err)
	}
	if hasMetadata(data) {
		t.Fatal("camera data is left")
	}
	turned := append([]byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"), photo(40, 20)[2:]...)
	if data, _, size, err = Prepare(turned, Photo); err != nil || size != image.Pt(20, 40) || hasMetadata(data) {
		t.Fatalf("a photo held sideways became %v, %v", size, err)
	}
	data, _, _, err = Prepare(drawing(), Ink)
	if err != nil {
		t.Fatal(err)
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, a := picture.At(0, 0).RGBA(); r+g+b+a != 4*0xFFFF {
		t.Fatal("what was clear is not white")
	}
	if r, _, b, _ := picture.At(5, 10).RGBA(); r>>8 != 20 || b>>8 != 90 {
		t.Fatal("the pen's colour is lost")
	}
}
