package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// Device is what a person holds or sits at.
type Device int

const (
	// Phone is 390 × 844 points, touched with a finger.
	Phone Device = iota
	// Desktop is 1280 × 800 points, with a mouse.
	Desktop
)

// Options say how this person's browser differs from that of most: light, English, in New York, with JavaScript.
type Options struct {
	Dark              bool
	Locale            string // BCP 47, en-US when empty
	Timezone          string // IANA name, America/New_York when empty
	WithoutJavaScript bool
	App               bool // the portal's worker may stay in this browser; what it answers, a test cannot stand in for
}

// patience is how long somebody waits for one thing, in milliseconds. The driver forgets the
// default of a page in what it does with single elements.
var patience = playwright.Float(10_000)

// Person is somebody with a browser profile of their own and one page open.
// Its methods end the test when something cannot be done within ten seconds.
type Person struct {
	t        testing.TB
	chromium *Chromium
	Context  playwright.BrowserContext
	Page     playwright.Page
	device   Device
	options  Options

	mu        sync.Mutex
	problems  []string
	tolerated []string
}

// NewPerson opens a browser profile that is closed, and judged, when the test ends.
func (c *Chromium) NewPerson(t testing.TB, device Device, options Options) *Person {
	t.Helper()
	c.need(t)
	p := &Person{t: t, chromium: c, device: device, options: options}
	var err error
	p.Context, err = c.browser.NewContext(contextOptions(device, options))
	p.must(err, "open a browser profile")
	t.Cleanup(p.leave)
	p.Context.OnConsole(func(m playwright.ConsoleMessage) {
		if m.Type() == "error" {
			p.note("console: " + m.Text() + pageOf(m))
		}
	})
	p.Context.OnWebError(func(e playwright.WebError) { p.note("uncaught: " + e.Error().Error()) })
	p.must(p.Context.AddInitScript(playwright.Script{Content: playwright.String(reportRefusals)}), "watch the security policy")
	p.Page, err = p.Context.NewPage()
	p.must(err, "open a page")
	p.Page.SetDefaultTimeout(*patience)
	return p
}

// pageOf is the page that wrote into the console.
func pageOf(m playwright.ConsoleMessage) string {
	if page := m.Page(); page != nil {
		return ", on " + page.URL()
	}
	return ""
}

// reportRefusals makes everything that the content security policy refuses an error in the console.
// The browser mentions some itself, but not those of a policy that only reports.
const reportRefusals = `document.addEventListener('securitypolicyviolation', e =>
	console.error('refused by ' + e.effectiveDirective + ': ' + (e.blockedURI || 'inline') + ' ' + e.sample))`

func contextOptions(device Device, o Options) playwright.BrowserNewContextOptions {
	options := playwright.BrowserNewContextOptions{
		Viewport:          size(device),
		HasTouch:          playwright.Bool(device == Phone),
		IsMobile:          playwright.Bool(device == Phone),
		ColorScheme:       scheme(o.Dark),
		ReducedMotion:     playwright.ReducedMotionReduce,
		Locale:            playwright.String(or(o.Locale, "en-US")),
		TimezoneId:        playwright.String(or(o.Timezone, "America/New_York")),
		JavaScriptEnabled: playwright.Bool(!o.WithoutJavaScript),
		ServiceWorkers:    workers(o.App),
	}
	if device == Phone {
		options.DeviceScaleFactor = playwright.Float(2)
	}
	return options
}

func workers(allowed bool) *playwright.ServiceWorkerPolicy {
	if allowed {
		return playwright.ServiceWorkerPolicyAllow
	}
	return playwright.ServiceWorkerPolicyBlock
}

func size(device Device) *playwright.Size {
	if device == Phone {
		return &playwright.Size{Width: 390, Height: 844}
	}
	return &playwright.Size{Width: 1280, Height: 800}
}

func scheme(dark bool) *playwright.ColorScheme {
	if dark {
		return playwright.ColorSchemeDark
	}
	return playwright.ColorSchemeLight
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// Open goes to an address and waits until the page and what it is made of have loaded.
func (p *Person) Open(address string) {
	p.t.Helper()
	_, err := p.Page.Goto(address, playwright.PageGotoOptions{WaitUntil: playwright.WaitUntilStateLoad})
	p.must(err, "open "+address)
}

// Button, Link, Heading and Field find one thing by the name that a screen reader says.
func (p *Person) Button(name string) playwright.Locator { return p.Role("button", name) }

// Link finds a link by its whole name.
func (p *Person) Link(name string) playwright.Locator { return p.Role("link", name) }

// Heading finds a heading of any level by its whole name.
func (p *Person) Heading(name string) playwright.Locator { return p.Role("heading", name) }

// Role finds what has this ARIA role and exactly this accessible name.
func (p *Person) Role(role playwright.AriaRole, name string) playwright.Locator {
	return p.Page.GetByRole(role, playwright.PageGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
}

// Field finds an input by its label.
func (p *Person) Field(label string) playwright.Locator {
	return p.Page.GetByLabel(label, playwright.PageGetByLabelOptions{Exact: playwright.Bool(true)})
}

// Click presses what it is given. On a phone too it does so with the mouse of the driver: a touch that lasts half a
// second on a busy machine is a long press to Chromium. Fingers draw in [Person.DrawSignature].
func (p *Person) Click(what playwright.Locator) {
	p.t.Helper()
	p.must(what.Click(playwright.LocatorClickOptions{Timeout: patience}), "press")
}

// Fill types into the field with this label, over what stood there.
func (p *Person) Fill(label, text string) {
	p.t.Helper()
	p.must(p.Field(label).Fill(text, playwright.LocatorFillOptions{Timeout: patience}), "fill in "+label)
}

// Sees waits until this text can be seen on the page.
func (p *Person) Sees(text string) {
	p.t.Helper()
	err := p.Page.GetByText(text).First().WaitFor(playwright.LocatorWaitForOptions{Timeout: patience})
	p.must(err, fmt.Sprintf("see %q", text))
}

// Offline cuts the network of this person's browser, or gives it back.
func (p *Person) Offline(cut bool) {
	p.t.Helper()
	p.must(p.Context.SetOffline(cut), "cut the network")
}

// Tolerate names a part of a console message that this test expects, such as "status of 422".
func (p *Person) Tolerate(part string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tolerated = append(p.tolerated, part)
}

// Problems are the errors seen in the browser so far, without the tolerated ones.
func (p *Person) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var seen []string
	for _, problem := range p.problems {
		if !containsAny(problem, p.tolerated) {
			seen = append(seen, problem)
		}
	}
	return seen
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func (p *Person) note(problem string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, problem)
}

// leave closes the profile and judges what was seen. A failed test leaves a picture of its last page.
func (p *Person) leave() {
	for _, problem := range p.Problems() {
		p.t.Errorf("the browser reported: %s", problem)
	}
	if p.t.Failed() && p.Page != nil {
		path := filepath.Join(p.shots(), "failed-"+fileName(p.t.Name())+".png")
		if _, err := p.Page.Screenshot(playwright.PageScreenshotOptions{Path: &path}); err == nil {
			p.t.Logf("the page when the test ended, %s: %s", p.Page.URL(), path)
		}
	}
	_ = p.Context.Close()
}

func (p *Person) shots() string { return filepath.Join(p.chromium.root, "test", "browser", "shots") }

func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' || r == os.PathSeparator {
			return '-'
		}
		return r
	}, name)
}

func (p *Person) must(err error, doing string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", doing, err)
	}
}
