package mail

import (
	"context"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crypto/x509"

	"lintel/internal/platform/clock"
)

// The full run hands a mail to Debian's Postfix, with its own configuration and queue on a
// loopback port, over mandatory STARTTLS; Postfix delivers it into a file and sends the
// bounce of another one, and both are read back.
func TestPostfixTakesOurMailAndWeReadItsBounce(t *testing.T) {
	full := os.Getenv("LINTEL_TEST_FULL") == "1"
	if !full {
		t.Skip("only in the full run (LINTEL_TEST_FULL=1)")
	}
	if _, err := exec.LookPath("postfix"); err != nil || os.Geteuid() != 0 {
		t.Fatal("the full run needs Debian's postfix, and root to start it")
	}
	p := startPostfix(t)
	sender, err := NewSMTP(SMTPConfig{Host: "127.0.0.1", Port: p.port, TLS: StartTLS, HELO: "portal.example", Authorities: p.authorities}, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := sender.Check(ctx); err != nil {
		t.Fatal(err)
	}
	m := proposalMail()
	m.To, m.Subject = "maria@lintel.test", "Η προσφορά σας 🎉"
	raw, err := Build(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(ctx, "office@lintel.test", m.To, raw); err != nil {
		t.Fatal(err)
	}
	got, err := Parse(p.delivered(t, "maria"))
	if err != nil || got.Subject != m.Subject || got.MessageID != m.ID || strings.TrimSpace(got.Text) != strings.TrimSpace(m.Text) || len(got.Attachments) != 1 {
		t.Errorf("Postfix delivered subject %q, id %q, text %q, %d attachments, %v", got.Subject, got.MessageID, got.Text, len(got.Attachments), err)
	}

	if err := sender.Send(ctx, "office@lintel.test", "refused@lintel.test", raw); !IsPermanent(err) || codeOf(err) != 550 {
		t.Errorf("an address that Postfix refuses: %v", err)
	}
	if err := sender.Send(ctx, "office@lintel.test", "bounces@lintel.test", raw); err != nil {
		t.Fatal(err)
	}
	bounce, ok := ParseBounce(p.delivered(t, "office"))
	if !ok || !bounce.Permanent || bounce.Recipient != "bounces@lintel.test" || bounce.OriginalMessageID != m.ID || !strings.HasPrefix(bounce.Status, "5.") {
		t.Errorf("the bounce reads %+v, %v", bounce, ok)
	}
}

type postfix struct {
	port        int
	authorities *x509.CertPool
	mailboxes   string
}

func startPostfix(t *testing.T) *postfix {
	t.Helper()
	// Postfix insists on folders that its own user can reach.
	base, err := os.MkdirTemp("", "lintel-postfix-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	os.Chmod(base, 0o755)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	certificate, pool := selfSigned(t, "127.0.0.1")
	keyDER, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	p := &postfix{port: port, authorities: pool, mailboxes: filepath.Join(base, "mailboxes")}
	files := map[string]string{
		"conf/tls.pem": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})) +
			string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})),
		"conf/mailboxes": "maria@lintel.test maria\noffice@lintel.test office\nrefused@lintel.test refused\n",
		"conf/transport": "refused@lintel.test error:5.1.1 user unknown\nvoid.lintel.test error:5.1.1 user unknown\n",
		// Taken at first, as its own address is good, and found undeliverable later.
		"conf/aliases": "bounces@lintel.test nobody@void.lintel.test\n",
		"conf/main.cf": fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
multi_instance_name = postfix-lintel
multi_instance_enable = yes
maillog_file = %[1]s/data/log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.lintel.test
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = lintel.test
virtual_mailbox_base = %[2]s
virtual_mailbox_maps = texthash:%[1]s/conf/mailboxes
virtual_alias_maps = texthash:%[1]s/conf/aliases
virtual_uid_maps = static:%[3]d
virtual_gid_maps = static:%[3]d
transport_maps = texthash:%[1]s/conf/transport
alias_maps =
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = %[1]s/conf/tls.pem
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
`, base, p.mailboxes, 65534),
		"conf/master.cf": fmt.Sprintf(`127.0.0.1:%d inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`, port),
	}
	for _, folder := range []string{"conf", "queue", "data", "mailboxes"} {
		if err := os.Mkdir(filepath.Join(base, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(base, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, own := range [][]string{{"chown", "postfix", base + "/data"}, {"chown", "nobody", p.mailboxes}} {
		if out, err := exec.Command(own[0], own[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v %s", own, err, out)
		}
	}
	command := func(verb string) ([]byte, error) {
		cmd := exec.Command("postfix", "-c", base+"/conf", verb)
		cmd.Env = append(os.Environ(), "MAIL_CONFIG="+base+"/conf")
		return cmd.CombinedOutput()
	}
	if out, err := command("start"); err != nil {
		log, _ := os.ReadFile(base + "/data/log")
		t.Fatalf("start Postfix: %v\n%s\n%s", err, out, log)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(base + "/data/log")
			t.Logf("Postfix says:\n%s", log)
		}
		command("stop")
	})
	return p
}

// delivered waits for a mailbox and takes its one message out.
func (p *postfix) delivered(t *testing.T, mailbox string) []byte {
	t.Helper()
	path := filepath.Join(p.mailboxes, mailbox)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		content, err := os.ReadFile(path)
		// mbox: a "From " line in front, an empty line at the end.
		if _, message, ok := strings.Cut(string(content), "\n"); err == nil && ok && strings.HasSuffix(message, "\n\n") {
			return []byte(message)
		}
	}
	t.Fatalf("nothing arrived for %s in 20 s", mailbox)
	return nil
}
