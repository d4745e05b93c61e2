package browser

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/message"
)

// says posts a message of the office in the project, as its page does.
func (p *portal) says(words string) {
	p.t.Helper()
	_, err := p.app.Messages.Post(p.t.Context(), p.ruth, message.Thread{Kind: "project", ID: p.project}, message.Draft{Body: words})
	p.must(err, "write in the project")
}

// noVendor stands in for the push service of the browser's vendor, which answers nobody here.
const noVendor = `(() => {
  let own = null
  const made = () => ({ endpoint: 'https://fcm.googleapis.com/fcm/send/of-a-test', toJSON: () => ({ endpoint: 'https://fcm.googleapis.com/fcm/send/of-a-test',
    keys: { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }),
    unsubscribe: async () => { own = null; sessionStorage.removeItem('push'); return true } })
  if (sessionStorage.getItem('push')) own = made()
  PushManager.prototype.getSubscription = async () => own
  PushManager.prototype.subscribe = async (options) => {
    if (options.applicationServerKey.length !== 65) throw new Error('no key')
    sessionStorage.setItem('push', '1')
    return own = made()
  }
  Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
  Notification.requestPermission = async () => 'granted'
})()`

// JT-38, JT-39: everybody chooses what they are told and on which ways; the green toggle goes back to the firm's defaults.
func TestJT39MariaChoosesWhatSheIsTold(t *testing.T) {
	for _, device := range []Device{Desktop, Phone} {
		t.Run(map[Device]string{Desktop: "desktop", Phone: "phone"}[device], func(t *testing.T) {
			p := openPortal(t)
			o := p.sends()
			maria := chromium.NewPerson(t, device, Options{})
			o.reads(maria)
			settings := p.url + "/hartwell/profile/notifications"
			maria.Open(p.url + "/hartwell/profile")
			maria.See(maria.Page.Locator("a[href$='/profile/notifications']"), "the way to her Notification Settings")
			maria.Open(settings)
			maria.LooksGood("notifications-defaults")
			maria.Gone(maria.Page.Locator(".ways-r").First())
			maria.must(maria.Page.Locator(".toggle input").SetChecked(false, playwright.LocatorSetCheckedOptions{Force: playwright.Bool(true)}), "turn the defaults off")
			maria.See(maria.Page.Locator(".ways-r").First(), "her own choices")
			maria.must(maria.Page.Locator("[name='messages.email']").Uncheck(), "untick mail about messages")
			maria.LooksGood("notifications-own")
			maria.Click(maria.Button("Save Changes"))
			maria.Sees("Saved.")
			for name, want := range map[string]bool{"messages.email": false, "messages.portal": true, "files.email": true} {
				if on, err := maria.Page.Locator("[name='" + name + "']").IsChecked(); err != nil || on != want {
					t.Errorf("%s is %v, %v", name, on, err)
				}
			}
			sofar := p.post.count()
			p.says("The worktop comes on Tuesday.")
			maria.toldOf(p, 1)
			maria.Sees("wrote on")
			maria.LooksGood("notifications-inbox")
			if _, mailed, _ := p.post.find(mariasAddress, "worktop", sofar); mailed {
				t.Error("Maria is mailed what she does not want by mail")
			}
		})
	}
}

// SY-06: the bell counts by itself while a page is open, and not any more when all is read.
func TestTheBellCountsWhileThePageIsOpen(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Desktop, Options{})
	o.reads(maria)
	answered(maria, "/live", func() { maria.Open(p.url + "/hartwell/home/inbox") }) // from then on the page hears of what changes
	bell := maria.Page.Locator("a[data-live^='person:']")
	maria.See(bell, "the bell")
	p.says("The worktop comes on Tuesday.")
	maria.See(bell.Locator(".new"), "the number on the bell, without a reload")
	maria.Reload()
	maria.Click(maria.Button("Mark all read"))
	maria.Sees("Everything is marked as read.")
	maria.Gone(bell.Locator(".new"))
}

// JT-40: each phone is turned on by itself, is listed, and can be taken off again.
func TestJT40APhoneIsTurnedOnForPush(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Phone, Options{App: true})
	maria.must(maria.Context.AddInitScript(playwright.Script{Content: playwright.String(noVendor)}), "stand in for the push service")
	o.reads(maria)
	settings := p.url + "/hartwell/profile/notifications"
	maria.Open(settings)
	maria.Click(maria.Button("Notify me on this device"))
	o.provesTheMailbox(maria) // a device outlives the link that she came by
	maria.Click(maria.Button("Notify me on this device"))
	maria.Sees("Notifications are on for this device.")
	maria.Reload()
	maria.Sees("Notifications are on for this device.")
	device := maria.Page.Locator("#devices li")
	maria.See(device, "the phone in the list")
	maria.LooksGood("notifications-device")
	maria.Click(device.GetByRole("button"))
	maria.Sees("This device gets no more push messages.")
	maria.Gone(maria.Page.Locator("#devices li"))
}

var endsMail = regexp.MustCompile(`https?://[^\s"()]+/u/[a-z0-9]+`)

// The link at the end of a mail ends mail of that kind, without signing in.
func TestTheLinkAtTheEndOfAMailEndsIt(t *testing.T) {
	p := openPortal(t)
	maria := chromium.NewPerson(t, Phone, Options{})
	p.sends().reads(maria)
	p.says("The worktop comes on Tuesday.")
	told := p.mailTo(mariasAddress, "worktop comes")
	address := endsMail.FindString(told.Text)
	if address == "" || !strings.Contains(told.HTML, address) {
		t.Fatalf("the mail does not say how to end it:\n%s", told.Text)
	}
	anybody := chromium.NewPerson(t, Phone, Options{})
	anybody.Open(address)
	anybody.LooksGood("unsubscribe")
	anybody.Click(anybody.Button("Stop these e-mails"))
	anybody.See(anybody.Heading("You get no more of these e-mails"), "that it is done")
	anybody.LooksGood("unsubscribed")
	sofar := p.post.count()
	p.says("The tiles come on Friday.")
	maria.toldOf(p, 2)
	if _, mailed, _ := p.post.find(mariasAddress, "tiles", sofar); mailed {
		t.Error("mail comes although it was ended")
	}
}

// toldOf opens somebody's inbox until as many new notices are in it.
func (p *Person) toldOf(at *portal, count int) {
	p.t.Helper()
	for range 60 {
		p.Open(at.url + "/hartwell/home/inbox")
		if n, err := p.Page.Locator("a[data-live^='person:'] .new").Filter(hasText(strconv.Itoa(count))).Count(); err == nil && n > 0 {
			return
		}
	}
	p.t.Fatalf("%d notices never came", count)
}

// A project's page mutes it and lets it speak again.
func TestAProjectIsMutedOnItsPage(t *testing.T) {
	p := openPortal(t)
	o := p.sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	page := p.url + "/hartwell/home/projects/" + p.project
	maria.Open(page)
	maria.Click(maria.Button("Mute this project"))
	maria.Arrives("/hartwell/home/projects/" + p.project)
	maria.Sees("Muted.")
	maria.See(maria.Button("Unmute"), "the way back")
	maria.LooksGood("notifications-muted")
	maria.Open(p.url + "/hartwell/profile/notifications")
	maria.Click(maria.Page.GetByRole("button", playwright.PageGetByRoleOptions{Name: "Unmute"}))
	maria.Sees("again.")
}
