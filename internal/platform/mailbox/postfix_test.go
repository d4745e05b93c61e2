package mailbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// The full run lets Debian's Postfix, with its own folders and ports, take mail from outside
// and hand it over by LMTP, as docs/mail.md tells owners to set it up.
func TestPostfixHandsMailOverAndKeepsItWhileItCannotBeStored(t *testing.T) {
	if os.Getenv("LINTEL_TEST_FULL") != "1" {
		t.Skip("only in the full run (LINTEL_TEST_FULL=1)")
	}
	if _, err := exec.LookPath("postfix"); err != nil || os.Geteuid() != 0 {
		t.Fatal("the full run needs Debian's postfix, and root to start it")
	}
	kept := &shelf{}
	server := NewServer(Options{Domain: "reply.lintel.test", LMTP: true, Largest: 1 << 20, Means: kept.means(), Log: slog.New(slog.DiscardHandler)})
	listener, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Stop() })
	p := startPostfix(t, listener.Addr().(*net.TCPAddr).Port)
	c, err := smtp.Dial(fmt.Sprintf("127.0.0.1:%d", p.port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const raw = "From: Maria <maria@harbour.example>\r\nTo: reply+x@reply.lintel.test\r\nSubject: Größe\r\nMessage-ID: <1@harbour.example>\r\n\r\n.dot at the beginning\r\n"
	if err := send(c, "maria@harbour.example", []string{"reply+X@reply.lintel.test"}, raw); err != nil {
		t.Fatal(err)
	}
	until(t, "the mail is handed over", func() bool { return kept.count() == 1 })
	got := kept.mails[0]
	if got.From != "maria@harbour.example" || len(got.To) != 1 || got.To[0] != "reply+X@reply.lintel.test" || !strings.Contains(string(got.Raw), "\r\n.dot at the beginning") || !strings.HasPrefix(string(got.Raw), "Received:") {
		t.Errorf("handed over: %q to %q: %s", got.From, got.To, got.Raw)
	}

	kept.mu.Lock()
	kept.refuses = errors.New("the disk is full")
	kept.mu.Unlock()
	if err := send(c, "maria@harbour.example", []string{"reply+x@reply.lintel.test"}, strings.Replace(raw, "<1@", "<2@", 1)); err != nil {
		t.Fatal(err)
	}
	until(t, "Postfix has the mail in its deferred queue", func() bool {
		waiting, _ := filepath.Glob(p.base + "/queue/deferred/*/*")
		return len(waiting) == 1
	})
	kept.mu.Lock()
	kept.refuses = nil
	kept.mu.Unlock()
	until(t, "the mail comes again", func() bool {
		p.command("flush")
		return kept.count() == 2
	})

	if err := send(c, "maria@harbour.example", []string{"somebody@reply.lintel.test"}, raw); err != nil {
		t.Fatal(err)
	}
	until(t, "Postfix gives back what nobody here takes", func() bool {
		log, _ := os.ReadFile(p.base + "/data/log")
		return strings.Contains(string(log), "There is no such address here") && strings.Contains(string(log), "status=bounced")
	})
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("after 30 s it is not so that %s", what)
}

type postfix struct {
	base string
	port int
}

func (p *postfix) command(verb string) ([]byte, error) {
	cmd := exec.Command("postfix", "-c", p.base+"/conf", verb)
	cmd.Env = append(os.Environ(), "MAIL_CONFIG="+p.base+"/conf")
	return cmd.CombinedOutput()
}

func startPostfix(t *testing.T, lmtp int) *postfix {
	t.Helper()
	// Postfix insists on folders that its own user can reach.
	base, err := os.MkdirTemp("", "lintel-postfix-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	os.Chmod(base, 0o755)
	p := &postfix{base: base, port: freePort(t)}
	files := map[string]string{
		"conf/transport": fmt.Sprintf("reply.lintel.test lmtp:inet:127.0.0.1:%d\n* discard:\n", lmtp),
		"conf/main.cf": fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
multi_instance_name = postfix-lintel-in
multi_instance_enable = yes
maillog_file = %[1]s/data/log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.lintel.test
mydestination =
mynetworks =
relay_domains = reply.lintel.test
transport_maps = texthash:%[1]s/conf/transport
alias_maps =
smtpd_recipient_restrictions = permit_auth_destination, reject
smtpd_peername_lookup = no
minimal_backoff_time = 1s
queue_run_delay = 1s
`, base),
		"conf/master.cf": fmt.Sprintf(`127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
flush unix n - n 1000? 0 flush
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`, p.port),
	}
	for _, folder := range []string{"conf", "queue", "data"} {
		if err := os.Mkdir(filepath.Join(base, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(base, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("chown", "postfix", base+"/data").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := p.command("start"); err != nil {
		log, _ := os.ReadFile(base + "/data/log")
		t.Fatalf("start Postfix: %v\n%s\n%s", err, out, log)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(base + "/data/log")
			t.Logf("Postfix says:\n%s", log)
		}
		p.command("stop")
	})
	return p
}
