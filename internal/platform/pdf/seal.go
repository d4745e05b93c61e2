package pdf

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"lintel/internal/platform/fault"
	"software.sslmate.com/src/go-pkcs12"
)

// Seal is what an organisation seals its documents with. Key may live in a file, a key
// service or a hardware module; it must be RSA of 2048 bits or more, or ECDSA.
type Seal struct {
	Key         crypto.Signer
	Certificate *x509.Certificate
	Chain       []*x509.Certificate // issuers, put into the file as well; may be empty
}

// sealYears is how long a self-made certificate is valid: longer than any paper must be
// kept, since nobody renews it.
const sealYears = 20

// NewSeal makes a P-256 key and a self-signed certificate with the organisation's name.
// Readers show such a seal as intact but of unknown identity; people compare the
// certificate's fingerprint, which the organisation publishes.
func NewSeal(organisation string, now time.Time) (Seal, error) {
	if organisation == "" || len(organisation) > 64*4 {
		return Seal{}, fault.New(fault.Invalid, "The organisation needs a name before documents can be sealed.")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Seal{}, fmt.Errorf("make seal key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return Seal{}, fmt.Errorf("make seal serial: %w", err)
	}
	now = now.UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber:          serial.Add(serial, big.NewInt(1)),
		Subject:               pkix.Name{CommonName: organisation, Organization: []string{organisation}},
		NotBefore:             now.Add(-time.Hour), // clocks differ
		NotAfter:              now.AddDate(sealYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return Seal{}, fmt.Errorf("make seal certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return Seal{}, fmt.Errorf("read seal certificate: %w", err)
	}
	return Seal{Key: key, Certificate: certificate}, nil
}

// Fingerprint is the certificate's SHA-256 in hexadecimal, which Verify reports too.
func (s Seal) Fingerprint() string { return fingerprint(s.Certificate) }

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// MarshalPEM writes the certificate with its chain, and the key (PKCS #8, not encrypted:
// the caller keeps it encrypted). It fails for keys that cannot leave their module.
func (s Seal) MarshalPEM() (certificate, key []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(s.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("write seal key: %w", err)
	}
	for _, c := range append([]*x509.Certificate{s.Certificate}, s.Chain...) {
		certificate = append(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ParseSeal reads what MarshalPEM wrote.
func ParseSeal(certPEM, keyPEM []byte) (Seal, error) {
	var list []*x509.Certificate
	for rest := certPEM; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Seal{}, fmt.Errorf("read seal certificate: %w", err)
		}
		list = append(list, c)
	}
	block, _ := pem.Decode(keyPEM)
	if len(list) == 0 || block == nil {
		return Seal{}, errors.New("read seal: no certificate or no key in the PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Seal{}, fmt.Errorf("read seal key: %w", err)
	}
	return newSeal(key, list[0], list[1:])
}

// ParsePKCS12 reads an organisation's own certificate from a .p12 or .pfx file. It gives
// a fault.Invalid in plain words for a wrong password or an unusable certificate.
func ParsePKCS12(data []byte, password string) (Seal, error) {
	if len(data) > 1<<20 {
		return Seal{}, fault.New(fault.Invalid, "This file is too large for a certificate.")
	}
	key, certificate, chain, err := pkcs12.DecodeChain(data, password)
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return Seal{}, fault.New(fault.Invalid, "The password does not open this certificate file.")
	}
	if err != nil {
		return Seal{}, fault.Wrap(fault.Invalid, "This is not a certificate file (PKCS #12, .p12 or .pfx) with one key.", err)
	}
	return newSeal(key, certificate, chainOf(certificate, chain))
}

func newSeal(key any, certificate *x509.Certificate, chain []*x509.Certificate) (Seal, error) {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return Seal{}, fault.New(fault.Invalid, "This kind of key cannot sign documents.")
	}
	if err := usable(signer.Public()); err != nil {
		return Seal{}, err
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(certificate.PublicKey) {
		return Seal{}, fault.New(fault.Invalid, "The key does not belong to the certificate.")
	}
	if !maySign(certificate) {
		return Seal{}, fault.New(fault.Invalid, "This certificate is not meant for signing documents.")
	}
	return Seal{Key: signer, Certificate: certificate, Chain: chain}, nil
}

// timestampRoom is what a time stamp may take beside the chain.
const timestampRoom = 6 << 10

// Try seals a page at this time and reads it again. It gives a fault.Invalid in plain words
// when the seal could not seal an agreement.
func (s Seal) Try(at time.Time) error {
	switch {
	case at.After(s.Certificate.NotAfter):
		return fault.New(fault.Invalid, "This certificate has expired. Ask its issuer for a new one.")
	case at.Before(s.Certificate.NotBefore):
		return fault.New(fault.Invalid, "This certificate is not valid yet. Hand it in again when it is.")
	}
	signature, err := signCMS(make([]byte, 32), s, nil)
	if err != nil {
		return fault.Wrap(fault.Invalid, "A trial with this certificate did not give a valid seal.", err)
	}
	if len(signature) > contentsBytes-timestampRoom {
		return fault.New(fault.Invalid, "This certificate and its chain are too large to fit into a seal. Export it with a shorter chain.")
	}
	page := New(Options{Title: "Trial", At: at})
	page.Paragraph("Trial")
	drawn, err := page.Bytes()
	if err != nil {
		return fmt.Errorf("draw a page to try the seal: %w", err)
	}
	file, err := Sign(drawn, s, SignOptions{Name: s.Certificate.Subject.CommonName, At: at})
	if err != nil {
		return fault.Wrap(fault.Invalid, "A trial with this certificate did not give a valid seal.", err)
	}
	if report, err := Verify(file); err != nil || !report.Intact || len(report.Problems) > 0 {
		return fault.Wrap(fault.Invalid, "A trial with this certificate did not give a valid seal.", err)
	}
	return nil
}

func usable(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < 2048 {
			return fault.New(fault.Invalid, "The certificate's key is too short: it needs 2048 bits or more.")
		}
		return nil
	case *ecdsa.PublicKey:
		return nil
	}
	return fault.New(fault.Invalid, "The certificate's key must be RSA or ECDSA.")
}

// maySign reports whether the certificate's key usage allows signatures on documents.
func maySign(c *x509.Certificate) bool {
	return c.KeyUsage == 0 || c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0
}
