package browser

import (
	"strings"
	"sync"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// shown is true once a picture has pixels.
const shown = `async (e) => { e.loading = 'eager'; await e.decode(); return e.naturalWidth > 0 }`

// seesPicture waits for a picture and for its pixels.
func (p *Person) seesPicture(picture playwright.Locator, what string) {
	p.t.Helper()
	p.See(picture.Locator("xpath=.."), what)
	drawn, err := picture.Evaluate(shown, nil)
	p.must(err, "look at "+what)
	if drawn != true {
		p.t.Errorf("%s has no pixels", what)
	}
}

// chooses puts made files into the first place for files within what.
func (p *Person) chooses(within playwright.Locator, files ...playwright.InputFile) {
	p.t.Helper()
	p.must(within.Locator("input[type=file][multiple]").First().SetInputFiles(files), "choose files")
}

// The uploader's browser draws a film's poster; both sides see it, in the list, among the photos and beside a message. A photo
// of a phone that no browser here can draw stands as what it is, with its name, its size and the way to save it.
func TestAFilmHasAPosterOnBothSides(t *testing.T) {
	o := openPortal(t).sends()
	ruth, maria := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project + "/files")
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home/projects/" + o.project + "/files")
	maria.Upload(maria.Page.Locator("#add-files"), "kitchen-walk-round.mp4")
	poster := "a[data-picture=video] img"
	maria.seesPicture(maria.inFiles("kitchen-walk-round.mp4").Locator(poster), "the poster in her list")
	ruth.seesPicture(ruth.inFiles("kitchen-walk-round.mp4").Locator(poster), "the poster, without doing anything")
	ruth.LooksGood("files-film")

	ruth.Click(ruth.Link("Photos"))
	ruth.seesPicture(ruth.Page.Locator(".gal "+poster), "the film among the photos")
	ruth.Click(ruth.Page.Locator(".gal a[data-picture=video]"))
	if at, err := ruth.Page.Locator("dialog.viewer video").GetAttribute("poster"); err != nil || !strings.HasSuffix(at, "/preview") {
		t.Errorf("the player shows %q before it plays (%v)", at, err)
	}
	ruth.Press("Escape")
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project + "/files")
	ruth.Click(ruth.inFiles("kitchen-walk-round.mp4").Locator("b"))
	if at, err := ruth.Page.Locator(".f-big video").GetAttribute("poster"); err != nil || !strings.HasSuffix(at, "/preview") {
		t.Errorf("the page of the film shows %q (%v)", at, err)
	}

	heic := playwright.InputFile{Name: "IMG_2041.heic", MimeType: "image/heic", Buffer: append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), make([]byte, 60_000)...)}
	maria.chooses(maria.Page.Locator("#add-files"), heic)
	row := maria.inFiles("IMG_2041.heic")
	maria.See(row.GetByText("60 KB"), "its size")
	maria.See(row.Locator(".esign"), "its icon")
	maria.Click(row.Locator("b"))
	maria.Sees("Browsers do not show this kind of photo.")
	saved, err := maria.Page.ExpectDownload(func() error { maria.Click(maria.Link("Download")); return nil })
	maria.must(err, "save it")
	if name := saved.SuggestedFilename(); name != "IMG_2041.heic" {
		t.Errorf("it is saved as %s", name)
	}

	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	maria.must(maria.conversation().Fill("Once round the room"), "write")
	maria.Upload(maria.Page.Locator("#conversation-form"), "kitchen-walk-round.mp4")
	maria.chooses(maria.Page.Locator("#conversation-form"), heic)
	maria.posts() // the files are still on their way: it waits for them
	maria.seesPicture(maria.said("Once round the room").Locator(poster), "the poster beside her message")
	maria.See(maria.said("Once round the room").Locator(".file", playwright.LocatorLocatorOptions{HasText: "IMG_2041.heic"}), "the photo's name beside her message")
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project)
	ruth.seesPicture(ruth.said("Once round the room").Locator(poster), "the poster beside the message")
}

// gate keeps the parts of uploads back until it opens.
type gate struct {
	mu   sync.Mutex
	open bool
	kept []playwright.Route
}

func (g *gate) pass(route playwright.Route) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open && route.Request().Method() == "PATCH" {
		g.kept = append(g.kept, route)
		return
	}
	_ = route.Continue()
}

func (g *gate) lift() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
	for _, route := range g.kept {
		_ = route.Continue()
	}
}

// A message waits for its files and then posts itself; it can be held back, and a file that is refused loses no word.
func TestAMessageWaitsForItsFiles(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	maria.Tolerate("422")
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	form := maria.Page.Locator("#conversation-form")
	waits := form.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Uploading… posts when done"})

	g := &gate{}
	maria.must(maria.Page.Route("**/uploads/*", g.pass), "slow the network down")
	maria.must(maria.conversation().Fill("With a photo"), "write")
	maria.Upload(form, "wall-sockets.jpg")
	maria.posts()
	maria.See(waits, "that the message waits")
	maria.LooksGood("composer-waits")
	maria.Click(form.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Cancel", Exact: playwright.Bool(true)}))
	maria.Gone(waits)
	if got := maria.Value(maria.conversation()); got != "With a photo" {
		t.Errorf("after holding it back the field holds %q", got)
	}
	maria.posts()
	maria.See(waits, "that it waits again")
	g.lift()
	maria.See(maria.said("With a photo").Locator("[data-picture]"), "the message with its photo")
	if got := maria.Value(maria.conversation()); got != "" {
		t.Errorf("after it went the field holds %q", got)
	}

	maria.must(maria.Page.Unroute("**/uploads/*"), "give the network back")
	blocked := &gate{}
	maria.must(maria.Page.Route("**/uploads/*", blocked.pass), "slow the network down")
	maria.must(maria.conversation().Fill("With a bad one"), "write")
	maria.chooses(form, playwright.InputFile{Name: "bomb.gif", MimeType: "image/gif", Buffer: []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00")})
	maria.posts()
	maria.See(waits, "that it waits")
	blocked.lift()
	maria.Sees("Not sent: a file did not arrive. Your text is still here.")
	maria.See(form.Locator(".up.bad", playwright.LocatorLocatorOptions{HasText: "50 megapixels"}), "what is wrong with the file")
	if got := maria.Value(maria.conversation()); got != "With a bad one" {
		t.Errorf("after the refusal the field holds %q", got)
	}
	if n, err := maria.said("With a bad one").Count(); err != nil || n != 0 {
		t.Errorf("the message was posted without its file (%v)", err)
	}
}

// Without script files come by plain forms: in the Files tab, and with a message, whose text stays when a file is refused.
func TestFilesAreAddedWithoutScript(t *testing.T) {
	o := openPortal(t).sends()
	maria, ruth := chromium.NewPerson(t, Desktop, Options{WithoutJavaScript: true}), chromium.NewPerson(t, Desktop, Options{WithoutJavaScript: true})
	maria.Tolerate("422")
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home/projects/" + o.project + "/files")
	plain := maria.Page.Locator("#add-files .plain-up")
	photo := playwright.InputFile{Name: "wall-sockets.jpg", MimeType: "image/jpeg", Buffer: sample(t, "wall-sockets.jpg")}
	plan := playwright.InputFile{Name: "Ground floor.pdf", MimeType: "application/pdf", Buffer: sample(t, "kitchen-plan.pdf")}
	maria.Shoot("files-without-script")
	maria.chooses(plain, photo, plan)
	maria.Click(plain.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Upload"}))
	maria.See(maria.inFiles("wall-sockets.jpg"), "her photo")
	maria.See(maria.inFiles("Ground floor.pdf"), "her plan")

	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project + "/files")
	ruth.See(ruth.inFiles("Ground floor.pdf"), "Maria's plan")
	ruth.must(ruth.Page.Locator("#add-files .plain-up").GetByLabel("Office only").Check(), "keep it in the office")
	ruth.chooses(ruth.Page.Locator("#add-files .plain-up"), playwright.InputFile{Name: "Prices.pdf", MimeType: "application/pdf", Buffer: sample(t, "appliance-list.pdf")})
	ruth.Click(ruth.Page.Locator("#add-files .plain-up button"))
	ruth.See(ruth.inFiles("Prices.pdf").GetByText("Office only"), "that it is the office's")

	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	form := maria.Page.Locator("#conversation-form")
	maria.must(maria.conversation().Fill("Can these stay?"), "write")
	maria.chooses(form, photo, playwright.InputFile{Name: "nothing.txt", MimeType: "text/plain"})
	maria.Shoot("composer-without-script")
	maria.posts()
	maria.Sees("nothing.txt: This file is empty.")
	if got := maria.Value(maria.Page.Locator("textarea[name=text]").First()); got != "Can these stay?" {
		t.Errorf("after the refusal the field holds %q", got)
	}
	maria.See(maria.Page.Locator(".composer .file", playwright.PageLocatorOptions{HasText: "wall-sockets.jpg"}), "the file that was taken")
	maria.Click(maria.Page.Locator(".composer").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post"}))
	maria.Open(o.url + "/hartwell/home/projects/" + o.project)
	maria.See(maria.said("Can these stay?").Locator("[data-picture]"), "her message with the photo")
	if n, err := maria.said("Can these stay?").Count(); err != nil || n != 1 {
		t.Errorf("the message stands there %d times (%v)", n, err)
	}
}

// The editor of proposals takes files with the form too.
func TestAProposalTakesFilesWithoutScript(t *testing.T) {
	o := openPortal(t).drafts()
	ruth := chromium.NewPerson(t, Desktop, Options{WithoutJavaScript: true})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/proposals/" + o.id)
	ruth.chooses(ruth.Page.Locator("#draft-files"), playwright.InputFile{Name: "Ground floor.pdf", MimeType: "application/pdf", Buffer: sample(t, "kitchen-plan.pdf")})
	ruth.Click(ruth.Page.Locator("noscript button[form=draft], button[form=draft]").First())
	ruth.See(ruth.Page.Locator("#draft-files .file", playwright.PageLocatorOptions{HasText: "Ground floor.pdf"}), "the plan among the proposal's files")
	for _, a := range o.desk().Version.Content.Attachments {
		if a.Name == "Ground floor.pdf" {
			return
		}
	}
	t.Error("the draft does not name the plan")
}
