package outbox

import (
	"fmt"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/mail"
)

// feedbackReport is what a mailbox provider sends when a reader has called a mail unwanted (RFC 5965).
func feedbackReport(messageID string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: feedback@mailbox.example
To: portal@lintel.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is a complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Mailbox/1
Version: 1

--b
Content-Type: text/rfc822-headers

Message-ID: <%s>

--b--
`, messageID), "\n", "\r\n"))
}

func TestFault13AComplaintIsToldOnceAndTheAddressGetsOnlyWhatIsNeeded(t *testing.T) {
	onBoth(t, func(w *world) {
		w.queue(letterTo("Maria@example.com"))
		w.drain()
		parsed, err := mail.Parse([]byte(w.post.messages()[0].raw))
		if err != nil {
			w.Fatal(err)
		}
		for range 2 {
			if err := w.outbox.Complaint(w.Context(), feedbackReport(parsed.MessageID)); err != nil {
				w.Fatal(err)
			}
		}
		if told := w.events(); len(told) != 1 || !strings.Contains(told[0], "mail.complained") {
			w.Errorf("events: %v", told)
		}
		err = w.store.View(w.Context(), access.NewSystem("org1", "a test"), access.SystemWork, func(tx *guard.Tx) error {
			for address, want := range map[string]bool{"maria@example.com": true, "tomas@example.com": false} {
				if got, err := w.outbox.Suppressed(tx, address); got != want || err != nil {
					w.Errorf("%s suppressed: %v, %v", address, got, err)
				}
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
		if err := w.outbox.Complaint(w.Context(), feedbackReport("none@elsewhere")); !fault.Is(err, fault.NotFound) {
			w.Errorf("a complaint about a mail that is not ours: %v", err)
		}
		if err := w.outbox.Complaint(w.Context(), []byte("Subject: hello\r\n\r\nhello")); !fault.Is(err, fault.Invalid) {
			w.Errorf("a mail that is no complaint: %v", err)
		}
	})
}
