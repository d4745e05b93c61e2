package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
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
	server := httptest.NewUnstartedServer(outer.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	})))
	server.Listener = StrictHeads(server.Listener)
	server.Start()
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
		"a bare line feed":    "GET /a HTTP/1.1\r\n" + host + "X-A: a\nX-B: b\r\n\r\n" + hidden,
		"bare line feeds":     "GET /a HTTP/1.1\nHost: portal.example\n\n" + hidden,
		"one at the end":      "GET /a HTTP/1.1\r\n" + host + "\n" + hidden,
		"a folded line":       "GET /a HTTP/1.1\r\n" + host + "X-A: a\r\n b\r\n\r\n" + hidden,
		"a folded length":     "POST /a HTTP/1.1\r\n" + host + "Content-Length:\r\n\t4\r\n\r\nabcd" + hidden,
		"a long length":       "POST /a HTTP/1.1\r\n" + host + "Content-Length:" + strings.Repeat(" ", 100) + "4\r\n\r\nabcd" + hidden,
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

// What a connection takes for the ends of requests has to be what net/http takes for them, however the bytes arrive.
func TestH05HonestRequestsOnOneConnectionAreAllAnswered(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %d", r.URL.Path, len(body))
	}))
	server.Listener = StrictHeads(server.Listener)
	server.Start()
	defer server.Close()
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
		var sent, wanted []string
		for i := range 20 {
			size := []int{0, 1, 17, 5000, 70_000}[random.IntN(5)]
			body := strings.Repeat("a line\n\n feed\r\n\r\nGET /hidden", size/25+1)[:size]
			spaces, long := strings.Repeat(" ", random.IntN(4)), strings.Repeat("x", random.IntN(300))
			sent = append(sent, fmt.Sprintf("POST /%d HTTP/1.1\r\nHost: portal.example\r\nX-Long: %s\r\ncontent-length:%s%d%s\r\nX-A: b\r\n\r\n%s", i, long, spaces, size, spaces, body))
			wanted = append(wanted, fmt.Sprintf("/%d %d", i, size))
		}
		go inPieces(connection, strings.Join(sent, ""), random.Uint64())
		answers := bufio.NewReader(connection)
		for _, want := range wanted {
			answer, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatalf("%s: %v", want, err)
			}
			if got, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || string(got) != want {
				t.Fatalf("%s was answered with %d %s", want, answer.StatusCode, got)
			}
		}
		connection.Close()
	}
}

// inPieces writes text in pieces of any size.
func inPieces(connection net.Conn, text string, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	for len(text) > 0 {
		size := min(len(text), 1+random.IntN([]int{3, 50, 8000}[random.IntN(3)]))
		if _, err := io.WriteString(connection, text[:size]); err != nil {
			return // the test has failed
		}
		text = text[size:]
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
