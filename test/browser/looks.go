package browser

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mxschmitt/playwright-go"
)

// look is one of the four ways in which every page is looked at.
type look struct {
	name   string
	device Device
	dark   bool
}

var looks = []look{
	{"1280-light", Desktop, false},
	{"1280-dark", Desktop, true},
	{"390-light", Phone, false},
	{"390-dark", Phone, true},
}

// inEveryLook shows the page narrow and wide, light and dark, and then as it was.
func (p *Person) inEveryLook(do func(look)) {
	p.t.Helper()
	for _, l := range looks {
		p.show(l.device, l.dark)
		do(l)
	}
	p.show(p.device, p.options.Dark)
}

func (p *Person) show(device Device, dark bool) {
	p.t.Helper()
	s := size(device)
	p.must(p.Page.SetViewportSize(s.Width, s.Height), "change the window's size")
	p.must(p.Page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: scheme(dark)}), "change the theme")
	_, err := p.Page.Evaluate(untilStill)
	p.must(err, "wait until the colours have changed")
}

// untilStill waits for what fades or moves because the look has changed, so that nobody
// judges a colour half way. What turns for ever is not waited for.
const untilStill = `async () => {
	const frame = () => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
	const ending = () => document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity);
	await frame();
	while (ending().length > 0) { // what inherits a colour that fades begins to fade after it
		await Promise.allSettled(ending().map(a => a.finished));
		await frame();
	}
}`

// Shoot writes four pictures of the whole page into test/browser/shots: NAME-390-light.png and so on.
// It does so only when pictures are wanted, LINTEL_SHOTS=1; otherwise it costs nothing.
func (p *Person) Shoot(name string) {
	p.t.Helper()
	if os.Getenv("LINTEL_SHOTS") != "1" {
		return
	}
	p.inEveryLook(func(l look) { p.shootNow(name + "-" + l.name) })
}

// shootNow takes a picture of the page as it stands.
func (p *Person) shootNow(name string) {
	p.t.Helper()
	if os.Getenv("LINTEL_SHOTS") != "1" {
		return
	}
	path := filepath.Join(p.shots(), fileName(name)+".png")
	_, err := p.Page.Screenshot(playwright.PageScreenshotOptions{
		Path:       &path,
		FullPage:   playwright.Bool(true),
		Animations: playwright.ScreenshotAnimationsDisabled,
	})
	p.must(err, "take a picture")
}

// Axe fails the test with each accessibility rule that the page breaks as it now stands, and the elements that break
// it. One run takes a second or more, so ask once for a page, not at each step.
func (p *Person) Axe() {
	p.t.Helper()
	p.keepHTML()
	for _, v := range p.violations() {
		p.t.Errorf("axe on %s: %s", p.Page.URL(), v)
	}
}

// AxeEverywhere is [Person.Axe] at both widths and in both themes.
func (p *Person) AxeEverywhere() {
	p.t.Helper()
	p.keepHTML()
	p.inEveryLook(func(l look) {
		rules := everyRule
		if l.dark { // a theme changes colours alone
			rules = contrastRule
		}
		for _, v := range p.violationsOf(rules) {
			p.t.Errorf("axe on %s, %s: %s", p.Page.URL(), l.name, v)
		}
	})
}

type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		Target  []any  `json:"target"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v violation) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s)", v.Help, v.ID)
	for _, n := range v.Nodes {
		fmt.Fprintf(&text, "\n  %v: %s", n.Target, strings.ReplaceAll(n.Summary, "\n", " "))
	}
	return text.String()
}

// What axe-core is asked.
const (
	everyRule    = `{resultTypes: ['violations']}`
	contrastRule = `{resultTypes: ['violations'], runOnly: {type: 'rule', values: ['color-contrast']}}`
)

func (p *Person) violations() []violation {
	p.t.Helper()
	return p.violationsOf(everyRule)
}

// violationsOf loads axe-core over the debugging protocol, which the page's security policy does not concern.
func (p *Person) violationsOf(rules string) []violation {
	p.t.Helper()
	loaded, err := p.Page.Evaluate(`typeof axe !== 'undefined'`)
	p.must(err, "look for axe-core")
	if loaded != true {
		_, err = p.Page.Evaluate(p.chromium.axe + "\n;undefined")
		p.must(err, "load axe-core")
	}
	text, err := p.Page.Evaluate(`async () => JSON.stringify((await axe.run(document, ` + rules + `)).violations)`)
	p.must(err, "run axe-core")
	var found []violation
	p.must(json.Unmarshal([]byte(text.(string)), &found), "read what axe-core found")
	return found
}

// keepHTML asks for the page once more and keeps its source where the full run checks HTML, in LINTEL_HTML_DIR.
// A GET changes nothing in Lintel, so asking again is harmless.
func (p *Person) keepHTML() {
	p.t.Helper()
	dir := os.Getenv("LINTEL_HTML_DIR")
	if dir == "" {
		return
	}
	reply, err := p.Context.Request().Get(p.Page.URL())
	p.must(err, "ask for the page's source")
	if !strings.HasPrefix(reply.Headers()["content-type"], "text/html") {
		return
	}
	body, err := reply.Body()
	p.must(err, "read the page's source")
	name := fmt.Sprintf("%s-%.4x.html", fileName(p.t.Name()), sha256.Sum256([]byte(p.Page.URL())))
	p.must(os.WriteFile(filepath.Join(dir, name), body, 0o644), "keep the page's source")
}
