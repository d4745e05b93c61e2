package browser

import (
	"os"
	"testing"
)

// chromium is the one browser of this package; each test has a profile of its own in it.
var chromium *Chromium

func TestMain(m *testing.M) {
	chromium = Start()
	code := m.Run()
	chromium.Stop()
	os.Exit(code)
}
