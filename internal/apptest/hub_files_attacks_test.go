package apptest

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
	"lintel/internal/platform/id"
)

// What people do with the limits of the hub: too much, too long, in circles, behind somebody else's file, and under names that
// look like others.
func TestTheHubHasLimits(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.under("E16 names are what they look like", trickyNames)
		x.under("I07 talk has limits", longTalk)
		x.under("I07 files and folders have limits", manyFolders)
		x.under("E09 announcing takes nobody's space", announcements)
		x.under("fault 25 plans have limits", tangledPlans)
		x.under("E04 a new version makes an old file no younger", youngVersions)
	})
}

func (x *attacked) upload(by *Client, kind, on, name string, content []byte) (fileID string, status int) {
	actor := by.Actor("alder", "/alder/home")
	if by == x.office {
		actor = x.alder.Owner
	}
	u, err := x.App.Files.Begin(context.Background(), actor, file.NewUpload{Kind: kind, On: on, Name: name, Size: int64(len(content))})
	if err != nil {
		return "", http.StatusNotFound
	}
	if _, err = x.App.Files.Append(context.Background(), actor, u.ID, 0, bytes.NewReader(content)); err != nil {
		return u.ID, http.StatusConflict
	}
	return u.ID, http.StatusCreated
}

// A customer removes what they added for a day: not by way of a newer version, nor what the office has gone on from.
func youngVersions(x *attacked) {
	a := x.a.Things
	there := func(fileID string) bool {
		return x.office.Get("/alder/files/"+fileID+"/details").Status == http.StatusOK
	}
	old, _ := x.upload(x.una, filing.Folders, filing.On(a.Project, "", file.Shared), "Contract.png", dot())
	x.Clock.Advance(50 * time.Hour)
	x.office = x.As(x.alder.Staff[access.Owner]) // whose session has ended meanwhile
	newer, status := x.upload(x.una, filing.NextVersions, old, "Contract 2.png", dot())
	if status != http.StatusCreated {
		x.t.Fatal("a customer adds no version to their own file")
	}
	x.una.Post("/alder/files/"+newer+"/remove", url.Values{})
	x.refused(there(old) && there(newer), "a file of the day before yesterday is gone, by a version of today")
	fresh, _ := x.upload(x.una, filing.Folders, filing.On(a.Project, "", file.Shared), "Offer.png", dot())
	theirs, status := x.upload(x.office, filing.NextVersions, fresh, "Offer, corrected.png", dot())
	if status != http.StatusCreated {
		x.t.Fatal("the office adds no version")
	}
	x.una.Post("/alder/files/"+fresh+"/remove", url.Values{})
	x.refused(there(fresh) && there(theirs), "what the office has gone on from is gone")
	got := x.una.Post("/alder/files/"+theirs+"/remove", url.Values{})
	x.refused(got.Status == http.StatusForbidden && there(theirs), "the office's version is removed: %d", got.Status)
	_, status = x.upload(x.una, filing.NextVersions, theirs, "Offer, mine again.png", dot())
	x.refused(status != http.StatusCreated, "a customer goes on from the office's version")
	_, status = x.upload(x.una, filing.NextVersions, fresh, "Offer, mine again.png", dot())
	x.refused(status != http.StatusCreated, "a customer goes on from a version that has a newer one")
}

func trickyNames(x *attacked) {
	a := x.a.Things
	on := filing.On(a.Project, "", file.Shared)
	for _, name := range []string{"invoice\u202efdp.exe", "a\u2066b\u2069.png", "\u200b.png", "..", "../../../etc/cron.d/x", `..\..\x.png`, "/", "C:\\x.png", "a\r\nContent-Type: text/html.png", "CON.png ", ".htaccess", strings.Repeat("ü", 400) + ".png", "a\x00.png", "=cmd|' /C calc'!A1.csv"} {
		fileID, status := x.upload(x.una, filing.Folders, on, name, dot())
		if status != http.StatusCreated {
			x.refused(true, "")
			continue
		}
		got := x.office.Get("/alder/files/" + fileID)
		disposition := got.Header.Get("Content-Disposition")
		x.refused(!strings.ContainsAny(disposition, "\r\n\x00") && !strings.ContainsAny(disposition, "\u202e\u2066\u200b") && !strings.Contains(disposition, "%E2%80%AE") && !strings.Contains(disposition, "..") &&
			!strings.Contains(strings.ToLower(disposition), "%2f") && len(disposition) < 4000, "%q is saved as %q", name, disposition)
		x.una.Post("/alder/files/"+fileID+"/remove", url.Values{})
	}
	for _, name := range []string{"..", "a/../../b", "\u202eevil", "a\r\nb", "  ", "/", strings.Repeat("a", 81)} {
		x.office.Post("/alder/office/projects/"+a.Project+"/folders", url.Values{"name": {name}})
	}
	var bad int
	x.read(&bad, `select count(*) from file_folders where org = $1 and (name like '%..%' or name like '%/%' or length(name) > 80 or name = '' or name like $2)`, string(x.alder.Org), "%\u202e%")
	x.refused(bad == 0, "%d folders have names that no folder may have", bad)
}

func longTalk(x *attacked) {
	a := x.a.Things
	talk := "/alder/messages/project/" + a.Project
	say := func(text string, more ...string) url.Values {
		form := url.Values{"id": {id.New()}, "text": {text}}
		for i := 0; i+1 < len(more); i += 2 {
			form.Add(more[i], more[i+1])
		}
		return form
	}
	mentions := say("hello")
	for range 10_000 {
		mentions.Add("mention", id.New())
	}
	files := say("hello")
	for range 10_000 {
		files.Add("file", id.New())
	}
	huge := say(strings.Repeat("@Colleague owner "+x.alder.Canary+" ", 300))
	x.refuse(
		attempt{"100,000 characters", x.una, talk, say(strings.Repeat("a", 100_000)), 422},
		attempt{"100,000 letters of four bytes", x.una, talk, say(strings.Repeat("\U0001f600", 100_000)), 422},
		attempt{"three megabytes", x.una, talk, say(strings.Repeat("a", 3<<20)), 413},
		attempt{"10,000 mentions", x.una, talk, mentions, 422},
		attempt{"10,000 files", x.una, talk, files, 422},
		attempt{"nothing but space", x.una, talk, say(" \n\t "), 422},
		attempt{"a bell", x.una, talk, say("ding\a"), 422},
		attempt{"a request of 100,000 characters", x.una, "/alder/home/requests", url.Values{"id": {id.New()}, "title": {"x"}, "description": {strings.Repeat("a", 100_000)}}, 422},
		attempt{"a reason of 100,000 characters", x.office, "/alder/office/requests/" + a.Request + "/decline", url.Values{"reason": {strings.Repeat("a", 100_000)}}, 422},
		attempt{"notes of 100,000 characters", x.office, "/alder/office/projects/" + a.Project + "/logs/" + a.Log, url.Values{"day": {"2026-10-02"}, "notes": {strings.Repeat("a", 100_000)}, "revision": {"2"}}, 422},
		attempt{"a caption of 100,000 characters", x.office, "/alder/files/" + a.File + "/rename", url.Values{"name": {"x"}, "caption": {strings.Repeat("a", 100_000)}}, 422},
	)
	if got := x.una.Post(talk, huge); got.Status != http.StatusSeeOther {
		x.t.Errorf("a long message answers %d", got.Status)
	}
	before := len(x.Mails(x.alder.Staff[access.Owner].Email))
	x.RunJobs()
	x.refused(len(x.Mails(x.alder.Staff[access.Owner].Email)) == before+1, "300 times one name are %d mails", len(x.Mails(x.alder.Staff[access.Owner].Email))-before)
}

func manyFolders(x *attacked) {
	a := x.a.Things
	for i := range 230 {
		x.office.Post("/alder/office/projects/"+a.Project+"/folders", url.Values{"name": {"Folder " + strings.Repeat("i", 1+i%40) + id.New()}})
	}
	var folders int
	x.read(&folders, `select count(*) from file_folders where project = $1`, a.Project)
	x.refused(folders == 200, "a project has %d folders", folders)
	many := url.Values{"folder": {a.Folder}}
	for range 5000 {
		many.Add("file", id.New())
	}
	got := x.office.Post("/alder/office/projects/"+a.Project+"/files/move", many)
	x.refused(got.Status == http.StatusUnprocessableEntity, "moving 5,000 files answers %d", got.Status)
	delete(many, "folder")
	got = x.office.Get("/alder/projects/" + a.Project + "/files.zip?" + many.Encode()[:60_000])
	x.refused(got.Status >= 400 && got.Status < 500, "an archive of 2,000 names answers %d", got.Status)
}

func tangledPlans(x *attacked) {
	ctx, a := context.Background(), x.a.Things
	base := "/alder/office/projects/" + a.Project + "/schedule"
	task := func(name string, more ...string) url.Values {
		form := url.Values{"name": {name}, "kind": {"task"}, "starts": {"2026-11-02"}, "ends": {"2026-11-03"}}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	ids := map[string]string{}
	for _, name := range []string{"Xone", "Xtwo", "Xthree"} {
		x.office.Post(base, task(name))
	}
	plan, err := x.App.Schedules.Get(ctx, x.alder.Owner, a.Project)
	x.must(err)
	for _, t := range plan.Tasks {
		ids[t.Name] = t.ID
	}
	follow := func(one, other string) Answer {
		return x.office.Post(base+"/tasks/"+ids[one], task(one, "revision", "1", "follows", ids[other]))
	}
	follow("Xone", "Xtwo")
	follow("Xtwo", "Xthree")
	x.refuse(
		attempt{"a circle of three", x.office, base + "/tasks/" + ids["Xthree"], task("Xthree", "revision", "1", "follows", ids["Xone"]), 422},
		attempt{"itself", x.office, base + "/tasks/" + ids["Xthree"], task("Xthree", "revision", "1", "follows", ids["Xthree"]), 422},
		attempt{"the year 9999", x.office, base, task("X", "starts", "9999-12-31", "ends", "9999-12-31"), 422},
		attempt{"the year 0", x.office, base, task("X", "starts", "0000-01-01"), 422},
		attempt{"the year -1", x.office, base, task("X", "starts", "-0001-01-01"), 422},
		attempt{"a hundred years", x.office, base, task("X", "ends", "2126-11-02"), 422},
		attempt{"the end before the beginning", x.office, base, task("X", "ends", "2026-11-01"), 422},
		attempt{"a kind that there is not", x.office, base, task("X", "kind", "meeting"), 422},
		attempt{"minus one percent", x.office, base, task("X", "progress", "-1"), 422},
		attempt{"a log of the year 9999", x.office, "/alder/office/projects/" + a.Project + "/logs", url.Values{"day": {"9999-12-31"}}, 422},
		attempt{"a move to the year 9999", x.office, base + "/tasks/" + ids["Xthree"] + "/move", url.Values{"starts": {"9999-12-31"}, "ends": {"9999-12-31"}, "revision": {"1"}}, 303},
	)
	far := task("Xthree", "revision", "1", "starts", "2199-12-30", "ends", "2199-12-30", "along", "1") // what follows would be moved out of time
	got := x.office.Post(base+"/tasks/"+ids["Xthree"], far)
	plan, err = x.App.Schedules.Get(ctx, x.alder.Owner, a.Project)
	x.must(err)
	for _, t := range plan.Tasks {
		x.refused(t.Ends < "2200", "%s ends %s, the move answers %d", t.Name, t.Ends, got.Status)
	}
	echo := task("Xecho")
	for range 20_000 {
		echo.Add("follows", ids["Xone"])
	}
	began := time.Now()
	got = x.office.Post(base, echo)
	x.refused(got.Status < 500 && time.Since(began) < 2*time.Second, "a task that follows one 20,000 times answers %d after %v", got.Status, time.Since(began))
	for _, view := range []string{"9999-12", "0000-00", "-1", "2026-13", "99999999999-1"} {
		for _, path := range []string{base + "?view=month&month=" + view, strings.Replace(base, "/office/", "/home/", 1) + "?view=month&month=" + view} {
			by := x.office
			if strings.Contains(path, "/home/") {
				by = x.una
			}
			got := by.Get(path)
			x.refused(got.Status < 500 && len(got.Body) < 1<<20, "%s: %d, %d bytes", path, got.Status, len(got.Body))
		}
	}
}

// One person who announces large files and sends nothing does not take the space of the whole firm.
func announcements(x *attacked) {
	ctx, una, bee := context.Background(), x.una.Actor("alder", "/alder/home"), x.bee.Actor("alder", "/alder/home")
	announce := func(who access.Actor, project string) error {
		_, err := x.App.Files.Begin(ctx, who, file.NewUpload{Kind: filing.Folders, On: filing.On(project, "", file.Shared), Name: "film.mp4", Size: file.MaxFile})
		return err
	}
	begun := 0
	for range 60 {
		if announce(una, x.a.Things.Project) != nil {
			break
		}
		begun++
	}
	x.refused(begun >= 2 && begun <= 10, "one person announces %d files of 2 GB", begun)
	err := announce(bee, x.b.Things.Project)
	x.refused(err == nil, "somebody else then gets %v", err)
}
