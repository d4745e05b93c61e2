package notify

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

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
		w.grant("maria", "", "*")
		w.happen("e1", "kitchen", "")
		w.happen("e2", "loft", "")
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
