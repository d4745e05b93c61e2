package browser

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/file"
)

// inFiles is a row of the Files tab.
func (p *Person) inFiles(name string) playwright.Locator {
	return p.Page.Locator("#project-files tr").Filter(hasText(name))
}

// drops lets files fall onto the Files tab, as from the desktop; "sample.pdf as Plan.pdf" gives one another name.
func (p *Person) drops(names ...string) {
	p.t.Helper()
	var files []any
	for _, as := range names {
		name, called, renamed := strings.Cut(as, " as ")
		if !renamed {
			called = name
		}
		files = append(files, map[string]any{"name": called, "content": base64.StdEncoding.EncodeToString(sample(p.t, name))})
	}
	_, err := p.Page.Evaluate(`async (files) => {
		const carried = new DataTransfer(), place = () => document.querySelector('#add-files').closest('.files')
		for (const { name, content } of files) carried.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name))
		const happen = (type) => place().dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }))
		happen('dragenter')
		await customElements.whenDefined('upload-zone')
		for (let frame = 0; frame < 60 && !place().dataset.drop; frame++) await new Promise(requestAnimationFrame) // until the place takes drops
		happen('dragover')
		happen('drop')
	}`, files)
	p.must(err, "drop files")
}

// JB-11, JB-12, SY-12: each adds files, and the other, whose page is open, sees them without doing anything.
func TestJB11JB12FilesGoBothWays(t *testing.T) {
	o := openPortal(t).sends()
	ruth, maria := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project)
	ruth.Click(ruth.Page.Locator("nav.tabs a").Filter(hasText("Files")))
	ruth.See(ruth.Page.Locator("#add-files"), "the Files tab")
	o.reads(maria)
	maria.Open(o.url + "/hartwell/home/projects/" + o.project + "/files")
	maria.See(maria.Page.Locator("label.btn").Filter(hasText("Take a photo")), "the camera's button")
	maria.Upload(maria.Page.Locator("#add-files"), "wall-sockets.jpg")
	maria.See(maria.inFiles("wall-sockets.jpg"), "her own file")
	ruth.See(ruth.inFiles("wall-sockets.jpg"), "Maria's file, without doing anything")

	ruth.drops("kitchen-plan.pdf as Ground floor.pdf", "kitchen-before.jpg", "kitchen-sage.jpg")
	maria.See(maria.inFiles("Ground floor.pdf"), "the plan, without doing anything")
	maria.See(maria.inFiles("kitchen-sage.jpg"), "the photo, without doing anything")
	maria.LooksGood("files-customer")
	ruth.LooksGood("files-office")

	ruth.Click(ruth.Page.Locator("#add-files .seg label").Filter(hasText("Office only")))
	ruth.Upload(ruth.Page.Locator("#add-files"), "appliance-list.pdf")
	ruth.See(ruth.inFiles("appliance-list.pdf").GetByText("Office only"), "that it is the office's")
	maria.Reload()
	maria.See(maria.inFiles("Ground floor.pdf"), "the list")
	maria.Gone(maria.inFiles("appliance-list.pdf"))

	filesInFolder(ruth, maria)
	nextVersion(ruth)
	beforeAndAfter(ruth, maria)
}

// filesInFolder makes a folder, moves the plan there and takes the folder along.
func filesInFolder(ruth, maria *Person) {
	ruth.t.Helper()
	ruth.Click(ruth.Button("New folder"))
	ruth.Fill("Name of the folder", "Plans")
	ruth.Click(ruth.Button("Make the folder"))
	ruth.See(ruth.Heading("Plans"), "the folder")
	maria.See(maria.Page.Locator("#project-files .folders a").Filter(hasText("Plans")), "the folder, without doing anything")
	ruth.Click(ruth.Link("All files"))
	ruth.Click(ruth.Link("Choose files"))
	ruth.must(ruth.inFiles("Ground floor.pdf").GetByRole("checkbox").Check(), "choose the plan")
	ruth.LooksGood("files-choose")
	_, err := ruth.Page.Locator("select[name=folder]").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Plans"}})
	ruth.must(err, "choose the folder")
	ruth.Click(ruth.Button("Move"))
	ruth.See(ruth.Heading("Plans"), "the folder")
	ruth.See(ruth.inFiles("Ground floor.pdf"), "the plan in it")
	maria.Gone(maria.inFiles("Ground floor.pdf"))
	maria.Click(maria.Page.Locator("#project-files .folders a").Filter(hasText("Plans")))
	maria.See(maria.inFiles("Ground floor.pdf"), "the plan in the folder")
	saved, err := maria.Page.ExpectDownload(func() error { maria.Click(maria.Link("Download all")); return nil })
	maria.must(err, "download the folder")
	if name := saved.SuggestedFilename(); !strings.HasSuffix(name, "Plans.zip") {
		maria.t.Errorf("the archive is called %s", name)
	}
}

// nextVersion puts a newer plan in the old one's place.
func nextVersion(ruth *Person) {
	ruth.t.Helper()
	ruth.Click(ruth.inFiles("Ground floor.pdf").GetByRole("link"))
	ruth.See(ruth.Heading("Details"), "the file's page")
	ruth.must(ruth.Page.Locator("#next-version input[type=file]").SetInputFiles([]playwright.InputFile{{Name: "Ground floor b.pdf", MimeType: "application/pdf", Buffer: sample(ruth.t, "appliance-list.pdf")}}), "choose the next version")
	ruth.Sees("This is an older version.")
	ruth.Click(ruth.Link("Open the newest"))
	ruth.See(ruth.Page.Locator("h1").Filter(hasText("Ground floor b.pdf")), "the newest version")
	ruth.Fill("Caption optional", "With the island.")
	ruth.Click(ruth.Button("Save"))
	ruth.Sees("With the island.")
	ruth.LooksGood("file-sheet")
}

// beforeAndAfter puts two photos side by side; Maria compares them by the keyboard.
func beforeAndAfter(ruth, maria *Person) {
	ruth.t.Helper()
	ruth.Click(ruth.Page.Locator("nav.crumbs a, nav a").Filter(hasText("Files")).First())
	ruth.Click(ruth.Link("Photos"))
	ruth.Click(ruth.Link("Show before and after"))
	ruth.Fill("What they show", "Window side")
	pick := func(name, when string) {
		ruth.must(ruth.Role("group", name).GetByLabel(when).Check(), "mark "+name)
	}
	pick("kitchen-before.jpg", "Before")
	pick("kitchen-sage.jpg", "After")
	ruth.LooksGood("files-pairs")
	ruth.Click(ruth.Button("Put side by side"))
	ruth.See(ruth.Page.Locator("before-after"), "the pair")

	maria.Click(maria.Link("Photos"))
	slider := maria.Page.GetByLabel("Compare before and after: Window side")
	maria.must(slider.Focus(), "go to the slider")
	maria.Press("ArrowLeft", "ArrowLeft", "ArrowLeft")
	if at := maria.Value(slider); at != "47" {
		maria.t.Errorf("three steps to the left leave the slider at %s", at)
	}
	cut, err := maria.Page.Locator("before-after").Evaluate("e => e.style.getPropertyValue('--cut')", nil)
	maria.must(err, "look where the picture is cut")
	if cut != "47%" {
		maria.t.Errorf("the picture is cut at %v", cut)
	}
	maria.LooksGood("files-photos")
}

// A cut network and a reload do not end an upload: it goes on by itself, from where it was.
func TestAnUploadGoesOnAfterACutNetworkAndAReload(t *testing.T) {
	o := openPortal(t).sends()
	ruth := chromium.NewPerson(t, Desktop, Options{})
	ruth.Tolerate("ERR_")
	ruth.Page.OnDialog(func(d playwright.Dialog) { _ = d.Accept() }) // leave, though a file is on its way
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project + "/files")
	cut := func(route playwright.Route) {
		if route.Request().Method() == "PATCH" && route.Request().Headers()["upload-offset"] >= "2097152" {
			_ = route.Abort("internetdisconnected")
			return
		}
		_ = route.Continue()
	}
	ruth.must(ruth.Page.Route("**/uploads/*", cut), "cut the network after two megabytes")
	large := bytes.Repeat([]byte("a large plan "), 300_000)
	ruth.must(ruth.Page.Locator("#add-files input[multiple]").SetInputFiles([]playwright.InputFile{{Name: "large.txt", MimeType: "text/plain", Buffer: large}}), "choose a large file")
	ruth.See(ruth.Page.Locator("#add-files .up").Filter(hasText("%")), "how far it is")
	ruth.See(ruth.Page.Locator("#add-files .up small").Filter(hasText("53")), "that it stopped half way")
	before := offsets(o.portal)
	ruth.Reload()
	ruth.See(ruth.Page.Locator("#add-files .up"), "that the upload is still there after a reload")
	ruth.must(ruth.Page.Unroute("**/uploads/*"), "give the network back")
	ruth.See(ruth.inFiles("large.txt"), "the file, without choosing it again")
	if begun := offsets(o.portal) - before; begun != 0 {
		t.Errorf("the upload was begun anew %d times", begun)
	}
	shelf, err := o.app.Filing.Shelf(t.Context(), o.ruth, o.project, "", file.ByDate, file.Place{})
	o.must(err, "look at the files")
	if newest := shelf.Files[0]; newest.Name != "large.txt" || newest.Size != int64(len(large)) {
		t.Errorf("the newest file is %s with %d bytes, want %d", newest.Name, newest.Size, len(large))
	}
}

// offsets counts the uploads that were begun.
func offsets(p *portal) (n int) {
	for _, asked := range p.requests() {
		if asked == "POST /hartwell/uploads" {
			n++
		}
	}
	return n
}

// E01: what somebody uploads runs nothing when the office opens it, whatever it calls itself.
func TestE01NothingThatWasUploadedRuns(t *testing.T) {
	o := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	ruth.Tolerate("") // what the browser refuses it says in the console
	o.signIn(ruth, ownersAddress)
	hang := file.Hang{Kind: "project", On: o.project, Customer: o.customer, Project: o.project, Visibility: file.Shared}
	script := `<script>fetch('/ran')</script>`
	for name, content := range map[string]string{
		"drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('/ran')">` + script + `</svg>`,
		"page.html":   `<!doctype html><html><body onload="fetch('/ran')">` + script + `</body></html>`,
		"page.xhtml":  `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>` + script + `</body></html>`,
		"style.xml":   `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x xmlns="http://www.w3.org/1999/xhtml">` + script + `</x>`,
		"code.js":     `fetch('/ran')`,
		"photo.jpg":   `<html>` + script + `</html>`,
		"both.gif":    "GIF89a/*\x00\x00*/=1;fetch('/ran');/*" + script,
		"both.pdf":    "%PDF-1.4\n" + script + "\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\ntrailer<</Root 1 0 R>>",
	} {
		saved, err := o.app.Files.Save(t.Context(), o.ruth, hang, name, "", []byte(content))
		if err != nil {
			continue // refused altogether
		}
		for _, part := range []string{"", "?show=1", "/preview", "/thumb", "/details"} {
			_, _ = ruth.Page.Goto(o.url + "/hartwell/files/" + saved.ID + part) // a download is no page
		}
		if ran := slices.Contains(o.requests(), "GET /ran"); ran {
			t.Fatalf("%s ran a script", name)
		}
	}
	ruth.Open(o.url + "/hartwell/office/projects/" + o.project + "/files")
	ruth.See(ruth.inFiles("page.html"), "the list")
	if slices.Contains(o.requests(), "GET /ran") {
		t.Error("the list ran a script")
	}
}
