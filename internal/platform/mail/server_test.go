package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"lintel/internal/platform/clock"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// server is a real SMTP server on the loopback, with STARTTLS and AUTH, that answers by script.
type server struct {
	host        string
	port        int
	authorities *x509.CertPool

	mu       sync.Mutex
	mails    []received
	sessions int
	conns    []*gosmtp.Conn
	// Each gets one call and may refuse it.
	onMail, onRcpt, onData func() error
	// beforeData runs with the connection before the message is read, afterData after it.
	afterData func(conn net.Conn) error
}

type received struct {
	from, to string
	raw      []byte
}

func startServer(t *testing.T, implicitTLS bool) *server {
	t.Helper()
	certificate, pool := selfSigned(t, "127.0.0.1")
	s := &server{authorities: pool}
	smtp := gosmtp.NewServer(gosmtp.BackendFunc(func(conn *gosmtp.Conn) (gosmtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sessions++
		s.conns = append(s.conns, conn)
		return &session{server: s, conn: conn}, nil
	}))
	smtp.Domain = "mx.example"
	smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	smtp.ErrorLog = quiet{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	s.host, s.port = address.IP.String(), address.Port
	if implicitTLS {
		listener = tls.NewListener(listener, smtp.TLSConfig)
	}
	go smtp.Serve(listener)
	t.Cleanup(func() { smtp.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	server   *server
	conn     *gosmtp.Conn
	signedIn bool
	from, to string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "lintel" || password != "right" {
			return gosmtp.ErrAuthFailed
		}
		s.signedIn = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if !s.signedIn {
		return gosmtp.ErrAuthRequired
	}
	s.from = from
	return s.server.script(&s.server.onMail)
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = to
	return s.server.script(&s.server.onRcpt)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	after := s.server.afterData
	s.server.afterData = nil
	s.server.mu.Unlock()
	if err := s.server.script(&s.server.onData); err != nil {
		return err
	}
	s.server.mu.Lock()
	s.server.mails = append(s.server.mails, received{s.from, s.to, raw})
	s.server.mu.Unlock()
	if after != nil {
		return after(s.conn.Conn())
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// script runs a step once.
func (s *server) script(step *func() error) error {
	s.mu.Lock()
	do := *step
	*step = nil
	s.mu.Unlock()
	if do == nil {
		return nil
	}
	return do()
}

func (s *server) got() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// hangUp ends all connections, as an idle timeout or a restart does.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		conn.Conn().Close()
	}
}

func (s *server) config() SMTPConfig {
	return SMTPConfig{Host: s.host, Port: s.port, User: "lintel", Password: "right", TLS: StartTLS, HELO: "portal.example",
		Authorities: s.authorities, CommandTimeout: 10 * time.Second}
}

func (s *server) sender(t *testing.T, change func(*SMTPConfig)) (*SMTP, *clock.Fake) {
	t.Helper()
	config := s.config()
	if change != nil {
		change(&config)
	}
	clk := clock.NewFake(time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC))
	sender, err := NewSMTP(config, clk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sender.Close() })
	return sender, clk
}

func answer(code int, text string) func() error {
	return func() error {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 7, 1}, Message: text}
	}
}

var errHungUp = errors.New("hung up")

func selfSigned(t *testing.T, ip string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.ParseIP(ip)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
