package document_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
)

// resend gives Maria a new version.
func (s *signRoom) resend(change func(c *proposal.Content)) {
	s.Helper()
	s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
	content := s.desk().Version.Content
	change(&content)
	s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, s.save(content).Revision, ""))
}

// signedCopy approves, and gives the text of the sealed copy. LINTEL_KEEP names a folder that keeps the file to be looked at.
func (s *signRoom) signedCopy(a document.Approval) string {
	s.Helper()
	_, err := s.service.Approve(s.Context(), s.maria, a)
	s.must(err)
	return s.copyText()
}

func (s *signRoom) copyText() string {
	s.Helper()
	r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
	s.must(err)
	_, sealed, err := s.files.Bytes(s.Context(), s.maria, r.Signature.SealedFile)
	s.must(err)
	path := filepath.Join(s.TempDir(), "signed.pdf")
	if keep := os.Getenv("LINTEL_KEEP"); keep != "" {
		path = filepath.Join(keep, strings.ReplaceAll(s.Name(), "/", "-")+".pdf")
	}
	s.must(os.WriteFile(path, sealed, 0o600))
	if _, err := exec.LookPath("pdftotext"); err != nil {
		s.Skip("pdftotext is not there to read the copy")
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	s.must(err)
	return string(out)
}

// says fails for each text whose letters do not stand in the copy in their order.
func (s *signRoom) says(text string, all ...string) {
	s.Helper()
	letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for _, want := range all {
		if !strings.Contains(letters(text), letters(want)) {
			s.Errorf("the signed copy lacks %q", want)
		}
	}
}

func TestEveryClauseOfTheTermsStandsInTheSignedCopy(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		s.resend(func(c *proposal.Content) {
			c.CoverNote = "Dear **Maria**,\n\n- one & two\n- see [our terms](https://hartwell.example/terms-2026)\n\nas promised."
			c.Terms[0].Body = "The customer also pays:\n\n    (a) EUR 5,000 if the date is cancelled\n    (b) scaffolding at cost\n\nGeneral terms: <https://hartwell.example/agb-2026>\n\n\tWarranty ends after 3 months.\n\n3. half now\n4. half &lt; 14 days\n\n```\nPenalty: EUR 70\n```\n\n## Interest\n\n9 % \\* base"
		})
		text := s.signedCopy(s.approval())
		s.says(text, "Dear Maria,", "• one & two", "• see our terms (https://hartwell.example/terms-2026)", "as promised.",
			"(a) EUR 5,000 if the date is cancelled (b) scaffolding at cost General terms: https://hartwell.example/agb-2026 Warranty ends after 3 months. 3. half now 4. half < 14 days Penalty: EUR 70 Interest 9 % * base")
		if s.Failed() {
			s.Log(text)
		}
	})
}
