package mail

import (
	"strings"
	"testing"
)

// postfixBounce is a report as Postfix 3.7 writes it.
const postfixBounce = `Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounce@mail.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="B1"
Message-Id: <20260928090001.AAA@mx.example>

This is a MIME-encapsulated message.

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4B1C2

Final-Recipient: rfc822; maria@harbour.example
Original-Recipient: rfc822;maria@harbour.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.harbour.example
Diagnostic-Code: smtp; 550 5.1.1 <maria@harbour.example>: Recipient address
    rejected: User unknown

--B1
Content-Description: Undelivered Message
Content-Type: message/rfc822

Message-ID: <n123.1@hartwell.example>
From: office@hartwell.example
Subject: Your proposal is ready

Hello

--B1--
`

func TestABounceNamesMailPersonAndReason(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(string) string
		want   Bounce
		ok     bool
	}{
		{"unknown user", func(m string) string { return m },
			Bounce{"n123.1@hartwell.example", "maria@harbour.example", "5.1.1", "550 5.1.1 <maria@harbour.example>: Recipient address rejected: User unknown", true}, true},
		{"headers only came back", func(m string) string { return strings.Replace(m, "message/rfc822", "text/rfc822-headers", 1) },
			Bounce{"n123.1@hartwell.example", "maria@harbour.example", "5.1.1", "550 5.1.1 <maria@harbour.example>: Recipient address rejected: User unknown", true}, true},
		{"still trying", func(m string) string {
			return strings.NewReplacer("Action: failed", "Action: delayed", "Status: 5.1.1", "Status: 4.4.1").Replace(m)
		}, Bounce{"n123.1@hartwell.example", "maria@harbour.example", "4.4.1", "550 5.1.1 <maria@harbour.example>: Recipient address rejected: User unknown", false}, true},
		{"still trying, whatever the number says", func(m string) string { return strings.Replace(m, "Action: failed", "Action: delayed", 1) },
			Bounce{"n123.1@hartwell.example", "maria@harbour.example", "5.1.1", "550 5.1.1 <maria@harbour.example>: Recipient address rejected: User unknown", false}, true},
		{"gave up after days", func(m string) string { return strings.Replace(m, "Status: 5.1.1", "Status: 4.4.1", 1) },
			Bounce{"n123.1@hartwell.example", "maria@harbour.example", "4.4.1", "550 5.1.1 <maria@harbour.example>: Recipient address rejected: User unknown", false}, true},
		{"delivered well", func(m string) string { return strings.Replace(m, "Action: failed", "Action: delivered", 1) }, Bounce{}, false},
		{"an answer by a person", func(m string) string { return "From: maria@harbour.example\nSubject: Re\n\nAction: failed\n" }, Bounce{}, false},
		{"another kind of report", func(m string) string {
			return strings.Replace(m, "report-type=delivery-status", "report-type=disposition-notification", 1)
		}, Bounce{}, false},
		{"nothing", func(m string) string { return "" }, Bounce{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := ParseBounce([]byte(strings.ReplaceAll(c.change(postfixBounce), "\n", "\r\n")))
			if ok != c.ok || ok && got != c.want {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
}

func TestAHostileMailDoesNotBreakTheReader(t *testing.T) {
	deep := ""
	for range 500 {
		deep += "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	}
	for name, raw := range map[string]string{
		"nothing": "", "no header": "\r\n\r\n", "binary": "\x00\xff\xfe", "an endless nest": deep,
		"many parts":      "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 5000) + "--b--\r\n",
		"a huge header":   "Subject: " + strings.Repeat("x", 3<<20) + "\r\n\r\n",
		"broken base64":   "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
		"unknown charset": "Content-Type: text/plain; charset=klingon\r\n\r\nhello",
	} {
		parsed, err := Parse([]byte(raw))
		if name == "unknown charset" && (err != nil || parsed.Text != "hello") {
			t.Errorf("%s: %q, %v", name, parsed.Text, err)
		}
		if (name == "many parts" || name == "a huge header") && err == nil {
			t.Errorf("%s was read", name)
		}
		if _, ok := ParseBounce([]byte(raw)); ok {
			t.Errorf("%s is a bounce", name)
		}
	}
}
