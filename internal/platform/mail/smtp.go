package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"lintel/internal/platform/clock"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// The ways to protect the connection to the mail server.
const (
	StartTLS    = "starttls" // begin in the clear, then insist on TLS (port 587)
	ImplicitTLS = "tls"      // TLS from the first byte (port 465)
	NoTLS       = "none"     // in the clear; a password is only sent to this machine itself
)

// SMTPConfig says how to reach the mail server.
type SMTPConfig struct {
	Host           string
	Port           int
	User, Password string // no sign-in when User is empty
	TLS            string // StartTLS, ImplicitTLS or NoTLS
	HELO           string // our name; "" means localhost
	// Authorities are trusted besides the system's; for a mail server with its own.
	Authorities *x509.CertPool
	DKIM        *DKIM // nil: not signed
	// CommandTimeout bounds each answer of the server, the one to the whole message
	// three times that; zero means one minute.
	CommandTimeout time.Duration
}

// SMTP sends over one connection that it keeps: ten times as many messages a second as
// with a new one each. It may be used from many goroutines; they take turns.
type SMTP struct {
	config SMTPConfig
	clock  clock.Clock
	turn   chan struct{}

	// Guarded by turn.
	client *gosmtp.Client
	conn   net.Conn
	used   time.Time // when the connection last worked
	sent   int       // messages over it
	// unwatch ends the closing of the connection by the context of the running call.
	unwatch func() bool
}

const (
	// After so long without use the connection is tried before it is trusted.
	idleBeforeProbe = 10 * time.Second
	// Many servers end a connection after about a hundred messages.
	messagesPerConnection = 80
)

// NewSMTP makes a sender. It connects at the first Send or Check.
func NewSMTP(config SMTPConfig, clk clock.Clock) (*SMTP, error) {
	switch {
	case config.Host == "" || config.Port < 1 || config.Port > 65535:
		return nil, errors.New("the mail server needs a host and a port")
	case config.TLS != StartTLS && config.TLS != ImplicitTLS && config.TLS != NoTLS:
		return nil, fmt.Errorf("mail TLS must be starttls, tls or none, not %q", config.TLS)
	case config.TLS == NoTLS && config.User != "" && !isThisMachine(config.Host):
		return nil, errors.New("the mail password would go over the network in the clear: use starttls or tls")
	}
	if config.HELO == "" {
		config.HELO = "localhost"
	}
	if config.CommandTimeout == 0 {
		config.CommandTimeout = time.Minute
	}
	return &SMTP{config: config, clock: clk, turn: make(chan struct{}, 1)}, nil
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send implements Sender. Everything before the recipient is named is about our settings
// or the network, so its refusals are Temporary: mail waits, nothing is lost.
func (s *SMTP) Send(ctx context.Context, envelopeFrom, to string, raw []byte) error {
	if CheckAddress(to) != nil || CheckAddress(envelopeFrom) != nil {
		return &Permanent{Code: 553, Status: "5.1.3", Reason: "not an e-mail address"}
	}
	if s.config.DKIM != nil {
		signed, err := s.config.DKIM.Sign(raw)
		if err != nil {
			return &Temporary{Reason: "the message cannot be signed", Cause: err}
		}
		raw = signed
	}
	return s.withTurn(ctx, func() error {
		fresh := s.client == nil
		if err := s.begin(ctx, envelopeFrom, len(raw)); err != nil {
			if fresh || !isLost(err) {
				return err
			}
			// The kept connection had died; nothing of the message was said yet.
			if err := s.begin(ctx, envelopeFrom, len(raw)); err != nil {
				return err
			}
		}
		return s.finish(to, raw)
	})
}

// begin makes sure of a connection and announces the sender.
func (s *SMTP) begin(ctx context.Context, from string, size int) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	err := s.client.Mail(from, &gosmtp.MailOptions{Size: int64(size)})
	if err == nil {
		return nil
	}
	s.recover(err)
	if answer := answerOf(err); answer != nil && answer.Code == 552 { // larger than the server takes
		return permanent(answer)
	}
	return temporary("the mail server does not take the sender "+from, err)
}

// finish names the recipient and hands the message over.
func (s *SMTP) finish(to string, raw []byte) error {
	if err := s.client.Rcpt(to, nil); err != nil {
		s.recover(err)
		return classify("the mail server does not take the recipient", err)
	}
	data, err := s.client.Data()
	if err == nil {
		_, err = data.Write(raw)
		if closeErr := data.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		s.recover(err)
		return classify("the mail server did not take the message", err)
	}
	s.used = s.clock.Now()
	s.sent++
	return nil
}

// recover makes the connection ready for the next message, or gives it up.
func (s *SMTP) recover(err error) {
	answer := answerOf(err)
	if answer == nil || answer.Code == 421 || s.client.Reset() != nil {
		s.drop()
	}
}

// withTurn runs fn alone; when ctx ends, so does the connection under it.
func (s *SMTP) withTurn(ctx context.Context, fn func() error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return &Temporary{Reason: "the mail server is busy", Cause: ctx.Err()}
	}
	if s.client != nil && s.sent >= messagesPerConnection {
		s.quit()
	}
	if s.client != nil {
		s.watch(ctx)
	}
	err := fn()
	if s.unwatch != nil {
		s.unwatch()
	}
	if ctx.Err() != nil && err != nil && !IsPermanent(err) {
		return &Temporary{Reason: "the mail server took too long", Cause: errors.Join(ctx.Err(), err)}
	}
	return err
}

// watch closes the connection when ctx ends before unwatch is called.
func (s *SMTP) watch(ctx context.Context) {
	if s.unwatch != nil {
		s.unwatch()
	}
	conn := s.conn
	s.unwatch = context.AfterFunc(ctx, func() { conn.Close() })
}

// connect reaches the server and signs in, unless a working connection is kept.
func (s *SMTP) connect(ctx context.Context) error {
	if s.client != nil {
		if s.clock.Now().Sub(s.used) < idleBeforeProbe || s.client.Noop() == nil {
			return nil
		}
		s.drop()
	}
	address := net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port))
	dialer := net.Dialer{Timeout: s.config.CommandTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return &Temporary{Reason: "the mail server " + address + " cannot be reached", Cause: err}
	}
	s.conn = conn
	s.watch(ctx)
	client, err := s.greet(conn)
	if err != nil {
		conn.Close()
		return err
	}
	s.client, s.used, s.sent = client, s.clock.Now(), 0
	return nil
}

// greet speaks until the server is ready for a message.
func (s *SMTP) greet(conn net.Conn) (*gosmtp.Client, error) {
	settings := &tls.Config{ServerName: s.config.Host, RootCAs: s.config.Authorities, MinVersion: tls.VersionTLS12}
	defer time.AfterFunc(s.config.CommandTimeout, func() { conn.Close() }).Stop() // the library's own limit is 5 minutes
	var client *gosmtp.Client
	var err error
	switch s.config.TLS {
	case StartTLS:
		client, err = gosmtp.NewClientStartTLS(conn, settings)
	case ImplicitTLS:
		client = gosmtp.NewClient(tls.Client(conn, settings))
	case NoTLS:
		client = gosmtp.NewClient(conn)
	}
	if err != nil {
		return nil, temporary("the mail server does not start TLS", err)
	}
	client.CommandTimeout, client.SubmissionTimeout = s.config.CommandTimeout, 3*s.config.CommandTimeout
	// The library shakes hands only with the next command: say it here, so that a bad
	// certificate is seen before a password is sent.
	err = client.Hello(s.config.HELO)
	if err == nil {
		err = client.Noop()
	}
	if isCertificate(err) {
		return nil, &Temporary{Reason: "the mail server's certificate is not trusted for " + s.config.Host, Cause: err}
	}
	if err != nil {
		return nil, temporary("the mail server does not greet", err)
	}
	return client, s.signIn(client)
}

func (s *SMTP) signIn(client *gosmtp.Client) error {
	if s.config.User == "" {
		return nil
	}
	if offered, _ := client.Extension("AUTH"); !offered {
		return &Temporary{Reason: "the mail server offers no sign-in, but a user name is set"}
	}
	var mechanism sasl.Client
	switch {
	case client.SupportsAuth(sasl.Plain):
		mechanism = sasl.NewPlainClient("", s.config.User, s.config.Password)
	case client.SupportsAuth(sasl.Login):
		mechanism = sasl.NewLoginClient(s.config.User, s.config.Password)
	default:
		return &Temporary{Reason: "the mail server offers neither PLAIN nor LOGIN to sign in"}
	}
	if err := client.Auth(mechanism); err != nil {
		return temporary("the mail server refuses the user name or password", err)
	}
	return nil
}

// Check implements Sender: it connects, proves the certificate and signs in.
func (s *SMTP) Check(ctx context.Context) error {
	return s.withTurn(ctx, func() error {
		s.quit()
		if err := s.connect(ctx); err != nil {
			return fmt.Errorf("mail cannot be sent: %w", err)
		}
		return nil
	})
}

// Close implements Sender.
func (s *SMTP) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.quit()
	return nil
}

// quit ends the connection politely.
func (s *SMTP) quit() {
	if s.client == nil {
		return
	}
	s.client.Quit()
	s.drop()
}

func (s *SMTP) drop() {
	if s.client != nil {
		s.conn.Close()
		s.client = nil
	}
}

// classify turns an error after the sender was taken into what the queue needs to know.
func classify(what string, err error) error {
	answer := answerOf(err)
	if answer == nil || answer.Code < 500 || isAboutUs(answer.Code) {
		return temporary(what, err)
	}
	return permanent(answer)
}

// isAboutUs names the 5xx answers that our settings cause, not the message: sign-in or
// TLS wanted, command order. They must not look like a bounce.
func isAboutUs(code int) bool {
	return code == 500 || code == 502 || code == 503 || code == 530 || code == 534 || code == 535 || code == 538
}

func permanent(answer *gosmtp.SMTPError) *Permanent {
	return &Permanent{Code: answer.Code, Status: status(answer), Reason: oneLine(answer.Message)}
}

func temporary(what string, err error) *Temporary {
	answer := answerOf(err)
	if answer == nil {
		return &Temporary{Reason: what, Cause: err}
	}
	return &Temporary{Code: answer.Code, Reason: what + ": " + oneLine(answer.Message), Cause: err}
}

func answerOf(err error) *gosmtp.SMTPError {
	var answer *gosmtp.SMTPError
	if errors.As(err, &answer) {
		return answer
	}
	return nil
}

// isLost tells whether a connection was gone, rather than an answer given.
func isLost(err error) bool {
	var waiting *Temporary
	return errors.As(err, &waiting) && (waiting.Code == 0 || waiting.Code == 421)
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	return errors.As(err, &verification)
}

func status(answer *gosmtp.SMTPError) string {
	if answer.EnhancedCode[0] <= 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", answer.EnhancedCode[0], answer.EnhancedCode[1], answer.EnhancedCode[2])
}

// oneLine makes a server's words safe for a log and a page.
func oneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if len(clean) > 300 {
		clean = string(bytes.ToValidUTF8([]byte(clean[:300]), nil))
	}
	return clean
}
