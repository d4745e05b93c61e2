package document_test

import (
	"bytes"
	"testing"

	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/pdf"
)

// plan is a PDF as an office attaches it.
func plan(t *testing.T, extra string) []byte {
	t.Helper()
	drawn := pdf.New(pdf.Options{Title: "Kitchen plan"})
	drawn.Heading(1, "Kitchen plan")
	if extra != "" {
		drawn.Attach("inside.txt", "text/plain", []byte(extra))
	}
	raw, err := drawn.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestC12WhatIsSentIsACleanCopyOfAnAttachedPDF(t *testing.T) {
	inOffice(t, func(o *office) {
		hang := file.Hang{Kind: "proposal", On: o.document, Item: o.document, Customer: o.customer, Project: o.project, Visibility: file.Office, Quiet: true}
		raw := plan(o.T, "a file hidden in the plan")
		attached, err := o.files.Save(o.Context(), o.actors["jon"], hang, "Kitchen plan.pdf", "application/pdf", raw)
		o.must(err)
		content := worktop()
		content.Attachments = []proposal.AttachmentRef{{FileID: attached.ID}}
		_, err = o.service.SaveDraft(o.Context(), o.actors["jon"], o.document, 1, content)
		o.must(err)
		o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.maria, true))
		o.must(o.service.Send(o.Context(), o.actors["jon"], o.document, 2, ""))
		w, err := o.service.Workshop(o.Context(), o.actors["jon"], o.document, 1)
		o.must(err)
		sent := w.Version.Content.Attachments
		if len(sent) != 1 || sent[0].FileID == attached.ID || sent[0].Name != "Kitchen plan.pdf" {
			o.Fatalf("sent with %+v", sent)
		}
		_, clean, err := o.files.Bytes(o.Context(), o.actors["jon"], sent[0].FileID)
		o.must(err)
		if bytes.Contains(clean, []byte("inside.txt")) || proposal.SHA256(clean) != sent[0].SHA256 {
			o.Error("the sent copy still carries the hidden file, or its hash is of something else")
		}
	})
}

func TestC12APDFThatNobodyCanVouchForIsNotSent(t *testing.T) {
	inOffice(t, func(o *office) {
		hang := file.Hang{Kind: "proposal", On: o.document, Item: o.document, Customer: o.customer, Project: o.project, Visibility: file.Office, Quiet: true}
		raw := plan(o.T, "")
		broken := append([]byte("%PDF-1.7\n%"), bytes.Repeat([]byte{0}, 400)...)
		broken = append(broken, raw[:len(raw)/3]...)
		attached, err := o.files.Save(o.Context(), o.actors["jon"], hang, "Broken.pdf", "application/pdf", broken)
		o.must(err)
		content := worktop()
		content.Attachments = []proposal.AttachmentRef{{FileID: attached.ID}}
		_, err = o.service.SaveDraft(o.Context(), o.actors["jon"], o.document, 1, content)
		o.must(err)
		o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.maria, true))
		err = o.service.Send(o.Context(), o.actors["jon"], o.document, 2, "")
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "attachments" {
			o.Errorf("a broken PDF: %v", err)
		}
	})
}
