package file

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// scannerFor is a daemon that speaks as clamd does and finds one test virus.
func scannerFor(w *world) (address string, down *atomic.Bool) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { listener.Close() })
	down = &atomic.Bool{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if down.Load() {
				conn.Close()
				continue
			}
			answerScan(conn)
		}
	}()
	return listener.Addr().String(), down
}

func answerScan(conn net.Conn) {
	defer conn.Close()
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		return
	}
	var content bytes.Buffer
	for {
		var length [4]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		n := int64(binary.BigEndian.Uint32(length[:]))
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&content, conn, n); err != nil {
			return
		}
	}
	answer := "stream: OK\x00"
	if strings.Contains(content.String(), "EICAR-STANDARD-ANTIVIRUS-TEST-FILE") {
		answer = "stream: Eicar-Test-Signature FOUND\x00"
	}
	_, _ = io.WriteString(conn, answer)
}

func TestE12VirusesAreRefusedAndNothingIsServedWhileTheScannerIsDown(t *testing.T) {
	onBoth(t, 0, func(w *world) {
		address, down := scannerFor(w)
		w.files.UseScanner(Clamd("tcp", address))
		down.Store(true)
		clean := w.upload("A1", "proposal", "proposalA", "kitchen.jpg", asJPEG(w.T, photo(60, 40)))
		virus := w.upload("A1", "proposal", "proposalA", "letter.pdf", append(pdfBytes, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"...))
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		for _, who := range []string{"A1", "staff"} {
			for _, part := range []string{"", "?show=1", "/preview", "/thumb"} {
				w.want(w.do(who, "GET", "/org1/files/"+clean+part, nil), http.StatusNotFound, who+" while the scanner is down"+part)
			}
		}
		row := w.do("A1", "GET", "/org1/uploads/"+clean, nil)
		if row.Code != http.StatusOK || !strings.Contains(row.Body.String(), "Being checked for viruses") {
			w.Errorf("the uploader is told: %d %s", row.Code, row.Body)
		}
		down.Store(false)
		w.clock.Advance(time.Minute)
		if _, err := w.runner.Drain(w.Context()); err != nil {
			w.Fatal(err)
		}
		w.want(w.do("A1", "GET", "/org1/files/"+clean, nil), http.StatusOK, "a clean file afterwards")
		if got := w.do("A1", "GET", "/org1/files/"+clean+"/thumb", nil); got.Header().Get("ETag") == "" {
			w.Error("the preview was not made after the check")
		}
		w.want(w.do("staff", "GET", "/org1/files/"+virus, nil), http.StatusNotFound, "the virus afterwards")
		w.want(w.do("A1", "GET", "/org1/uploads/"+virus, nil), http.StatusNotFound, "the virus' row")
	})
}

func TestWhatTheScannerDoesNotAnswerClearlyIsNoVerdict(t *testing.T) {
	for answer, want := range map[string]string{"stream: OK": "", "stream: Win.Test FOUND": "Win.Test"} {
		if got, err := verdict(answer); err != nil || got != want {
			t.Errorf("%q: %q, %v", answer, got, err)
		}
	}
	for _, answer := range []string{"", "INSTREAM size limit exceeded. ERROR", "stream: ", "UNKNOWN COMMAND"} {
		if _, err := verdict(answer); err == nil {
			t.Errorf("%q passed as clean", answer)
		}
	}
}
