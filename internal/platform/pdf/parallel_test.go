package pdf

import (
	"bytes"
	"sync"
	"testing"
)

// Requests draw, seal, check and clean at the same time; run with -race.
func TestEverythingWorksSideBySide(t *testing.T) {
	seal := testSeal(t)
	want := mustBytes(t, proposal(t, 6))
	upload := altered(t, nil, nil)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			got, err := proposal(t, 6).Bytes()
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("drawn side by side, a document differs: %v", err)
				return
			}
			file, err := Sign(got, seal, SignOptions{At: noon})
			if err != nil {
				t.Error(err)
				return
			}
			if report, err := Verify(file); err != nil || !report.Intact {
				t.Error(report.Problems, err)
			}
			if _, _, err := CheckUpload(upload); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestLetterPaperKeepsItsMargins(t *testing.T) {
	o := options("Letter")
	o.Paper, o.Language = Letter, "en-US) /X (evil"
	o.Letterhead.LogoJPEGorPNG = drawnSignature()
	d := New(o)
	d.Heading(1, "Letter")
	for range 60 {
		d.Paragraph("One line of text that moves the rest down.")
	}
	f, err := open(mustBytes(t, d))
	if err != nil {
		t.Fatal(err)
	}
	box := f.array(f.dict(f.dict(f.trailer.get("Root")).get("Pages")).get("MediaBox"))
	if len(box) != 4 || box[2].(token).text != "612.00" || box[3].(token).text != "792.00" {
		t.Errorf("the page measures %v", box)
	}
	if readText(f.dict(f.trailer.get("Root")).get("Lang")) != "en-USXevil" {
		t.Error("the language tag broke out of its string")
	}
}
