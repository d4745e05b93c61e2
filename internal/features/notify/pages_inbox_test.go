package notify

import (
	"context"
	"fmt"
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
	"lintel/internal/features/organisation"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/migrate"
)

// inboxes is a firm with Jon and Eve in the office and Maria as a customer.
type inboxes struct {
	database *db.DB
	*testing.T
	store   *guard.Store
	service *Service
	server  http.Handler
	actors  map[string]access.Actor
	letters []outbox.Letter
}

func (w *inboxes) member(name, kind string) {
	w.Helper()
	for _, text := range []string{
		fmt.Sprintf("insert into people (id, email, email_folded, created_at) values ('%[1]s', '%[1]s@example.com', '%[1]s@example.com', 0)", name),
		fmt.Sprintf("insert into memberships (org, person, kind, name, email, created_at) values ('%[3]s', '%[1]s', '%[2]s', '%[1]s', '%[1]s@example.com', 0)", name, kind, w.actors["jon"].Org()),
	} {
		if err := w.database.Write(w.Context(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
			w.Fatal(err)
		}
	}
}

func onBoth(t *testing.T, run func(w *inboxes)) {
	t.Helper()
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		now := clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
		if _, err := migrate.Up(t.Context(), database, now.Now()); err != nil {
			t.Fatal(err)
		}
		quiet := slog.New(slog.DiscardHandler)
		events := event.NewRegistry()
		events.Declare(organisation.Events()...)
		w := &inboxes{T: t, database: database, store: guard.New(database, events, now, quiet, func() {}), actors: map[string]access.Actor{}}
		firm, err := organisation.New(w.store, nil, organisation.Ports{}).Found(t.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Hartwell & Sons"}})
		if err != nil {
			t.Fatal(err)
		}
		for name, identity := range map[string]access.Identity{"jon": {Kind: access.Staff, Role: access.Owner}, "eve": {Kind: access.Staff, Role: access.Member},
			"maria": {Kind: access.Customer, Modules: access.EveryModule}, "maria for one": {Kind: access.Customer, Modules: access.EveryModule, Item: "kitchen"}} {
			person, _, _ := strings.Cut(name, " ")
			identity.Org, identity.Person, identity.Name, identity.Proof = firm.ID, access.PersonID(person), person, access.ConfirmedBrowser
			w.actors[name] = access.NewActor(identity)
		}
		w.member("jon", "staff")
		w.member("eve", "staff")
		w.member("maria", "customer")
		w.service = New(w.store, Means{BaseURL: "https://portal.example", Mail: func(_ *guard.Tx, l outbox.Letter) error {
			w.letters = append(w.letters, l)
			return nil
		}})
		frame := organisation.NewFrame(nil)
		table := &route.Table{}
		NewPages(w.service, frame).Routes(table)
		w.server = table.Handler(route.Edge{
			Authenticate: func(_ context.Context, r *http.Request, _ string) (access.Actor, access.Organisation, error) {
				return w.actors[r.Header.Get("Test-Actor")], firm, nil
			},
			Reader: func(ctx context.Context, _ *route.Request) context.Context {
				return i18n.WithReader(ctx, i18n.Reader{Language: "en", Zone: time.UTC, Now: now.Now()})
			},
			Trouble: frame.Trouble, SignIn: func(*route.Request) string { return "/sign-in" }, Address: func(*http.Request) string { return "192.0.2.1" }, Log: quiet})
		run(w)
	})
}

// grant lets Maria see the things of a customer, of which each event has one as its subject.
func (w *inboxes) grant(subjects map[string]string) {
	w.Helper()
	org := string(w.actors["jon"].Org())
	statements := []string{fmt.Sprintf("insert into grants (org, id, person, customer, created_at) values ('%s', 'g', 'maria', 'c', 0)", org)}
	for event, subject := range subjects {
		statements = append(statements, fmt.Sprintf(`insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
			values ('%s', '%s', %d, 'message.posted', 0, 'staff', 'jon', 'proposal', '%s', 'c', '', '', '', '', '', '')`, org, event, 1000+len(statements), subject))
	}
	for _, text := range statements {
		if err := w.database.Write(w.Context(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *inboxes) tell(person, event, title, url string) {
	w.Helper()
	err := w.store.Change(w.Context(), w.actors["jon"], access.HomeRead, func(tx *guard.Tx) error {
		return w.service.Tell(tx, Telling{Person: access.PersonID(person), Kind: w.actors[person].Kind(), Event: event, Activity: Messages, Title: title, URL: url, Letter: outbox.Letter{URL: "https://portal.example" + url}})
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *inboxes) do(who, method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Test-Actor", who)
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer
}

func (w *inboxes) newest(who string) Notice {
	w.Helper()
	list, err := w.service.Inbox(w.Context(), w.actors[who])
	if err != nil || len(list) == 0 {
		w.Fatalf("inbox of %s: %d notices, %v", who, len(list), err)
	}
	return list[0]
}

func TestEverybodyReadsAndOpensOnlyTheirOwnNotices(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		const office, target = "/hartwell-sons/office/inbox", "/hartwell-sons/office/proposals/kitchen"
		w.tell("jon", "e1", "Maria asks for changes to Kitchen.", target)
		if page := w.do("jon", "GET", office); !strings.Contains(page.Body.String(), "Maria asks for changes") || !strings.Contains(page.Body.String(), ">New<") {
			t.Errorf("Jon's inbox misses the notice or its mark: %d %s", page.Code, page.Body)
		}
		if page := w.do("eve", "GET", office).Body.String(); strings.Contains(page, "Maria asks for changes") || !strings.Contains(page, "Nothing yet") {
			t.Error("Eve's inbox is not empty")
		}
		notice := w.newest("jon")
		if answer := w.do("eve", "POST", office+"/"+notice.ID); answer.Code != http.StatusNotFound {
			t.Errorf("Eve opens Jon's notice: %d, want 404", answer.Code)
		}
		if answer := w.do("maria", "POST", "/hartwell-sons/home/inbox/"+notice.ID); answer.Code != http.StatusNotFound {
			t.Errorf("Maria opens Jon's notice: %d, want 404", answer.Code)
		}
		if !w.newest("jon").Unread() {
			t.Error("somebody else has marked Jon's notice as read")
		}
		answer := w.do("jon", "POST", office+"/"+notice.ID)
		if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != target {
			t.Errorf("opening leads to %d %q, want 303 %q", answer.Code, answer.Header().Get("Location"), target)
		}
		if page := w.do("jon", "GET", office).Body.String(); strings.Contains(page, ">New<") || strings.Contains(page, "Mark all read") {
			t.Error("the opened notice still counts as new")
		}
	})
}

func TestMarkAllReadTouchesOnesOwnInboxAlone(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.tell("jon", "e1", "One.", "/hartwell-sons/office/proposals/a")
		w.tell("jon", "e2", "Two.", "/hartwell-sons/office/proposals/b")
		w.tell("eve", "e1", "One.", "/hartwell-sons/office/proposals/a")
		if answer := w.do("jon", "POST", "/hartwell-sons/office/inbox/read"); answer.Header().Get("Location") != "/hartwell-sons/office/inbox" {
			t.Fatalf("mark all read: %d %v", answer.Code, answer.Header())
		}
		for who, want := range map[string]int{"jon": 0, "eve": 1} {
			if unread, err := w.service.Unread(t.Context(), w.actors[who]); unread != want || err != nil {
				t.Errorf("%s has %d unread, %v; want %d", who, unread, err, want)
			}
		}
	})
}

func TestWhoHoldsALinkToOneDocumentIsToldOfThatOneOnly(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		w.grant(map[string]string{"e1": "kitchen", "e2": "loft"})
		w.tell("maria", "e1", "Jon answered on Kitchen", "/hartwell-sons/home/proposals/kitchen")
		w.tell("maria", "e2", "Jon answered on Loft", "/hartwell-sons/home/proposals/loft")
		if page := w.do("maria", "GET", "/hartwell-sons/home/inbox").Body.String(); !strings.Contains(page, "Kitchen") || !strings.Contains(page, "Loft") {
			t.Error("Maria, who sees everything, misses a notice")
		}
		if page := w.do("maria for one", "GET", "/hartwell-sons/home/inbox").Body.String(); !strings.Contains(page, "Kitchen") || strings.Contains(page, "Loft") {
			t.Error("a link to the kitchen's proposal tells of the loft, or not of the kitchen")
		}
		if unread, err := w.service.Unread(t.Context(), w.actors["maria for one"]); unread != 1 || err != nil {
			t.Errorf("%d unread, %v; want 1", unread, err)
		}
	})
}

func TestANoticeNeverLeadsOutOfTheFirmsPortal(t *testing.T) {
	onBoth(t, func(w *inboxes) {
		for i, target := range []string{"https://elsewhere.example/", "//elsewhere.example", "/rival/office", `/hartwell-sons/\elsewhere`} {
			w.tell("jon", string(rune('a'+i)), target, target)
		}
		list, err := w.service.Inbox(t.Context(), w.actors["jon"])
		if err != nil || len(list) != 4 {
			t.Fatal(len(list), err)
		}
		for _, n := range list {
			if to := w.do("jon", "POST", "/hartwell-sons/office/inbox/"+n.ID).Header().Get("Location"); to != "/hartwell-sons/office/inbox" {
				t.Errorf("%s leads to %q", n.URL, to)
			}
		}
	})
}
