package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

var pdfBytes = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

// brokenAfter is a connection that breaks after some bytes.
type brokenAfter struct {
	data []byte
	sent bool
}

func (b *brokenAfter) Read(p []byte) (int, error) {
	if b.sent {
		return 0, errors.New("connection reset")
	}
	b.sent = true
	return copy(p, b.data), nil
}

func TestABrokenUploadGoesOnWhereItStopped(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		content := bytes.Repeat([]byte("0123456789"), 5000)
		begun := w.begin("A1", "proposal", "proposalA", "plan%20v2.bin", len(content))
		w.want(begun, http.StatusCreated, "begin")
		location := begun.Header().Get("Location")

		if got := w.patch("A1", location, 0, &brokenAfter{data: content[:12_345]}); got.Code < 400 {
			w.Errorf("a part that broke off was acknowledged with %d", got.Code)
		}
		head := w.do("A1", "HEAD", location, nil)
		if head.Code != http.StatusOK || head.Header().Get("Upload-Offset") != "12345" {
			w.Fatalf("after the break: %d, offset %q, want 12345", head.Code, head.Header().Get("Upload-Offset"))
		}
		wrong := w.patch("A1", location, 99, bytes.NewReader(content[99:]))
		if wrong.Code != http.StatusConflict || wrong.Header().Get("Upload-Offset") != "12345" {
			w.Errorf("a wrong offset: %d, offset %q", wrong.Code, wrong.Header().Get("Upload-Offset"))
		}
		w.want(w.do("A1", "GET", location, nil), http.StatusServiceUnavailable, "an unfinished upload shown")
		w.want(w.patch("A1", location, 12_345, bytes.NewReader(content[12_345:])), http.StatusNoContent, "the rest")

		row := w.do("A1", "GET", location, nil)
		if row.Code != http.StatusOK || !strings.Contains(row.Body.String(), "plan v2.bin") || !strings.Contains(row.Body.String(), `name="file"`) {
			w.Errorf("the finished row: %d %s", row.Code, row.Body)
		}
		id := location[strings.LastIndexByte(location, '/')+1:]
		got := w.do("A1", "GET", "/org1/files/"+id, nil)
		if !bytes.Equal(got.Body.Bytes(), content) {
			w.Errorf("the file has %d bytes that differ from the %d sent", got.Body.Len(), len(content))
		}
		sum := sha256.Sum256(content)
		if got.Header().Get("ETag") != `"`+hex.EncodeToString(sum[:])+`"` {
			w.Errorf("ETag %s is not the hash of the bytes", got.Header().Get("ETag"))
		}
		again := w.patch("A1", location, len(content), strings.NewReader(""))
		if again.Code != http.StatusNoContent || w.count(`select count(*) from files`) != 1 {
			w.Errorf("a repeated last part made another file or failed: %d", again.Code)
		}
	})
}

func TestNobodyElseTouchesAnUpload(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		location := w.begin("A1", "proposal", "proposalA", "a.bin", 10).Header().Get("Location")
		for _, who := range []string{"A2", "B", "staff"} {
			w.want(w.do(who, "HEAD", location, nil), http.StatusNotFound, who+" asks the offset")
			w.want(w.patch(who, location, 0, strings.NewReader("0123456789")), http.StatusNotFound, who+" sends a part")
			w.want(w.do(who, "GET", location, nil), http.StatusNotFound, who+" looks at it")
			w.want(w.do(who, "DELETE", location, nil), http.StatusNotFound, who+" cancels it")
		}
		foreign := strings.Replace(location, "/org1/", "/org2/", 1)
		w.want(w.do("owner2", "HEAD", foreign, nil), http.StatusNotFound, "another firm asks the offset")
		w.want(w.begin("B", "proposal", "proposalA", "b.bin", 10), http.StatusNotFound, "another customer begins")
		w.want(w.begin("A1", "nothing", "proposalA", "b.bin", 10), http.StatusNotFound, "an unknown kind of thing")
		if n := w.count(`select count(*) from uploads`); n != 1 {
			w.Errorf("%d uploads, want the one that was allowed", n)
		}
	})
}

func TestAnUploadThatIsWrongFromTheStartIsRefused(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		w.want(w.begin("A1", "proposal", "proposalA", "a", 0), http.StatusUnprocessableEntity, "an empty file")
		w.want(w.begin("A1", "proposal", "proposalA", "a", int(MaxFile)+1), http.StatusRequestEntityTooLarge, "a file over the limit")
		w.want(w.do("A1", "POST", "/org1/uploads?kind=proposal&on=proposalA", nil, "X-File-Name", "a"), http.StatusUnprocessableEntity, "without a length")
		location := w.begin("A1", "proposal", "proposalA", "a.bin", 4).Header().Get("Location")
		w.want(w.do("A1", "PATCH", location, strings.NewReader("abcd"), "Upload-Offset", "0"), http.StatusUnsupportedMediaType, "another media type")
		got := w.begin("A1", "proposal", "proposalA", "a", int(MaxFile)+1)
		if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/plain") || !strings.Contains(got.Body.String(), "too large") {
			w.Errorf("the refusal is not a line of text: %s %q", got.Header().Get("Content-Type"), got.Body)
		}
	})
}

func TestE09ParallelUploadsNeverPassTheLimitOfTheOrganisation(t *testing.T) {
	onBoth(t, 10_000, func(w *world) {
		var all sync.WaitGroup
		codes := make([]int, 50)
		for i := range codes {
			all.Go(func() { codes[i] = w.begin("A1", "proposal", "proposalA", "a.bin", 1500).Code })
		}
		all.Wait()
		accepted := 0
		for _, code := range codes {
			switch code {
			case http.StatusCreated:
				accepted++
			case http.StatusRequestEntityTooLarge:
			default:
				w.Errorf("an upload was answered with %d", code)
			}
		}
		if accepted != 6 {
			w.Errorf("%d uploads of 1,500 bytes were accepted into 10,000", accepted)
		}
		if used := w.count(`select bytes from file_storage where org = 'org1'`); used != 9000 {
			w.Errorf("%d bytes are counted, want 9,000", used)
		}
	})
}

func TestBytesOfCancelledAndExpiredUploadsAreGivenBack(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		cancelled := w.begin("A1", "proposal", "proposalA", "a.bin", 100).Header().Get("Location")
		w.patch("A1", cancelled, 0, strings.NewReader("abc"))
		w.want(w.do("A1", "DELETE", cancelled, nil), http.StatusNoContent, "cancel")
		abandoned := w.begin("A1", "proposal", "proposalA", "b.bin", 200).Header().Get("Location")
		w.patch("A1", abandoned, 0, strings.NewReader("abc"))
		kept := w.upload("A1", "proposal", "proposalA", "c.pdf", pdfBytes)
		w.clock.Advance(25 * time.Hour)
		if err := w.files.Tidy(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.want(w.do("A1", "HEAD", abandoned, nil), http.StatusNotFound, "an upload of yesterday")
		if n := w.count(`select count(*) from uploads`); n != 0 {
			w.Errorf("%d uploads are left", n)
		}
		if used := w.count(`select bytes from file_storage`); used != int64(len(pdfBytes)) {
			w.Errorf("%d bytes are counted, want those of the one file, %d", used, len(pdfBytes))
		}
		w.want(w.do("A1", "GET", "/org1/files/"+kept, nil), http.StatusOK, "the file that arrived")
	})
}

func TestBytesWithoutARowAndFilesPutAwayAreSweptButSharedBytesStay(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		ctx, staff := w.Context(), w.actors["staff"]
		if _, err := w.files.Store(ctx, "org1", "never attached.pdf", pdfBytes); err != nil {
			w.Fatal(err)
		}
		hang := Hang{Kind: "proposal", On: "proposalA", Item: "proposalA", Customer: "customerA", Visibility: Shared}
		alone, err := w.files.Save(ctx, staff, hang, "alone.pdf", "", pdfBytes)
		if err != nil {
			w.Fatal(err)
		}
		copied, err := w.files.Save(ctx, staff, hang, "copied.pdf", "", pdfBytes)
		if err != nil {
			w.Fatal(err)
		}
		var copies []string
		err = w.store.Change(ctx, staff, access.FilesWrite, func(tx *guard.Tx) error {
			if copies, err = w.files.Copy(tx, []string{copied.ID}, Hang{Kind: "proposal", On: "proposalB", Item: "proposalB", Customer: "customerB", Visibility: Shared}); err != nil {
				return err
			}
			return errors.Join(w.files.Archive(tx, alone.ID), w.files.Archive(tx, copied.ID))
		})
		if err != nil {
			w.Fatal(err)
		}
		w.want(w.do("A1", "GET", "/org1/files/"+copied.ID, nil), http.StatusNotFound, "a file put away")
		w.clock.Advance(31 * 24 * time.Hour)
		if err := w.files.Tidy(ctx); err != nil {
			w.Fatal(err)
		}
		if used := w.count(`select bytes from file_storage`); used != int64(len(pdfBytes)) {
			w.Errorf("%d bytes are counted, want %d", used, len(pdfBytes))
		}
		w.want(w.do("B", "GET", "/org1/files/"+copies[0], nil), http.StatusOK, "the copy")
		blobs := 0
		if err := w.blobs.Walk(ctx, func(blobInfo) error { blobs++; return nil }); err != nil {
			w.Fatal(err)
		}
		if blobs != 1 {
			w.Errorf("%d blobs are left, want the one that the copy needs", blobs)
		}
	})
}

// A crash can come after the bytes are safe and before the row: the browser finds all bytes
// there, and the job makes the file.
func TestAnUploadInterruptedBeforeItsRowIsFinishedByTheJob(t *testing.T) {
	for _, moment := range []string{"before the bytes became a blob", "after the bytes became a blob"} {
		t.Run(moment, func(t *testing.T) {
			onBoth(t, 0, func(w *world) {
				location := w.begin("A1", "proposal", "proposalA", "a.pdf", len(pdfBytes)).Header().Get("Location")
				id := location[strings.LastIndexByte(location, '/')+1:]
				if _, err := w.blobs.PutPart(w.Context(), id, 0, bytes.NewReader(pdfBytes)); err != nil {
					w.Fatal(err)
				}
				if moment == "after the bytes became a blob" {
					if _, err := w.blobs.FinishUpload(w.Context(), id, originalKey("org1", id)); err != nil {
						w.Fatal(err)
					}
				}
				w.want(w.do("A1", "GET", "/org1/files/"+id, nil), http.StatusNotFound, "the file before its row")
				if got := w.do("A1", "HEAD", location, nil).Header().Get("Upload-Offset"); got == "" || got == "0" {
					w.Errorf("the browser is told to begin anew (offset %q)", got)
				}
				w.clock.Advance(2 * time.Minute)
				if _, err := w.runner.Drain(w.Context()); err != nil {
					w.Fatal(err)
				}
				got := w.do("A1", "GET", "/org1/files/"+id, nil)
				content, _ := io.ReadAll(got.Body)
				if !bytes.Equal(content, pdfBytes) {
					w.Errorf("after the job: %d, %d bytes", got.Code, len(content))
				}
			})
		})
	}
}
