package organisation

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode"
)

// Cursor is where a page of a long list ended: the sorted value and id of its last row.
// It travels in addresses; a forged one only begins somewhere else in the same list.
type Cursor struct {
	Text   string `json:"t,omitempty"`
	Number int64  `json:"n,omitempty"`
	ID     string `json:"i,omitempty"`
}

// Zero reports that there is no page before.
func (c Cursor) Zero() bool { return c == Cursor{} }

// String writes the cursor for an address.
func (c Cursor) String() string {
	if c.Zero() {
		return ""
	}
	raw, err := json.Marshal(c)
	if err != nil { // text and numbers always marshal
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// ParseCursor reads a cursor; anything else is the first page.
func ParseCursor(text string) Cursor {
	var c Cursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil || c.ID == "" || strings.ContainsFunc(c.Text+c.ID, unicode.IsControl) {
		return Cursor{}
	}
	return c
}

// Typed is what somebody typed into a search field, as it came in an address: one line
// without control characters, cut to a sensible length.
func Typed(text string) string {
	clean := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	letters := []rune(strings.TrimSpace(clean))
	return string(letters[:min(len(letters), 100)])
}
