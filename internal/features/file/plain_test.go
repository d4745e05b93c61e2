package file

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// cameraPhoto is a JPEG as a phone makes it: Exif with the way it was held, time and place, XMP, a remark, and a film
// behind its end.
func cameraPhoto(t *testing.T, p image.Image) []byte {
	source := asJPEG(t, p)
	first := []byte("II*\x00\x08\x00\x00\x00")
	first = append(first, 2, 0)
	first = append(first, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0)
	first = append(first, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0)
	first = append(first, 0, 0, 0, 0)
	first = append(first, 2, 0)
	first = append(first, 0x03, 0x90, 2, 0, 20, 0, 0, 0, 68, 0, 0, 0)
	first = append(first, 0x11, 0x90, 2, 0, 7, 0, 0, 0, 88, 0, 0, 0)
	first = append(first, 0, 0, 0, 0)
	first = append(first, "2026:08:14 17:30:00\x00"...)
	first = append(first, "+02:00\x00"...)
	first = append(first, "GPSLatitude 51.5072"...)
	segment := func(marker byte, body string) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2)), body...)
	}
	out := append([]byte{}, source[:2]...)
	out = append(out, segment(0xE1, "Exif\x00\x00"+string(first))...)
	out = append(out, segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x>GPSLongitude</x>")...)
	out = append(out, segment(0xE2, "MPF\x00second GPS picture")...)
	out = append(out, segment(0xE2, "ICC_PROFILE\x00\x01\x01colours")...)
	out = append(out, segment(0xFE, "taken at GPS 51.5")...)
	out = append(out, source[2:]...)
	return append(out, "ftypmp42 a film with GPS in it"...)
}

func TestTheCameraSaysWhenAPhotoWasTaken(t *testing.T) {
	n := jpegNotes(bytes.NewReader(cameraPhoto(t, photo(30, 20))))
	if want := time.Date(2026, 8, 14, 15, 30, 0, 0, time.UTC); !n.taken.Equal(want) || n.turn != 6 {
		t.Errorf("taken %s, turn %d; want %s and 6", n.taken, n.turn, want)
	}
	onBoth(t, 0, func(w *world) {
		id := w.upload("A1", "proposal", "proposalA", "later.jpg", cameraPhoto(w.T, photo(30, 20)))
		f, err := w.files.ByID(w.Context(), w.actors["A1"], id)
		if err != nil || !f.TakenAt.Equal(n.taken) {
			w.Errorf("kept as taken at %s (%v)", f.TakenAt, err)
		}
		plain := w.upload("A1", "proposal", "proposalA", "a.pdf", pdfBytes)
		if f, err = w.files.ByID(w.Context(), w.actors["A1"], plain); err != nil || !f.TakenAt.Equal(f.AddedAt) {
			w.Errorf("a PDF was taken at %s, added at %s (%v)", f.TakenAt, f.AddedAt, err)
		}
	})
}

// A broken note says nothing and breaks nothing.
func TestBrokenNotesAreReadAsNone(t *testing.T) {
	whole := cameraPhoto(t, photo(8, 8))
	for end := 2; end < 200; end += 3 {
		jpegNotes(bytes.NewReader(whole[:end]))
		broken := bytes.Clone(whole)
		broken[end] ^= 0xFF
		if n := jpegNotes(bytes.NewReader(broken)); n.turn < 1 || n.turn > 8 {
			t.Errorf("byte %d: turn %d", end, n.turn)
		}
	}
}

// What others see and take along says nothing of where a photo was taken, before and after its preview is made; the
// office and whoever brought it get the original.
func TestPhotosAreShownAndGivenToOthersWithoutTheCamerasNotes(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		source := cameraPhoto(w.T, photo(60, 40))
		id := w.upload("A1", "message", "proposalA", "garden.jpg", source)
		get := func(who, part string) []byte {
			w.Helper()
			got := w.do(who, "GET", "/org1/files/"+id+part, nil)
			w.want(got, http.StatusOK, who+part)
			return got.Body.Bytes()
		}
		shown := func(when string) {
			for _, who := range []string{"staff", "A1", "A2"} {
				for _, part := range []string{"?show=1", "/preview", "/thumb"} {
					got := get(who, part)
					if bytes.Contains(got, []byte("GPS")) || bytes.Contains(got, []byte("ftyp")) || bytes.Contains(got, []byte("2026:08")) {
						w.Errorf("%s, %s for %s says where or when it was taken", when, part, who)
					}
				}
			}
		}
		shown("before the preview is made")
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		shown("after the preview is made")
		if !bytes.Equal(get("staff", ""), source) || !bytes.Equal(get("A1", ""), source) {
			w.Error("the office and the uploader do not get the original")
		}
		taken := get("A2", "")
		if bytes.Contains(taken, []byte("GPS")) {
			w.Error("another person takes along where it was taken")
		}
		if jpegNotes(bytes.NewReader(taken)).turn != 6 {
			w.Error("the picture does not say any more how it was held")
		}
		if !bytes.Contains(taken, []byte("ICC_PROFILE")) {
			w.Error("the colours are lost")
		}
		want, err := jpeg.Decode(bytes.NewReader(source))
		if err != nil {
			w.Fatal(err)
		}
		have, err := jpeg.Decode(bytes.NewReader(taken))
		if err != nil || !bytes.Equal(have.(*image.YCbCr).Y, want.(*image.YCbCr).Y) {
			w.Errorf("the pixels differ (%v)", err)
		}
		part := w.do("A2", "GET", "/org1/files/"+id, nil, "Range", "bytes=30-99")
		if part.Code != http.StatusPartialContent || !bytes.Equal(part.Body.Bytes(), taken[30:100]) {
			w.Errorf("in ranges: %d, %d bytes", part.Code, part.Body.Len())
		}
	})
}

func TestNotesLeavePNGAndWebPToo(t *testing.T) {
	png := asPNG(t, photo(20, 10))
	chunk := func(name, body string) []byte {
		out := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name+body...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(name+body)))
	}
	told := append(append(append([]byte{}, png[:33]...), chunk("eXIf", "GPS here")...), append(chunk("tEXt", "Comment\x00GPS"), png[33:]...)...)
	webp := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00VP8L\x05\x00\x00\x00\x2f\x00\x00\x00\x00\x00EXIF\x04\x00\x00\x00GPS!")
	binary.LittleEndian.PutUint32(webp[4:], uint32(len(webp)-8))
	for kind, content := range map[string][]byte{"image/png": told, "image/webp": webp} {
		plain, err := withoutNotes(kind, memory{bytes.NewReader(content)})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		out, err := io.ReadAll(plain)
		if err != nil || bytes.Contains(out, []byte("GPS")) {
			t.Errorf("%s still has notes (%v)", kind, err)
		}
		switch kind {
		case "image/png":
			if !bytes.Equal(out, png) {
				t.Error("the PNG without notes is not the PNG that it was")
			}
		case "image/webp":
			if size := binary.LittleEndian.Uint32(out[4:]); int(size) != len(out)-8 || out[20]&0x0C != 0 {
				t.Errorf("the WebP says %d bytes and flags %x, and has %d bytes", size, out[20], len(out))
			}
		}
	}
}

// memory is a blob in memory.
type memory struct{ *bytes.Reader }

func (memory) Close() error   { return nil }
func (memory) Info() blobInfo { return blobInfo{} }

// A damaged picture never stops a page, whatever its bytes say.
func TestDamagedPicturesEndAndNeverLoop(t *testing.T) {
	for _, source := range [][]byte{cameraPhoto(t, photo(16, 16)), asPNG(t, photo(16, 16))} {
		kind := "image/jpeg"
		if strings.HasPrefix(string(source), "\x89PNG") {
			kind = "image/png"
		}
		for end := 1; end < len(source); end += 7 {
			if plain, err := withoutNotes(kind, memory{bytes.NewReader(source[:end])}); err == nil {
				_, _ = io.Copy(io.Discard, plain) // an error is as good as an end
			}
		}
	}
}

func TestNamesAreSortedAsPeopleCount(t *testing.T) {
	for _, pair := range [][2]string{{"Plan 2.pdf", "plan 10.pdf"}, {"a", "B"}, {"photo 9", "photo 10"}, {"2026-01-05", "2026-01-12"}} {
		if sortable(pair[0]) >= sortable(pair[1]) {
			t.Errorf("%q does not stand before %q", pair[0], pair[1])
		}
	}
}
