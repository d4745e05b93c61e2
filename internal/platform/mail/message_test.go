package mail

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/fault"

	"github.com/emersion/go-msgauth/dkim"
)

func proposalMail() Message {
	return Message{
		From: office, FromName: "Hartwell & Sons", To: maria, ToName: "Maria Ruiz", Subject: "Your proposal is ready",
		Text: "Hello Maria, please look through it.\n", HTML: `<p>Hello Maria</p><img src="cid:logo@hartwell.example">`,
		ID: "n123.1@hartwell.example", Date: time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC), AutoSubmitted: true,
		ReplyTo: "reply+abc@hartwell.example", InReplyTo: "n122.1@hartwell.example", ListUnsubscribe: "https://hartwell.example/u/abc",
		Inline:      []Attachment{{Name: "logo.png", ContentType: "image/png", CID: "logo@hartwell.example", Bytes: []byte("\x89PNG logo")}},
		Attachments: []Attachment{{Name: "Angebot Küche.pdf", ContentType: "application/pdf", Bytes: []byte("%PDF-1.7")}},
	}
}

func TestWhatIsBuiltReadsBackTheSame(t *testing.T) {
	for _, c := range []struct{ name, subject string }{
		{"Hartwell & Sons", "Your proposal is ready"},
		{"Παπαδόπουλος και Υιοί", "Η προσφορά σας είναι έτοιμη: ανακαίνιση κουζίνας και ισογείου, Λεωφόρος Αλεξάνδρας 12"},
		{"Zimmerei Müller 🪚", "Ihr Angebot ist da 🎉👷‍♀️"},
		{`Jon "Jo" Sato, Ltd.`, "a: b; c, \"d\""},
	} {
		m := proposalMail()
		m.FromName, m.ToName, m.Subject = c.name, c.name, c.subject
		m.Text = "Grüße aus Αθήνα 🎉\n.\n.a line with a dot\nFrom here on\n" + strings.Repeat("long ", 400) + "\n"
		raw, err := Build(m)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n") || bytes.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Fatalf("line %d is not one that every server takes: %.200q", i, line)
			}
		}
		parsed, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Subject != c.subject || !strings.Contains(parsed.From, office) || parsed.MessageID != m.ID || !parsed.Date.Equal(m.Date) {
			t.Errorf("read back subject %q, from %q, id %q, %s", parsed.Subject, parsed.From, parsed.MessageID, parsed.Date)
		}
		if strings.ReplaceAll(parsed.Text, "\r\n", "\n") != m.Text {
			t.Errorf("read back text %.80q", parsed.Text)
		}
		if !strings.Contains(parsed.HTML, `src="data:image/png;base64,iVBORyBsb2dv"`) || strings.Contains(parsed.HTML, "cid:") {
			t.Errorf("the logo is not inside: %s", parsed.HTML)
		}
		if len(parsed.Attachments) != 1 || parsed.Attachments[0].Name != "Angebot Küche.pdf" || string(parsed.Attachments[0].Bytes) != "%PDF-1.7" {
			t.Errorf("attachments %+v", parsed.Attachments)
		}
	}
}

func TestTheHeadersSayWhatMachinesAsk(t *testing.T) {
	raw := string(rawMail(t))
	for _, want := range []string{
		"Message-ID: <n123.1@hartwell.example>", "Date: Mon, 28 Sep 2026 09:00:00 +0000", "Auto-Submitted: auto-generated",
		"In-Reply-To: <n122.1@hartwell.example>", "References: <n122.1@hartwell.example>", "List-Unsubscribe: <https://hartwell.example/u/abc>",
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click", "MIME-Version: 1.0", "multipart/alternative", "Reply-To: ",
	} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %q in\n%.1500s", want, raw)
		}
	}
	if strings.Contains(raw, "go-mail") {
		t.Error("the library names itself")
	}
	m := proposalMail()
	m.AutoSubmitted, m.ListUnsubscribe, m.InReplyTo = false, "", ""
	bare, err := Build(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, unwanted := range []string{"Auto-Submitted", "List-Unsubscribe", "In-Reply-To"} {
		if bytes.Contains(bare, []byte(unwanted)) {
			t.Errorf("%s although not asked for", unwanted)
		}
	}
}

func TestF05LineBreaksAndControlsReachNoHeader(t *testing.T) {
	attacks := []string{
		"x\r\nBcc: victim@example.com", "x\nBcc: victim@example.com", "x\rBcc: victim@example.com", "x\r\n\r\n<script>", "x\x00y", "x\x0by", "x\x7fy",
		"x\u0085Bcc: v@example.com", "x\u2028Bcc: v@example.com", "x\u2029y", "\r\n", "x\n y", "\u202egnp.exe", "\u2066x\u2069", "\xff\xfe",
	}
	fields := map[string]func(*Message, string){
		"from": func(m *Message, v string) { m.From = v }, "from name": func(m *Message, v string) { m.FromName = v },
		"to": func(m *Message, v string) { m.To = v }, "to name": func(m *Message, v string) { m.ToName = v },
		"reply to": func(m *Message, v string) { m.ReplyTo = v }, "subject": func(m *Message, v string) { m.Subject = v },
		"id": func(m *Message, v string) { m.ID = v }, "in reply to": func(m *Message, v string) { m.InReplyTo = v },
		"unsubscribe":     func(m *Message, v string) { m.ListUnsubscribe = v },
		"attachment name": func(m *Message, v string) { m.Attachments[0].Name = v },
		"attachment type": func(m *Message, v string) { m.Attachments[0].ContentType = v },
		"picture name":    func(m *Message, v string) { m.Inline[0].Name = v },
		"picture cid":     func(m *Message, v string) { m.Inline[0].CID = v },
	}
	for name, set := range fields {
		for _, attack := range attacks {
			m := proposalMail()
			set(&m, attack)
			if raw, err := Build(m); !fault.Is(err, fault.Invalid) || raw != nil {
				t.Errorf("%s = %q: %v", name, attack, err)
			}
		}
	}
	for _, address := range []string{"", "maria", "maria@", "@harbour.example", "Maria <maria@harbour.example>", "a@b.example,c@d.example", "a@b.example;c@d.example",
		"maria@harbour.example ", "ma ria@harbour.example", "maria@@harbour.example", "märia@harbour.example", "maria(x)@harbour.example", strings.Repeat("a", 250) + "@x.example"} {
		m := proposalMail()
		m.To = address
		if _, err := Build(m); !fault.Is(err, fault.Invalid) {
			t.Errorf("to %q: %v", address, err)
		}
	}
	for _, address := range []string{maria, "o'neil+portal@sub.harbour.example", "a.b-c_d@x-y.example"} {
		if err := CheckAddress(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, id := range []string{"", "no-domain", "a@b>c@d", "a b@c", "<a@b>"} {
		m := proposalMail()
		m.ID = id
		if _, err := Build(m); !fault.Is(err, fault.Invalid) {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

func TestAnEmptyPartIsRefused(t *testing.T) {
	for _, change := range []func(*Message){func(m *Message) { m.Text = " \n" }, func(m *Message) { m.HTML = "" }} {
		m := proposalMail()
		change(&m)
		if _, err := Build(m); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	}
}

func TestASignatureHoldsUntilSomethingIsChanged(t *testing.T) {
	text, err := NewDKIMKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseDKIMKey(text)
	if err != nil {
		t.Fatal(err)
	}
	signer := DKIM{Domain: "hartwell.example", Selector: "lintel", Key: key}
	record, err := signer.Record()
	if err != nil {
		t.Fatal(err)
	}
	s := startServer(t, false)
	sender, _ := s.sender(t, func(c *SMTPConfig) { c.DKIM = &signer })
	if err := sender.Send(context.Background(), office, maria, rawMail(t)); err != nil {
		t.Fatal(err)
	}
	signed := s.got()[0].raw
	verify := func(raw []byte) error {
		results, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			if name != "lintel._domainkey.hartwell.example" {
				t.Errorf("asked the DNS for %s", name)
			}
			return []string{record}, nil
		}})
		if err != nil {
			return err
		}
		if len(results) != 1 {
			t.Fatalf("%d signatures", len(results))
		}
		return results[0].Err
	}
	if err := verify(signed); err != nil {
		t.Fatalf("as sent: %v", err)
	}
	for name, change := range map[string]func(string) string{
		"the subject": func(m string) string { return strings.Replace(m, "Your proposal", "Your invoice", 1) },
		"the body":    func(m string) string { return strings.Replace(m, "Hello Maria, please", "Hello Mario, please", 1) },
		"a second From": func(m string) string {
			return strings.Replace(m, "\r\nFrom: ", "\r\nFrom: a@evil.example\r\nFrom: ", 1)
		},
		"a second Subject": func(m string) string {
			return strings.Replace(m, "\r\nSubject: ", "\r\nSubject: Pay here\r\nSubject: ", 1)
		},
		"the way to leave":   func(m string) string { return strings.Replace(m, "hartwell.example/u/abc", "evil.example/u/abc", 1) },
		"who gets an answer": func(m string) string { return strings.Replace(m, "reply+abc@", "reply+evl@", 1) },
	} {
		changed := change(string(signed))
		if changed == string(signed) {
			t.Errorf("%s: nothing changed", name)
		}
		if verify([]byte(changed)) == nil {
			t.Errorf("%s was changed unnoticed", name)
		}
	}
	for name, bad := range map[string]string{"no PEM": "hello", "no key": "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n"} {
		if _, err := ParseDKIMKey([]byte(bad)); err == nil {
			t.Errorf("%s was read as a key", name)
		}
	}
}

func TestTheFolderNumbersItsMails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail")
	for round := range 2 { // the second is after a restart
		folder, err := OpenFolder(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := folder.Send(context.Background(), office, maria, rawMail(t)); err != nil {
				t.Fatal(err)
			}
		}
		numbers, err := folder.List()
		if err != nil || len(numbers) != 2*(round+1) || numbers[0] != 2*(round+1) {
			t.Fatalf("round %d: %v, %v", round, numbers, err)
		}
		if err := folder.Check(context.Background()); err != nil {
			t.Error(err)
		}
	}
	folder, _ := OpenFolder(path)
	raw, err := folder.Read(4)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(raw, []byte("Return-Path: <"+office+">\r\nDelivered-To: "+maria+"\r\n")) || !bytes.HasSuffix(raw, rawMail(t)[len(rawMail(t))-4:]) {
		t.Errorf("message 4 begins %.120q", raw)
	}
	entries, _ := os.ReadDir(path)
	shape := regexp.MustCompile(`^00000[1-4]\.eml$`)
	for _, entry := range entries {
		if !shape.MatchString(entry.Name()) {
			t.Errorf("left behind: %s", entry.Name())
		}
	}
	if err := folder.Send(context.Background(), office, "x@y\r\nz", rawMail(t)); !IsPermanent(err) {
		t.Errorf("a bad address: %v", err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := folder.Check(context.Background()); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("a folder that is gone: %v", err)
	}
	if err := folder.Send(context.Background(), office, maria, rawMail(t)); err == nil || IsPermanent(err) {
		t.Errorf("a folder that is gone: %v", err)
	}
}
