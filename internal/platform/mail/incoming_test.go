package mail

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func incomingMail(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "incoming", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}

func names(files []Attachment) string {
	var list []string
	for _, f := range files {
		list = append(list, fmt.Sprintf("%s %d", f.Name, len(f.Bytes)))
	}
	return strings.Join(list, ", ")
}

func TestAnAnswerIsPartedFromWhatItQuotes(t *testing.T) {
	for _, c := range []struct{ name, from, subject, text, quotes, notQuoted, files string }{
		{"gmail", "maria.ruiz@harbourmail.example", "Re: Jon Sato wrote on Kitchen & ground-floor refit",
			"Hi Jon,\n\nThursday works for us. Tomas measured the niche again, it is 612 mm wide —\nphoto attached.\n\nBest,\nMaria", "+44 7700 900 281", "Thursday works", "niche.png 70"},
		{"iphone", "tomas.ruiz@harbourmail.example", "Re: Your proposal is ready", "Looks good! Is the oak for the island the same as in the hall?", "Sent from my iPhone", "Looks good", "IMG_4471.jpeg 134"},
		{"iphone_deutsch", "juergen.weiss@weissbau.example", "Re: Neue Nachricht zu „Dämmung Dachgeschoss“",
			"Hallo Herr Sato,\n\npasst so, bitte bestellen. Der Schlüssel liegt bei Frau Özdemir.\n\nViele Grüße\nJ. Weiß", "Von meinem iPhone gesendet", "Schlüssel", ""},
		{"outlook", "ada@okafor-partners.example", "RE: Jon Sato wrote on Office fit-out",
			"Jon,\n\nthat’s fine – please go ahead. The budget is € 4.200.\n\nKind regards\nAda Okafor", "Shall we order the glass walls?", "go ahead", "image001.png 70"},
		{"outlook_deutsch", "", "AW: Neue Datei in Türen und Fenster",
			"Guten Morgen Herr Sato,\n\ndie Mängelliste ist vollständig:\n\n- Küche\n- Flur", "Jon Sato hat eine Datei geteilt", "Flur", ""},
		{"thunderbird_deutsch", "juergen.weiss@weissbau.example", "Re: Fragen zum Angebot",
			"> Sollen wir die Fenster in Weiß bestellen?\n\nJa, in RAL 9016.\n\n> Und wann dürfen wir kommen?\n\nAb dem 1. Dezember, gern vormittags.", "Weiß Bau GmbH", "RAL", ""},
		{"gmx_unten", "heike.brandt@gmx.example", "Aw: Termin", "Ja, Donnerstag passt.", "Passt Ihnen Donnerstag?", "Ja, Donnerstag", ""},
		{"verschachtelt", "ada@okafor-partners.example", "the mail from the landlord", "The landlord's mail is attached.", "", "inner words", "attachment.eml 270, Mietvertrag Übersicht sehr lang.pdf 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, err := ReadIncoming(incomingMail(t, c.name))
			if err != nil {
				t.Fatal(err)
			}
			if in.Text != c.text {
				t.Errorf("written was\n%q\nwanted\n%q", in.Text, c.text)
			}
			if !strings.Contains(in.Quoted, c.quotes) || strings.Contains(in.Quoted, c.notQuoted) {
				t.Errorf("quoted is %q", in.Quoted)
			}
			if c.from != "" && in.From.Address != c.from {
				t.Errorf("from %v", in.From)
			}
			if in.Subject != c.subject || in.Automatic != "" || in.MessageID == "" {
				t.Errorf("subject %q, automatic %q, id %q", in.Subject, in.Automatic, in.MessageID)
			}
			if got := names(in.Files); got != c.files {
				t.Errorf("files %q, wanted %q", got, c.files)
			}
		})
	}
}

func TestHowProgramsQuoteIsKnownInManyLanguages(t *testing.T) {
	for _, above := range []string{
		"On 21 Nov 2026, at 18:04, Jon Sato <jon@hartwell.example> wrote:",
		"On Sat, Nov 21, 2026 at 6:04 PM Hartwell & Sons <\nportal@hartwell.example> wrote:",
		"Am 21.11.2026 um 18:04 schrieb Jon Sato:",
		"Am Sa., 21. Nov. 2026 um 18:04 Uhr schrieb Hartwell & Sons <\nportal@hartwell.example>:",
		"Jon Sato <jon@hartwell.example> schrieb am Sa., 21. Nov. 2026, 18:04:",
		"Jon Sato schrieb am 21.11.2026 um 18:04:",
		"Am 21. November 2026 18:04:12 MEZ schrieb Jon Sato <jon@hartwell.example>:",
		"Le sam. 21 nov. 2026 à 18:04, Jon Sato <jon@hartwell.example> a écrit :",
		"El sáb, 21 nov 2026 a las 18:04, Jon Sato (<jon@hartwell.example>) escribió:",
		"Il giorno sab 21 nov 2026 alle ore 18:04 Jon Sato <jon@hartwell.example> ha scritto:",
		"Op za 21 nov 2026 om 18:04 schreef Jon Sato <jon@hartwell.example>:",
		"Den lör 21 nov. 2026 kl 18:04 skrev Jon Sato <jon@hartwell.example>:",
		"W dniu 21.11.2026 o 18:04, Jon Sato pisze:",
		"Em sáb., 21 de nov. de 2026 às 18:04, Jon Sato <jon@hartwell.example> escreveu:",
		"-----Original Message-----\nFrom: Jon Sato\nSent: Saturday",
		"-----Ursprüngliche Nachricht-----\nVon: Jon Sato",
		"________________________________\nVon: Jon Sato <jon@hartwell.example>\nGesendet: Samstag, 21. November 2026 18:04\nAn: Maria\nBetreff: Küche",
		"*Von:* Jon Sato <jon@hartwell.example>\n*Gesendet:* Samstag\n*An:* Maria\n*Betreff:* Küche",
	} {
		written, rest := SplitReply("Ja, gern.\n\nMaria\n\n" + above + "\n\n> Passt Donnerstag?\n")
		if written != "Ja, gern.\n\nMaria" || !strings.Contains(rest, "Passt Donnerstag?") {
			t.Errorf("below %q: written %q, rest %q", above, written, rest)
		}
	}
}

func TestWhatPeopleWriteStays(t *testing.T) {
	for _, text := range []string{
		"Tom wrote:\nhe will come at 8",
		"On the wall we need:\n2 sockets",
		"Am Montag schrieb ich Ihnen schon, bitte um Antwort",
		"From: the kitchen\nto the hall",
		"> 3 cm is too much",
		"Weights: 12 > 10\nand 5 > 3",
		"We measured - 61 cm\n--- see plan ---\nthanks",
		"---------- Forwarded message ---------\nFrom: Landlord <l@estate.example>\nDate: today\nSubject: noise\n\nPlease stop drilling.",
		"1.\n2.\n3.",
	} {
		if written, rest := SplitReply(text); text != "> 3 cm is too much" && written != text || written+rest != text {
			t.Errorf("%q became %q and %q", text, written, rest)
		}
	}
}

func TestMobileSignaturesAreFolded(t *testing.T) {
	for _, line := range []string{"Sent from my iPhone", "Gesendet von meinem iPhone", "Von meinem iPad gesendet", "Gesendet mit der GMX iPhone App", "Sent from Outlook for iOS", "Get Outlook for Android",
		"Gesendet von Outlook für Android", "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.", "Von meinem Samsung Galaxy Smartphone gesendet.", "Envoyé de mon iPhone"} {
		if written, rest := SplitReply("Passt.\n\n" + line); written != "Passt." || rest != line {
			t.Errorf("%q: written %q, rest %q", line, written, rest)
		}
	}
	if written, _ := SplitReply("My phone is an iPhone, sent back last week."); written == "" {
		t.Error("a sentence about a phone was taken for a signature")
	}
}

func TestMachinesAreToldFromPeople(t *testing.T) {
	person := "From: Maria <maria@harbour.example>\r\nSubject: Re: Thursday\r\nMessage-ID: <1@x.example>\r\n\r\nYes\r\n"
	if in, err := ReadIncoming([]byte(person)); err != nil || in.Automatic != "" {
		t.Fatalf("a person: %q, %v", in.Automatic, err)
	}
	for _, header := range []string{"Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; owner-email=\"x\"", "Precedence: bulk", "Precedence: auto_reply", "X-Auto-Response-Suppress: All",
		"X-Autoreply: yes", "List-Id: <x.example>", "Return-Path: <>"} {
		if in, _ := ReadIncoming([]byte(header + "\r\n" + person)); in.Automatic == "" {
			t.Errorf("%s is taken for a person", header)
		}
	}
	if in, _ := ReadIncoming([]byte("Auto-Submitted: no\r\n" + person)); in.Automatic != "" {
		t.Error("Auto-Submitted: no is a person")
	}
	for _, subject := range []string{"Out of office", "Automatic reply: Thursday", "Automatische Antwort: Termin", "Abwesenheitsnotiz", "Re: Out of Office", "Réponse automatique : devis", "=?utf-8?Q?Nicht_im_B=C3=BCro?="} {
		if in, _ := ReadIncoming([]byte(strings.Replace(person, "Re: Thursday", subject, 1))); in.Automatic == "" {
			t.Errorf("%q is taken for a person", subject)
		}
	}
	if in, err := ReadIncoming(incomingMail(t, "abwesend")); err != nil || in.Automatic == "" {
		t.Errorf("an absence notice: %q, %v", in.Automatic, err)
	}
	if in, _ := ReadIncoming([]byte(strings.Replace(person, "maria@", "MAILER-DAEMON@", 1))); in.Automatic == "" {
		t.Error("MAILER-DAEMON is taken for a person")
	}
}

func TestAComplaintNamesTheMail(t *testing.T) {
	got, ok := ParseComplaint(incomingMail(t, "beschwerde"))
	want := Complaint{"abuse", "01k9v3w5t8q2m4n6p7r8s9t0vw@portal.example", "maria.ruiz@harbourmail.example"}
	if !ok || got != want {
		t.Errorf("got %+v, %v", got, ok)
	}
	for _, other := range []string{"gmail", "abwesend"} {
		if _, ok := ParseComplaint(incomingMail(t, other)); ok {
			t.Errorf("%s is a complaint", other)
		}
	}
	if _, ok := ParseBounce(incomingMail(t, "beschwerde")); ok {
		t.Error("a complaint is a bounce")
	}
}

func TestOnlyOneSenderIsASender(t *testing.T) {
	for raw, want := range map[string]bool{
		"From: Maria <maria@x.example>\r\n\r\n":                           true,
		"From: maria@x.example\r\nFrom: jon@y.example\r\n\r\n":            false,
		"From: maria@x.example, jon@y.example\r\n\r\n":                    false,
		"Subject: x\r\n\r\n":                                              false,
		"From: \"jon@y.example\" <maria@x.example>\r\n\r\n":               true,
		"From: not an address\r\n\r\n":                                    false,
		"Sender: jon@y.example\r\n\r\nFrom: maria@x.example\r\n":          false,
		"From: =?utf-8?Q?Maria=0D=0ABcc:_x?= <maria@x.example>\r\n\r\n":   false,
		"From: Maria <maria@x.example> (jon@y.example)\r\nX: y\r\n\r\nhi": true,
	} {
		address, ok := OnlySender([]byte(raw))
		if ok != want || ok && address.Address != "maria@x.example" || strings.ContainsAny(address.Name, "\r\n") {
			t.Errorf("%q: %v, %v", raw, address, ok)
		}
	}
}

func TestAHostileIncomingMailIsReadWithinLimits(t *testing.T) {
	many := "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n" +
		strings.Repeat("--b\r\nContent-Type: text/csv; name=x.csv\r\nContent-Disposition: attachment; filename=x.csv\r\n\r\nx\r\n", 10_000) + "--b--\r\n"
	in, err := ReadIncoming([]byte(many))
	if err != nil || in.Text != "hello" || len(in.Files) != mostFiles || in.MoreFiles < 1000 {
		t.Errorf("10,000 attachments: text %q, %d files, %d more, %v", in.Text, len(in.Files), in.MoreFiles, err)
	}
	cut := "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: image/png; name=x.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K!!!!"
	if in, err := ReadIncoming([]byte(cut)); err != nil || in.Text != "hello" {
		t.Errorf("a mail that was cut off: %q, %v", in.Text, err)
	}
	for name, raw := range map[string]string{
		"deep":        strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 500),
		"deep HTML":   "From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<div><blockquote>", 10_000) + "x",
		"many quotes": "From: a@b.example\r\n\r\n" + strings.Repeat(">\r\n", 80_000) + "x\r\n" + strings.Repeat(">\r\n", 5000),
		"many colons": "From: a@b.example\r\n\r\n" + strings.Repeat("On 1 schrieb am 2 a écrit x:\r\n", 8000),
		"one line":    "From: a@b.example\r\n\r\n" + strings.Repeat("On 1 ", 50_000) + "wrote:",
	} {
		if in, err := ReadIncoming([]byte(raw)); err == nil && len(in.Text)+len(in.Quoted) > 4*longestText {
			t.Errorf("%s: %d bytes of text", name, len(in.Text)+len(in.Quoted))
		}
	}
	in, err = ReadIncoming([]byte("From: a@b.example\r\nSubject: =?utf-8?Q?x=0D=0ABcc:_y=E2=80=AE?=\r\n\r\nhi \u202ereversed\x00"))
	if err != nil || in.Text != "hi reversed" || strings.ContainsAny(in.Subject, "\r\n\u202e") {
		t.Errorf("text %q, subject %q, %v", in.Text, in.Subject, err)
	}
}

func FuzzReadIncoming(f *testing.F) {
	list, err := filepath.Glob("testdata/incoming/*.eml")
	if err != nil || len(list) == 0 {
		f.Fatal("no mails to begin with")
	}
	for _, path := range list {
		f.Add(incomingMail(f, strings.TrimSuffix(filepath.Base(path), ".eml")))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := ReadIncoming(raw)
		ParseComplaint(raw)
		ParseBounce(raw)
		if err != nil {
			return
		}
		if len(in.Files) > mostFiles || strings.ContainsAny(in.Subject, "\r\n") || strings.Contains(in.Text+in.Quoted, "\x00") {
			t.Errorf("%d files, subject %q", len(in.Files), in.Subject)
		}
		for _, file := range in.Files {
			if file.Name == "" || strings.ContainsAny(file.Name, "/\\\r\n") {
				t.Errorf("file %q", file.Name)
			}
		}
	})
}
