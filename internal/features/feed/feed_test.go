package feed

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/web"
)

// world is a firm with two customers, a project of each, and people with some of the modules.
type world struct {
	*testing.T
	database *db.DB
	store    *guard.Store
	clock    *clock.Fake
	messages *message.Service
	feed     *Service
	table    *route.Table
	actors   map[string]access.Actor
}

// deed stands in for the events of other features.
type deed struct {
	kind, project string
	File          string `json:"file,omitempty"`
}

func (h deed) About() (string, event.Subject) {
	return h.kind, event.Subject{Kind: "thing", ID: "thing", Customer: "customer" + strings.TrimPrefix(h.project, "project"), Project: h.project}
}

func kinds() []event.Kind {
	sentence := func(_ context.Context, r event.Recorded) string { return r.ActorName + " did " + r.Kind }
	return []event.Kind{
		{Name: "proposal.sent", Visibility: event.WithPortal, Sentence: sentence}, {Name: "proposal.viewed", Visibility: event.OfficeOnly, Sentence: sentence},
		{Name: "project.stage_moved", Visibility: event.WithPortal, Sentence: sentence}, {Name: "person.noticed", Visibility: event.NobodysFeed, Sentence: sentence},
		{Name: "strange.thing", Visibility: event.WithPortal, Sentence: sentence},
	}
}

func person(name string, kind access.Kind, modules access.ModuleSet, item string) access.Actor {
	role := access.Role("")
	if kind == access.Staff {
		role = access.Member
	}
	return access.NewActor(access.Identity{Org: "org1", Person: access.PersonID(name), Kind: kind, Role: role, Modules: modules, Name: strings.ToUpper(name[:1]) + name[1:], Proof: access.SignedIn, Item: item})
}

func onBoth(t *testing.T, test func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		if _, err := migrate.Up(t.Context(), database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.OpenDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { blobs.Close() })
		quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
		dbtest.Organisations(t, database, "org1", "org2")
		w := &world{T: t, database: database, clock: clock.NewFake(time.Date(2026, 9, 29, 19, 12, 0, 0, time.UTC)), table: &route.Table{}}
		registry := event.NewRegistry()
		registry.Declare(message.Events()...)
		registry.Declare(file.Events()...)
		registry.Declare(kinds()...)
		w.store = guard.New(database, registry, w.clock, quiet, func() {})
		files := file.New(w.store, blobs, quiet, 0)
		w.messages = message.New(w.store, files, organisation.NewFrame(nil))
		w.messages.Register("project", w.findProject)
		w.feed = New(w.store, w.messages, files, registry.Kinds)
		NewPages(w.feed, nil).Routes(w.table)
		documents, talk := access.NewModuleSet(access.Projects, access.Documents), access.NewModuleSet(access.Projects, access.Messages)
		w.actors = map[string]access.Actor{
			"jon": person("jon", access.Staff, access.EveryModule, ""), "dana": person("dana", access.Staff, access.EveryModule, ""), "ada": person("ada", access.Customer, access.EveryModule, ""), "bob": person("bob", access.Customer, access.EveryModule, ""),
			"documents": person("documents", access.Customer, documents, ""), "talk": person("talk", access.Customer, talk, ""), "link": person("ada", access.Customer, access.EveryModule, "thing"),
		}
		for who, where := range map[string][2]string{"ada": {"customerA", "*"}, "bob": {"customerB", "*"}} {
			w.exec(`insert into grants (org, id, person, customer, module, created_at) values ('org1', $1, $1, $2, $3, 0)`, who, where[0], where[1])
		}
		for who, modules := range map[string]access.ModuleSet{"documents": documents, "talk": talk} {
			for _, m := range modules.Names() {
				w.exec(`insert into grants (org, id, person, customer, module, created_at) values ('org1', $1, $2, 'customerA', $3, 0)`, who+m, who, m)
			}
		}
		test(w)
	})
}

// findProject shows each project to the office, and to those of its customer.
func (w *world) findProject(tx *guard.Tx, project string) (message.Thread, error) {
	name, found := strings.CutPrefix(project, "project")
	who := tx.Actor()
	if !found || tx.Org() != "org1" || who.Kind() == access.Customer && (who.Person() == "bob") != (name == "B") {
		return message.Thread{}, fault.New(fault.NotFound, "This project was not found.")
	}
	return message.Thread{Customer: "customer" + name, Project: project, Item: project, Title: "Kitchen refit", OfficeURL: "/org1/office/projects/" + project, CustomerURL: "/org1/home/projects/" + project}, nil
}

func (w *world) exec(text string, args ...any) {
	w.Helper()
	if err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) happens(kind, project string) {
	w.Helper()
	w.clock.Advance(time.Minute)
	if err := w.store.Change(w.Context(), w.actors["jon"], access.HomeRead, func(tx *guard.Tx) error { return tx.Record(deed{kind: kind, project: project}) }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) says(who, text string, d message.Draft) message.Message {
	w.Helper()
	w.clock.Advance(time.Minute)
	d.Body = text
	m, err := w.messages.Post(w.Context(), w.actors[who], message.Thread{Kind: "project", ID: "projectA"}, d)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// page is a part of the feed of project A as somebody sees it.
func (w *world) page(who string, part Part) Page {
	w.Helper()
	part.Project = "projectA"
	page, err := w.feed.Page(w.Context(), w.actors[who], message.View{Viewer: w.actors[who]}, part)
	if err != nil {
		w.Fatal(err)
	}
	return page
}

// seen is a page in words: the kinds of its events, and what was said in its conversations.
func (w *world) seen(who string, part Part) string {
	w.Helper()
	var words []string
	for _, item := range w.page(who, part).Items {
		if item.Talk == nil {
			words = append(words, item.Recorded.Kind)
			continue
		}
		said := item.Talk.Talk.Root.Body
		for _, m := range item.Talk.Talk.Replies {
			said += "+" + m.Body
		}
		words = append(words, said)
	}
	return strings.Join(words, " | ")
}

func TestTheFeedShowsEverybodyWhatTheyMaySee(t *testing.T) {
	onBoth(t, func(w *world) {
		w.happens("project.stage_moved", "projectA")
		w.happens("proposal.sent", "projectA")
		w.happens("proposal.viewed", "projectA")
		w.happens("person.noticed", "projectA")
		w.happens("strange.thing", "projectA")
		w.happens("proposal.sent", "projectB")
		hello := w.says("jon", "Hello", message.Draft{})
		w.says("dana", "canary-note", message.Draft{Internal: true})
		w.says("jon", "canary-aside", message.Draft{Internal: true, Parent: hello.ID})
		for who, want := range map[string]string{
			"jon":       "Hello+canary-aside | canary-note | strange.thing | proposal.viewed | proposal.sent | project.stage_moved",
			"ada":       "Hello | strange.thing | proposal.sent | project.stage_moved",
			"talk":      "Hello | project.stage_moved",
			"documents": "proposal.sent | project.stage_moved",
			"link":      "strange.thing | proposal.sent | project.stage_moved",
		} {
			if got := w.seen(who, Part{}); got != want {
				t.Errorf("%s sees %s\nwant %s", who, got, want)
			}
		}
		if _, err := w.feed.Page(t.Context(), w.actors["bob"], message.View{}, Part{Project: "projectA"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another customer's project answers %v", err)
		}
		for show, want := range map[Show]string{Messages: "Hello", Documents: "proposal.sent", Files: ""} {
			if got := w.seen("ada", Part{Show: show}); got != want {
				t.Errorf("%s shows %s, want %s", show, got, want)
			}
		}
		w.exec(`update grants set revoked_at = 1 where person = 'ada'`)
		if got := w.seen("ada", Part{}); got != "" {
			t.Errorf("after the end of her access she sees %s", got)
		}
	})
}

func TestAConversationStandsWhereItWasLastWrittenIn(t *testing.T) {
	onBoth(t, func(w *world) {
		first := w.says("ada", "Question", message.Draft{})
		w.happens("proposal.sent", "projectA")
		w.says("jon", "Other", message.Draft{})
		w.says("jon", "Answer", message.Draft{Parent: first.ID})
		if got, want := w.seen("ada", Part{}), "Question+Answer | Other | proposal.sent"; got != want {
			t.Errorf("the feed is %s, want %s", got, want)
		}
	})
}

func TestShowOlderGoesOnWhereThePageEndedAndWhatIsOpenIsDrawnAnew(t *testing.T) {
	onBoth(t, func(w *world) {
		for range pageItems + 4 {
			w.happens("proposal.sent", "projectA")
		}
		page := w.page("ada", Part{})
		if len(page.Items) != pageItems || page.Older == 0 {
			t.Fatalf("the first page has %d items and goes on at %d", len(page.Items), page.Older)
		}
		rest := w.page("ada", Part{Before: page.Older})
		if len(rest.Items) != 4 || rest.Older != 0 || rest.Items[0].Sequence >= page.Items[pageItems-1].Sequence {
			t.Errorf("the rest has %d items, goes on at %d", len(rest.Items), rest.Older)
		}
		w.happens("project.stage_moved", "projectA")
		if again := w.page("ada", Part{Since: page.Older}); len(again.Items) != pageItems+1 || again.Items[0].Recorded.Kind != "project.stage_moved" {
			t.Errorf("drawn anew it has %d items", len(again.Items))
		}
	})
}

func TestAFewThingsAmongManyHiddenOnesAreFound(t *testing.T) {
	onBoth(t, func(w *world) {
		w.happens("proposal.sent", "projectA")
		w.many("proposal.viewed", 1000)
		w.happens("project.stage_moved", "projectA")
		if got := w.seen("ada", Part{}); got != "project.stage_moved | proposal.sent" {
			t.Errorf("she sees %s", got)
		}
	})
}

// many writes events without their chain, which is not what is asked about here.
func (w *world) many(kind string, n int) {
	w.Helper()
	err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error {
		for i := range n {
			if _, err := tx.Exec(`insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
				values ('org1', $1, $2, $3, 0, 'staff', 'jon', 'proposal', 'x', 'customerA', 'projectA', '{"actor":"Jon","data":{}}', '', '', '', '')`, fmt.Sprintf("many%06d", i), 1000+i, kind); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`insert into event_heads (org, seq, hash) values ('org1', $1, '') on conflict (org) do update set seq = $1`, 2000+n)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

func TestThePartThatIsLiveIsNoPageAndHasNoFieldOutsideOfAnswers(t *testing.T) {
	onBoth(t, func(w *world) {
		w.says("jon", "Hello", message.Draft{})
		server := w.table.Handler(route.Edge{
			Authenticate: func(context.Context, *http.Request, string) (access.Actor, access.Organisation, error) {
				return w.actors["ada"], access.Organisation{ID: "org1", Slug: "org1", Name: "Hartwell & Sons", Zone: time.UTC}, nil
			},
			Reader:  func(ctx context.Context, _ *route.Request) context.Context { return ctx },
			Trouble: func(_ *route.Request, f *fault.Fault, _ int) web.Reply { return web.Data(f.Message) },
			SignIn:  func(*route.Request) string { return "/sign-in" }, Address: func(*http.Request) string { return "192.0.2.1" }, Log: slog.New(slog.DiscardHandler)})
		get := func(path string, headers ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", path, nil)
			for i := 0; i+1 < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			answer := httptest.NewRecorder()
			server.ServeHTTP(answer, r)
			return answer
		}
		live := get("/org1/feed/projectA", "HX-Request", "true").Body.String()
		if !strings.HasPrefix(live, `<div id="feed" data-live="project:projectA receipts:ada/projectA"`) || strings.Contains(live, "<html") || !strings.Contains(live, "Hello") || strings.Contains(live, `id="conversation-text"`) {
			t.Errorf("the part is %s", live)
		}
		if strings.Count(live, "<textarea") != strings.Count(live, "hx-morph-skip") {
			t.Error("a field stands where drawing anew would empty it")
		}
		if to := get("/org1/feed/projectA?show=messages&before=9").Header().Get("Location"); to != "/org1/home/projects/projectA?before=9&show=messages#conversation" {
			t.Errorf("without script one is led to %s", to)
		}
		if code := get("/org1/feed/projectB").Code; code != 404 {
			t.Errorf("another customer's project answers %d", code)
		}
	})
}
