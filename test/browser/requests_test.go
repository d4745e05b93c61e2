package browser

import (
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/organisation"
)

// O2, JB-03, JB-43, JB-04, JB-10: Maria asks for work with a photo on her phone, the office sees it without a reload and accepts
// it, and the project goes from Pending to Current in her list; the mark of a new comment leads to the conversation.
func TestARequestGoesFromThePhoneToTheOfficeAndBecomesAProject(t *testing.T) {
	o := openPortal(t).sends()
	ruth := chromium.NewPerson(t, Desktop, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/requests")
	ruth.Sees("No requests")

	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	o.asks(maria)
	ruth.Sees("Window in the kitchen") // by itself
	ruth.LooksGood("requests-office")
	ruth.Click(ruth.Page.Locator("#requests a.grow").Filter(hasText("Window in the kitchen")))
	ruth.Sees("The old one rattles.")
	ruth.See(ruth.Page.Locator("photo-gallery a"), "the photo")
	ruth.LooksGood("request-office")

	stages := o.stages()
	ruth.Choose("Stage", stages[organisation.Pending])
	ruth.Click(ruth.Button("Accept"))
	ruth.Sees("Accepted. Project 1002 is ready.")
	ruth.Click(ruth.Page.Locator("a.btn", playwright.PageLocatorOptions{HasText: "Window in the kitchen"}))
	ruth.Sees("Asked for by the customer")

	mailed := o.mailTo(mariasAddress, "was accepted")
	maria.Open(o.portal.link(mailed))
	maria.Click(maria.Button("Continue as Maria Ruiz"))
	maria.See(maria.Heading("Window in the kitchen"), "the new project")
	maria.Open(o.url + "/hartwell/home/projects")
	o.standsIn(maria, "Pending")
	maria.LooksGood("projects-customer")

	ruth.Choose("Stage of this project", stages[organisation.Current])
	ruth.Click(ruth.Button("Move"))
	ruth.Sees("The project was moved.")
	o.mailTo(mariasAddress, "is now in the stage "+stages[organisation.Current])
	maria.Reload()
	o.standsIn(maria, "Current")

	ruth.Fill("Your comment", "We come on Monday to measure.")
	ruth.Click(ruth.Button("Post"))
	ruth.Sees("We come on Monday to measure.")
	maria.Reload()
	mark := maria.Link("1 new comment")
	maria.See(mark, "the mark")
	maria.LooksGood("projects-marks")
	maria.Click(mark)
	maria.Sees("We come on Monday to measure.")
	if at := maria.Page.URL(); !strings.HasSuffix(at, "#conversation") {
		t.Errorf("the mark leads to %s", at)
	}
}

// asks fills in the form on the page and sends it.
func (o *offer) asks(maria *Person) {
	o.t.Helper()
	maria.Open(o.url + "/hartwell/home/projects")
	maria.Click(maria.Link("Initiate Project"))
	maria.Fill("Name of the project", "Window in the kitchen")
	maria.Fill("What would you like to have done?", "The old one rattles.\n\nIn wood, please.")
	maria.Choose("Where", "8 Orchard Row, Elmsbury EL1 7RP")
	maria.must(maria.Page.Locator("#wanted").Fill("Before Easter"), "say when")
	zone := maria.Page.Locator("upload-zone")
	maria.Upload(zone, "kitchen-before.jpg")
	maria.must(zone.Locator("input[name=file][value]").First().WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached}), "see the photo arrive")
	maria.LooksGood("request-form")
	maria.Click(maria.Button("Create Project"))
	maria.Sees("It is with the office.")
	maria.LooksGood("request-customer")
	maria.Open(o.url + "/hartwell/home/requests")
	maria.Sees("Waiting for an answer")
	maria.LooksGood("requests-customer")
}

// stages names the first stage that customers see of each bucket.
func (o *offer) stages() map[organisation.Bucket]string {
	o.t.Helper()
	names := map[organisation.Bucket]string{}
	all, err := o.app.Organisations.Stages(o.t.Context(), o.ruth)
	o.must(err, "list the stages")
	for _, s := range all {
		if s.CustomerVisible && names[s.Bucket] == "" {
			names[s.Bucket] = s.Name
		}
	}
	return names
}

// standsIn looks for the project in a group of the list.
func (o *offer) standsIn(maria *Person, group string) {
	o.t.Helper()
	maria.See(maria.Page.Locator("section", playwright.PageLocatorOptions{Has: maria.Page.Locator("h2", playwright.PageLocatorOptions{HasText: group})}).
		Filter(playwright.LocatorFilterOptions{HasText: "Window in the kitchen"}), "the project in "+group)
}

// Without JavaScript the form is a form, keeps what was typed when something is missing, and sends.
func TestARequestNeedsNoJavaScript(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Desktop, Options{WithoutJavaScript: true})
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home/requests/new")
	maria.Fill("Name of the project", strings.Repeat("W", 110))
	maria.Fill("What would you like to have done?", "New glass")
	maria.must(maria.Page.Locator("#wanted").Fill("Soon"), "say when")
	maria.Click(maria.Button("Create Project"))
	maria.Sees("It is with the office.")
}
