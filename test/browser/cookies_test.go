package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// withoutCookies is a person whose browser blocks all cookies, as its settings let one say.
func withoutCookies(t *testing.T) *Person {
	t.Helper()
	chromium.need(t)
	p := &Person{t: t, chromium: chromium, device: Desktop}
	folder := t.TempDir()
	p.must(os.MkdirAll(filepath.Join(folder, "Default"), 0o700), "make a profile")
	const block = `{"profile":{"default_content_setting_values":{"cookies":2}}}`
	p.must(os.WriteFile(filepath.Join(folder, "Default", "Preferences"), []byte(block), 0o600), "block cookies")
	program, err := exec.LookPath("chromium")
	p.must(err, "find the browser")
	start := launchOptions(program)
	p.Context, err = chromium.driver.Chromium.LaunchPersistentContext(folder, playwright.BrowserTypeLaunchPersistentContextOptions{
		ExecutablePath: start.ExecutablePath, ChromiumSandbox: start.ChromiumSandbox, Args: start.Args, Locale: playwright.String("en-GB")})
	p.must(err, "open a browser without cookies")
	t.Cleanup(p.leave)
	p.Context.OnWebError(func(e playwright.WebError) { p.note("uncaught: " + e.Error().Error()) })
	p.Page, err = p.Context.NewPage()
	p.must(err, "open a page")
	p.Page.SetDefaultTimeout(*patience)
	return p
}

func TestABrowserThatBlocksCookiesIsToldSo(t *testing.T) {
	o := openPortal(t).sends()
	maria := withoutCookies(t)
	maria.Open(o.link)
	maria.See(maria.Heading("Your browser does not keep cookies"), "what is the matter")
	maria.Sees("Allow cookies for this site")
	if kept, err := maria.Context.Cookies(); err != nil || len(kept) != 0 {
		t.Fatalf("the browser keeps %v %v: the test proves nothing", kept, err)
	}
	maria.Open(o.url + "/sign-in")
	o.typesPassword(maria, leadsAddress)
	maria.See(maria.Page.GetByText("Without one it forgets at once that you have signed in."), "why the sign-in page comes again")
}
