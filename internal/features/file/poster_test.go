package file

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

var (
	heicBytes = append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 400)...)
	filmBytes = append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 400)...)
)

func (w *world) poster(who, id string, content []byte) *httptest.ResponseRecorder {
	w.Helper()
	return w.do(who, "POST", "/org1/uploads/"+id+"/preview", bytes.NewReader(content), "Content-Type", "image/jpeg")
}

// without checks that a file has no preview, after an attempt to give it one.
func (w *world) without(id, what string) {
	w.Helper()
	if _, err := w.runner.Drain(w.Context()); err != nil {
		w.Fatal(err)
	}
	for _, part := range []string{"/preview", "/thumb"} {
		w.want(w.do("staff", "GET", "/org1/files/"+id+part, nil), http.StatusNotFound, what+part)
	}
	blobs := 0
	if err := w.blobs.Walk(w.Context(), func(info blobInfo) error {
		if strings.Contains(info.Key, id) {
			blobs++
		}
		return nil
	}); err != nil {
		w.Fatal(err)
	}
	if blobs != 1 {
		w.Errorf("%s: %d blobs, want the file alone", what, blobs)
	}
}

func TestWhatTheServerCannotDrawTheUploadersBrowserDraws(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		drawn := withExif(asJPEG(w.T, photo(1600, 900)), 1)
		for name, content := range map[string][]byte{"phone.heic": heicBytes, "walk.mp4": filmBytes} {
			id := w.upload("A1", "proposal", "proposalA", name, content)
			w.want(w.poster("A1", id, drawn), http.StatusNoContent, name)
			for part, longer := range map[string]int{"/preview": 1600, "/thumb": 400} {
				got := w.do("staff", "GET", "/org1/files/"+id+part, nil)
				if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "image/jpeg" || bytes.Contains(got.Body.Bytes(), []byte("GPS")) || bytes.Contains(got.Body.Bytes(), []byte("Exif")) {
					w.Errorf("%s%s: %d %s", name, part, got.Code, got.Header().Get("Content-Type"))
				}
				if picture, _, err := image.Decode(got.Body); err != nil || picture.Bounds().Dx() != longer {
					w.Errorf("%s%s is %v wide, want %d (%v)", name, part, picture.Bounds(), longer, err)
				}
			}
			w.want(w.do("B", "GET", "/org1/files/"+id+"/preview", nil), http.StatusNotFound, "another customer looks at it")
			f, err := w.files.ByID(w.Context(), w.actors["A1"], id)
			p, shown := Picture("org1", f)
			if err != nil || !shown || p.ThumbURL == "" || p.Video != (name == "walk.mp4") || p.Video && p.Poster == "" || f.IsPhoto() == p.Video {
				w.Errorf("%s in a gallery: %+v, %v", name, p, err)
			}
			row := w.do("A1", "GET", "/org1/uploads/"+id, nil).Body.String()
			if !strings.Contains(row, id+"/thumb") {
				w.Errorf("the row of %s shows no picture: %s", name, row)
			}
		}
		if n := w.count(`select count(*) from files where gallery = true`); n != 2 {
			w.Errorf("%d of 2 stand among the photos", n)
		}
		if n := w.count(`select count(*) from jobs where state = 'dead'`); n != 0 {
			w.Errorf("%d jobs died", n)
		}
	})
}

func TestE06AnUntrustedPreviewIsCheckedLikeAnyPicture(t *testing.T) {
	whole := asJPEG(t, photo(400, 300))
	wide := asJPEG(t, photo(1601, 4))
	bomb := append([]byte{}, whole...)
	frame := bytes.Index(bomb, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(bomb[frame+5:], 65535)
	binary.BigEndian.PutUint16(bomb[frame+7:], 65535)
	onBoth(t, 0, func(w *world) {
		id := w.upload("A1", "proposal", "proposalA", "phone.heic", heicBytes)
		for name, content := range map[string][]byte{
			"bomb": bomb, "too wide": wide, "png": asPNG(w.T, photo(40, 30)), "svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
			"html": []byte(`<!doctype html><script>alert(1)</script>`), "cut off": whole[:len(whole)/2], "only a header": whole[:24], "nothing": nil, "heic": heicBytes,
		} {
			before := time.Now()
			w.want(w.poster("A1", id, content), http.StatusUnprocessableEntity, name)
			if took := time.Since(before); took > time.Second {
				w.Errorf("%s took %s", name, took)
			}
			w.without(id, name)
		}
		w.want(w.poster("A1", id, append(whole, make([]byte, maxPoster)...)), http.StatusRequestEntityTooLarge, "too many bytes")
		w.want(w.do("A1", "POST", "/org1/uploads/"+id+"/preview", bytes.NewReader(whole), "Content-Type", "image/svg+xml"), http.StatusUnsupportedMediaType, "another media type")
		w.without(id, "too large or of another type")
		w.want(w.poster("A1", id, whole), http.StatusNoContent, "a right one afterwards")
	})
}

func TestE10APreviewIsTakenFromTheUploaderOnceAndInTime(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		drawn, other := asJPEG(w.T, photo(400, 300)), asJPEG(w.T, photo(300, 400))
		id := w.upload("A1", "proposal", "proposalA", "walk.mp4", filmBytes)
		for who, status := range map[string]int{"A2": 404, "B": 404, "staff": 404, "nobody": http.StatusSeeOther} {
			w.want(w.poster(who, id, drawn), status, "from "+who)
		}
		w.want(w.do("owner2", "POST", "/org2/uploads/"+id+"/preview", bytes.NewReader(drawn), "Content-Type", "image/jpeg"), http.StatusNotFound, "from another firm")
		w.without(id, "from others")

		for name, content := range map[string][]byte{"photo.jpg": asJPEG(w.T, photo(60, 40)), "plan.pdf": pdfBytes, "notes.txt": []byte("plain words"), "phone.heic": asPNG(w.T, photo(60, 40))} {
			known := w.upload("A1", "proposal", "proposalA", name, content)
			before := w.do("A1", "GET", "/org1/files/"+known+"/preview", nil).Body.String()
			w.want(w.poster("A1", known, drawn), http.StatusUnprocessableEntity, "for "+name)
			if after := w.do("A1", "GET", "/org1/files/"+known+"/preview", nil).Body.String(); after != before {
				w.Errorf("the preview of %s was changed", name)
			}
		}

		location := w.begin("A1", "proposal", "proposalA", "late.mp4", len(filmBytes)).Header().Get("Location")
		unfinished := location[strings.LastIndexByte(location, '/')+1:]
		w.want(w.poster("A1", unfinished, drawn), http.StatusConflict, "before the file has arrived")

		w.want(w.poster("A1", id, drawn), http.StatusNoContent, "from the uploader")
		kept := w.do("A1", "GET", "/org1/files/"+id+"/preview", nil).Body.String()
		w.want(w.poster("A1", id, other), http.StatusConflict, "twice")
		if w.do("A1", "GET", "/org1/files/"+id+"/preview", nil).Body.String() != kept {
			w.Error("a second picture took the place of the first")
		}

		late := w.upload("A1", "proposal", "proposalA", "walk.mp4", filmBytes)
		w.clock.Advance(posterLife + time.Second)
		w.want(w.poster("A1", late, drawn), http.StatusConflict, "after the fact")
		w.without(late, "after the fact")

		sent := w.upload("A1", Composer, "proposalA", "walk.mp4", filmBytes)
		err := w.store.Change(w.Context(), w.actors["A1"], access.FilesWrite, func(tx *guard.Tx) error {
			return w.files.Rehang(tx, []string{sent}, Composer, "proposalA", Hang{Kind: "message", On: "m1", Item: "proposalA", Customer: "customerA", Visibility: Shared})
		})
		if err != nil {
			w.Fatal(err)
		}
		w.want(w.poster("A1", sent, drawn), http.StatusConflict, "after the message was posted")
		w.without(sent, "after the message was posted")

		revoked := w.upload("B", "proposal", "proposalB", "walk.mp4", filmBytes)
		w.revoke("bob")
		if got := w.poster("B", revoked, drawn); got.Code < 400 {
			w.Errorf("after the access ended: %d", got.Code)
		}
		w.without(revoked, "after the access ended")
	})
}

func TestAPreviewThatABrowserDrewGoesWithItsFile(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		id := w.upload("A1", Composer, "proposalA", "walk.mp4", filmBytes)
		w.want(w.poster("A1", id, asJPEG(w.T, photo(400, 300))), http.StatusNoContent, "the poster")
		w.want(w.do("A1", "DELETE", "/org1/uploads/"+id, nil), http.StatusNoContent, "taken back")
		w.want(w.do("A1", "GET", "/org1/files/"+id+"/thumb", nil), http.StatusNotFound, "the thumb after that")
		w.clock.Advance(31 * 24 * time.Hour)
		if err := w.files.Tidy(w.Context()); err != nil {
			w.Fatal(err)
		}
		if err := w.blobs.Walk(w.Context(), func(info blobInfo) error { w.Errorf("%s is left", info.Key); return nil }); err != nil {
			w.Fatal(err)
		}
	})
}

// A file that still waits for the virus scanner takes its picture too; it is seen when the file is.
func TestE12APreviewWaitsForTheScannerWithItsFile(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		w.files.UseScanner(func(context.Context, io.Reader) (string, error) { return "", nil })
		id := w.upload("A1", "proposal", "proposalA", "walk.mp4", filmBytes)
		w.want(w.poster("A1", id, asJPEG(w.T, photo(400, 300))), http.StatusNoContent, "the poster")
		w.want(w.do("A1", "GET", "/org1/files/"+id+"/thumb", nil), http.StatusNotFound, "before the check")
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.want(w.do("A1", "GET", "/org1/files/"+id+"/thumb", nil), http.StatusOK, "after the check")
		if n := w.count(`select count(*) from jobs where state = 'dead'`); n != 0 {
			w.Errorf("%d jobs died", n)
		}
	})
}
