package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// Chromium is one running browser, or the reason why there is none on this machine.
type Chromium struct {
	driver  *playwright.Playwright
	browser playwright.Browser
	root    string // the folder of go.mod
	axe     string // axe-core, as text
	missing error
}

// Start starts the browser, once for a package and from TestMain, which must call [Chromium.Stop] at the end.
// What is missing on this machine is told to each test that asks for a person.
func Start() *Chromium {
	c := &Chromium{}
	if err := c.start(); err != nil {
		c.Stop()
		c.missing = err
	}
	return c
}

// Stop ends the browser and its driver.
func (c *Chromium) Stop() {
	if c.browser != nil {
		_ = c.browser.Close()
	}
	if c.driver != nil {
		_ = c.driver.Stop()
	}
	c.browser, c.driver = nil, nil
}

func (c *Chromium) start() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	c.root = root
	program, err := exec.LookPath("chromium")
	if err != nil {
		return fmt.Errorf("there is no Chromium here (make test installs it): %w", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return fmt.Errorf("there is no Node.js here: %w", err)
	}
	cli := filepath.Join(root, "node_modules", "playwright-core", "cli.js")
	axe, err := os.ReadFile(filepath.Join(root, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return fmt.Errorf("there is no node_modules here (make test installs it): %w", err)
	}
	c.axe = string(axe)

	// The driver is the npm package of package.json; nothing is downloaded.
	if err := os.Setenv("PLAYWRIGHT_NODEJS_PATH", node); err != nil {
		return fmt.Errorf("name node to the driver: %w", err)
	}
	if err := os.Setenv("PLAYWRIGHT_CLI_PATH", cli); err != nil {
		return fmt.Errorf("name playwright-core to the driver: %w", err)
	}
	if c.driver, err = playwright.Run(&playwright.RunOptions{SkipInstallBrowsers: true}); err != nil {
		return fmt.Errorf("start the browser driver: %w", err)
	}
	if c.browser, err = c.driver.Chromium.Launch(launchOptions(program)); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	return nil
}

// launchOptions keeps the browser from calling home: machines that build have no network.
// Chromium's sandbox refuses to run as root, and the only pages opened are our own.
func launchOptions(program string) playwright.BrowserTypeLaunchOptions {
	return playwright.BrowserTypeLaunchOptions{
		ExecutablePath:  playwright.String(program),
		ChromiumSandbox: playwright.Bool(false),
		Args: []string{
			"--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync",
		},
	}
}

// need skips the test where the browser is missing, and fails it in the full run.
func (c *Chromium) need(t testing.TB) {
	t.Helper()
	if c.missing == nil {
		return
	}
	if os.Getenv("LINTEL_TEST_FULL") == "1" {
		t.Fatal(c.missing)
	}
	t.Skip(c.missing)
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the folder of the tests: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above %s", dir)
		}
		dir = filepath.Dir(dir)
	}
}
