package officedesk_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/demo"
	officedesk "lintel/internal/desks/office"
	"lintel/internal/features/customer"
	"lintel/internal/features/document"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/mail"
)

// office is a program with the sample firm of builders, or with an empty firm.
type office struct {
	*testing.T
	app  *app.App
	desk *officedesk.Desk
	now  *clock.Fake
	firm access.Organisation
}

func open(t *testing.T) (*office, *mail.Folder) {
	t.Helper()
	o := &office{T: t, now: clock.NewFake(time.Date(2026, 10, 2, 8, 0, 0, 0, time.UTC))}
	folder := t.TempDir()
	inbox, err := mail.OpenFolder(filepath.Join(folder, "mail"))
	o.must(err)
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Demo = folder, "http://localhost:8080", true
	o.app, err = app.New(t.Context(), app.Options{Config: c, Clock: o.now, Log: slog.New(slog.DiscardHandler), Sender: inbox})
	o.must(err)
	t.Cleanup(func() { o.app.Close() })
	o.desk = officedesk.New(o.app.Store, o.app.Documents, o.app.Inbox)
	return o, inbox
}

func hartwell(t *testing.T) *office {
	t.Helper()
	o, inbox := open(t)
	_, err := demo.Build(t.Context(), o.app, o.now, inbox, "hartwell")
	o.must(err)
	organisations, err := o.app.Store.Organisations(t.Context())
	o.must(err)
	o.firm = access.Organisation{ID: organisations[0], Slug: "hartwell", Name: "Hartwell & Sons", Zone: time.UTC}
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// colleague is somebody of the firm by name.
func (o *office) colleague(name string) access.Actor {
	o.Helper()
	var members []identity.Member
	o.must(o.app.Store.View(o.Context(), access.NewSystem(o.firm.ID, "find a colleague"), access.SystemWork, func(tx *guard.Tx) (err error) {
		members, err = identity.StaffMembers(tx)
		return err
	}))
	for _, m := range members {
		if m.Name == name {
			return access.NewActor(access.Identity{Org: o.firm.ID, Person: m.Person, Kind: access.Staff, Role: m.Role, Name: m.Name, Proof: access.SignedIn})
		}
	}
	o.Fatalf("nobody is called %s", name)
	return access.Actor{}
}

func (o *office) home(actor access.Actor) string {
	o.Helper()
	frame := organisation.NewFrame(nil)
	table := &route.Table{}
	officedesk.NewPages(o.desk, frame).Routes(table)
	answer := httptest.NewRecorder()
	table.Handler(route.Edge{
		Authenticate: func(context.Context, *http.Request, string) (access.Actor, access.Organisation, error) {
			return actor, o.firm, nil
		},
		Reader: func(ctx context.Context, _ *route.Request) context.Context {
			return i18n.WithReader(ctx, i18n.Reader{Language: "en", Zone: time.UTC, Now: o.now.Now()})
		},
		Trouble: frame.Trouble, SignIn: func(*route.Request) string { return "/sign-in" }, Address: func(*http.Request) string { return "192.0.2.1" },
		Log: slog.New(slog.DiscardHandler)}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/"+o.firm.Slug+"/office", nil))
	if answer.Code != http.StatusOK {
		o.Fatalf("home: %d %.300s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func TestAnswersNeedTheirOwnerAndNobodyElseWhetherReadOrNot(t *testing.T) {
	o := hartwell(t)
	jon, priya := o.colleague("Jon Sato"), o.colleague("Priya Nair")
	home, err := o.desk.Home(t.Context(), jon, time.UTC)
	o.must(err)
	first := home.Needs[0]
	if first.Kind != officedesk.ChangesRequested {
		t.Fatalf("first is %+v, want the request for changes", first)
	}
	for _, n := range home.Notices {
		for _, need := range home.Needs {
			if need.Document != "" && strings.HasSuffix(n.URL, "/"+need.Document) {
				t.Errorf("%q stands twice on the page", n.Title)
			}
		}
	}
	if page := o.home(jon); !strings.Contains(page, "Good morning, Jon") || !strings.Contains(page, `href="/hartwell/office/proposals/`+first.Document+`"`) {
		t.Error("the page does not greet, or does not lead to the first need")
	}
	o.must(o.app.Inbox.ReadAll(t.Context(), jon))
	home, err = o.desk.Home(t.Context(), jon, time.UTC)
	o.must(err)
	if home.Needs[0] != first {
		t.Errorf("what was read needs Jon no more: first is %+v", home.Needs[0])
	}
	others, err := o.desk.Home(t.Context(), priya, time.UTC)
	o.must(err)
	for _, n := range append(others.Needs, others.More...) {
		if n.Document != "" {
			t.Errorf("Priya is shown an answer that is Jon's: %q", n.Title)
		}
	}
}

func TestTheGreetingCountsEverybodyWhoWaitsForAnAnswer(t *testing.T) {
	o := hartwell(t)
	jon := o.colleague("Jon Sato")
	home, err := o.desk.Home(t.Context(), jon, time.UTC)
	o.must(err)
	if len(home.Requests) == 0 || len(home.Waiting) == 0 {
		t.Fatalf("%d requests and %d conversations wait: nothing is measured", len(home.Requests), len(home.Waiting))
	}
	want := fmt.Sprintf("%d things need you.", len(home.Needs)+len(home.More)+len(home.Requests)+len(home.Waiting))
	if page := o.home(jon); !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
}

func TestProposalsNeedSomebodyInTheirLastWeek(t *testing.T) {
	o := hartwell(t)
	jon := o.colleague("Jon Sato")
	list, err := o.app.Documents.List(t.Context(), jon, "sent", time.Time{}, "", 50)
	o.must(err)
	list = slices.DeleteFunc(list, func(d document.Document) bool { return d.Owner != jon.Person() })
	last, err := time.Parse(time.DateOnly, list[0].ValidUntil)
	o.must(err)
	for days, want := range map[int]bool{-8: false, -7: true, 0: true, 1: false} {
		at := last.AddDate(0, 0, days).Add(12 * time.Hour)
		o.now.Advance(at.Sub(o.now.Now()))
		home, err := o.desk.Home(t.Context(), jon, time.UTC)
		o.must(err)
		found := false
		for _, n := range append(home.Needs, home.More...) {
			found = found || n.Kind == officedesk.Expiring && n.Document == list[0].ID
		}
		if found != want {
			t.Errorf("%d days from the last one: shown %t, want %t", days, found, want)
		}
	}
}

func TestAnEmptyFirmIsLedToItsFirstProposal(t *testing.T) {
	o, _ := open(t)
	var err error
	o.firm, err = o.app.Organisations.Found(t.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Brook Joinery", Currency: "EUR", Zone: "UTC"},
		Owner: organisation.Owner{Name: "Ada Brook", Email: "ada@brook.example", Password: "three unusual words"}})
	if f := fault.As(err); f != nil {
		t.Fatalf("%s %v", f.Message, f.Fields)
	}
	o.must(err)
	ada := o.colleague("Ada Brook")
	if page := o.home(ada); !strings.Contains(page, "First steps") || !strings.Contains(page, `href="/brook-joinery/office/customers/new"`) || strings.Contains(page, "Add project") {
		t.Error("the first step is not to add a customer")
	}
	o.must(o.app.Store.Change(t.Context(), ada, access.CustomersWrite, func(tx *guard.Tx) error {
		_, _, err := customer.CreateIn(tx, customer.Details{Name: "Ruiz family"}, customer.ContactDetails{})
		return err
	}))
	if page := o.home(ada); !strings.Contains(page, "Done") || !strings.Contains(page, "Add project") || strings.Contains(page, "Add customer") {
		t.Error("the second step is not to add a project")
	}
}
