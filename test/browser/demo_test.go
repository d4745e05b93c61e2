package browser

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
)

// TestEverybodyOfTheDemoGetsIn starts the demo and goes in as each person.
func TestEverybodyOfTheDemoGetsIn(t *testing.T) {
	program, address := binary(t), freeAddress(t)
	demo := runProgram(t, nil, program, "demo", "--json", "--addr", address, "--data", t.TempDir())
	var people []struct{ Organisation, Role, Name, Email, URL string }
	if err := json.NewDecoder(demo.out).Decode(&people); err != nil {
		t.Fatal(err)
	}
	firms := map[string]bool{}
	var base string
	for _, person := range people {
		firms[person.Organisation] = true
		base, _, _ = strings.Cut(person.URL, "/l/to/")
		home := map[string]string{"customer": "/home/proposals/", "contractor": "/desk", "technician": "/field"}[person.Role]
		if home == "" {
			home = "/office"
		}
		if at := goesIn(t, base, person.URL, person.Name); !strings.Contains(at, home) {
			t.Errorf("%s (%s) of %s comes to %s", person.Name, person.Role, person.Organisation, at)
		}
	}
	if len(firms) != 4 || len(people) < 8 {
		t.Errorf("%d people of %d firms, want those of four firms", len(people), len(firms))
	}
	readsTheMailbox(t, base)
}

// goesIn opens a link, presses its one button, and tells where that leads.
func goesIn(t *testing.T, base, link, name string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	landing, err := browser.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(landing.Body)
	_ = landing.Body.Close()
	if err != nil || !strings.Contains(string(page), "Continue as "+html.EscapeString(name)) {
		t.Errorf("the link of %s opens another page (%d, %v)", name, landing.StatusCode, err)
	}
	press, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/l", nil)
	if err != nil {
		t.Fatal(err)
	}
	press.Header.Set("Origin", base)
	inside, err := browser.Do(press)
	if err != nil {
		t.Fatal(err)
	}
	_ = inside.Body.Close()
	if inside.StatusCode != http.StatusOK {
		t.Errorf("%s comes to %s: %d", name, inside.Request.URL.Path, inside.StatusCode)
	}
	return inside.Request.URL.Path
}

// readsTheMailbox opens the mailbox of the demo and follows the button of a mail.
func readsTheMailbox(t *testing.T, base string) {
	t.Helper()
	who := chromium.NewPerson(t, Desktop, Options{})
	who.Open(base + "/dev/mail")
	who.LooksGood("mailbox")
	who.Click(who.Page.Locator("main a[href*='/dev/mail/']").First())
	who.LooksGood("mailbox-message")
	link, err := who.Page.FrameLocator("iframe").Locator("a[href*='/l/to/'], a[href*='/office/']").First().GetAttribute("href")
	who.must(err, "find the button of the mail")
	answer, err := who.Page.Goto(link)
	who.must(err, "follow the button")
	if answer.Status() != http.StatusOK {
		t.Errorf("the button of the mail leads to %d", answer.Status())
	}
}
