package mail

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"lintel/internal/platform/fault"
)

func proposalLetter() Letter {
	return Letter{
		OrganisationName: "Hartwell & Sons", LogoCID: "logo@hartwell.example", BrandColour: "#00835a", OnBrand: "#ffffff", Language: "en",
		Preheader: "Kitchen & ground-floor refit, 8 Orchard Row. Valid until Friday, 16 October.", Title: "Your proposal is ready",
		Paragraphs: []Text{{{Text: "Hello Maria, we have put together your "}, {Text: "Kitchen & ground-floor refit", Bold: true},
			{Text: " at 8 Orchard\u00a0Row: please look through it and sign by Friday, 16\u00a0October."}}},
		ButtonLabel: "Open the proposal", ButtonURL: "https://hartwell.example/p/8kq2tm4xv7dr?a=1&b=2",
		CopyAddressLine: "If the button does not work, copy this address:",
		Closing:         Plain("Questions? Just answer this e-mail: Jon Sato reads it."),
		Footer: []Text{Plain("This link is for Maria Ruiz only and works until 28 October. Please do not pass it on."),
			{{Text: "Hartwell & Sons Ltd, 3 Mill Yard, Elmsbury · "}, {Text: "01632 960 118", URL: "tel:+441632960118"}, {Text: "\n"},
				{Text: "Choose which e-mails you get", URL: "https://hartwell.example/settings"}}},
	}
}

func render(t *testing.T, letter Letter) (html, text string) {
	t.Helper()
	layout, err := NewLayout()
	if err != nil {
		t.Fatal(err)
	}
	html, text, err = layout.RenderLetter(letter)
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("LINTEL_LETTER_OUT"); path != "" { // to be looked at in a browser
		os.WriteFile(path, []byte(html), 0o600)
	}
	return html, text
}

func TestALetterHasOneButtonAndItsAddressInPlainSight(t *testing.T) {
	html, text := render(t, proposalLetter())
	if n := strings.Count(html, `href="https://hartwell.example/p/8kq2tm4xv7dr?a=1&amp;b=2"`); n != 2 {
		t.Errorf("the address is linked %d times, want the button and the line under it", n)
	}
	for _, want := range []string{
		`<html lang="en"`, `src="cid:logo@hartwell.example"`, `bgcolor="#00835a"`, `background:#00835a`, `color:#ffffff`, ">Open the proposal</a>",
		"Hartwell &amp; Sons", `<b class="ink"`, `href="tel:+441632960118"`, "prefers-color-scheme:dark", ">https://hartwell.example/p/8kq2tm4xv7dr?a=1&amp;b=2</a>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the HTML has no %s", want)
		}
	}
	if strings.Contains(html, "{{") || strings.Contains(strings.ReplaceAll(html, `alt=""`, ""), `=""`) {
		t.Errorf("the HTML has a gap:\n%s", html)
	}
	want := `Hartwell & Sons

Your proposal is ready

Hello Maria, we have put together your Kitchen & ground-floor refit at 8 Orchard` + "\u00a0" + `Row: please look through it and sign by Friday, 16` + "\u00a0" + `October.

Open the proposal:
https://hartwell.example/p/8kq2tm4xv7dr?a=1&b=2

Questions? Just answer this e-mail: Jon Sato reads it.

----------------------------------------

This link is for Maria Ruiz only and works until 28 October. Please do not pass it on.

Hartwell & Sons Ltd, 3 Mill Yard, Elmsbury · 01632 960 118
Choose which e-mails you get (https://hartwell.example/settings)
`
	if text != want {
		t.Errorf("the text is\n%s\nwant\n%s", text, want)
	}
}

func TestOutlooksConditionsCarryNothingThatPeopleType(t *testing.T) {
	conditionals := regexp.MustCompile(`(?s)<!--\[if.*?<!\[endif\]-->`)
	in := conditionals.FindAllString(letterSource, -1)
	html, _ := render(t, proposalLetter())
	out := conditionals.FindAllString(html, -1)
	if len(in) != 3 || strings.Join(in, "|") != strings.Join(out, "|") {
		t.Errorf("%d conditions in the layout, %d in the letter", len(in), len(out))
	}
}

// The layout's holes are filled without looking where they are, so where they are is held.
func TestTheLayoutHasHolesOnlyWhereEscapedTextIsSafe(t *testing.T) {
	layout, err := NewLayout()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, part := range layout.parts {
		for _, at := range hole.FindAllStringIndex(part, -1) {
			found++
			before := part[:at[0]]
			if i := strings.LastIndex(before, "<style>"); i > strings.LastIndex(before, "</style>") {
				t.Errorf("%s: %s stands in a style sheet", name, part[at[0]:at[1]])
			}
			if open := strings.LastIndex(before, "<"); open > strings.LastIndex(before, ">") && strings.Count(before[open:], `"`)%2 == 0 {
				t.Errorf("%s: %s stands in a tag, outside of quotes", name, part[at[0]:at[1]])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d holes were looked at", found)
	}
}

func TestF02WhatPeopleTypeIsInertInALetter(t *testing.T) {
	attack := `"><script>alert(1)</script><img src=x onerror=alert(1)><!--[if mso]><b>x<![endif]-->{{Code}}`
	letter := proposalLetter()
	letter.OrganisationName, letter.Title, letter.Preheader, letter.Quote, letter.QuoteBy = attack, attack, attack, attack, attack
	letter.ButtonLabel, letter.CopyAddressLine, letter.Code = attack, attack, attack
	letter.Paragraphs, letter.Closing, letter.Footer = []Text{Plain(attack), {{Text: attack, Bold: true}}}, Plain(attack), []Text{{{Text: attack, URL: "https://x.example/"}}}
	html, _ := render(t, letter)
	if !strings.Contains(html, "{{Code}}") {
		t.Error("text that looks like a hole was filled")
	}
	if strings.Contains(html, "<script") || regexp.MustCompile(`<img[^>]*onerror`).MatchString(html) || strings.Contains(html, "<b>x") {
		t.Errorf("markup came through:\n%s", html)
	}
}

func TestALetterRefusesWhatIsNoColourOrLink(t *testing.T) {
	layout, err := NewLayout()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Letter){
		"a script as the button":    func(l *Letter) { l.ButtonURL = "javascript:alert(1)" },
		"a script in the footer":    func(l *Letter) { l.Footer = []Text{{{Text: "x", URL: "JavaScript:alert(1)"}}} },
		"data in a paragraph":       func(l *Letter) { l.Paragraphs = []Text{{{Text: "x", URL: "data:text/html,x"}}} },
		"a path alone":              func(l *Letter) { l.ButtonURL = "/p/1" },
		"a colour with more to it":  func(l *Letter) { l.BrandColour = "#00835a;x:url(//evil.example)" },
		"a named colour":            func(l *Letter) { l.OnBrand = "white" },
		"no language":               func(l *Letter) { l.Language = "" },
		"a logo that is an address": func(l *Letter) { l.LogoCID = "x\" onerror=\"" },
	} {
		letter := proposalLetter()
		change(&letter)
		if _, _, err := layout.RenderLetter(letter); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACodeAndAQuoteAreShown(t *testing.T) {
	letter := proposalLetter()
	letter.Code, letter.Quote, letter.QuoteBy, letter.ButtonURL, letter.LogoCID = "042519", "Could the island\nbe longer?", "Maria Ruiz", "", ""
	html, text := render(t, letter)
	if !strings.Contains(html, ">042519<") || !strings.Contains(html, "Could the island<br>be longer?") || strings.Contains(html, "<a class=\"lnk\"") || strings.Contains(html, "<img") {
		t.Errorf("html:\n%s", html)
	}
	if !strings.Contains(text, "\n042519\n") || !strings.Contains(text, "> Could the island\n> be longer?\nMaria Ruiz\n") {
		t.Errorf("text:\n%s", text)
	}
}
