package identity_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// technician makes Nadia a technician and gives the path of her newest link.
func (w *world) technician() (person access.PersonID, path string) {
	w.t.Helper()
	w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) {
		if person, err = identity.AddTechnician(tx, "Nadia Okafor", "nadia@brightwire.example"); err != nil {
			return err
		}
		return w.service.MailTechnicianLink(context.Background(), tx, person, "Brightwire")
	})
	_, path = w.lastMail()
	return person, path
}

// isIn reports whether the browser is the technician's.
func (w *world) isIn(b *browser) bool {
	w.t.Helper()
	return b.get("/hartwell/field").status == http.StatusOK
}

func TestT5ATechnicianEntersWithoutAPasswordAndAForwardedLinkAsksForTheMailedCode(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		_, path := w.technician()
		phone := w.browser(site)
		phone.get(path)
		landing := phone.get("/l")
		if !strings.Contains(landing.body, "n•••a@brigh•••") || strings.Contains(landing.body, "nadia@") {
			t.Errorf("the landing page does not show the masked address")
		}
		if w.isIn(phone) {
			t.Error("looking at the landing page lets in")
		}
		if got := phone.post("/l"); got.location != "/hartwell/field" || !w.isIn(phone) {
			t.Fatalf("the first device: %d to %q", got.status, got.location)
		}
		if got := phone.get("/hartwell/home"); got.status != http.StatusNotFound {
			t.Errorf("a technician sees the customers' portal: %d", got.status)
		}

		thief := w.browser(site)
		thief.get(path)
		if got := thief.post("/l"); got.location != "/l/code" || w.isIn(thief) {
			t.Fatalf("a forwarded link: %d to %q", got.status, got.location)
		}
		w.mu.Lock()
		letter := w.mails[len(w.mails)-1]
		w.mu.Unlock()
		if letter.To != "nadia@brightwire.example" {
			t.Errorf("the code goes to %s", letter.To)
		}
		for _, wrong := range []string{"", "000000"} {
			if got := thief.post("/l/code", "code", wrong); got.status != http.StatusUnprocessableEntity || w.isIn(thief) {
				t.Errorf("with the code %q: %d", wrong, got.status)
			}
		}
		other := w.browser(site)
		other.get(path)
		if other.post("/l/code", "code", letter.Code); w.isIn(other) {
			t.Error("the code lets in a browser that did not ask for it")
		}
		if got := thief.post("/l/code", "code", letter.Code); got.location != "/hartwell/field" || !w.isIn(thief) {
			t.Errorf("with the code from the mailbox: %d to %q", got.status, got.location)
		}
	})
}

func TestT5ADeviceIsRememberedForNewerLinksAndOnlyThere(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		_, first := w.technician()
		phone := w.browser(site)
		phone.get(first)
		phone.post("/l")
		w.clock.Advance(31 * 24 * time.Hour)
		if w.isIn(phone) {
			t.Error("still inside after a month without a visit")
		}
		_, second := w.technician()
		stranger := w.browser(site)
		stranger.get(second)
		if got := stranger.post("/l"); got.location != "/l/code" {
			t.Errorf("a newer link lets a stranger in first: %d to %q", got.status, got.location)
		}
		phone.get(second)
		if got := phone.post("/l"); got.location != "/hartwell/field" {
			t.Errorf("the known phone: %d to %q", got.status, got.location)
		}
	})
}

func TestT5RemovingATechnicianEndsTheOpenSessionAndEveryLinkAtOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		person, path := w.technician()
		phone := w.browser(site)
		phone.get(path)
		phone.post("/l")
		if !w.isIn(phone) {
			t.Fatal("not inside")
		}
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.LeaveFace(tx, person, access.Technician) })
		if w.isIn(phone) {
			t.Error("the open session goes on")
		}
		phone.get(path)
		if got := phone.post("/l"); got.status != http.StatusNotFound || w.isIn(phone) {
			t.Errorf("the old link: %d", got.status)
		}
		_, again := w.technician()
		if phone.get(path); phone.post("/l").status != http.StatusNotFound {
			t.Error("an old link comes back to life with its person")
		}
		phone.get(again)
		if got := phone.post("/l"); got.location != "/hartwell/field" {
			t.Errorf("a new link: %d to %q", got.status, got.location)
		}
	})
}

func TestATechnicianWhoAsksForAWayInGetsTheirLinkAndNeverAPassword(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		site := w.site()
		w.technician()
		for _, purpose := range []string{"link", "password"} {
			b := w.browser(site)
			b.post("/sign-in/ask", "for", purpose, "email", "nadia@brightwire.example", "org", "hartwell")
			w.drain()
			if _, path := w.lastMail(); !strings.HasPrefix(path, identity.LinkPath) {
				t.Errorf("asked for a %s: the mail leads to %q", purpose, path)
			}
		}
	})
}

func TestAnEndedTechnicianLinkIsMadeAnewForTheSameAddress(t *testing.T) {
	onBoth(t, func(w *world) {
		w.service.Jobs(w.runner)
		_, path := w.technician()
		w.clock.Advance(31 * 24 * time.Hour)
		b := w.browser(w.site())
		b.get(path)
		if got := b.get("/l"); got.status != http.StatusNotFound {
			t.Fatalf("after 31 days: %d", got.status)
		}
		b.post("/l/again")
		w.drain()
		if _, fresh := w.lastMail(); fresh == path || !strings.HasPrefix(fresh, identity.LinkPath) {
			t.Errorf("no new link in the mail: %q", fresh)
		}
	})
}

func TestADeskUserSetsAPasswordOnceAndEntersTheDesk(t *testing.T) {
	onBoth(t, func(w *world) {
		var person access.PersonID
		invite := func() string {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) {
				if person, err = identity.AddDeskPerson(tx, "Eva Voss", "eva@brightwire.example"); err != nil {
					return err
				}
				return w.service.InviteToDesk(context.Background(), tx, person, "Brightwire")
			})
			_, path := w.lastMail()
			return path
		}
		path := invite()
		b := w.browser(w.site())
		b.get(path)
		if got := b.post("/sign-in/reset", "password", danasPassword); got.location != "/hartwell/desk" {
			t.Fatalf("after setting a password: %d to %q %s", got.status, got.location, got.body)
		}
		if got := b.get("/hartwell/desk"); got.status != http.StatusOK {
			t.Errorf("the desk: %d", got.status)
		}
		if path := invite(); path != "/sign-in?org=hartwell" {
			t.Errorf("somebody with a password is sent to %q", path)
		}
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.LeaveFace(tx, person, access.Contractor) })
		if got := b.get("/hartwell/desk"); got.status != http.StatusSeeOther {
			t.Errorf("after the access ended: %d", got.status)
		}
	})
}

func TestALostPhoneIsForgottenWithAllOtherBrowsers(t *testing.T) {
	onBoth(t, func(w *world) {
		site := w.site()
		_, path := w.technician()
		lost := w.browser(site)
		lost.get(path)
		lost.post("/l")
		fresh := w.browser(site)
		fresh.get(path)
		fresh.post("/l")
		code, _ := w.lastMail()
		fresh.post("/l/code", "code", code)
		fresh.post("/hartwell/profile/sessions/end-others")
		if w.isIn(lost) {
			t.Error("the lost phone is still inside")
		}
		lost.get(path)
		if got := lost.post("/l"); got.location != "/l/code" {
			t.Errorf("the lost phone comes in again: %d to %q", got.status, got.location)
		}
	})
}

func TestTheNameThatAnotherContractorGaveStays(t *testing.T) {
	onBoth(t, func(w *world) {
		person, _ := w.technician()
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
			again, err := identity.AddTechnician(tx, "Mallory", "NADIA@brightwire.example")
			if again != person {
				t.Errorf("the same address is another person: %s", again)
			}
			return err
		})
		if n := w.count(`select count(*) from memberships where person = $1 and name = 'Nadia Okafor'`, string(person)); n != 1 {
			t.Error("the name was taken over")
		}
		err := w.store.Change(context.Background(), w.office, access.SystemWork, func(tx *guard.Tx) error {
			_, err := identity.AddTechnician(tx, "A\u202eB", "x@y.example")
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a name that is not what it looks like: %v", err)
		}
	})
}
