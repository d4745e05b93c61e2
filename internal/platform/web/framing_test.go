package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// H05: a request whose end or target can be read in two ways reaches no handler, and nothing
// behind it on the same connection is read.
func TestH05RequestsThatCanBeReadInTwoWaysAreRefused(t *testing.T) {
	var reached atomic.Int64
	outer := Outer{BaseURL: &url.URL{Scheme: "https", Host: "portal.example"}, Log: slog.New(slog.DiscardHandler)}
	server := httptest.NewServer(outer.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	})))
	defer server.Close()
	const host, hidden = "Host: portal.example\r\n", "GET /hidden HTTP/1.1\r\nHost: portal.example\r\n\r\n"
	for name, request := range map[string]string{
		"length and chunks":   "POST /a HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"chunks":              "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"two lengths":         "POST /a HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde" + hidden,
		"a signed length":     "POST /a HTTP/1.1\r\n" + host + "Content-Length: +4\r\n\r\nabcd" + hidden,
		"a space at the name": "GET /a HTTP/1.1\r\n" + host + "Content-Length : 4\r\n\r\n" + hidden,
		"two hosts":           "GET /a HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n" + hidden,
		"a zero in a field":   "GET /a HTTP/1.1\r\n" + host + "X-A: a\x00b\r\n\r\n" + hidden,
		"another host":        "GET http://evil.example/a HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n" + hidden,
	} {
		reached.Store(0)
		status := raw(t, server.Listener.Addr().String(), request)
		if wanted := map[bool]int{true: http.StatusMisdirectedRequest, false: http.StatusBadRequest}[name == "another host"]; status != wanted {
			t.Errorf("%s: %d instead of %d", name, status, wanted)
		}
		if n := reached.Load(); n > 0 {
			t.Errorf("%s: %d requests reached the portal", name, n)
		}
	}
	if status := raw(t, server.Listener.Addr().String(), "POST /a HTTP/1.1\r\n"+host+"Content-Length: 4\r\nConnection: close\r\n\r\nabcd"); status != http.StatusOK {
		t.Errorf("an honest request: %d", status)
	}
}

// raw sends bytes and waits until the server hangs up; it gives the status of the first answer.
func raw(t *testing.T, address, request string) (status int) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.Copy(connection, strings.NewReader(request)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(line, "HTTP/1.1 %d", &status); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return status
}
