package pdf

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// peer runs a program that is not ours. Without it the test is skipped, except in the
// full run (LINTEL_TEST_FULL=1), where everything must be there.
func peer(t *testing.T, ok bool, program string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("LINTEL_TEST_FULL") == "1" {
			t.Fatalf("%s is missing (Debian packages poppler-utils, qpdf, openssl)", program)
		}
		t.Skipf("%s is not installed: nobody but us has read these files", program)
	}
	command := exec.Command(program, args...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+t.TempDir())
	out, err := command.CombinedOutput()
	if (err == nil) != ok {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func wants(t *testing.T, out string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(out, word) {
			t.Errorf("%q is missing in:\n%s", word, out)
		}
	}
}

func TestOtherReadersFindTheFilesSound(t *testing.T) {
	drawn := mustBytes(t, proposal(t, 45))
	_, clean, err := CheckUpload(altered(t, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"drawn": drawn, "sealed": sealed(t, drawn, testSeal(t)), "upload": clean, "sealed-upload": sealed(t, clean, testSeal(t)),
	} {
		out := peer(t, true, "qpdf", "--check", save(t, name+".pdf", data))
		if strings.Contains(out, "WARNING") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func TestTextCanBeCopiedOutAgain(t *testing.T) {
	out := peer(t, true, "pdftotext", "-layout", save(t, "a.pdf", mustBytes(t, proposal(t, 45))), "-")
	wants(t, out, "Kitchen renovation", "Quartz worktop, 30 mm", "$14,310.50", "Łódź, Αθήνα", "Київ", "→", "✓", "Page 1 of ", "m•••@ruiz.example",
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
	if heads := strings.Count(out, "Unit price"); heads < 3 {
		t.Errorf("the table's head stands on %d pages", heads)
	}
}

func TestScreenReadersFindTheStructure(t *testing.T) {
	for name, data := range map[string][]byte{
		"drawn": mustBytes(t, proposal(t, 4)), "sealed": sealed(t, mustBytes(t, proposal(t, 4)), testSeal(t)),
	} {
		path := save(t, name+".pdf", data)
		out := peer(t, true, "pdfinfo", "-struct-text", path)
		wants(t, out, "H1", "H2", "P (block)", "Table", "TR", "TH", "/Scope /Column", "TD", "Figure", "LBody", "Maria Ruiz")
		wants(t, peer(t, true, "pdfinfo", path), "Tagged:          yes", "Kitchen renovation", "Sat Mar 14 12:00:00 2026")
	}
}

func TestPdfsigAcceptsTheSealAndFindsAChange(t *testing.T) {
	for name, seal := range map[string]Seal{"own": testSeal(t), "bought": rsaSeal(t)} {
		file := sealed(t, mustBytes(t, proposal(t, 10)), seal)
		out := peer(t, true, "pdfsig", save(t, name+".pdf", file))
		wants(t, out, "Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "Mar 14 2026 12:00:00")
		changed := bytes.Clone(file)
		changed[2000] ^= 1
		if out := peer(t, true, "pdfsig", save(t, "changed.pdf", changed)); strings.Contains(out, "Signature is Valid") {
			t.Errorf("pdfsig does not see the change: the test proves nothing\n%s", out)
		}
	}
}

// split gives what is signed and the signature, as files for openssl.
func split(t *testing.T, file []byte) (content, cms string) {
	t.Helper()
	f, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	signature := f.findSignature()
	h, end, ok := f.signedRange(signature)
	if !ok {
		t.Fatal("no signed range")
	}
	raw, ok := contents(file[h.start:h.end])
	if !ok {
		t.Fatal("no contents")
	}
	return save(t, "content", append(bytes.Clone(file[:h.start]), file[h.end:end]...)), save(t, "cms", raw)
}

func TestOpensslAcceptsTheSignatureAsCAdES(t *testing.T) {
	for name, seal := range map[string]Seal{"own": testSeal(t), "bought": rsaSeal(t)} {
		t.Run(name, func(t *testing.T) {
			content, cms := split(t, sealed(t, small(t), seal))
			root := seal.Certificate
			if len(seal.Chain) > 0 {
				root = seal.Chain[0]
			}
			trusted := save(t, "root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}))
			verify := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-CAfile", trusted,
				"-purpose", "any", "-attime", fmt.Sprint(noon.Unix()), "-out", os.DevNull, "-content"}
			wants(t, peer(t, true, "openssl", append(verify, content)...), "erification successful")
			other, _ := split(t, sealed(t, mustBytes(t, New(options("Other"))), seal))
			peer(t, false, "openssl", append(verify, other)...)
		})
	}
}

// authority is a time stamp authority run by openssl.
func authority(t *testing.T) (stamp func(request []byte) []byte, root string) {
	t.Helper()
	dir := t.TempDir()
	ca, caKey := testCA(t, "Clock Root")
	certificate, key := timestampCertificate(t, ca, caKey)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root = write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw}))
	signer := write("tsa.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))
	keyFile := write("tsa.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	write("serial", []byte("01\n"))
	config := write("tsa.cnf", fmt.Appendf(nil, `[tsa]
default_tsa = main
[main]
serial = %s/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ess_cert_id_alg = sha256
`, dir))
	return func(request []byte) []byte {
		query, reply := write("query.tsq", request), filepath.Join(dir, "reply.tsr")
		peer(t, true, "openssl", "ts", "-reply", "-config", config, "-queryfile", query, "-signer", signer, "-inkey", keyFile, "-out", reply)
		out, err := os.ReadFile(reply)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}, root
}

func TestATimestampFromAnAuthorityIsKeptAndChecked(t *testing.T) {
	stamp, root := authority(t)
	var digest, token []byte
	file, err := Sign(small(t), testSeal(t), SignOptions{Name: "Harbor & Pine Builders", At: noon, Timestamp: func(d []byte) ([]byte, error) {
		response := stamp(TimestampRequest(d))
		if _, _, err := ParseTimestampResponse(response, bytes.Repeat([]byte{1}, 32)); err == nil {
			t.Error("a time stamp for something else passes")
		}
		var err error
		digest = d
		token, _, err = ParseTimestampResponse(response, d)
		return token, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Verify(file)
	if err != nil || !report.Intact || report.Timestamp == nil || report.Authority != "CN=Clock" || len(report.Problems) > 0 {
		t.Fatalf("%+v %v", report, err)
	}
	if age := time.Since(*report.Timestamp); age < -time.Minute || age > time.Hour {
		t.Errorf("stamped at %v", report.Timestamp)
	}
	verify := []string{"ts", "-verify", "-token_in", "-in", save(t, "token", token), "-CAfile", root, "-digest"}
	wants(t, peer(t, true, "openssl", append(verify, fmt.Sprintf("%x", digest))...), "Verification: OK")
	digest[0] ^= 1
	peer(t, false, "openssl", append(verify, fmt.Sprintf("%x", digest))...)
	wants(t, peer(t, true, "pdfsig", save(t, "stamped.pdf", file)), "Signature is Valid", "Total document signed")
}
