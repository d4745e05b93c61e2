package browser

import (
	"strings"
	"sync"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// begins opens the project in the office and begins a proposal there.
func (p *portal) begins(who *Person) {
	p.t.Helper()
	who.Open(p.url + "/hartwell/office/projects/" + p.project + "/proposals")
	who.Click(who.Button("New proposal").First())
	who.See(who.Heading("Line items"), "the editor")
}

// cell is a cell of the line with this number on the page, from 0.
func cell(who *Person, line int, name string) playwright.Locator {
	return who.Page.Locator("tr[data-line-id]").Nth(line).Locator("[data-cell=" + name + "]")
}

func grip(who *Person, line int) playwright.Locator {
	return who.Page.Locator("tr[data-line-id]").Nth(line).Locator("[data-grip=line]")
}

// drags takes something up by its grip, carries it to another's place and lets go of it there.
func drags(who *Person, what, to playwright.Locator, there ...string) {
	who.t.Helper()
	from, err := what.BoundingBox()
	who.must(err, "find what is dragged")
	over, err := to.BoundingBox()
	who.must(err, "find where it is dragged")
	mouse := who.Page.Mouse()
	who.must(mouse.Move(from.X+from.Width/2, from.Y+from.Height/2), "point")
	who.must(mouse.Down(), "take it up")
	who.must(mouse.Move(over.X+over.Width/2, over.Y+over.Height/2, playwright.MouseMoveOptions{Steps: playwright.Int(20)}), "move")
	// As a hand does: a little to and fro, until the row is seen to stand in its place.
	for try := range 40 {
		who.must(mouse.Move(over.X+over.Width/2, over.Y+float64(try%3)), "move a little more")
		if names(who) == strings.Join(there, " | ") {
			break
		}
	}
	who.must(mouse.Up(), "let go")
}

// isSaved waits until the editor says that all is saved.
func isSaved(who *Person) {
	who.t.Helper()
	who.See(who.Page.Locator("[data-saved-for]:not(.busy):not(.bad)").Filter(playwright.LocatorFilterOptions{HasText: "Saved"}), "that it is saved")
}

// names are the lines of the editor in the order of the page.
func names(who *Person) string {
	who.t.Helper()
	list, err := who.Page.Evaluate(`[...document.querySelectorAll('tr[data-line-id] .nm')].map(e => e.value).join(' | ')`)
	who.must(err, "read the lines")
	return list.(string)
}

// waits until an expression of the page is true.
func waits(who *Person, what, expression string) {
	who.t.Helper()
	// Not WaitForFunction: it asks again by eval, which the page's policy forbids.
	_, err := who.Page.Evaluate("async () => { for (const late = performance.now() + 15000; !(" + expression + ");) { if (performance.now() > late) throw new Error('too late'); await new Promise(requestAnimationFrame) } }")
	who.must(err, "wait until "+what)
}

func order(who *Person, want ...string) {
	who.t.Helper()
	if got := names(who); got != strings.Join(want, " | ") {
		who.t.Fatalf("lines = %s, want %s", got, strings.Join(want, " | "))
	}
}

// saving waits for the answer to an autosave that the act causes.
func saving(who *Person, act func()) {
	who.t.Helper()
	savingField(who, "", act)
}

// savingField is saving, of a form with a field of this name.
func savingField(who *Person, field string, act func()) {
	who.t.Helper()
	_, err := who.Page.ExpectRequestFinished(func() error { act(); return nil }, playwright.PageExpectRequestFinishedOptions{Timeout: patience, Predicate: func(r playwright.Request) bool {
		body, err := r.PostData()
		return err == nil && r.Method() == "POST" && r.Headers()["x-autosave"] == "1" && strings.Contains("&"+body, "&"+field)
	}})
	who.must(err, "save by itself")
	isSaved(who)
}

// typeLines types lines into the empty row at a group's end: the name, and from cell to cell by
// Tab. Enter begins the next line.
func typeLines(who *Person, lines ...[4]string) {
	who.t.Helper()
	for i, cells := range lines {
		who.Type(cells[0])
		who.Press("Tab")
		if i > 0 {
			who.Press("Tab") // past the description
		}
		for _, cell := range cells[1:] {
			who.Type(cell)
			who.Press("Tab")
		}
		if i < len(lines)-1 {
			who.Press("Enter")
		}
	}
}

func TestTheEditorIsWorkedByKeyboardAndMouse(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	jon.LooksGood("editor-empty")

	writesLines(jon)
	strip, plaster, cabinets := "Strip out the old kitchen", "Plaster and make good", "Fit the cabinets"
	order(jon, strip, plaster, cabinets)
	jon.Holds(jon.Page.Locator("#sum-lines"), "€7,574.40") // (2,880 + 46 × 42 + 1,500) and 20 % tax

	jon.must(cell(jon, 2, "name").Focus(), "go to the last line")
	jon.Press("Alt+ArrowUp")
	order(jon, strip, cabinets, plaster)
	jon.Press("Control+z")
	order(jon, strip, plaster, cabinets)
	saving(jon, func() { drags(jon, grip(jon, 2), grip(jon, 0), cabinets, strip, plaster) })
	order(jon, cabinets, strip, plaster)

	jon.Reload()
	order(jon, cabinets, strip, plaster)
	jon.must(cell(jon, 1, "name").Focus(), "go to a line")
	jon.Press("Control+d")
	order(jon, cabinets, strip, strip, plaster)
	jon.Click(jon.Button("Actions for " + strip).First())
	jon.Click(jon.Button("Delete").First())
	order(jon, cabinets, strip, plaster)
	saving(jon, func() { jon.Press("Control+z") })
	order(jon, cabinets, strip, strip, plaster)
	jon.Reload()
	order(jon, cabinets, strip, strip, plaster)
	box, err := cell(jon, 1, "name").BoundingBox()
	jon.must(err, "measure a name")
	if box.Width < 150 {
		t.Errorf("the name of a line has %.0f px, too few to read it", box.Width)
	}
	jon.LooksGood("editor-lines")
}

func TestALostSessionKeepsWhatWasTyped(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	editor := path(jon)
	const note, more = "Dear Maria, this took an hour to write.", " And this another one."
	saving(jon, func() { writesLines(jon) })
	jon.must(jon.Context.ClearCookies(), "lose the session")
	jon.Tolerate("status of 401")
	jon.Fill("Cover note optional", note)
	jon.must(cell(jon, 1, "name").Fill("Plaster, and make good"), "write a line anew")
	jon.Sees("You are signed out. What you wrote is kept in this browser.")
	jon.See(jon.Page.Locator("[data-saved-for].bad"), "that it is not saved")
	jon.Fill("Cover note optional", note+more) // one may go on writing
	jon.LooksGood("editor-signed-out")
	jon.Click(jon.Link("Sign in again"))
	p.typesPassword(jon, leadsAddress)
	savingField(jon, "", func() { jon.Arrives(editor) })
	jon.Sees("What you wrote while you were signed out is back.")
	jon.Reload()
	if got := jon.Value(jon.Field("Cover note optional")); got != note+more {
		t.Errorf("the cover note is %q after it was saved", got)
	}
	order(jon, "Strip out the old kitchen", "Plaster, and make good", "Fit the cabinets")
}

func TestASessionThatEndsBeforeAButtonIsPressedLosesNothing(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	editor := path(jon)
	saving(jon, func() { writesLines(jon) })
	jon.Tolerate("status of 401")
	jon.must(jon.Context.ClearCookies(), "lose the session")
	jon.must(jon.Field("Cover note optional").Fill("Written in the last second."), "write")
	_, err := jon.Page.Locator("#draft").Evaluate("form => form.requestSubmit()", nil)
	jon.must(err, "press a button of the form")
	jon.Sees("What you just sent did not arrive.")
	jon.LooksGood("sign-in-unsent")
	p.typesPassword(jon, leadsAddress)
	savingField(jon, "", func() { jon.Arrives(editor) })
	jon.Reload()
	if got := jon.Value(jon.Field("Cover note optional")); got != "Written in the last second." {
		t.Errorf("the cover note is %q", got)
	}
	order(jon, "Strip out the old kitchen", "Plaster and make good", "Fit the cabinets")
}

// On a shared computer the words of one are not brought to another.
func TestWhatSomebodyWroteIsNotBroughtToAnother(t *testing.T) {
	p := openPortal(t)
	who := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(who, leadsAddress)
	p.begins(who)
	editor := path(who)
	who.must(who.Context.ClearCookies(), "lose the session")
	who.Tolerate("status of 401")
	who.Fill("Cover note optional", "Jon's words")
	who.Click(who.Link("Sign in again"))
	p.typesPassword(who, ownersAddress)
	who.Arrives(editor)
	waits(who, "the editor is awake", "customElements.get('autosave-form') && customElements.get('line-editor')")
	if got := who.Value(who.Field("Cover note optional")); got != "" {
		t.Errorf("Ruth is shown %q", got)
	}
	who.Gone(who.Button("Bring them back"))
}

func TestTwoColleaguesInOneDraftLoseNothing(t *testing.T) {
	p := openPortal(t)
	jon, ruth := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.signIn(ruth, ownersAddress)
	p.begins(jon)
	editor := path(jon)
	ruth.Open(p.url + editor)
	saving(ruth, func() { ruth.Fill("Cover note optional", "Ruth's words") })
	jon.Tolerate("status of 409")
	jon.Tolerate("status of 412")
	jon.Fill("Cover note optional", "Jon's words")
	jon.Sees("Somebody else saved this proposal meanwhile.")
	if got := jon.Value(jon.Field("Cover note optional")); got != "Jon's words" {
		t.Errorf("Jon's cover note is %q", got)
	}
	jon.LooksGood("editor-conflict")
	jon.Click(jon.Button("Keep mine"))
	jon.Reload()
	if got := jon.Value(jon.Field("Cover note optional")); got != "Jon's words" {
		t.Errorf("the cover note is %q after Jon kept his", got)
	}
	ruth.Tolerate("status of 409")
	ruth.Fill("Cover note optional", "Ruth's second thought")
	ruth.Sees("Somebody else saved this proposal meanwhile.")
	if got := ruth.Value(ruth.Field("Cover note optional")); got != "Ruth's second thought" {
		t.Errorf("Ruth's cover note is %q", got)
	}
}

func TestAnUploadGoesOnWhereItWasCut(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	jon.Tolerate("net::ERR_INTERNET_DISCONNECTED")
	jon.Tolerate("net::ERR_FAILED")
	cut := make(chan struct{})
	var once sync.Once
	jon.must(jon.Page.Route("**/uploads/*", func(route playwright.Route) {
		if route.Request().Method() == "PATCH" {
			first := false
			once.Do(func() { first = true })
			if first { // the line is cut while these bytes travel
				_ = route.Abort("internetdisconnected")
				close(cut)
				return
			}
		}
		_ = route.Continue()
	}), "watch uploads")
	files := jon.Page.Locator("#files")
	jon.Upload(files, "kitchen-walk-round.mp4")
	<-cut
	jon.Offline(true)
	jon.Sees("It goes on by itself")
	savingField(jon, "file=", func() { jon.Offline(false) })
	jon.See(files.GetByText("kitchen-walk-round.mp4"), "the film in the list")
	jon.Reload()
	jon.See(jon.Page.Locator("#files").GetByText("kitchen-walk-round.mp4"), "the film after a reload")
}

// writesLines types a group with three lines without touching the mouse.
func writesLines(who *Person) {
	who.t.Helper()
	who.must(who.Page.Locator(".g-nm").First().Focus(), "focus")
	who.Type("Preparation and structure")
	who.Press("Enter")
	typeLines(who, [4]string{"Strip out the old kitchen", "1", "lump sum", "2880"}, [4]string{"Plaster and make good", "46", "m²", "42"}, [4]string{"Fit the cabinets", "1", "lump sum", "1500"})
}

// spoken is what a screen reader calls a part of the line with this number.
func spoken(who *Person, line int, part string) string {
	who.t.Helper()
	label, err := who.Page.Locator("tr[data-line-id]").Nth(line).Locator(part).First().GetAttribute("aria-label")
	who.must(err, "read a label")
	return label
}

func TestANewLineIsCalledByItsNameAtOnce(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	writesLines(jon)
	for part, want := range map[string]string{"[data-cell=price]": "Unit price, Fit the cabinets", "[data-grip=line]": "Move Fit the cabinets", "td > .row-more": "Actions for Fit the cabinets"} {
		if got := spoken(jon, 2, part); got != want {
			t.Errorf("%s is called %q, want %q", part, got, want)
		}
	}
	jon.must(cell(jon, 2, "name").Fill("Hang the cabinets"), "rename it")
	jon.Press("Tab")
	if got := spoken(jon, 2, "[data-cell=price]"); got != "Unit price, Hang the cabinets" {
		t.Errorf("after another name the price is called %q", got)
	}
}

func TestATickInALinesSheetIsUndone(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	saving(jon, func() { writesLines(jon) })
	jon.Reload()
	jon.Click(jon.Button("Actions for Plaster and make good"))
	jon.Click(jon.Button("More about this line"))
	allowance := jon.Page.Locator("dialog:popover-open, dialog[open]").GetByLabel("Allowance")
	jon.must(allowance.Check(), "tick")
	jon.Press("Control+z")
	if ticked, err := jon.Page.Locator("[name$='.allowance']").Nth(1).IsChecked(); err != nil || ticked {
		t.Errorf("after undo it is ticked: %v %v", ticked, err)
	}
	order(jon, "Strip out the old kitchen", "Plaster and make good", "Fit the cabinets")
}

func TestAWrongPriceIsMarkedWhereItWasTyped(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	saving(jon, func() { writesLines(jon) })
	jon.Tolerate("status of 422")
	price := cell(jon, 1, "price")
	jon.must(price.Fill("abc"), "type nonsense")
	jon.See(jon.Page.Locator("[data-saved-for].bad").Filter(playwright.LocatorFilterOptions{HasText: "Not saved: check the marked field"}), "that nothing was saved, and why")
	jon.Sees("Unit price “abc” is not a number")
	marked, err := price.Evaluate(`cell => [cell.getAttribute('aria-invalid'), document.getElementById(cell.getAttribute('aria-describedby'))?.innerText.trim(), document.activeElement === cell, cell.value].join()`, nil)
	if want := "true,Unit price “abc” is not a number,true,abc"; err != nil || marked != want {
		t.Errorf("the cell is %v %v, want %s", marked, err, want)
	}
	jon.LooksGood("editor-wrong")
	saving(jon, func() { jon.must(price.Fill("12.50"), "type a price") })
	if left, err := jon.Page.Locator("line-editor [aria-invalid], line-editor .err").Count(); err != nil || left != 0 {
		t.Errorf("%d marks are left %v", left, err)
	}
}

func TestAFileThatIsTakenOutStaysOut(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	files := jon.Page.Locator("#files")
	savingField(jon, "file=", func() { jon.Upload(files, "kitchen-walk-round.mp4") })
	jon.Reload()
	saving(jon, func() { jon.Click(files.Locator("[data-remove-file]")) })
	jon.Reload()
	if left, err := jon.Page.Locator("#files li.file").Count(); err != nil || left != 0 {
		t.Errorf("%d files are left: %v", left, err)
	}
}

// The firm is in London and Jon's browser in New York: both times of saving are London's.
func TestTheTimeOfSavingIsTheFirms(t *testing.T) {
	p := openPortal(t)
	jon := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(jon, leadsAddress)
	p.begins(jon)
	before := jon.Text(jon.Page.Locator("[data-saved-for]"))
	saving(jon, func() { jon.Fill("Cover note optional", "Dear Maria,") })
	after := jon.Text(jon.Page.Locator("[data-saved-for]"))
	hour := func(text string) string { hour, _, _ := strings.Cut(text, ":"); return strings.ToLower(hour) }
	if hour(before) != hour(after) {
		t.Errorf("saved at %q by the server's word and at %q by the browser's", before, after)
	}
}
