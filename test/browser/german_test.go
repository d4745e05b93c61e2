package browser

import (
	"fmt"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/organisation"
)

// speaksGerman makes German the firm's language.
func (p *portal) speaksGerman() {
	p.t.Helper()
	s, err := p.app.Organisations.Settings(p.t.Context(), p.ruth)
	p.must(err, "read the settings")
	p.must(p.app.Organisations.SaveFirm(p.t.Context(), p.ruth, organisation.FirmDetails{Name: s.Name, Email: s.Email, Phone: s.Phone, Trade: s.Trade, Language: "de", Zone: s.Zone,
		Currency: s.Currency, TaxName: s.TaxName, TaxPercent: "20"}), "make it German")
}

// linesOf is how many lines the words of each button in a place take.
const linesOf = `bar => [...bar.querySelectorAll('.btn')].map(b => {
	const range = document.createRange()
	range.selectNodeContents(b)
	const tops = [...range.getClientRects()].filter(r => r.width > 24).map(r => Math.round(r.top))
	return b.innerText.trim() + ': ' + new Set(tops).size
}).join(', ')`

func TestTheButtonsAtTheBottomHoldTheirGermanWords(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	o.choosesAll(maria)
	o.comesToSign(maria)
	o.speaksGerman()
	for _, page := range []struct{ path, bar, want string }{
		{"", ".bar-tot", "Prüfen & unterschreiben: 1"},
		{"/sign", ".sheet-f .two", "Änderungen wünschen: 1, Ablehnen: 1"},
		{"/changes", ".sheet-f .two", "Zurück: 1, Senden: 1"},
	} {
		for _, width := range []int{390, 360} {
			maria.must(maria.Page.SetViewportSize(width, 780), "hold another phone")
			maria.Open(o.url + o.path + page.path)
			bar := maria.Page.Locator(page.bar)
			maria.See(bar, "the buttons")
			got, err := bar.Evaluate(linesOf, nil)
			maria.must(err, "measure the buttons")
			if got != page.want {
				t.Errorf("%q at %d px: %v, want %s", page.path, width, got, page.want)
			}
			for name, scheme := range map[string]*playwright.ColorScheme{"light": playwright.ColorSchemeLight, "dark": playwright.ColorSchemeDark} {
				maria.must(maria.Page.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: scheme}), "look at it "+name)
				maria.shootNow(fmt.Sprintf("german%s-%d-%s", page.path, width, name))
			}
		}
	}
}
