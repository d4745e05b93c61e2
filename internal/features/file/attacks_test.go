package file

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// There are no signed URLs: cookies decide on every request. So nothing that is changed in an address opens anything.
func TestE03ChangedAddressesOpenNothing(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		theirs := w.upload("A1", "proposal", "proposalA", "a.jpg", asJPEG(w.T, photo(20, 20)))
		own := w.upload("B", "proposal", "proposalB", "b.jpg", asJPEG(w.T, photo(20, 20)))
		for _, address := range []string{
			"/org1/files/" + theirs, "/org1/files/" + theirs + "?show=1&person=ada", "/org1/files/" + theirs + "/preview?file=" + own, "/org1/files/" + own + theirs, "/org1/files/" + theirs + own,
			"/org1/files/" + own + "/" + theirs, "/org1/files/" + own + "%2F..%2F" + theirs, "/org1/files/" + strings.ToUpper(theirs), "/org1/files/" + theirs + "%00", "/org1/files/%20" + theirs,
			"/org1/files/" + own + "/original", "/org2/files/" + theirs, "/org1/uploads/" + theirs, "/org1/files/file%2Forg1%2F" + theirs + "%2Foriginal",
		} {
			got := w.do("B", "GET", address, nil)
			if got.Code != http.StatusNotFound && got.Code != http.StatusSeeOther || bytes.Contains(got.Body.Bytes(), []byte("JFIF")) {
				w.Errorf("%s: %d, %d bytes", address, got.Code, got.Body.Len())
			}
		}
		w.want(w.do("B", "GET", "/org1/files/"+own, nil), http.StatusOK, "their own")
	})
}

func TestE06OtherTrapsAreNeverDrawn(t *testing.T) {
	frames := &gif.GIF{}
	for range 10_000 {
		frames.Image = append(frames.Image, image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White}))
		frames.Delay = append(frames.Delay, 1)
	}
	var many bytes.Buffer
	if err := gif.EncodeAll(&many, frames); err != nil {
		t.Fatal(err)
	}
	webp := []byte("RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\x3f\x00\xff\x3f\x00")
	tiff := append([]byte("II*\x00\xff\xff\xff\x7f"), make([]byte, 200)...)
	heic := append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 400)...)
	binary.BigEndian.PutUint32(heic[24:], 0xffffffff)
	onBoth(t, 0, func(w *world) {
		for name, content := range map[string][]byte{"many.gif": many.Bytes(), "big.webp": webp, "offsets.tiff": tiff, "phone.heic": heic} {
			before := time.Now()
			location := w.begin("A1", "proposal", "proposalA", name, len(content)).Header().Get("Location")
			got := w.patch("A1", location, 0, bytes.NewReader(content))
			if _, err := w.runner.Drain(w.Context()); err != nil {
				w.Fatal(err)
			}
			if took := time.Since(before); took > time.Second {
				w.Errorf("%s took %s", name, took)
			}
			if got.Code == http.StatusUnprocessableEntity {
				continue
			}
			preview := w.do("A1", "GET", "/org1/files/"+location[strings.LastIndexByte(location, '/')+1:]+"/thumb", nil)
			if name != "many.gif" && preview.Code != http.StatusNotFound || preview.Body.Len() > 50_000 {
				w.Errorf("%s is drawn: %d, %d bytes", name, preview.Code, preview.Body.Len())
			}
		}
		if w.count(`select count(*) from jobs where state = 'dead'`) != 0 {
			w.Error("a job died of a trap")
		}
	})
}

// listener counts who comes.
func listener(t *testing.T) (address string, visits *atomic.Int64) {
	visits = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL, visits
}

// looksAt asks for a file in every way in which pages do.
func (w *world) looksAt(id string) {
	w.Helper()
	if _, err := w.runner.Drain(w.Context()); err != nil {
		w.Fatal(err)
	}
	for _, part := range []string{"", "?show=1", "/preview", "/thumb"} {
		w.do("staff", "GET", "/org1/files/"+id+part, nil)
	}
}

func TestE07APlaylistIsNoVideoAndNothingIsFetched(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		address, visits := listener(w.T)
		for name, content := range map[string]string{
			"film.mp4":  "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n" + address + "/secret\n#EXTINF:10.0,\nfile:///etc/passwd\n",
			"film.webm": "ffconcat version 1.0\nfile 'file:///etc/passwd'\nfile '" + address + "/secret'\n",
			"film.mov":  "<smil><body><video src=\"" + address + "/secret\"/></body></smil>",
		} {
			id := w.upload("A1", "proposal", "proposalA", name, []byte(content))
			w.looksAt(id)
			got := w.do("staff", "GET", "/org1/files/"+id+"?show=1", nil)
			if !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") || strings.HasPrefix(got.Header().Get("Content-Type"), "video/") || got.Body.String() != content {
				w.Errorf("%s is played: %s, %q", name, got.Header().Get("Content-Type"), got.Body)
			}
		}
		if visits.Load() != 0 {
			w.Errorf("%d requests left for what a playlist names", visits.Load())
		}
	})
}

func TestE10AHashAloneClaimsNothing(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		secret := []byte("the whole plan of customer A")
		w.upload("A1", "proposal", "proposalA", "plan.txt", secret)
		sum := sha256.Sum256(secret)
		begun := w.do("B", "POST", "/org1/uploads?kind=proposal&on=proposalB&sha256="+hex.EncodeToString(sum[:]), nil, "Upload-Length", fmt.Sprint(len(secret)), "X-File-Name", "plan.txt",
			"Upload-Checksum", "sha256 "+hex.EncodeToString(sum[:]), "X-File-SHA256", hex.EncodeToString(sum[:]), "If-None-Match", `"`+hex.EncodeToString(sum[:])+`"`)
		w.want(begun, http.StatusCreated, "an upload with a hash begins like any other")
		location := begun.Header().Get("Location")
		if got := w.do("B", "HEAD", location, nil).Header().Get("Upload-Offset"); got != "0" {
			w.Errorf("the hash counts as %s bytes", got)
		}
		w.want(w.patch("B", location, len(secret), strings.NewReader("")), http.StatusConflict, "the end without the bytes")
		w.want(w.do("B", "GET", location, nil), http.StatusServiceUnavailable, "the file without the bytes")
		w.want(w.do("B", "GET", "/org1/files/"+location[strings.LastIndexByte(location, '/')+1:], nil), http.StatusNotFound, "the file")
		if n := w.count(`select count(*) from files`); n != 1 {
			w.Errorf("%d files, want customer A's alone", n)
		}
	})
}

func TestE13NothingIsFetchedForDocumentsThatNameOtherPlaces(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		address, visits := listener(w.T)
		entity := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "` + address + `/entity"><!ENTITY % b SYSTEM "` + address + `/parameter"> %b;]>`
		var docx bytes.Buffer
		out := zip.NewWriter(&docx)
		for name, content := range map[string]string{
			"[Content_Types].xml":          entity + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">&a;</Types>`,
			"word/document.xml":            entity + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&a;</w:document>`,
			"word/_rels/document.xml.rels": `<Relationships><Relationship Id="r1" TargetMode="External" Target="` + address + `/picture.png"/></Relationships>`,
		} {
			part, err := out.Create(name)
			if err != nil {
				w.Fatal(err)
			}
			if _, err := part.Write([]byte(content)); err != nil {
				w.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			w.Fatal(err)
		}
		for name, content := range map[string][]byte{
			"offer.docx": docx.Bytes(), "lines.xml": []byte(entity + "<x>&a;</x>"),
			"logo.svg": []byte(entity + `<svg xmlns="http://www.w3.org/2000/svg"><image href="` + address + `/picture.png"/></svg>`),
		} {
			w.looksAt(w.upload("A1", "proposal", "proposalA", name, content))
		}
		if visits.Load() != 0 {
			w.Errorf("%d requests left for what a document names", visits.Load())
		}
	})
}

func TestE09ALimitOfTheFirmsOwnHoldsBelowTheInstallations(t *testing.T) {
	onBoth(t, 10_000, func(w *world) {
		limit := func(most int64) error {
			return w.store.Change(w.Context(), w.actors["staff"], access.SettingsWrite, func(tx *guard.Tx) error { return w.files.Limit(tx, most) })
		}
		if limit(10_001) == nil || limit(-1) == nil {
			w.Error("a limit that the installation does not allow was taken")
		}
		if err := limit(3000); err != nil {
			w.Fatal(err)
		}
		w.want(w.begin("A1", "proposal", "proposalA", "a.bin", 2000), http.StatusCreated, "within the limit")
		w.want(w.begin("A1", "proposal", "proposalA", "b.bin", 2000), http.StatusRequestEntityTooLarge, "above the limit")
		if err := limit(0); err != nil {
			w.Fatal(err)
		}
		w.want(w.begin("A1", "proposal", "proposalA", "b.bin", 2000), http.StatusCreated, "without a limit of its own")
	})
}
