package apptest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
)

// aSubscription is what a browser sends that wants push messages.
const aSubscription = `{"endpoint":"https://fcm.googleapis.com/fcm/send/x","keys":{"p256dh":"BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM","auth":"c2l4dGVlbiBieXRlcyBpdA"}}`

// A13, B21: a link for one document is no way to all the rest of the hub, nor to anything that lasts longer than the link.
func TestB21ALinkToOneDocumentOpensNothingOfTheHub(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.alder.LinkPolicy(organisation.LinkItem)
		holder := x.Browser()
		holder.Visit(strings.TrimPrefix(x.LinkTo(x.a.One.Email, "Proposal"), BaseURL))
		entered := holder.Post("/l", nil)
		actor := holder.Actor("alder", "/alder/home")
		if actor.Item() == "" || actor.Kind() != access.Customer {
			t.Fatalf("the link leads to %s as %+v", entered.Location, actor)
		}
		a := x.a.Things
		talk := url.Values{"text": {"Xlink"}}
		for _, path := range []string{"/alder/feed/" + a.Project, "/alder/messages/project/" + a.Project, "/alder/messages/request/" + a.Request, "/alder/projects/" + a.Project + "/files", "/alder/projects/" + a.Project + "/files.zip",
			"/alder/home/projects/" + a.Project + "/schedule", "/alder/home/projects/" + a.Project + "/logs/" + a.Log, "/alder/home/requests/" + a.Request, "/alder/files/" + a.Photo, "/alder/files/" + a.File} {
			got := holder.Get(path)
			x.refused(got.Status >= 400, "%s answers %d %s", path, got.Status, got.Location)
		}
		for path, form := range map[string]url.Values{"/alder/messages/project/" + a.Project: talk, "/alder/home/requests": asking("Xlink"), "/alder/home/projects/" + a.Project + "/schedule/tasks/" + a.Task + "/tick": {"done": {"1"}},
			"/alder/projects/" + a.Project + "/files/seen": {}, "/alder/uploads?kind=files&on=" + url.QueryEscape(a.Project+"//"): {}} {
			got := holder.Post(path, form)
			x.refused(got.Status >= 400, "POST %s answers %d %s", path, got.Status, got.Location)
		}
		made := holder.Post("/alder/profile/calendar", url.Values{"scope": {"all"}})
		if found := feedAddress.FindStringSubmatch(made.Body); found != nil {
			events := readCalendar(t, x.Browser().Get(found[1]).Body)
			x.refused(len(events) == 0, "a link to one document makes a calendar of %d entries", len(events))
		} else {
			x.refused(made.Status != http.StatusOK, "a calendar feed: %d", made.Status)
		}
		device := holder.Do(http.MethodPost, "/alder/profile/push", "application/json", []byte(aSubscription))
		x.refused(device.Status == http.StatusForbidden, "a link to one document gives a device the notices of everything: %d", device.Status)
		stream := holder.Follow("alder", "", "project:"+a.Project, "proposal:"+x.b.Things.Proposal)
		x.a.remarkOn(message.Thread{Kind: "project", ID: a.Project}, "Xsecret", false)
		x.a.remark(a.Proposal, "Xopen", false)
		if stream.Status == http.StatusOK {
			x.refused(stream.Quiet() || !stream.Hears("project:"+a.Project), "the page of one document hears of its project")
			stream.Close()
		}
		for _, q := range []string{x.a.Canary, "Xsecret", x.b.Canary} {
			got := holder.Get("/alder/home/search?q=" + q)
			for _, other := range []string{"Xsecret", a.Project + `"`, a.Log, a.Task, x.b.Canary} {
				x.refused(!strings.Contains(strings.ReplaceAll(got.Body, `value="`+q, ""), other) || other == q, "a search for %s shows %s", q, other)
			}
		}
	})
}

// A13, B21: who holds somebody's link, perhaps forwarded, makes nothing of it that outlives the link, before a code that goes to
// the mailbox says whose browser it is.
func TestB21AForwardedLinkMakesNothingThatOutlivesIt(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.must(x.App.Organisations.SavePolicies(t.Context(), x.alder.Owner, organisation.Policies{ConfirmPolicy: organisation.ConfirmFirst, LinkPolicy: organisation.LinkPortal, LinkDays: 30}))
		holder := x.Browser()
		holder.Visit(strings.TrimPrefix(x.LinkTo(x.a.One.Email, "Proposal"), BaseURL))
		holder.Post("/l", nil)
		made := holder.Post("/alder/profile/calendar", url.Values{"scope": {"mine"}})
		x.refused(made.Status == http.StatusSeeOther && strings.HasPrefix(made.Location, "/alder/confirm?next="), "a calendar feed: %d %s", made.Status, made.Location)
		device := holder.Do(http.MethodPost, "/alder/profile/push", "application/json", []byte(aSubscription))
		x.refused(device.Status == http.StatusOK && strings.Contains(device.Body, `"confirm":"/alder/confirm?next=`), "a device: %d %s", device.Status, device.Body)
		x.refused(!strings.Contains(holder.Get("/alder/profile/notifications").Body, `name="device"`), "the device stands in the list")
	})
}
