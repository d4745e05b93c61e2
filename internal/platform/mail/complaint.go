package mail

import (
	"bufio"
	"strings"

	"github.com/emersion/go-message"
	gotextproto "github.com/emersion/go-message/textproto"
)

// Complaint is what a mailbox provider reports when a reader has called a mail of ours spam.
type Complaint struct {
	Kind              string // "abuse", "fraud", …
	OriginalMessageID string // without brackets, "" when the report does not say
	Recipient         string // "" when the provider does not name them
}

// ParseComplaint reads a feedback report (RFC 5965, ARF); ok is false for every other mail.
func ParseComplaint(raw []byte) (Complaint, bool) {
	entity, err := read(raw)
	if err != nil {
		return Complaint{}, false
	}
	kind, params, _ := entity.Header.ContentType()
	if kind != "multipart/report" || !strings.EqualFold(params["report-type"], "feedback-report") {
		return Complaint{}, false
	}
	var complaint Complaint
	err = walk(entity, func(part *message.Entity) error {
		kind, _, _ := part.Header.ContentType()
		header, err := gotextproto.ReadHeader(bufio.NewReader(part.Body))
		if err != nil && header.Len() == 0 {
			return nil
		}
		switch kind {
		case "message/feedback-report":
			complaint.Kind = strings.ToLower(oneLine(strings.TrimSpace(header.Get("Feedback-Type"))))
			complaint.Recipient = strings.Trim(oneLine(strings.TrimSpace(header.Get("Original-Rcpt-To"))), "<>")
		case "message/rfc822", "text/rfc822-headers":
			complaint.OriginalMessageID = messageID(header.Get("Message-Id"))
		}
		return nil
	})
	return complaint, err == nil && complaint.Kind != "" && complaint.Kind != "not-spam"
}
