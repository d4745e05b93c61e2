package identity_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

func TestAnUnknownPortalIsNotFoundAndAStrangerIsNobody(t *testing.T) {
	onBoth(t, func(w *world) {
		_, _, err := w.service.Authenticate(context.Background(), httptest.NewRequest("GET", "/nowhere/home", nil), "nowhere")
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("unknown portal: %v", err)
		}
		if actor := w.actor("/hartwell/home"); !actor.Zero() {
			t.Errorf("a browser without cookies is %v", actor)
		}
	})
}

func TestOneAddressIsOnePersonHoweverItIsWritten(t *testing.T) {
	onBoth(t, func(w *world) {
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
			again, err := identity.EnsureContactPerson(tx, "Maria J. Ruiz", " Maria@Ruiz-Family.example ")
			if again != w.maria {
				t.Errorf("a second person was made: %s, %s", again, w.maria)
			}
			return err
		})
		w.change(access.NewSystem(northgate, "test"), access.SystemWork, func(tx *guard.Tx) error {
			there, err := identity.EnsureContactPerson(tx, "M. Ruiz", "maria@ruiz-family.example")
			if there != w.maria {
				t.Errorf("another organisation knows her as another person")
			}
			member, err2 := identity.MemberByPerson(tx, there)
			if member.Name != "M. Ruiz" {
				t.Errorf("next door she is called %q", member.Name)
			}
			if err2 != nil {
				return err2
			}
			return err
		})
	})
}

func TestF05AddressesAndNamesAreOneLineAndOnePerson(t *testing.T) {
	onBoth(t, func(w *world) {
		for _, bad := range [][2]string{{"Maria", "maria@example.com\r\nBcc: all@example.com"}, {"Maria", "a@example.com, b@example.com"}, {"Maria", "no address"},
			{"Maria", "Maria <m@example.com>"}, {"Ma\r\nria", "m@example.com"}, {"", "m@example.com"}} {
			err := w.store.Change(context.Background(), w.office, access.SystemWork, func(tx *guard.Tx) error {
				_, err := identity.EnsureContactPerson(tx, bad[0], bad[1])
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func TestLinksAreListedRevocableAndOnlyTheirHashIsKept(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.proposalLink()
		w.clock.Advance(time.Hour)
		w.proposalLink()
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
			list, err := identity.LinksOf(tx, "p1")
			if len(list) != 2 || !list[0].Live(tx.Now()) || !list[1].Live(tx.Now()) {
				t.Errorf("a newer link replaced the older one: %+v", list)
			}
			if ends := list[0].EndsAt.Sub(list[0].MadeAt); ends != 30*24*time.Hour {
				t.Errorf("a link works for %v", ends)
			}
			if err := identity.RevokeLink(tx, list[1].ID); err != nil {
				return err
			}
			list, err2 := identity.LinksOfPerson(tx, w.maria)
			if list[1].Live(tx.Now()) || !list[0].Live(tx.Now()) {
				t.Errorf("after revoking one: %+v", list)
			}
			if err2 != nil {
				return err2
			}
			return err
		})
		if w.count(`select count(*) from links where token_hash = $1`, token) != 0 {
			t.Error("the token itself is in the database")
		}
	})
}

func TestStaffWithoutTheRightRevokeNoLink(t *testing.T) {
	onBoth(t, func(w *world) {
		w.proposalLink()
		reader := access.NewActor(access.Identity{Org: hartwell, Person: w.dana, Kind: access.Staff, Role: access.ReadOnly})
		err := w.store.Change(context.Background(), reader, access.HomeRead, func(tx *guard.Tx) error {
			list, err := identity.LinksOf(tx, "p1")
			if err != nil {
				return err
			}
			return identity.RevokeLink(tx, list[0].ID)
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("got %v", err)
		}
	})
}

func TestGrantsAreOnceAndEndWithTheMembership(t *testing.T) {
	onBoth(t, func(w *world) {
		grants := func() (list []identity.Granted) {
			w.change(w.office, access.SystemWork, func(tx *guard.Tx) (err error) { list, err = identity.GrantsOf(tx, w.maria); return err })
			return list
		}
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error {
			for range 2 {
				if err := identity.Grant(tx, w.maria, "c1", ""); err != nil {
					return err
				}
			}
			return identity.Grant(tx, w.maria, "c2", "project")
		})
		if len(grants()) != 2 {
			t.Errorf("grants: %+v", grants())
		}
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.RevokeGrants(tx, w.maria, "c1", "moved") })
		if len(grants()) != 1 {
			t.Errorf("after revoking c1: %+v", grants())
		}
		w.change(w.office, access.SystemWork, func(tx *guard.Tx) error { return identity.RemoveMember(tx, w.maria, access.Customer) })
		if len(grants()) != 0 {
			t.Errorf("after removal: %+v", grants())
		}
	})
}
