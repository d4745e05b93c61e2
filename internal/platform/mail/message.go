package mail

import (
	"bytes"
	"fmt"
	"io"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	"lintel/internal/platform/fault"

	gomail "github.com/wneessen/go-mail"
)

// Message is everything that Build needs. From, To, ReplyTo are bare addresses.
type Message struct {
	From, FromName string
	To, ToName     string
	ReplyTo        string // optional
	Subject        string
	Text, HTML     string // both; the text is as good as the HTML
	// ID is the Message-ID without brackets, "something@our.domain", the same for every try.
	ID   string
	Date time.Time
	// InReplyTo is the ID of the message that this one answers; optional.
	InReplyTo string
	// ListUnsubscribe is an https address that takes a POST (RFC 8058); only for mail
	// that a person may choose not to get.
	ListUnsubscribe string
	// AutoSubmitted marks mail that a machine sends (RFC 3834), so that absence notices
	// do not answer it: true for everything but a person's own words.
	AutoSubmitted bool
	// Loop names us in X-Loop, so that a mail of ours that comes back is known; optional.
	Loop        string
	Attachments []Attachment
	Inline      []Attachment // pictures of the HTML, shown by cid:
}

// Attachment is a file in a message.
type Attachment struct {
	Name        string
	ContentType string
	CID         string // how the HTML calls it, only for Inline
	Bytes       []byte
}

// Build makes the raw message. It refuses, with fields of an Invalid fault, addresses
// that are none and line breaks or other control characters in anything that becomes a
// header (security.md F05).
func Build(m Message) ([]byte, error) {
	if err := checkMessage(m); err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: m.FromName, Address: m.From})
	msg.ToMailAddress(&netmail.Address{Name: m.ToName, Address: m.To})
	if m.ReplyTo != "" {
		msg.ReplyToMailAddress(&netmail.Address{Name: m.FromName, Address: m.ReplyTo})
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.Date)
	if m.InReplyTo != "" {
		msg.SetGenHeaderPreformatted("In-Reply-To", "<"+m.InReplyTo+">")
		msg.SetGenHeaderPreformatted("References", "<"+m.InReplyTo+">")
	}
	if m.ListUnsubscribe != "" {
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+m.ListUnsubscribe+">")
		msg.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	if m.AutoSubmitted {
		msg.SetGenHeaderPreformatted("Auto-Submitted", "auto-generated")
	}
	if m.Loop != "" {
		msg.SetGenHeaderPreformatted("X-Loop", m.Loop)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	if err := addFiles(msg, m); err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("write the message: %w", err)
	}
	return raw.Bytes(), nil
}

func addFiles(msg *gomail.Msg, m Message) error {
	for _, file := range m.Inline {
		err := msg.EmbedReader(file.Name, bytes.NewReader(file.Bytes),
			gomail.WithFileContentID("<"+file.CID+">"), gomail.WithFileContentType(gomail.ContentType(file.ContentType)))
		if err != nil {
			return fmt.Errorf("add the picture %s: %w", file.Name, err)
		}
	}
	for _, file := range m.Attachments {
		err := msg.AttachReader(file.Name, io.Reader(bytes.NewReader(file.Bytes)), gomail.WithFileContentType(gomail.ContentType(file.ContentType)))
		if err != nil {
			return fmt.Errorf("attach %s: %w", file.Name, err)
		}
	}
	return nil
}

func checkMessage(m Message) error {
	var problems fault.Problems
	addresses := []struct{ field, value string }{{"from", m.From}, {"to", m.To}}
	if m.ReplyTo != "" {
		addresses = append(addresses, struct{ field, value string }{"reply_to", m.ReplyTo})
	}
	for _, a := range addresses {
		if CheckAddress(a.value) != nil {
			problems.Add(a.field, "This is not an e-mail address.")
		}
	}
	headers := []struct{ field, value string }{
		{"from_name", m.FromName}, {"to_name", m.ToName}, {"subject", m.Subject}, {"id", m.ID},
		{"in_reply_to", m.InReplyTo}, {"list_unsubscribe", m.ListUnsubscribe}, {"loop", m.Loop},
	}
	for _, file := range append(append([]Attachment(nil), m.Attachments...), m.Inline...) {
		headers = append(headers, []struct{ field, value string }{
			{"attachment", file.Name}, {"attachment", file.ContentType}, {"attachment", file.CID}}...)
	}
	for _, h := range headers {
		if !isHeaderSafe(h.value) {
			problems.Add(h.field, "Line breaks and invisible characters cannot be used here.")
		}
	}
	if !isMessageID(m.ID) || m.InReplyTo != "" && !isMessageID(m.InReplyTo) {
		problems.Add("id", "The message needs an identification.")
	}
	if m.ListUnsubscribe != "" && (!strings.HasPrefix(m.ListUnsubscribe, "https://") || strings.ContainsAny(m.ListUnsubscribe, "<> \",")) {
		problems.Add("list_unsubscribe", "The address must begin with https://.")
	}
	if strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.HTML) == "" {
		problems.Add("text", "The message is empty.")
	}
	return problems.Err()
}

// CheckAddress refuses what cannot be one person's e-mail address on every mail server:
// names before the address, lists, comments, spaces, letters beyond ASCII.
func CheckAddress(address string) error {
	wrong := fault.New(fault.Invalid, "This is not an e-mail address.")
	if len(address) > 254 || !isHeaderSafe(address) {
		return wrong
	}
	for _, r := range address {
		if r > unicode.MaxASCII || strings.ContainsRune(" ,;:<>()[]\\\"", r) {
			return wrong
		}
	}
	parsed, err := netmail.ParseAddress(address)
	if err != nil || parsed.Address != address || strings.IndexByte(address, '@') > 64 {
		return wrong
	}
	return nil
}

// isHeaderSafe refuses control characters, which could begin another header, and the
// marks that turn the direction of text, which make one name look like another (F09).
func isHeaderSafe(value string) bool {
	for _, r := range value {
		turns := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == 0x2028 || r == 0x2029 || turns {
			return false
		}
	}
	return true
}

func isMessageID(id string) bool {
	left, right, ok := strings.Cut(id, "@")
	return ok && left != "" && right != "" && len(id) <= 200 && !strings.ContainsAny(id, "<> \t()\",;:\\") && !strings.Contains(right, "@")
}
