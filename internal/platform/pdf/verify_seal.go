package pdf

import (
	"bytes"
	"crypto/x509"
	"slices"
)

// The signature of a CMS covers neither its certificates nor its unsigned attributes: what
// stands there must be what belongs there, or anybody could write into a sealed file.

// rewritten is the SignedData as signCMS would write its parts: whatever else stands in the
// original makes the two differ.
func rewritten(sd signedData) []byte {
	s := sd.Signers[0]
	version, sha := []byte{tagInteger, 1, 1}, der(tagSequence, oid(oidSHA256))
	algorithm := der(tagSequence, oid(oidECDSASHA256))
	if s.Algorithm.Algorithm.Equal(oidRSASHA256) {
		algorithm = der(tagSequence, oid(oidRSASHA256), []byte{5, 0})
	}
	signer := [][]byte{version, s.Sid.FullBytes, sha, s.Attributes.FullBytes, algorithm, der(tagOctets, s.Signature), s.Unsigned.FullBytes}
	return der(tagSequence, oid(oidSignedData), der(tagContext0, der(tagSequence,
		version, set(tagSet, sha), der(tagSequence, oid(oidData)), sd.Certificates.FullBytes, set(tagSet, der(tagSequence, signer...)),
	)))
}

// chained reports whether every certificate is the signer's or leads to its root, and none
// stands there twice.
func chained(signer *x509.Certificate, list []*x509.Certificate) bool {
	return len(chainOf(signer, list)) == len(list)-1
}

// chainOf gives the issuers of a certificate that are among the others.
func chainOf(signer *x509.Certificate, others []*x509.Certificate) []*x509.Certificate {
	chain := []*x509.Certificate{signer}
	for i := 0; i < len(chain); i++ {
		if bytes.Equal(chain[i].RawIssuer, chain[i].RawSubject) {
			continue // its own issuer: anybody can wrap its key into another certificate
		}
		for _, c := range others {
			if !slices.ContainsFunc(chain, c.Equal) && issued(c, chain[i]) {
				chain = append(chain, c)
			}
		}
	}
	return chain[1:]
}

func issued(by, c *x509.Certificate) bool {
	return bytes.Equal(by.RawSubject, c.RawIssuer) && by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// foreign reports an unsigned attribute that is no time stamp.
func foreign(unsigned map[string][]byte) bool {
	for id := range unsigned {
		if id != oidTimestamp.String() {
			return true
		}
	}
	return false
}
