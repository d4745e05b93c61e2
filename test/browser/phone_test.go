package browser

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/platform/id"
)

// hires waits until the portal's worker is at work in somebody's browser: it comes with the
// second page, when that has been open for a while.
func (p *Person) hires() {
	p.t.Helper()
	p.asks(`async () => { await navigator.serviceWorker.ready; while (!navigator.serviceWorker.controller) await new Promise(r => setTimeout(r, 50)) }`, nil)
}

// remembers waits until the page keeps what is typed into its conversation.
func (p *Person) remembers() {
	p.t.Helper()
	p.must(p.Page.Locator("body[data-keeps]").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateAttached, Timeout: patience}), "see that the page keeps what is typed")
}

// asks runs a question in the page.
func (p *Person) asks(question string, answer any) {
	p.t.Helper()
	raw, err := p.Page.Evaluate(`async () => JSON.stringify((await (` + question + `)()) ?? null)`)
	p.must(err, "ask the browser")
	if answer != nil {
		text, _ := raw.(string)
		p.must(json.Unmarshal([]byte(text), answer), "read the browser's answer")
	}
}

// keeps waits until the browser keeps this many pages, and gives their paths.
func (p *Person) keeps(least int) (paths []string) {
	p.t.Helper()
	const kept = `async () => { const all = []; for (const name of await caches.keys()) if (name.includes(':pages:')) for (const r of await (await caches.open(name)).keys()) all.push(new URL(r.url).pathname); return all }`
	for range 100 {
		if p.asks(kept, &paths); len(paths) >= least {
			return paths
		}
		p.asks(`() => new Promise(done => setTimeout(done, 50))`, nil)
	}
	p.t.Fatalf("the browser keeps %q, want %d pages", paths, least)
	return nil
}

// opensWithoutSignal goes somewhere without a network; what does not come is no problem.
func (p *Person) opensWithoutSignal(address string) {
	p.t.Helper()
	_, _ = p.Page.Goto(address, playwright.PageGotoOptions{WaitUntil: playwright.WaitUntilStateLoad})
}

func (p *Person) toleratesNoSignal() {
	for _, part := range []string{"ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch", "Load failed", "NetworkError", "net::"} {
		p.Tolerate(part)
	}
}

func phoneOf(t *testing.T) *Person {
	who := chromium.NewPerson(t, Phone, Options{App: true})
	who.toleratesNoSignal()
	return who
}

// JT-12: without a signal the phone shows what was seen last, says from when it is, and comes
// back by itself. A first visit asks for nothing of the app.
func TestWithoutASignalThePhoneShowsWhatWasSeenLast(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := phoneOf(t)
	o.reads(maria)
	if asked := p.requests(); slices.ContainsFunc(asked, func(one string) bool {
		return strings.HasSuffix(one, "/worker.js") || strings.HasSuffix(one, "/offline")
	}) {
		t.Errorf("the first page asks for the app: %q", asked)
	}
	projectPage := p.url + "/hartwell/home/projects/" + p.project
	maria.Open(projectPage)
	maria.hires()
	maria.Open(projectPage)
	maria.Open(p.url + "/hartwell/home/inbox")
	maria.Open(p.url + "/hartwell/profile")
	paths := maria.keeps(2)
	if slices.ContainsFunc(paths, func(path string) bool { return strings.Contains(path, "/profile") }) {
		t.Errorf("the profile is kept: %q", paths)
	}

	maria.Offline(true)
	maria.opensWithoutSignal(projectPage)
	maria.Sees("You see this page as it was")
	maria.See(maria.Heading("Kitchen & ground-floor refit"), "the project")
	maria.LooksGood("phone-kept")
	maria.opensWithoutSignal(p.url + "/hartwell/home/agreements")
	maria.See(maria.Heading("No signal"), "the page without a signal")
	maria.Sees("Seen last on this device")
	maria.LooksGood("phone-offline")
	maria.Click(maria.Link("Kitchen & ground-floor refit"))
	maria.Sees("You see this page as it was")
	maria.opensWithoutSignal(p.url + "/hartwell/") // as the icon does
	maria.Sees("You see this page as it was")

	maria.Offline(false)
	maria.must(maria.Page.Locator(".kept-bar").WaitFor(playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateDetached, Timeout: patience}), "see the page as it is now")
}

// What Maria saw is gone when she signs out: the next person on this phone finds nothing.
func TestSigningOutForgetsWhatThePhoneHasKept(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := phoneOf(t)
	o.reads(maria)
	maria.Open(p.url + "/hartwell/home/inbox")
	maria.hires()
	maria.Open(p.url + "/hartwell/home/inbox")
	maria.keeps(1)
	maria.Click(maria.Page.Locator("header .me-dot").First())
	maria.Click(maria.Button("Sign out"))
	maria.Arrives("/sign-in")
	var names []string
	if maria.asks(`() => caches.keys()`, &names); len(names) > 0 {
		t.Errorf("after signing out the phone keeps %q", names)
	}
	maria.Offline(true)
	maria.opensWithoutSignal(p.url + "/hartwell/home/inbox")
	if shown, _ := maria.Page.Content(); strings.Contains(shown, "Kitchen") || strings.Contains(shown, "as it was") {
		t.Error("after signing out the phone shows a page of before")
	}
}

// Two people share a phone and nobody signs out: each sees what they saw themselves, never
// what the other did, whether they came by the page of their link or were there at once.
func TestOnASharedPhoneNobodySeesThePagesOfTheOther(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := phoneOf(t)
	o.reads(maria)
	secret := p.url + o.path
	maria.Open(secret)
	maria.hires()
	maria.Open(secret)
	maria.keeps(1)

	// The session changes behind the worker's back; its next page from the network is somebody else's.
	office := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(office, ownersAddress)
	theirs, err := office.Context.Cookies()
	office.must(err, "take the cookies")
	maria.must(maria.Context.ClearCookies(), "lose the cookies")
	var given []playwright.OptionalCookie
	for _, c := range theirs {
		given = append(given, playwright.OptionalCookie{Name: c.Name, Value: c.Value, Domain: playwright.String(c.Domain), Path: playwright.String(c.Path)})
	}
	maria.must(maria.Context.AddCookies(given), "be somebody else")
	maria.Open(p.url + "/hartwell/office/projects")
	for range 100 {
		if paths := maria.keeps(0); slices.Equal(paths, []string{"/hartwell/office/projects"}) {
			break
		}
		maria.asks(`() => new Promise(done => setTimeout(done, 50))`, nil)
	}
	if paths := maria.keeps(1); !slices.Equal(paths, []string{"/hartwell/office/projects"}) {
		t.Errorf("the phone keeps %q of two people", paths)
	}
	maria.Offline(true)
	maria.opensWithoutSignal(secret)
	maria.See(maria.Heading("No signal"), "no copy of another person's page")
	if shown, _ := maria.Page.Content(); strings.Contains(shown, "PR-") || strings.Contains(shown, "Quartz") {
		t.Error("the phone shows what another person saw")
	}

	// The page of a personal link is nobody's yet: it forgets at once.
	maria.Tolerate("status of 404") // the proposal is not for the office's address, nor are its pictures
	maria.Offline(false)
	maria.Gone(maria.Heading("No signal")) // the page asks again by itself
	maria.Open(o.link)
	maria.asks(`async () => { for (let i = 0; i < 100 && (await caches.keys()).some(n => n.includes(':pages:')); i++) await new Promise(r => setTimeout(r, 30)) }`, nil)
	if paths := maria.keeps(0); len(paths) > 0 {
		t.Errorf("the landing page leaves %q", paths)
	}
}

// A message that is posted without a signal waits, and is sent once when there is one again,
// however many tabs are open.
func TestAMessageWaitsForASignalAndIsSentOnce(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := phoneOf(t)
	o.reads(maria)
	second, err := maria.Context.NewPage()
	maria.must(err, "open another tab")
	_, err = second.Goto(p.url + o.path)
	maria.must(err, "open the proposal twice")

	maria.remembers()
	maria.Offline(true)
	composer := maria.Page.Locator("form.composer").First()
	maria.must(composer.Locator("textarea[name=text]").Fill("Can the socket stay?", playwright.LocatorFillOptions{Timeout: patience}), "write")
	maria.Click(composer.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post", Exact: playwright.Bool(true)}))
	maria.Sees("Waiting for signal. It is sent by itself.")
	maria.See(maria.Page.Locator(".waiting").Filter(hasText("Can the socket stay?")), "what waits")
	if left, _ := composer.Locator("textarea[name=text]").InputValue(); left != "" {
		t.Errorf("the field still holds %q", left)
	}

	maria.Offline(false)
	maria.See(maria.Page.Locator(".msg").Filter(hasText("Can the socket stay?")), "the message in the conversation")
	posts := 0
	for _, asked := range p.requests() {
		if asked == "POST /hartwell/messages/proposal/"+o.id {
			posts++
		}
	}
	if n, _ := maria.Page.Locator(".msg").Filter(hasText("Can the socket stay?")).Count(); n != 1 || posts != 1 {
		t.Errorf("the message stands there %d times after %d posts", n, posts)
	}
	if n, _ := maria.Page.Locator(".waiting").Count(); n != 0 {
		t.Error("the message still waits")
	}
}

// What is typed and not posted is there again after the page was closed.
func TestADraftOutlivesItsPage(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	field := func() playwright.Locator { return maria.Page.Locator("form.composer textarea[name=text]").First() }
	maria.must(field().Fill("About the"), "begin to write")
	maria.remembers()
	maria.must(field().Fill("About the worktop:"), "go on")
	maria.must(maria.Page.Close(), "close the page")
	visits(maria)
	maria.Open(p.url + o.path)
	maria.remembers()
	if got, _ := field().InputValue(); got != "About the worktop:" {
		t.Errorf("the field holds %q", got)
	}
}

// JT-40: a push message is shown on the device, and what it opens lies in the portal.
func TestAPushMessageIsShownAndOpensThePortalOnly(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := phoneOf(t)
	maria.must(maria.Context.GrantPermissions([]string{"notifications"}, playwright.BrowserContextGrantPermissionsOptions{Origin: playwright.String(p.url)}), "allow notifications")
	o.reads(maria)
	maria.Open(p.url + "/hartwell/home/inbox")
	session, err := maria.Context.NewCDPSession(maria.Page)
	maria.must(err, "talk to the browser")
	registered := make(chan string, 20)
	session.On("ServiceWorker.workerRegistrationUpdated", func(event map[string]any) {
		list, _ := event["registrations"].([]any)
		for _, one := range list {
			if r, ok := one.(map[string]any); ok && strings.HasSuffix(r["scopeURL"].(string), "/hartwell/") {
				select {
				case registered <- r["registrationId"].(string):
				default:
				}
			}
		}
	})
	_, err = session.Send("ServiceWorker.enable", map[string]any{})
	maria.must(err, "watch the worker")
	maria.hires()
	worker := <-registered
	push := func(data string) {
		_, err := session.Send("ServiceWorker.deliverPushMessage", map[string]any{"origin": p.url, "registrationId": worker, "data": data})
		maria.must(err, "deliver a push message")
	}
	push(`{"title":"Ruth wrote to you","body":"About the kitchen","url":"` + o.path + `","tag":"a"}`)
	push(`{"title":"Elsewhere","url":"https://evil.example/hartwell/","tag":"b"}`)
	push(`{"title":"Other firm","url":"/northgate/home","tag":"c"}`)
	push(`no JSON`)
	type shown struct{ Title, Body, Data string }
	var list []shown
	for range 100 {
		if maria.asks(`async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(n => ({Title: n.title, Body: n.body, Data: n.data}))`, &list); len(list) >= 4 {
			break
		}
		maria.asks(`() => new Promise(done => setTimeout(done, 50))`, nil)
	}
	want := map[string]string{"Ruth wrote to you": p.url + o.path, "Elsewhere": p.url + "/hartwell/", "Other firm": p.url + "/hartwell/", "Hartwell & Sons": p.url + "/hartwell/"}
	for _, one := range list {
		if want[one.Title] != one.Data {
			t.Errorf("%q opens %s, want %s", one.Title, one.Data, want[one.Title])
		}
	}
	if len(list) != 4 {
		t.Errorf("%d notifications are shown: %v", len(list), list)
	}
}

// JT-12: Chromium finds nothing that stands in the way of installing the portal.
func TestChromiumOffersToInstallThePortal(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	program, err := exec.LookPath("chromium")
	p.must(err, "find the browser")
	launch := launchOptions(program)
	kept, err := chromium.driver.Chromium.LaunchPersistentContext(t.TempDir(), playwright.BrowserTypeLaunchPersistentContextOptions{
		ExecutablePath: launch.ExecutablePath, ChromiumSandbox: launch.ChromiumSandbox, Args: launch.Args})
	p.must(err, "open a profile that is kept")
	defer kept.Close()
	page, err := kept.NewPage()
	p.must(err, "open a page")
	who := &Person{t: t, chromium: chromium, Context: kept, Page: page, device: Desktop}
	page.SetDefaultTimeout(*patience)
	p.enters(who, o.link, "Maria Ruiz")
	who.Arrives(o.path)
	session, err := kept.NewCDPSession(page)
	p.must(err, "talk to the browser")
	answer, err := session.Send("Page.getInstallabilityErrors", map[string]any{})
	p.must(err, "ask whether the portal can be installed")
	raw, err := json.Marshal(answer)
	p.must(err, "read the answer")
	if string(raw) != `{"installabilityErrors":[]}` {
		t.Errorf("the portal cannot be installed: %s", raw)
	}
}

// The page that explains the app fits every screen, opens the guide of the device, and comes
// from the profile. The offer on the first page stays away once it was refused.
func TestThePageAboutTheAppExplainsIt(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.Open(p.url + "/hartwell/profile")
	maria.Click(maria.Page.Locator("a[href='/hartwell/profile/app']").First())
	maria.See(maria.Heading("App on your phone"), "the page about the app")
	maria.Sees("First a password or a passkey")
	maria.LooksGood("phone-app")

	home := p.url + "/hartwell/home"
	maria.Open(home)
	if n, _ := maria.Page.Locator("install-hint:visible").Count(); n != 0 {
		t.Error("a first visit is offered the app")
	}
	visits(maria) // another tab is another visit
	maria.Open(home)
	maria.See(maria.Page.Locator("install-hint"), "the offer")
	maria.LooksGood("phone-hint")
	maria.Click(maria.Button("Not now"))
	visits(maria)
	maria.Open(home)
	maria.asks(`() => customElements.whenDefined('install-hint').then(() => true)`, nil)
	if n, _ := maria.Page.Locator("install-hint:visible").Count(); n != 0 {
		t.Error("the offer comes back after it was refused")
	}
}

// JT-10: whoever has one project has its parts at the bottom of the phone, and no menu.
func TestOneProjectHasItsPartsAtTheBottomOfThePhone(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	maria.Open(p.url + "/hartwell/home")
	bar := maria.Page.Locator("nav.tabbar")
	maria.See(bar.GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Project", Exact: playwright.Bool(true)}), "the project in the bar")
	maria.LooksGood("phone-bar")
	maria.Click(bar.GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Inbox", Exact: playwright.Bool(true)}))
	maria.Arrives("/hartwell/home/inbox")
	maria.Click(bar.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "More", Exact: playwright.Bool(true)}))
	maria.See(maria.Button("Sign out").Locator("visible=true"), "the account")
	if n, _ := maria.Page.Locator("aside.side").Count(); n != 0 {
		t.Error("one project brings a menu")
	}
}

// The ids that a browser makes for waiting messages are ids to the server.
func TestIdsFromTheBrowserAreIds(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := phoneOf(t)
	o.reads(maria)
	maria.remembers()
	maria.Offline(true)
	composer := maria.Page.Locator("form.composer").First()
	maria.must(composer.Locator("textarea[name=text]").Fill("First"), "write")
	maria.Click(composer.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Post", Exact: playwright.Bool(true)}))
	fresh, err := composer.Locator("input[name=id]").InputValue()
	maria.must(err, "read the id")
	if !id.Valid(fresh) {
		t.Errorf("%q is no id", fresh)
	}
}
