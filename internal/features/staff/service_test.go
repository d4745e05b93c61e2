package staff

import (
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

func TestASuspendedColleagueCanDoNothingUntilTheyAreTakenBack(t *testing.T) {
	onBoth(t, func(w *world) {
		jon, browser := w.persons["Jon"], w.enter("Jon")
		if browser().Zero() {
			t.Fatal("Jon is not inside")
		}
		w.must(w.staff.Suspend(t.Context(), w.as("Adam"), jon, "on leave"))
		if !browser().Zero() {
			t.Error("the open browser of a suspended colleague still works")
		}
		list, err := w.staff.People(t.Context(), w.as("Dana"))
		w.must(err)
		if list[0].Second || list[1].Second {
			t.Error("a second factor is shown that nobody has")
		}
		if len(list) != 3 || list[2].Name != "Jon" || list[2].State != identity.Suspended {
			t.Errorf("a suspended colleague does not stand in the list: %+v", list)
		}
		w.must(w.staff.Suspend(t.Context(), w.as("Adam"), jon, "again"))
		w.must(w.staff.TakeBack(t.Context(), w.as("Adam"), jon, ""))
		if browser().Zero() {
			t.Error("a colleague who was taken back cannot work")
		}
		if w.recorded("staff.suspended") != 1 || w.recorded("staff.taken_back") != 1 {
			t.Error("the log does not hold one suspension and one return")
		}
	})
}

func TestARemovedColleagueCanDoNothingAndTheirTokensNeverComeBack(t *testing.T) {
	onBoth(t, func(w *world) {
		adam, browser, token := w.persons["Adam"], w.enter("Adam"), w.token("Adam", access.ProjectsRead)
		w.must(w.staff.InviteAgain(t.Context(), w.as("Dana"), adam))
		w.must(w.staff.Remove(t.Context(), w.as("Dana"), adam, "left the firm"))
		if !browser().Zero() {
			t.Error("the open browser of a removed colleague works")
		}
		w.must(w.staff.Invite(t.Context(), w.as("Dana"), "Adam", "Adam@example.com", access.Member))
		_, err := w.bearer("/api/v1/me", token)
		w.refused("the token from before the removal", err, fault.Unauthenticated)
		old, _, _ := strings.Cut(w.mails[0].URL[strings.LastIndex(w.mails[0].URL, "/")+1:], "?")
		_, err = w.people.SetPasswordByLink(t.Context(), old, "a long and quiet evening", "", identity.Visit{})
		w.refused("the invitation from before the removal", err, fault.NotFound)
		if w.recorded("staff.removed") != 1 {
			t.Error("the removal is not in the log")
		}
	})
}

// SEC-1 and its neighbours: nobody decides about somebody who may do more, and nobody about
// themselves.
func TestSEC1WhoMayDoMoreIsDecidedOnByThemselvesAlone(t *testing.T) {
	onBoth(t, func(w *world) {
		dana, adam, jon := w.persons["Dana"], w.persons["Adam"], w.persons["Jon"]
		w.hire(w.hartwell, "Olga", access.Owner)
		olga := w.persons["Olga"]
		w.refused("an administrator suspends an owner", w.staff.Suspend(t.Context(), w.as("Adam"), dana, ""), fault.Denied)
		w.refused("an administrator removes an owner", w.staff.Remove(t.Context(), w.as("Adam"), dana, ""), fault.Denied)
		w.refused("an administrator makes an owner a reader", w.staff.Change(t.Context(), w.as("Adam"), dana, Change{Role: access.ReadOnly}), fault.Denied)
		w.refused("an administrator makes an owner", w.staff.Change(t.Context(), w.as("Adam"), jon, Change{Role: access.Owner}), fault.Denied)
		w.refused("an owner removes herself", w.staff.Remove(t.Context(), w.as("Dana"), dana, ""), fault.Denied)
		w.refused("a member suspends somebody", w.staff.Suspend(t.Context(), w.as("Jon"), adam, ""), fault.Denied)
		w.refused("a member changes his own role", w.staff.Change(t.Context(), w.as("Jon"), jon, Change{Role: access.Administrator}), fault.Denied)

		w.must(w.staff.Suspend(t.Context(), w.as("Dana"), olga, "")) // two owners, one of them suspended
		w.refused("the last owner who can enter becomes a manager", w.staff.Change(t.Context(), w.as("Dana"), dana, Change{Role: access.Manager}), fault.Invalid)
		w.refused("an administrator invites a suspended owner as a reader", w.staff.Invite(t.Context(), w.as("Adam"), "Olga", "olga@example.com", access.ReadOnly), fault.Denied)
	})
}

// A07: ids of another firm are of no use in any form.
func TestA07PeopleAndRolesOfAnotherFirmAreNotThere(t *testing.T) {
	onBoth(t, func(w *world) {
		rita := w.persons["Rita"]
		foreign, err := w.staff.AddRole(t.Context(), w.as("Rita"), RoleDraft{Name: "Spy", Permissions: access.NewPermissionSet(access.ProjectsRead)})
		w.must(err)
		w.refused("another firm's role is given", w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: foreign}), fault.Invalid)
		w.refused("another firm's role is invited to", w.staff.Invite(t.Context(), w.as("Dana"), "New", "new@example.com", foreign), fault.Invalid)
		w.refused("another firm's colleague is suspended", w.staff.Suspend(t.Context(), w.as("Dana"), rita, ""), fault.NotFound)
		w.refused("another firm's colleague is changed", w.staff.Change(t.Context(), w.as("Dana"), rita, Change{Role: access.Member}), fault.NotFound)
		w.refused("another firm's role is saved", w.staff.SaveRole(t.Context(), w.as("Dana"), foreign, RoleDraft{Name: "X", Permissions: access.NewPermissionSet(access.ProjectsRead)}), fault.NotFound)
		w.refused("another firm's role is removed", w.staff.RemoveRole(t.Context(), w.as("Dana"), foreign, ""), fault.NotFound)
	})
}

func TestTitleAndPhoneAreSetAlsoOnOneself(t *testing.T) {
	onBoth(t, func(w *world) {
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Dana"], Change{Role: access.Owner, Title: "Managing director", Phone: "020 7946 0100"}))
		p, err := w.staff.Person(t.Context(), w.as("Dana"), w.persons["Dana"])
		w.must(err)
		if p.Title != "Managing director" || p.Phone != "020 7946 0100" || p.Decidable {
			t.Errorf("Dana is %+v", p)
		}
		w.refused("a title of two lines", w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: access.Member, Title: "a\r\nb"}), fault.Invalid)
	})
}

func TestAnInvitationIsSentAgainOnlyToWhoHasNotBeenHere(t *testing.T) {
	onBoth(t, func(w *world) {
		w.must(w.staff.InviteAgain(t.Context(), w.as("Dana"), w.persons["Jon"]))
		if len(w.mails) != 1 || w.mails[0].To != "Jon@example.com" {
			t.Fatalf("%d mails went out", len(w.mails))
		}
		w.enter("Adam")()
		w.must(w.people.FlushSeen(t.Context()))
		w.refused("who has been here is invited", w.staff.InviteAgain(t.Context(), w.as("Dana"), w.persons["Adam"]), fault.Conflict)
	})
}

func TestTheListTellsWhoHasASecondFactorAndTheMenuWhichRole(t *testing.T) {
	onBoth(t, func(w *world) {
		w.raw(`update people set second_factor = true where id = $1`, string(w.persons["Jon"]))
		role, err := w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Estimator", Permissions: access.NewPermissionSet(access.ProjectsRead)})
		w.must(err)
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: role}))
		list, err := w.staff.People(t.Context(), w.as("Dana"))
		w.must(err)
		for _, c := range list {
			if c.Second != (c.Name == "Jon") {
				t.Errorf("%s has a second factor: %v", c.Name, c.Second)
			}
		}
		if name, err := w.staff.NameOf(t.Context(), w.as("Jon")); err != nil || name != "Estimator" {
			t.Errorf("Jon is %q, %v", name, err)
		}
		if name, err := w.staff.NameOf(t.Context(), w.as("Dana")); err != nil || name != "" {
			t.Errorf("Dana is %q, %v", name, err)
		}
	})
}
