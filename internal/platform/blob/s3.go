package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"lintel/internal/platform/fault"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// S3Config says where an S3 store is.
type S3Config struct {
	Endpoint  string // URL of the server, empty for Amazon's own
	Region    string // empty means us-east-1, which most other servers take
	Bucket    string // exists already; Lintel does not make or configure buckets
	Prefix    string // before every key, for a shared bucket: "" or "lintel/"
	AccessKey string
	SecretKey string
	// Staging is a local folder for files under way.
	Staging string
}

// Limits of the S3 store.
const (
	largestS3Object = 5 << 30 // bytes that one PUT may carry
	s3Attempts      = 4
	// A read that gets no byte for so long is broken off, and begun again where it stopped.
	readIdle = 30 * time.Second
)

// S3 keeps blobs in a bucket of Amazon S3 or of a server that speaks like it.
type S3 struct {
	*staging
	client *s3.Client
	config S3Config
	http   *http.Client
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
	stage, err := openStaging(config.Staging, uploadsFolder, tempFolder)
	if err != nil {
		return nil, err
	}
	if config.Region == "" {
		config.Region = "us-east-1"
	}
	// Its own client, not httpclient: the operator chose this server, it may well be on
	// the private network, and files are larger than web hooks.
	client := &http.Client{
		Transport: &http.Transport{
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout:   10 * time.Second,
			ResponseHeaderTimeout: time.Minute,
			MaxIdleConnsPerHost:   16,
			IdleConnTimeout:       time.Minute,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	options := s3.Options{
		Region:       config.Region,
		UsePathStyle: config.Endpoint != "",
		Credentials:  credentials.NewStaticCredentialsProvider(config.AccessKey, config.SecretKey, ""),
		HTTPClient:   client,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = s3Attempts
			o.MaxBackoff = longestWait
		}),
		// Reads are checked against our own SHA-256 by whoever cares; not every server
		// sends the checksums that the library would ask for.
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	if config.Endpoint != "" {
		options.BaseEndpoint = aws.String(config.Endpoint)
	}
	return &S3{staging: stage, client: s3.New(options), config: config, http: client}, nil
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

// send brings a complete local file to the bucket and makes sure that it arrived. It
// stops after a minute and the time that 256 KiB/s would take.
func (s *S3) send(ctx context.Context, key string, got received) error {
	if got.Size > largestS3Object {
		return fault.New(fault.TooLarge, "A file may have at most 5 GB.")
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute+time.Duration(got.Size/(256<<10))*time.Second)
	defer cancel()
	file, err := s.root.Open(got.name)
	if err != nil {
		return diskFault("open the received file", err)
	}
	defer file.Close()
	sum, _ := hex.DecodeString(got.SHA256)
	_, err = s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &s.config.Bucket, Key: s.key(key), Body: file, ContentLength: &got.Size,
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum)),
		ContentType:    aws.String("application/octet-stream"),
	})
	if err != nil {
		return s.fault("send a file to S3", err)
	}
	return s.verify(ctx, key, got)
}

// verify looks at what the bucket holds: nothing is acknowledged on the word of the
// answer to PUT alone (faults.md row 17).
func (s *S3) verify(ctx context.Context, key string, got received) error {
	head, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.config.Bucket, Key: s.key(key), ChecksumMode: types.ChecksumModeEnabled})
	if isAbsent(err) {
		return fault.Wrap(fault.Unavailable, errUnreachable.Message, errors.New("S3 accepted a file and does not have it"))
	}
	if err != nil {
		return s.fault("look at a file in S3", err)
	}
	sum, _ := base64.StdEncoding.DecodeString(aws.ToString(head.ChecksumSHA256))
	switch {
	case aws.ToInt64(head.ContentLength) != got.Size:
		// A wrong size is wrong, whatever else is said.
	case hex.EncodeToString(sum) == got.SHA256, strings.Trim(aws.ToString(head.ETag), `"`) == got.md5:
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
	head, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.config.Bucket, Key: s.key(key)})
	if err != nil {
		return Info{}, s.fault("look at a file in S3", err)
	}
	return Info{Key: key, Size: aws.ToInt64(head.ContentLength), Modified: aws.ToTime(head.LastModified).UTC()}, nil
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.config.Bucket, Key: s.key(key)})
	if err != nil && !isAbsent(err) {
		return s.fault("delete a file in S3", err)
	}
	return nil
}

// Walk implements Store.
func (s *S3) Walk(ctx context.Context, visit func(Info) error) error {
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.config.Bucket, Prefix: s.key("")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.fault("list the files in S3", err)
		}
		for _, object := range page.Contents {
			key := strings.TrimPrefix(aws.ToString(object.Key), s.config.Prefix)
			if checkKey(key) != nil {
				continue // not ours
			}
			info := Info{Key: key, Size: aws.ToInt64(object.Size), Modified: aws.ToTime(object.LastModified).UTC()}
			if err := visit(info); err != nil {
				return err
			}
		}
	}
	return nil
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
	s.http.CloseIdleConnections()
	return s.root.Close()
}

func (s *S3) key(key string) *string { return aws.String(s.config.Prefix + key) }

var errUnreachable = fault.New(fault.Unavailable, "The store for files does not answer as it should. Please try again later.")

// fault turns an answer of the server, or none, into what a person may read; the cause
// says for the operator which setting to look at.
func (s *S3) fault(doing string, err error) error {
	if isAbsent(err) {
		return absent()
	}
	var answer smithy.APIError
	advice := "no answer"
	if errors.As(err, &answer) {
		switch answer.ErrorCode() {
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
		default:
			advice = "the server answers " + answer.ErrorCode()
		}
	}
	return fault.Wrap(fault.Unavailable, errUnreachable.Message, fmt.Errorf("%s: %s: %w", doing, advice, err))
}

func isAbsent(err error) bool {
	var noKey *types.NoSuchKey
	var notFound *types.NotFound
	if errors.As(err, &noKey) || errors.As(err, &notFound) {
		return true
	}
	var answer smithy.APIError
	return errors.As(err, &answer) && (answer.ErrorCode() == "NoSuchKey" || answer.ErrorCode() == "NotFound")
}
