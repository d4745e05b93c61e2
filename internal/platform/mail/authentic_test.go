package mail

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// names are a DNS in memory; a name that is not there does not exist.
type namesInMemory struct {
	txt  map[string]string
	down bool
}

func (n namesInMemory) LookupTXT(_ context.Context, name string) ([]string, error) {
	if n.down {
		return nil, &net.DNSError{Err: "no answer", Name: name, IsTimeout: true, IsTemporary: true}
	}
	if text, known := n.txt[strings.TrimSuffix(name, ".")]; known {
		return []string{text}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n namesInMemory) LookupMX(context.Context, string) ([]*net.MX, error) {
	return nil, errors.New("not asked here")
}
func (n namesInMemory) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) {
	return nil, errors.New("not asked here")
}
func (n namesInMemory) LookupAddr(context.Context, string) ([]string, error) {
	return nil, errors.New("not asked here")
}

const answerByMaria = "From: Maria <maria@mail.harbour.example>\r\nTo: reply@portal.example\r\nSubject: Re: Thursday\r\n\r\nYes\r\n"

// signAs signs a mail as a domain would.
func signAs(t *testing.T, raw, domain string, key ed25519.PrivateKey) string {
	t.Helper()
	var signed bytes.Buffer
	err := dkim.Sign(&signed, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: []string{"From", "To", "Subject"}})
	if err != nil {
		t.Fatal(err)
	}
	return signed.String()
}

func TestASenderIsProvenByTheirDomain(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	dns := map[string]string{"s._domainkey.harbour.example": record, "s._domainkey.mail.harbour.example": record, "s._domainkey.evil.example": record,
		"mail.harbour.example": "v=spf1 ip4:192.0.2.7 -all", "evil.example": "v=spf1 +all"}
	strict := map[string]string{"_dmarc.harbour.example": "v=DMARC1; p=reject; adkim=s; aspf=s"}
	for name, value := range dns {
		strict[name] = value
	}
	own, parent := signAs(t, answerByMaria, "mail.harbour.example", private), signAs(t, answerByMaria, "harbour.example", private)
	from := func(address string, envelope string) Arrival {
		return Arrival{Remote: netip.MustParseAddr(address), HELO: "mx", From: envelope}
	}
	results := func(text string) string {
		return "Authentication-Results: mx.portal.example; " + text + "\r\n" + answerByMaria
	}
	for _, c := range []struct {
		name, raw string
		by        Arrival
		dns       map[string]string
		want      string
	}{
		{"signed by its own domain", own, Arrival{}, dns, "DKIM"},
		{"signed by the domain above", parent, Arrival{}, dns, "DKIM"},
		{"signed by the domain above, which the owner does not want", parent, Arrival{}, strict, ""},
		{"signed by its own domain, strictly", own, Arrival{}, strict, "DKIM"},
		{"signed by another domain", signAs(t, answerByMaria, "evil.example", private), Arrival{}, dns, ""},
		{"changed on the way", strings.Replace(own, "Yes", "No!", 1), Arrival{}, dns, ""},
		{"a second From on top", "From: maria@mail.harbour.example\r\n" + own, Arrival{}, dns, ""},
		{"two in one From", strings.Replace(answerByMaria, "Maria <", "x@evil.example, Maria <", 1), Arrival{}, dns, ""},
		{"not signed", answerByMaria, Arrival{}, dns, ""},
		{"from the domain's server", answerByMaria, from("192.0.2.7", "maria@mail.harbour.example"), dns, "SPF"},
		{"from another server", answerByMaria, from("192.0.2.8", "maria@mail.harbour.example"), dns, ""},
		{"from the server of another domain", answerByMaria, from("192.0.2.8", "maria@evil.example"), dns, ""},
		{"our server says so", results("dmarc=pass (p=NONE) header.from=mail.harbour.example"), Arrival{}, dns, "DMARC"},
		{"our server names a signature", results("dkim=pass header.d=harbour.example header.s=s"), Arrival{}, dns, "DKIM"},
		{"our server says no", results("dkim=pass header.d=harbour.example; dmarc=fail header.from=mail.harbour.example"), Arrival{}, dns, ""},
		{"our server says it of another domain", results("spf=pass smtp.mailfrom=x@evil.example; dkim=pass header.d=evil.example"), Arrival{}, dns, ""},
		{"the sender writes into a comment", results("spf=fail (domain of x; dkim=pass header.d=harbour.example) smtp.mailfrom=\"; dmarc=pass header.from=mail.harbour.example \"@evil.example"), Arrival{}, dns, ""},
		{"a header below ours", results("dkim=none") + "", Arrival{}, dns, ""},
		{"a forged one below ours", "Authentication-Results: mx.portal.example; dkim=none\r\n" + results("dkim=pass header.d=harbour.example"), Arrival{}, dns, ""},
		{"another server's word", strings.Replace(results("dmarc=pass header.from=mail.harbour.example"), "mx.portal", "mx.evil", 1), Arrival{}, dns, ""},
	} {
		checker := Checker{Resolver: namesInMemory{txt: c.dns}, Server: "mx.portal.example"}
		if got, err := checker.Prove(context.Background(), []byte(c.raw), c.by); got != c.want || err != nil {
			t.Errorf("%s: proven by %q, %v; wanted %q", c.name, got, err, c.want)
		}
	}
	if proof, err := (Checker{Resolver: namesInMemory{down: true}}).Prove(context.Background(), []byte(own), Arrival{}); proof != "" || err == nil {
		t.Errorf("without DNS: %q, %v; it must be asked again later", proof, err)
	}
	if aligned("co.uk", "firm.co.uk", false) || aligned("a.github.io", "b.github.io", false) || !aligned("mail.firm.co.uk", "firm.co.uk", false) || aligned("", "", false) {
		t.Error("domains of different owners are aligned")
	}
}
