package pictures

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"path"
	"slices"
	"testing"
)

// The sample world is part of the binary, which must stay small (performance.md).
const (
	most      = 3 << 20
	mostPhoto = 60_000
)

func TestEachFileIsWhatItsNameSays(t *testing.T) {
	sum := 0
	for _, name := range Names() {
		data, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		sum += len(data)
		switch path.Ext(name) {
		case ".jpg":
			checkPicture(t, name, data, "jpeg", 900, 600)
			if len(data) > mostPhoto {
				t.Errorf("%s has %d bytes, more than %d", name, len(data), mostPhoto)
			}
		case ".png":
			checkPicture(t, name, data, "png", 256, 256)
			if !slices.Contains(Names(), name[:len(name)-4]+".svg") {
				t.Errorf("the logo %s has no drawing to scale", name)
			}
		case ".svg":
			checkStart(t, name, data, 0, "<svg ")
		case ".pdf":
			checkStart(t, name, data, 0, "%PDF-")
		case ".mp4":
			checkStart(t, name, data, 4, "ftyp")
		default:
			t.Errorf("%s is of no known kind", name)
		}
	}
	if sum > most {
		t.Errorf("all files have %d bytes, more than %d", sum, most)
	}
}

func TestAFileThatIsNotThereIsAnError(t *testing.T) {
	for _, name := range []string{"swimming-pool.jpg", "", "../pictures.go"} {
		if _, err := Open(name); err == nil {
			t.Errorf("Open(%q) gave no error", name)
		}
	}
}

func checkPicture(t *testing.T, name string, data []byte, kind string, width, height int) {
	t.Helper()
	size, got, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Errorf("%s cannot be read: %v", name, err)
		return
	}
	if got != kind || size.Width < width || size.Height < height {
		t.Errorf("%s is a %s of %d × %d, want a %s of at least %d × %d", name, got, size.Width, size.Height, kind, width, height)
	}
}

func checkStart(t *testing.T, name string, data []byte, at int, want string) {
	t.Helper()
	if len(data) < at+len(want) || string(data[at:at+len(want)]) != want {
		t.Errorf("%s does not begin as its kind does", name)
	}
}
