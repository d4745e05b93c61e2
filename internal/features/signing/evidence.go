package signing

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/pdf"
)

// HistoryLine is one line of what happened to the document, for the evidence page.
type HistoryLine struct {
	At   time.Time
	Text string
}

// Evidence is the machine-readable copy of the evidence page, attached to the sealed PDF
// as evidence.json beside content.json, whose SHA-256 it names.
type Evidence struct {
	Format        string          `json:"format"`
	Organisation  string          `json:"organisation"`
	Document      string          `json:"document"`
	Number        string          `json:"number"`
	Title         string          `json:"title"`
	Version       int             `json:"version"`
	ContentSHA256 string          `json:"content_sha256"`
	Signer        string          `json:"signer"`
	SignerEmail   string          `json:"signer_email"`
	Method        Method          `json:"method"`
	Typed         string          `json:"typed,omitempty"` // the name as it was typed
	MarkSHA256    string          `json:"mark_sha256"`
	Proof         string          `json:"proof"`
	Consent       string          `json:"consent"`
	ConsentVer    string          `json:"consent_version"`
	ConsentSHA256 string          `json:"consent_sha256"`
	Choices       json.RawMessage `json:"choices"`
	Total         string          `json:"total"`
	SignedAt      time.Time       `json:"signed_at"`
	Address       string          `json:"ip_address"`
	Agent         string          `json:"user_agent"`
	Browser       string          `json:"browser_session"`
	History       []HistoryLine   `json:"history"`
}

// Draw adds the signature page and the evidence page to a drawn document, and attaches
// the evidence and the signed content for machines. Times on paper are UTC: the reader's
// zone is unknown to whoever checks it later.
func Draw(ctx context.Context, document *pdf.Document, organisation string, s Signature, content []byte, history []HistoryLine) error {
	if err := drawSignature(ctx, document, s); err != nil {
		return err
	}
	drawEvidence(ctx, document, s, history)
	evidence := Evidence{Format: "lintel evidence 1", Organisation: organisation, Document: s.Document, Number: s.Number, Title: s.Title, Version: s.Version,
		ContentSHA256: s.ContentSHA256, Signer: s.Name, SignerEmail: s.Email, Method: s.Method, MarkSHA256: hashText(s.Mark), Proof: string(s.Proof),
		Consent: s.Consent.Text, ConsentVer: s.Consent.Version, ConsentSHA256: s.Consent.SHA256, Choices: s.Choices,
		Total: fmt.Sprintf("%d %s (minor units)", s.Total.Minor, s.Total.Currency), SignedAt: s.SignedAt, Address: s.Browser.Address, Agent: s.Browser.Agent,
		Browser: s.BrowserID, History: history}
	if s.Method == Typed {
		evidence.Typed = s.Mark
	}
	raw, err := json.MarshalIndent(evidence, "", "  ")
	if err != nil {
		return fmt.Errorf("write the evidence: %w", err)
	}
	document.Attach("content.json", "application/json", content)
	document.Attach("evidence.json", "application/json", raw)
	return nil
}

func drawSignature(ctx context.Context, document *pdf.Document, s Signature) error {
	document.PageBreak()
	document.Heading(2, i18n.T(ctx, "Signature"))
	document.Paragraph(s.Consent.Text)
	signed := pdf.Signature{Name: s.Name, Date: stamp(ctx, s.SignedAt), Alt: i18n.T(ctx, "Signature of {name}", "name", s.Name)}
	if s.Method == Typed {
		signed.Typed = s.Mark
	} else {
		picture, err := base64.StdEncoding.DecodeString(s.Mark)
		if err != nil {
			return fmt.Errorf("read the drawn signature: %w", err)
		}
		signed.PNG = picture
	}
	document.Signature(signed)
	document.Facts([]pdf.Fact{
		{Label: i18n.T(ctx, "Agreed to"), Value: i18n.T(ctx, "{title}, version {version}", "title", s.Title, "version", s.Version)},
		{Label: i18n.T(ctx, "Number"), Value: s.Number},
		{Label: i18n.T(ctx, "Total"), Value: i18n.Money(ctx, s.Total)},
	})
	return nil
}

func drawEvidence(ctx context.Context, document *pdf.Document, s Signature, history []HistoryLine) {
	document.PageBreak()
	document.Heading(2, i18n.T(ctx, "Evidence"))
	document.Facts([]pdf.Fact{
		{Label: i18n.T(ctx, "Signed by"), Value: s.Name + ", " + s.Email},
		{Label: i18n.T(ctx, "How we know"), Value: proofInWords(ctx, s)},
		{Label: i18n.T(ctx, "When"), Value: stamp(ctx, s.SignedAt)},
		{Label: i18n.T(ctx, "How"), Value: methodInWords(ctx, s)},
		{Label: i18n.T(ctx, "IP address"), Value: s.Browser.Address},
		{Label: i18n.T(ctx, "Browser"), Value: s.Browser.Agent},
		{Label: i18n.T(ctx, "Consent text"), Value: i18n.T(ctx, "Version {version}", "version", s.Consent.Version)},
	})
	document.Small(i18n.T(ctx, "SHA-256 of the content that was shown (attached to this file as content.json)"))
	document.Code(s.ContentSHA256)
	document.Small(i18n.T(ctx, "SHA-256 of the consent text"))
	document.Code(s.Consent.SHA256)
	document.Heading(3, i18n.T(ctx, "History"))
	rows := make([][]pdf.Cell, 0, len(history))
	for _, line := range history {
		rows = append(rows, []pdf.Cell{{Text: stamp(ctx, line.At)}, {Text: line.Text}})
	}
	document.Table(pdf.Table{Columns: []pdf.Column{{Title: i18n.T(ctx, "When"), Width: 1}, {Title: i18n.T(ctx, "What happened"), Width: 3}}, Groups: []pdf.Group{{Rows: rows}}})
	document.Small(i18n.T(ctx, "This file is sealed. Any change to it, however small, breaks the seal. Check it in any PDF reader, with the command “lintel verify”, or on the firm's page “Check a document”."))
}

func stamp(ctx context.Context, t time.Time) string {
	return t.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

func proofInWords(ctx context.Context, s Signature) string {
	switch s.Proof {
	case access.SignedIn:
		return i18n.T(ctx, "Opened the personal link, and signed in with password or passkey.")
	case access.ConfirmedBrowser:
		return i18n.T(ctx, "Opened the personal link that was sent to {email}, and typed a code that was sent there.", "email", s.Email)
	}
	return i18n.T(ctx, "Opened the personal link that was sent to {email}.", "email", s.Email)
}

func methodInWords(ctx context.Context, s Signature) string {
	if s.Method == Typed {
		return i18n.T(ctx, "Typed the name “{name}”", "name", s.Mark)
	}
	return i18n.T(ctx, "Drew the signature")
}

func hashText(text string) string { return fingerprint([]byte(text)) }

func fingerprint(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func fingerprintOfPEM(certificates string) string {
	block, _ := pem.Decode([]byte(certificates))
	if block == nil {
		return ""
	}
	return fingerprint(block.Bytes)
}
