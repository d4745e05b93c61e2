package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
)

var quiet = slog.New(slog.DiscardHandler)

func settings(t *testing.T) config.Config {
	c := config.Defaults()
	c.BaseURL, c.Addr, c.DataDir = "http://localhost", "127.0.0.1:0", filepath.Join(t.TempDir(), "data")
	return c
}

// page is a writer that tests read while it is written.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(piece []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(piece)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// systemd listens where the program says how far it is.
func systemd(t *testing.T) (next func() string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "notify")
	connection, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	t.Setenv("NOTIFY_SOCKET", socket)
	return func() string {
		buffer := make([]byte, 200)
		_ = connection.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, err := connection.Read(buffer)
		if err != nil {
			t.Fatalf("systemd was told nothing: %v", err)
		}
		return string(buffer[:n])
	}
}

// run serves until stop is called, which gives what Run returned.
func run(t *testing.T, c config.Config) (out *page, address string, stop func() error) {
	t.Helper()
	said := systemd(t)
	ctx, cancel := context.WithCancel(context.Background())
	out, errs, done := &page{}, &page{}, make(chan error, 1)
	go func() { done <- serveCommand{c}.Run(&terminal{ctx, out, errs}) }()
	if got := said(); got != "READY=1" {
		t.Fatalf("systemd was told %q first", got)
	}
	for line := range strings.Lines(errs.String()) {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "ready" {
			address = entry.Address
		}
	}
	return out, address, func() error {
		cancel()
		if got := said(); got != "STOPPING=1" {
			t.Errorf("systemd was told %q at the end", got)
		}
		return <-done
	}
}

func get(t *testing.T, address, path string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "localhost"
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

var setupLink = regexp.MustCompile(`http://localhost(/setup/\S+)`)

func TestEachStartPrintsANewSetupLinkUntilTheFirmIsSetUp(t *testing.T) {
	c := settings(t)
	var links []string
	for range 2 {
		out, address, stop := run(t, c)
		link := setupLink.FindStringSubmatch(out.String())
		if link == nil {
			t.Fatalf("no link was printed: %s", out)
		}
		if status, _ := get(t, address, link[1]); status != http.StatusOK {
			t.Errorf("the printed link answers %d", status)
		}
		if len(links) > 0 {
			if status, _ := get(t, address, links[0]); status != http.StatusNotFound {
				t.Errorf("the link of the start before answers %d", status)
			}
		}
		links = append(links, link[1])
		if err := stop(); err != nil {
			t.Errorf("an orderly stop ends with %v", err)
		}
	}
	if links[0] == links[1] {
		t.Error("two starts print the same link")
	}
	if info, err := os.Stat(c.DataDir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder is %v (%v), and should be for its owner only", info.Mode(), err)
	}
}

func TestServeRefuses(t *testing.T) {
	for _, refusal := range []struct {
		when  string
		spoil func(t *testing.T, c *config.Config)
		says  string
	}{
		{"broken settings", func(_ *testing.T, c *config.Config) { c.BaseURL = "" }, "not started, because the settings above are wrong"},
		{"a folder that another Lintel serves", func(t *testing.T, c *config.Config) {
			if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
				t.Fatal(err)
			}
			release, err := db.LockDirectory(c.DataDir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(release)
		}, "Another Lintel is running on this data folder."},
		{"a lost key file", func(t *testing.T, c *config.Config) { sealedInstallation(t, c.DataDir); remove(t, c.DataDir, keyFile) }, "only it opens"},
		{"a certificate that is not there", func(_ *testing.T, c *config.Config) {
			c.BaseURL, c.TLS = "https://localhost", config.TLS{Mode: "files", CertFile: "/nowhere/chain.pem", KeyFile: "/nowhere/key.pem"}
		}, "read the certificate"},
		{"a taken port", func(t *testing.T, c *config.Config) { c.Addr = taken(t) }, "listen for the portal"},
		{"a taken port for metrics", func(t *testing.T, c *config.Config) { c.MetricsAddr = taken(t) }, "listen for metrics"},
	} {
		t.Run(refusal.when, func(t *testing.T) {
			c := settings(t)
			refusal.spoil(t, &c)
			err := serveCommand{c}.Run(&terminal{context.Background(), io.Discard, io.Discard})
			if err == nil || !strings.Contains(plain(err), refusal.says) {
				t.Errorf("serve says %v, and not %q", err, refusal.says)
			}
		})
	}
}

func taken(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

// slowPortal has a handler that answers when it is told to.
func slowPortal(t *testing.T) (p *portal, entered chan struct{}, answer chan struct{}) {
	t.Helper()
	entered, answer = make(chan struct{}), make(chan struct{})
	p = &portal{log: quiet, failed: make(chan error, 3), jobs: make(chan struct{})}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-answer
		io.WriteString(w, "done")
	})
	if err := p.start("the test", "127.0.0.1:0", nil, paced(handler, stall)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.closeServers)
	return p, entered, answer
}

func TestAStopEndsWhatIsUnderWayAndTakesNothingNew(t *testing.T) {
	p, entered, answer := slowPortal(t)
	body := make(chan string, 1)
	go func() { _, text := get(t, p.address, "/"); body <- text }()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- p.stop(func() { close(p.jobs) }) }()
	for refused := false; !refused; { // until the listener is closed
		connection, err := net.Dial("tcp", p.address)
		if refused = err != nil; !refused {
			connection.Close()
		}
	}
	close(answer)
	if got := <-body; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("the stop ends with %v", err)
	}
}

func TestASecondSignalStopsAtOnce(t *testing.T) {
	p, entered, answer := slowPortal(t)
	defer close(answer)
	signals := make(chan os.Signal, 10) // so that a signal before stop listens does not end the test
	signal.Notify(signals, syscall.SIGTERM)
	defer signal.Stop(signals)
	cut := make(chan error, 1)
	go func() {
		_, err := (&http.Client{}).Get("http://" + p.address)
		cut <- err
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- p.stop(func() {}) }()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for {
		select {
		case err := <-stopped:
			if err == nil || !strings.Contains(err.Error(), "at once") {
				t.Errorf("the stop ends with %v", err)
			}
			if <-cut == nil {
				t.Error("the request under way was not cut off")
			}
			return
		case <-again.C:
			if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// exhausted is a listener that has run out of file handles for a while (faults.md row 27).
type exhausted struct {
	net.Listener
	times int
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.times--; l.times >= 0 {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

func TestTheServerOutlivesALackOfFileHandles(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }), quiet)
	defer server.Close()
	ended := make(chan error, 1)
	go func() { ended <- serveOn(server, &exhausted{listener, 3}, nil) }()
	if _, body := get(t, listener.Addr().String(), "/"); body != "here" {
		t.Errorf("afterwards it answers %q", body)
	}
	select {
	case err := <-ended:
		t.Errorf("the server has ended: %v", err)
	default:
	}
}

// pacedServer cuts off after a twentieth of a second.
func pacedServer(t *testing.T, handler http.HandlerFunc) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(paced(handler, 50*time.Millisecond), quiet)
	t.Cleanup(func() { server.Close() })
	go serveOn(server, listener, nil)
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	_ = connection.SetDeadline(time.Now().Add(20 * time.Second))
	return connection
}

// soon waits for an outcome, though not for ever.
func soon(t *testing.T, outcome chan error) error {
	t.Helper()
	select {
	case err := <-outcome:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the connection was not cut off")
		return nil
	}
}

func TestABodyThatStandsStillIsGivenUp(t *testing.T) {
	outcome := make(chan error, 1)
	connection := pacedServer(t, func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		outcome <- err
	})
	io.WriteString(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nten bytes.")
	if err := soon(t, outcome); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("reading the body ended with %v", err)
	}
}

func TestAReaderWhoTakesNothingIsGivenUp(t *testing.T) {
	outcome := make(chan error, 1)
	connection := pacedServer(t, func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for piece := make([]byte, 1<<20); err == nil; {
			_, err = w.Write(piece)
		}
		outcome <- err
	})
	io.WriteString(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := soon(t, outcome); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("writing the answer ended with %v", err)
	}
}

// A handler may take longer than a stall, also after it has read a body and on a
// connection that was used before.
func TestASlowAnswerAndAReusedConnectionAreNotCutOff(t *testing.T) {
	began := make(chan time.Time, 2)
	connection := pacedServer(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		long := time.NewTimer(120 * time.Millisecond)
		defer long.Stop()
		select {
		case <-long.C:
		case <-r.Context().Done():
			t.Error("the request was given up while its handler worked")
		}
		began <- time.Now()
		w.WriteHeader(http.StatusNoContent)
	})
	reader := bufio.NewReader(connection)
	for range 2 {
		io.WriteString(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
		answer, err := http.ReadResponse(reader, nil)
		if err != nil || answer.StatusCode != http.StatusNoContent {
			t.Fatalf("the answer is %v, %v", answer, err)
		}
		<-began
	}
}

func TestABodyMayBeLongButNotEndlesslySlow(t *testing.T) {
	start := time.Unix(0, 0)
	for _, c := range []struct {
		what     string
		received int64
		now, by  time.Duration
	}{
		{"at the start a minute", 0, 0, time.Minute},
		{"bytes buy time, at 1 KB a second", 30 << 10, 80 * time.Second, 90 * time.Second},
		{"but never more than a minute ahead", 100 << 20, 80 * time.Second, 140 * time.Second},
	} {
		p := pace{began: start, most: stall, received: c.received}
		if got := p.readBy(start.Add(c.now)).Sub(start); got != c.by {
			t.Errorf("%s: %s, not %s", c.what, got, c.by)
		}
	}
}

func TestHeadersHaveALimit(t *testing.T) {
	connection := pacedServer(t, func(http.ResponseWriter, *http.Request) { t.Error("the handler was reached") })
	io.WriteString(connection, "GET / HTTP/1.1\r\nHost: x\r\nLong: "+strings.Repeat("a", 80<<10)+"\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil || answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("the answer is %v, %v", answer, err)
	}
}
