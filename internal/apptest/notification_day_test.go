package apptest

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/document"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/mail"
	"lintel/internal/platform/mailbox"
)

// notificationDay is a day between an office and a customer with two contacts: Una may use everything, Tue reads German and
// has no Files. Both projects are theirs; the office's owner does what the office does.
type notificationDay struct {
	planned
	ears             *listener
	one, two         string // the contacts' addresses
	leads            []string
	tue              *Client
	kitchen, house   string // projects
	owner, unaCalled string
	begun            int // the newest event before the day
}

func onANotificationDay(t *testing.T, run func(t *testing.T, d *notificationDay)) {
	onPlans(t, func(t *testing.T, p planned) {
		f, m := p.firm, p.firm.A
		d := &notificationDay{planned: p, one: m.One.Email, two: m.Two.Email, leads: []string{f.Staff[access.Owner].Email, f.Staff[access.Administrator].Email}, tue: p.As(m.Two),
			kitchen: p.project, house: m.Things.Project, owner: "Colleague owner " + f.Canary, unaCalled: m.One.Name}
		p.raw(`update people set language = 'de' where email_folded = '` + d.two + `'`)
		f.change(func(tx *guard.Tx) error {
			two, err := identity.CustomerByAddress(tx, d.two)
			if err != nil {
				return err
			}
			return identity.SetModules(tx, two.Person, identity.Scope{Customer: m.Things.Customer}, access.NewModuleSet(access.Projects, access.Documents, access.Schedule, access.Messages), "the test takes Files")
		})
		d.ears = p.listen()
		d.ears.heard()
		d.begun = p.lastEvent(f.Org)
		run(t, d)
	})
}

// told demands that since the last look exactly these people were told exactly this, in the portal and by mail.
func (d *notificationDay) told(what string, inbox, mails sayings) {
	d.t.Helper()
	gotInbox, gotMails := d.ears.heard()
	if !maps.Equal(gotInbox, inbox) {
		d.t.Errorf("%s: in the inbox %q, want %q", what, gotInbox, inbox)
	}
	if !maps.Equal(gotMails, mails) {
		d.t.Errorf("%s: by mail %q, want %q", what, gotMails, mails)
	}
}

// nothingTwice lets all jobs of the day run again, after which nobody may be told anything more.
func (d *notificationDay) nothingTwice() {
	d.t.Helper()
	d.jobsAgain()
	if inbox, mails := d.ears.heard(); len(inbox)+len(mails) > 0 {
		d.t.Errorf("when jobs run again %q is told once more, and %q by mail", inbox, mails)
	}
}

// jobsAgain queues everything that tells people or sends mail a second time, as it is after a crash between a job's work
// and the note that it is done.
func (d *notificationDay) jobsAgain() {
	d.t.Helper()
	list := []jobs.Job{{Kind: "send held letters"}, {Kind: "look for late letters"}}
	for _, line := range d.list(`select kind, id from events where org = '` + string(d.firm.Org) + `' and seq > ` + strconv.Itoa(d.begun)) {
		kind, of, _ := strings.Cut(line, "\x1f")
		for _, name := range d.App.Events.For(kind) {
			list = append(list, jobs.Job{Kind: event.JobKind(name), Arguments: event.Delivery{Event: of}})
		}
	}
	for _, of := range d.list(`select id from mails where org = '` + string(d.firm.Org) + `'`) {
		list = append(list, jobs.Job{Kind: "send mail", Arguments: map[string]string{"mail": of}})
	}
	for _, of := range d.list(`select id from incoming_mails where org = '` + string(d.firm.Org) + `'`) {
		list = append(list, jobs.Job{Kind: "read an incoming mail", Arguments: map[string]string{"mail": of}})
	}
	for i := range list {
		list[i].Organisation = string(d.firm.Org)
	}
	d.must(d.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error { return jobs.Insert(tx, d.Clock.Now(), list...) }))
}

// done demands that a form was taken.
func (d *notificationDay) done(what string, a Answer) {
	d.t.Helper()
	if a.Status != http.StatusSeeOther || strings.HasPrefix(a.Location, "/sign-in") {
		d.t.Fatalf("%s answers %d %s: %.500s", what, a.Status, a.Location, a.Body)
	}
}

func (d *notificationDay) officeWrites(project, text string) {
	d.t.Helper()
	d.done("writing", d.office.Post("/alder/messages/project/"+project, url.Values{"id": {id.New()}, "text": {text}}))
}

// officeShares uploads a file as the page's script does, into the customer's part of the project's files.
func (d *notificationDay) officeShares(name string) {
	d.t.Helper()
	content := dot()
	d.office.Header = http.Header{"Upload-Length": {strconv.Itoa(len(content))}, "X-File-Name": {url.PathEscape(name)}, "Upload-Offset": {"0"}}
	defer func() { d.office.Header = http.Header{} }()
	query := url.Values{"kind": {filing.Folders}, "on": {filing.On(d.kitchen, "", file.Shared)}}
	begun := d.office.Do(http.MethodPost, "/alder/uploads?"+query.Encode(), "", nil)
	if begun.Status != http.StatusCreated {
		d.t.Fatalf("the upload begins with %d: %s", begun.Status, begun.Body)
	}
	if sent := d.office.Do(http.MethodPatch, begun.Location, "application/offset+octet-stream", content); sent.Status != http.StatusNoContent {
		d.t.Fatalf("the upload ends with %d: %s", sent.Status, sent.Body)
	}
}

func (d *notificationDay) officeSendsProposal(title, recipient string) string {
	d.t.Helper()
	m := d.firm.A
	things := m.Things
	things.Project = d.kitchen
	made := m.proposal(things, title, d.contact(recipient), d.contact(d.two))
	d.must(d.App.Documents.RemoveRecipient(context.Background(), d.firm.Owner, made, d.contact(d.two)))
	desk, err := d.App.Documents.Workshop(context.Background(), d.firm.Owner, made, 0)
	d.must(err)
	d.done("sending", d.office.Post(document.OfficePath("alder", made)+"/send", url.Values{"revision": {strconv.Itoa(desk.Version.Revision)}}))
	return made
}

// chooses saves somebody's Notification Settings with every way but those that are named.
func (d *notificationDay) chooses(who *Client, rhythm notify.Rhythm, without ...string) {
	d.t.Helper()
	form := url.Values{"rhythm": {string(rhythm)}}
	for _, activity := range notify.Activities {
		for _, method := range notify.Methods {
			form.Set(string(activity)+"."+string(method), "1")
		}
	}
	for _, name := range without {
		form.Del(name)
	}
	d.done("the settings", who.Post(notify.SettingsPath("alder"), form))
}

func (d *notificationDay) newestMail(to string) mail.Parsed {
	list := d.Mails(to)
	return list[len(list)-1]
}

// reads demands that a page shows all of some texts.
func (d *notificationDay) reads(who *Client, path string, texts ...string) {
	d.t.Helper()
	page := who.Visit(path)
	for _, text := range texts {
		if page.Status != http.StatusOK || !strings.Contains(page.Body, text) {
			d.t.Errorf("%s answers %d without %q", path, page.Status, text)
		}
	}
}

// both gives the same words to everybody who leads the office.
func (d *notificationDay) both(words string) sayings {
	said := sayings{}
	for _, address := range d.leads {
		said.add(address, words)
	}
	return said
}

// S2: what the office does reaches the right contact in the right words, as they have chosen; answers and bounces come back
// to the office; everything once.
func TestS2AWholeDayOfNotifications(t *testing.T) {
	onANotificationDay(t, func(t *testing.T, d *notificationDay) {
		d.worksForACustomer()
		d.nothingTwice()
		d.respectsWhatWasChosen()
		d.nothingTwice()
		d.collectsForADigest()
		d.nothingTwice()
		d.takesAnAnswer()
		d.nothingTwice()
		d.marksABounce()
		d.nothingTwice()
	})
}

const inboxAtHome, inboxAtOffice = "/alder/home/inbox", "/alder/office/inbox"

func (d *notificationDay) worksForACustomer() {
	nobody := sayings{}

	d.officeWrites(d.kitchen, "The beams are on their way.")
	wrote := sayings{d.one: d.owner + " wrote on Xroof", d.two: d.owner + " hat zu Xroof geschrieben"}
	d.told("a message", wrote, wrote)
	if m := d.newestMail(d.one); !strings.Contains(m.Text, "The beams are on their way.") || !strings.Contains(m.Text, BaseURL+"/l/to/") {
		d.t.Errorf("the mail about a message says %q", m.Text)
	}
	d.reads(d.una, inboxAtHome, wrote[d.one])
	d.reads(d.tue, inboxAtHome, wrote[d.two])

	d.officeShares("Roof plan.png")
	added := sayings{d.one: d.owner + " added Roof plan.png to Xroof"}
	d.told("a file, which Tue may not see", added, added)
	d.reads(d.una, inboxAtHome, added[d.one])

	d.add(url.Values{"name": {"Xbeams"}, "starts": {"2026-11-05"}, "ends": {"2026-11-07"}, "who": {"Crew"}})
	d.told("a task that is not published", nobody, nobody)
	d.publish()
	here := sayings{d.one: "The schedule of Xroof is here", d.two: "Der Terminplan von Xroof ist da"}
	d.told("a schedule", here, here)
	d.reads(d.tue, inboxAtHome, here[d.two])

	proposal := d.officeSendsProposal("Roof", d.one)
	d.told("a proposal, which goes to Una alone", nobody, sayings{d.one: "Your proposal is ready: Roof for " + d.firm.A.Canary})
	d.reads(d.una, "/alder/home/proposals/"+proposal, "Roof for "+d.firm.A.Canary)
	if page := d.bee.Get(inboxAtHome).Body; strings.Contains(page, "Xroof") {
		d.t.Error("the other customer's inbox speaks of the project")
	}
	if page := d.office.Get(inboxAtOffice).Body; strings.Contains(page, "wrote on Xroof") {
		d.t.Error("the inbox of whoever wrote speaks of it")
	}
}

func (d *notificationDay) respectsWhatWasChosen() {
	d.chooses(d.una, notify.AtOnce, "files.email")
	d.officeShares("Chimney.png")
	d.told("a file, with mail about files turned off", sayings{d.one: d.owner + " added Chimney.png to Xroof"}, sayings{})
	d.officeWrites(d.kitchen, "Mail about messages is still on.")
	wrote := sayings{d.one: d.owner + " wrote on Xroof", d.two: d.owner + " hat zu Xroof geschrieben"}
	d.told("a message, with mail about files turned off", wrote, wrote)

	d.done("muting", d.una.Post("/alder/profile/notifications/mute", url.Values{"project": {d.house}, "silent": {"1"}}))
	before := d.bell(d.una)
	d.officeWrites(d.house, "Nothing that is urgent.")
	house := "House of " + d.firm.A.Canary
	wrote = sayings{d.one: d.owner + " wrote on " + house, d.two: d.owner + " hat zu " + house + " geschrieben"}
	d.told("a message in a project that Una has muted", wrote, sayings{d.two: wrote[d.two]})
	if d.bell(d.una) != before {
		d.t.Error("a muted project rings the bell")
	}
	d.officeWrites(d.kitchen, "In the other one.")
	d.ears.heard()
	if d.bell(d.una) == before {
		d.t.Error("the project that is not muted does not ring the bell")
	}
}

func (d *notificationDay) bell(who *Client) string {
	return ask(who, inboxAtHome+"/bell", "HX-Request", "true").Body
}

func (d *notificationDay) collectsForADigest() {
	d.chooses(d.tue, notify.Daily)
	morning := time.Date(2026, 10, 3, 7, 0, 0, 0, time.UTC)
	if now := d.Clock.Now(); now.After(morning) {
		d.t.Fatalf("the day has become %s", now)
	}
	d.officeWrites(d.kitchen, "First for the digest.")
	wrote := sayings{d.one: d.owner + " wrote on Xroof", d.two: d.owner + " hat zu Xroof geschrieben"}
	d.told("a message to a reader of digests", wrote, sayings{d.one: wrote[d.one]})
	d.add(url.Values{"name": {"Xtiles"}, "starts": {"2026-11-09"}})
	d.publish()
	changed := sayings{d.one: "The schedule of Xroof has changed", d.two: "Der Terminplan von Xroof hat sich geändert"}
	d.told("a schedule to a reader of digests", changed, sayings{d.one: changed[d.one]})
	d.officeWrites(d.house, "Second for the digest.")
	house := d.owner + " hat zu House of " + d.firm.A.Canary + " geschrieben"
	d.told("the other project to a reader of digests", sayings{d.one: d.owner + " wrote on House of " + d.firm.A.Canary, d.two: house}, sayings{})
	d.reads(d.tue, inboxAtHome, wrote[d.two], changed[d.two], house)

	d.Clock.Advance(morning.Add(-time.Second).Sub(d.Clock.Now()))
	d.told("a second before the digest's hour", sayings{}, sayings{})
	d.nothingTwice()
	d.Clock.Advance(time.Second)
	d.told("the digest's hour", sayings{}, sayings{d.two: "3 Neuigkeiten von Firm " + d.firm.Canary})
	digest := d.newestMail(d.two).Text
	for _, text := range []string{wrote[d.two], "First for the digest.", changed[d.two], house, "Second for the digest."} {
		if strings.Count(digest, text) != 1 {
			d.t.Errorf("the digest has %q %d times: %s", text, strings.Count(digest, text), digest)
		}
	}
	d.Clock.Advance(24 * time.Hour)
	d.told("the next morning, with nothing new", sayings{}, sayings{})
	d.office, d.una, d.tue = d.As(d.firm.Staff[access.Owner]), d.As(d.firm.A.One), d.As(d.firm.A.Two) // sessions have ended overnight
}

func (d *notificationDay) takesAnAnswer() {
	d.officeWrites(d.kitchen, "May we come on Thursday?")
	d.told("a question", sayings{d.one: d.owner + " wrote on Xroof", d.two: d.owner + " hat zu Xroof geschrieben"}, sayings{d.one: d.owner + " wrote on Xroof"})
	to := d.replyTo(d.one)
	raw := d.writes(answer{from: d.one, to: to, subject: "Re: " + d.newestMail(d.one).Subject, text: "Thursday is fine.\r\n\r\nOn 4 Oct 2026, Firm wrote:\r\n> May we come on Thursday?"})
	arrived := mailbox.Arrived{From: d.one, To: []string{to}, Raw: raw}
	d.must(d.App.Incoming.Keep(context.Background(), arrived))
	words := d.both(d.unaCalled + " wrote on Xroof")
	d.told("an answer by mail", words, words)
	d.must(d.App.Incoming.Keep(context.Background(), arrived))
	d.told("the same answer delivered twice", sayings{}, sayings{})

	talk := d.talk(d.una.Actor("alder", "/alder/home"), "project", d.kitchen)
	if count := strings.Count(strings.Join(talk, "\n"), "Thursday is fine."); count != 1 || talk[len(talk)-1] != "mail, customer: Thursday is fine." {
		d.t.Errorf("the conversation is %q", talk)
	}
	d.reads(d.office, "/alder/office/projects/"+d.kitchen, "Thursday is fine.", "By e-mail")
	d.reads(d.tue, "/alder/home/projects/"+d.kitchen, "Thursday is fine.")
	d.reads(d.office, inboxAtOffice, d.unaCalled+" wrote on Xroof")
}

func (d *notificationDay) marksABounce() {
	page := "/alder/office/customers/" + d.firm.A.Things.Customer + "/contacts/" + d.contact(d.one)
	if strings.Contains(d.office.Visit(page).Body, "came back") {
		d.t.Error("the contact is marked before anything came back")
	}
	d.officeWrites(d.kitchen, "See you on Thursday.")
	wrote := sayings{d.one: d.owner + " wrote on Xroof", d.two: d.owner + " hat zu Xroof geschrieben"}
	d.told("the mail that comes back", wrote, sayings{d.one: wrote[d.one]})
	report := "From: MAILER-DAEMON@mx.example\r\nTo: bounce@portal.example\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n" +
		"--B\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; " + d.one +
		"\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 unknown user\r\n\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + d.newestMail(d.one).MessageID + ">\r\n\r\n--B--\r\n"
	words := d.both("The e-mail “" + wrote[d.one] + "” to " + d.one + " came back")
	arrived := mailbox.Arrived{To: []string{"bounce@portal.example"}, Raw: []byte(report)}
	d.must(d.App.Incoming.Keep(context.Background(), arrived))
	d.told("a bounce", words, words)
	arrived.Raw = []byte(strings.Replace(report, "Sorry", "Sorry again", 1)) // another report about the same mail
	d.must(d.App.Incoming.Keep(context.Background(), arrived))
	d.told("the same mail reported again", sayings{}, sayings{})

	d.reads(d.office, page, "Mail to this address came back.", "unknown user")
	d.reads(d.office, "/alder/office/customers/"+d.firm.A.Things.Customer, d.unaCalled+" cannot be reached.")
	d.reads(d.office, inboxAtOffice, "to "+d.one+" came back")
	if other := d.office.Visit("/alder/office/customers/" + d.firm.A.Things.Customer + "/contacts/" + d.contact(d.two)).Body; strings.Contains(other, "came back") {
		d.t.Error("the other contact is marked too")
	}
	d.officeWrites(d.kitchen, "Are you there?")
	d.told("a message to whose mail comes back", wrote, sayings{})
}
