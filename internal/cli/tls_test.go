package cli

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/certmagic"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
)

// certificate makes a pair for 127.0.0.1 that is good until the given time.
func certificate(t *testing.T, name string, until time.Time) (chain, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: until.Add(-24 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func write(t *testing.T, name string, content []byte, at time.Time) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestARenewedCertificateIsTakenUpWithoutARestart(t *testing.T) {
	folder := t.TempDir()
	c := config.Config{TLS: config.TLS{Mode: "files", CertFile: filepath.Join(folder, "chain.pem"), KeyFile: filepath.Join(folder, "key.pem")}}
	clk := clock.NewFake(time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC))
	put := func(name string) {
		chain, key := certificate(t, name, time.Now().Add(time.Hour))
		write(t, c.TLS.CertFile, chain, clk.Now())
		write(t, c.TLS.KeyFile, key, clk.Now())
	}
	put("first")
	encrypted, err := prepareTLS(context.Background(), c, clk, quiet)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(http.NotFoundHandler(), quiet)
	defer server.Close()
	go serveOn(server, listener, encrypted.config)
	shown := func() string {
		connection, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		state := connection.ConnectionState()
		if state.NegotiatedProtocol != "h2" {
			t.Errorf("the protocol is %q, not HTTP/2", state.NegotiatedProtocol)
		}
		return state.PeerCertificates[0].Subject.CommonName
	}
	if got := shown(); got != "first" {
		t.Fatalf("at the start the certificate is %q", got)
	}
	clk.Advance(2 * time.Minute)
	put("second")
	if got := shown(); got != "second" {
		t.Errorf("after the renewal the certificate is %q", got)
	}
	clk.Advance(2 * time.Minute)
	write(t, c.TLS.KeyFile, []byte("half of a k"), clk.Now())
	if got := shown(); got != "second" {
		t.Errorf("while the files are broken the certificate is %q", got)
	}
}

func TestPort80LeadsToHTTPSOfTheConfiguredHost(t *testing.T) {
	base, _ := url.Parse("https://portal.example")
	for _, c := range []struct {
		method, target, host string
		status               int
		location             string
	}{
		{"GET", "/acme/office?tab=2", "portal.example", 301, "https://portal.example/acme/office?tab=2"},
		{"GET", "/", "evil.example", 301, "https://portal.example/"},
		{"GET", "//evil.example/x", "portal.example", 301, "https://portal.example//evil.example/x"},
		{"GET", "/a%2Fb", "portal.example", 301, "https://portal.example/a%2Fb"},
		{"HEAD", "/x", "portal.example", 301, "https://portal.example/x"},
		{"POST", "/sign-in", "portal.example", 403, ""},
	} {
		r := httptest.NewRequest(c.method, "http://"+c.host+"/", nil)
		r.URL, _ = url.ParseRequestURI(c.target)
		w := httptest.NewRecorder()
		toHTTPS(base).ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Location") != c.location {
			t.Errorf("%s %s for %s: %d to %q", c.method, c.target, c.host, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestAutomaticTLSAnswersForItsOwnNameOnly(t *testing.T) {
	c := config.Config{BaseURL: "https://portal.example", DataDir: t.TempDir(), TLS: config.TLS{Mode: "auto"}}
	encrypted, err := fetchedCertificates(c, certmagic.ACMEIssuer{CA: "https://127.0.0.1:1/directory"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer encrypted.close()
	for _, protocol := range []string{"h2", "http/1.1", "acme-tls/1"} {
		if !slices.Contains(encrypted.config.NextProtos, protocol) {
			t.Errorf("%s is not offered", protocol)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(http.NotFoundHandler(), quiet)
	defer server.Close()
	go serveOn(server, listener, encrypted.config)
	if connection, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{ServerName: "other.example", InsecureSkipVerify: true}); err == nil {
		connection.Close()
		t.Error("there is a certificate for another's name")
	}
	if c := (config.Config{Addr: config.Defaults().Addr, TLS: config.TLS{Mode: "auto"}}); listenAddress(c) != ":443" {
		t.Errorf("it listens on %s", listenAddress(c))
	}
}

// lines hands each log line to the test.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	select {
	case l <- string(line):
	default:
	}
	return len(line), nil
}

// keptByAnother is a folder that the certificate library may still write its last lock into when the test is over: it works
// on in its own time, and has no way to wait for it.
func keptByAnother(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "certificates")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for end := time.Now().Add(10 * time.Second); os.RemoveAll(folder) != nil; {
			if time.Now().After(end) {
				t.Errorf("%s cannot be removed", folder)
				return
			}
			runtime.Gosched()
		}
	})
	return folder
}

func TestWhatTheCertificateKeeperSaysIsInTheLog(t *testing.T) {
	said := make(lines, 100)
	c := config.Config{BaseURL: "https://portal.example", DataDir: keptByAnother(t), TLS: config.TLS{Mode: "auto"}}
	encrypted, err := fetchedCertificates(c, certmagic.ACMEIssuer{CA: "https://127.0.0.1:1/directory"}, slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer encrypted.close()
	defer cancel()
	if err := encrypted.begin(ctx); err != nil {
		t.Fatal(err)
	}
	for line := range said { // the test's own time limit ends this when the line never comes
		if strings.Contains(line, "certificate: ") && strings.Contains(line, "portal.example") {
			return
		}
	}
}
