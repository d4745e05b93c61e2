package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lintel/internal/platform/fault"
)

// S3Config says where an S3 store is.
type S3Config struct {
	Endpoint  string // URL of the server, empty for Amazon's own
	Region    string // empty means us-east-1, which most other servers take
	Bucket    string // exists already; Lintel does not make or configure buckets
	Prefix    string // before every key, for a shared bucket: "" or "lintel/"
	AccessKey string
	SecretKey string
	// PathStyle puts the bucket's name into the path of the Endpoint and not before its
	// host. Amazon's own service always gets it before the host.
	PathStyle bool
	// Staging is a local folder for files under way.
	Staging string
}

// Limits of the S3 store.
const (
	// Larger files go in parts of this size, each tried again for itself.
	s3PartBytes = 64 << 20
	mostS3Parts = 10_000
	// A read that gets no byte for so long is broken off, and begun again where it stopped.
	readIdle = 30 * time.Second
)

// S3 keeps blobs in a bucket of Amazon S3 or of a server that speaks like it.
type S3 struct {
	*staging
	client    *s3Client
	config    S3Config
	partBytes int64
}

// OpenS3 opens a bucket as a store. It does not speak to the server yet; Check does.
func OpenS3(config S3Config) (*S3, error) {
	return openS3(config, 2*time.Second)
}

// openS3 takes the longest wait between two tries, which tests make short.
func openS3(config S3Config, longestWait time.Duration) (*S3, error) {
	if config.Bucket == "" || config.AccessKey == "" || config.SecretKey == "" {
		return nil, errors.New("the S3 store needs a bucket, an access key and a secret key")
	}
	if config.Region == "" {
		config.Region = "us-east-1"
	}
	client, err := newS3Client(config, longestWait)
	if err != nil {
		return nil, err
	}
	stage, err := openStaging(config.Staging, uploadsFolder, tempFolder)
	if err != nil {
		return nil, err
	}
	return &S3{staging: stage, client: client, config: config, partBytes: s3PartBytes}, nil
}

// Put implements Store.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) (Stored, error) {
	if err := checkKey(key); err != nil {
		return Stored{}, err
	}
	got, err := s.receive(ctx, r, size)
	if err != nil {
		return Stored{}, err
	}
	defer s.root.Remove(got.name)
	return got.Stored, s.send(ctx, key, got)
}

// FinishUpload implements Store.
func (s *S3) FinishUpload(ctx context.Context, upload, key string) (Stored, error) {
	if err := checkKey(key); err != nil {
		return Stored{}, err
	}
	done, err := s.take(upload)
	if err != nil {
		return Stored{}, err
	}
	defer done()
	got, err := s.hashUpload(ctx, upload)
	if fault.Is(err, fault.NotFound) {
		return hashBlob(ctx, s, key) // finished before the crash
	}
	if err != nil {
		return Stored{}, err
	}
	if err := s.send(ctx, key, got); err != nil {
		return Stored{}, err // the upload stays, to be finished later
	}
	return got.Stored, s.remove(got.name)
}

// send brings a complete local file to the bucket and makes sure that it arrived.
func (s *S3) send(ctx context.Context, key string, got received) error {
	if got.Size > mostS3Parts*s.partBytes {
		return fault.New(fault.TooLarge, "This file is too large for the store of files.")
	}
	file, err := s.root.Open(got.name)
	if err != nil {
		return diskFault("open the received file", err)
	}
	defer file.Close()
	if got.Size > s.partBytes {
		tag, err := s.sendParts(ctx, key, file, got.Size)
		if err != nil {
			return err
		}
		return s.verify(ctx, key, got, tag)
	}
	sum, err := hex.DecodeString(got.SHA256)
	if err != nil {
		return fmt.Errorf("send a file to S3: %w", err)
	}
	sending, cancel := context.WithTimeout(ctx, sendLimit(got.Size))
	defer cancel()
	_, err = s.client.tell(sending, s3Request{method: http.MethodPut, key: s.key(key), body: io.NewSectionReader(file, 0, got.Size), bodySHA256: got.SHA256,
		header: map[string]string{"Content-Type": "application/octet-stream", "X-Amz-Checksum-Sha256": base64.StdEncoding.EncodeToString(sum)}})
	if err != nil {
		return s.fault("send a file to S3", err)
	}
	return s.verify(ctx, key, got, got.md5)
}

// sendLimit is a minute and the time that 256 KiB/s would take.
func sendLimit(size int64) time.Duration {
	return time.Minute + time.Duration(size/(256<<10))*time.Second
}

// verify looks at what the bucket holds: nothing is acknowledged on the word of the
// answer to PUT alone (faults.md row 17). tag is the ETag that most servers would show.
func (s *S3) verify(ctx context.Context, key string, got received, tag string) error {
	looking, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	head, err := s.client.tell(looking, s3Request{method: http.MethodHead, key: s.key(key), header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}})
	if isAbsent(err) {
		return fault.Wrap(fault.Unavailable, errUnreachable.Message, errors.New("S3 accepted a file and does not have it"))
	}
	if err != nil {
		return s.fault("look at a file in S3", err)
	}
	sum, _ := base64.StdEncoding.DecodeString(head.Get("X-Amz-Checksum-Sha256"))
	switch {
	case sizeIn(head) != got.Size:
		// A wrong size is wrong, whatever else is said.
	case hex.EncodeToString(sum) == got.SHA256, strings.Trim(head.Get("ETag"), `"`) == tag:
		return nil
	default: // the server shows no hash that we know: read it back
		stored, err := hashBlob(ctx, s, key)
		if err != nil {
			return err
		}
		if stored == got.Stored {
			return nil
		}
	}
	if err := s.Delete(ctx, key); err != nil {
		return err
	}
	return fault.Wrap(fault.Unavailable, errUnreachable.Message, errors.New("S3 holds other bytes than were sent"))
}

// sizeIn is the size that the headers of an answer tell, or -1.
func sizeIn(head http.Header) int64 {
	size, err := strconv.ParseInt(head.Get("Content-Length"), 10, 64)
	if err != nil {
		return -1
	}
	return size
}

// Open implements Store.
func (s *S3) Open(ctx context.Context, key string) (Object, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	return &s3Object{ctx: ctx, store: s, info: info}, nil
}

// Stat implements Store.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	head, err := s.client.tell(ctx, s3Request{method: http.MethodHead, key: s.key(key)})
	if err != nil {
		return Info{}, s.fault("look at a file in S3", err)
	}
	size := sizeIn(head)
	if size < 0 {
		return Info{}, s.fault("look at a file in S3", errors.New("the server tells no size"))
	}
	modified, _ := http.ParseTime(head.Get("Last-Modified")) // no time is known when there is none
	return Info{Key: key, Size: size, Modified: modified.UTC()}, nil
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := s.client.tell(ctx, s3Request{method: http.MethodDelete, key: s.key(key)})
	if err != nil && !isAbsent(err) {
		return s.fault("delete a file in S3", err)
	}
	return nil
}

// Walk implements Store.
func (s *S3) Walk(ctx context.Context, visit func(Info) error) error {
	next := ""
	for {
		page, err := s.list(ctx, next)
		if err != nil {
			return s.fault("list the files in S3", err)
		}
		for _, object := range page.Contents {
			key := strings.TrimPrefix(object.Key, s.config.Prefix)
			if checkKey(key) != nil {
				continue // not ours
			}
			if err := visit(Info{Key: key, Size: object.Size, Modified: object.LastModified.UTC()}); err != nil {
				return err
			}
		}
		next = page.NextContinuationToken
		if !page.IsTruncated || next == "" {
			return nil
		}
	}
}

// s3Page is a page of a list of objects.
type s3Page struct {
	IsTruncated           bool
	NextContinuationToken string
	Contents              []struct {
		Key          string
		Size         int64
		LastModified time.Time
	}
}

func (s *S3) list(ctx context.Context, after string) (page s3Page, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	query := url.Values{"list-type": {"2"}, "prefix": {s.config.Prefix}}
	if after != "" {
		query.Set("continuation-token", after)
	}
	_, err = s.client.do(ctx, s3Request{method: http.MethodGet, query: query, into: &page})
	return page, err
}

// Check implements Store.
func (s *S3) Check(ctx context.Context) error {
	failed := s.failed.Swap(false)
	if err := check(ctx, s); err != nil {
		s.failed.CompareAndSwap(false, failed)
		return fmt.Errorf("the S3 bucket %s does not work: %w", s.config.Bucket, err)
	}
	return nil
}

// Close implements Store.
func (s *S3) Close() error {
	s.client.http.CloseIdleConnections()
	return s.root.Close()
}

func (s *S3) key(key string) string { return s.config.Prefix + key }

var errUnreachable = fault.New(fault.Unavailable, "The store for files does not answer as it should. Please try again later.")

// fault turns an answer of the server, or none, into what a person may read; the cause
// says for the operator which setting to look at.
func (s *S3) fault(doing string, err error) error {
	if isAbsent(err) {
		return absent()
	}
	var answer *s3Answer
	advice := "no answer"
	if errors.As(err, &answer) {
		switch answer.Code {
		case "InvalidAccessKeyId", "XAdminUserNotFound": // the second is versitygw's
			advice = "the server does not know the access key"
		case "SignatureDoesNotMatch":
			advice = "the secret key is wrong"
		case "AccessDenied", "Forbidden":
			advice = "the access key may not use the bucket, or it or the secret key is wrong"
		case "NoSuchBucket":
			advice = "there is no such bucket"
		case "RequestTimeTooSkewed":
			advice = "this machine's clock is off"
		case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
			advice = "the bucket is in another region, or at another address"
		default:
			advice = "the server answers " + answer.Code
		}
	}
	return fault.Wrap(fault.Unavailable, errUnreachable.Message, fmt.Errorf("%s: %s: %w", doing, advice, err))
}

func isAbsent(err error) bool {
	var answer *s3Answer
	return errors.As(err, &answer) && (answer.Code == "NoSuchKey" || answer.Code == "NotFound")
}
