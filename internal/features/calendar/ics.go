package calendar

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// occasion is one entry of a calendar, which takes whole days.
type occasion struct {
	uid         string
	sequence    int
	starts      string // "2026-05-03"
	ends        string // its last day
	summary     string
	description string
	url         string
}

// write makes an iCalendar file (RFC 5545) of whole-day entries, which need no time zone.
func write(name, host string, stamp time.Time, list []occasion) []byte {
	var b builder
	b.line("BEGIN:VCALENDAR")
	b.line("VERSION:2.0")
	b.line("PRODID:-//Lintel//Schedule//EN")
	b.line("CALSCALE:GREGORIAN")
	b.line("METHOD:PUBLISH")
	b.line("X-WR-CALNAME:" + escape(name))
	b.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H")
	b.line("X-PUBLISHED-TTL:PT1H")
	for _, o := range list {
		b.occasion(o, host, stamp)
	}
	b.line("END:VCALENDAR")
	return []byte(b.text.String())
}

type builder struct{ text strings.Builder }

func (b *builder) occasion(o occasion, host string, stamp time.Time) {
	b.line("BEGIN:VEVENT")
	b.line("UID:" + escape(o.uid+"@"+host))
	b.line("DTSTAMP:" + stamp.UTC().Format("20060102T150405Z"))
	b.line("SEQUENCE:" + strconv.Itoa(o.sequence))
	b.line("DTSTART;VALUE=DATE:" + date(o.starts, 0))
	b.line("DTEND;VALUE=DATE:" + date(o.ends, 1)) // the day after the last
	b.line("SUMMARY:" + escape(o.summary))
	if o.description != "" {
		b.line("DESCRIPTION:" + escape(o.description))
	}
	if o.url != "" {
		b.line("URL:" + strings.Map(printable, o.url))
	}
	b.line("TRANSP:TRANSPARENT")
	b.line("END:VEVENT")
}

// longest is how many bytes a line may have, without its end.
const longest = 75

// line writes one line, folded where it is too long and never inside a character.
func (b *builder) line(text string) {
	room := longest
	for len(text) > room {
		cut := room
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		b.text.WriteString(text[:cut] + "\r\n ")
		text, room = text[cut:], longest-1
	}
	b.text.WriteString(text + "\r\n")
}

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// escape makes a text value: nothing in it can end the line or begin another property (F05).
func escape(text string) string {
	return strings.Map(printable, escaper.Replace(strings.ToValidUTF8(text, "")))
}

func printable(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
		return -1
	}
	return r
}

func date(day string, later int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "19700101" // the statements give days only
	}
	return t.AddDate(0, 0, later).Format("20060102")
}
