package ui

import (
	"strings"
	"testing"
)

func TestANotesTitleEndsAsASentenceBeforeItsText(t *testing.T) {
	for _, c := range []struct{ title, text, want string }{
		{"For the office:", "Prefers calls.", "<b>For the office:</b>"},
		{"For the office: ", "Prefers calls.", "<b>For the office:</b>"},
		{"Mail is ready. ", "It is sent by ember.", "<b>Mail is ready.</b>"},
		{"Not saved", "Somebody was faster.", "<b>Not saved.</b>"},
		{"Not saved", "", "<b>Not saved</b>"},
		{"One moment…", "It is on its way.", "<b>One moment…</b>"},
	} {
		var page strings.Builder
		if err := Note(NoteProps{Title: c.title, Text: c.text}).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), c.want) {
			t.Errorf("%q before %q is written as %s, want %s", c.title, c.text, page.String(), c.want)
		}
	}
}
