package blob

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// s3Keys sign requests by AWS Signature Version 4, as Amazon describes it for S3.
//
// Amazon's own library has a package for this, which brings 25 others with it.
type s3Keys struct {
	access, secret, region string
}

// sign adds the headers that prove who asks. The body's hash is part of what is signed, so
// the server refuses bytes that changed on the way. Every header that is there by now is
// signed, except Expect, which a server on the way may take out.
func (k s3Keys) sign(r *http.Request, bodySHA256 string, now time.Time) {
	at := now.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", at)
	r.Header.Set("X-Amz-Content-Sha256", bodySHA256)
	names := []string{"host"}
	for name := range r.Header {
		if name != "Expect" {
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	signed := strings.Join(names, ";")
	canonical := sha256.Sum256([]byte(canonicalRequest(r, names, bodySHA256)))

	scope := at[:8] + "/" + k.region + "/s3/aws4_request"
	toSign := "AWS4-HMAC-SHA256\n" + at + "\n" + scope + "\n" + hex.EncodeToString(canonical[:])
	key := []byte("AWS4" + k.secret)
	for _, part := range []string{at[:8], k.region, "s3", "aws4_request", toSign} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+k.access+"/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(key))
}

func canonicalRequest(r *http.Request, names []string, bodySHA256 string) string {
	var b strings.Builder
	b.WriteString(r.Method + "\n" + r.URL.EscapedPath() + "\n" + r.URL.RawQuery + "\n")
	for _, name := range names {
		value := r.Host
		if name != "host" {
			value = strings.Join(r.Header.Values(name), ",")
		}
		b.WriteString(name + ":" + strings.Join(strings.Fields(value), " ") + "\n")
	}
	b.WriteString("\n" + strings.Join(names, ";") + "\n" + bodySHA256)
	return b.String()
}

// escapeS3 writes text as Amazon signs it: everything but letters, digits and -_.~ as %XX.
// A path keeps its slashes.
func escapeS3(text string, path bool) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~", c) >= 0, path && c == '/':
			b.WriteByte(c)
		default:
			b.WriteString("%" + string(hexDigits[c>>4]) + string(hexDigits[c&15]))
		}
	}
	return b.String()
}

// queryS3 writes a query in the one order and spelling that is signed.
func queryS3(values url.Values) string {
	var pairs []string
	for name, all := range values {
		for _, value := range all {
			pairs = append(pairs, escapeS3(name, false)+"="+escapeS3(value, false))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}
