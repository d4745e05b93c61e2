package file

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	_ "image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/blob"
)

type blobInfo = blob.Info

func TestE01WhatCouldRunIsOnlyEverSaved(t *testing.T) {
	cases := map[string][]byte{
		"a.svg":  []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"a.html": []byte(`<!doctype html><script>alert(1)</script>`),
		"a.xml":  []byte(`<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></x>`),
		"a.js":   []byte(`alert(document.cookie)`),
		"a.jpg":  []byte(`<html><body onload=alert(1)>`),
		"b.png":  append([]byte("\x89PNG\r\n\x1a\n"), []byte("<script>alert(1)</script>")...),
		"c.txt":  []byte("plain words"),
	}
	onBoth(t, 0, func(w *world) {
		for name, content := range cases {
			id := w.upload("A1", "proposal", "proposalA", name, content)
			for _, query := range []string{"", "?show=1", "?show"} {
				got := w.do("staff", "GET", "/org1/files/"+id+query, nil)
				header := got.Header()
				if got.Code != http.StatusOK || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
					w.Errorf("%s%s: %d, disposition %q, want an attachment", name, query, got.Code, header.Get("Content-Disposition"))
				}
				if !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
					w.Errorf("%s: policy %q", name, header.Get("Content-Security-Policy"))
				}
				if kind := header.Get("Content-Type"); kind != "application/octet-stream" && kind != "text/plain; charset=utf-8" {
					w.Errorf("%s is sent as %s", name, kind)
				}
			}
			for _, size := range []string{"/preview", "/thumb"} {
				w.want(w.do("staff", "GET", "/org1/files/"+id+size, nil), http.StatusNotFound, name+size)
			}
		}
	})
}

func TestWhatCannotRunIsShownWithTheTypeThatItsBytesHave(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		cases := map[string]struct {
			content []byte
			kind    string
		}{
			"plan.exe": {pdfBytes, "application/pdf"}, "photo.html": {asJPEG(w.T, photo(40, 30)), "image/jpeg"}, "shot.txt": {asPNG(w.T, photo(40, 30)), "image/png"},
			"both.html": {[]byte("GIF89a\x10\x00\x10\x00\x00\x00\x00/*<script>alert(1)</script>*/"), "image/gif"},
			"walk.mp4":  {append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 400)...), "video/mp4"},
		}
		for name, c := range cases {
			id := w.upload("A1", "proposal", "proposalA", name, c.content)
			shown := w.do("A1", "GET", "/org1/files/"+id+"?show=1", nil)
			if shown.Header().Get("Content-Type") != c.kind || !strings.HasPrefix(shown.Header().Get("Content-Disposition"), "inline") {
				w.Errorf("%s: %s, %s", name, shown.Header().Get("Content-Type"), shown.Header().Get("Content-Disposition"))
			}
			saved := w.do("A1", "GET", "/org1/files/"+id, nil)
			if !strings.HasPrefix(saved.Header().Get("Content-Disposition"), "attachment") {
				w.Errorf("%s without ?show: %s", name, saved.Header().Get("Content-Disposition"))
			}
			part := w.do("A1", "GET", "/org1/files/"+id+"?show=1", nil, "Range", "bytes=4-9")
			if part.Code != http.StatusPartialContent || !bytes.Equal(part.Body.Bytes(), c.content[4:10]) {
				w.Errorf("%s in ranges: %d, %d bytes", name, part.Code, part.Body.Len())
			}
			unchanged := w.do("A1", "GET", "/org1/files/"+id, nil, "If-None-Match", saved.Header().Get("ETag"))
			w.want(unchanged, http.StatusNotModified, name+" asked again")
		}
	})
}

func TestA02A10FilesOfOthersAreNotThere(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		id := w.upload("staff", "proposal", "proposalA", "photo.jpg", asJPEG(w.T, photo(50, 50)))
		for _, part := range []string{"", "?show=1", "/preview", "/thumb"} {
			w.want(w.do("A1", "GET", "/org1/files/"+id+part, nil), http.StatusOK, "own customer"+part)
			w.want(w.do("A2", "GET", "/org1/files/"+id+part, nil), http.StatusOK, "colleague"+part)
			w.want(w.do("B", "GET", "/org1/files/"+id+part, nil, "Range", "bytes=0-3"), http.StatusNotFound, "other customer"+part)
			w.want(w.do("owner2", "GET", "/org2/files/"+id+part, nil), http.StatusNotFound, "other firm"+part)
			w.want(w.do("nobody", "GET", "/org1/files/"+id+part, nil), http.StatusSeeOther, "nobody"+part)
		}
		foreign, absent := w.do("B", "GET", "/org1/files/"+id, nil), w.do("B", "GET", "/org1/files/00000000000000000000000000", nil)
		if foreign.Body.String() != absent.Body.String() {
			w.Errorf("a foreign file answers %q, an absent one %q", foreign.Body, absent.Body)
		}
	})
}

func TestE04AccessEndsWithTheNextRequestAfterRevocation(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		shared := w.upload("staff", "proposal", "proposalA", "photo.jpg", asJPEG(w.T, photo(50, 50)))
		own := w.upload("A1", Composer, "proposalA", "own.jpg", asJPEG(w.T, photo(50, 50)))
		etag := w.do("A1", "GET", "/org1/files/"+shared, nil).Header().Get("ETag")
		w.revoke("ada")
		for _, part := range []string{"", "?show=1", "/preview", "/thumb"} {
			w.want(w.do("A1", "GET", "/org1/files/"+shared+part, nil, "If-None-Match", etag), http.StatusNotFound, "after revocation"+part)
			w.want(w.do("A1", "GET", "/org1/files/"+own+part, nil), http.StatusNotFound, "own upload after revocation"+part)
		}
	})
}

func TestWhatLiesInAComposerIsItsUploadersAlone(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		id := w.upload("A1", Composer, "proposalA", "draft.jpg", asJPEG(w.T, photo(50, 50)))
		w.want(w.do("A1", "GET", "/org1/files/"+id+"/thumb", nil), http.StatusOK, "the uploader")
		w.want(w.do("A2", "GET", "/org1/files/"+id+"/thumb", nil), http.StatusNotFound, "a colleague")
		w.want(w.do("B", "GET", "/org1/files/"+id+"/thumb", nil), http.StatusNotFound, "another customer")
		w.want(w.do("A1", "DELETE", "/org1/uploads/"+id, nil), http.StatusNoContent, "taken out again")
		w.want(w.do("A1", "GET", "/org1/files/"+id, nil), http.StatusNotFound, "after it was taken out")
	})
}

func TestF05E16NamesAreInertInHeadersAndPages(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		for sent, want := range map[string]string{
			"a%0D%0ASet-Cookie:%20x=1.pdf":             "aSet-Cookie_ x=1.pdf",
			"%3Cimg%20src=x%20onerror=alert(1)%3E.pdf": "_img src=x onerror=alert(1)_.pdf",
			"..%2F..%2Fetc%2Fpasswd":                   "passwd",
			"invoice%E2%80%AEfdp.exe":                  "invoicefdp.exe",
			"%22;filename=evil.html":                   "_;filename=evil.html",
			"Gr%C3%BC%C3%9Fe.pdf":                      "Grüße.pdf",
			"":                                         "file",
		} {
			id := w.upload("A1", "proposal", "proposalA", sent, pdfBytes)
			got := w.do("A1", "GET", "/org1/files/"+id, nil)
			f, err := w.files.ByID(w.Context(), w.actors["A1"], id)
			if err != nil || f.Name != want {
				w.Errorf("%s is kept as %q, want %q (%v)", sent, f.Name, want, err)
			}
			if disposition := got.Header().Get("Content-Disposition"); strings.ContainsAny(disposition, "\r\n") || !strings.HasPrefix(disposition, "attachment; filename") {
				w.Errorf("%s: disposition %q", sent, disposition)
			}
			if got.Header().Get("Set-Cookie") != "" {
				w.Errorf("%s set a cookie", sent)
			}
			row := w.do("A1", "GET", "/org1/uploads/"+id, nil).Body.String()
			if strings.Contains(row, "<img src=x") || strings.Contains(row, "\r\n") {
				w.Errorf("the row of %s is not inert: %s", sent, row)
			}
		}
	})
}

// pngClaiming makes a small PNG whose header claims to be huge.
func pngClaiming(width, height uint32) []byte {
	header := make([]byte, 17)
	copy(header, "IHDR")
	binary.BigEndian.PutUint32(header[4:], width)
	binary.BigEndian.PutUint32(header[8:], height)
	header[12], header[13] = 8, 6
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	out = append(out, header...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(header))
}

func TestE06PicturesThatAreTrapsAreRefusedAtOnce(t *testing.T) {
	var huge bytes.Buffer
	if err := gif.Encode(&huge, image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black}), nil); err != nil {
		t.Fatal(err)
	}
	trap := huge.Bytes()
	binary.LittleEndian.PutUint16(trap[6:], 65535)
	binary.LittleEndian.PutUint16(trap[8:], 65535)
	onBoth(t, 0, func(w *world) {
		for name, content := range map[string][]byte{"bomb.png": pngClaiming(65535, 65535), "bomb.gif": trap} {
			before := time.Now()
			location := w.begin("A1", "proposal", "proposalA", name, len(content)).Header().Get("Location")
			got := w.patch("A1", location, 0, bytes.NewReader(content))
			w.want(got, http.StatusUnprocessableEntity, name)
			if took := time.Since(before); took > time.Second {
				w.Errorf("%s took %s", name, took)
			}
			w.want(w.do("A1", "HEAD", location, nil), http.StatusNotFound, name+" afterwards")
		}
		if files, bytes := w.count(`select count(*) from files`), w.count(`select bytes from file_storage`); files != 0 || bytes != 0 {
			w.Errorf("%d files and %d counted bytes are left", files, bytes)
		}
		if n, err := w.runner.Drain(w.Context()); err != nil || w.count(`select count(*) from jobs where state = 'dead'`) != 0 {
			w.Errorf("jobs after the traps: %d, %v", n, err)
		}
	})
}

// withExif puts an Exif segment with an orientation and a place in front of a JPEG's data.
func withExif(picture []byte, turn byte) []byte {
	tiff := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	tiff = append(tiff, turn, 0, 0, 0, 0, 0, 0, 0)
	tiff = append(tiff, []byte("GPS 51.5072 N 0.1276 W")...)
	out := append([]byte{}, picture[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(tiff)+2))
	return append(append(out, tiff...), picture[2:]...)
}

func TestPreviewsAreSmallUprightAndWithoutTheCamerasNotes(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		source := withExif(asJPEG(w.T, photo(2000, 1000)), 6) // held upright: to be turned by a quarter
		id := w.upload("A1", "proposal", "proposalA", "kitchen.jpg", source)
		f, err := w.files.ByID(w.Context(), w.actors["A1"], id)
		if err != nil || f.Width != 1000 || f.Height != 2000 || !f.HasPreview {
			w.Fatalf("the file: %+v, %v", f, err)
		}
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		for path, longer := range map[string]int{"/preview": 1600, "/thumb": 400} {
			got := w.do("A1", "GET", "/org1/files/"+id+path, nil)
			if bytes.Contains(got.Body.Bytes(), []byte("GPS")) || bytes.Contains(got.Body.Bytes(), []byte("Exif")) {
				w.Errorf("%s still says where it was taken", path)
			}
			if got.Header().Get("ETag") == "" || !strings.HasPrefix(got.Header().Get("Cache-Control"), "private") {
				w.Errorf("%s: headers %v", path, got.Header())
			}
			picture, _, err := image.Decode(got.Body)
			if err != nil {
				w.Fatalf("%s: %v", path, err)
			}
			if size := picture.Bounds().Size(); size.Y != longer || size.X != longer/2 {
				w.Errorf("%s has %v, want %d × %d", path, size, longer/2, longer)
			}
			// Stored, red grows to the right and green downwards; turned clockwise, red grows
			// downwards and green to the left.
			size := picture.Bounds().Size()
			red, green, _, _ := picture.At(size.X/10, size.Y/10).RGBA()
			if red>>8 > 60 || green>>8 < 200 {
				w.Errorf("%s: the corner is red %d green %d: it does not stand upright", path, red>>8, green>>8)
			}
		}
		original := w.do("A1", "GET", "/org1/files/"+id, nil)
		if !bytes.Equal(original.Body.Bytes(), source) {
			w.Error("the original was changed")
		}
	})
}
