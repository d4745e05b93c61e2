package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"lintel/internal/platform/pdf"
)

type verifyCommand struct {
	File string `arg:"" help:"The PDF." type:"existingfile"`
}

// Run says whether the file is as it was sealed; anything else ends with status 1.
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
	fmt.Fprintf(t.out, "Sealed by:   %s\nCertificate: %s\nSealed at:   %s\n", report.Signer.Name, report.Signer.Fingerprint, report.SignedAt.UTC().Format(time.RFC3339))
	if report.Timestamp != nil {
		fmt.Fprintf(t.out, "Time proof:  %s by %s\n", report.Timestamp.UTC().Format(time.RFC3339), report.Authority)
	}
	for name := range report.Attachments {
		fmt.Fprintf(t.out, "Inside:      %s\n", name)
	}
	for _, problem := range report.Problems {
		fmt.Fprintf(t.out, "Problem:     %s\n", problem)
	}
	if !report.Intact || !report.CoversWholeFile || len(report.Problems) > 0 {
		return errors.New("this file is NOT as it was sealed")
	}
	fmt.Fprintln(t.out, "Result:      unchanged since it was sealed")
	return nil
}
