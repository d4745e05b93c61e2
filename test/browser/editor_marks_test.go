package browser

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// marked is what stands at a field: whether it is wrong, what its sentence says, and whether one
// is led to it.
func marked(who *Person, field playwright.Locator) string {
	who.t.Helper()
	said, err := field.Evaluate(`field => [field.getAttribute('aria-invalid'), (field.getAttribute('aria-describedby') ?? '').split(' ')
		.map(id => document.getElementById(id)).filter(one => one?.matches('.err')).map(one => one.innerText.trim()).join(), document.activeElement === field].join()`, nil)
	who.must(err, "read what stands at a field")
	return said.(string)
}

func TestARefusalStandsAtItsFieldUntilItIsPutRight(t *testing.T) {
	for _, device := range []Device{Phone, Desktop} {
		t.Run(fmt.Sprint(device), func(t *testing.T) {
			p := openPortal(t)
			jon := chromium.NewPerson(t, device, Options{})
			p.signIn(jon, leadsAddress)
			p.begins(jon)
			jon.Tolerate("status of 422")
			deposit, group := jon.Field("Deposit"), jon.Field("Name of the group").First()
			jon.must(deposit.Fill("300"), "type a deposit")
			jon.See(jon.Page.Locator("[data-saved-for].bad"), "that nothing was saved")
			if got := marked(jon, deposit); got != "true,The deposit is a percentage from 0 to 100.,true" {
				t.Errorf("at the deposit stands %s", got)
			}
			jon.LooksGood("editor-deposit")
			saving(jon, func() { jon.must(deposit.Fill("30"), "type a deposit") })
			if got := marked(jon, deposit); got != ",,true" {
				t.Errorf("at the deposit is left %s", got)
			}
			saving(jon, func() {
				jon.must(jon.Page.Locator("[data-add-name]").First().Fill("Door"), "name a line")
				jon.Press("Enter")
			})
			saving(jon, func() { jon.must(group.Fill(""), "take the group's name away") })
			jon.Click(jon.Button("Send proposal").First())
			jon.Sees("This is still missing")
			jon.Click(jon.Link("A group needs a name."))
			if got := marked(jon, group); got != "true,A group needs a name.,true" {
				t.Errorf("at the group's name stands %s", got)
			}
			jon.LooksGood("editor-missing")
			saving(jon, func() { jon.must(group.Fill("Doors"), "name the group") })
			if got := marked(jon, group); got != ",,true" {
				t.Errorf("at the group's name is left %s", got)
			}
			jon.Sees("Choose at least one contact who signs.")
		})
	}
}

// A button that is pressed while an autosave is on its way sends the form after it, and not
// beside it: the draft would be one behind, as if somebody else had been faster.
func TestAPressedButtonWaitsForTheAnswerToAnAutosave(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	saving(jon, func() { writesLines(jon) })
	var held atomic.Bool
	arrived, pressed := make(chan struct{}), make(chan struct{})
	jon.must(jon.Page.Route("**/proposals/*", func(route playwright.Route) {
		if route.Request().Headers()["x-autosave"] == "" || !held.CompareAndSwap(false, true) {
			_ = route.Continue()
			return
		}
		go func() {
			answer, err := route.Fetch()
			close(arrived)
			<-pressed
			if err == nil {
				_ = route.Fulfill(playwright.RouteFulfillOptions{Response: answer})
			}
		}()
	}), "hold back an answer")
	jon.must(cell(jon, 0, "price").Fill("555"), "type a price")
	<-arrived
	jon.must(cell(jon, 0, "name").Fill("Typed at the last moment"), "type a name")
	_, err := jon.Page.Evaluate(`() => document.querySelector('button[value="preview"]').click()`)
	jon.must(err, "press a button")
	close(pressed)
	jon.Sees("This is a preview")
	jon.Sees("Typed at the last moment")
	jon.Sees("555.00")
}
