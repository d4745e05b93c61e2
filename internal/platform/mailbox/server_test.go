package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// shelf keeps mails in memory.
type shelf struct {
	mu      sync.Mutex
	mails   []Arrived
	refuses error
}

func (s *shelf) keep(_ context.Context, m Arrived) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses != nil {
		return s.refuses
	}
	s.mails = append(s.mails, m)
	return nil
}

func (s *shelf) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

func (s *shelf) means() Means {
	return Means{Keep: s.keep, Known: func(_ context.Context, address string) (bool, error) {
		if strings.HasPrefix(address, "trouble@") {
			return false, errors.New("the database is away")
		}
		return strings.HasPrefix(address, "reply+"), nil
	}}
}

func serve(t *testing.T, lmtp bool) (*shelf, string) {
	t.Helper()
	kept := &shelf{}
	server := NewServer(Options{Domain: "reply.portal.example", LMTP: lmtp, Largest: 1 << 20, Means: kept.means(), Log: slog.New(slog.DiscardHandler)})
	listener, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return kept, listener.Addr().String()
}

func dial(t *testing.T, address string, lmtp bool) *smtp.Client {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClient(conn)
	if lmtp {
		c = smtp.NewClientLMTP(conn)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Hello("mx.harbour.example"); err != nil {
		t.Fatal(err)
	}
	return c
}

func send(c *smtp.Client, from string, to []string, body string) error {
	if err := c.Mail(from, nil); err != nil {
		return err
	}
	for _, one := range to {
		if err := c.Rcpt(one, nil); err != nil {
			c.Reset()
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, body); err != nil {
		return err
	}
	return w.Close()
}

func codeOf(err error) int {
	var refused *smtp.SMTPError
	if errors.As(err, &refused) {
		return refused.Code
	}
	var each smtp.LMTPDataError
	if errors.As(err, &each) {
		for _, one := range each {
			return one.Code
		}
	}
	return 0
}

func TestMailIsTakenForKnownAddressesAndAcknowledgedWhenItIsStored(t *testing.T) {
	for _, lmtp := range []bool{true, false} {
		t.Run(fmt.Sprintf("LMTP %v", lmtp), func(t *testing.T) {
			kept, address := serve(t, lmtp)
			c := dial(t, address, lmtp)
			if err := send(c, "maria@harbour.example", []string{"reply+one@reply.portal.example", "reply+two@reply.portal.example"}, "Subject: x\r\n\r\nhello\r\n"); err != nil {
				t.Fatal(err)
			}
			if kept.count() != 1 || len(kept.mails[0].To) != 2 || kept.mails[0].From != "maria@harbour.example" || !strings.Contains(string(kept.mails[0].Raw), "hello") {
				t.Fatalf("kept %+v", kept.mails)
			}
			if direct := kept.mails[0].Remote.IsValid(); direct == lmtp {
				t.Errorf("the remote address is known: %v", direct)
			}
			if err := send(c, "maria@harbour.example", []string{"someone@elsewhere.example"}, "x"); codeOf(err) != 550 {
				t.Errorf("mail for others: %v", err)
			}
			if err := send(c, "maria@harbour.example", []string{"trouble@reply.portal.example"}, "x"); codeOf(err) != 451 {
				t.Errorf("while the database is away: %v", err)
			}
			kept.refuses = errors.New("the disk is full")
			if err := send(c, "maria@harbour.example", []string{"reply+one@reply.portal.example"}, "Subject: x\r\n\r\nlater\r\n"); codeOf(err) != 451 {
				t.Errorf("what was not stored was answered with %v", err)
			}
			kept.refuses = nil
			if err := send(c, "", []string{"reply+one@reply.portal.example"}, "Subject: x\r\n\r\nlater\r\n"); err != nil || kept.count() != 2 {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

func TestAMailThatIsTooLargeIsRefusedAndTheNextOneTaken(t *testing.T) {
	kept, address := serve(t, true)
	c := dial(t, address, true)
	if err := send(c, "maria@harbour.example", []string{"reply+one@reply.portal.example"}, "Subject: x\r\n\r\n"+strings.Repeat("0123456789\r\n", 200_000)); codeOf(err) != 552 || kept.count() != 0 {
		t.Errorf("2.4 MB were answered with %v", err)
	}
	c.Reset()
	if err := c.Mail("maria@harbour.example", &smtp.MailOptions{Size: 30 << 20}); codeOf(err) != 552 {
		t.Errorf("30 MB that were announced: %v", err)
	}
	if err := send(c, "maria@harbour.example", []string{"reply+one@reply.portal.example"}, "Subject: x\r\n\r\nhello\r\n"); err != nil || kept.count() != 1 {
		t.Errorf("the next one: %v, %d kept", err, kept.count())
	}
}

func TestNoMailIsTakenForManyRecipientsAtOnce(t *testing.T) {
	_, address := serve(t, false)
	c := dial(t, address, false)
	var many []string
	for i := range mostRecipients + 1 {
		many = append(many, fmt.Sprintf("reply+%d@reply.portal.example", i))
	}
	if err := send(c, "maria@harbour.example", many, "x"); codeOf(err) != 452 {
		t.Errorf("21 recipients: %v", err)
	}
}

func TestASocketThatWasLeftBehindIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp.sock")
	left, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen("unix:" + path); err == nil {
		t.Error("a socket in use was taken over")
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	left.Close()
	listener, err := Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen("unix:" + path); err == nil {
		t.Error("a file was taken for a socket")
	}
	if content, _ := os.ReadFile(path); string(content) != "mine" {
		t.Error("the file is gone")
	}
}
