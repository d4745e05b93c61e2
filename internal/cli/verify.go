package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lintel/internal/platform/pdf"
)

type verifyCommand struct {
	File        string `arg:"" help:"The PDF." type:"existingfile"`
	Fingerprint string `help:"The fingerprint of the firm's certificate (SHA-256), as the firm told you. Anybody can make a certificate with the firm's name."`
}

// Run says whether the file is as it was sealed; anything else ends with status 1. Without a
// database it cannot know whose certificate it is: that rests on the fingerprint.
func (c verifyCommand) Run(t *terminal) error {
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	report, err := pdf.Verify(raw)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "File:        %s\nSHA-256:     %s\n", c.File, report.SHA256)
	if !report.Sealed {
		return errors.New("this file carries no seal")
	}
	printReport(t, report)
	if !report.Intact || !report.CoversWholeFile || len(report.Problems) > 0 {
		return errors.New("do not rely on this file: it is NOT as it was sealed")
	}
	if c.Fingerprint == "" {
		fmt.Fprintln(t.out, "Result:      unchanged since it was sealed, by a certificate that nobody here vouches for.")
		fmt.Fprintln(t.out, "             Ask the firm for the fingerprint of its certificate, and give it with --fingerprint.")
		return nil
	}
	if plainFingerprint(c.Fingerprint) != report.Signer.Fingerprint {
		return errors.New("do not rely on this file: it was sealed with ANOTHER certificate than the one whose fingerprint you gave")
	}
	fmt.Fprintln(t.out, "Result:      unchanged since it was sealed, with the certificate whose fingerprint you gave")
	return nil
}

func printReport(t *terminal, report pdf.Report) {
	fmt.Fprintf(t.out, "Seal names:  %q (anybody could write that)\nCertificate: %s\nSealed at:   %s (as the sealing server said)\n",
		report.Signer.Name, report.Signer.Fingerprint, report.SignedAt.UTC().Format(time.RFC3339))
	if report.Timestamp != nil {
		fmt.Fprintf(t.out, "Time stamp:  %s, from an authority that is not known here and names itself %q\n", report.Timestamp.UTC().Format(time.RFC3339), report.Authority)
	}
	for name := range report.Attachments {
		fmt.Fprintf(t.out, "Inside:      %q\n", name)
	}
	for _, problem := range report.Problems {
		fmt.Fprintf(t.out, "Problem:     %s\n", problem)
	}
}

// plainFingerprint reads a fingerprint as other programs write it: AB:CD or with spaces.
func plainFingerprint(text string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(text))
}
