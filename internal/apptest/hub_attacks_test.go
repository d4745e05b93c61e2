package apptest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/platform/id"
)

// attacked is two firms whose people attack each other, and a count of what was refused.
type attacked struct {
	*Portal
	t            *testing.T
	alder, birch *Firm
	a, b         *Family // of alder
	office       *Client
	una, tue     *Client // the two people of family A
	bee          *Client // of family B
	rival        *Client // the office of birch
	refusals     int
}

func underAttack(t *testing.T, run func(x *attacked)) {
	t.Helper()
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		x := &attacked{Portal: p, t: t, alder: alder, birch: birch, a: alder.A, b: alder.B, office: p.As(alder.Staff[access.Owner]),
			una: p.As(alder.A.One), tue: p.As(alder.A.Two), bee: p.As(alder.B.One), rival: p.As(birch.Staff[access.Owner])}
		p.RunJobs()
		run(x)
		t.Logf("attacks refused: %d", x.refusals)
	})
}

// under runs one kind of attack under its name.
func (x *attacked) under(name string, attack func(x *attacked)) {
	outer := x.t
	defer func() { x.t = outer }()
	outer.Run(name, func(t *testing.T) { x.t = t; attack(x) })
}

// harmless are tables that a refused request may write to: who was here.
var harmless = []string{"sessions", "session_entries"}

// attempt is one request that must get nowhere.
type attempt struct {
	what string
	by   *Client
	path string
	form url.Values // nil: a GET
	want int        // 404 when zero
}

// refuse sends each request, wants its answer, and that nothing whatever has changed.
func (x *attacked) refuse(list ...attempt) {
	x.t.Helper()
	before := x.State(harmless...)
	for _, a := range list {
		if a.want == 0 {
			a.want = http.StatusNotFound
		}
		got := Answer{}
		if a.form == nil {
			got = a.by.Get(a.path)
		} else {
			got = a.by.Post(a.path, a.form)
		}
		after := x.State(harmless...)
		changed := Changed(before, after)
		if got.Status != a.want || len(changed) > 0 {
			x.t.Errorf("%s: %s answers %d, want %d; changed: %v", a.what, a.path, got.Status, a.want, changed)
			before = after
			continue
		}
		x.refusals++
	}
}

// refused counts what a test has checked by itself.
func (x *attacked) refused(ok bool, what string, args ...any) {
	x.t.Helper()
	if !ok {
		x.t.Errorf(what, args...)
		return
	}
	x.refusals++
}

// What belongs to the project hub, attacked by those who are inside: by other ids, other methods, twice, and late.
func TestTheHubRefusesWhatIsNotTheirs(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.under("A07 ids are not mixed", mixedIDs)
		x.under("A07 uploads hang on nothing of others", foreignUploads)
		x.under("H02 nothing changes by another method", otherMethods)
		x.under("fault 30 a double submit has one effect", doubleSubmits)
		x.under("A13 an upload ends with the right", lateUpload)
	})
}

// A07, A13: ids of one thing in the address or form of another, within one firm and of one customer: nothing is read, linked or
// changed.
func mixedIDs(x *attacked) {
	a, b, f := x.a.Things, x.b.Things, x.birch.A.Things
	office, home := "/alder/office/projects/", "/alder/home/projects/"
	talk := "/alder/messages/project/" + a.Project
	say := func(fields ...string) url.Values {
		form := url.Values{"id": {id.New()}, "text": {"Xattack"}}
		for i := 0; i+1 < len(fields); i += 2 {
			form.Add(fields[i], fields[i+1])
		}
		return form
	}
	task := url.Values{"name": {"Xattack"}, "kind": {"task"}, "starts": {"2026-10-05"}, "ends": {"2026-10-06"}, "revision": {"1"}}
	log := url.Values{"day": {"2026-10-02"}, "notes": {"Xattack"}, "revision": {"2"}}
	x.refuse(
		attempt{"an answer to a message of another thread", x.una, talk, say("parent", a.Message), 422},
		attempt{"an answer to another customer's message", x.una, talk, say("parent", b.Message), 422},
		attempt{"an answer to another firm's message", x.una, talk, say("parent", f.Message), 422},
		attempt{"a mention of another customer's person", x.una, talk, say("mention", string(x.bee.Actor("alder", "/alder/home").Person())), 422},
		attempt{"a mention of another firm's owner", x.una, talk, say("mention", string(x.birch.Owner.Person())), 422},
		attempt{"a mention of a contractor's technician", x.una, talk, say("mention", a.Technician), 422},
		attempt{"the office mentions another customer's person", x.office, talk, say("mention", string(x.bee.Actor("alder", "/alder/home").Person())), 422},
		attempt{"a customer in an internal note", x.office, talk, say("internal", "1", "mention", string(x.una.Actor("alder", "/alder/home").Person())), 422},
		attempt{"an internal note by a customer", x.una, talk, say("internal", "1"), 403},
		attempt{"a file of the project in a message", x.una, talk, say("file", a.File), 422},
		attempt{"a file that waits in another composer", x.una, talk, say("file", a.Upload), 422},
		attempt{"a file that waits in one's husband's composer", x.tue, "/alder/messages/proposal/" + a.Proposal, say("file", a.Upload), 422},
		attempt{"a kind that has no conversation", x.una, "/alder/messages/customer/" + a.Customer, say(), 404},
		attempt{"a project as a request", x.una, "/alder/messages/request/" + a.Project, say(), 404},
		attempt{"a request as a project", x.una, "/alder/messages/project/" + a.Request, say(), 404},
		attempt{"the people of another customer's conversation", x.bee, talk + "/people?q=", nil, 404},
		attempt{"having seen another customer's conversation", x.bee, talk + "/seen", url.Values{"up_to": {"1790000000000000"}}, 404},
		attempt{"the feed of another customer's project", x.bee, "/alder/feed/" + a.Project, nil, 404},
		attempt{"the feed of a request", x.una, "/alder/feed/" + a.Request, nil, 404},

		attempt{"a task through another project", x.office, office + b.Project + "/schedule/tasks/" + a.Task, task, 404},
		attempt{"a task's page through another project", x.office, office + b.Project + "/schedule/tasks/" + a.Task, nil, 404},
		attempt{"moving a task through another project", x.office, office + b.Project + "/schedule/tasks/" + a.Task + "/move", task, 404},
		attempt{"placing a task of another project", x.office, office + b.Project + "/schedule/tasks/" + a.Task + "/place", url.Values{"by": {"1"}}, 404},
		attempt{"removing a task of another project", x.office, office + b.Project + "/schedule/tasks/" + a.Task + "/remove", url.Values{}, 404},
		attempt{"ticking a task through another project", x.office, office + b.Project + "/schedule/tasks/" + a.Task + "/tick", url.Values{"done": {"1"}}, 404},
		attempt{"a customer ticks through another project", x.una, home + b.Project + "/schedule/tasks/" + a.Task + "/tick", url.Values{"done": {"1"}}, 404},
		attempt{"a task that follows another project's", x.office, office + a.Project + "/schedule", with(task, "follows", b.Task), 422},

		attempt{"a log through another project", x.office, office + b.Project + "/logs/" + a.Log, nil, 404},
		attempt{"a customer's log through another project", x.una, home + b.Project + "/logs/" + a.Log, nil, 404},
		attempt{"its print through another project", x.una, home + b.Project + "/logs/" + a.Log + "/print", nil, 404},
		attempt{"writing in a log through another project", x.office, office + b.Project + "/logs/" + a.Log, log, 404},
		attempt{"sharing a log through another project", x.office, office + b.Project + "/logs/" + a.Log + "/share", url.Values{"shared": {"1"}}, 404},
		attempt{"removing a log through another project", x.office, office + b.Project + "/logs/" + a.Log + "/remove", url.Values{}, 404},
		attempt{"a photo of another log", x.office, office + a.Project + "/logs/" + a.Log + "/photos/" + b.Photo, url.Values{"shared": {"1"}}, 404},
		attempt{"the project's photo as the log's", x.office, office + a.Project + "/logs/" + a.Log + "/photos/" + a.File, url.Values{"remove": {"1"}}, 404},
		attempt{"the photos of a log through another project", x.office, office + b.Project + "/logs/" + a.Log + "/photos", url.Values{"shared": {"1"}}, 404},

		attempt{"a pair with another customer's photo", x.office, office + a.Project + "/pairs", url.Values{"before": {a.File}, "after": {b.File}}, 303},
		attempt{"a pair of another firm", x.rival, "/birch/office/pairs/" + a.Pair + "/part", url.Values{}, 404},
		attempt{"a folder of another firm", x.rival, "/birch/office/folders/" + a.Folder + "/rename", url.Values{"name": {"X"}}, 404},
		attempt{"moving into another project's folder", x.office, office + a.Project + "/files/move", url.Values{"file": {a.File}, "folder": {b.Folder}}, 404},
		attempt{"moving another project's file", x.office, office + a.Project + "/files/move", url.Values{"file": {b.File}, "folder": {a.Folder}}, 404},
		attempt{"restoring another project's file", x.office, office + a.Project + "/files/restore", url.Values{"series": {b.File}}, 303},
		attempt{"an archive of two customers", x.office, "/alder/projects/" + a.Project + "/files.zip?file=" + a.File + "&file=" + b.File, nil, 404},
		attempt{"an archive of a log's photos of another customer", x.una, "/alder/projects/" + a.Project + "/files.zip?file=" + b.Photo, nil, 404},
		attempt{"muting another customer's project", x.una, "/alder/profile/notifications/mute", url.Values{"project": {b.Project}, "silent": {"1"}}, 404},
		attempt{"a picture of a log of another customer", x.bee, "/alder/files/" + a.Photo + "/thumb", nil, 404},
		attempt{"a request of another customer merged", x.office, "/alder/office/requests/" + a.Request + "/merge", url.Values{"project": {b.Project}}, 422},
	)
}

// with is a form with one more field.
func with(form url.Values, name string, values ...string) url.Values {
	out := url.Values{}
	for field, list := range form {
		out[field] = slices.Clone(list)
	}
	out[name] = values
	return out
}

// Uploads name the thing that they hang on themselves. Names of other things, and of others' things, take nothing.
func foreignUploads(x *attacked) {
	a, b := x.a.Things, x.b.Things
	begin := func(by *Client, kind, on string) Answer {
		by.Header.Set("Upload-Length", "3")
		by.Header.Set("X-File-Name", "x.txt")
		defer func() { by.Header = http.Header{} }()
		return by.Post("/alder/uploads?kind="+url.QueryEscape(kind)+"&on="+url.QueryEscape(on), nil)
	}
	before := x.State(harmless...)
	for _, c := range []struct {
		what     string
		by       *Client
		kind, on string
		want     int
	}{
		{"another customer's project", x.una, "files", b.Project + "//", 404},
		{"another customer's folder in one's own project", x.una, "files", a.Project + "/" + b.Folder + "/", 404},
		{"a request as a project", x.una, "files", a.Request + "//", 404},
		{"a next version of the office's file", x.una, "file", a.File, 403},
		{"a next version of another customer's file", x.una, "file", b.File, 404},
		{"a next version of a log's photo", x.una, "file", a.Photo, 404},
		{"the office's next version of a log's photo", x.office, "file", a.Photo, 403},
		{"a daily log", x.una, "dailylog", a.Log, 403},
		{"another customer's composer", x.una, "composer", "project:" + b.Project, 404},
		{"a composer of no kind", x.una, "composer", a.Project, 404},
		{"a request's form of no id", x.una, "request-form", "x", 404},
		{"a request itself", x.una, "request", a.Request, 404},
		{"a message itself", x.una, "message", a.Message, 404},
		{"nothing", x.una, "", "", 404},
	} {
		got := begin(c.by, c.kind, c.on)
		changed := Changed(before, x.State(harmless...))
		x.refused(got.Status == c.want && len(changed) == 0, "%s: %d, want %d; changed %v", c.what, got.Status, c.want, changed)
	}
}

// E04, A13: an upload that began while its person had the right is no file once they have lost it.
func lateUpload(x *attacked) {
	x.una.Header.Set("Upload-Length", "3")
	x.una.Header.Set("X-File-Name", "x.txt")
	begun := x.una.Post("/alder/uploads?kind=files&on="+url.QueryEscape(x.a.Things.Project+"//"), nil)
	if begun.Status != http.StatusCreated {
		x.t.Fatalf("beginning answers %d", begun.Status)
	}
	person := x.una.Actor("alder", "/alder/home").Person()
	x.alder.change(func(tx *guard.Tx) error {
		return identity.RevokeGrants(tx, person, x.a.Things.Customer, "the test ends it")
	})
	var files int
	x.read(&files, `select count(*) from files where org = $1`, string(x.alder.Org))
	x.una.Header = http.Header{"Upload-Offset": {"0"}}
	sent := x.una.Do(http.MethodPatch, begun.Location, "application/offset+octet-stream", []byte("abc"))
	var after int
	x.read(&after, `select count(*) from files where org = $1`, string(x.alder.Org))
	x.refused(sent.Status >= 400 && after == files, "the rest of an upload answers %d, %d files became %d", sent.Status, files, after)
}

// H02, H03: no address of the hub changes anything by GET or HEAD, and none takes a method that it does not have.
func otherMethods(x *attacked) {
	a := x.a.Things
	before := x.State(harmless...)
	for _, path := range []string{"/alder/messages/project/" + a.Project + "/seen", "/alder/projects/" + a.Project + "/files/seen", "/alder/profile/notifications/mute?project=" + a.Project + "&silent=1",
		"/alder/profile/push/remove?device=x", "/alder/profile/calendar/revoke", "/alder/office/files/" + a.OfficeFile + "/share", "/alder/office/folders/" + a.Folder + "/remove",
		"/alder/office/pairs/" + a.Pair + "/part", "/alder/office/projects/" + a.Project + "/logs/" + a.Log + "/share?shared=1", "/alder/office/projects/" + a.Project + "/logs/" + a.Log + "/remove",
		"/alder/office/projects/" + a.Project + "/schedule/withdraw", "/alder/office/requests/" + a.Request + "/accept?name=X", "/alder/office/requests/" + a.Request + "/decline?reason=X",
		"/alder/office/mails/" + a.Letter + "/aside", "/alder/home/projects/" + a.Project + "/schedule/tasks/" + a.Task + "/tick?done=1"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, "PROPFIND"} {
			for who, by := range map[string]*Client{"the office": x.office, "a customer": x.una} {
				got := by.Do(method, path, "", nil)
				x.refused(got.Status == http.StatusNotFound || got.Status == http.StatusMethodNotAllowed, "%s, %s %s: %d", who, method, path, got.Status)
			}
		}
	}
	if changed := Changed(before, x.State(harmless...)); len(changed) > 0 {
		x.t.Errorf("it changed %v", changed)
	}
}

// Fault 30: the same form twice, and eight at once, has one effect.
func doubleSubmits(x *attacked) {
	a := x.a.Things
	posted := id.New()
	asked := asking("Xtwice")
	for what, c := range map[string]struct {
		by    *Client
		path  string
		form  url.Values
		count string
	}{
		"a message":  {x.una, "/alder/messages/project/" + a.Project, url.Values{"id": {posted}, "text": {"Xtwice"}}, `select count(*) from messages where body = 'Xtwice'`},
		"a request":  {x.una, "/alder/home/requests", asked, `select count(*) from requests where title = 'Xtwice'`},
		"a tick":     {x.una, "/alder/home/projects/" + a.Project + "/schedule/tasks/" + a.Task + "/tick", url.Values{"done": {"1"}}, `select count(*) from events where kind = 'schedule.task_ticked'`},
		"accepting":  {x.office, "/alder/office/requests/" + a.Request + "/accept", url.Values{"name": {"Xtwice"}}, `select count(*) from projects where name = 'Xtwice'`},
		"publishing": {x.office, "/alder/office/projects/" + a.Project + "/schedule/publish", url.Values{"revision": {"1"}}, `select 1 + count(*) from events where kind = 'schedule.published' and seq > (select coalesce(max(seq), 0) from events where kind = 'dailylog.shared')`},
	} {
		done := make(chan Answer, 8)
		for range 8 {
			go func() { done <- c.by.Post(c.path, c.form) }()
		}
		for range 8 {
			if got := <-done; got.Status >= 500 {
				x.t.Errorf("%s: %d", what, got.Status)
			}
		}
		var n int
		x.read(&n, c.count)
		x.refused(n == 1, "%s happened %d times", what, n)
	}
	texts := x.talk(x.alder.Owner, "project", a.Project)
	x.refused(strings.Count(strings.Join(texts, "\n"), "Xtwice") == 1, "the conversation is %q", texts)
	_, err := x.App.Messages.Post(context.Background(), x.bee.Actor("alder", "/alder/home"), message.Thread{Kind: "project", ID: x.b.Things.Project}, message.Draft{ID: posted, Body: "mine"})
	x.refused(err != nil, "another customer posts under the id of a message that is there")
}
