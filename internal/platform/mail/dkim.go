package mail

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM signs what is sent, so that receivers know it comes from the domain (RFC 6376).
type DKIM struct {
	Domain   string // of the From address
	Selector string // under which the key is in the DNS
	Key      crypto.Signer
}

// signedHeaders are the headers that a signature covers. Those named twice are
// oversigned: a second one added on the way breaks the signature. List-Unsubscribe and
// -Post must be covered (RFC 8058).
var signedHeaders = []string{
	"From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
}

// Sign puts a signature before the message.
func (d DKIM) Sign(raw []byte) ([]byte, error) {
	var signed bytes.Buffer
	err := dkim.Sign(&signed, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: d.Key, Hash: crypto.SHA256, HeaderKeys: signedHeaders,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("sign the message for %s: %w", d.Domain, err)
	}
	return signed.Bytes(), nil
}

// Record is the text for the DNS at SELECTOR._domainkey.DOMAIN.
func (d DKIM) Record() (string, error) {
	public, err := x509.MarshalPKIXPublicKey(d.Key.Public())
	if err != nil {
		return "", fmt.Errorf("write the DKIM key for the DNS: %w", err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public), nil
}

// NewDKIMKey makes an RSA-2048 key, which every receiver can check, as PEM.
func NewDKIMKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make a DKIM key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make a DKIM key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ParseDKIMKey reads an RSA key from PEM, as NewDKIMKey or OpenSSL writes it.
func ParseDKIMKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the DKIM key is not in PEM form")
	}
	var key any
	var err error
	if block.Type == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("read the DKIM key: %w", err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() < 2048 {
		return nil, errors.New("the DKIM key must be an RSA key of 2048 bits or more")
	}
	return private, nil
}
