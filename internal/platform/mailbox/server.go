package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options say how a Server takes mail.
type Options struct {
	Domain  string // that it calls itself
	LMTP    bool
	Largest int64       // bytes of a mail
	TLS     *tls.Config // offers STARTTLS; nil: does not
	Means   Means
	Log     *slog.Logger
}

// Server takes mail over LMTP (RFC 2033) or SMTP, for known addresses only; it passes nothing on.
type Server struct {
	options   Options
	server    *smtp.Server
	receiving chan struct{}
}

// NewServer makes a server that does not run yet.
func NewServer(o Options) *Server {
	s := &Server{options: o, receiving: make(chan struct{}, mostAtOnce)}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{Server: s, conn: c}, nil }))
	s.server.Domain, s.server.LMTP, s.server.TLSConfig = o.Domain, o.LMTP, o.TLS
	s.server.MaxRecipients, s.server.MaxMessageBytes = mostRecipients, o.Largest
	s.server.ReadTimeout, s.server.WriteTimeout = commandPatience, commandPatience
	s.server.EnableSMTPUTF8 = true
	s.server.ErrorLog = slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)
	return s
}

const (
	commandPatience = time.Minute
	keepPatience    = 2 * time.Minute
	wholePatience   = 15 * time.Minute // of one connection
)

// Listen opens the address: host:port, or unix:/path of a socket, which is made for the group to
// write to.
func Listen(address string) (net.Listener, error) {
	path, socket := strings.CutPrefix(address, "unix:")
	if !socket {
		return net.Listen("tcp", address)
	}
	// A socket that was left behind is taken away; a file that is none stays.
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		if other, err := net.DialTimeout("unix", path, time.Second); err == nil {
			other.Close()
			return nil, fmt.Errorf("listen on %s: another program does", path)
		}
		os.Remove(path)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return listener, os.Chmod(path, 0o660)
}

// Serve takes mail until Stop. It returns nil then.
func (s *Server) Serve(listener net.Listener) error {
	err := s.server.Serve(&limited{Listener: listener, free: make(chan struct{}, mostConnections)})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Stop ends all connections at once. A mail that was not acknowledged comes again.
func (s *Server) Stop() error {
	err := s.server.Close()
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// session is one connection.
type session struct {
	*Server
	conn *smtp.Conn
	from string
	to   []string
}

func answer(code int, status smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: status, Message: text}
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session. Nothing is taken for others: this is no relay.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), commandPatience)
	defer cancel()
	known, err := s.options.Means.Known(ctx, to)
	if err != nil {
		s.options.Log.Warn("look up the address of an incoming mail", "error", err)
		return answer(451, smtp.EnhancedCode{4, 3, 0}, "Please try again later")
	}
	if !known {
		return answer(550, smtp.EnhancedCode{5, 1, 1}, "There is no such address here")
	}
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session. It answers well only after the mail is stored for good.
func (s *session) Data(r io.Reader) error {
	s.receiving <- struct{}{}
	defer func() { <-s.receiving }()
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // too large, or the connection broke
	}
	mail := Arrived{From: s.from, To: s.to, HELO: s.conn.Hostname(), Raw: raw}
	if address, ok := s.conn.Conn().RemoteAddr().(*net.TCPAddr); ok && !s.options.LMTP {
		if remote, ok := netip.AddrFromSlice(address.IP); ok {
			mail.Remote = remote.Unmap()
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), keepPatience)
	defer cancel()
	if err := s.options.Means.Keep(ctx, mail); err != nil {
		s.options.Log.Error("keep an incoming mail", "error", err)
		return answer(451, smtp.EnhancedCode{4, 3, 0}, "Not stored, please try again later")
	}
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// limited lets so many connections in at a time, each for so long at most.
type limited struct {
	net.Listener
	free chan struct{}
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	l.free <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &timed{Conn: conn, end: time.Now().Add(wholePatience), release: sync.OnceFunc(func() { <-l.free })}, nil
}

// timed is a connection with an end.
type timed struct {
	net.Conn
	end     time.Time
	release func()
}

// Read implements net.Conn. A sender who gives a byte a minute is not served for ever.
func (t *timed) Read(p []byte) (int, error) {
	if err := t.Conn.SetReadDeadline(earlier(time.Now().Add(commandPatience), t.end)); err != nil {
		return 0, err
	}
	return t.Conn.Read(p)
}

// SetReadDeadline implements net.Conn; Read sets its own.
func (t *timed) SetReadDeadline(time.Time) error { return nil }

// Close implements net.Conn.
func (t *timed) Close() error {
	t.release()
	return t.Conn.Close()
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
