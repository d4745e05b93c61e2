package pdf

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/fault"
	"software.sslmate.com/src/go-pkcs12"
)

// small is a short document with an attachment.
func small(t testing.TB) []byte {
	t.Helper()
	d := New(Options{Title: "Approval", At: noon})
	d.Paragraph("Approved.")
	d.Attach("evidence.json", "application/json", []byte(`{"ok":true}`))
	return mustBytes(t, d)
}

func TestASealedDocumentSaysWhoSealedItAndWhen(t *testing.T) {
	seal := testSeal(t)
	report, err := Verify(sealed(t, mustBytes(t, proposal(t, 6)), seal))
	if err != nil {
		t.Fatal(err)
	}
	if !report.Sealed || !report.Intact || !report.CoversWholeFile || len(report.Problems) > 0 {
		t.Fatalf("%+v", report)
	}
	if report.Signer.Fingerprint != seal.Fingerprint() || report.Signer.Name != "Harbor & Pine Builders" || !report.Signer.SelfSigned {
		t.Errorf("signer %+v", report.Signer)
	}
	if !report.SignedAt.Equal(noon) || report.Reason != "Proposal P-1042 approved" || report.Timestamp != nil {
		t.Errorf("at %v, %q", report.SignedAt, report.Reason)
	}
	if !strings.Contains(string(report.Attachments["evidence.json"]), "P-1042") {
		t.Errorf("attachments %q", report.Attachments)
	}
}

func TestADocumentWithoutASealIsNotIntact(t *testing.T) {
	report, err := Verify(small(t))
	if err != nil || report.Sealed || report.Intact || len(report.Problems) != 1 {
		t.Fatalf("%+v %v", report, err)
	}
	for _, data := range [][]byte{nil, []byte("hello"), make([]byte, 100)} {
		if _, err := Verify(data); err == nil {
			t.Errorf("%q passed for a PDF", data)
		}
	}
}

// Every byte outside the signature itself is changed in turn, by one bit that is
// different from byte to byte.
func TestEveryFlippedByteIsFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	start := bytes.Index(file, []byte("/Contents <3")) + len("/Contents ")
	end := start + 2*contentsBytes + 2
	if !bytes.HasPrefix(file[end-1:], []byte(">")) {
		t.Fatal("the test does not know where the signature is")
	}
	stride := 1
	if testing.Short() {
		stride = 17
	}
	tried := 0
	for i := 0; i < len(file); i += stride {
		if i == start {
			i = end
		}
		if i > start && i < end {
			continue
		}
		changed := bytes.Clone(file)
		changed[i] ^= 1 << (i % 8)
		if report, err := Verify(changed); err == nil && report.Intact {
			t.Fatalf("byte %d changed from %q to %q unnoticed", i, file[i], changed[i])
		}
		tried++
	}
	t.Logf("%d of %d bytes outside the signature changed, all found", tried, len(file)-(end-start))
}

// Inside the signature too, although only the signed parts must be: the spelling is
// fixed, the padding is zero, and the certificate is named by its hash.
func TestFlippedBytesInsideTheSignatureAreFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	start := bytes.Index(file, []byte("/Contents <3")) + len("/Contents ")
	tried, unnoticed := 0, 0
	var where []int
	for i := start; i < start+2*contentsBytes+2; i++ {
		if i > start+3000 && i%97 != 0 { // the padding by samples
			continue
		}
		changed := bytes.Clone(file)
		changed[i] ^= 1 << (i % 8)
		if report, err := Verify(changed); err == nil && report.Intact {
			unnoticed++
			where = append(where, (i-start-1)/2)
		}
		tried++
	}
	t.Logf("%d changes inside the signature, %d unnoticed, at %v of the CMS", tried, unnoticed, where)
	if unnoticed > tried/100 {
		t.Fatalf("%d of %d unnoticed", unnoticed, tried)
	}
}

func TestAddedBytesAreFound(t *testing.T) {
	file := sealed(t, small(t), testSeal(t))
	f, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.pages()
	if err != nil {
		t.Fatal(err)
	}
	shadow := f.update(map[int][]byte{pages[0].number: printed(f.dict(pages[0]).with("Rotate", number(180)))})
	for name, changed := range map[string][]byte{
		"one line feed":         append(bytes.Clone(file), '\n'),
		"a comment":             append(bytes.Clone(file), "% approved too\n"...),
		"an incremental update": shadow,
	} {
		report, err := Verify(changed)
		if err != nil || !report.Sealed || report.CoversWholeFile || report.Intact || !strings.Contains(strings.Join(report.Problems, " "), "added") {
			t.Errorf("%s: %+v %v", name, report, err)
		}
	}
}

func TestAForeignCertificateIsNotTheOrganisations(t *testing.T) {
	ours, theirs := testSeal(t), testSeal(t)
	report, err := Verify(sealed(t, small(t), theirs))
	if err != nil || !report.Intact {
		t.Fatal(report, err)
	}
	if report.Signer.Fingerprint == ours.Fingerprint() {
		t.Fatal("a certificate with the same name has the same fingerprint")
	}
	// Their signature with our certificate in its place.
	swapped := Seal{Key: theirs.Key, Certificate: ours.Certificate}
	report, err = Verify(sealed(t, small(t), swapped))
	if err != nil || report.Intact {
		t.Fatal("a signature passes under a certificate that did not make it", err)
	}
}

func TestSealsSurviveTheirFiles(t *testing.T) {
	seal := testSeal(t)
	certificate, key, err := seal.MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseSeal(certificate, key)
	if err != nil || read.Fingerprint() != seal.Fingerprint() {
		t.Fatal(err)
	}
	p12, err := pkcs12.Modern.Encode(seal.Key, seal.Certificate, nil, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	read, err = ParsePKCS12(p12, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if report, err := Verify(sealed(t, small(t), read)); err != nil || !report.Intact || report.Signer.Fingerprint != seal.Fingerprint() {
		t.Fatal(report, err)
	}
	if _, err := ParsePKCS12(p12, "wrong"); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "password") {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := ParsePKCS12([]byte("not a certificate"), ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("not a file: %v", err)
	}
	if _, err := ParseSeal(certificate, mustKeyPEM(t)); !fault.Is(err, fault.Invalid) {
		t.Errorf("foreign key: %v", err)
	}
	if _, err := NewSeal("", noon); !fault.Is(err, fault.Invalid) {
		t.Errorf("no name: %v", err)
	}
}

func mustKeyPEM(t *testing.T) []byte {
	t.Helper()
	_, key, err := testSeal(t).MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// rsaSeal has a CA above it, as a bought certificate does.
func rsaSeal(t testing.TB) Seal {
	t.Helper()
	ca, caKey := testCA(t, "Test Root")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "Zoë's Küche GmbH"}, KeyUsage: x509.KeyUsageContentCommitment,
		NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(3, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return Seal{Key: key, Certificate: certificate, Chain: []*x509.Certificate{ca}}
}

func testCA(t testing.TB, name string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(5), Subject: pkix.Name{CommonName: name}, NotBefore: noon.AddDate(-2, 0, 0), NotAfter: noon.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

func TestABoughtRSACertificateSeals(t *testing.T) {
	seal := rsaSeal(t)
	report, err := Verify(sealed(t, small(t), seal))
	if err != nil || !report.Intact || report.Signer.Name != "Zoë's Küche GmbH" || report.Signer.SelfSigned {
		t.Fatalf("%+v %v", report, err)
	}
}

func TestSealingRefusesWhatItCannotVouchFor(t *testing.T) {
	seal := testSeal(t)
	once := sealed(t, small(t), seal)
	if _, err := Sign(once, seal, SignOptions{At: noon}); !fault.Is(err, fault.Conflict) {
		t.Errorf("sealing twice: %v", err)
	}
	if _, err := Sign(small(t), seal, SignOptions{At: noon.AddDate(30, 0, 0)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an expired certificate: %v", err)
	}
	if _, err := Sign([]byte("%PDF-1.7 nothing"), seal, SignOptions{At: noon}); err == nil {
		t.Error("a broken file was sealed")
	}
	if _, err := Sign(small(t), Seal{}, SignOptions{At: noon}); err == nil {
		t.Error("an empty seal sealed")
	}
	down := errors.New("authority down")
	if _, err := Sign(small(t), seal, SignOptions{At: noon, Timestamp: func([]byte) ([]byte, error) { return nil, down }}); !errors.Is(err, down) {
		t.Errorf("a time stamp that failed: %v", err)
	}
	if _, err := Sign(small(t), seal, SignOptions{At: noon, Timestamp: func([]byte) ([]byte, error) { return []byte("junk"), nil }}); err == nil {
		t.Error("junk passed for a time stamp")
	}
}

// A short fuzz run that every test run includes: bytes changed, cut, doubled, and pieces
// of syntax thrown in. Nothing may panic, take long or pass for the sealed file.
func TestMangledFilesNeverPassAndNeverHang(t *testing.T) {
	seal := testSeal(t)
	file := sealed(t, small(t), seal)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	pieces := []string{"<<", "[", "9 0 R", "99999999999", "(", "/Kids [1 0 R]", ">>", "-1", "/Prev 1", "<"}
	worst, rounds := time.Duration(0), 3000
	for range rounds {
		c := bytes.Clone(file)
		for range 1 + random.IntN(20) {
			i, j := random.IntN(len(c)), random.IntN(len(c))
			switch random.IntN(4) {
			case 0:
				c[i] = byte(random.IntN(256))
			case 1:
				c = slices.Delete(c, i, min(len(c), i+random.IntN(50)))
			case 2:
				c = slices.Insert(c, j, bytes.Clone(c[i:min(i+random.IntN(200), len(c))])...)
			case 3:
				copy(c[i:], pieces[random.IntN(len(pieces))])
			}
		}
		start := time.Now()
		report, err := Verify(c)
		_, _ = Sign(c, seal, SignOptions{At: noon})
		worst = max(worst, time.Since(start))
		if err == nil && report.Intact && !bytes.Equal(c, file) {
			t.Fatalf("a mangled file passes: %+v", report)
		}
	}
	t.Logf("%d mangled files, the slowest took %v", rounds, worst)
}

func FuzzVerify(f *testing.F) {
	seal := testSeal(f)
	file := sealed(f, small(f), seal)
	f.Add(file)
	f.Add(small(f))
	f.Add(file[:len(file)/2])
	f.Add([]byte("%PDF-1.7\n1 0 obj\n" + strings.Repeat("[", 100_000) + "\nxref\n0 1\n0 65535 f\ntrailer\n<</Prev 9>>\nstartxref\n9\n%%EOF"))
	f.Add([]byte("%PDF-1.7\nxref\n0 3\n0 65535 f\n0 0 n\n9 0 n\ntrailer<</Root 1 0 R/Prev 9>>startxref 9 %%EOF"))
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := Verify(data)
		if err == nil && report.Intact && !bytes.Equal(data, file) && report.Signer.Fingerprint == "" {
			t.Fatal("intact without a signer")
		}
		_, _ = Sign(data, seal, SignOptions{At: noon})
	})
}

// timestampCertificate may only stamp times, and says so critically (RFC 3161, 2.3).
func timestampCertificate(t testing.TB, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "Clock"}, NotBefore: noon.AddDate(-2, 0, 0), NotAfter: noon.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id: []int{2, 5, 29, 37}, Critical: true, Value: der(tagSequence, oid([]int{1, 3, 6, 1, 5, 5, 7, 3, 8})),
		}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}
