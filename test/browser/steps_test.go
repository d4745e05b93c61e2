package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/demo/pictures"
)

// Arrives waits until the address of the page ends with this path, without its query.
func (p *Person) Arrives(path string) {
	p.t.Helper()
	at := regexp.MustCompile(`^https?://[^/]+` + regexp.QuoteMeta(path) + `/?([?#].*)?$`)
	p.must(p.Page.WaitForURL(at), "come to "+path+" from "+p.Page.URL())
}

// path is the path of the page that somebody is on.
func path(who *Person) string {
	_, rest, _ := strings.Cut(who.Page.URL(), "://")
	address := rest[strings.IndexByte(rest, '/'):]
	address, _, _ = strings.Cut(address, "#")
	return address
}

// Gone waits until this cannot be seen any more.
func (p *Person) Gone(what playwright.Locator) {
	p.t.Helper()
	p.must(what.First().WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateHidden, Timeout: patience}), "see it go")
}

// See waits until something can be seen.
func (p *Person) See(what playwright.Locator, name string) {
	p.t.Helper()
	p.must(what.First().WaitFor(playwright.LocatorWaitForOptions{Timeout: patience}), "see "+name)
}

// Press presses keys where the focus is: "Tab", "Alt+ArrowUp".
func (p *Person) Press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.must(p.Page.Keyboard().Press(key), "press "+key)
	}
}

// Type types where the focus is.
func (p *Person) Type(text string) {
	p.t.Helper()
	p.must(p.Page.Keyboard().Type(text), "type "+text)
}

// Reload asks for the page again.
func (p *Person) Reload() {
	p.t.Helper()
	_, err := p.Page.Reload()
	p.must(err, "reload")
}

// Choose takes an entry of a list by its text.
func (p *Person) Choose(label, entry string) {
	p.t.Helper()
	_, err := p.Field(label).SelectOption(playwright.SelectOptionValues{Labels: &[]string{entry}}, playwright.LocatorSelectOptionOptions{Timeout: patience})
	p.must(err, fmt.Sprintf("choose %s in %s", entry, label))
}

// Value is what stands in a field.
func (p *Person) Value(what playwright.Locator) string {
	p.t.Helper()
	value, err := what.InputValue()
	p.must(err, "read a field")
	return value
}

// Text is what can be read in something.
func (p *Person) Text(what playwright.Locator) string {
	p.t.Helper()
	text, err := what.InnerText()
	p.must(err, "read the page")
	return text
}

// Holds waits until something's text holds these words.
func (p *Person) Holds(what playwright.Locator, words string) {
	p.t.Helper()
	p.must(what.Filter(playwright.LocatorFilterOptions{HasText: words}).First().WaitFor(playwright.LocatorWaitForOptions{Timeout: patience}), "read "+words)
}

func hasText(words string) playwright.LocatorFilterOptions {
	return playwright.LocatorFilterOptions{HasText: words}
}

// answered waits for the answer to a POST to an address with this end.
func answered(who *Person, end string, act func()) {
	who.t.Helper()
	asked := func(url string) bool {
		path, _, _ := strings.Cut(url, "?")
		return strings.HasSuffix(url, end) || strings.HasSuffix(path, end)
	}
	_, err := who.Page.ExpectResponse(asked, func() error { act(); return nil }, playwright.PageExpectResponseOptions{Timeout: patience})
	who.must(err, "send to "+end)
}

// reviewAndSign is the button that can be seen: in the card at a desk, in the bar on a phone.
func reviewAndSign(who *Person) playwright.Locator {
	return who.Button("Review & sign").Locator("visible=true").First()
}

// Upload puts sample files into the first place on the page that takes files within what.
func (p *Person) Upload(within playwright.Locator, names ...string) {
	p.t.Helper()
	var files []playwright.InputFile
	for _, name := range names {
		files = append(files, playwright.InputFile{Name: name, MimeType: mediaTypes[filepath.Ext(name)], Buffer: sample(p.t, name)})
	}
	p.must(within.Locator("input[type=file][multiple]").First().SetInputFiles(files), "choose files")
}

var mediaTypes = map[string]string{".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf", ".mp4": "video/mp4", ".csv": "text/csv"}

// LooksGood keeps pictures of the page and has axe look at it in every look.
func (p *Person) LooksGood(name string) {
	p.t.Helper()
	p.Shoot(name)
	p.fits()
	p.AxeEverywhere()
}

// fits fails the test when the page is wider than a phone or a desk.
func (p *Person) fits() {
	p.t.Helper()
	p.inEveryLook(func(l look) {
		if l.dark {
			return
		}
		over, err := p.Page.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`)
		p.must(err, "measure the page")
		if number(over) > 0 {
			p.t.Errorf("%s, %s: the page is %v points wider than the window", p.Page.URL(), l.name, over)
		}
	})
}

// sample is a file of the sample world.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	content, err := pictures.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// fixture is a file of testdata.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

var exactly = playwright.LocatorGetByTextOptions{Exact: playwright.Bool(true)}
