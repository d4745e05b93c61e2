package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// bar is a task's bar on the timeline.
func (p *Person) bar(name string) playwright.Locator {
	return p.Page.Locator(fmt.Sprintf(`.bar[data-name="%s"]`, name))
}

// spokenBar is what the bar tells those who cannot see it.
func (p *Person) spokenBar(name string) string {
	p.t.Helper()
	text, err := p.bar(name).GetAttribute("aria-label")
	p.must(err, "read the bar of "+name)
	return text
}

// plans adds a task over the form. Days are as a date field holds them.
func (p *Person) plans(name, starts, ends string, own bool) {
	p.t.Helper()
	p.Click(p.Link("Add task"))
	p.Fill("What is to be done", name)
	p.must(p.Page.Locator("#task-starts").Fill(starts), "fill in the first day")
	p.must(p.Page.Locator("#task-ends").Fill(ends), "fill in the last day")
	if own {
		p.must(p.Page.Locator("#task-own").Check(), "say that it is the customer's")
	}
	p.Click(p.Button("Save"))
	p.See(p.bar(name), "the bar of "+name)
}

// dragged moves a bar by so many days with the mouse.
func (p *Person) dragged(name string, days float64) {
	p.t.Helper()
	p.must(p.bar(name).ScrollIntoViewIfNeeded(), "show the bar")
	box, err := p.bar(name).BoundingBox()
	p.must(err, "find the bar")
	lane, err := p.Page.Locator(".tl-lane").First().BoundingBox()
	p.must(err, "find the lane")
	total, err := p.Page.Locator("schedule-timeline").Evaluate("e => Number(e.dataset.days)", nil)
	p.must(err, "count the days")
	width := lane.Width / shownDays(total)
	mouse := p.Page.Mouse()
	x, y := box.X+box.Width/2, box.Y+box.Height/2
	answered(p, "/move", func() {
		p.must(mouse.Move(x, y), "point at the bar")
		p.must(mouse.Down(), "take the bar")
		p.must(mouse.Move(x+days*width, y, playwright.MouseMoveOptions{Steps: playwright.Int(6)}), "drag the bar")
		p.must(mouse.Up(), "let the bar go")
	})
}

// shownDays is a number that came out of the page.
func shownDays(value any) float64 {
	if n, whole := value.(int); whole {
		return float64(n)
	}
	n, _ := value.(float64)
	return max(n, 1)
}

// O5: a schedule stays hidden until it is published; bars move by mouse and by keys; the customer ticks a task on a phone.
func TestO5AScheduleIsPublishedAndTicked(t *testing.T) {
	o := openPortal(t).sends()
	ruth, maria := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	o.signIn(ruth, ownersAddress)
	o.reads(maria)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project)
	ruth.Click(ruth.Page.Locator("nav.tabs a").Filter(hasText("Schedule")))
	ruth.Sees("No schedule yet")
	ruth.plans("Strip out", "2026-10-12", "2026-10-16", false)
	ruth.plans("Choose the tiles", "2026-10-14", "2026-10-20", true)
	ruth.plans("Tiling", "2026-10-22", "2026-10-30", false)
	maria.Open(o.url + "/hartwell/home/projects/" + o.project + "/schedule")
	maria.Sees("No schedule yet")

	ruth.dragged("Strip out", 2)
	ruth.See(ruth.Page.Locator(`.bar[data-name="Strip out"][data-starts="2026-10-14"][data-ends="2026-10-18"]`), "two days later")
	byKeys(ruth)
	ruth.AxeEverywhere()
	ruth.LooksGood("schedule-office")

	ruth.Click(ruth.Link("Publish…"))
	ruth.Sees("New: Choose the tiles")
	ruth.Click(ruth.Button("Publish"))
	ruth.Sees("The customer sees the schedule as")
	maria.See(maria.Page.Locator("#plan").GetByText("Choose the tiles").First(), "the schedule, without doing anything")
	maria.LooksGood("schedule-customer")
	if seen, err := maria.Page.Evaluate(monthsStay); err != nil || seen != true {
		t.Errorf("further down the timeline the phone does not say which month it is (%v)", err)
	}

	ruth.Click(ruth.Link("Strip out"))
	ruth.Fill("What is to be done", "Strip out, and the skip")
	ruth.Click(ruth.Button("Save"))
	ruth.Sees("1 change is not published yet")
	maria.Reload()
	if strings.Contains(maria.Text(maria.Page.Locator("#plan")), "the skip") {
		t.Error("the customer sees what is not published")
	}

	maria.Click(maria.Button("Done: Choose the tiles"))
	maria.See(maria.Button("Not done: Choose the tiles"), "that it is ticked")
	ruth.See(ruth.Page.Locator(`.bar.done[data-name="Choose the tiles"]`), "the tick, without doing anything")
	maria.Click(maria.Button("Not done: Choose the tiles"))
	maria.See(maria.Button("Done: Choose the tiles"), "that it is open again")
	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	maria.See(maria.Heading("Choose the tiles"), "the task under Needs you")
	maria.Open(o.url + "/hartwell/home")
	maria.See(maria.Heading("Choose the tiles"), "the task on her home")
}

// monthsStay scrolls the first line of the timeline away and looks whether a month still stands above the rest.
const monthsStay = `() => {
	const first = document.querySelector('.tl-rows>li').getBoundingClientRect();
	scrollBy(0, first.bottom - 110);
	const month = document.querySelector('.tl-head text').getBoundingClientRect();
	return document.querySelector('.tl-head').contains(document.elementFromPoint(month.x + month.width / 2, month.y + month.height / 2));
}`

// byKeys moves a bar a day with an arrow and its end with Shift.
func byKeys(ruth *Person) {
	ruth.t.Helper()
	ruth.must(ruth.bar("Tiling").Focus(), "go to the bar")
	answered(ruth, "/move", func() { ruth.Press("ArrowRight", "ArrowRight", "Shift+ArrowLeft") })
	ruth.See(ruth.Page.Locator(`.bar[data-name="Tiling"][data-starts="2026-10-24"][data-ends="2026-10-31"]`), "where the keys have moved it")
	if spoken := ruth.spokenBar("Tiling"); !strings.Contains(spoken, "24 Oct 2026") && !strings.Contains(spoken, "Oct 24, 2026") {
		ruth.t.Errorf("the bar says %q", spoken)
	}
}

// O5: of a daily log with four photos, two of them internal, the customer sees two.
func TestO5ADailyLogShowsTwoOfFourPhotos(t *testing.T) {
	o := openPortal(t).sends()
	ruth, maria := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	o.signIn(ruth, ownersAddress)
	o.reads(maria)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project + "/logs")
	ruth.Click(ruth.Button("Write today’s log"))
	ruth.See(ruth.Heading("What happened"), "the log's page")
	ruth.Fill("Notes optional", "Beam is in. The old wiring is worse than we thought.")
	ruth.must(ruth.Page.Locator("#log-weather").Press("R"), "choose rain")
	ruth.Click(ruth.Button("Save"))
	ruth.See(ruth.Heading("Photos"), "the log again")
	ruth.must(ruth.Page.Locator("#log-files").Hover(), "go to the photos")
	ruth.Upload(ruth.Page.Locator("#log-files"), "steel-beam.jpg", "wall-sockets.jpg", "consumer-unit.jpg", "damp-ceiling.jpg")
	ruth.See(ruth.Page.Locator("#log-photos li").Nth(3), "four photos, without doing anything")
	ruth.Click(ruth.Button("Internal: steel-beam.jpg"))
	ruth.Click(ruth.Button("Internal: wall-sockets.jpg"))
	ruth.Sees("2 of 4 shared")
	maria.Open(o.url + "/hartwell/home/projects/" + o.project + "/logs")
	maria.Sees("No daily logs yet")
	ruth.LooksGood("dailylog-office")
	ruth.Click(ruth.Button("Share with the customer"))
	ruth.See(ruth.Heading("The customer sees this log"), "that it is shared")
	maria.See(maria.Page.Locator("#logs article"), "the log, without doing anything")
	if shown, err := maria.Page.Locator("#logs article a[data-picture]").Count(); err != nil || shown != 2 {
		t.Errorf("the customer sees %d photos, want 2 (%v)", shown, err)
	}
	maria.LooksGood("dailylog-customer")

	log := ruth.Page.URL()
	ruth.Click(ruth.Link("Who can see this"))
	ruth.See(ruth.Heading("Who can see this"), "the report on the log")
	ruth.See(ruth.Page.Locator("tr", playwright.PageLocatorOptions{HasText: "Maria Ruiz"}).GetByText("Granted for"), "that Maria reads the log, and why")
	ruth.LooksGood("dailylog-readers")
	report := ruth.Page.URL()
	for photo, shared := range map[string]bool{"steel-beam.jpg": true, "wall-sockets.jpg": true, "consumer-unit.jpg": false, "damp-ceiling.jpg": false} {
		ruth.Open(report)
		ruth.Click(ruth.Page.Locator("main a", playwright.PageLocatorOptions{HasText: photo}))
		ruth.See(ruth.Page.Locator("tr", playwright.PageLocatorOptions{HasText: "Ruth Hartwell"}), "the office, on the report on "+photo)
		named, err := ruth.Page.Locator("tr", playwright.PageLocatorOptions{HasText: "Maria Ruiz"}).Count()
		if err != nil || (named > 0) != shared {
			t.Errorf("the report on %s names Maria: %v, want %v (%v)", photo, named > 0, shared, err)
		}
	}
	ruth.Open(o.url + "/hartwell/office/customers/" + o.customer + "/contacts/" + o.contact + "/person")
	ruth.Click(ruth.Link("See the portal as Maria Ruiz"))
	ruth.Fill("Reason", "To see what the log shows her")
	ruth.Click(ruth.Button("See the portal"))
	ruth.Sees("You see the portal as Maria Ruiz.")
	ruth.Open(o.url + "/hartwell/home/projects/" + o.project + "/logs")
	if shown, err := ruth.Page.Locator("#logs article a[data-picture]").Count(); err != nil || shown != 2 {
		t.Errorf("who looks as the customer sees %d photos, want 2 (%v)", shown, err)
	}
	ruth.LooksGood("dailylog-seen-as")
	ruth.Click(ruth.Button("Stop looking"))
	ruth.Sees("You see the office again.")
	ruth.Open(log)
	ruth.See(ruth.Heading("The customer sees this log"), "the office's page again")
}

// A feed is made in the profile; its address is shown once.
func TestACalendarFeedIsMadeInTheProfile(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.Open(o.url + "/hartwell/profile/calendar")
	maria.Click(maria.Button("Make my calendar feed"))
	o.provesTheMailbox(maria) // a feed outlives the link that she came by
	maria.Click(maria.Button("Make my calendar feed"))
	maria.See(maria.Heading("Your secret address"), "the address")
	address := maria.Value(maria.Page.Locator("#feed-address"))
	if !strings.HasSuffix(address, ".ics") {
		t.Errorf("the address is %s", address)
	}
	maria.LooksGood("calendar-feed")
	maria.Open(o.url + "/hartwell/profile/calendar")
	maria.Sees("You have a calendar feed")
	maria.Gone(maria.Page.Locator("#feed-address"))
	maria.Click(maria.Button("End the feed"))
	maria.Sees("You have no calendar feed yet")
}
