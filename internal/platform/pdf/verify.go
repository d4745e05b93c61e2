package pdf

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"
)

// Signer is who sealed a document, as its certificate says. Nobody vouches for the name
// unless the reader knows the fingerprint.
type Signer struct {
	Subject     string // distinguished name
	Name        string // common name, or the organisation
	Fingerprint string // SHA-256 of the certificate in hexadecimal
	SelfSigned  bool
	NotBefore   time.Time
	NotAfter    time.Time
}

// Report is what a file says of itself. A sealed file that shows what it showed when it
// was sealed has Sealed, Intact and CoversWholeFile, and no Problems.
type Report struct {
	Sealed bool // the file has a signature, good or bad
	// Intact: every byte is as it was sealed, none added, and the signature is the
	// certificate's.
	Intact bool
	// CoversWholeFile: the signature covers everything but itself.
	CoversWholeFile bool
	Signer          Signer
	SignedAt        time.Time  // claimed by who sealed
	Timestamp       *time.Time // by an authority that only its certificate names, or nil
	Authority       string     // that authority's certificate subject, which anybody could write
	Reason          string
	Attachments     map[string][]byte // files inside, by name
	SHA256          string            // of the whole file, in hexadecimal
	Problems        []string          // English sentences for people
}

func (r *Report) problem(text string) { r.Problems = append(r.Problems, text) }

// Problem sentences, translated when shown.
const (
	problemNotSealed = "This document carries no seal."
	problemChanged   = "The document was changed after it was sealed."
	problemAdded     = "Something was added to the file after it was sealed."
	problemRevisions = "Another revision or another seal was added to the file."
	problemBeside    = "The seal holds something that no signature covers."
	problemOldStamp  = "The time stamp is older than the seal."
	problemTooMuch   = "The file is too complex to be checked."
	problemBroken    = "The file is damaged, or was changed after it was sealed."
)

// Verify checks a sealed PDF with nothing but its bytes. It gives an error only for what
// is not a PDF at all or is too large; everything else is in the report.
func Verify(pdf []byte) (Report, error) {
	sum := sha256.Sum256(pdf)
	report := Report{SHA256: hex.EncodeToString(sum[:]), Attachments: map[string][]byte{}}
	if len(pdf) > maxFileSize || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		// A damaged first byte of a sealed file is still worth a sentence.
		if len(pdf) <= maxFileSize && bytes.Contains(pdf, []byte(subFilter)) {
			report.Sealed = true
			report.problem(problemBroken)
			return report, nil
		}
		_, err := open(pdf)
		return report, fmt.Errorf("verify: %w", err)
	}
	f, err := openWithin(pdf, maxTokensChecked)
	if err != nil {
		report.unreadable(pdf)
		return report, nil
	}
	signature := f.findSignature()
	if signature == nil {
		report.unreadable(pdf)
		return report, nil
	}
	report.Sealed = true
	if f.revisedSinceSealed() {
		report.problem(problemRevisions)
	}
	report.Reason = readText(signature.get("Reason"))
	report.SignedAt = readDate(signature.get("M"))
	f.check(signature, &report)
	attachments, problems := f.readAttachments()
	report.Attachments = attachments
	report.Problems = append(report.Problems, problems...)
	if f.tokens > f.limit {
		report.Intact = false
		report.problem(problemTooMuch)
	}
	return report, nil
}

// revisedSinceSealed reports whether the file is more than a document and one seal. Whoever
// appends a revision can leave an older signature out of the newest catalog, but not out of
// the bytes; the newer seal would then speak for what the older one never covered.
func (f *file) revisedSinceSealed() bool {
	return f.sections > sectionsSealed || bytes.Count(f.data, []byte("/ByteRange")) > 1
}

// sectionsSealed are the cross-reference sections of a sealed file: the document's and the
// seal's.
const sectionsSealed = 2

// unreadable reports a file without a readable signature: changed, or never sealed.
func (r *Report) unreadable(pdf []byte) {
	r.Sealed = bytes.Contains(pdf, []byte("/ByteRange")) || bytes.Contains(pdf, []byte(subFilter))
	if r.Sealed {
		r.problem(problemBroken)
		return
	}
	r.problem(problemNotSealed)
}

// findSignature gives the newest signature: the one that ends last.
func (f *file) findSignature() dict {
	form := f.dict(f.dict(f.trailer.get("Root")).get("AcroForm"))
	var newest dict
	end := -1
	fields := f.array(form.get("Fields"))
	for _, o := range fields[:min(len(fields), 1000)] {
		field := f.dict(o)
		kind, _ := field.get("FT").(token)
		value := f.dict(field.get("V"))
		if kind.text != "/Sig" || value == nil {
			continue
		}
		at := 0
		if contents, ok := value.get("Contents").(token); ok {
			at = contents.at
		}
		if at > end {
			newest, end = value, at
		}
	}
	return newest
}

// check fills in what the signature's own checks say.
func (f *file) check(signature dict, report *Report) {
	if kind, _ := signature.get("SubFilter").(token); kind.text != "/"+subFilter {
		report.problem("The seal is of a kind that is not known here.")
		return
	}
	h, end, ok := f.signedRange(signature)
	if !ok {
		report.problem(problemBroken)
		return
	}
	report.CoversWholeFile = end == len(f.data)
	if !report.CoversWholeFile {
		report.problem(problemAdded)
	}
	sealed, ok := contents(f.data[h.start:h.end])
	if !ok {
		report.problem(problemBroken)
		return
	}
	sd, list, err := parseCMS(sealed)
	if err != nil {
		report.problem(problemBroken)
		return
	}
	certificate, unsigned, err := verifySigner(sd, list, oidData, f.data[:h.start], f.data[h.end:end])
	if certificate != nil {
		report.Signer = signerOf(certificate)
	}
	if err != nil {
		report.problem(problemChanged)
		return
	}
	report.Intact = report.CoversWholeFile
	report.checkCertificate(certificate)
	if !bytes.Equal(sealed, rewritten(sd)) || !chained(certificate, list) || foreign(unsigned) {
		report.Intact = false
		report.problem(problemBeside)
	}
	if token, ok := unsigned[oidTimestamp.String()]; ok {
		report.checkTimestamp(token, sd.Signers[0].Signature)
	}
}

// signedRange gives the hole of a signature and the end of what it covers. The hole must
// be exactly the signature's own /Contents: otherwise something could hide there.
func (f *file) signedRange(signature dict) (h hole, end int, ok bool) {
	numbers, _ := signature.get("ByteRange").(array)
	if len(numbers) != 4 {
		return hole{}, 0, false
	}
	var n [4]int
	for i, o := range numbers {
		if n[i], ok = asInt(o); !ok || n[i] < 0 || n[i] > len(f.data) {
			return hole{}, 0, false
		}
	}
	contents, ok := signature.get("Contents").(token)
	if !ok || n[0] != 0 || n[1] != contents.at || n[2] != contents.at+len(contents.text) || n[3] > len(f.data)-n[2] {
		return hole{}, 0, false
	}
	return hole{n[1], n[2]}, n[2] + n[3], true
}

// contents reads <hexadecimal> with zeros behind. Only one spelling is accepted, so that
// not even a capital letter can change unnoticed.
func contents(text []byte) ([]byte, bool) {
	if len(text) < 4 || text[0] != '<' || text[len(text)-1] != '>' || len(text)%2 != 0 {
		return nil, false
	}
	raw := make([]byte, len(text)/2-1)
	if _, err := hex.Decode(raw, text[1:len(text)-1]); err != nil {
		return nil, false
	}
	if bytes.ContainsAny(text, "ABCDEF") && bytes.ContainsAny(text, "abcdef") {
		return nil, false
	}
	length, ok := derLength(raw)
	if !ok || len(bytes.Trim(raw[length:], "\x00")) > 0 {
		return nil, false
	}
	return raw[:length], true
}

// derLength is the whole length of the ASN.1 value that data starts with.
func derLength(data []byte) (int, bool) {
	if len(data) < 2 || data[0] != tagSequence {
		return 0, false
	}
	if data[1] < 0x80 {
		return 2 + int(data[1]), 2+int(data[1]) <= len(data)
	}
	size := int(data[1] & 0x7F)
	if size < 1 || size > 3 || len(data) < 2+size {
		return 0, false
	}
	length := 0
	for _, b := range data[2 : 2+size] {
		length = length<<8 | int(b)
	}
	return 2 + size + length, 2+size+length <= len(data)
}

func signerOf(c *x509.Certificate) Signer {
	name := c.Subject.CommonName
	if name == "" && len(c.Subject.Organization) > 0 {
		name = c.Subject.Organization[0]
	}
	return Signer{
		Subject: c.Subject.String(), Name: name, Fingerprint: fingerprint(c),
		SelfSigned: bytes.Equal(c.RawIssuer, c.RawSubject), NotBefore: c.NotBefore, NotAfter: c.NotAfter,
	}
}

func (r *Report) checkCertificate(c *x509.Certificate) {
	if !maySign(c) {
		r.problem("The seal's certificate is not meant for signing documents.")
	}
	if r.SignedAt.IsZero() || r.SignedAt.Before(c.NotBefore) || r.SignedAt.After(c.NotAfter) {
		r.problem("The seal's certificate was not valid at the time of sealing.")
	}
}

func (r *Report) checkTimestamp(token, signature []byte) {
	digest := sha256.Sum256(signature)
	stamp, err := verifyTimestamp(token, digest[:])
	if err != nil {
		r.problem("The time stamp does not belong to this seal.")
		return
	}
	if stamp.at.Before(r.SignedAt.Add(-clocksDiffer)) {
		r.problem(problemOldStamp)
		return
	}
	r.Timestamp, r.Authority = &stamp.at, stamp.authority.Subject.String()
}

// clocksDiffer is how far the clock of a firm's server may run ahead of its authority's.
const clocksDiffer = time.Hour
