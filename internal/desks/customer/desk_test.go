package customerdesk_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/demo"
	customerdesk "lintel/internal/desks/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/mail"
)

// homes is the sample firm of builders with its six customers.
type homes struct {
	*testing.T
	app       *app.App
	desk      *customerdesk.Desk
	now       *clock.Fake
	firm      access.Organisation
	system    access.Actor
	documents []document.Document
	people    map[string]access.PersonID   // customers' contacts by name
	sentTo    map[string]document.Document // a proposal of each
}

func openHomes(t *testing.T) *homes {
	t.Helper()
	h := &homes{T: t, now: clock.NewFake(time.Date(2026, 10, 2, 16, 0, 0, 0, time.UTC)), people: map[string]access.PersonID{}, sentTo: map[string]document.Document{}}
	folder := t.TempDir()
	inbox, err := mail.OpenFolder(filepath.Join(folder, "mail"))
	h.must(err)
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Demo = folder, "http://localhost:8080", true
	h.app, err = app.New(t.Context(), app.Options{Config: c, Clock: h.now, Log: slog.New(slog.DiscardHandler), Sender: inbox})
	h.must(err)
	t.Cleanup(func() { h.app.Close() })
	_, err = demo.Build(t.Context(), h.app, h.now, inbox, "hartwell")
	h.must(err)
	organisations, err := h.app.Store.Organisations(t.Context())
	h.must(err)
	h.firm = access.Organisation{ID: organisations[0], Slug: "hartwell", Name: "Hartwell & Sons", Zone: time.UTC}
	h.system = access.NewSystem(h.firm.ID, "look at the sample world")
	h.documents, err = h.app.Documents.List(t.Context(), h.system, "", time.Time{}, "", 200)
	h.must(err)
	for _, d := range h.documents {
		if d.SentVersion == 0 {
			continue
		}
		shop, err := h.app.Documents.Workshop(t.Context(), h.system, d.ID, 0)
		h.must(err)
		for _, r := range shop.Recipients {
			if r.Person != "" {
				h.people[r.Name], h.sentTo[r.Name] = r.Person, d
			}
		}
	}
	h.desk = customerdesk.New(h.app.Store, h.app.Inbox, h.app.Projects)
	h.showGardenWall()
	return h
}

// showGardenWall moves Maria's second project to a stage that she sees: who has one only
// has no home.
func (h *homes) showGardenWall() {
	h.Helper()
	list, err := h.app.Projects.Export(context.Background(), h.system, project.Filter{Text: "Garden wall", Sort: project.ByName})
	h.must(err)
	h.must(h.app.Store.Change(context.Background(), h.system, access.SystemWork, func(tx *guard.Tx) error {
		garden := list.Projects[0]
		if err := identity.Grant(tx, h.people["Maria Ruiz"], garden.Customer, garden.ID); err != nil {
			return err
		}
		stages, err := organisation.Stages(tx)
		if err != nil {
			return err
		}
		for _, stage := range stages {
			if stage.CustomerVisible && stage.Bucket == organisation.Current {
				return project.MoveStage(tx, garden.ID, stage.ID)
			}
		}
		return nil
	}))
}

func TestThePortalOfSomebodyWithOneProjectOpensInIt(t *testing.T) {
	h := openHomes(t)
	only, err := h.desk.OnlyProject(t.Context(), h.actor("Odette Marsh", ""))
	h.must(err)
	if only != h.sentTo["Odette Marsh"].Project {
		t.Errorf("Odette's portal opens in %q", only)
	}
	if more, err := h.desk.OnlyProject(t.Context(), h.actor("Maria Ruiz", "")); err != nil || more != "" {
		t.Errorf("Maria has two projects, her portal opens in %q, %v", more, err)
	}
	if item, err := h.desk.OnlyProject(t.Context(), h.actor("Odette Marsh", h.sentTo["Odette Marsh"].ID)); err != nil || item != "" {
		t.Errorf("who holds a link to one proposal is led to the project %q, %v", item, err)
	}
}

func (h *homes) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *homes) actor(name, item string) access.Actor {
	return access.NewActor(access.Identity{Org: h.firm.ID, Person: h.people[name], Kind: access.Customer, Modules: access.EveryModule, Name: name, Proof: access.ConfirmedBrowser, Item: item})
}

// get shows a page of the desk to somebody.
func (h *homes) get(actor access.Actor, path string) string {
	h.Helper()
	frame := organisation.NewFrame(nil)
	table := &route.Table{}
	customerdesk.NewPages(h.desk, frame, func(slug, file string) string { return "/" + slug + "/files/" + file + "/preview" }).Routes(table)
	answer := httptest.NewRecorder()
	table.Handler(route.Edge{
		Authenticate: func(context.Context, *http.Request, string) (access.Actor, access.Organisation, error) {
			return actor, h.firm, nil
		},
		Reader: func(ctx context.Context, _ *route.Request) context.Context {
			return i18n.WithReader(ctx, i18n.Reader{Language: "en", Zone: time.UTC, Now: h.now.Now()})
		},
		Trouble: frame.Trouble, SignIn: func(*route.Request) string { return "/sign-in" }, Address: func(*http.Request) string { return "192.0.2.1" },
		Log: slog.New(slog.DiscardHandler)}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	if path == pages[0] && answer.Code == http.StatusSeeOther && strings.Contains(answer.Header().Get("Location"), "/home/projects/") {
		return "" // one project only: the portal opens in it
	}
	if answer.Code != http.StatusOK {
		h.Fatalf("%s: %d %.300s", path, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

var pages = []string{"/hartwell/home", "/hartwell/home/proposals", "/hartwell/home/agreements"}

func TestNobodySeesAnotherCustomersProposalsOrADraft(t *testing.T) {
	h := openHomes(t)
	seen := 0
	for name, own := range h.sentTo {
		for _, path := range pages {
			page := h.get(h.actor(name, ""), path)
			for _, d := range h.documents {
				shown := strings.Contains(page, d.ID) || strings.Contains(page, d.Number)
				if shown && (d.Customer != own.Customer || d.SentVersion == 0) {
					t.Errorf("%s sees %s %q of %s on %s", name, d.Number, d.Title, d.CustomerName, path)
				}
				if shown {
					seen++
				}
			}
		}
	}
	if len(h.sentTo) < 5 || seen < 10 {
		t.Fatalf("%d people saw %d proposals; the test proves nothing", len(h.sentTo), seen)
	}
}

func TestWhoHoldsALinkToOneProposalSeesThatOneOnly(t *testing.T) {
	h := openHomes(t)
	all, err := h.desk.Proposals(t.Context(), h.actor("Maria Ruiz", ""), "", time.UTC)
	h.must(err)
	if len(all) < 2 {
		t.Fatalf("Maria sees %d proposals; two are needed here", len(all))
	}
	for _, one := range all {
		for _, path := range pages {
			page := h.get(h.actor("Maria Ruiz", one.ID), path)
			for _, other := range all {
				if other.ID != one.ID && (strings.Contains(page, other.ID) || strings.Contains(page, other.Number)) {
					t.Errorf("a link to %s shows %s on %s", one.Number, other.Number, path)
				}
			}
			if strings.Contains(page, "Your projects") {
				t.Errorf("a link to %s shows projects on %s", one.Number, path)
			}
		}
		if page := h.get(h.actor("Maria Ruiz", one.ID), pages[1]); !strings.Contains(page, one.ID) {
			t.Errorf("a link to %s does not show it", one.Number)
		}
	}
}

func TestWhatWaitsForASignatureComesFirstAndOnlyForThoseWhoSign(t *testing.T) {
	h := openHomes(t)
	page := h.get(h.actor("Maria Ruiz", ""), pages[0])
	for _, words := range []string{"Maria", "Needs you", "Review &amp; sign", "Signed Agreements", "Good afternoon"} {
		if !strings.Contains(page, words) {
			t.Errorf("Maria's home does not say %q", words)
		}
	}
	home, err := h.desk.Home(t.Context(), h.actor("Maria Ruiz", ""), time.UTC)
	h.must(err)
	for _, p := range home.Needs {
		if p.State != proposal.Sent || !p.Signs {
			t.Errorf("%s needs Maria but is %s", p.Number, p.State)
		}
	}
	h.now.Advance(400 * 24 * time.Hour) // every last day is over, whether or not the timetable has run
	home, err = h.desk.Home(t.Context(), h.actor("Maria Ruiz", ""), time.UTC)
	h.must(err)
	if len(home.Needs) != 0 {
		t.Errorf("%d proposals still wait after their last day", len(home.Needs))
	}
}

func TestADraftOfTheNextVersionChangesNothingForTheCustomer(t *testing.T) {
	h := openHomes(t)
	maria := h.actor("Maria Ruiz", "")
	before, err := h.desk.Home(t.Context(), maria, time.UTC)
	h.must(err)
	if len(before.Needs) == 0 {
		t.Fatal("nothing waits for Maria")
	}
	was := before.Needs[0]
	shop, err := h.app.Documents.Workshop(t.Context(), h.system, was.ID, 0)
	h.must(err)
	jon := access.NewActor(access.Identity{Org: h.firm.ID, Person: shop.Document.Owner, Kind: access.Staff, Role: access.Manager, Name: "Jon Sato", Proof: access.SignedIn})
	h.must(h.app.Documents.Revise(t.Context(), jon, was.ID))
	shop, err = h.app.Documents.Workshop(t.Context(), jon, was.ID, 0)
	h.must(err)
	shop.Version.Content.Title = "Secret plans"
	_, err = h.app.Documents.SaveDraft(t.Context(), jon, was.ID, shop.Version.Revision, shop.Version.Content)
	h.must(err)
	list, err := h.desk.Proposals(t.Context(), maria, was.Project, time.UTC)
	h.must(err)
	for _, p := range list {
		if p.ID == was.ID && (p.Title != was.Title || p.Total != was.Total || p.ValidUntil != was.ValidUntil || p.ForSigning()) {
			t.Errorf("Maria sees %+v, was sent %+v", p, was)
		}
	}
	if page := h.get(maria, pages[1]); strings.Contains(page, "Secret plans") || !strings.Contains(page, "New version on its way") {
		t.Error("the draft shows, or that one is on its way does not")
	}
}
