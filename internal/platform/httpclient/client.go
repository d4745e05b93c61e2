package httpclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"lintel/internal/platform/fault"
)

// Options changes the limits of a Client; the zero value is right for web hooks.
type Options struct {
	// Limit is the longest that a whole exchange may take; zero means 10 seconds.
	Limit time.Duration
	// MaxBytes is the longest answer that is taken, unpacked; zero means 64 KiB.
	MaxBytes int64
	// AllowPrivate lists networks that may be asked although they are not public: the
	// loopback in tests, a self-hosted peer the operator has named. Never a tenant's wish.
	AllowPrivate []netip.Prefix
	// TLS replaces the TLS settings, for a peer with an authority of its own.
	TLS *tls.Config
}

// Client asks other servers. Make it with New; it may be used from many goroutines.
type Client struct {
	http     *http.Client
	limit    time.Duration
	maxBytes int64
}

// Response is a whole answer, in memory.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// ErrTooLarge is returned when the answer has more bytes than the client takes.
var ErrTooLarge = errors.New("the answer is too large")

// ErrPrivate is returned when the address is not a public one. It is in the chain of a
// fault of kind Invalid, for the field where the address was typed.
var ErrPrivate = errors.New("not a public address")

// New makes a client.
func New(options Options) *Client {
	if options.Limit == 0 {
		options.Limit = 10 * time.Second
	}
	if options.MaxBytes == 0 {
		options.MaxBytes = 64 << 10
	}
	dialer := &net.Dialer{
		Timeout: options.Limit,
		// Control sees each address after the name was looked up and before it is
		// connected to, so a name that changes its address gains nothing.
		Control: func(network, address string, _ syscall.RawConn) error {
			return checkAddress(address, options.AllowPrivate)
		},
	}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		Proxy:                  nil, // a proxy would do the dialling, past the check
		TLSClientConfig:        options.TLS,
		TLSHandshakeTimeout:    options.Limit,
		DisableCompression:     true, // unpacked here, with a limit
		MaxResponseHeaderBytes: 32 << 10,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
	return &Client{
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limit:    options.Limit,
		maxBytes: options.MaxBytes,
	}
}

// Do sends the request and reads the whole answer. Redirects come back as the answer
// that they are. Faults: Invalid when the address is not a public http or https one;
// other errors are the network's, and a later try may succeed.
func (c *Client) Do(request *http.Request) (Response, error) {
	if request.URL.Scheme != "https" && request.URL.Scheme != "http" {
		return Response{}, fault.New(fault.Invalid, "The address must begin with https://.")
	}
	ctx, cancel := context.WithTimeout(request.Context(), c.limit)
	defer cancel()
	request = request.Clone(ctx)
	if request.Header.Get("Accept-Encoding") == "" {
		request.Header.Set("Accept-Encoding", "gzip")
	}
	answer, err := c.http.Do(request)
	if errors.Is(err, ErrPrivate) {
		return Response{}, fault.Wrap(fault.Invalid, "This address is on a private network. Only public addresses can be used.", err)
	}
	if err != nil {
		return Response{}, fmt.Errorf("ask %s: %w", request.URL.Host, err)
	}
	defer answer.Body.Close()
	body, err := c.readBody(answer)
	if err != nil {
		return Response{}, fmt.Errorf("read the answer of %s: %w", request.URL.Host, err)
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

// Get asks for an address.
func (c *Client) Get(ctx context.Context, url string) (Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Response{}, fault.Wrap(fault.Invalid, "This is not a web address.", err)
	}
	return c.Do(request)
}

// Post sends a body to an address.
func (c *Client) Post(ctx context.Context, url, contentType string, body []byte) (Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Response{}, fault.Wrap(fault.Invalid, "This is not a web address.", err)
	}
	request.Header.Set("Content-Type", contentType)
	return c.Do(request)
}

// readBody reads to the limit, which counts unpacked bytes: a gzip bomb stops at it.
func (c *Client) readBody(answer *http.Response) ([]byte, error) {
	var body io.Reader = answer.Body
	if strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(io.LimitReader(answer.Body, c.maxBytes+1))
		if err != nil {
			return nil, err
		}
		body = unpacked
		answer.Header.Del("Content-Encoding")
		answer.Header.Del("Content-Length")
	}
	all, err := io.ReadAll(io.LimitReader(body, c.maxBytes+1))
	if int64(len(all)) > c.maxBytes {
		return nil, ErrTooLarge
	}
	return all, err
}
