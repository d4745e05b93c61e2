package browser

import (
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// A tick is a whole decision: it is on its way at once, the sums are dimmed until the answer is there, and all of them then
// say the same. Here no timer of the page ever ends that waits for somebody who types.
func TestATickIsSavedAtOnceAndTheTotalsAreDimmedMeanwhile(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Desktop, Options{})
	o.reads(maria)
	_, err := maria.Page.Evaluate(`() => {
		const real = window.setTimeout;
		window.setTimeout = (f, ms, ...rest) => ms >= 500 ? 0 : real(f, ms, ...rest);
	}`)
	maria.must(err, "stop the long timers")
	answer := make(chan struct{})
	maria.must(maria.Page.Route("**/choices", func(r playwright.Route) { <-answer; _ = r.Continue() }), "hold the answer back")

	total := maria.Page.Locator("#sum .t dd")
	before := maria.Text(total)
	maria.Click(maria.Page.Locator("label.opt").Filter(hasText("Quartz worktop")))
	maria.See(maria.Page.Locator("autosave-form[data-saving]"), "that it is being saved")
	if dim := maria.opacity(total); dim > 0.9 {
		t.Errorf("while it is saved the total is shown with opacity %v", dim)
	}
	maria.Click(maria.Page.Locator("label.opt").Filter(hasText("Light under the cabinets"))) // before the first answer
	close(answer)
	maria.Gone(maria.Page.Locator("autosave-form[data-saving]"))
	if dim := maria.opacity(total); dim < 0.9 {
		t.Errorf("when it is saved the total is still shown with opacity %v", dim)
	}
	after := maria.Text(total)
	if before == after {
		t.Errorf("the total was %s and still is", before)
	}
	maria.Holds(maria.Page.Locator("#facts .total dd"), after)
	maria.Reload()
	for _, name := range []string{"Quartz worktop", "Light under the cabinets"} {
		if on, err := maria.Page.Locator("label.opt").Filter(hasText(name)).Locator("input").IsChecked(); err != nil || !on {
			t.Errorf("%s was ticked and is not kept (%v)", name, err)
		}
	}
}

// opacity is how strongly something is shown once nothing moves any more.
func (p *Person) opacity(what playwright.Locator) float64 {
	p.t.Helper()
	_, err := p.Page.Evaluate(untilStill)
	p.must(err, "wait until the page is still")
	shown, err := what.Evaluate("e => Number(getComputedStyle(e).opacity)", nil)
	p.must(err, "see how strongly it is shown")
	switch n := shown.(type) {
	case int:
		return float64(n)
	case float64:
		return n
	}
	return -1
}
