package apptest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"lintel/internal/features/dailylog"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/features/incoming"
	"lintel/internal/platform/mailbox"
)

// markup is what somebody types who wants it to run. It stands in every field of the hub.
const markup = `Xmark"><img src=x onerror=alert(1)>'</title><script>alert(1)</script>{{7*7}}[x](javascript:alert(1))`

var running = []string{"<img src=x", "<script>alert", `href="javascript:`, `href=javascript:`, "onerror=alert(1)>'<"}

// F02, F03, F05, E16: what people type in the hub is words on every page of both sides, in every mail, and in calendars.
func TestF02WhatPeopleTypeInTheHubIsWords(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.fillWithMarkup()
		x.RunJobs()
		seen := 0
		for _, r := range x.App.Table.Routes() {
			if r.Method != http.MethodGet || strings.HasPrefix(r.Pattern, "/api/") || strings.HasSuffix(r.Pattern, ".zip") {
				continue
			}
			path := lineOf(r).path("alder", x.a.Things, x.a.Things)
			for _, view := range []string{"", "view=list", "view=month&month=2026-10", "view=photos", "q=Xmark", "q=" + url.QueryEscape(markup), "choose=1"} {
				address := path
				if view != "" {
					if strings.Contains(path, "?") || !strings.Contains(r.Pattern, "schedule") && !strings.Contains(r.Pattern, "files") && !strings.Contains(r.Pattern, "search") && !strings.Contains(r.Pattern, "mails") {
						continue
					}
					address += "?" + view
				}
				for who, by := range map[string]*Client{"the office": x.office, "a customer": x.una} {
					for _, part := range []string{"", "true"} {
						got := ask(by, address, "HX-Request", part)
						if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
							continue
						}
						seen += strings.Count(got.Body, "Xmark")
						x.inert(who+", "+address, got.Body)
					}
				}
			}
		}
		x.refused(seen > 100, "the words stand on the pages %d times only", seen)
		for _, m := range x.Mails("") {
			x.inert("the mail "+m.Subject, m.HTML)
			for _, h := range m.Headers {
				x.refused(!strings.ContainsAny(h.Value, "\r\n"), "a header of %q has two lines", m.Subject)
			}
		}
	})
}

func (x *attacked) inert(where, html string) {
	x.t.Helper()
	for _, bad := range running {
		if at := strings.Index(html, bad); at >= 0 {
			x.t.Errorf("%s holds %s: …%s…", where, bad, html[max(0, at-120):min(len(html), at+60)])
			return
		}
	}
	x.refusals++
}

func (x *attacked) fillWithMarkup() {
	ctx, a, app := context.Background(), x.a.Things, x.App
	office := "/alder/office/projects/" + a.Project
	post := func(by *Client, path string, form url.Values) {
		x.t.Helper()
		if got := by.Post(path, form); got.Status != http.StatusSeeOther {
			x.t.Errorf("%s answers %d", path, got.Status)
		}
	}
	post(x.office, "/alder/messages/project/"+a.Project, url.Values{"text": {markup}})
	post(x.una, "/alder/messages/project/"+a.Project, url.Values{"text": {markup}})
	post(x.office, "/alder/messages/project/"+a.Project, url.Values{"text": {markup}, "internal": {"1"}})
	form := asking(markup)
	form.Set("description", markup)
	form.Set("place", markup)
	form.Set("wanted", markup)
	x.a.asks(x.t, x.una, form)
	post(x.office, office+"/schedule", url.Values{"name": {markup}, "kind": {"task"}, "starts": {"2026-10-05"}, "ends": {"2026-10-06"}, "who": {markup}, "note": {markup}, "own": {"1"}})
	plan, err := app.Schedules.Get(ctx, x.alder.Owner, a.Project)
	x.must(err)
	post(x.office, office+"/schedule/publish", url.Values{"revision": {strconv.Itoa(plan.State.Revision)}})
	log, err := app.DailyLogs.Begin(ctx, x.alder.Owner, a.Project, "2026-10-02")
	x.must(err)
	x.must(app.DailyLogs.Save(ctx, x.alder.Owner, a.Project, log.ID, 1, dailylog.Details{Day: "2026-10-02", OnSite: markup, Notes: markup}))
	x.must(app.DailyLogs.Share(ctx, x.alder.Owner, a.Project, log.ID))
	fileID, _ := x.upload(x.una, filing.Folders, filing.On(a.Project, "", file.Shared), markup+".png", dot())
	post(x.una, "/alder/files/"+fileID+"/rename", url.Values{"name": {markup}, "caption": {markup}})
	post(x.office, "/alder/files/"+a.File+"/rename", url.Values{"name": {markup}, "caption": {markup}})
	post(x.office, office+"/folders", url.Values{"name": {markup[:70]}})
	post(x.office, office+"/pairs", url.Values{"before": {a.File}, "after": {fileID}, "title": {markup[:70]}})
	raw := "From: \"" + strings.ReplaceAll(markup, `"`, `\"`) + "\" <" + x.a.One.Email + ">\r\nTo: reply@portal.example\r\nSubject: " + markup + "\r\nMessage-ID: <x@x.example>\r\nContent-Type: text/html\r\n\r\n<p>" + markup + "</p>\r\n"
	x.must(app.Incoming.Keep(ctx, mailbox.Arrived{From: x.a.One.Email, To: []string{"reply@portal.example"}, Raw: []byte(raw)}))
	x.RunJobs()
	waiting, err := app.Incoming.List(ctx, x.alder.Owner, incoming.Unmatched)
	x.must(err)
	x.a.Things.Letter = waiting[0].ID
	x.a.Things.Log = log.ID
}
