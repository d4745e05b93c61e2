package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

// altered gives a document with one more revision in which the catalog and the first
// page have other entries; more are objects that these may refer to, from number 900 on.
func altered(t *testing.T, catalog, page dict, more ...string) []byte {
	t.Helper()
	d := New(Options{Title: "Upload", At: noon})
	d.Paragraph("What is shown.")
	d.PageBreak()
	d.Paragraph("Second page.")
	f, err := open(mustBytes(t, d))
	if err != nil {
		t.Fatal(err)
	}
	root := f.trailer.get("Root").(reference)
	pages, err := f.pages()
	if err != nil {
		t.Fatal(err)
	}
	changed := map[int][]byte{}
	newRoot, newPage := f.dict(root), f.dict(pages[0])
	for _, e := range catalog {
		newRoot = newRoot.with(e.key, e.value)
	}
	for _, e := range page {
		newPage = newPage.with(e.key, e.value)
	}
	changed[root.number], changed[pages[0].number] = printed(newRoot), printed(newPage)
	for i, text := range more {
		changed[900+i] = []byte(text)
	}
	return f.update(changed)
}

func raw(text string) object { return token{text: text} }

// C12: an upload is made harmless, or refused in words for the uploader.
func TestC12UploadsAreFlattenedOrRefused(t *testing.T) {
	script := `<</S /JavaScript /JS (app.alert\(1\))>>`
	for _, c := range []struct {
		name   string
		file   []byte
		refuse string // part of the sentence; empty when the file is made clean
	}{
		{"plain", altered(t, nil, nil), ""},
		{"incremental update", altered(t, nil, dict{{"Rotate", raw("180")}}), ""},
		{"script on opening", altered(t, dict{{"OpenAction", raw(script)}}, nil), ""},
		{"script in the name tree", altered(t, dict{{"Names", raw(`<</JavaScript <</Names [(a) 900 0 R]>>>>`)}}, nil, script), ""},
		{"script when a page opens", altered(t, nil, dict{{"AA", raw("<</O " + script + ">>")}}), ""},
		{"a link that starts a program", altered(t, nil, dict{{"Annots", raw("[900 0 R]")}},
			`<</Type /Annot /Subtype /Link /Rect [0 0 99 99] /A <</S /Launch /F (cmd.exe)>>>>`), ""},
		{"an attached file", altered(t, dict{{"Names", raw(`<</EmbeddedFiles <</Names [(a) 900 0 R]>>>>`)}}, nil,
			`<</Type /Filespec /F (a.exe) /UF (a.exe) /EF <</F 901 0 R>>>>`, "<</Type /EmbeddedFile /Length 4>>\nstream\nMZ90\nendstream"), ""},
		{"a form", altered(t, dict{{"AcroForm", raw("<</Fields [900 0 R] /DA (/Helv 0 Tf 0 g)>>")}}, dict{{"Annots", raw("[900 0 R]")}},
			`<</Type /Annot /Subtype /Widget /FT /Tx /T (price) /V (100) /Rect [0 0 99 99] /DA (/Helv 0 Tf 0 g)>>`), "form"},
		{"a hidden layer", altered(t, dict{{"OCProperties", raw("<</OCGs [900 0 R] /D <</OFF [900 0 R] /Order [900 0 R]>>>>")}}, nil,
			`<</Type /OCG /Name (Small print)>>`), "layers"},
		{"visible layers", altered(t, dict{{"OCProperties", raw("<</OCGs [900 0 R] /D <</Order [900 0 R]>>>>")}}, nil,
			`<</Type /OCG /Name (Plan)>>`), ""},
		{"a signed file", sealed(t, small(t), testSeal(t)), "signature"},
		{"not a PDF", []byte("PK\x03\x04"), "not a PDF"},
		{"empty", nil, "not a PDF"},
		{"broken", []byte("%PDF-1.7\n1 0 obj\n<</Type /Catalog"), "cannot be read"},
		{"cut in half", small(t)[:4000], "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pages, clean, err := CheckUpload(c.file)
			if c.refuse != "" {
				if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.refuse) || clean != nil {
					t.Fatalf("not refused for %q: %v", c.refuse, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if pages != 2 {
				t.Fatalf("%d pages", pages)
			}
			for _, word := range []string{"JavaScript", "app.alert", "Launch", "cmd.exe", "EmbeddedFile", "a.exe", "MZ90", "OCProperties", "OpenAction"} {
				if bytes.Contains(clean, []byte(word)) {
					t.Errorf("the clean copy has %s", word)
				}
			}
			if bytes.Count(clean, []byte("startxref")) != 1 {
				t.Error("the clean copy has more than one revision")
			}
			if report, err := Verify(sealed(t, clean, testSeal(t))); err != nil || !report.Intact {
				t.Errorf("the clean copy cannot be sealed: %v %v", report.Problems, err)
			}
		})
	}
}

func TestADeeplyNestedUploadIsRefusedQuickly(t *testing.T) {
	nested := strings.Repeat("[", 200_000)
	file := fmt.Sprintf("%%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 2 0 R /X %s>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", nested, 60+len(nested))
	if _, _, err := CheckUpload([]byte(file)); err == nil {
		t.Fatal("accepted")
	}
}
