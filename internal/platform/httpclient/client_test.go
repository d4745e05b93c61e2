package httpclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lintel/internal/platform/fault"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func TestG02ANameThatTurnsPrivateIsRefusedAtTheDial(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1.2.3"} {
		_, err := New(Options{}).Get(context.Background(), "http://"+host+port+"/")
		if !fault.Is(err, fault.Invalid) || !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("the private server was asked %d times", asked.Load())
	}
	if _, err := New(Options{AllowPrivate: loopback}).Get(context.Background(), server.URL); err != nil || asked.Load() != 1 {
		t.Errorf("an allowed network: %v, asked %d times", err, asked.Load())
	}
}

func TestG02OnlyPublicAddressesAreDialled(t *testing.T) {
	for _, address := range []string{
		"127.0.0.1:80", "10.1.2.3:80", "172.16.0.1:80", "172.31.255.255:80", "192.168.1.1:443", "169.254.169.254:80", "100.64.0.1:80",
		"100.127.255.255:80", "0.0.0.0:80", "0.1.2.3:80", "224.0.0.1:80", "255.255.255.255:80", "240.0.0.1:80", "198.18.0.1:80", "192.0.2.1:80",
		"[::]:80", "[::1]:80", "[::ffff:10.0.0.1]:80", "[::ffff:169.254.169.254]:80", "[::7f00:1]:80", "[fe80::1%eth0]:80", "[fc00::1]:80", "[fd12::1]:80",
		"[ff02::1]:80", "[64:ff9b::7f00:1]:80", "[2002:7f00:1::]:80", "[2001:db8::1]:80", "[2001::1]:80", "[fec0::1]:80", "not an address",
	} {
		if err := checkAddress(address, nil); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s would be dialled: %v", address, err)
		}
	}
	for _, address := range []string{"93.184.216.34:443", "8.8.8.8:53", "172.32.0.1:80", "100.128.0.1:80", "[2606:2800:220:1::1]:443", "[::ffff:8.8.8.8]:80"} {
		if err := checkAddress(address, nil); err != nil {
			t.Errorf("%s is public: %v", address, err)
		}
	}
	if err := checkAddress("[::ffff:127.0.0.1]:80", loopback); err != nil {
		t.Errorf("a mapped address of an allowed network: %v", err)
	}
}

func TestG03ARedirectIsNotFollowed(t *testing.T) {
	var asked atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer target.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target.URL+"/inside", status)
		}))
		answer, err := New(Options{AllowPrivate: loopback}).Post(context.Background(), server.URL, "application/json", []byte("{}"))
		server.Close()
		if err != nil || answer.Status != status {
			t.Errorf("%d: got %d, %v", status, answer.Status, err)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("the target was asked %d times", asked.Load())
	}
}

func TestG05ASlowAnswerIsCut(t *testing.T) {
	done := make(chan bool)
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(w http.ResponseWriter, r *http.Request) { <-done },
		"a body that never ends": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "begins")
			w.(http.Flusher).Flush()
			<-done
		},
	} {
		server := httptest.NewServer(handler)
		_, err := New(Options{AllowPrivate: loopback, Limit: 20 * time.Millisecond}).Get(context.Background(), server.URL)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		defer server.Close()
	}
	close(done)
	if limit := New(Options{}).limit; limit != 10*time.Second {
		t.Errorf("the limit is %s", limit)
	}
}

func TestG05ALargeAnswerIsCut(t *testing.T) {
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	packed.Write(make([]byte, 32<<20))
	packed.Close()
	var sent atomic.Int64
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"64 KiB":         {func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 64<<10)) }, nil},
		"one byte more":  {func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 64<<10+1)) }, ErrTooLarge},
		"gzip of 64 KiB": {func(w http.ResponseWriter, r *http.Request) { writePacked(w, 64<<10) }, nil},
		"gzip of more":   {func(w http.ResponseWriter, r *http.Request) { writePacked(w, 64<<10+1) }, ErrTooLarge},
		"a gzip bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		}, ErrTooLarge},
		"bytes without end": {func(w http.ResponseWriter, r *http.Request) { endless(w, &sent) }, ErrTooLarge},
	} {
		server := httptest.NewServer(c.handler)
		answer, err := New(Options{AllowPrivate: loopback}).Get(context.Background(), server.URL)
		server.Close()
		if !errors.Is(err, c.want) || c.want == nil && len(answer.Body) != 64<<10 {
			t.Errorf("%s: %d bytes, %v", name, len(answer.Body), err)
		}
	}
	if sent.Load() > 16<<20 {
		t.Errorf("%d bytes were taken from an endless answer", sent.Load())
	}
}

func writePacked(w http.ResponseWriter, size int) {
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	packed.Write(make([]byte, size))
	packed.Close()
}

func endless(w http.ResponseWriter, sent *atomic.Int64) {
	for {
		n, err := w.Write(make([]byte, 64<<10))
		sent.Add(int64(n))
		if err != nil {
			return
		}
	}
}

func TestOnlyWebAddressesAreAsked(t *testing.T) {
	for _, url := range []string{"file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "example.com", "http://exa mple.com/", ""} {
		if _, err := New(Options{}).Get(context.Background(), url); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", url, err)
		}
	}
}
