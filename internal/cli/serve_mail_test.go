package cli

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The listener for incoming mail comes and goes with the program; what it has taken is on the
// disk before it says so.
func TestMailIsTakenWhileTheProgramRuns(t *testing.T) {
	c := settings(t)
	folder, err := os.MkdirTemp("", "lmtp") // the path of a socket may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	socket := filepath.Join(folder, "lmtp.sock")
	c.Incoming.Address, c.Incoming.Listen = "reply@reply.example.com", "unix:"+socket
	_, _, stop := run(t, c)
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	ask := func(command, want string) {
		t.Helper()
		if _, err := io.WriteString(conn, command); err != nil {
			t.Fatal(err)
		}
		for more := true; more; { // an answer may have many lines, and they may come one by one
			line, err := answers.ReadString('\n')
			if err != nil || !strings.HasPrefix(line, want) {
				t.Fatalf("%q is answered with %q, %v; wanted %s", command, line, err, want)
			}
			more = strings.HasPrefix(line, want+"-")
		}
	}
	ask("", "220")
	ask("LHLO mx.example.com\r\n", "250")
	ask("MAIL FROM:<maria@harbour.example>\r\n", "250")
	ask("RCPT TO:<someone@reply.example.com>\r\n", "550")
	ask("RCPT TO:<reply@reply.example.com>\r\n", "250")
	ask("DATA\r\n", "354")
	ask("From: maria@harbour.example\r\nSubject: x\r\n\r\nhello\r\n.\r\n", "250")
	if kept, _ := filepath.Glob(filepath.Join(c.DataDir, "files", "blobs", "incoming", "*")); len(kept) != 1 {

		t.Errorf("%d mails are on the disk", len(kept))
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("unix", socket); err == nil {
		t.Error("mail is taken after the program has ended")
	}
}

func TestServeRefusesAPlaceForMailThatIsTaken(t *testing.T) {
	c := settings(t)
	c.Incoming.Address, c.Incoming.Listen = "reply@reply.example.com", taken(t)
	if err := (serveCommand{c}).Run(&terminal{t.Context(), &page{}, &page{}}); err == nil || !strings.Contains(err.Error(), "incoming mail") {
		t.Errorf("got %v", err)
	}
}
