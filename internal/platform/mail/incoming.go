package mail

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	netmail "net/mail"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/emersion/go-message"
	gotextproto "github.com/emersion/go-message/textproto"
)

// Incoming is a mail from outside, read for people: what was written now, apart from what it
// quotes, and its files. Nothing in it is trusted; the text is plain.
type Incoming struct {
	From       netmail.Address // of the one From header; zero when there is none, or more than one
	Recipients []string        // bare addresses that the headers name, lower case, the surest first
	Subject    string
	Date       time.Time
	MessageID  string   // without brackets
	References []string // ids of In-Reply-To and References, the newest first
	Text       string   // what was written
	Quoted     string   // what was quoted below or above it, and the signature
	Files      []Attachment
	MoreFiles  int    // that were left out: too many of them, or nested too deep
	Automatic  string // why this is no mail by a person ("out of office", …); empty when it is one
	Loops      []string
}

// The limits of an incoming mail.
const (
	LargestIncoming = 25 << 20 // bytes of the raw mail
	mostFiles       = 40
	longestText     = 256 << 10 // bytes of a text part that are read
	mostReferences  = 50
)

// errEnough ends the walk over the parts of a mail.
var errEnough = errors.New("enough parts")

// ReadIncoming takes a raw mail apart. What is broken in it is left out rather than refused:
// only a mail without a readable header is an error.
func ReadIncoming(raw []byte) (Incoming, error) {
	entity, err := read(raw)
	if err != nil {
		return Incoming{}, err
	}
	in := Incoming{Subject: headerText(entity, "Subject"), MessageID: messageID(entity.Header.Get("Message-Id")), References: references(entity),
		Recipients: recipients(entity), Automatic: automatic(entity)}
	in.From, _ = OnlySender(raw)
	in.Date, _ = netmail.ParseDate(entity.Header.Get("Date"))
	for fields := entity.Header.FieldsByKey("X-Loop"); fields.Next(); {
		in.Loops = append(in.Loops, strings.TrimSpace(fields.Value()))
	}
	var body bodyParts
	seen := 0
	err = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return errEnough
		}
		kind, _, _ := part.Header.ContentType()
		if strings.HasPrefix(kind, "multipart/") {
			return nil
		}
		if seen++; seen > mostParts {
			in.MoreFiles++
			if seen > 20*mostParts {
				return errEnough
			}
			return nil
		}
		return body.take(part, &in)
	})
	if err != nil && !errors.Is(err, errEnough) && body.empty() && len(in.Files) == 0 {
		return Incoming{}, fmt.Errorf("read the mail: %w", err)
	}
	body.settle(&in)
	return in, nil
}

// bodyParts are the texts of a mail before they are split.
type bodyParts struct {
	plain, html string
	inline      []Attachment // pictures that the HTML may call by their Content-ID
}

func (b *bodyParts) empty() bool { return b.plain == "" && b.html == "" }

func (b *bodyParts) take(part *message.Entity, in *Incoming) error {
	kind, params, _ := part.Header.ContentType()
	disposition, dispositionParams, _ := part.Header.ContentDisposition()
	name := dispositionParams["filename"]
	if name == "" {
		name = params["name"]
	}
	text := (kind == "text/plain" || kind == "text/html" || kind == "") && disposition != "attachment" && name == ""
	if text {
		content, err := io.ReadAll(io.LimitReader(part.Body, longestText))
		if err != nil && len(content) == 0 {
			return nil // a damaged part; the raw mail is kept
		}
		words := decodeCharset(content, params["charset"])
		if kind == "text/html" {
			b.html += words
		} else {
			b.plain = joinTexts(b.plain, words)
		}
		return nil
	}
	if kind == "application/pkcs7-signature" || kind == "application/x-pkcs7-signature" || kind == "application/pgp-signature" {
		return nil
	}
	if len(in.Files)+len(b.inline) >= mostFiles {
		in.MoreFiles++
		return nil
	}
	content, err := io.ReadAll(part.Body)
	if err != nil && len(content) == 0 {
		in.MoreFiles++
		return nil
	}
	file := Attachment{Name: attachmentName(name, kind, part), ContentType: kind, CID: messageID(part.Header.Get("Content-Id")), Bytes: content}
	if file.CID != "" && disposition != "attachment" && strings.HasPrefix(kind, "image/") {
		b.inline = append(b.inline, file)
		return nil
	}
	in.Files = append(in.Files, file)
	return nil
}

func joinTexts(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	return a + "\n\n" + b
}

// settle splits the text. Of the pictures inside the HTML, those stay files that stand in what
// was written now: the others are logos of signatures and what the mail before had.
func (b *bodyParts) settle(in *Incoming) {
	fromHTML, quotedHTML, called := "", "", map[string]bool{}
	if b.html != "" {
		fromHTML, quotedHTML, called = readHTML(b.html)
	}
	if strings.TrimSpace(b.plain) != "" {
		in.Text, in.Quoted = SplitReply(b.plain)
	} else {
		var more string
		in.Text, more = SplitReply(fromHTML)
		in.Quoted = strings.TrimSpace(joinTexts(more, quotedHTML))
		if in.Text == "" && in.Quoted != "" && more == "" && len(b.inline)+len(in.Files) == 0 {
			in.Text, in.Quoted = in.Quoted, "" // a mail that was only passed on
		}
	}
	for _, picture := range b.inline {
		if b.html == "" || called[picture.CID] {
			in.Files = append(in.Files, picture)
		}
	}
}

// attachmentName is one line without folders; a nested mail is called by its subject.
func attachmentName(name, kind string, part *message.Entity) string {
	if decoded, err := words.DecodeHeader(name); err == nil {
		name = decoded
	}
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, name))
	if name != "" && name != "." && name != "/" {
		return name
	}
	extension := map[string]string{"message/rfc822": ".eml", "image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic", "application/pdf": ".pdf", "text/calendar": ".ics", "text/plain": ".txt",
		"text/html": ".html"}[kind]
	if description := strings.TrimSpace(part.Header.Get("Content-Description")); description != "" && len(description) < 100 && isHeaderSafe(description) && !strings.ContainsAny(description, `/\`) {
		return description + extension
	}
	return "attachment" + extension
}

// OnlySender gives the address of a mail's From. It is false unless there is exactly one such
// header with one address: what a checker and a reader take for the sender must be the same.
func OnlySender(raw []byte) (netmail.Address, bool) {
	header, err := gotextproto.ReadHeader(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil && header.Len() == 0 {
		return netmail.Address{}, false
	}
	values := header.Values("From")
	if len(values) != 1 {
		return netmail.Address{}, false
	}
	parser := netmail.AddressParser{WordDecoder: &words}
	list, err := parser.ParseList(values[0])
	if err != nil || len(list) != 1 || CheckAddress(list[0].Address) != nil {
		return netmail.Address{}, false
	}
	return netmail.Address{Name: strings.TrimSpace(oneLine(list[0].Name)), Address: list[0].Address}, true
}

// recipients are the addresses that a mailbox's mail came for: first what the mail servers
// wrote down, then what the sender did.
func recipients(entity *message.Entity) []string {
	parser := netmail.AddressParser{WordDecoder: &words}
	var out []string
	seen := map[string]bool{}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"} {
		for fields := entity.Header.FieldsByKey(name); fields.Next() && len(out) < mostReferences; {
			list, err := parser.ParseList(fields.Value())
			if err != nil {
				continue
			}
			for _, found := range list {
				if address := strings.ToLower(found.Address); !seen[address] && len(out) < mostReferences {
					seen[address] = true
					out = append(out, address)
				}
			}
		}
	}
	return out
}

func references(entity *message.Entity) []string {
	ids := strings.Fields(entity.Header.Get("In-Reply-To"))
	older := strings.Fields(entity.Header.Get("References"))
	for i := len(older) - 1; i >= 0 && len(ids) < mostReferences; i-- {
		ids = append(ids, older[i])
	}
	for i, id := range ids {
		ids[i] = messageID(id)
	}
	return ids
}

// words decodes =?charset?…?= in headers.
var words = mime.WordDecoder{CharsetReader: func(charset string, input io.Reader) (io.Reader, error) {
	content, err := io.ReadAll(io.LimitReader(input, longestText))
	return strings.NewReader(decodeCharset(content, charset)), err
}}

// headerText is a header as one line of text.
func headerText(entity *message.Entity, name string) string {
	value := entity.Header.Get(name)
	if decoded, err := words.DecodeHeader(value); err == nil {
		value = decoded
	}
	return strings.TrimSpace(oneLine(decodeCharset([]byte(value), "")))
}

// Fingerprint is the same for a mail that comes a second time, whatever way it took.
func Fingerprint(raw []byte) string {
	head, body, _ := bytes.Cut(crlf(raw), []byte("\r\n\r\n"))
	header, _ := gotextproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(head[:len(head):len(head)], "\r\n\r\n"...))))
	sum := sha256.New()
	for _, value := range []string{header.Get("Message-Id"), header.Get("From"), header.Get("Date"), string(bytes.TrimSpace(body))} {
		fmt.Fprintf(sum, "%d %s\n", len(value), value)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// RecipientsOf are the addresses that the header of a mail says it came for, the surest first.
func RecipientsOf(raw []byte) []string {
	entity, err := read(raw)
	if err != nil {
		return nil
	}
	return recipients(entity)
}
