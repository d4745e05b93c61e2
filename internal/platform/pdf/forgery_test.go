package pdf

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
)

// recms writes another CMS into the hole of a sealed file: same signed parts, and what else is given.
func recms(t *testing.T, file []byte, extraCerts [][]byte, unsigned func(signature []byte) []byte) []byte {
	t.Helper()
	f, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	sig := f.findSignature()
	h, _, ok := f.signedRange(sig)
	if !ok {
		t.Fatal("range")
	}
	raw, _ := contents(file[h.start:h.end])
	sd, _, err := parseCMS(raw)
	if err != nil {
		t.Fatal(err)
	}
	s := sd.Signers[0]
	version := []byte{tagInteger, 1, 1}
	parts := [][]byte{version, s.Sid.FullBytes, der(tagSequence, oid(oidSHA256)), s.Attributes.FullBytes, der(tagSequence, oid(s.Algorithm.Algorithm)), der(tagOctets, s.Signature)}
	if unsigned != nil {
		parts = append(parts, set(tagContext1, unsigned(s.Signature)))
	}
	certs := append([][]byte{sd.Certificates.Bytes}, extraCerts...)
	cms := der(tagSequence, oid(oidSignedData), der(tagContext0, der(tagSequence, version, sd.Digests.FullBytes, der(tagSequence, oid(oidData)),
		der(tagContext0, certs...), set(tagSet, der(tagSequence, parts...)))))
	out := bytes.Clone(file)
	hole := out[h.start+1 : h.end-1]
	for i := range hole {
		hole[i] = '0'
	}
	if 2*len(cms) > len(hole) {
		t.Fatal("does not fit")
	}
	hex.Encode(hole, cms)
	return out
}

// fakeToken is a time stamp token by an authority that anybody makes at home.
func fakeToken(t *testing.T, name string, at time.Time, signature []byte) []byte {
	t.Helper()
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: name, Organization: []string{"DigiCert, Inc."}, Country: []string{"US"}}, NotBefore: at.AddDate(-2, 0, 0), NotAfter: at.AddDate(20, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _ := x509.ParseCertificate(raw)
	digest := sha256.Sum256(signature)
	gt := []byte(at.UTC().Format("20060102150405Z"))
	info := der(tagSequence, []byte{tagInteger, 1, 1}, oid(asn1.ObjectIdentifier{1, 2, 3, 4, 1}),
		der(tagSequence, der(tagSequence, oid(oidSHA256), []byte{5, 0}), der(tagOctets, digest[:])), []byte{tagInteger, 1, 7}, der(0x18, gt))
	sum := sha256.Sum256(info)
	cs := sha256.Sum256(cert.Raw)
	attrs := [][]byte{attribute(oidContentType, oid(oidTSTInfo)), attribute(oidMessageDigest, der(tagOctets, sum[:])),
		attribute(oidSigningCertV2, der(tagSequence, der(tagSequence, der(tagSequence, der(tagOctets, cs[:])))))}
	as := sha256.Sum256(set(tagSet, attrs...))
	sigv, err := ecdsa.SignASN1(rand.Reader, key, as[:])
	if err != nil {
		t.Fatal(err)
	}
	serial, _ := asn1.Marshal(cert.SerialNumber)
	version := []byte{tagInteger, 1, 3}
	return der(tagSequence, oid(oidSignedData), der(tagContext0, der(tagSequence, version, set(tagSet, der(tagSequence, oid(oidSHA256))),
		der(tagSequence, oid(oidTSTInfo), der(tagContext0, der(tagOctets, info))), set(tagContext0, cert.Raw),
		set(tagSet, der(tagSequence, []byte{tagInteger, 1, 1}, der(tagSequence, cert.RawIssuer, serial), der(tagSequence, oid(oidSHA256)), set(tagContext0, attrs...),
			der(tagSequence, oid(oidECDSASHA256)), der(tagOctets, sigv))))))
}

func TestATimestampFromBeforeTheSealIsFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	forged := recms(t, file, nil, func(signature []byte) []byte {
		return attribute(oidTimestamp, fakeToken(t, "DigiCert SHA256 RSA4096 Timestamp Responder 2025 1", time.Date(2019, 1, 2, 3, 4, 5, 0, time.UTC), signature))
	})
	r, err := Verify(forged)
	if err == nil && r.Intact && len(r.Problems) == 0 {
		t.Errorf("called whole: stamped %v by %q, sealed at %v", r.Timestamp, r.Authority, r.SignedAt)
	}
}

func TestACertificateThatDoesNotBelongToTheSealIsFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	forged := recms(t, file, [][]byte{testSeal(t).Certificate.Raw}, nil)
	r, err := Verify(forged)
	if err == nil && r.Intact && len(r.Problems) == 0 {
		t.Errorf("called whole with a foreign certificate added")
	}
}

func TestTextHiddenInTheSignatureIsFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	forged := recms(t, file, nil, func([]byte) []byte {
		return attribute(asn1.ObjectIdentifier{1, 2, 3, 4, 5}, der(0x0c, []byte("Price agreed by phone: EUR 1")))
	})
	r, err := Verify(forged)
	if err == nil && r.Intact && len(r.Problems) == 0 {
		t.Errorf("called whole with text hidden in the signature")
	}
}

// A second revision hides the first signature and carries another's.
func TestASecondRevisionUnderAnotherKeyIsFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	f, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	pages, _ := f.pages()
	root := f.trailer.get("Root").(reference)
	shadow := f.update(map[int][]byte{
		root.number:     printed(f.dict(root).with("AcroForm", nil).with("Perms", nil)),
		pages[0].number: printed(f.dict(pages[0]).with("Rotate", number(180)).with("Annots", nil)),
	})
	evil, err := NewSeal("Harbor & Pine Builders", noon.AddDate(-1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	forged, err := Sign(shadow, evil, SignOptions{Name: "Harbor & Pine Builders", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(forged)
	if err == nil && r.Intact && len(r.Problems) == 0 {
		t.Errorf("called whole: sealed by %q, count of ByteRanges in the file %d", r.Signer.Name, bytes.Count(forged, []byte("/ByteRange")))
	}
}

// The older signature stays as a kid of a field.
func TestAnOlderSignatureHiddenInKidsIsFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	f, _ := open(file)
	pages, _ := f.pages()
	root := f.trailer.get("Root").(reference)
	form := f.dict(f.dict(root).get("AcroForm"))
	old := f.array(form.get("Fields"))[0].(reference)
	n := f.size()
	shadow := f.update(map[int][]byte{
		root.number:     printed(f.dict(root).with("AcroForm", nil).with("Perms", nil)),
		n:               printed(dict{{"T", textString("x")}, {"Kids", array{old}}}),
		pages[0].number: printed(f.dict(pages[0]).with("Rotate", number(180))),
	})
	forged, err := Sign(shadow, testSeal(t), SignOptions{Name: "Harbor & Pine Builders", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(forged)
	if err == nil && r.Intact && len(r.Problems) == 0 {
		t.Errorf("called whole")
	}
}

// A list of revoked certificates has a place in a CMS, and no signature covers it.
func TestBytesBesideTheSignedPartsAreFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	f, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	signature := f.findSignature()
	h, _, _ := f.signedRange(signature)
	raw, _ := contents(file[h.start:h.end])
	sd, _, err := parseCMS(raw)
	if err != nil {
		t.Fatal(err)
	}
	signers := der(tagSequence, []byte{tagInteger, 1, 1}, sd.Signers[0].Sid.FullBytes, der(tagSequence, oid(oidSHA256)), sd.Signers[0].Attributes.FullBytes,
		der(tagSequence, oid(oidECDSASHA256)), der(tagOctets, sd.Signers[0].Signature))
	cms := der(tagSequence, oid(oidSignedData), der(tagContext0, der(tagSequence, []byte{tagInteger, 1, 1}, sd.Digests.FullBytes, der(tagSequence, oid(oidData)),
		sd.Certificates.FullBytes, der(0xA1, der(tagOctets, []byte("a note"))), der(tagSet, signers))))
	forged := bytes.Clone(file)
	hex.Encode(forged[h.start+1:], cms)
	if r, err := Verify(forged); err == nil && r.Intact && len(r.Problems) == 0 {
		t.Error("called whole")
	}
}

// What reading may cost is bounded by what is parsed: a file of four million numbers once
// took 280 MB.
func TestAHostileFileDoesNotTakeMuchMemory(t *testing.T) {
	hostile := []byte("%PDF-1.7\n1 0 obj\n<</AcroForm <</Fields [" + strings.Repeat("1 ", 3_900_000) + "]>>>>\nendobj\n")
	xref := len(hostile)
	hostile = fmt.Appendf(hostile, "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", xref)
	table := []byte("%PDF-1.7\nxref\n0 800000\n" + strings.Repeat("0000000009 00000 n \n", 800_000) + "trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n9\n%%EOF")
	for name, data := range map[string][]byte{"numbers": hostile, "references": table} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = Verify(data)
		runtime.ReadMemStats(&after)
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 32 {
			t.Errorf("%s: reading %d MB took %d MB of memory, want at most 32", name, len(data)>>20, took)
		}
	}
}
