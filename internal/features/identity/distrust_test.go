package identity_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/staff"
)

// Who sets a new password may do so because somebody else was in: what that one's browser was trusted with ends too.
func TestANewPasswordMakesOtherBrowsersUnknown(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		thief := w.withPassword(site) // remembered for 90 days, and inside
		w.clock.Advance(time.Hour)
		owner := w.browser(site)
		owner.get(w.askAndFetch(owner, "password", "dana@hartwell.example"))
		if set := owner.post("/sign-in/reset", "password", danasPassword+" two"); set.status != http.StatusSeeOther {
			t.Fatalf("the new password: %d %s", set.status, set.body)
		}
		if n := w.count(`select count(*) from confirmed_browsers where person = $1 and revoked_at is null`, string(w.dana)); n != 1 {
			t.Errorf("%d browsers are trusted, want the one that set the password", n)
		}
		if got := thief.get("/hartwell/office"); got.status == http.StatusOK {
			t.Error("the thief's browser is inside")
		}
		if got := owner.get("/hartwell/office"); got.status != http.StatusOK {
			t.Errorf("the owner's browser answers %d", got.status)
		}
	})
}

// The list of a person's portals names firms: it ends when the session does.
func TestTheChoiceOfPortalsEndsWithTheSession(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		b := w.withPassword(w.site())
		w.change(access.NewSystem(northgate, "test"), access.SystemWork, func(tx *guard.Tx) error {
			_, err := staff.Add(tx, "dana@hartwell.example", "Dana Kowal", access.Owner)
			return err
		})
		if page := b.get("/sign-in/choose"); page.status != http.StatusOK || !strings.Contains(page.body, "Northgate") {
			t.Fatalf("at first: %d", page.status)
		}
		w.clock.Advance(13 * time.Hour)
		if page := b.get("/sign-in/choose"); page.status != http.StatusSeeOther || strings.Contains(page.body, "Northgate") {
			t.Errorf("after thirteen idle hours: %d", page.status)
		}
	})
}

// A password is set for whom the page named, whatever link was opened in the browser since.
func TestAPasswordIsNotSetForAnotherLinkThanThePageWasDrawnFor(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		b := w.browser(w.site())
		b.get(w.askAndFetch(b, "password", "dana@hartwell.example"))
		older := hiddenLink.FindStringSubmatch(b.get("/sign-in/reset").body)
		b.get(w.askAndFetch(b, "password", "maria@ruiz-family.example"))
		newer := hiddenLink.FindStringSubmatch(b.get("/sign-in/reset").body)
		if older == nil || newer == nil || older[1] == newer[1] {
			t.Fatalf("the pages do not tell their links apart: %q %q", older, newer)
		}
		if got := b.post("/sign-in/reset", "password", danasPassword, "link", older[1]); got.location != "/sign-in/reset?newer=1" || w.count(`select count(*) from people where password <> ''`) != 0 {
			t.Errorf("the older page leads to %d %q, or sets somebody's password", got.status, got.location)
		}
		if page := b.get("/sign-in/reset?newer=1"); !strings.Contains(page.body, "Another link was opened in this browser since.") {
			t.Error("nobody says why it is another page now")
		}
		if got := b.post("/sign-in/reset", "password", danasPassword, "link", newer[1]); got.status != http.StatusSeeOther {
			t.Errorf("the newer page: %d", got.status)
		}
	})
}
