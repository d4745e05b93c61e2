package pdf

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"time"

	"crypto/x509/pkix"
)

// TimestampRequest is the body to POST to a time stamp authority as
// application/timestamp-query (RFC 3161) for a SHA-256 digest. The caller owns the
// connection; give its answer to ParseTimestampResponse.
func TimestampRequest(digest []byte) []byte {
	return der(tagSequence,
		[]byte{tagInteger, 1, 1},
		der(tagSequence, der(tagSequence, oid(oidSHA256), []byte{5, 0}), der(tagOctets, digest)),
		[]byte{1, 1, 0xFF}, // send the certificate along
	)
}

// ParseTimestampResponse reads the authority's answer, checks that it is for the digest
// and correctly signed, and gives the token and the time in it. It does not decide
// whether the authority is to be trusted: the caller chose it.
func ParseTimestampResponse(response, digest []byte) (token []byte, at time.Time, err error) {
	var answer struct {
		Status struct{ Status int }
		Token  asn1.RawValue `asn1:"optional"`
	}
	rest, err := asn1.Unmarshal(response, &answer)
	if err != nil || len(rest) > 0 {
		return nil, time.Time{}, errors.New("read time stamp: not an answer of RFC 3161")
	}
	if answer.Status.Status > 1 || len(answer.Token.FullBytes) == 0 {
		return nil, time.Time{}, errors.New("read time stamp: the authority refused")
	}
	stamp, err := verifyTimestamp(answer.Token.FullBytes, digest)
	if err != nil {
		return nil, time.Time{}, err
	}
	return answer.Token.FullBytes, stamp.at, nil
}

type timestamp struct {
	at        time.Time
	authority *x509.Certificate
}

// verifyTimestamp checks a token of RFC 3161 against a SHA-256 digest.
func verifyTimestamp(token, digest []byte) (timestamp, error) {
	broken := errors.New("the time stamp is broken")
	sd, list, err := parseCMS(token)
	if err != nil {
		return timestamp{}, broken
	}
	var content []byte
	if rest, err := asn1.Unmarshal(sd.Content.Content.Bytes, &content); err != nil || len(rest) > 0 {
		return timestamp{}, broken
	}
	certificate, _, err := verifySigner(sd, list, oidTSTInfo, content)
	if err != nil {
		return timestamp{}, err
	}
	if !slices.Contains(certificate.ExtKeyUsage, x509.ExtKeyUsageTimeStamping) {
		return timestamp{}, errors.New("the time stamp's certificate is not meant for time stamps")
	}
	var info struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint struct {
			Algorithm pkix.AlgorithmIdentifier
			Hash      []byte
		}
		Serial *big.Int
		Time   asn1.RawValue
	}
	if _, err := asn1.Unmarshal(content, &info); err != nil {
		return timestamp{}, broken
	}
	if !info.Imprint.Algorithm.Algorithm.Equal(oidSHA256) || len(digest) != sha256.Size || !bytes.Equal(info.Imprint.Hash, digest) {
		return timestamp{}, errors.New("the time stamp is for something else")
	}
	at, err := time.Parse("20060102150405.999999999Z", string(info.Time.Bytes))
	if err != nil || at.Before(certificate.NotBefore) || at.After(certificate.NotAfter) {
		return timestamp{}, broken
	}
	return timestamp{at.UTC(), certificate}, nil
}
