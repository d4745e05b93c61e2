package mail

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/platform/clock"
)

const (
	office = "office@hartwell.example"
	maria  = "maria@harbour.example"
)

func rawMail(t *testing.T) []byte {
	t.Helper()
	raw, err := Build(proposalMail())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestMailGoesOutOverOneProtectedConnection(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		s := startServer(t, implicit)
		sender, _ := s.sender(t, func(c *SMTPConfig) {
			if implicit {
				c.TLS = ImplicitTLS
			}
		})
		raw := rawMail(t)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := sender.Send(context.Background(), office, maria, raw); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		got := s.got()
		if len(got) != 20 || got[0].from != office || got[0].to != maria || !bytes.Equal(got[0].raw, raw) {
			t.Fatalf("implicit TLS %v: %d mails arrived; the first from %q to %q, %d bytes of %d", implicit, len(got), got[0].from, got[0].to, len(got[0].raw), len(raw))
		}
		// STARTTLS begins the server's session twice on one connection.
		if n := s.connections(); implicit && n != 1 || n > 2 {
			t.Errorf("implicit TLS %v: %d sessions for 20 mails", implicit, n)
		}
	}
}

func TestTheKeptConnectionOutlivesTheRequestThatMadeIt(t *testing.T) {
	s := startServer(t, true)
	sender, _ := s.sender(t, func(c *SMTPConfig) { c.TLS = ImplicitTLS })
	for range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		if err := sender.Send(ctx, office, maria, rawMail(t)); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	if n := s.connections(); n != 1 {
		t.Errorf("%d connections for 3 mails", n)
	}
}

func TestAConnectionThatDiedIsReplaced(t *testing.T) {
	for _, idle := range []time.Duration{0, time.Hour} {
		s := startServer(t, false)
		sender, clk := s.sender(t, nil)
		for range 2 {
			if err := sender.Send(context.Background(), office, maria, rawMail(t)); err != nil {
				t.Fatalf("after %s: %v", idle, err)
			}
			s.hangUp()
			clk.Advance(idle)
		}
		if len(s.got()) != 2 {
			t.Errorf("after %s: %d mails arrived", idle, len(s.got()))
		}
	}
}

func TestTheServersAnswerDecidesBetweenRetryAndBounce(t *testing.T) {
	for _, c := range []struct {
		name             string
		mail, rcpt, data func() error
		code             int
		permanent        bool
	}{
		{name: "greylisted", rcpt: answer(450, "come back later"), code: 450},
		{name: "no such mailbox", rcpt: answer(550, "no such user"), code: 550, permanent: true},
		{name: "mailbox full for now", rcpt: answer(452, "full"), code: 452},
		{name: "the content is refused", data: answer(554, "looks like spam"), code: 554, permanent: true},
		{name: "the disk there is full", data: answer(451, "local error"), code: 451},
		{name: "our sender is not accepted: our setting, no bounce", mail: answer(550, "not your domain"), code: 550},
		{name: "the message is too big", mail: answer(552, "too big"), code: 552, permanent: true},
		{name: "sign-in wanted: our setting, no bounce", rcpt: answer(530, "authenticate first"), code: 530},
		{name: "the service goes down", rcpt: answer(421, "closing"), code: 421},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, false)
			s.onMail, s.onRcpt, s.onData = c.mail, c.rcpt, c.data
			sender, _ := s.sender(t, nil)
			err := sender.Send(context.Background(), office, maria, rawMail(t))
			if IsPermanent(err) != c.permanent || codeOf(err) != c.code {
				t.Errorf("%T %v, want code %d, permanent %v", err, err, c.code, c.permanent)
			}
			if err := sender.Send(context.Background(), office, maria, rawMail(t)); err != nil {
				t.Errorf("the next mail: %v", err)
			}
			if n := len(s.got()); n != 1 {
				t.Errorf("%d mails arrived, want the second only", n)
			}
		})
	}
}

func codeOf(err error) int {
	var permanent *Permanent
	var waiting *Temporary
	switch {
	case errors.As(err, &permanent):
		return permanent.Code
	case errors.As(err, &waiting):
		return waiting.Code
	}
	return -1
}

// faults.md row 12.
func TestALostAnswerIsRetriedWithTheSameMessageID(t *testing.T) {
	s := startServer(t, false)
	s.afterData = func(conn net.Conn) error {
		conn.Close()
		return errHungUp
	}
	sender, _ := s.sender(t, nil)
	raw := rawMail(t)
	err := sender.Send(context.Background(), office, maria, raw)
	var waiting *Temporary
	if !errors.As(err, &waiting) {
		t.Fatalf("dropped after DATA: %v", err)
	}
	if err := sender.Send(context.Background(), office, maria, raw); err != nil {
		t.Fatal(err)
	}
	got := s.got()
	if len(got) != 2 {
		t.Fatalf("%d mails arrived, want one and its copy", len(got))
	}
	first, _ := Parse(got[0].raw)
	second, _ := Parse(got[1].raw)
	if first.MessageID != "n123.1@hartwell.example" || second.MessageID != first.MessageID {
		t.Errorf("Message-IDs %q and %q", first.MessageID, second.MessageID)
	}
}

// faults.md row 13: a server that does not answer ends with the job's time.
func TestASlowServerEndsWithTheContext(t *testing.T) {
	s := startServer(t, false)
	release := make(chan bool)
	defer close(release)
	s.onRcpt = func() error { <-release; return nil }
	sender, _ := s.sender(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := sender.Send(ctx, office, maria, rawMail(t))
	var waiting *Temporary
	if !errors.As(err, &waiting) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// The doctor's words; faults.md row 11: whatever is wrong on our side, mail waits.
func TestWhatIsWrongWithTheMailServerIsSaidPlainly(t *testing.T) {
	s := startServer(t, false)
	_, otherPool := selfSigned(t, "127.0.0.1")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closedPort := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, c := range []struct {
		name, says string
		change     func(*SMTPConfig)
	}{
		{"nobody listens", "cannot be reached", func(c *SMTPConfig) { c.Port = closedPort }},
		{"a wrong password", "user name or password", func(c *SMTPConfig) { c.Password = "wrong" }},
		{"an unknown certificate", "certificate is not trusted", func(c *SMTPConfig) { c.Authorities = otherPool }},
		{"a certificate for another name", "certificate is not trusted", func(c *SMTPConfig) { c.Host = "localhost" }},
		{"TLS on a STARTTLS port", "does not greet", func(c *SMTPConfig) { c.TLS = ImplicitTLS }},
		{"no greeting", "does not start TLS", func(c *SMTPConfig) {
			c.Port, c.CommandTimeout = silent.Addr().(*net.TCPAddr).Port, 50*time.Millisecond
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sender, _ := s.sender(t, c.change)
			if err := sender.Check(context.Background()); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("check: %v", err)
			}
			err := sender.Send(context.Background(), office, maria, rawMail(t))
			var waiting *Temporary
			if !errors.As(err, &waiting) {
				t.Errorf("send: %T %v", err, err)
			}
		})
	}
	sender, _ := s.sender(t, nil)
	if err := sender.Check(context.Background()); err != nil {
		t.Errorf("all is well, and yet: %v", err)
	}
	if n := len(s.got()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

func TestAServerWithoutSTARTTLSGetsNoPassword(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	heard := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.Write([]byte("220 mx ESMTP\r\n"))
		buffer := make([]byte, 4096)
		n, _ := conn.Read(buffer)
		conn.Write([]byte("250-mx\r\n250 AUTH PLAIN\r\n"))
		m, _ := conn.Read(buffer[n:])
		heard <- string(buffer[:n+m])
	}()
	config := SMTPConfig{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, User: "lintel", Password: "right", TLS: StartTLS, CommandTimeout: time.Second}
	sender, err := NewSMTP(config, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	if err := sender.Send(context.Background(), office, maria, rawMail(t)); err == nil || IsPermanent(err) {
		t.Errorf("%v", err)
	}
	if said := <-heard; strings.Contains(said, "AUTH") || strings.Contains(said, "MAIL") {
		t.Errorf("said in the clear: %q", said)
	}
}

func TestSettingsThatCannotWorkAreRefusedAtOnce(t *testing.T) {
	for name, config := range map[string]SMTPConfig{
		"no host":                 {Port: 25, TLS: NoTLS},
		"no port":                 {Host: "mx.example", TLS: StartTLS},
		"an unknown TLS":          {Host: "mx.example", Port: 587, TLS: "ssl"},
		"a password in the clear": {Host: "mx.example", Port: 25, TLS: NoTLS, User: "u", Password: "p"},
	} {
		if _, err := NewSMTP(config, clock.System()); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestF05AnEnvelopeAddressCannotCarryACommand(t *testing.T) {
	s := startServer(t, false)
	sender, _ := s.sender(t, nil)
	for _, to := range []string{"a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example>\r\nDATA", "a@b.example, c@d.example", "", "a b@c.example"} {
		if err := sender.Send(context.Background(), office, to, rawMail(t)); !IsPermanent(err) {
			t.Errorf("to %q: %v", to, err)
		}
		if err := sender.Send(context.Background(), to, maria, rawMail(t)); !IsPermanent(err) {
			t.Errorf("from %q: %v", to, err)
		}
	}
	if n := len(s.got()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}
