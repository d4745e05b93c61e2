package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"os"

	"lintel/internal/platform/pdf"
)

// Without a database nobody knows whose certificate it is, so the command says so.
func TestVerifyVouchesOnlyForTheFingerprintItWasGiven(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	seal, err := pdf.NewSeal("Hartwell & Sons", at)
	if err != nil {
		t.Fatal(err)
	}
	document := pdf.New(pdf.Options{Title: "P-0142", At: at})
	document.Paragraph("Kitchen")
	drawn, err := document.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	file, err := pdf.Sign(drawn, seal, pdf.SignOptions{Name: "Hartwell & Sons", At: at})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	own := strings.ToUpper(seal.Fingerprint())
	for fingerprint, want := range map[string]string{
		"": "nobody here vouches for", own: "whose fingerprint you gave", own[:2] + ":" + own[2:]: "whose fingerprint you gave", strings.Repeat("0", 64): "ANOTHER certificate",
	} {
		var out bytes.Buffer
		err := verifyCommand{File: path, Fingerprint: fingerprint}.Run(&terminal{ctx: t.Context(), out: &out, errs: &out})
		said := out.String()
		if err != nil {
			said += err.Error()
		}
		if !strings.Contains(said, want) || strings.Contains(said, "Sealed by") || (err != nil) != strings.HasPrefix(want, "ANOTHER") {
			t.Errorf("with the fingerprint %q: %s", fingerprint, said)
		}
	}
}
