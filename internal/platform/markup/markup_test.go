package markup

import (
	"context"
	"strings"
	"testing"
)

func TestF03WhatCouldRunIsRemoved(t *testing.T) {
	for _, hostile := range []string{
		"[click](javascript:alert(1))", "![x](data:text/html;base64,AAAA)", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
		"<a href=\"data:text/html,x\">x</a>", "[x](vbscript:x)", "<p style=\"background:url(x)\" hx-get=\"/x\">a</p>",
	} {
		var out strings.Builder
		if err := New().HTML(hostile).Render(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"javascript:", "data:", "<script", "onerror", "vbscript:", "style=", "hx-get", "<img"} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("%q became %q", hostile, out.String())
			}
		}
	}
}

func TestPlainTextKeepsTheWordsAndTheLines(t *testing.T) {
	got := New().Plain("**Changes.** We send a change order.\n\n- one\n- two\n\nLast.")
	want := "Changes. We send a change order.\n\n• one\n• two\nLast."
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
