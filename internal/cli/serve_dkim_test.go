package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	gosmtp "github.com/emersion/go-smtp"

	"lintel/internal/platform/config"
)

// received is a mail server on this machine that keeps the last message.
type received struct{ raw []byte }

func (r *received) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return keeping{kept: r}, nil }

type keeping struct {
	mailSession
	kept *received
}

func (k keeping) Data(body io.Reader) (err error) {
	k.kept.raw, err = io.ReadAll(body)
	return err
}

func receiver(t *testing.T) (*received, int) {
	t.Helper()
	kept := &received{}
	server := gosmtp.NewServer(kept)
	server.Domain = "mail.example"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return kept, listener.Addr().(*net.TCPAddr).Port
}

// One setting turns it on: the key is made, the doctor says what to put into the DNS, and what is sent then holds against it.
func TestMailIsSignedWithTheKeyThatTheDoctorNames(t *testing.T) {
	kept, port := receiver(t)
	c := config.Defaults()
	c.DataDir = t.TempDir()
	c.SMTP = config.SMTP{Host: "127.0.0.1", Port: port, Security: "none", From: "Hartwell & Sons <office@hartwell.example>", DKIMSelector: "lintel"}
	dns := map[string]string{}
	lookup := func(_ context.Context, name string) ([]string, error) {
		if record := dns[name]; record != "" {
			return []string{"v=spf1 -all", record}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	quietAbout(t, checkSignedMail(t.Context(), c, lookup)) // before the first start

	sender, err := newSender(c)
	if err != nil {
		t.Fatal(err)
	}
	found := checkSignedMail(t.Context(), c, lookup)
	wants(t, found, config.Warning, "do not find the key")
	_, record, _ := strings.Cut(found[0].Do, "lintel._domainkey.hartwell.example ")
	dns["lintel._domainkey.hartwell.example"] = strings.Replace(record, "p=", "p= ", 1) // as some DNS forms write it
	quietAbout(t, checkSignedMail(t.Context(), c, lookup))
	dns["lintel._domainkey.hartwell.example"] = "v=DKIM1; k=rsa; p=b3RoZXI="
	wants(t, checkSignedMail(t.Context(), c, lookup), config.Warning, "do not find the key")

	again, err := newSender(c) // the next start signs with the same key
	if err != nil {
		t.Fatal(err)
	}
	for _, sends := range []interface {
		Send(context.Context, string, string, []byte) error
	}{sender, again} {
		raw := "From: office@hartwell.example\r\nTo: maria@harbour.example\r\nSubject: Your proposal\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@hartwell.example>\r\n\r\nHello\r\n"
		if err := sends.Send(t.Context(), "office@hartwell.example", "maria@harbour.example", []byte(raw)); err != nil {
			t.Fatal(err)
		}
		results, err := dkim.VerifyWithOptions(bytes.NewReader(kept.raw), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
		if err != nil || len(results) != 1 || results[0].Err != nil || results[0].Domain != "hartwell.example" {
			t.Fatalf("what arrived does not hold: %+v %v\n%s", results, err, kept.raw)
		}
	}
}

func TestMailThatCannotBeSignedAsWantedStopsTheStart(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, c *config.Config){
		"the key is damaged": func(t *testing.T, c *config.Config) {
			if err := os.WriteFile(c.DKIMKeyFile(), []byte("hello"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"others can read the key": func(t *testing.T, c *config.Config) {
			if _, err := newSender(*c); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(c.DKIMKeyFile(), 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"the key cannot be made": func(_ *testing.T, c *config.Config) { c.SMTP.DKIMKey = c.DataDir + "/none/dkim.pem" },
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Defaults()
			c.DataDir = t.TempDir()
			c.SMTP = config.SMTP{Host: "127.0.0.1", Port: 25, Security: "none", From: "office@hartwell.example", DKIMSelector: "lintel"}
			change(t, &c)
			if _, err := newSender(c); err == nil || !strings.Contains(err.Error(), "dkim.pem") {
				t.Errorf("it starts, or does not say which file: %v", err)
			}
			if _, err := os.Stat(c.DKIMKeyFile()); err != nil {
				return // not made yet: the doctor waits for the first start
			}
			wants(t, checkSignedMail(t.Context(), c, func(context.Context, string) ([]string, error) { return nil, errors.New("not asked") }), config.Broken, "cannot be signed")
		})
	}
}
