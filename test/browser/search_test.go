package browser

import (
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/core/access"
)

// findable waits until the index has followed.
func (p *portal) findable(actor access.Actor, text string) {
	p.t.Helper()
	for end := time.Now().Add(15 * time.Second); ; {
		found, err := p.app.Search.Find(p.t.Context(), actor, text)
		p.must(err, "look for "+text)
		if !found.Empty() {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("%q is never found", text)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// asksFor puts the caret into the search field with the key for it and types.
func (p *Person) asksFor(text string) {
	p.t.Helper()
	p.Press("/")
	p.Type(text)
	p.See(p.Page.Locator("#site-search-list"), "the suggestions")
}

// JB-27: the office finds by keyboard alone, customers on a phone, and without JavaScript the field is a plain form.
func TestTheSearchFindsFromEveryPage(t *testing.T) {
	o := openPortal(t).sends()
	o.findable(o.ruth, "kitchen ground")

	ruth := chromium.NewPerson(t, Desktop, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.asksFor("kitch")
	ruth.LooksGood("search-suggestions")
	ruth.Press("ArrowDown", "ArrowDown", "Enter")
	ruth.Arrives("/hartwell/office/proposals/" + o.id)
	ruth.asksFor("kitch")
	ruth.Press("Escape")
	ruth.Gone(ruth.Page.Locator("#site-search-list"))
	ruth.Press("Enter")
	ruth.Arrives("/hartwell/office/search")
	ruth.See(ruth.Heading("Results for “kitch”"), "what was asked for")
	ruth.See(ruth.Page.Locator("mark", playwright.PageLocatorOptions{HasText: "Kitchen"}), "the marked word")
	ruth.LooksGood("search-results")
	ruth.Open(o.url + "/hartwell/office/search?q=zzzz")
	ruth.Sees("Nothing found")
	ruth.LooksGood("search-nothing")

	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home")
	maria.must(maria.Page.GetByRole("combobox", playwright.PageGetByRoleOptions{Name: "Search"}).Or(maria.Page.GetByRole("searchbox", playwright.PageGetByRoleOptions{Name: "Search"})).Click(), "touch the icon")
	maria.Type("worktop")
	maria.See(maria.Page.Locator("#site-search-list"), "the suggestions")
	maria.LooksGood("search-phone")
	maria.Click(maria.Page.GetByRole("option", playwright.PageGetByRoleOptions{Name: "Kitchen & ground-floor refit"}))
	maria.Arrives(o.path)

	plain := chromium.NewPerson(t, Desktop, Options{WithoutJavaScript: true})
	o.reads(plain)
	plain.Open(o.url + "/hartwell/home")
	plain.must(plain.Page.Locator("#site-search").Fill("quartz"), "type")
	plain.Press("Enter")
	plain.Arrives("/hartwell/home/search")
	plain.Click(plain.Page.Locator(".rows a", playwright.PageLocatorOptions{HasText: "Kitchen & ground-floor refit"}).Last())
	plain.Arrives(o.path)
}
