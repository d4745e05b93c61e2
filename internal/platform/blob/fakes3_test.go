package blob

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	testBucket = "lintel-files"
	testAccess = "S3RVER" // the one that s3rver knows
	testSecret = "S3RVER-but-longer-and-not-its-own"
)

// checkSignatures refuses every request that is not signed with the secret, by AWS
// Signature Version 4 as Amazon describes it, body included. It is written from the
// description and shares no code with the client library.
func checkSignatures(secretKey string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if code := signatureProblem(r, body, secretKey); code != "" {
			s3Error(w, http.StatusForbidden, code)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func signatureProblem(r *http.Request, body []byte, secretKey string) string {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return "AccessDenied"
	}
	fields := map[string]string{}
	for _, field := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 || scope[0] != testAccess {
		return "InvalidAccessKeyId"
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(at).Abs() > 15*time.Minute || at.Format("20060102") != scope[1] {
		return "RequestTimeTooSkewed"
	}
	sum := sha256.Sum256(body)
	payload := r.Header.Get("X-Amz-Content-Sha256")
	if payload != hex.EncodeToString(sum[:]) {
		return "XAmzContentSHA256Mismatch"
	}
	signed := strings.Split(fields["SignedHeaders"], ";")
	if !slices.Contains(signed, "host") || !slices.Contains(signed, "x-amz-date") || !slices.Contains(signed, "x-amz-content-sha256") {
		return "AccessDenied"
	}
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20") + "\n"
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(r.ContentLength)
		}
		canonical += name + ":" + strings.Join(strings.Fields(value), " ") + "\n"
	}
	canonical += "\n" + fields["SignedHeaders"] + "\n" + payload
	digest := sha256.Sum256([]byte(canonical))
	toSign := "AWS4-HMAC-SHA256\n" + at.Format("20060102T150405Z") + "\n" + strings.Join(scope[1:], "/") + "\n" + hex.EncodeToString(digest[:])
	key := []byte("AWS4" + secretKey)
	for _, part := range append(scope[1:], toSign) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if hex.EncodeToString(key) != fields["Signature"] {
		return "SignatureDoesNotMatch"
	}
	return ""
}

func s3Error(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>refused</Message></Error>", code)
}

// fakeS3 is the part of S3 that the store uses, in memory, with faults on request.
type fakeS3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	parts   map[string]map[string][]byte // of uploads under way: by key, then by number
	begun   time.Time                    // when they began, as far as anybody asks
	asked   []string                     // "PUT /bucket/key" of every request
	// fault, when set, may answer a request itself; true means it did.
	fault func(w http.ResponseWriter, r *http.Request) bool
}

func newFakeS3() *fakeS3 {
	return &fakeS3{objects: map[string][]byte{}, parts: map[string]map[string][]byte{}}
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r.Method+" "+r.URL.Path)
	if f.fault != nil && f.fault(w, r) {
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != testBucket {
		s3Error(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	switch {
	case r.URL.Query().Has("uploads") || r.URL.Query().Has("uploadId"):
		f.serveParts(w, r, key)
	case r.Method == "GET" && key == "":
		f.list(w, r.URL.Query())
	case r.Method == "PUT":
		body, _ := io.ReadAll(r.Body)
		f.objects[key] = body
		w.Header().Set("ETag", etag(body))
	case r.Method == "DELETE":
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		body, ok := f.objects[key]
		if !ok {
			s3Error(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", etag(body))
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Now(), bytes.NewReader(body))
	}
}

// serveParts keeps the parts of one upload a key, which is called like the key.
func (f *fakeS3) serveParts(w http.ResponseWriter, r *http.Request, key string) {
	body, _ := io.ReadAll(r.Body)
	parts, begun := f.parts[key]
	switch {
	case r.Method == "GET":
		fmt.Fprint(w, "<ListMultipartUploadsResult>")
		for key := range f.parts {
			fmt.Fprintf(w, "<Upload><Key>%s</Key><UploadId>%[1]s</UploadId><Initiated>%s</Initiated></Upload>", key, f.begun.UTC().Format(time.RFC3339))
		}
		fmt.Fprint(w, "</ListMultipartUploadsResult>")
	case r.URL.Query().Has("uploads"):
		f.parts[key] = map[string][]byte{}
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", key)
	case !begun:
		s3Error(w, http.StatusNotFound, "NoSuchUpload")
	case r.Method == "PUT":
		parts[r.URL.Query().Get("partNumber")] = body
		w.Header().Set("ETag", etag(body))
	case r.Method == "DELETE":
		delete(f.parts, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		var named struct{ Part []s3Part }
		xml.Unmarshal(body, &named)
		f.objects[key] = nil
		for _, part := range named.Part {
			f.objects[key] = append(f.objects[key], parts[fmt.Sprint(part.PartNumber)]...)
		}
		delete(f.parts, key)
		fmt.Fprint(w, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")
	}
}

// list gives two keys a page, so that paging is used.
func (f *fakeS3) list(w http.ResponseWriter, query url.Values) {
	type content struct {
		Key          string
		Size         int
		LastModified string
	}
	answer := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}{}
	var keys []string
	for key := range f.objects {
		if strings.HasPrefix(key, query.Get("prefix")) && key > query.Get("continuation-token") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) > 2 {
		keys = keys[:2]
		answer.IsTruncated, answer.NextContinuationToken = true, keys[1]
	}
	for _, key := range keys {
		answer.Contents = append(answer.Contents, content{key, len(f.objects[key]), time.Now().UTC().Format(time.RFC3339)})
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(answer)
}

func etag(body []byte) string {
	sum := md5.Sum(body)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
