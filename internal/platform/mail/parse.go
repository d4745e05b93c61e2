package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
	gotextproto "github.com/emersion/go-message/textproto"
)

// Parsed is a message taken apart, for people to look at.
type Parsed struct {
	Subject     string
	From, To    string // as shown, decoded
	Date        time.Time
	MessageID   string // without brackets
	Headers     []Header
	Text        string
	HTML        string // pictures that the message brings are inside as data: addresses
	Attachments []Attachment
}

// Header is one decoded header line, in the order of the message.
type Header struct{ Name, Value string }

// largestMessage bounds what Parse and ParseBounce read, and so the memory they take.
const largestMessage = 40 << 20

// mostParts bounds the parts of a message that are looked at.
const mostParts = 200

// Parse takes a raw message apart. The HTML is the sender's own: show it in a sandboxed frame only.
func Parse(raw []byte) (Parsed, error) {
	entity, err := read(raw)
	if err != nil {
		return Parsed{}, err
	}
	parsed := Parsed{Subject: decoded(entity, "Subject"), From: decoded(entity, "From"), To: decoded(entity, "To"), MessageID: messageID(entity.Header.Get("Message-Id"))}
	parsed.Date, _ = netmail.ParseDate(entity.Header.Get("Date"))
	for fields := entity.Header.Fields(); fields.Next(); {
		value, err := fields.Text()
		if err != nil {
			value = fields.Value()
		}
		parsed.Headers = append(parsed.Headers, Header{fields.Key(), value})
	}
	var inline []Attachment
	err = walk(entity, func(part *message.Entity) error {
		return parsed.take(part, &inline)
	})
	if err != nil {
		return Parsed{}, fmt.Errorf("read the message: %w", err)
	}
	for _, picture := range inline {
		parsed.inlineOne(picture)
	}
	return parsed, nil
}

// take puts one part where it belongs.
func (p *Parsed) take(part *message.Entity, inline *[]Attachment) error {
	kind, params, _ := part.Header.ContentType()
	disposition, dispositionParams, _ := part.Header.ContentDisposition()
	body, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	cid := messageID(part.Header.Get("Content-Id"))
	name := dispositionParams["filename"]
	if name == "" {
		name = params["name"]
	}
	switch {
	case kind == "text/plain" && disposition != "attachment" && p.Text == "":
		p.Text = string(body)
	case kind == "text/html" && disposition != "attachment" && p.HTML == "":
		p.HTML = string(body)
	case cid != "" && disposition != "attachment":
		*inline = append(*inline, Attachment{name, kind, cid, body})
	default:
		p.Attachments = append(p.Attachments, Attachment{name, kind, cid, body})
	}
	return nil
}

var pictureKind = regexp.MustCompile(`^image/(png|jpeg|gif|webp)$`)

// inlineOne puts a picture into the HTML, or among the attachments when the HTML does not call it.
func (p *Parsed) inlineOne(picture Attachment) {
	called := `"cid:` + picture.CID + `"`
	if !pictureKind.MatchString(picture.ContentType) || !strings.Contains(p.HTML, called) {
		p.Attachments = append(p.Attachments, picture)
		return
	}
	data := `"data:` + picture.ContentType + ";base64," + base64.StdEncoding.EncodeToString(picture.Bytes) + `"`
	p.HTML = strings.ReplaceAll(p.HTML, called, data)
}

// Bounce is what a mail server reports about a message that it took and could not deliver.
type Bounce struct {
	OriginalMessageID string // without brackets, "" when the report does not say
	Recipient         string
	Status            string // like 5.1.1
	Reason            string // the other server's words
	Permanent         bool   // false: still trying, or to be tried again
}

// ParseBounce reads a delivery report (RFC 3464); ok is false for every other mail and
// for reports of success.
func ParseBounce(raw []byte) (Bounce, bool) {
	entity, err := read(raw)
	if err != nil {
		return Bounce{}, false
	}
	kind, params, _ := entity.Header.ContentType()
	if kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") {
		return Bounce{}, false
	}
	var bounce Bounce
	found := false
	err = walk(entity, func(part *message.Entity) error {
		kind, _, _ := part.Header.ContentType()
		body := bufio.NewReader(part.Body)
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			found = bounce.readStatus(body) || found
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			if header, err := gotextproto.ReadHeader(body); err == nil || header.Len() > 0 {
				bounce.OriginalMessageID = messageID(header.Get("Message-Id"))
			}
		}
		return nil
	})
	return bounce, found && err == nil
}

// readStatus reads the groups of a report: one about the message, then one for each recipient.
func (b *Bounce) readStatus(body *bufio.Reader) bool {
	for range mostParts {
		group, err := gotextproto.ReadHeader(body)
		action := strings.ToLower(strings.TrimSpace(group.Get("Action")))
		if action == "failed" || action == "delayed" {
			recipient := group.Get("Original-Recipient")
			if recipient == "" {
				recipient = group.Get("Final-Recipient")
			}
			_, address, _ := strings.Cut(recipient, ";")
			_, reason, _ := strings.Cut(group.Get("Diagnostic-Code"), ";")
			b.Recipient = strings.Trim(strings.TrimSpace(address), "<>")
			b.Status = strings.TrimSpace(group.Get("Status"))
			b.Reason = oneLine(strings.TrimSpace(reason))
			b.Permanent = action == "failed" && strings.HasPrefix(b.Status, "5")
			return true
		}
		if err != nil {
			return false
		}
	}
	return false
}

func read(raw []byte) (*message.Entity, error) {
	if len(raw) > largestMessage {
		return nil, fmt.Errorf("read the message: larger than %d bytes", largestMessage)
	}
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return nil, fmt.Errorf("read the message: %w", err)
	}
	return entity, nil
}

// walk visits the parts that are not made of parts.
func walk(entity *message.Entity, visit func(*message.Entity) error) error {
	parts := 0
	return entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return err
		}
		if parts++; parts > mostParts {
			return fmt.Errorf("more than %d parts", mostParts)
		}
		if kind, _, _ := part.Header.ContentType(); strings.HasPrefix(kind, "multipart/") {
			return nil
		}
		return visit(part)
	})
}

func decoded(entity *message.Entity, name string) string {
	text, err := entity.Header.Text(name)
	if err != nil {
		return entity.Header.Get(name)
	}
	return text
}

func messageID(value string) string { return strings.Trim(strings.TrimSpace(value), "<>") }
