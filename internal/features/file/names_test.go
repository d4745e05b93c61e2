package file

import (
	"bytes"
	"testing"
	"time"

	"lintel/internal/core/access"
)

// What Lintel makes itself is the firm's paper; nobody's name on a page is the program's.
func TestWhatLintelMakesIsAddedByTheFirm(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		w.exec(`update organisations set name = 'Hartwell & Sons' where id = 'org1'`)
		hang := Hang{Kind: "proposal", On: "proposalA", Item: "proposalA", Customer: "customerA", Project: "projectA", Visibility: Shared}
		sealed, err := w.files.Save(w.Context(), access.NewSystem("org1", "seal"), hang, "signed.pdf", "", pdfBytes)
		if err != nil {
			w.Fatal(err)
		}
		for _, who := range []string{"staff", "A1"} {
			if f, err := w.files.ByID(w.Context(), w.actors[who], sealed.ID); err != nil || f.UploaderName != "Hartwell & Sons" {
				w.Errorf("%s reads that %q added it (%v)", who, f.UploaderName, err)
			}
		}
		own := w.upload("A1", "proposal", "proposalA", "own.pdf", pdfBytes)
		if f, err := w.files.ByID(w.Context(), w.actors["staff"], own); err != nil || f.UploaderName != "ada" {
			w.Errorf("%q added what Ada uploaded (%v)", f.UploaderName, err)
		}
	})
}

func TestAnUploadThatAJobFinishesKeepsItsUploadersName(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		w.exec(`insert into memberships (org, person, kind, name, email, created_at) values ('org1', 'ada', 'customer', 'Ada Lind', 'ada@example.com', 0)`)
		location := w.begin("A1", "proposal", "proposalA", "a.pdf", len(pdfBytes)).Header().Get("Location")
		id := location[len("/org1/uploads/"):]
		if _, err := w.blobs.PutPart(w.Context(), id, 0, bytes.NewReader(pdfBytes)); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(2 * time.Minute)
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		if f, err := w.files.ByID(w.Context(), w.actors["staff"], id); err != nil || f.UploaderName != "Ada Lind" {
			w.Errorf("%q added it (%v)", f.UploaderName, err)
		}
	})
}
