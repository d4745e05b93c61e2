package browser

import (
	"slices"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// TestTheFirstViewIsSmall holds the customer's page to its budget on the wire: what a phone asks for
// until the page is there and noted as seen. Photos are left out, the browser gets them by and by.
// A second look costs the page alone, and the question whether photos may still be seen.
func TestTheFirstViewIsSmall(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)

	visits(maria) // a page that no pointer stands over
	maria.must(maria.Page.Route("**/files/**", func(route playwright.Route) {
		_ = route.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(200), ContentType: playwright.String("image/gif"), Body: ""})
	}), "leave out the photos")
	traffic, sofar := maria.Count(), len(p.requests())
	answered(maria, "/viewed", func() { maria.Open(o.url + o.path) })
	first := p.requests()[sofar:]
	slices.Sort(first) // without a cache the logo is asked for twice: it is also the icon of the tab
	first = slices.Compact(first)
	if size := traffic.Bytes(); len(first) > 8 || size > 80<<10 {
		t.Errorf("the first view takes %d requests and %d bytes, want at most 8 and %d: %q", len(first), size, 80<<10, first)
	}

	visits(maria)
	answered(maria, "/viewed", func() { maria.Open(o.url + o.path) })
	maria.remembers() // the code for writing comes when the page has been open for a while
	visits(maria)
	sofar = len(p.requests())
	answered(maria, "/viewed", func() { maria.Open(o.url + o.path) })
	again := slices.DeleteFunc(p.requests()[sofar:], func(asked string) bool {
		return strings.HasSuffix(asked, "/viewed") || strings.Contains(asked, "/files/")
	})
	if want := []string{"GET " + o.path}; !slices.Equal(again, want) {
		t.Errorf("a second look asks for %q, want %q", again, want)
	}
}

// visits opens another page in the same browser.
func visits(who *Person) {
	who.t.Helper()
	page, err := who.Context.NewPage()
	who.must(err, "open another page")
	page.SetDefaultTimeout(*patience)
	who.Page = page
}
