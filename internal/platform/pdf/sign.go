package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"lintel/internal/platform/fault"
)

// SignOptions say what the signature tells its reader.
type SignOptions struct {
	Name     string // who signs; the organisation
	Reason   string
	Location string
	At       time.Time // the claimed time, in the signature's /M
	// Timestamp fetches a token of RFC 3161 for a SHA-256 digest: see TimestampRequest.
	// nil makes PAdES B-B; with it the result is B-T. Its error ends Sign: the caller
	// decides whether to seal without a time stamp.
	Timestamp func(digest []byte) (token []byte, err error)
}

const (
	contentsBytes = 16 << 10 // reserved for the signature
	subFilter     = "ETSI.CAdES.detached"
	rangeHolder   = "[0 0000000000 0000000000 0000000000]"
)

// Sign seals a PDF: it appends a signature that covers the whole file and certifies that
// no later change is allowed (DocMDP, P 1). The file must be one of ours, or come from
// CheckUpload. A file that is sealed already gives a fault.Conflict.
func Sign(pdf []byte, seal Seal, options SignOptions) ([]byte, error) {
	if seal.Key == nil || seal.Certificate == nil {
		return nil, errors.New("sign: the seal is empty")
	}
	at := options.At.UTC()
	if at.Before(seal.Certificate.NotBefore) || at.After(seal.Certificate.NotAfter) {
		return nil, fault.New(fault.Invalid, "The seal's certificate is not valid at this time.")
	}
	f, err := open(pdf)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	prepared, err := f.withSignatureField(options)
	if err != nil {
		return nil, err
	}
	hole, err := fillRange(prepared, len(pdf))
	if err != nil {
		return nil, err
	}
	digest := sha256.New()
	digest.Write(prepared[:hole.start])
	digest.Write(prepared[hole.end:])
	signature, err := signCMS(digest.Sum(nil), seal, options.Timestamp)
	if err != nil {
		return nil, err
	}
	if len(signature) > contentsBytes {
		return nil, fmt.Errorf("sign: the signature of %d bytes does not fit; the certificate chain is too long", len(signature))
	}
	hex.Encode(prepared[hole.start+1:], signature)
	return prepared, nil
}

// withSignatureField appends the empty signature, an invisible field for it on the first
// page, and the certification in the catalog.
func (f *file) withSignatureField(options SignOptions) ([]byte, error) {
	root, ok := f.trailer.get("Root").(reference)
	catalog := f.dict(root)
	if !ok || catalog == nil {
		return nil, fmt.Errorf("sign: %w", errBroken)
	}
	if f.trailer.get("Encrypt") != nil {
		return nil, fault.New(fault.Invalid, "An encrypted PDF cannot be sealed.")
	}
	if catalog.get("Perms") != nil || catalog.get("AcroForm") != nil {
		return nil, fault.New(fault.Conflict, "This document is sealed already or has a form.")
	}
	pages, err := f.pages()
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	next := f.size()
	signature, field := reference{next, 0}, reference{next + 1, 0}
	page := f.dict(pages[0])
	annotations := append(array{}, f.array(page.get("Annots"))...)
	return f.update(map[int][]byte{
		signature.number: signatureObject(options),
		field.number: printed(dict{
			{"Type", name("Annot")}, {"Subtype", name("Widget")}, {"FT", name("Sig")}, {"T", textString("Seal")},
			{"V", signature}, {"P", pages[0]}, {"F", number(132)}, // print, locked
			{"Rect", array{number(0), number(0), number(0), number(0)}},
		}),
		pages[0].number: printed(page.with("Annots", append(annotations, field))),
		root.number: printed(catalog.
			with("AcroForm", dict{{"Fields", array{field}}, {"SigFlags", number(3)}}).
			with("Perms", dict{{"DocMDP", signature}})),
	}), nil
}

func signatureObject(options SignOptions) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s /ByteRange %s /Contents <%s>",
		subFilter, rangeHolder, strings.Repeat("0", 2*contentsBytes))
	for _, e := range []struct{ key, text string }{
		{"Name", options.Name}, {"Reason", options.Reason}, {"Location", options.Location},
	} {
		if e.text != "" {
			fmt.Fprintf(&out, " /%s %s", e.key, textString(clean(e.text)).text)
		}
	}
	fmt.Fprintf(&out, " /M %s", dateString(options.At).text)
	out.WriteString(" /Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]>>")
	return out.Bytes()
}

// hole is the part of a file that its signature does not cover: <hexadecimal>.
type hole struct{ start, end int }

// fillRange writes the byte range into the placeholder that was appended after from.
func fillRange(data []byte, from int) (hole, error) {
	tail := data[from:]
	at := bytes.Index(tail, []byte(rangeHolder))
	start := bytes.Index(tail, []byte("/Contents <0000"))
	if at < 0 || start < 0 || len(data) > 9_999_999_999 {
		return hole{}, errors.New("sign: the place for the signature is missing")
	}
	start += from + len("/Contents ")
	h := hole{start, start + 2*contentsBytes + 2}
	text := fmt.Sprintf("[0 %d %d %d", h.start, h.end, len(data)-h.end)
	text += strings.Repeat(" ", len(rangeHolder)-1-len(text)) + "]"
	copy(data[from+at:], text)
	return h, nil
}
