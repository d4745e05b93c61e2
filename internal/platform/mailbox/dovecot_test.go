package mailbox

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The full run fetches mail from Debian's Dovecot, with its own folders on a loopback port:
// over TLS and STARTTLS, marked and moved only after it was kept.
func TestDovecotsMailIsFetchedOnceItIsKept(t *testing.T) {
	if os.Getenv("LINTEL_TEST_FULL") != "1" {
		t.Skip("only in the full run (LINTEL_TEST_FULL=1)")
	}
	if _, err := exec.LookPath("dovecot"); err != nil || os.Geteuid() != 0 {
		t.Fatal("the full run needs Debian's dovecot-imapd, and root to start it")
	}
	d := startDovecot(t)
	kept := &shelf{}
	box := Box{Address: fmt.Sprintf("127.0.0.1:%d", d.tls), Security: ImplicitTLS, User: "reply", Password: "right", Folder: "INBOX", TLS: &tls.Config{RootCAs: d.authorities}, Largest: 100_000,
		Means: kept.means(), Log: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := box.Check(ctx); err != nil {
		t.Fatal(err)
	}
	d.deliver(t, "one", "Subject: one\r\nTo: reply+x@reply.example\r\n\r\nhello\r\n")
	d.deliver(t, "two", "Subject: two\r\n\r\n"+strings.Repeat("0123456789\r\n", 20_000))

	kept.refuses = errors.New("the disk is full")
	if taken, err := box.Poll(ctx); taken != 0 || err == nil {
		t.Errorf("while nothing can be kept: %d taken, %v", taken, err)
	}
	kept.refuses = nil
	if taken, err := box.Poll(ctx); taken != 2 || err != nil {
		t.Fatalf("%d taken, %v", taken, err)
	}
	for _, m := range kept.mails {
		large := strings.Contains(string(m.Raw), "Subject: two")
		if !m.Boxed || m.Cut != large || large == strings.Contains(string(m.Raw), "hello") || large && len(m.Raw) > 1000 {
			t.Errorf("kept %d bytes, cut %v: %.60q", len(m.Raw), m.Cut, m.Raw)
		}
	}
	if taken, err := box.Poll(ctx); taken != 0 || err != nil {
		t.Errorf("a second time: %d taken, %v", taken, err)
	}

	starttls := box
	starttls.Address, starttls.Security, starttls.Done = fmt.Sprintf("127.0.0.1:%d", d.plain), StartTLS, "Done"
	d.deliver(t, "three", "Subject: three\r\n\r\nhello\r\n")
	if taken, err := starttls.Poll(ctx); taken != 1 || err != nil {
		t.Fatalf("by STARTTLS: %d taken, %v", taken, err)
	}
	if moved, _ := filepath.Glob(d.mail + "/.Done/cur/*"); len(moved) != 1 {
		t.Errorf("%d mails were moved", len(moved))
	}

	wrong := box
	wrong.Password = "wrong"
	if err := wrong.Check(ctx); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
	stranger := box
	stranger.TLS = nil
	if err := stranger.Check(ctx); err == nil {
		t.Error("a certificate of nobody known was trusted")
	}
	away := box
	away.Folder = "Nowhere"
	if err := away.Check(ctx); err == nil || !strings.Contains(err.Error(), "Nowhere") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

type dovecot struct {
	tls, plain  int
	mail        string
	authorities *x509.CertPool
}

// deliver puts a mail into the inbox, as a delivery agent does.
func (d *dovecot) deliver(t *testing.T, name, raw string) {
	t.Helper()
	path := filepath.Join(d.mail, "tmp", name)
	if err := os.WriteFile(path, []byte(raw), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, filepath.Join(d.mail, "new", name)); err != nil {
		t.Fatal(err)
	}
}

func startDovecot(t *testing.T) *dovecot {
	t.Helper()
	base, err := os.MkdirTemp("", "lintel-dovecot-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	os.Chmod(base, 0o755)
	d := &dovecot{tls: freePort(t), plain: freePort(t), mail: filepath.Join(base, "mail"), authorities: x509.NewCertPool()}
	certificate, key := ownCertificate(t)
	d.authorities.AppendCertsFromPEM(certificate)
	for _, folder := range []string{"", "cur", "new", "tmp", ".Done", ".Done/cur", ".Done/new", ".Done/tmp"} {
		path := filepath.Join(d.mail, folder)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{"cert.pem": string(certificate), "key.pem": string(key), "users": "reply:{PLAIN}right:65534:65534::" + d.mail + "\n", "dovecot.conf": fmt.Sprintf(`base_dir = %[1]s/run
instance_name = lintel
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = yes
mail_location = maildir:%[2]s
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
service imap-login {
  chroot =
  inet_listener imap {
    port = %[3]d
  }
  inet_listener imaps {
    port = %[4]d
    ssl = yes
  }
}
service anvil {
  chroot =
}
passdb {
  driver = passwd-file
  args = %[1]s/users
}
userdb {
  driver = passwd-file
  args = %[1]s/users
}
`, base, d.mail, d.plain, d.tls)}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(base, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command("dovecot", "-F", "-c", filepath.Join(base, "dovecot.conf"))
	var said strings.Builder
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(base + "/log")
			t.Logf("Dovecot says:\n%s\n%s", said.String(), log)
		}
	})
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", d.tls)); err == nil {
			conn.Close()
			return d
		}
	}
	t.Fatal("Dovecot does not answer")
	return nil
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func ownCertificate(t *testing.T) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}
