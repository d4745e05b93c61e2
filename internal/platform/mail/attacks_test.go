package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
)

const aFrom = "From: Una <una@example.com>\r\nTo: reply@portal.example\r\nMIME-Version: 1.0\r\n"

// bombs are mails that cost their reader much more than their sender.
func bombs() map[string]string {
	nested := strings.Builder{}
	nested.WriteString(aFrom)
	for i := range 1000 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	nested.WriteString("Content-Type: text/plain\r\n\r\ndeep\r\n")
	inside := strings.Builder{}
	for i := range 500 {
		inside.WriteString(aFrom)
		fmt.Fprintf(&inside, "Subject: %d\r\nContent-Type: message/rfc822\r\n\r\n", i)
	}
	text := func(body string) string { return aFrom + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body }
	html := func(body string) string { return aFrom + "Content-Type: text/html; charset=utf-8\r\n\r\n" + body }
	return map[string]string{
		"a thousand multiparts, one in another":     nested.String(),
		"five hundred mails, one in another":        inside.String() + "end",
		"300,000 parts":                             aFrom + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 300_000) + "--b--\r\n",
		"a boundary of a megabyte":                  aFrom + "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 1<<20) + "\r\n\r\nx",
		"a header of five megabytes":                aFrom + "Subject: " + strings.Repeat("a", 5<<20) + "\r\n\r\nx",
		"200,000 header lines":                      strings.Repeat("X-A: b\r\n", 200_000) + aFrom + "\r\nx",
		"100,000 encoded words":                     aFrom + "Subject: " + strings.Repeat("=?utf-8?q?a?= ", 100_000) + "\r\n\r\nx",
		"100,000 references":                        aFrom + "References: " + strings.Repeat("<a@b> ", 100_000) + "\r\n\r\nx",
		"100,000 recipients":                        aFrom + "Cc: " + strings.Repeat("a@b.example, ", 100_000) + "c@d.example\r\n\r\nx",
		"ten megabytes of quoted lines":             text(strings.Repeat("> a\r\n", 2_000_000)),
		"ten megabytes of empty lines":              text(strings.Repeat("\r\n", 5_000_000)),
		"a million attributions":                    text(strings.Repeat("On 1 May Una wrote:\r\n", 500_000)),
		"almost attributions":                       text(strings.Repeat("On 1 May 2026 Una <una@example.com> wrote\r\n", 200_000)),
		"half of a million signatures":              text(strings.Repeat("-- \r\n", 500_000)),
		"lines of headers":                          text(strings.Repeat("From: a\r\nSent: b\r\n", 200_000)),
		"one line of ten megabytes":                 text("On 1 " + strings.Repeat("a ", 5<<20) + "wrote:"),
		"a million open tags":                       html(strings.Repeat("<div>", 1_000_000) + "x"),
		"a million tags that close nothing":         html(strings.Repeat("<div>", 499) + strings.Repeat("</p>", 1_000_000)),
		"a tag of ten megabytes":                    html("<p style=\"" + strings.Repeat("a:b;", 2<<20) + "\">x"),
		"a million attributes":                      html("<p " + strings.Repeat("a=b ", 1_000_000) + ">x"),
		"a million entities":                        html(strings.Repeat("&amp;lt;", 1_000_000)),
		"quoted-printable that says nothing":        aFrom + "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=\r\n", 2_000_000) + "x",
		"quoted-printable that is broken":           aFrom + "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=XX=0", 1_000_000),
		"base64 that is none":                       aFrom + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("====", 1_000_000),
		"an encoding within an encoding that is no": aFrom + "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("LS1iDQoNCg==", 100_000),
		"utf-7":                   aFrom + "Content-Type: text/plain; charset=utf-7\r\n\r\n" + strings.Repeat("+ADw-script+AD4-", 500_000),
		"a charset of a megabyte": aFrom + "Content-Type: text/plain; charset=" + strings.Repeat("x", 1<<20) + "\r\n\r\nx",
		"nothing":                 "",
		"no header":               "\r\n\r\n",
		"a colon":                 ":",
	}
}

// Fault 25: no mail takes long to read, whatever is in it, and what comes out is bounded.
func TestFault25NoMailTakesLongToRead(t *testing.T) {
	read := 0
	for name, raw := range bombs() {
		began := time.Now()
		in, err := ReadIncoming([]byte(raw))
		_, _ = ParseBounce([]byte(raw))
		_, _ = ParseComplaint([]byte(raw))
		_ = Fingerprint([]byte(raw))
		_ = RecipientsOf([]byte(raw))
		took := time.Since(began)
		if took > 4*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(raw))
		}
		if len(in.Text)+len(in.Quoted) > 4*longestText || len(in.Files) > mostFiles || len(in.Recipients) > mostReferences {
			t.Errorf("%s: %d bytes of text, %d files, %d recipients, %v", name, len(in.Text)+len(in.Quoted), len(in.Files), len(in.Recipients), err)
		}
		if took > time.Second {
			t.Logf("%s: %v for %d bytes", name, took, len(raw))
		}
		read++
	}
	t.Logf("attacks refused: %d", read)
}

// F05, G09: whoever a mail says it is from is one address or none, and nothing in its header makes a second line.
func TestG09TheSenderOfAMailIsOneOrNobody(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		{"From: Una <una@example.com>", "una@example.com"},
		{"From: \"una@example.com\" <eve@evil.example>", "eve@evil.example"},
		{"From: una@example.com, eve@evil.example", ""},
		{"From: una@example.com\r\nFrom: eve@evil.example", ""},
		{"From: una@example.com\r\nfrom: eve@evil.example", ""},
		{"From: friends: una@example.com, eve@evil.example;", ""},
		{"From: undisclosed:;", ""},
		{"From:", ""},
		{"From: =?utf-8?q?Una=0D=0ABcc=3A_all=40example=2Ecom?= <una@example.com>", "una@example.com"},
		{"From: =?utf-8?q?una=40example=2Ecom?=", ""},
		{"From: una@example.com <eve@evil.example>", ""},
		{"From: <una@example.com> <eve@evil.example>", ""},
		{"From: una@example.com\x00@evil.example", ""},
		{"From: una@example.com (eve@evil.example)", "una@example.com"},
		{"From: \"\r\n \" <una@example.com>", "una@example.com"},
		{"From: <@evil.example:una@example.com>", ""},
		{"From: una@localhost", "una@localhost"},
		{"From: una@[127.0.0.1]", ""},
		{"From: \u202euna@example.com", ""},
		{"From: una@exam\u200bple.com", ""},
		{"Sender: una@example.com\r\nFrom: eve@evil.example", "eve@evil.example"},
	} {
		raw := []byte(c.from + "\r\nTo: reply@portal.example\r\nSubject: =?utf-8?q?x=0D=0AX-Loop=3A_y?=\r\n\r\nwords\r\n")
		address, only := OnlySender(raw)
		if address.Address != c.want || only != (c.want != "") {
			t.Errorf("%q is from %q, %v; want %q", c.from, address.Address, only, c.want)
		}
		in, err := ReadIncoming(raw)
		if err != nil {
			continue
		}
		if in.From.Address != c.want {
			t.Errorf("%q reads as from %q", c.from, in.From.Address)
		}
		for _, text := range []string{in.Subject, in.From.Name} {
			if strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("%q gives %q", c.from, text)
			}
		}
	}
}

// G09: what proves a sender is the checker's own finding, never a header that came with the mail.
func TestG09AMailDoesNotProveItself(t *testing.T) {
	for _, header := range []string{
		"Authentication-Results: mx.portal.example; dmarc=pass header.from=example.com",
		"Authentication-Results: other.example; dmarc=pass header.from=example.com\r\nAuthentication-Results: mx.portal.example; dmarc=fail header.from=example.com",
		"Authentication-Results: mx.portal.example; dmarc=fail header.from=example.com (dmarc=pass header.from=example.com)",
		"Authentication-Results: mx.portal.example; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.com\"@evil.example",
		"Authentication-Results: mx.portal.example; dkim=pass header.d=evil.example header.i=@example.com",
		"Authentication-Results: mx.portal.example 1; spf=pass smtp.mailfrom=example.com.evil.example",
		"Authentication-Results: mx.portal.example; none",
		"X-Authentication-Results: mx.portal.example; dmarc=pass header.from=example.com",
	} {
		raw := []byte(header + "\r\nFrom: una@example.com\r\n\r\nx")
		checker := Checker{Server: "mx.portal.example"}
		proof, _ := checker.fromServer(raw, "example.com")
		bare, _ := Checker{}.fromServer(raw, "example.com")
		own := strings.HasPrefix(header, "Authentication-Results: mx.portal.example; dmarc=pass")
		if (proof != "") != own || bare != "" {
			t.Errorf("%q proves %q, and without a trusted server %q", header, proof, bare)
		}
	}
}
