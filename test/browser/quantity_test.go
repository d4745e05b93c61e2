package browser

import (
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/money"
)

// sendsCounted sends a proposal whose plastering Maria may make more or less of.
func (p *portal) sendsCounted() *offer {
	p.t.Helper()
	o := p.drafts()
	o.change(func(c *proposal.Content) {
		c.Groups[0].Lines[1].QuantityEditable = &proposal.QuantityRange{Min: money.Whole(20), Max: money.Whole(60)}
	})
	o.send("")
	o.link = p.link(p.mailTo(mariasAddress, "Kitchen"))
	return o
}

func quantityOf(who *Person) playwright.Locator {
	return who.Field("How many: Plaster and make good")
}

// isMarked holds what a field with a fault must say, to eyes and to a screen reader.
func (p *Person) isMarked(field playwright.Locator, says string) {
	p.t.Helper()
	p.See(p.Page.GetByRole("alert").Filter(hasText(says)), "what is wrong")
	marked, err := field.Evaluate(`e => [e.getAttribute('aria-invalid'), document.getElementById(e.getAttribute('aria-describedby')).innerText.trim()].join(' ')`, nil)
	p.must(err, "read the field")
	if marked != "true "+says {
		p.t.Errorf("the field says %q, want %q", marked, says)
	}
}

func (p *Person) isFocused(field playwright.Locator) {
	p.t.Helper()
	if focused, err := field.Evaluate(`e => e === document.activeElement`, nil); err != nil || focused != true {
		p.t.Errorf("the focus is not in the field (%v)", err)
	}
}

func TestAQuantityThatIsNotOfferedIsSaidAtItsField(t *testing.T) {
	for name, options := range map[string]Options{"with script": {}, "without script": {WithoutJavaScript: true}} {
		t.Run(name, func(t *testing.T) {
			o := openPortal(t).sendsCounted()
			maria := chromium.NewPerson(t, Phone, options)
			o.reads(maria)
			maria.Tolerate("status of 422")
			field := quantityOf(maria)
			if !options.WithoutJavaScript {
				answered(maria, "/choices", func() { maria.must(field.Fill("70"), "type") })
				maria.isMarked(field, "Between 20 and 60 m²")
				maria.isFocused(field)
				answered(maria, "/choices", func() { maria.must(field.Fill("50"), "type") })
				maria.Gone(maria.Page.Locator("[role=alert]"))
				answered(maria, "/choices", func() { maria.Click(maria.Page.Locator("quantity-field [data-step='-1']")) })
				if got := maria.Value(field); got != "49" {
					t.Errorf("one less than 50 is %s", got)
				}
			}
			maria.must(field.Fill("7"), "type")
			maria.Click(maria.Page.Locator("label.opt").Filter(hasText("Quartz worktop")))
			maria.Click(reviewAndSign(maria))
			maria.Arrives(o.path)
			maria.isMarked(field, "Between 20 and 60 m²")
			maria.isFocused(field)
			if got := maria.Value(field); got != "7" {
				t.Errorf("7 was typed, now it is %q", got)
			}
			if !options.WithoutJavaScript {
				maria.LooksGood("quantity-refused")
			}
			if on, err := maria.Page.Locator("label.opt").Filter(hasText("Quartz worktop")).Locator("input").IsChecked(); err != nil || !on {
				t.Errorf("the worktop was ticked and is not kept (%v)", err)
			}
			maria.must(field.Fill("25"), "type")
			sofar := o.post.count()
			maria.Click(reviewAndSign(maria))
			o.confirms(maria, sofar)
			maria.See(maria.Heading("Sign the proposal"), "the signature")
		})
	}
}
