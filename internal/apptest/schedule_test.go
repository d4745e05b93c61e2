package apptest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/features/schedule"
)

// planned is a firm with a project whose schedule nobody has begun.
type planned struct {
	*Portal
	t           *testing.T
	firm, other *Firm
	project     string
	office      *Client
	una, bee    *Client // the project's customer; another customer of the firm
}

func onPlans(t *testing.T, run func(t *testing.T, p planned)) {
	OnBoth(t, func(t *testing.T, portal *Portal) {
		alder, birch := portal.Twins()
		made, err := portal.App.Projects.Create(context.Background(), alder.Owner, project.Draft{Name: "Xroof", Customer: alder.A.Things.Customer})
		portal.must(err)
		portal.RunJobs()
		run(t, planned{portal, t, alder, birch, made.ID, portal.As(alder.Staff[access.Owner]), portal.As(alder.A.One), portal.As(alder.B.One)})
	})
}

func (p planned) plan() schedule.Plan {
	p.t.Helper()
	plan, err := p.App.Schedules.Get(context.Background(), p.firm.Owner, p.project)
	p.must(err)
	return plan
}

func (p planned) task(name string) schedule.Task {
	p.t.Helper()
	for _, task := range p.plan().Tasks {
		if task.Name == name {
			return task
		}
	}
	p.t.Fatalf("no task is called %s", name)
	return schedule.Task{}
}

func (p planned) add(form url.Values) {
	p.t.Helper()
	if form.Get("kind") == "" {
		form.Set("kind", "task")
	}
	if got := p.office.Post(schedule.OfficeURL(p.firm.Slug, p.project), form); got.Status != http.StatusSeeOther {
		p.t.Fatalf("adding %v answers %d: %s", form, got.Status, got.Body)
	}
}

func (p planned) publish() {
	p.t.Helper()
	form := url.Values{"revision": {strconv.Itoa(p.plan().State.Revision)}}
	if got := p.office.Post(schedule.OfficeURL(p.firm.Slug, p.project)+"/publish", form); got.Status != http.StatusSeeOther {
		p.t.Fatalf("publishing answers %d", got.Status)
	}
}

func (p planned) home() string { return schedule.CustomerURL(p.firm.Slug, p.project) }

// O5: the schedule stays hidden until it is published, and later edits until the next time.
func TestAScheduleIsSeenAsItWasPublished(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		p.add(url.Values{"name": {"Xbeams"}, "starts": {"2026-10-05"}, "ends": {"2026-10-07"}, "who": {"Crew"}})
		p.add(url.Values{"name": {"Xtiles"}, "starts": {"2026-10-08"}, "ends": {"2026-10-09"}, "own": {"1"}, "follows": {p.task("Xbeams").ID}})
		if page := p.una.Get(p.home()); page.Status != http.StatusOK || strings.Contains(page.Body, "Xbeams") {
			t.Errorf("before it is published the customer gets %d with the tasks: %v", page.Status, strings.Contains(page.Body, "Xbeams"))
		}
		p.publish()
		if page := p.una.Get(p.home()).Body; !strings.Contains(page, "Xbeams") || !strings.Contains(page, "Xtiles") {
			t.Error("what was published is not on the customer's page")
		}
		beams := p.task("Xbeams")
		p.must(p.App.Schedules.Move(context.Background(), p.firm.Owner, p.project, beams.ID, beams.Revision, "2026-10-06", "2026-10-10", true))
		p.add(url.Values{"name": {"Xsecret"}, "starts": {"2026-10-20"}})
		for _, view := range []string{"", "?view=list", "?view=month"} {
			if page := p.una.Get(p.home() + view).Body; strings.Contains(page, "Xsecret") || strings.Contains(page, "12 Oct") {
				t.Errorf("the view %q shows the customer what is not published", view)
			}
		}
		if tiles := p.task("Xtiles"); tiles.Starts != "2026-10-11" || tiles.Ends != "2026-10-12" {
			t.Errorf("what follows was not moved along: %s to %s", tiles.Starts, tiles.Ends)
		}
		if review := p.office.Get(schedule.OfficeURL(p.firm.Slug, p.project) + "/publish").Body; !strings.Contains(review, "New: Xsecret") || !strings.Contains(review, "Xbeams moves") {
			t.Error("the last look does not say what will change")
		}
		p.publish()
		if page := p.una.Get(p.home() + "?view=list").Body; !strings.Contains(page, "Xsecret") {
			t.Error("the second publish shows nothing new")
		}
		p.must(p.App.Schedules.Withdraw(context.Background(), p.firm.Owner, p.project))
		if page := p.una.Get(p.home()).Body; strings.Contains(page, "Xbeams") {
			t.Error("a schedule that was hidden again is still there")
		}
	})
}

func TestTwoColleaguesDoNotOverwriteEachOther(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		p.add(url.Values{"name": {"Xbeams"}, "starts": {"2026-10-05"}, "ends": {"2026-10-07"}})
		task, at := p.task("Xbeams"), schedule.OfficeURL(p.firm.Slug, p.project)+"/tasks/"+p.task("Xbeams").ID
		mine := url.Values{"name": {"Xgirders"}, "kind": {"task"}, "starts": {"2026-10-05"}, "ends": {"2026-10-06"}, "revision": {strconv.Itoa(task.Revision)}}
		if got := p.office.Post(at, mine); got.Status != http.StatusSeeOther {
			t.Fatalf("the first save answers %d", got.Status)
		}
		theirs := url.Values{"name": {"Xjoists"}, "kind": {"task"}, "starts": {"2026-10-05"}, "ends": {"2026-10-08"}, "revision": {strconv.Itoa(task.Revision)}}
		got := p.office.Post(at, theirs)
		if got.Status != http.StatusConflict || !strings.Contains(got.Body, "Name: Xgirders") || !strings.Contains(got.Body, `value="Xjoists"`) {
			t.Errorf("the second save answers %d; it must say what the first one says now and keep what was typed", got.Status)
		}
		p.office.Header.Set("HX-Request", "true")
		move := p.office.Post(at+"/move", url.Values{"starts": {"2026-10-09"}, "ends": {"2026-10-10"}, "revision": {strconv.Itoa(task.Revision)}})
		p.office.Header.Del("HX-Request")
		if move.Status != http.StatusConflict || !strings.Contains(move.Body, "has changed Xgirders in the meantime") || strings.Contains(move.Body, "<html") {
			t.Errorf("a stale drag answers %d", move.Status)
		}
		if now := p.task("Xgirders"); now.Ends != "2026-10-06" {
			t.Errorf("the first one's day became %s", now.Ends)
		}
		stale := p.office.Post(schedule.OfficeURL(p.firm.Slug, p.project)+"/publish", url.Values{"revision": {"1"}})
		if stale.Status != http.StatusConflict {
			t.Errorf("publishing what one has not seen answers %d", stale.Status)
		}
		around := url.Values{"name": {"Xgirders"}, "kind": {"task"}, "starts": {"2026-10-05"}, "revision": {"2"}, "follows": {task.ID}}
		if got := p.office.Post(at, around); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a task that waits for itself answers %d", got.Status)
		}
		foreign := url.Values{"name": {"X"}, "kind": {"task"}, "starts": {"2026-10-05"}, "follows": {p.other.A.Things.Task}}
		if got := p.office.Post(schedule.OfficeURL(p.firm.Slug, p.project), foreign); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("A07: a task of another firm to wait for answers %d", got.Status)
		}
	})
}

// The notification of each event: the right person and no other, in their language.
func TestPeopleAreToldOfSchedules(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		p.raw(`update people set language = 'de' where email_folded = '` + p.firm.A.Two.Email + `'`)
		before := func(who string) int { return len(p.Mails(who)) }
		one, two, bee, owner := p.firm.A.One.Email, p.firm.A.Two.Email, p.firm.B.One.Email, p.firm.Staff[access.Owner].Email
		counts := map[string]int{one: before(one), two: before(two), bee: before(bee), owner: before(owner)}
		told := func(what, who, subject string) {
			t.Helper()
			for _, mail := range p.Mails(who)[min(counts[who], before(who)):] {
				if strings.Contains(mail.Subject, subject) {
					return
				}
			}
			t.Errorf("%s: %s was not told %q", what, who, subject)
		}
		p.add(url.Values{"name": {"Xtiles"}, "starts": {"2026-10-03"}, "ends": {"2026-10-06"}, "own": {"1"}})
		p.publish()
		p.RunJobs()
		told("publish", one, "The schedule of Xroof has 1 task for you")
		told("publish", two, "Der Terminplan von Xroof hat 1 Aufgabe für Sie")
		if before(bee) != counts[bee] || before(owner) != counts[owner] {
			t.Error("somebody else was told of the publish")
		}
		p.Clock.Advance(48 * time.Hour) // 4 October, 16:00: two days before the task's day
		p.RunJobs()
		told("due soon", one, "Please do this by October 6, 2026: Xtiles")
		told("due soon", two, "Bitte bis 6. Oktober 2026 erledigen: Xtiles")
		sent := before(one)
		p.Clock.Advance(3 * time.Hour)
		p.RunJobs()
		if before(one) != sent {
			t.Error("the customer was reminded twice of the same day")
		}
		at := p.home() + "/tasks/" + p.task("Xtiles").ID + "/tick"
		if got := p.una.Post(at, url.Values{"done": {"1"}}); got.Status != http.StatusSeeOther {
			t.Fatalf("ticking answers %d", got.Status)
		}
		p.RunJobs()
		told("tick", owner, "has done: Xtiles")
		if before(one) != sent || before(bee) != counts[bee] {
			t.Error("whoever ticked, or another customer, was told of the tick")
		}
		if got := p.una.Post(at, url.Values{"done": {"0"}}); got.Status != http.StatusSeeOther || p.task("Xtiles").Done() {
			t.Errorf("a tick cannot be taken back: %d", got.Status)
		}
	})
}

// A01, A13: somebody else's task is not there, and neither is one's own without the module.
func TestA01A13OthersTickNothing(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		p.add(url.Values{"name": {"Xtiles"}, "starts": {"2026-10-03"}, "ends": {"2026-10-06"}, "own": {"1"}})
		p.add(url.Values{"name": {"Xbeams"}, "starts": {"2026-10-03"}, "ends": {"2026-10-06"}})
		own, work := p.home()+"/tasks/"+p.task("Xtiles").ID+"/tick", p.home()+"/tasks/"+p.task("Xbeams").ID+"/tick"
		done := url.Values{"done": {"1"}}
		if got := p.una.Post(own, done); got.Status != http.StatusNotFound {
			t.Errorf("a task that is not published is ticked: %d", got.Status)
		}
		p.publish()
		for what, got := range map[string]Answer{"another customer": p.bee.Post(own, done), "work of the firm": p.una.Post(work, done), "through another project": p.una.Post(strings.Replace(own, p.project, p.firm.A.Things.Project, 1), done)} {
			if got.Status != http.StatusNotFound || p.task("Xtiles").Done() || p.task("Xbeams").Done() {
				t.Errorf("%s: %d", what, got.Status)
			}
		}
		p.firm.change(func(tx *guard.Tx) error {
			member, err := identity.CustomerByAddress(tx, p.firm.A.One.Email)
			if err != nil {
				return err
			}
			return identity.SetModules(tx, member.Person, identity.Scope{Customer: p.firm.A.Things.Customer}, access.NewModuleSet(access.Projects, access.Files), "the test takes the schedule away")
		})
		if got := p.una.Post(own, done); got.Status == http.StatusSeeOther || p.task("Xtiles").Done() {
			t.Errorf("without the module Schedule a tick answers %d", got.Status)
		}
		if page := p.una.Get(strings.TrimSuffix(p.home(), "/schedule")).Body; strings.Contains(page, "Xtiles") {
			t.Error("without the module Schedule the project still names its tasks")
		}
		p.must(p.App.Projects.Move(context.Background(), p.firm.Owner, p.project, p.hiddenStage()))
		if got := p.As(p.firm.A.Two).Post(own, done); got.Status != http.StatusNotFound {
			t.Errorf("in a hidden stage a tick answers %d", got.Status)
		}
	})
}

// hiddenStage is a stage of the firm that customers do not see.
func (p planned) hiddenStage() string {
	p.t.Helper()
	p.must(p.App.Organisations.AddStage(context.Background(), p.firm.Owner, organisation.StageDetails{Name: "Asleep", Bucket: organisation.Hidden}))
	stages, err := p.App.Organisations.Stages(context.Background(), p.firm.Owner)
	p.must(err)
	return stages[len(stages)-1].ID
}

// O5: of a log with four photos, two internal, the customer sees two; and none before the
// log is shared, or after it is taken back.
func TestADailyLogShowsWhatWasShared(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		ctx, owner := context.Background(), p.firm.Owner
		log, err := p.App.DailyLogs.Begin(ctx, owner, p.project, "2026-10-02")
		p.must(err)
		var photos []string
		for _, name := range []string{"Xone.png", "Xtwo.png", "Xthree.png", "Xfour.png"} {
			made, err := p.App.Files.Save(ctx, owner, file.Hang{Kind: dailylog.Kind, On: log.ID, Customer: p.firm.A.Things.Customer, Project: p.project}, name, "image/png", dot())
			p.must(err)
			photos = append(photos, made.ID)
		}
		p.must(p.App.DailyLogs.Save(ctx, owner, p.project, log.ID, 1, dailylog.Details{Day: "2026-10-02", Weather: dailylog.Rain, Temperature: "-2", Notes: "Xnotes"}))
		p.must(p.App.DailyLogs.ChoosePhotos(ctx, owner, p.project, log.ID, photos[:2], true))
		home := dailylog.CustomerURL(p.firm.Slug, p.project, log.ID)
		sees := func(c *Client) (n int) {
			for _, photo := range photos {
				if c.Get("/"+p.firm.Slug+"/files/"+photo).Status == http.StatusOK {
					n++
				}
			}
			return n
		}
		if got := p.una.Get(home); got.Status != http.StatusNotFound || sees(p.una) != 0 {
			t.Errorf("an internal log answers the customer %d, with %d photos", got.Status, sees(p.una))
		}
		p.must(p.App.DailyLogs.Share(ctx, owner, p.project, log.ID))
		p.RunJobs()
		page := p.una.Get(home)
		if page.Status != http.StatusOK || !strings.Contains(page.Body, "Xnotes") || sees(p.una) != 2 {
			t.Errorf("a shared log answers %d, with %d photos", page.Status, sees(p.una))
		}
		for i, photo := range photos {
			if strings.Contains(page.Body, photo) != (i < 2) {
				t.Errorf("photo %d is on the customer's page: %v", i, strings.Contains(page.Body, photo))
			}
		}
		if got := p.bee.Get(home); got.Status != http.StatusNotFound || sees(p.bee) != 0 {
			t.Errorf("another customer gets %d and %d photos", got.Status, sees(p.bee))
		}
		mails := p.Mails(p.firm.A.One.Email)
		if last := mails[len(mails)-1]; !strings.Contains(last.Subject, "wrote a daily log of Xroof") || !strings.Contains(last.Text, "Xnotes") {
			t.Errorf("the customer was told %q", last.Subject)
		}
		p.must(p.App.DailyLogs.Withdraw(ctx, owner, p.project, log.ID))
		if got := p.una.Get(home); got.Status != http.StatusNotFound || sees(p.una) != 0 {
			t.Errorf("a log that was taken back answers %d, with %d photos", got.Status, sees(p.una))
		}
	})
}

// A01, A02, E04: a photo of a daily log is opened by what opens the log, and by nothing else: not by the module Files, not
// while it or its log is internal, and not by another family.
func TestA01A02E04APhotoOfADailyLogNeedsWhatOpensTheLog(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		ctx, owner := context.Background(), p.firm.Owner
		log, err := p.App.DailyLogs.Begin(ctx, owner, p.project, "2026-10-02")
		p.must(err)
		var photos []string
		for _, name := range []string{"shared.png", "internal.png"} {
			made, err := p.App.Files.Save(ctx, owner, file.Hang{Kind: dailylog.Kind, On: log.ID, Customer: p.firm.A.Things.Customer, Project: p.project}, name, "image/png", dot())
			p.must(err)
			photos = append(photos, made.ID)
		}
		p.must(p.App.DailyLogs.Save(ctx, owner, p.project, log.ID, 1, dailylog.Details{Day: "2026-10-02", Notes: "Xnotes"}))
		p.must(p.App.DailyLogs.ChoosePhotos(ctx, owner, p.project, log.ID, photos[:1], true))
		p.must(p.App.DailyLogs.Share(ctx, owner, p.project, log.ID))
		person := p.una.Actor(p.firm.Slug, "/"+p.firm.Slug+"/home").Person()
		page, files := dailylog.CustomerURL(p.firm.Slug, p.project, log.ID), "/"+p.firm.Slug+"/files/"
		for _, c := range []struct {
			what             string
			modules          access.ModuleSet
			log, photo, bare int
		}{
			{"logs without Files", access.NewModuleSet(access.Projects), 200, 200, 404},
			{"Files without logs", access.NewModuleSet(access.Files, access.Messages), 403, 404, 404},
			{"both", access.NewModuleSet(access.Projects, access.Files), 200, 200, 404},
		} {
			p.firm.change(func(tx *guard.Tx) error {
				for _, project := range []string{"", p.firm.A.Things.Project, p.project} {
					if err := identity.SetModules(tx, person, identity.Scope{Customer: p.firm.A.Things.Customer, Project: project}, c.modules, "a test"); err != nil {
						return err
					}
				}
				return nil
			})
			seen := p.una.Get(page)
			if seen.Status != c.log || strings.Contains(seen.Body, photos[0]) != (c.log == 200) || strings.Contains(seen.Body, photos[1]) {
				t.Errorf("%s: the log answers %d", c.what, seen.Status)
			}
			for _, path := range []string{"", "/preview"} {
				if got := p.una.Get(files + photos[0] + path).Status; got != c.photo {
					t.Errorf("%s: the shared photo%s answers %d, want %d", c.what, path, got, c.photo)
				}
				if got := p.una.Get(files + photos[1] + path).Status; got != c.bare {
					t.Errorf("%s: the internal photo%s answers %d, want %d", c.what, path, got, c.bare)
				}
				if got := p.bee.Get(files + photos[0] + path).Status; got != 404 {
					t.Errorf("%s: another family gets the photo%s: %d", c.what, path, got)
				}
			}
		}
		p.must(p.App.DailyLogs.Withdraw(ctx, owner, p.project, log.ID))
		if got := p.una.Get(files + photos[0]).Status; got != 404 {
			t.Errorf("the photo of a log that was taken back answers %d", got)
		}
	})
}

func TestADailyLogIsNotOverwritten(t *testing.T) {
	onPlans(t, func(t *testing.T, p planned) {
		log, err := p.App.DailyLogs.Begin(context.Background(), p.firm.Owner, p.project, "2026-10-02")
		p.must(err)
		at := dailylog.OfficeURL(p.firm.Slug, p.project, log.ID)
		write := func(notes, revision string) Answer {
			return p.office.Post(at, url.Values{"day": {"2026-10-02"}, "notes": {notes}, "revision": {revision}})
		}
		if got := write("Xmine", "1"); got.Status != http.StatusSeeOther {
			t.Fatalf("the first save answers %d", got.Status)
		}
		if got := write("Xyours", "1"); got.Status != http.StatusConflict || !strings.Contains(got.Body, "Xmine") || !strings.Contains(got.Body, "Xyours") {
			t.Errorf("the second save answers %d; it must show both", got.Status)
		}
		for field, form := range map[string]url.Values{"day": {"day": {"yesterday"}}, "weather": {"day": {"2026-10-02"}, "weather": {"fine"}}, "temperature": {"day": {"2026-10-02"}, "temperature": {"hot"}}} {
			form.Set("revision", "2")
			if got := p.office.Post(at, form); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("a wrong %s answers %d", field, got.Status)
			}
		}
		if got := p.office.Post(at+"/photos/"+p.firm.A.Things.File, url.Values{"shared": {"1"}}); got.Status != http.StatusNotFound {
			t.Errorf("a photo of another thing answers %d", got.Status)
		}
	})
}
