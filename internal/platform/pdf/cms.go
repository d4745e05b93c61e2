package pdf

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // only to compare the certificate id of old time stamps
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"math/big"
	"slices"
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimestamp     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	oidSHA256      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidRSASHA384   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidRSASHA512   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidECDSASHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
)

// ASN.1 tags.
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext0 = 0xA0
	tagContext1 = 0xA1
)

// der writes one ASN.1 value from the encodings of its parts.
func der(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	out := []byte{tag}
	switch n := len(body); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}

// set is DER's SET OF: its members sorted.
func set(tag byte, members ...[]byte) []byte {
	slices.SortFunc(members, bytes.Compare)
	return der(tag, members...)
}

func oid(o asn1.ObjectIdentifier) []byte {
	out, err := asn1.Marshal(o)
	if err != nil {
		panic("pdf: object identifier: " + err.Error()) // only constants come here
	}
	return out
}

func attribute(id asn1.ObjectIdentifier, value []byte) []byte {
	return der(tagSequence, oid(id), der(tagSet, value))
}

// signCMS makes the detached signature of PAdES baseline (ETSI EN 319 122-1): the signed
// attributes are content type, digest and signing certificate; the time is not among
// them, since it stands in the PDF.
func signCMS(digest []byte, seal Seal, timestamp func([]byte) ([]byte, error)) ([]byte, error) {
	certificate := sha256.Sum256(seal.Certificate.Raw)
	signingCert := der(tagSequence, der(tagSequence, der(tagSequence, der(tagOctets, certificate[:]))))
	attributes := [][]byte{
		attribute(oidContentType, oid(oidData)),
		attribute(oidMessageDigest, der(tagOctets, digest)),
		attribute(oidSigningCertV2, signingCert),
	}
	sum := sha256.Sum256(set(tagSet, attributes...))
	signature, err := seal.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	algorithm := der(tagSequence, oid(oidECDSASHA256))
	if _, ok := seal.Key.Public().(*rsa.PublicKey); ok {
		algorithm = der(tagSequence, oid(oidRSASHA256), []byte{5, 0})
	}
	sha := der(tagSequence, oid(oidSHA256))
	serial, err := asn1.Marshal(seal.Certificate.SerialNumber)
	if err != nil {
		return nil, fmt.Errorf("sign: serial number: %w", err)
	}
	version := []byte{tagInteger, 1, 1}
	signer := [][]byte{
		version, der(tagSequence, seal.Certificate.RawIssuer, serial), sha, set(tagContext0, attributes...),
		algorithm, der(tagOctets, signature),
	}
	if timestamp != nil {
		digest := sha256.Sum256(signature)
		token, err := timestamp(digest[:])
		if err != nil {
			return nil, fmt.Errorf("sign: time stamp: %w", err)
		}
		if _, err := verifyTimestamp(token, digest[:]); err != nil {
			return nil, fmt.Errorf("sign: time stamp: %w", err)
		}
		signer = append(signer, set(tagContext1, attribute(oidTimestamp, token)))
	}
	certificates := [][]byte{seal.Certificate.Raw}
	for _, c := range seal.Chain {
		certificates = append(certificates, c.Raw)
	}
	return der(tagSequence, oid(oidSignedData), der(tagContext0, der(tagSequence,
		version, set(tagSet, sha), der(tagSequence, oid(oidData)), set(tagContext0, certificates...),
		set(tagSet, der(tagSequence, signer...)),
	))), nil
}

// The parts of a CMS SignedData (RFC 5652) that are read.
type (
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,tag:0"`
	}
	signedData struct {
		Version      int
		Digests      asn1.RawValue
		Content      encapsulated
		Certificates asn1.RawValue `asn1:"optional,tag:0"`
		Lists        asn1.RawValue `asn1:"optional,tag:1"`
		Signers      []signerInfo  `asn1:"set"`
	}
	encapsulated struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"optional,explicit,tag:0"`
	}
	signerInfo struct {
		Version    int
		Sid        asn1.RawValue
		Digest     pkix.AlgorithmIdentifier
		Attributes asn1.RawValue `asn1:"optional,tag:0"`
		Algorithm  pkix.AlgorithmIdentifier
		Signature  []byte
		Unsigned   asn1.RawValue `asn1:"optional,tag:1"`
	}
	rawAttribute struct {
		ID     asn1.ObjectIdentifier
		Values asn1.RawValue `asn1:"set"`
	}
)

var errSignature = errors.New("the signature is broken")

// parseCMS reads a SignedData with one signer, and its certificates.
func parseCMS(data []byte) (signedData, []*x509.Certificate, error) {
	var info contentInfo
	rest, err := asn1.Unmarshal(data, &info)
	if err != nil || len(rest) > 0 || !info.Type.Equal(oidSignedData) {
		return signedData{}, nil, errSignature
	}
	var sd signedData
	if rest, err = asn1.Unmarshal(info.Content.Bytes, &sd); err != nil || len(rest) > 0 || len(sd.Signers) != 1 {
		return signedData{}, nil, errSignature
	}
	var list []*x509.Certificate
	for der := sd.Certificates.Bytes; len(der) > 0 && len(list) < 16; {
		var raw asn1.RawValue
		if der, err = asn1.Unmarshal(der, &raw); err != nil {
			return signedData{}, nil, errSignature
		}
		c, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil {
			return signedData{}, nil, errSignature
		}
		list = append(list, c)
	}
	return sd, list, nil
}

// attributes reads a SET OF Attribute; each may stand there once, with one value.
func attributes(raw []byte) (map[string][]byte, error) {
	found := map[string][]byte{}
	for len(raw) > 0 {
		var a rawAttribute
		rest, err := asn1.Unmarshal(raw, &a)
		if err != nil {
			return nil, errSignature
		}
		raw = rest
		var value asn1.RawValue
		if rest, err = asn1.Unmarshal(a.Values.Bytes, &value); err != nil || len(rest) > 0 {
			return nil, errSignature
		}
		if _, twice := found[a.ID.String()]; twice {
			return nil, errSignature
		}
		found[a.ID.String()] = value.FullBytes
	}
	return found, nil
}

// newHash gives the digest algorithm of a signature; nil when it is unknown or too weak.
func newHash(id asn1.ObjectIdentifier) (crypto.Hash, hash.Hash) {
	switch {
	case id.Equal(oidSHA256):
		return crypto.SHA256, sha256.New()
	case id.Equal(oidSHA384):
		return crypto.SHA384, sha512.New384()
	case id.Equal(oidSHA512):
		return crypto.SHA512, sha512.New()
	}
	return 0, nil
}

// verifySigner checks the one signer of a SignedData over content that hashes as sum
// does, and gives the signer's certificate and the unsigned attributes.
func verifySigner(sd signedData, list []*x509.Certificate, contentType asn1.ObjectIdentifier, content ...[]byte) (*x509.Certificate, map[string][]byte, error) {
	signer := sd.Signers[0]
	if sd.Version != 1 && sd.Version != 3 || signer.Version != 1 && signer.Version != 3 || !bytes.Contains(sd.Digests.Bytes, oid(signer.Digest.Algorithm)) {
		return nil, nil, errSignature
	}
	certificate := findSigner(signer.Sid, list)
	if certificate == nil || !sd.Content.Type.Equal(contentType) {
		return nil, nil, errSignature
	}
	algorithm, digest := newHash(signer.Digest.Algorithm)
	if digest == nil {
		return certificate, nil, errors.New("the signature uses an unknown digest")
	}
	for _, part := range content {
		digest.Write(part)
	}
	signed, err := attributes(signer.Attributes.Bytes)
	if err != nil {
		return certificate, nil, err
	}
	if !bytes.Equal(signed[oidContentType.String()], oid(contentType)) ||
		!bytes.Equal(signed[oidMessageDigest.String()], der(tagOctets, digest.Sum(nil))) {
		return certificate, nil, errors.New("the content is not what was signed")
	}
	if !namesCertificate(signed, certificate) {
		return certificate, nil, errors.New("the certificate is not the one that signed")
	}
	attributesDER := slices.Clone(signer.Attributes.FullBytes)
	if len(attributesDER) == 0 {
		return certificate, nil, errSignature
	}
	attributesDER[0] = tagSet // signed as SET OF, stored as [0]: RFC 5652, 5.4
	_, h := newHash(signer.Digest.Algorithm)
	h.Write(attributesDER)
	if !verifyRaw(certificate, signer.Algorithm.Algorithm, algorithm, h.Sum(nil), signer.Signature) {
		return certificate, nil, errors.New("the signature does not match its certificate")
	}
	unsigned, err := attributes(signer.Unsigned.Bytes)
	return certificate, unsigned, err
}

func findSigner(sid asn1.RawValue, list []*x509.Certificate) *x509.Certificate {
	if sid.Class == asn1.ClassContextSpecific && sid.Tag == 0 {
		for _, c := range list {
			if len(c.SubjectKeyId) > 0 && bytes.Equal(c.SubjectKeyId, sid.Bytes) {
				return c
			}
		}
		return nil
	}
	var id struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	if rest, err := asn1.Unmarshal(sid.FullBytes, &id); err != nil || len(rest) > 0 {
		return nil
	}
	for _, c := range list {
		if bytes.Equal(c.RawIssuer, id.Issuer.FullBytes) && c.SerialNumber.Cmp(id.Serial) == 0 {
			return c
		}
	}
	return nil
}

// namesCertificate checks ESS signing-certificate-v2 (RFC 5035), or version 1 that older
// time stamp authorities write; without either a certificate could be swapped.
func namesCertificate(signed map[string][]byte, c *x509.Certificate) bool {
	type id struct {
		Algorithm pkix.AlgorithmIdentifier `asn1:"optional"`
		Hash      []byte
	}
	var list struct{ IDs []id }
	if raw, ok := signed[oidSigningCertV2.String()]; ok {
		if _, err := asn1.Unmarshal(raw, &list); err != nil || len(list.IDs) == 0 {
			return false
		}
		algorithm := list.IDs[0].Algorithm.Algorithm
		if len(algorithm) == 0 {
			algorithm = oidSHA256
		}
		_, h := newHash(algorithm)
		if h == nil {
			return false
		}
		h.Write(c.Raw)
		return bytes.Equal(list.IDs[0].Hash, h.Sum(nil))
	}
	var old struct{ IDs []struct{ Hash []byte } }
	raw, ok := signed[oidSigningCert.String()]
	if !ok {
		return false
	}
	if _, err := asn1.Unmarshal(raw, &old); err != nil || len(old.IDs) == 0 {
		return false
	}
	sum := sha1.Sum(c.Raw) //nolint:gosec // the format's own choice, RFC 2634
	return bytes.Equal(old.IDs[0].Hash, sum[:])
}

// verifyRaw checks the bare signature; the algorithm must fit the digest and the key.
func verifyRaw(c *x509.Certificate, id asn1.ObjectIdentifier, algorithm crypto.Hash, digest, signature []byte) bool {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		fits := id.Equal(oidRSA) ||
			id.Equal(oidRSASHA256) && algorithm == crypto.SHA256 ||
			id.Equal(oidRSASHA384) && algorithm == crypto.SHA384 ||
			id.Equal(oidRSASHA512) && algorithm == crypto.SHA512
		return fits && key.N.BitLen() >= 2048 && rsa.VerifyPKCS1v15(key, algorithm, digest, signature) == nil
	case *ecdsa.PublicKey:
		fits := id.Equal(oidECDSASHA256) && algorithm == crypto.SHA256 ||
			id.Equal(oidECDSASHA384) && algorithm == crypto.SHA384 ||
			id.Equal(oidECDSASHA512) && algorithm == crypto.SHA512
		return fits && ecdsa.VerifyASN1(key, digest, signature)
	}
	return false
}
