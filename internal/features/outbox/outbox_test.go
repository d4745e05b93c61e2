package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	gosmtp "github.com/emersion/go-smtp"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/mail"
)

func TestAMailGoesOutOnceInTheFirmsNameWithItsAttachment(t *testing.T) {
	onBoth(t, func(w *world) {
		l := letterTo("maria@example.com")
		l.AttachFile, l.Mark = "signed", "proposal1 sent 1"
		w.queue(l, l) // twice under the same mark
		w.queue(l)
		w.drain()
		w.drain()
		sent := w.post.messages()
		if len(sent) != 1 {
			w.Fatalf("%d mails arrived, want 1", len(sent))
		}
		m, err := mail.Parse([]byte(sent[0].raw))
		if err != nil {
			w.Fatal(err)
		}
		if sent[0].to != "maria@example.com" || m.Subject != l.Subject || !strings.Contains(m.From, "Hartwell & Sons") {
			w.Errorf("to %s, subject %q, from %q", sent[0].to, m.Subject, m.From)
		}
		for _, want := range []string{secretLink, "Kitchen refit", "3 Mill Yard, Elmsbury", "01632 960 118", "for Maria Ruiz only", "#0b7a53"} {
			if !strings.Contains(m.HTML, want) {
				w.Errorf("the mail does not say %q", want)
			}
		}
		if len(m.Attachments) != 1 || m.Attachments[0].Name != "Kitchen, signed.pdf" || string(m.Attachments[0].Bytes) != "%PDF-1.7 sealed" {
			w.Errorf("attachments: %+v", m.Attachments)
		}
		if list := w.list(); len(list) != 1 || list[0].State != Delivered || list[0].SentAt != w.clock.Now() {
			w.Errorf("the office sees %+v", list)
		}
	})
}

func TestAFailedTransactionSendsNothing(t *testing.T) {
	onBoth(t, func(w *world) {
		stop := errors.New("stop")
		err := w.store.Change(w.Context(), w.staff, access.ProposalsSend, func(tx *guard.Tx) error {
			if err := w.outbox.Queue(tx, letterTo("maria@example.com")); err != nil {
				return err
			}
			return stop
		})
		w.drain()
		if !errors.Is(err, stop) || len(w.post.messages()) != 0 || len(w.list()) != 0 {
			w.Errorf("after a rollback (%v): %d sent, %d listed", err, len(w.post.messages()), len(w.list()))
		}
	})
}

func TestF05NoLetterBecomesTwo(t *testing.T) {
	onBoth(t, func(w *world) {
		for what, change := range map[string]func(*Letter){
			"a line break in the subject": func(l *Letter) { l.Subject = "Hi\r\nBcc: eve@evil.example" },
			"a line break in the name":    func(l *Letter) { l.ToName = "Maria\nBcc: eve@evil.example" },
			"two addresses":               func(l *Letter) { l.To = "maria@example.com, eve@evil.example" },
			"a line break in the address": func(l *Letter) { l.To = "maria@example.com\r\nRCPT TO:<eve@evil.example>" },
			"a reply address of two":      func(l *Letter) { l.ReplyTo = "a@example.com,b@example.com" },
			"no subject":                  func(l *Letter) { l.Subject = "" },
		} {
			l := letterTo("maria@example.com")
			change(&l)
			err := w.store.Change(w.Context(), w.staff, access.ProposalsSend, func(tx *guard.Tx) error { return w.outbox.Queue(tx, l) })
			if !fault.Is(err, fault.Invalid) {
				w.Errorf("%s: %v", what, err)
			}
		}
		w.drain()
		if n := len(w.post.messages()); n != 0 {
			w.Errorf("%d mails were sent", n)
		}
	})
}

func TestB15ADumpOfTheDatabaseShowsNoLinkAndNoCode(t *testing.T) {
	onBoth(t, func(w *world) {
		l := letterTo("maria@example.com")
		l.Code = "481516"
		w.queue(l)
		dump := w.dump()
		if len(dump) < 200 {
			w.Fatalf("the dump has only %d characters", len(dump))
		}
		for _, hidden := range []string{"abcdefsecrettokenxyz", "481516", "Kitchen refit"} {
			if strings.Contains(dump, hidden) {
				w.Errorf("the database shows %q", hidden)
			}
		}
	})
}

// dump is everything that the mails and jobs tables hold.
func (w *world) dump() string {
	w.Helper()
	var out strings.Builder
	err := w.database.Read(w.Context(), "*", func(tx *db.Tx) error {
		for _, table := range []string{"mails", "jobs", "events"} {
			rows, err := tx.Query(`select * from ` + table)
			if err != nil {
				return err
			}
			columns, _ := rows.Columns()
			for rows.Next() {
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new(any)
				}
				if err := rows.Scan(values...); err != nil {
					return err
				}
				for _, v := range values {
					fmt.Fprintf(&out, "%s\n", *v.(*any))
				}
			}
			rows.Close()
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return out.String()
}

func TestFault11AfterADayWithoutAMailServerEachMailIsSentOnceAndOldCodesAreNot(t *testing.T) {
	onBoth(t, func(w *world) {
		w.post.set(&gosmtp.SMTPError{Code: 451, Message: "try later"})
		var letters []Letter
		for i := range 12 {
			letters = append(letters, letterTo(fmt.Sprintf("person%d@example.com", i)))
		}
		code := letterTo("code@example.com")
		code.GoodUntil = w.clock.Now().Add(10 * time.Minute)
		w.queue(append(letters, code)...)
		for range 24 * 6 {
			w.drain()
			w.clock.Advance(10 * time.Minute)
		}
		if n := len(w.post.messages()); n != 0 {
			w.Fatalf("%d mails arrived while the server refused", n)
		}
		w.post.set(nil)
		for range 4 {
			w.drain()
			w.clock.Advance(10 * time.Minute)
		}
		got := map[string]int{}
		for _, m := range w.post.messages() {
			got[m.to]++
		}
		for _, l := range letters {
			if got[l.To] != 1 {
				w.Errorf("%s got %d mails", l.To, got[l.To])
			}
		}
		if got["code@example.com"] != 0 {
			w.Error("a code was sent a day late")
		}
		states := map[State]int{}
		for _, m := range w.list() {
			states[m.State]++
		}
		if states[Delivered] != 12 || states[Expired] != 1 {
			w.Errorf("states: %v", states)
		}
	})
}

func TestAMailThatNobodyTakesForADayAndAHalfIsGivenUpAndTheOfficeIsTold(t *testing.T) {
	onBoth(t, func(w *world) {
		w.post.set(&gosmtp.SMTPError{Code: 451, Message: "try later"})
		w.queue(letterTo("maria@example.com"))
		for range 35 * 2 {
			w.drain()
			w.clock.Advance(30 * time.Minute)
		}
		if list := w.list(); list[0].State != Queued || list[0].LastError == "" {
			w.Errorf("after 35 hours: %+v", list[0])
		}
		for range 6 {
			w.drain()
			w.clock.Advance(30 * time.Minute)
		}
		if list := w.list(); list[0].State != Failed {
			w.Errorf("after 38 hours: %+v", list[0])
		}
		if told := w.events(); len(told) != 1 || !strings.HasPrefix(told[0], "mail.failed proposal proposal1 ") {
			w.Errorf("events: %v", told)
		}
	})
}

func TestFault13ARefusedAddressBouncesAtOnceAndOthersGoOn(t *testing.T) {
	onBoth(t, func(w *world) {
		w.post.answers["wrong@example.com"] = &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		w.queue(letterTo("wrong@example.com"), letterTo("maria@example.com"))
		w.drain()
		w.clock.Advance(48 * time.Hour)
		w.drain()
		states := map[string]State{}
		for _, m := range w.list() {
			states[m.To] = m.State
		}
		if states["wrong@example.com"] != Bounced || states["maria@example.com"] != Delivered {
			w.Errorf("states: %v", states)
		}
		told := w.events()
		if len(told) != 1 || !strings.HasPrefix(told[0], "mail.bounced proposal proposal1 ") || !strings.Contains(told[0], "wrong@example.com") || !strings.Contains(told[0], "no such user") {
			w.Errorf("events: %v", told)
		}
	})
}

func TestFault12ALostAnswerMakesAtMostOneCopyUnderTheSameMessageID(t *testing.T) {
	onBoth(t, func(w *world) {
		w.post.dropOnce = true
		w.queue(letterTo("maria@example.com"))
		for range 5 {
			w.drain()
			w.clock.Advance(time.Hour)
		}
		sent := w.post.messages()
		if len(sent) != 2 {
			w.Fatalf("%d copies arrived, want the lost one and one more", len(sent))
		}
		first, _ := mail.Parse([]byte(sent[0].raw))
		second, _ := mail.Parse([]byte(sent[1].raw))
		if first.MessageID == "" || first.MessageID != second.MessageID || !strings.HasSuffix(first.MessageID, "@lintel.example") {
			w.Errorf("Message-IDs %q and %q", first.MessageID, second.MessageID)
		}
	})
}

// A node that dies after the mail server's yes leaves its job to another, which runs it again.
func TestFault22AJobThatRunsAgainAfterTheMailIsSettledSendsNothing(t *testing.T) {
	onBoth(t, func(w *world) {
		w.queue(letterTo("maria@example.com"))
		mailID := w.list()[0].ID
		w.drain()
		for attempt := range 2 {
			arguments, _ := json.Marshal(sending{Mail: mailID, Attempt: attempt})
			w.exec(`insert into jobs (id, kind, org, arguments, run_at, max_attempts, state, created_at) values ($1, $2, 'org1', $3, 0, 5, 'ready', 0)`,
				fmt.Sprint("again", attempt), sendJob, string(arguments))
		}
		w.drain()
		if n := len(w.post.messages()); n != 1 {
			w.Errorf("%d mails arrived", n)
		}
	})
}

func deliveryReport(messageID, action, status string) []byte {
	return []byte(strings.ReplaceAll(`From: MAILER-DAEMON@post.example
To: portal@lintel.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; post.example

Final-Recipient: rfc822; maria@example.com
Action: `+action+`
Status: `+status+`
Diagnostic-Code: smtp; 550 mailbox unavailable

--b
Content-Type: text/rfc822-headers

Message-ID: <`+messageID+`>
Subject: Your proposal is ready

--b--
`, "\n", "\r\n"))
}

func TestADeliveryReportMarksTheMailAsReturnedOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		w.queue(letterTo("maria@example.com"))
		w.drain()
		parsed, err := mail.Parse([]byte(w.post.messages()[0].raw))
		if err != nil {
			w.Fatal(err)
		}
		ctx := w.Context()
		if err := w.outbox.Bounce(ctx, deliveryReport(parsed.MessageID, "delayed", "4.4.1")); err != nil || w.list()[0].State != Delivered {
			w.Errorf("a report of a delay: %v, state %s", err, w.list()[0].State)
		}
		if err := w.outbox.Bounce(ctx, deliveryReport("somebody@else.example", "failed", "5.1.1")); !fault.Is(err, fault.NotFound) {
			w.Errorf("a report about a foreign mail: %v", err)
		}
		if err := w.outbox.Bounce(ctx, []byte("Subject: hello\r\n\r\nI am away.")); !fault.Is(err, fault.Invalid) {
			w.Errorf("an absence notice: %v", err)
		}
		for range 2 {
			if err := w.outbox.Bounce(ctx, deliveryReport(parsed.MessageID, "failed", "5.1.1")); err != nil {
				w.Error(err)
			}
		}
		if m := w.list()[0]; m.State != Bounced || !strings.Contains(m.LastError, "mailbox unavailable") {
			w.Errorf("the office sees %+v", m)
		}
		if told := w.events(); len(told) != 1 {
			w.Errorf("events: %v", told)
		}
	})
}

func TestTheTextOfALetterIsForgottenAMonthAfterItWasSent(t *testing.T) {
	onBoth(t, func(w *world) {
		w.queue(letterTo("maria@example.com"))
		w.drain()
		w.clock.Advance(29 * 24 * time.Hour)
		w.drain()
		if w.sealedLetters() != 1 {
			w.Error("the letter was forgotten too early")
		}
		w.clock.Advance(2 * 24 * time.Hour)
		w.drain()
		if w.sealedLetters() != 0 || len(w.list()) != 1 {
			w.Errorf("%d letters are still kept, %d mails listed", w.sealedLetters(), len(w.list()))
		}
	})
}

func (w *world) sealedLetters() (n int) {
	w.Helper()
	err := w.database.Read(w.Context(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(`select count(*) from mails where sealed <> ''`)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n)
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func TestACustomersOwnVerbMayQueueAMailButNotListThem(t *testing.T) {
	onBoth(t, func(w *world) {
		customer := access.NewActor(access.Identity{Org: "org1", Person: "maria", Kind: access.Customer, Modules: access.EveryModule, Name: "Maria"})
		err := w.store.Change(w.Context(), customer, access.MessagesWrite, func(tx *guard.Tx) error { return w.outbox.Queue(tx, letterTo("maria@example.com")) })
		if err != nil {
			w.Fatal(err)
		}
		err = w.store.View(w.Context(), customer, access.MessagesRead, func(tx *guard.Tx) error { _, err := w.outbox.About(tx, "proposal1"); return err })
		if err == nil {
			w.Error("a customer listed the firm's mails")
		}
	})
}

func TestWordsOnTheBrandsColourCanBeRead(t *testing.T) {
	for colour, want := range map[string]string{"#00835a": "#ffffff", "#ffe100": "#101010", "#ffffff": "#101010", "#000000": "#ffffff", "#7fd1ae": "#101010"} {
		red, green, blue, ok := channels(colour)
		if got := readableOn(red, green, blue); !ok || got != want {
			t.Errorf("on %s: %s, want %s", colour, got, want)
		}
	}
	if _, _, _, ok := channels("red"); ok {
		t.Error("a word passed as a colour")
	}
}

// A title may be as long as the subject of a mail, and something stands before it there.
func TestALongSubjectIsCutBetweenTwoWords(t *testing.T) {
	onBoth(t, func(w *world) {
		l := letterTo("maria@example.com")
		l.Subject = "Ihr Angebot ist fertig: " + strings.TrimSpace(strings.Repeat("Küchenumbau ", 25))
		w.queue(l)
		w.drain()
		m, err := mail.Parse([]byte(w.post.messages()[0].raw))
		if err != nil {
			w.Fatal(err)
		}
		if n := utf8.RuneCountInString(m.Subject); n > 200 || n < 150 || !strings.HasSuffix(m.Subject, "Küchenumbau…") {
			w.Errorf("%d letters: %q", n, m.Subject)
		}
	})
}
