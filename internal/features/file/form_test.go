package file

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
)

// formOf makes a form as browsers send it: pairs of a field and its text, or of "file:NAME" and its bytes.
func formOf(t *testing.T, pairs ...string) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	out := multipart.NewWriter(body)
	for i := 0; i+1 < len(pairs); i += 2 {
		part, err := partOf(out, pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return body, out.FormDataContentType()
}

func partOf(out *multipart.Writer, field string) (io.Writer, error) {
	if name, isFile := strings.CutPrefix(field, "file:"); isFile {
		return out.CreateFormFile("file", name)
	}
	return out.CreateFormField(field)
}

// sendForm posts files without script to a proposal, from the page of it.
func (w *world) sendForm(who, on string, pairs ...string) *httptest.ResponseRecorder {
	w.Helper()
	body, kind := formOf(w.T, pairs...)
	org := "org1"
	if who == "owner2" {
		org = "org2"
	}
	return w.do(who, "POST", "/"+org+"/uploads?kind=proposal&on="+on, body, "Content-Type", kind, "Referer", "http://example.com/org1/home/page?a=1")
}

func said(answer *httptest.ResponseRecorder) string { return answer.Header().Get("Said") }

// sayIt stands for what the next page would say.
func sayIt(reply web.Reply, sentence string) web.Reply { return reply.WithHeader("Said", sentence) }

// listed are all files of both proposals.
func (w *world) listed() (files []File) {
	w.Helper()
	for _, on := range []string{"proposalA", "proposalB"} {
		list, err := w.of(on)
		if err != nil {
			w.Fatal(err)
		}
		files = append(files, list...)
	}
	return files
}

// fileNamed gives the id of the only file of a name.
func (w *world) fileNamed(name string) string {
	w.Helper()
	for _, file := range w.listed() {
		if file.Name == name {
			return file.ID
		}
	}
	w.Fatalf("there is no file called %s", name)
	return ""
}

func TestFilesComeByAFormWithoutScript(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		w.files.UseSay(sayIt)
		jpeg := asJPEG(w.T, photo(300, 200))
		got := w.sendForm("A1", "proposalA", "file:Küche.jpg", string(jpeg), "file:plan.pdf", string(pdfBytes), "file:", "")
		w.want(got, http.StatusSeeOther, "two files")
		if got.Header().Get("Location") != "/org1/home/page?a=1" || said(got) != "2 files were added." {
			w.Errorf("leads to %s and says %q", got.Header().Get("Location"), said(got))
		}
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		for name, kind := range map[string]string{"Küche.jpg": "image/jpeg", "plan.pdf": "application/pdf"} {
			f, err := w.files.ByID(w.Context(), w.actors["A2"], w.fileNamed(name))
			if err != nil || f.MediaType != kind || f.UploadedBy != "ada" || f.Hang.Project != "projectA" || f.Hang.Visibility != Shared {
				w.Errorf("%s: %+v, %v", name, f, err)
			}
		}
		w.want(w.do("A2", "GET", "/org1/files/"+w.fileNamed("Küche.jpg")+"/thumb", nil), http.StatusOK, "the preview")
		if used, want := w.count(`select bytes from file_storage where org = 'org1'`), int64(len(jpeg)+len(pdfBytes)); used != want {
			w.Errorf("%d bytes are counted, want %d", used, want)
		}
		if n := w.count(`select count(*) from uploads where finished_as = ''`); n != 0 {
			w.Errorf("%d uploads are still under way", n)
		}
		if none := w.sendForm("A1", "proposalA", "file:", ""); none.Code != http.StatusSeeOther || said(none) != "Choose at least one file." {
			w.Errorf("no file: %d, %q", none.Code, said(none))
		}
		body, media := formOf(w.T, "file:a.txt", "a")
		away := w.do("A1", "POST", "/org1/uploads?kind=proposal&on=proposalA", body, "Content-Type", media, "Referer", "https://elsewhere.example/org1/home")
		if away.Header().Get("Location") != "/org1" {
			w.Errorf("a form from elsewhere leads to %s", away.Header().Get("Location"))
		}
	})
}

// The same checks stand behind both ways in.
func TestAFormIsCheckedAsAnUploadIs(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		w.files.UseSay(sayIt)
		bomb := string(pngClaiming(65535, 65535))
		for name, c := range map[string]struct{ content, want string }{
			"bomb.png":  {bomb, "bomb.png: This picture has more than 50 megapixels. Please make it smaller."},
			"empty.txt": {"", "empty.txt: This file is empty."},
		} {
			got := w.sendForm("A1", "proposalA", "file:"+name, c.content)
			if got.Code != http.StatusSeeOther || said(got) != c.want {
				w.Errorf("%s: %d, %q", name, got.Code, said(got))
			}
		}
		mixed := said(w.sendForm("A1", "proposalA", "file:bomb.png", bomb, "file:plan.pdf", string(pdfBytes)))
		if !strings.HasPrefix(mixed, "bomb.png: ") || !strings.HasSuffix(mixed, " 1 file was added.") {
			w.Errorf("a good one beside a bad one: %q", mixed)
		}
		w.want(w.sendForm("B", "proposalA", "file:plan.pdf", string(pdfBytes)), http.StatusNotFound, "another customer")
		w.want(w.sendForm("owner2", "proposalA", "file:plan.pdf", string(pdfBytes)), http.StatusNotFound, "another firm")
		if to := w.sendForm("nobody", "proposalA", "file:plan.pdf", string(pdfBytes)); to.Header().Get("Location") != "/sign-in" {
			w.Errorf("nobody: %d to %s", to.Code, to.Header().Get("Location"))
		}
		if n := len(w.listed()); n != 1 {
			w.Errorf("%d files, want one", n)
		}
		if used := w.count(`select bytes from file_storage where org = 'org1'`); used != int64(len(pdfBytes)) {
			w.Errorf("%d bytes are counted, want %d", used, len(pdfBytes))
		}
		w.want(w.sendForm("A1", "proposalA", "file:page.jpg", `<html><script>alert(1)</script>`), http.StatusSeeOther, "HTML that calls itself a photo")
		if shown := w.do("staff", "GET", "/org1/files/"+w.fileNamed("page.jpg")+"?show=1", nil); !strings.HasPrefix(shown.Header().Get("Content-Disposition"), "attachment") {
			w.Errorf("it is shown: %s", shown.Header().Get("Content-Disposition"))
		}
	})
}

func TestE09FormsInParallelNeverPassTheLimitOfTheOrganisation(t *testing.T) {
	onBoth(t, 10_000, func(w *world) {
		w.files.UseSay(sayIt)
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() { w.sendForm("A1", "proposalA", "file:a.txt", strings.Repeat("a", 1500)) })
		}
		all.Wait()
		files, used := len(w.listed()), w.count(`select bytes from file_storage where org = 'org1'`)
		if files == 0 || files > 6 || used != int64(1500*files) {
			w.Errorf("%d files and %d counted bytes", files, used)
		}
		over := w.sendForm("A1", "proposalA", "file:large.txt", strings.Repeat("a", 11_000))
		if over.Code != http.StatusSeeOther || !strings.Contains(said(over), "no space left") {
			w.Errorf("above the limit: %d, %q", over.Code, said(over))
		}
		if again := w.count(`select bytes from file_storage where org = 'org1'`); again != used {
			w.Errorf("%d bytes are counted after a refusal, %d before", again, used)
		}
	})
}

func TestAFormThatBreaksOffLeavesNothing(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		body, kind := formOf(w.T, "file:a.txt", strings.Repeat("a", 100_000))
		half := &brokenAfter{data: body.Bytes()[:20_000]}
		if got := w.do("A1", "POST", "/org1/uploads?kind=proposal&on=proposalA", half, "Content-Type", kind); got.Code < 400 {
			w.Errorf("a form that broke off was answered with %d", got.Code)
		}
		w.want(w.do("A1", "POST", "/org1/uploads?kind=proposal&on=proposalA", strings.NewReader("no form at all"), "Content-Type", "multipart/form-data"), http.StatusUnprocessableEntity, "without a boundary")
		if files, uploads, used := len(w.listed()), w.count(`select count(*) from uploads`), w.count(`select coalesce(max(bytes), 0) from file_storage`); files != 0 || uploads != 0 || used != 0 {
			w.Errorf("%d files, %d uploads and %d counted bytes are left", files, uploads, used)
		}
		w.clock.Advance(25 * time.Hour)
		if swept, err := w.blobs.Sweep(w.Context(), w.clock.Now()); err != nil || swept != 0 {
			w.Errorf("%d parts were left behind (%v)", swept, err)
		}
	})
}

// A form of another feature has its own fields beside the files.
func TestAFormKeepsItsFieldsBesideTheFiles(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		body, kind := formOf(w.T, "text", "Can this stay?", "file", "an-id-from-before", "file:a.pdf", string(pdfBytes), "file:bomb.png", string(pngClaiming(65535, 65535)), "internal", "1")
		raw := httptest.NewRequest("POST", "/org1/messages", body)
		raw.Header.Set("Content-Type", kind)
		r := &route.Request{Request: raw, Actor: w.actors["A1"], Organisation: access.Organisation{ID: "org1", Slug: "org1"}}
		form, err := w.files.Form(r, func(form *web.Form) (string, string) {
			if form.Raw("text") == "" {
				w.Error("what stands before the files is not there yet")
			}
			return Composer, "proposalA"
		})
		if err != nil {
			w.Fatal(err)
		}
		ids := form.All("file")
		if form.Raw("text") != "Can this stay?" || !form.Checked("internal") || len(ids) != 2 || ids[0] != "an-id-from-before" {
			w.Fatalf("the fields: %v", form.Values)
		}
		f, err := w.files.ByID(w.Context(), w.actors["A1"], ids[1])
		if err != nil || f.Hang.Kind != Composer || f.Name != "a.pdf" {
			w.Errorf("the file: %+v, %v", f, err)
		}
		if form.Err() == nil || !strings.Contains(form.Err().Error(), "bomb.png") {
			w.Errorf("what was refused: %v", form.Err())
		}
		large, kind := formOf(w.T, "text", strings.Repeat("a", web.FormLimit+1))
		raw = httptest.NewRequest("POST", "/org1/messages", large)
		raw.Header.Set("Content-Type", kind)
		if _, err := w.files.Form(&route.Request{Request: raw, Actor: w.actors["A1"]}, nil); err == nil {
			w.Error("a field of more than two megabytes was read")
		}
	})
}

func TestWhatIsLargerThanItMayBeIsRefusedWhole(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		receive := func(bytes string) error {
			_, err := w.files.Receive(w.Context(), w.actors["A1"], NewUpload{Kind: "proposal", On: "proposalA", Name: "a.txt", Size: 10}, strings.NewReader(bytes))
			return err
		}
		if err := receive("0123456789a"); !fault.Is(err, fault.TooLarge) {
			w.Errorf("eleven bytes where ten are the most: %v", err)
		}
		if files, used := len(w.listed()), w.count(`select bytes from file_storage where org = 'org1'`); files != 0 || used != 0 {
			w.Errorf("%d files and %d counted bytes are left", files, used)
		}
		if err := receive("0123456789"); err != nil {
			w.Errorf("ten bytes: %v", err)
		}
	})
}
