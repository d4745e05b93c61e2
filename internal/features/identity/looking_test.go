package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/identity/standing"
	"lintel/internal/platform/fault"
)

// staffBrowser is Dana's browser, signed in, and who she is in it.
func (w *world) staffBrowser() (*browser, access.Actor) {
	w.t.Helper()
	w.service.RunAsDemo(true)
	var path string
	w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) { path, err = w.service.MakeDemoLink(tx, w.dana); return err })
	b := w.browser(w.site())
	b.get(path)
	b.post("/l")
	return b, w.who(b, "/hartwell/office")
}

// who is whom the portal takes a browser for on a page.
func (w *world) who(b *browser, page string) access.Actor {
	w.t.Helper()
	for _, c := range b.cookies {
		if strings.HasSuffix(c.Name, identity.SessionCookie) {
			return w.actor(page, c)
		}
	}
	return access.Actor{}
}

func (w *world) look(actor access.Actor, person access.PersonID, reason string) error {
	return w.store.Change(context.Background(), actor, access.SeeAs, func(tx *guard.Tx) error {
		return identity.Look(tx, identity.LookRequest{Person: person, Reason: reason})
	})
}

func TestAColleagueWhoLooksAsMariaReadsAndChangesNothing(t *testing.T) {
	onBoth(t, func(w *world) {
		b, dana := w.staffBrowser()
		if err := w.look(dana, w.maria, "She asks where her proposal is"); err != nil {
			t.Fatal(err)
		}
		maria := w.who(b, "/hartwell/home")
		if maria.Person() != w.maria || maria.SeenBy() != w.dana || !maria.May(access.HomeRead) {
			t.Fatalf("the home is read by %+v", maria)
		}
		for _, p := range access.Permissions() {
			if maria.May(p) && !strings.HasSuffix(string(p), ":read") {
				t.Errorf("who looks may %s", p)
			}
		}
		if err := w.store.Change(context.Background(), maria, access.HomeRead, func(*guard.Tx) error { return nil }); !fault.Is(err, fault.Denied) {
			t.Errorf("a change answers %v", err)
		}
		if shared := w.who(b, "/hartwell/messages/proposal/x"); shared.SeenBy() != w.dana {
			t.Error("on an address that the faces share, the colleague's own rights are mixed in")
		}
		if office := w.who(b, "/hartwell/office/customers"); office.Person() != w.dana || office.Kind() != access.Staff {
			t.Error("the office is closed while somebody looks")
		}
		if err := w.service.FlushSeen(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`select count(*) from memberships where person = $1 and last_seen_at is not null`, string(w.maria)); n != 0 {
			t.Error("Maria counts as seen")
		}
		w.change(w.who(b, "/hartwell/office"), access.SeeAs, stopped)
		if still := w.who(b, "/hartwell/home"); still.Kind() == access.Customer {
			t.Error("Stop did not end it")
		}
		if n := w.count(`select count(*) from events where kind in ('person.look_started', 'person.look_ended')`); n != 2 {
			t.Errorf("%d events", n)
		}
	})
}

func TestALookEndsAfterHalfAnHourWithTheRightAndWithTheSession(t *testing.T) {
	ends := map[string]func(w *world, b *browser){
		"half an hour": func(w *world, b *browser) {
			w.clock.Advance(standing.LookLife)
			if maria := w.who(b, "/hartwell/home"); maria.Kind() == access.Customer {
				w.t.Error("open after its time, before the job")
			}
			w.drain()
			if n := w.count(`select count(*) from session_entries where seen_by <> ''`); n != 0 {
				w.t.Error("the job leaves the entry")
			}
		},
		"the right": func(w *world, _ *browser) {
			w.raw(`update memberships set role = 'member' where person = $1 and kind = 'staff'`, string(w.dana))
		},
		"the membership": func(w *world, _ *browser) {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.RemoveMember(tx, w.dana, access.Staff) })
		},
		"Maria's access": func(w *world, _ *browser) {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.RemoveMember(tx, w.maria, access.Customer) })
		},
		"the session": func(_ *world, b *browser) { b.post("/sign-out") },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				b, dana := w.staffBrowser()
				w.service.Jobs(w.runner)
				if err := w.look(dana, w.maria, "to help"); err != nil {
					t.Fatal(err)
				}
				if w.who(b, "/hartwell/home").SeenBy() != w.dana {
					t.Fatal("nobody looks")
				}
				kept := b.copyOf()
				end(w, b)
				if still := w.who(kept, "/hartwell/home"); still.Kind() == access.Customer {
					t.Errorf("the look goes on without %s", name)
				}
			})
		})
	}
}

func TestABrowserKeepsItsOwnEntryWhileSomebodyLooksInIt(t *testing.T) {
	onBoth(t, func(w *world) {
		b, _ := w.staffBrowser()
		b.get(identity.LinkPath + w.proposalLink())
		b.post("/l")
		dana := w.who(b, "/hartwell/office")
		if own := w.who(b, "/hartwell/home"); own.Person() != w.maria || own.SeenBy() != "" {
			t.Fatalf("before: %+v", own)
		}
		if err := w.look(dana, w.maria, "to help"); err != nil {
			t.Fatal(err)
		}
		if maria := w.who(b, "/hartwell/home"); maria.SeenBy() != w.dana || maria.May(access.ProposalsAnswer) {
			t.Error("what the browser may do by Maria's link is mixed in")
		}
		w.clock.Advance(time.Minute)
		b.get(identity.LinkPath + w.proposalLink())
		b.post("/l")
		if maria := w.who(b, "/hartwell/home"); maria.SeenBy() != w.dana {
			t.Error("a link that is opened while somebody looks ends the look")
		}
		w.change(w.who(b, "/hartwell/office"), access.SeeAs, stopped)
		if own := w.who(b, "/hartwell/home"); own.Person() != w.maria || own.SeenBy() != "" {
			t.Errorf("after: %+v", own)
		}
	})
}

func TestALookNeedsTheRightAReasonAndAPersonOfThisPortal(t *testing.T) {
	onBoth(t, func(w *world) {
		_, dana := w.staffBrowser()
		if err := w.look(dana, w.maria, "  "); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		var stranger access.PersonID
		w.change(access.NewSystem(northgate, "test"), access.SystemWork, func(tx *guard.Tx) (err error) {
			stranger, err = identity.EnsureContactPerson(tx, "Tom", "tom@elsewhere.example")
			return err
		})
		if err := w.look(dana, stranger, "to help"); !fault.Is(err, fault.NotFound) {
			t.Errorf("as the other firm's contact: %v", err)
		}
		if err := w.look(dana, w.dana, "to help"); !fault.Is(err, fault.NotFound) {
			t.Errorf("as a colleague: %v", err)
		}
		w.raw(`update memberships set role = 'finance' where person = $1`, string(w.dana))
		b, finance := w.staffBrowser()
		if err := w.look(finance, w.maria, "to help"); !fault.Is(err, fault.Denied) || w.who(b, "/hartwell/home").Kind() == access.Customer {
			t.Errorf("without the right: %v", err)
		}
	})
}

func stopped(tx *guard.Tx) error {
	_, err := identity.StopLooking(tx)
	return err
}
