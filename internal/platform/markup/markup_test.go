package markup

import (
	"bytes"
	"context"
	"html"
	"regexp"
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

// corpus is what people write, and what is printed of it: one line for each block, which begins with its marker or "#", indented as
// deep as it stands.
var corpus = []struct{ source, printed string }{
	{"**Changes.** We send a change order.\n\n- one\n- two\n\nLast.", "Changes. We send a change order.\n  • one\n  • two\nLast."},
	{"See <https://hartwell.example/terms>.", "See https://hartwell.example/terms."},
	{"See https://hartwell.example/terms.", "See https://hartwell.example/terms."},
	{"Mail <office@hartwell.example>", "Mail office@hartwell.example"},
	{"By [this plan](https://hartwell.example/plan-b), or [call](tel:+4420) or [write](mailto:a@b.example).", "By this plan (https://hartwell.example/plan-b), or call (+4420) or write (a@b.example)."},
	{"[x]: https://x.example\n\nText [x]", "Text x (https://x.example)"},
	{"[evil](javascript:alert(1)) end", "evil end"},
	{"The customer pays:\n\n    (a) all taxes\n      (b) all fees\n\nand nothing else.", "The customer pays:\n(a) all taxes|\u00a0\u00a0(b) all fees\nand nothing else."},
	{"\tTabbed clause: EUR 700", "Tabbed clause: EUR 700"},
	{"text\n    continued deep", "text|continued deep"},
	{"```\nEUR 500 penalty\n```", "EUR 500 penalty"},
	{"Pay `EUR 500` now", "Pay EUR 500 now"},
	{"a <b>c</b> d", "a c d"},
	{"Rate &lt; 5 &amp; more &copy;", "Rate < 5 & more ©"},
	{"5 < 6 and 7 > 3", "5 < 6 and 7 > 3"},
	{`2 \* 3 \# x`, "2 * 3 # x"},
	{"| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |||---|---||| 1 | 2 |"},
	{"> quoted penalty\n>\n> - of 5", "  quoted penalty\n    • of 5"},
	{"---\nafter", "after"},
	{"<div>\nnever shown\n</div>", ""},
	{"<!-- x -->after", ""},
	{"![plan of EUR 5](https://x.example/a.png)", ""},
	{"1. one\n2. two\n5. five", "  1. one\n  2. two\n  3. five"},
	{"4. four\n5. five", "  4. four\n  5. five"},
	{"1. half\n\n   and more\n2. half", "  1. half\n  and more\n  2. half"},
	{"- a\n  - b\n    1. c\n- d", "  • a\n    • b\n      1. c\n  • d"},
	{"- - x\n-\n- y", "  • \n    • x\n  • \n  • y"},
	{"- > quoted\n- ```\n  code\n  ```", "    • quoted\n  • code"},
	{"# H1\n\n###### H6\n\ntext", "# H1\n# H6\ntext"},
	{"H\n===\n\ntext", "# H\ntext"},
	{"## Interest\n\n9 % above **base** & <b>more</b>", "# Interest\n9 % above base & more"},
	{"~~not~~ bound, *never* **_ever_**", "~~not~~ bound, never ever"},
	{"a  \nb\nc\\\nd", "a|b|c|d"},
	{"Dear Maria,\nas promised.", "Dear Maria,|as promised."},
	{"A[^1]\n\n[^1]: note", "A^1"},
	{"x <script>alert(1)</script> end", "x alert(1) end"},
	{"", ""},
}

func lines(blocks []Block) string {
	var all []string
	for _, b := range blocks {
		line := strings.Repeat("  ", b.Depth)
		switch {
		case b.Heading:
			line += "# "
		case b.Marker != "":
			line += b.Marker + " "
		}
		all = append(all, line+strings.ReplaceAll(b.Text, "\n", "|"))
	}
	return strings.Join(all, "\n")
}

func TestPrintKeepsWordsLinesNumbersAndAddresses(t *testing.T) {
	for _, c := range corpus {
		if got := lines(New().Paper(c.source)); got != c.printed {
			t.Errorf("%q is printed %q, want %q", c.source, got, c.printed)
		}
	}
}

var (
	link = regexp.MustCompile(`<a href="(?:mailto:|tel:)?([^"]*)"[^>]*>([^<]*)</a>`)
	tag  = regexp.MustCompile(`<[^>]*>`)
)

// What is printed has the letters of the page and no others, but for bullets, numbers and what stands behind links.
func TestThePaperSaysWhatThePageSays(t *testing.T) {
	w := New()
	for _, c := range corpus {
		var page bytes.Buffer
		if err := w.HTML(c.source).Render(context.Background(), &page); err != nil {
			t.Fatal(err)
		}
		shown := link.ReplaceAllStringFunc(page.String(), func(a string) string {
			parts := link.FindStringSubmatch(a)
			if parts[1] == parts[2] {
				return parts[2]
			}
			return parts[2] + " (" + parts[1] + ")"
		})
		var printed strings.Builder
		for _, b := range w.Paper(c.source) {
			printed.WriteString(b.Text)
		}
		letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if want := letters(html.UnescapeString(tag.ReplaceAllString(shown, ""))); letters(printed.String()) != want {
			t.Errorf("%q: page %q, paper %q", c.source, want, letters(printed.String()))
		}
	}
}

func TestAListBeginsWithTheNumberThatWasWritten(t *testing.T) {
	var page bytes.Buffer
	if err := New().HTML("4. four\n5. five").Render(context.Background(), &page); err != nil || !strings.Contains(page.String(), `<ol start="4">`) {
		t.Errorf("%s %v", page.String(), err)
	}
}
