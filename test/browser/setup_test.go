package browser

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/mxschmitt/playwright-go"
)

// binary is the real program, built for this test.
func binary(t *testing.T) string {
	t.Helper()
	chromium.need(t)
	path := filepath.Join(t.TempDir(), "lintel")
	build := exec.Command("go", "build", "-o", path, "lintel")
	build.Dir = chromium.root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// freeAddress is a port of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// running is a started program; what it printed is read line by line.
type running struct {
	t       *testing.T
	command *exec.Cmd
	out     *bufio.Reader
}

func runProgram(t *testing.T, environment []string, program string, arguments ...string) *running {
	t.Helper()
	r := &running{t: t, command: exec.Command(program, arguments...)}
	r.command.Env = append(os.Environ(), environment...)
	out, err := r.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.out = bufio.NewReader(out)
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.stop)
	return r
}

// stop asks the program to end, as systemd does.
func (r *running) stop() {
	if r.command.ProcessState != nil {
		return
	}
	_ = r.command.Process.Signal(syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, r.out)
	if err := r.command.Wait(); err != nil {
		r.t.Errorf("the program ended with %v", err)
	}
}

// finds reads what the program prints until something in it fits.
func (r *running) finds(want *regexp.Regexp) string {
	r.t.Helper()
	for {
		line, err := r.out.ReadString('\n')
		if found := want.FindString(line); found != "" {
			return found
		}
		if err != nil {
			r.t.Fatalf("the program printed nothing like %s: %v", want, err)
		}
	}
}

var setupLink = regexp.MustCompile(`http://localhost:\d+/setup/firm/\S+`)

// TestS1TheFirstStart goes from the built program to a firm with its owner inside, and checks
// documents with what it leaves behind.
func TestS1TheFirstStart(t *testing.T) {
	program, address, data := binary(t), freeAddress(t), t.TempDir()
	_, port, _ := net.SplitHostPort(address)
	base := "http://localhost:" + port
	server := runProgram(t, []string{"LINTEL_BASE_URL=" + base, "LINTEL_ADDR=" + address, "LINTEL_DATA=" + data, "LINTEL_LOG_LEVEL=error"}, program, "serve")
	link := server.finds(setupLink)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	ruth.Open(link)
	ruth.LooksGood("setup")
	ruth.Fill("Name that customers know", "Orchard & Co")
	ruth.Fill("Your name", "Ruth Hartwell")
	ruth.Fill("Your e-mail address", ownersAddress)
	ruth.must(ruth.Page.Locator("#owner_password").Fill(staffsPassword), "choose a password")
	ruth.must(ruth.Page.Locator("#logo").SetInputFiles([]playwright.InputFile{{Name: "logo.png", MimeType: "image/png", Buffer: sample(t, "logo-hartwell.png")}}), "choose a logo")
	ruth.Click(ruth.Button("Open the portal"))
	if strings.HasSuffix(strings.SplitN(ruth.Page.URL(), "?", 2)[0], "/sign-in") {
		t.Error("the owner has to sign in after setting up the firm")
		ruth.Fill("E-mail or username", ownersAddress)
		ruth.Fill("Password", staffsPassword)
		ruth.Click(ruth.Button("Sign in"))
	}
	ruth.Arrives("/orchard-co/office")
	ruth.LooksGood("office-first-day")
	ruth.Tolerate("status of 404")
	ruth.Open(link)
	ruth.Sees("This set-up link has been used")
	server.stop()

	audit, err := exec.Command(program, "audit", "verify", "--data", data).CombinedOutput()
	if err != nil || !strings.Contains(string(audit), "unbroken") {
		t.Errorf("audit verify: %v\n%s", err, audit)
	}
}

// emptyPortal starts the built program on an empty folder, and gives its address and the set-up link that it prints.
func emptyPortal(t *testing.T) (base, link string) {
	t.Helper()
	program, address := binary(t), freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	base = "http://localhost:" + port
	server := runProgram(t, []string{"LINTEL_BASE_URL=" + base, "LINTEL_ADDR=" + address, "LINTEL_DATA=" + t.TempDir(), "LINTEL_LOG_LEVEL=error"}, program, "serve")
	return base, server.finds(setupLink)
}

// wrongly fills every field that can be filled wrongly.
func (p *Person) wrongly() {
	p.t.Helper()
	for field, text := range map[string]string{"#name": "www.evil.example", "#slug": "setup", "#tax_percent": "101", "#email": "office", "#owner_name": "www.evil.example",
		"#owner_email": "ruth@", "#owner_password": "password12", "#colleague_name": "www.evil.example", "#colleague_email": "jon"} {
		p.must(p.Page.Locator(field).Fill(text), "fill in "+field)
	}
}

// TestTheSetUpSaysAllMistakesAtOnceAndKeepsTheRest makes every mistake, corrects them, and comes into a portal with the logo
// that was chosen in the first round; with script on a desk, and without on a phone in the dark.
func TestTheSetUpSaysAllMistakesAtOnceAndKeepsTheRest(t *testing.T) {
	for name, c := range map[string]struct {
		device  Device
		options Options
	}{"at a desk": {Desktop, Options{}}, "on a phone without script": {Phone, Options{WithoutJavaScript: true, Dark: true}}} {
		t.Run(name, func(t *testing.T) {
			base, link := emptyPortal(t)
			ruth := chromium.NewPerson(t, c.device, c.options)
			ruth.Tolerate("status of 422")
			ruth.Open(link)
			ruth.wrongly()
			ruth.must(ruth.Page.Locator("#logo").SetInputFiles([]playwright.InputFile{{Name: "logo.png", MimeType: "image/png", Buffer: sample(t, "logo-hartwell.png")}}), "choose a logo")
			ruth.Click(ruth.Button("Open the portal"))
			ruth.Sees("Please check the marked fields.")
			if count, err := ruth.Page.Locator(".field .err").Count(); err != nil || count != 9 {
				t.Errorf("%d fields are marked, %v; want the nine that are wrong", count, err)
			}
			ruth.Sees("Your logo is kept. You need not choose it again.")
			if !c.options.WithoutJavaScript {
				ruth.LooksGood("setup-mistakes")
			}
			if kept, err := ruth.Page.Locator("#owner_email").InputValue(); err != nil || kept != "ruth@" {
				t.Errorf("what was typed is now %q, %v", kept, err)
			}
			if repeated, err := ruth.Page.Locator("#owner_password").InputValue(); err != nil || repeated != "" {
				t.Errorf("the password is on the page, %v", err)
			}
			for field, text := range map[string]string{"#name": "Orchard & Co", "#slug": "", "#tax_percent": "20", "#email": "", "#owner_name": "Ruth Hartwell",
				"#owner_email": ownersAddress, "#owner_password": staffsPassword, "#colleague_name": "", "#colleague_email": ""} {
				ruth.must(ruth.Page.Locator(field).Fill(text), "correct "+field)
			}
			ruth.Click(ruth.Button("Open the portal"))
			ruth.Arrives("/orchard-co/office")
			answer, err := ruth.Page.Request().Get(base + "/orchard-co/logo.png")
			if err != nil || answer.Status() != 200 {
				t.Errorf("the logo of the first round answers %v, %v", answer, err)
			}
		})
	}
}

// TestTheSetUpIsOnceForTwoBrowsersAndTwoClicks presses the last button twice, while another browser has the same page open.
func TestTheSetUpIsOnceForTwoBrowsersAndTwoClicks(t *testing.T) {
	_, link := emptyPortal(t)
	ruth, other := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	other.Tolerate("status of 404")
	for _, person := range []*Person{ruth, other} {
		person.Open(link)
		person.Fill("Name that customers know", "Orchard & Co")
		person.Fill("Your name", "Ruth Hartwell")
		person.Fill("Your e-mail address", ownersAddress)
		person.must(person.Page.Locator("#owner_password").Fill(staffsPassword), "choose a password")
	}
	ruth.must(ruth.Button("Open the portal").Dblclick(), "press twice")
	ruth.Arrives("/orchard-co/office")
	other.Click(other.Button("Open the portal"))
	other.Sees("This set-up link has been used")
	other.LooksGood("setup-over")
	other.Click(other.Link("Go to the first page"))
	other.See(other.Button("Sign in"), "the way in")
}

func TestAnybodyChecksASealedDocument(t *testing.T) {
	program, o := binary(t), openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	o.choosesAll(maria)
	o.comesToSign(maria)
	typesSignature(maria, "Maria Ruiz")
	maria.Click(maria.Button("Approve"))
	maria.Sees("Thank you, Maria. It is signed.")
	sealed := o.mailTo(mariasAddress, "Signed:").Attachments[0].Bytes
	broken := append([]byte{}, sealed...)
	broken[len(broken)/2] ^= 1
	for _, paper := range []struct {
		name    string
		content []byte
		sound   bool
	}{{"signed.pdf", sealed, true}, {"changed.pdf", broken, false}} {
		path := filepath.Join(t.TempDir(), paper.name)
		if err := os.WriteFile(path, paper.content, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "verify", path).CombinedOutput()
		if (err == nil) != paper.sound {
			t.Errorf("lintel verify %s: %v\n%s", paper.name, err, out)
		}
		stranger := chromium.NewPerson(t, Desktop, Options{})
		stranger.Tolerate("status of 422")
		stranger.Open(o.url + "/verify")
		stranger.must(stranger.Page.Locator("input[type=file]").First().SetInputFiles([]playwright.InputFile{{Name: paper.name, MimeType: "application/pdf", Buffer: paper.content}}), "choose the document")
		stranger.Click(stranger.Button("Check"))
		stranger.See(stranger.Button("Check another").Or(stranger.Link("Check another")), "the verdict")
		if sound := stranger.Text(stranger.Page.Locator("h1")) == "Unchanged since it was sealed"; sound != paper.sound {
			t.Errorf("the public page says of %s: %s", paper.name, stranger.Text(stranger.Page.Locator("h1")))
		}
		stranger.LooksGood("verify-" + paper.name)
	}
}
