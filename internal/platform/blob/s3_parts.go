package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// s3Part is a part that has arrived, as the server wants it named at the end.
type s3Part struct {
	PartNumber int
	ETag       string
}

// sendParts brings a large file to the bucket in parts, so that what breaks near the end is
// not begun again. It answers with the ETag that most servers give to such a file: the MD5
// of the parts' MD5s. When it fails, nothing of the file is left in the bucket.
func (s *S3) sendParts(ctx context.Context, key string, file io.ReaderAt, size int64) (tag string, err error) {
	upload, err := s.beginParts(ctx, key)
	if err != nil {
		return "", s.fault("begin to send a file to S3", err)
	}
	var parts []s3Part
	tags := md5.New()
	for at := int64(0); at < size; at += s.partBytes {
		body := io.NewSectionReader(file, at, min(s.partBytes, size-at))
		part, sum, err := s.sendPart(ctx, key, upload, len(parts)+1, body)
		if err != nil {
			s.dropParts(ctx, key, upload)
			return "", s.fault("send a file to S3", err)
		}
		parts = append(parts, part)
		tags.Write(sum)
	}
	if err := s.joinParts(ctx, key, upload, parts); err != nil {
		s.dropParts(ctx, key, upload)
		return "", s.fault("end to send a file to S3", err)
	}
	return fmt.Sprintf("%x-%d", tags.Sum(nil), len(parts)), nil
}

func (s *S3) beginParts(ctx context.Context, key string) (upload string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var begun struct{ UploadId string }
	_, err = s.client.do(ctx, s3Request{method: http.MethodPost, key: s.key(key), query: url.Values{"uploads": {""}},
		header: map[string]string{"Content-Type": "application/octet-stream"}, into: &begun})
	if err == nil && begun.UploadId == "" {
		err = errors.New("the server gives no name for the upload")
	}
	return begun.UploadId, err
}

// sendPart reads a part twice: for its hash, which is signed, and to send it.
func (s *S3) sendPart(ctx context.Context, key, upload string, number int, body *io.SectionReader) (s3Part, []byte, error) {
	sha, sum := sha256.New(), md5.New()
	if _, err := copyBytes(ctx, io.MultiWriter(sha, sum), body); err != nil {
		return s3Part{}, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit(body.Size()))
	defer cancel()
	head, err := s.client.tell(ctx, s3Request{method: http.MethodPut, key: s.key(key), body: body, bodySHA256: hex.EncodeToString(sha.Sum(nil)),
		query: url.Values{"partNumber": {fmt.Sprint(number)}, "uploadId": {upload}}})
	if err != nil {
		return s3Part{}, nil, err
	}
	return s3Part{number, head.Get("ETag")}, sum.Sum(nil), nil
}

// joinParts makes the parts one file. Servers take their time for it.
func (s *S3) joinParts(ctx context.Context, key, upload string, parts []s3Part) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	all, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUpload"`
		Part    []s3Part
	}{Part: parts})
	if err != nil {
		return fmt.Errorf("name the parts: %w", err)
	}
	sum := sha256.Sum256(all)
	_, err = s.client.do(ctx, s3Request{method: http.MethodPost, key: s.key(key), query: url.Values{"uploadId": {upload}},
		header: map[string]string{"Content-Type": "application/xml"}, into: &struct{}{},
		body: io.NewSectionReader(bytes.NewReader(all), 0, int64(len(all))), bodySHA256: hex.EncodeToString(sum[:])})
	var answer *s3Answer
	if errors.As(err, &answer) && answer.Code == "NoSuchUpload" {
		return nil // an earlier try did it and its answer was lost; the look at the file decides
	}
	return err
}

// dropParts throws away what arrived of a file that will not be whole. It also works when
// the request that brought the file has ended. What it misses, Sweep finds.
func (s *S3) dropParts(ctx context.Context, key, upload string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	_, _ = s.client.tell(ctx, s3Request{method: http.MethodDelete, key: s.key(key), query: url.Values{"uploadId": {upload}}})
}

// Sweep implements Store: it also throws away parts in the bucket that a crash left there.
func (s *S3) Sweep(ctx context.Context, before time.Time) (int, error) {
	removed, err := s.staging.Sweep(ctx, before)
	if err != nil {
		return removed, err
	}
	listing, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var begun struct {
		Upload []struct {
			Key, UploadId string
			Initiated     time.Time
		}
	}
	_, err = s.client.do(listing, s3Request{method: http.MethodGet, query: url.Values{"uploads": {""}, "prefix": {s.config.Prefix}}, into: &begun})
	var answer *s3Answer
	if errors.As(err, &answer) {
		return removed, nil // this server, or this key, does not show them
	}
	if err != nil {
		return removed, s.fault("look for abandoned uploads in S3", err)
	}
	for _, upload := range begun.Upload {
		key, ours := strings.CutPrefix(upload.Key, s.config.Prefix)
		if ours && checkKey(key) == nil && upload.Initiated.Before(before) {
			s.dropParts(ctx, key, upload.UploadId)
			removed++
		}
	}
	return removed, nil
}
