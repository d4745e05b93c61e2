package outbox

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/mail"
)

const (
	standardColour = "#00835a"
	logoCID        = "logo"
)

// compose makes the message of a mail, in the firm's brand and the reader's language.
func (s *Service) compose(ctx context.Context, m pending, l Letter) ([]byte, error) {
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: l.Language, Zone: m.firm.Location(), Now: s.store.Now()})
	content := mail.Letter{OrganisationName: m.firm.Name, BrandColour: m.firm.Colour, Language: i18n.ReaderOf(ctx).Language,
		Preheader: l.Preheader, Title: l.Title, Quote: l.Quote, QuoteBy: l.QuoteBy, Code: l.Code, ButtonLabel: l.Button, ButtonURL: l.URL,
		CopyAddressLine: i18n.T(ctx, "If the button does not work, copy this address:"), Closing: mail.Plain(l.ReplyLine), Footer: footer(m.firm, l)}
	if l.ReplyLine == "" {
		content.Closing = nil
	}
	red, green, blue, ok := channels(content.BrandColour)
	if !ok {
		content.BrandColour = standardColour
		red, green, blue, _ = channels(standardColour)
	}
	content.OnBrand = readableOn(red, green, blue)
	for _, paragraph := range l.Paragraphs {
		content.Paragraphs = append(content.Paragraphs, emphasised(paragraph))
	}
	message := mail.Message{From: s.means.From, FromName: oneLine(m.firm.Name), To: l.To, ToName: oneLine(l.ToName), ReplyTo: l.ReplyTo, Subject: oneLine(l.Subject),
		ID: m.messageID, Date: m.queuedAt, AutoSubmitted: l.Quote == "", ListUnsubscribe: l.Unsubscribe}
	message.Loop = s.means.Host
	if l.Thread != "" {
		message.InReplyTo = strings.ReplaceAll(l.Thread, ":", ".") + "@" + s.means.Host // no mail has this id: it keeps a conversation together in mailboxes
	}
	if l.Thread != "" && message.ReplyTo == "" && s.means.ReplyAddress != nil {
		message.ReplyTo = s.means.ReplyAddress(access.OrgID(m.org), l.Person, l.Thread)
		if message.ReplyTo != "" && l.ReplyLine == "" {
			content.Closing = mail.Plain(i18n.T(ctx, "Answer this e-mail, and your words and files appear in the conversation."))
		}
	}
	if message.ReplyTo == "" && mail.CheckAddress(m.firm.Email) == nil {
		message.ReplyTo = m.firm.Email
	}
	if err := s.addFiles(ctx, m, l, &message, &content); err != nil {
		return nil, err
	}
	var err error
	if message.HTML, message.Text, err = s.layout.RenderLetter(content); err != nil {
		return nil, fmt.Errorf("render the letter: %w", err)
	}
	raw, err := mail.Build(message)
	if err != nil {
		return nil, fmt.Errorf("build the message: %w", err)
	}
	return raw, nil
}

// addFiles reads the logo and the attachment, outside any transaction.
func (s *Service) addFiles(ctx context.Context, m pending, l Letter, message *mail.Message, content *mail.Letter) error {
	org := access.OrgID(m.org)
	if s.means.Logo != nil && m.firm.Logo != "" {
		kind, bytes, err := s.means.Logo(ctx, org)
		if err != nil {
			return &mail.Temporary{Reason: "the logo cannot be read", Cause: err}
		}
		content.LogoCID = logoCID
		message.Inline = []mail.Attachment{{Name: "logo", ContentType: kind, CID: logoCID, Bytes: bytes}}
	}
	if l.AttachFile == "" {
		return nil
	}
	if s.means.Attachment == nil {
		return fmt.Errorf("attach file %s: nothing to read files with", l.AttachFile)
	}
	name, kind, bytes, err := s.means.Attachment(ctx, org, l.AttachFile)
	if err != nil {
		return &mail.Temporary{Reason: "the attached file cannot be read", Cause: err}
	}
	message.Attachments = []mail.Attachment{{Name: oneLine(name), ContentType: kind, Bytes: bytes}}
	return nil
}

// footer is the notes, then who the firm is and how to reach it.
func footer(firm organisation.Settings, l Letter) []mail.Text {
	var lines []mail.Text
	for _, note := range l.Notes {
		lines = append(lines, emphasised(note))
	}
	if l.SettingsURL != "" && l.SettingsLabel != "" {
		lines = append(lines, mail.Text{{Text: l.SettingsLabel, URL: l.SettingsURL}})
	}
	line := mail.Text{{Text: strings.Join(notEmpty(firm.Name, strings.Join(strings.Fields(strings.ReplaceAll(firm.Address, "\n", ", ")), " ")), ", ")}}
	if firm.Phone != "" {
		line = append(line, mail.Run{Text: " · "}, mail.Run{Text: firm.Phone, URL: "tel:" + dialled(firm.Phone)})
	}
	return append(lines, line)
}

func notEmpty(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
	}
	return out
}

func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// emphasised turns **words** into bold ones.
func emphasised(text string) mail.Text {
	var line mail.Text
	for i, piece := range strings.Split(text, "**") {
		if piece != "" {
			line = append(line, mail.Run{Text: piece, Bold: i%2 == 1})
		}
	}
	return line
}

// oneLine takes out of a name what must not stand in a header: names of firms and people
// are checked where they are typed, and a mail must not fail over an old one.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029:
			return ' '
		case r == '\uFFFD' || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f:
			return -1
		}
		return r
	}, text)
}

func channels(colour string) (red, green, blue float64, ok bool) {
	value, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 || colour[0] != '#' {
		return 0, 0, 0, false
	}
	return float64(value >> 16), float64(value >> 8 & 0xff), float64(value & 0xff), true
}

// readableOn picks white or black words for a colour, by WCAG's contrast.
func readableOn(red, green, blue float64) string {
	linear := func(channel float64) float64 {
		if c := channel / 255; c > 0.04045 {
			return math.Pow((c+0.055)/1.055, 2.4)
		}
		return channel / 255 / 12.92
	}
	brightness := 0.2126*linear(red) + 0.7152*linear(green) + 0.0722*linear(blue)
	if 1.05/(brightness+0.05) >= 4.5 {
		return "#ffffff"
	}
	return "#101010"
}
