package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/platform/pdf"
)

// TestC1 is scenario C1 of the specification as it is written, the office's part included.
func TestC1AProposalIsSignedFromAnEmail(t *testing.T) {
	p := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(ruth, ownersAddress)
	o := p.writesInTheBrowser(ruth)
	o.sendsInTheBrowser(ruth)

	maria := chromium.NewPerson(t, Phone, Options{})
	o.link = p.link(p.mailTo(mariasAddress, "Kitchen"))
	o.reads(maria)
	maria.Sees("we planned it together")
	maria.LooksGood("proposal")
	o.looksAtPictures(maria)
	o.talks(maria, ruth)
	o.comesToSign(maria)
	o.cannotApproveYet(maria)
	o.choosesAll(maria)
	maria.Holds(maria.Page.Locator("#sum"), "Worktop: Quartz worktop")
	maria.Click(reviewAndSign(maria)) // this browser is confirmed now
	maria.See(maria.Heading("Sign the proposal"), "the signature")
	maria.LooksGood("sign")
	o.approves(maria, func() {
		maria.Click(maria.Page.Locator("signature-pad .seg label").Filter(hasText("Type")))
		maria.Fill("Type your full name", "Maria Ruiz")
	})
	o.keepsTheSealedCopy(maria)
	o.listsAgreement(maria)
	o.officeHasTheCopy(ruth)
	o.officeMakesTheNextVersion(ruth, maria)
}

// writesInTheBrowser makes a project and a proposal by the pages alone.
func (p *portal) writesInTheBrowser(ruth *Person) *offer {
	p.t.Helper()
	ruth.Open(p.url + "/hartwell/office/projects/new")
	ruth.LooksGood("new-project")
	ruth.must(ruth.Field("Name").First().Fill("Kitchen at Orchard Row"), "name the project")
	ruth.Choose("Who it is for", "Maria and Tomas Ruiz")
	ruth.Click(ruth.Button("Add project"))
	ruth.See(ruth.Heading("Kitchen at Orchard Row"), "the project")
	ruth.LooksGood("office-project")
	ruth.Open(p.url + path(ruth) + "/proposals")
	ruth.Click(ruth.Button("New proposal").First())
	ruth.See(ruth.Heading("Line items"), "the editor")
	writesLines(ruth)
	importsEstimate(ruth)
	addsWorktops(ruth)
	o := &offer{portal: p, id: lastPart(path(ruth))}
	o.path = "/hartwell/home/proposals/" + o.id
	addsFilesAndTerms(ruth)
	ruth.LooksGood("editor-full")
	return o
}

func lastPart(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// importsEstimate takes in the spreadsheet of the specification: one broken row is put right, the
// others are left out.
func importsEstimate(ruth *Person) {
	ruth.t.Helper()
	ruth.Click(ruth.Button("Import from CSV"))
	ruth.must(ruth.Field("CSV file").SetInputFiles([]playwright.InputFile{{Name: "estimate-kitchen.csv", MimeType: "text/csv", Buffer: fixture(ruth.t, "estimate-kitchen.csv")}}), "choose the file")
	ruth.Click(ruth.Button("Look at the rows"))
	ruth.Sees("Rows that need you")
	ruth.LooksGood("import")
	grout := ruth.Page.Locator(".badrow").Filter(hasText("Grout & seal"))
	ruth.must(grout.GetByRole("textbox").First().Fill("3.50"), "put a row right")
	ruth.Click(ruth.Button("Check my corrections"))
	ruth.Gone(grout.Filter(hasText("“n/a”"))) // the price is right; the cost is asked next
	ruth.must(grout.GetByRole("textbox").First().Fill("2.90"), "put a row right")
	ruth.Click(ruth.Button("Check my corrections"))
	ruth.Gone(grout)
	ruth.Click(ruth.Page.Locator("#import-rows button[value=import]"))
	ruth.See(ruth.Heading("Line items"), "the editor with the lines")
}

// addsWorktops adds a group of which the customer must choose one.
func addsWorktops(ruth *Person) {
	ruth.t.Helper()
	ruth.Click(ruth.Button("Add option group"))
	group := ruth.Page.Locator("tbody[data-group-id]").Last()
	ruth.See(group.Locator("button.tag.brand"), "the new group")
	ruth.must(group.Locator(".g-nm").Fill("Worktop"), "name the group")
	rows := group.Locator("tr[data-line-id]")
	ruth.must(rows.First().Locator("[data-cell=name]").Fill("Laminate worktop"), "name a choice")
	ruth.must(rows.First().Locator("[data-cell=price]").Fill("620"), "price a choice")
	ruth.must(group.Locator("[data-add-name]").Fill("Quartz worktop"), "name a choice")
	ruth.must(group.Locator("[data-add-name]").Press("Enter"), "add a line")
	saving(ruth, func() { ruth.must(rows.Nth(1).Locator("[data-cell=price]").Fill("2000"), "price a choice") })
	ruth.Click(group.Locator("button.tag.brand"))
	sheet := ruth.Page.Locator("dialog[open], [popover]:popover-open")
	ruth.must(sheet.GetByLabel("At least").Fill("1"), "ask for a choice")
	ruth.must(sheet.GetByLabel("At most").Fill("1"), "ask for one choice")
	saving(ruth, func() { ruth.Click(sheet.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Done"})) })
}

func addsFilesAndTerms(ruth *Person) {
	ruth.t.Helper()
	ruth.Fill("Cover note optional", "Dear Maria, this is the kitchen as we planned it together.")
	files := ruth.Page.Locator("#files")
	savingField(ruth, "file=", func() { ruth.Upload(files, "kitchen-sage.jpg", "kitchen-plan.pdf", "kitchen-walk-round.mp4") })
	for _, name := range []string{"kitchen-sage.jpg", "kitchen-plan.pdf", "kitchen-walk-round.mp4"} {
		ruth.See(files.Locator(".file").Filter(hasText(name)), name+" in the list")
	}
	ruth.See(files.Locator(".file").Filter(hasText("kitchen-walk-round.mp4")), "the film in the list")
}

// sendsInTheBrowser names who signs, looks once more and sends.
func (o *offer) sendsInTheBrowser(ruth *Person) {
	o.t.Helper()
	ruth.Click(ruth.Page.Locator("#recipients button.add"))
	ruth.Choose("Maria Ruiz", "Signs")
	ruth.Click(ruth.Button("Take these recipients"))
	ruth.Sees("Maria Ruiz, signs")
	ruth.Click(ruth.Button("Send proposal"))
	ruth.See(ruth.Heading("Send the proposal"), "the last look")
	ruth.LooksGood("send")
	ruth.Click(ruth.Button("Send now"))
	ruth.Arrives("/hartwell/office/proposals/" + o.id)
	ruth.LooksGood("office-sent")
}

// looksAtPictures expands a photo and plays the film (JT-17).
func (o *offer) looksAtPictures(maria *Person) {
	o.t.Helper()
	gallery := maria.Page.Locator("photo-gallery a")
	maria.Click(gallery.Filter(hasText("kitchen sage")).First())
	large := maria.Page.Locator("dialog[open] img").First()
	maria.See(large, "the large photo")
	waits(maria, "the photo is loaded", `[...document.querySelectorAll('dialog[open] img')].some(i => i.complete && i.naturalWidth > 300)`)
	maria.Press("Escape")
	maria.Gone(large)
	maria.Click(gallery.Filter(hasText("kitchen walk round")).First())
	maria.See(maria.Page.Locator("dialog[open] video"), "the film")
	waits(maria, "the film can play", `document.querySelector('dialog[open] video').readyState >= 1`)
	maria.Press("Escape")
}

// talks comments with a file; the office is told, answers in the thread, and Maria sees it (JT-20,
// JT-31, JT-55).
func (o *offer) talks(maria, ruth *Person) {
	o.t.Helper()
	sofar := o.post.count()
	talk := maria.Page.Locator("#talk")
	maria.Upload(talk, "wall-sockets.jpg")
	maria.See(talk.Locator(".composer .file").Filter(hasText("wall-sockets.jpg")), "the photo beside the comment")
	maria.must(talk.Locator("textarea").First().Fill("Can the socket next to the window stay?"), "write")
	maria.Click(talk.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post", Exact: playwright.Bool(true)}))
	maria.See(maria.Page.Locator("#talk .msg").Filter(hasText("Can the socket next to the window stay?")), "her comment")
	if told := o.mailAfter(sofar, ownersAddress, "wrote on"); !strings.Contains(told.Text, "Can the socket next to the window stay?") {
		o.t.Errorf("the mail to the office does not say what Maria wrote: %s", told.Text)
	}
	ruth.Open(o.url + "/hartwell/office/inbox")
	ruth.Sees("Maria Ruiz wrote on")
	ruth.LooksGood("inbox")
	ruth.Click(ruth.Page.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Open Maria Ruiz wrote on"}))
	ruth.See(ruth.Page.Locator(".msg").Filter(hasText("Can the socket next to the window stay?")), "the comment")
	sofar = o.post.count()
	ruth.must(ruth.Page.Locator("#conversation-text").Fill("Yes, it stays, and we make it a double one."), "answer")
	ruth.Click(ruth.Page.Locator("#conversation-form").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post", Exact: playwright.Bool(true)}))
	ruth.See(ruth.Page.Locator(".msg").Filter(hasText("we make it a double one")), "the answer")
	o.mailAfter(sofar, mariasAddress, "we make it a double one")
	maria.Reload()
	maria.See(maria.Page.Locator("#talk .msg").Filter(hasText("we make it a double one")), "the answer")
	maria.Shoot("proposal-talk")
}

// cannotApproveYet finds Approve disabled while a choice and terms are missing, and goes back.
func (o *offer) cannotApproveYet(maria *Person) {
	o.t.Helper()
	maria.Sees("Something is still missing")
	if can, err := maria.Button("Approve").IsEnabled(); err != nil || can {
		o.t.Errorf("Approve can be pressed before the choice is made and the terms are opened (%v)", err)
	}
	maria.Shoot("sign-missing")
	maria.Click(maria.Link("Back to the proposal"))
	maria.Arrives(o.path)
}

// approves shows that Approve waits for everything, and presses it then.
func (o *offer) approves(maria *Person, sign func()) {
	o.t.Helper()
	approve := maria.Button("Approve")
	waitsFor := func(ready string) {
		o.t.Helper()
		got, err := approve.GetAttribute("aria-disabled")
		maria.must(err, "look at Approve")
		if got != ready {
			o.t.Errorf("aria-disabled of Approve = %q, want %q", got, ready)
		}
	}
	waitsFor("true")
	sign()
	waitsFor("true")
	maria.must(maria.Page.Locator("#consent").Check(), "agree")
	waitsFor("false")
	maria.Shoot("sign-ready")
	maria.Click(approve)
	maria.Sees("Thank you, Maria. It is signed.")
}

// keepsTheSealedCopy downloads the PDF of the thank-you page and has others look at it.
func (o *offer) keepsTheSealedCopy(maria *Person) {
	o.t.Helper()
	download := maria.Page.GetByRole("link", playwright.PageGetByRoleOptions{Name: "Download", Exact: playwright.Bool(true)})
	maria.See(download, "the sealed PDF")
	maria.LooksGood("thank-you")
	href, err := download.GetAttribute("href")
	maria.must(err, "read the link")
	reply, err := maria.Context.Request().Get(o.url + href)
	maria.must(err, "download")
	content, err := reply.Body()
	maria.must(err, "download")
	checkSealed(o.t, content)
}

// checkSealed holds a PDF against Lintel's own check, poppler's and qpdf's, and against one flipped byte.
func checkSealed(t *testing.T, content []byte) {
	t.Helper()
	report, err := pdf.Verify(content)
	if err != nil || !report.Sealed || !report.Intact || !report.CoversWholeFile || len(report.Problems) > 0 {
		t.Fatalf("the sealed PDF: %+v, %v", report, err)
	}
	name := filepath.Join(t.TempDir(), "signed.pdf")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	runs(t, "Signature is Valid", "pdfsig", "-nocert", name)
	runs(t, "No syntax or stream encoding errors", "qpdf", "--check", name)
	broken := append([]byte{}, content...)
	broken[len(broken)/2] ^= 1
	if report, err := pdf.Verify(broken); err == nil && report.Intact {
		t.Error("a flipped byte was not found")
	}
}

func runs(t *testing.T, want, program string, arguments ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("LINTEL_TEST_FULL") == "1" {
			t.Fatal(err)
		}
		t.Logf("not checked by %s: %v", program, err)
		return
	}
	out, err := exec.CommandContext(context.WithoutCancel(t.Context()), program, arguments...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%s says: %v\n%s", program, err, out)
	}
}

// listsAgreement finds the agreement with its green mark in Maria's portal (JB-09).
func (o *offer) listsAgreement(maria *Person) {
	o.t.Helper()
	maria.Open(o.url + "/hartwell/home/agreements")
	row := maria.Page.GetByRole("listitem").Filter(hasText("Kitchen at Orchard Row"))
	maria.See(row.GetByRole("img", playwright.LocatorGetByRoleOptions{Name: "eSigned"}), "the eSign mark")
	maria.LooksGood("agreements")
}

// officeHasTheCopy finds the sealed PDF in the mail to the office (JB-45).
func (o *offer) officeHasTheCopy(ruth *Person) {
	o.t.Helper()
	for _, address := range []string{ownersAddress, mariasAddress} {
		words := "signed and approved"
		if address == mariasAddress {
			words = "Signed:"
		}
		mailed := o.mailTo(address, words)
		if len(mailed.Attachments) != 1 || mailed.Attachments[0].ContentType != "application/pdf" {
			o.t.Fatalf("the mail %q to %s carries %d files", mailed.Subject, address, len(mailed.Attachments))
		}
		checkSealed(o.t, mailed.Attachments[0].Bytes)
	}
	ruth.Open(o.url + "/hartwell/office/proposals/" + o.id)
	ruth.Sees("Signed by Maria Ruiz")
	ruth.Shoot("office-signed")
}

var versionTwo = regexp.MustCompile(`Version 2: \d+ changes? since version 1`)

// officeMakesTheNextVersion edits after the signature: version 1 keeps it, version 2 has none.
func (o *offer) officeMakesTheNextVersion(ruth, maria *Person) {
	o.t.Helper()
	ruth.Click(ruth.Button("Make next version"))
	ruth.Sees("The signature stays with version 1.")
	ruth.Shoot("revise")
	ruth.Click(ruth.Page.Locator("#revise").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Make next version"}))
	ruth.See(ruth.Heading("Line items"), "the editor")
	saving(ruth, func() { ruth.must(cell(ruth, 1, "price").Fill("50"), "change a price") })
	ruth.Click(ruth.Button("Send proposal"))
	ruth.Fill("What changed optional", "The ceiling needs two coats more.")
	sofar := o.post.count()
	ruth.Click(ruth.Button("Send now"))
	ruth.Arrives("/hartwell/office/proposals/" + o.id)
	o.enters(maria, o.link2(sofar), "Maria Ruiz")
	maria.Arrives(o.path)
	maria.Sees("The ceiling needs two coats more.")
	maria.See(maria.Page.GetByText(versionTwo), "what changed")
	maria.See(reviewAndSign(maria), "that version 2 waits")
	maria.Shoot("proposal-second")
	maria.Open(o.url + o.path + "?version=1")
	maria.Sees("Signed by Maria Ruiz")
	maria.Gone(reviewAndSign(maria))
	maria.Shoot("proposal-first-signed")
}

func TestASignatureIsDrawn(t *testing.T) {
	for name, draw := range map[string]struct {
		device Device
		with   Pointer
	}{"with a finger": {Phone, Finger}, "with a pen": {Phone, Pen}, "with the mouse": {Desktop, Mouse}} {
		t.Run(name, func(t *testing.T) {
			o := openPortal(t).sends()
			maria := chromium.NewPerson(t, draw.device, Options{})
			o.reads(maria)
			o.choosesAll(maria)
			o.comesToSign(maria)
			o.approves(maria, func() { maria.DrawSignature("signature-pad canvas", draw.with) })
			maria.Sees("Thank you, Maria. It is signed.")
			signed := o.desk().Signatures
			if len(signed) != 1 || string(signed[0].Method) != "drawn" {
				t.Errorf("signatures = %+v", signed)
			}
		})
	}
}
