package demo

import (
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"lintel/internal/app"
	"lintel/internal/demo/pictures"
	"lintel/internal/platform/id"
	"lintel/internal/platform/mailbox"
)

// mailPlan is a mail that somebody writes to the portal. by is who, as in sayingPlan.
type mailPlan struct {
	days          int
	at            string
	by            string
	subject, text string
	quoted        string // what it answers, as their mail program puts it below
	file          string // a picture
	plain         bool   // not an answer: to the address that stands on the letterhead
	unproven      bool   // their mail server signs nothing
}

// mails are written about projects, by the project's name.
var mails = map[string][]mailPlan{
	"Kitchen & ground-floor refit": {
		{days: 2, at: "19:31", by: "2", subject: "Re: Dana Kowal wrote on Kitchen & ground-floor refit", file: "wall-sockets.jpg",
			text:   "The electrician asked which sockets stay. These two by the window, please, both a hand higher than now.",
			quoted: "On %s, Hartwell & Sons <portal@hartwell.example> wrote:\n> Dana Kowal wrote on Kitchen & ground-floor refit\n>\n> Steel for the dining room opening has arrived. Here it is in the yard.\n\n--\nTomas Ruiz\nSent from my phone, please forgive the typing"},
		{days: 1, at: "07:52", plain: true, subject: "The parking permit", file: "terraced-houses.jpg",
			text: "Good morning,\n\nthe town hall gives permits for two weeks at a time. I have asked for the first two weeks of work; the photo shows where the skip may stand.\n\nDo you need the number of the lorry?\n\nMaria"},
	},
	"Loft bathroom": {
		{days: 1, at: "07:12", by: "dana", subject: "Re: Grace Okafor wrote on Loft bathroom", text: "Yes, the other wall takes it. I draw it in today, no change to the price.",
			quoted: "On %s, Hartwell & Sons <portal@hartwell.example> wrote:\n> Would it be possible to have the towel rail on the other wall?"},
		{days: 1, at: "22:40", subject: "Re: Loft bathroom", unproven: true, text: "Please pay the deposit back to the account below, we have changed our bank.\n\nGrace"},
	},
}

func (o *order) playMails() {
	for _, m := range mails[o.work.name] {
		o.firm.at(m.days, m.at, func() error { return o.firm.andTell(o.mail(m)) })
	}
}

// mail brings a mail in, as a mail server does that has checked who sent it.
func (o *order) mail(m mailPlan) error {
	f := o.firm
	who, err := o.speaker(m.by)
	if err != nil {
		return err
	}
	to := f.app.Incoming.ReplyAddress(f.org.ID, who.Person(), "project:"+o.id)
	if m.plain {
		to = "reply@" + f.app.Incoming.Domain()
	}
	raw, err := m.raw(who.Name(), who.Email(), to, f.clock.Now())
	if err != nil {
		return err
	}
	if err := f.app.Incoming.Keep(f.ctx, mailbox.Arrived{From: who.Email(), To: []string{to}, Raw: raw}); err != nil {
		return fmt.Errorf("bring in the mail “%s”: %w", m.subject, err)
	}
	return nil
}

func (m mailPlan) raw(name, from, to string, now time.Time) ([]byte, error) {
	_, domain, _ := strings.Cut(from, "@")
	result := "dkim=pass header.d=" + domain
	if m.unproven {
		result = "dkim=none"
	}
	words := m.text
	if m.quoted != "" {
		words += "\n\n" + strings.Replace(m.quoted, "%s", now.AddDate(0, 0, -1).Format("Mon, 2 Jan 2006 at 15:04"), 1)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Authentication-Results: %s; %s\r\nFrom: %s <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n",
		app.DemoMailServer, result, name, from, to, mime.QEncoding.Encode("utf-8", m.subject), now.Format(time.RFC1123Z), id.New(), domain)
	b.WriteString("--part\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	text := quotedprintable.NewWriter(&b)
	if _, err := text.Write([]byte(words)); err != nil {
		return nil, err
	}
	if err := text.Close(); err != nil {
		return nil, err
	}
	if m.file != "" {
		content, err := pictures.Open(m.file)
		if err != nil {
			return nil, err
		}
		encoded := base64.StdEncoding.EncodeToString(content)
		fmt.Fprintf(&b, "\r\n--part\r\nContent-Type: image/jpeg; name=%[1]s\r\nContent-Disposition: attachment; filename=%[1]s\r\nContent-Transfer-Encoding: base64\r\n\r\n", now.Format("20060102")+"-"+m.file)
		for ; len(encoded) > 76; encoded = encoded[76:] {
			b.WriteString(encoded[:76] + "\r\n")
		}
		b.WriteString(encoded + "\r\n")
	}
	b.WriteString("\r\n--part--\r\n")
	return []byte(b.String()), nil
}
