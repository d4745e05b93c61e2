package blob

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// s3Client asks a server that speaks like Amazon S3: one request at a time, signed, and
// again when the server stumbles. What the requests mean is the business of S3.
type s3Client struct {
	keys   s3Keys
	server *url.URL // the bucket's: with its name in the host or at the end of the path
	http   *http.Client
	// longestWait is the most between two tries.
	longestWait time.Duration
}

// s3Request is what a try is made from.
type s3Request struct {
	method, key string // the key with its prefix; none means the bucket
	query       url.Values
	header      map[string]string
	body        *io.SectionReader // nil: none
	bodySHA256  string            // hex
	into        any               // where the XML of the answer goes; nil leaves the body to the caller
}

// s3Answer is an answer that says no.
type s3Answer struct {
	status int
	Code   string
}

func (a *s3Answer) Error() string { return fmt.Sprintf("the answer is %d %s", a.status, a.Code) }

const (
	s3Attempts = 4
	// Bodies over this wait until the server has said that it wants them.
	expectOver = 2 << 20
)

func newS3Client(config S3Config, longestWait time.Duration) (*s3Client, error) {
	server, err := bucketURL(config)
	if err != nil {
		return nil, err
	}
	// Its own client, not httpclient: the operator chose this server, it may well be on
	// the private network, and files are larger than web hooks.
	return &s3Client{
		keys:   s3Keys{access: config.AccessKey, secret: config.SecretKey, region: config.Region},
		server: server, longestWait: longestWait,
		http: &http.Client{
			Transport: &http.Transport{
				DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
				TLSHandshakeTimeout:   10 * time.Second,
				ExpectContinueTimeout: time.Second,
				ResponseHeaderTimeout: time.Minute,
				MaxIdleConnsPerHost:   16,
				IdleConnTimeout:       time.Minute,
				ForceAttemptHTTP2:     true,
				DisableCompression:    true, // sizes and ranges are those of the file
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// bucketURL is where the bucket's objects begin. The bucket's name goes into the path when
// the operator says so, or when it cannot stand in a name of the net.
func bucketURL(config S3Config) (*url.URL, error) {
	endpoint := config.Endpoint
	if endpoint == "" {
		endpoint = "https://s3." + config.Region + ".amazonaws.com"
	}
	server, err := url.Parse(endpoint)
	if err != nil || server.Scheme != "https" && server.Scheme != "http" || server.Host == "" || server.RawQuery != "" {
		return nil, errors.New("the address of the S3 service is not a web address")
	}
	// The port that goes without saying is left out by some on the way, and then the
	// signature, which has it, is wrong.
	if port := server.Port(); server.Scheme == "https" && port == "443" || server.Scheme == "http" && port == "80" {
		server.Host = strings.TrimSuffix(server.Host, ":"+port)
	}
	server.Path, server.RawPath = strings.TrimSuffix(server.Path, "/"), ""
	pathStyle := config.PathStyle && config.Endpoint != ""
	if pathStyle || !isHostLabel(config.Bucket) || net.ParseIP(server.Hostname()) != nil {
		server.Path += "/" + config.Bucket
		return server, nil
	}
	server.Host = config.Bucket + "." + server.Host
	return server, nil
}

// isHostLabel says whether a bucket's name may stand before the host's: a name with dots is
// covered by no certificate.
func isHostLabel(bucket string) bool {
	for _, c := range bucket {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return len(bucket) <= 63 && !strings.HasPrefix(bucket, "-") && !strings.HasSuffix(bucket, "-")
}

// do asks until there is an answer that another try would not change. The caller closes the
// body of an answer that says yes, unless it went into something; one that says no is the
// error.
func (c *s3Client) do(ctx context.Context, r s3Request) (*http.Response, error) {
	for try := 1; ; try++ {
		answer, err := c.ask(ctx, r)
		if err == nil || try == s3Attempts || ctx.Err() != nil || !mayPass(err) {
			return answer, err
		}
		if err := c.wait(ctx, try); err != nil {
			return nil, err
		}
	}
}

// tell asks for something whose answer has no body that matters.
func (c *s3Client) tell(ctx context.Context, r s3Request) (http.Header, error) {
	answer, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	return answer.Header, nil
}

// wait lets the server recover: twice as long each time, and not as long as everybody else.
func (c *s3Client) wait(ctx context.Context, try int) error {
	most := min(c.longestWait, 100*time.Millisecond<<try)
	timer := time.NewTimer(most/2 + rand.N(most/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// mayPass says whether the same request may succeed a moment later.
func mayPass(err error) bool {
	var answer *s3Answer
	if !errors.As(err, &answer) {
		return true // no answer at all
	}
	switch answer.Code {
	case "RequestTimeout", "RequestTimeoutException", "SlowDown", "Throttling", "InternalError":
		return true
	}
	return answer.status >= 500 && answer.status != http.StatusNotImplemented || answer.status == http.StatusTooManyRequests
}

func (c *s3Client) ask(ctx context.Context, r s3Request) (*http.Response, error) {
	request, err := c.request(ctx, r)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 == 2 && r.into == nil {
		return answer, nil
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return nil, readRefusal(answer)
	}
	return answer, readXML(answer, r.into)
}

func (c *s3Client) request(ctx context.Context, r s3Request) (*http.Request, error) {
	target := *c.server
	if r.key != "" || target.Path == "" {
		target.Path += "/" + r.key
	}
	target.RawPath = escapeS3(target.Path, true)
	target.RawQuery = queryS3(r.query)
	request, err := http.NewRequestWithContext(ctx, r.method, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("make a request to S3: %w", err)
	}
	for name, value := range r.header {
		request.Header.Set(name, value)
	}
	sum := emptySHA256
	if r.body != nil {
		sum = r.bodySHA256
		request.ContentLength = r.body.Size()
		request.Body = http.NoBody
		if r.body.Size() > 0 {
			// A reader of its own: the try before may still be reading.
			request.Body = io.NopCloser(io.NewSectionReader(r.body, 0, r.body.Size()))
		}
		if r.body.Size() > expectOver {
			request.Header.Set("Expect", "100-continue")
		}
	}
	c.keys.sign(request, sum, time.Now())
	return request, nil
}

// emptySHA256 is the hash of no bytes.
const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// readRefusal reads the code that says why. Answers to HEAD have no body, and their status
// says it.
func readRefusal(answer *http.Response) error {
	refusal := s3Answer{status: answer.StatusCode}
	raw, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if xml.Unmarshal(raw, &refusal) != nil || refusal.Code == "" {
		refusal.Code = strings.ReplaceAll(http.StatusText(answer.StatusCode), " ", "")
	}
	return &refusal
}

// readXML reads an answer in XML. Some requests are answered 200 before they have succeeded,
// and the body says that they did not.
func readXML(answer *http.Response, into any) error {
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	var name struct{ XMLName xml.Name }
	if err := xml.Unmarshal(raw, &name); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if name.XMLName.Local == "Error" {
		refusal := s3Answer{status: http.StatusInternalServerError}
		if err := xml.Unmarshal(raw, &refusal); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		return &refusal
	}
	if err := xml.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
