package staff

import (
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
)

func TestARoleOfTheFirmsOwnPermitsWhatIsTickedFromTheNextRequestOn(t *testing.T) {
	onBoth(t, func(w *world) {
		role, err := w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Estimator", Permissions: access.NewPermissionSet(access.ProposalsWrite, access.CostsRead)})
		w.must(err)
		browser := w.enter("Jon")
		w.must(w.staff.Change(t.Context(), w.as("Adam"), w.persons["Jon"], Change{Role: role, Reason: "does the estimates now"}))
		jon := browser()
		for permission, want := range map[access.Permission]bool{access.CostsRead: true, access.ProposalsWrite: true, access.ProposalsRead: true, access.HomeRead: true,
			access.ProjectsWrite: false, access.PeopleManage: false, access.ProposalsSend: false} {
			if jon.May(permission) != want {
				t.Errorf("an estimator may %s: %v", permission, !want)
			}
		}
		w.must(w.staff.SaveRole(t.Context(), w.as("Adam"), role, RoleDraft{Name: "Estimator", Permissions: access.NewPermissionSet(access.ProposalsWrite)}))
		if browser().May(access.CostsRead) {
			t.Error("a permission that was taken away still holds")
		}
		if w.recorded("role.made") != 1 || w.recorded("role.changed") != 1 || w.recorded("staff.changed") != 1 {
			t.Error("the log misses an act")
		}
	})
}

func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	onBoth(t, func(w *world) {
		keeper, err := w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Office keeper", Permissions: access.NewPermissionSet(access.PeopleManage, access.ProjectsRead)})
		w.must(err)
		finance, err := w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Books", Permissions: access.NewPermissionSet(access.CostsRead)})
		w.must(err)
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: keeper}))
		jon := w.as("Jon")
		more := RoleDraft{Name: "More", Permissions: access.NewPermissionSet(access.CostsRead)}
		_, err = w.staff.AddRole(t.Context(), jon, more)
		w.refused("a role with costs is made by who sees none", err, fault.Denied)
		w.refused("the own role is widened", w.staff.SaveRole(t.Context(), jon, keeper, RoleDraft{Name: "Office keeper", Permissions: access.NewPermissionSet(access.PeopleManage, access.SettingsWrite)}), fault.Denied)
		w.refused("a wider role is narrowed", w.staff.SaveRole(t.Context(), jon, finance, RoleDraft{Name: "Books", Permissions: access.NewPermissionSet(access.ProjectsRead)}), fault.Denied)
		w.refused("a wider role is removed", w.staff.RemoveRole(t.Context(), jon, finance, ""), fault.Denied)
		w.refused("a friend is invited as administrator", w.staff.Invite(t.Context(), jon, "Friend", "friend@example.com", access.Administrator), fault.Denied)
		w.refused("an administrator is removed", w.staff.Remove(t.Context(), jon, w.persons["Adam"], ""), fault.Denied)
		w.must(w.staff.Invite(t.Context(), jon, "Helper", "helper@example.com", keeper))
		roles, err := w.staff.Givable(t.Context(), jon)
		w.must(err)
		if len(roles) != 1 || roles[0].ID != keeper {
			t.Errorf("the list to choose from holds %v", roles)
		}
	})
}

func TestARoleThatSomebodyHasCannotBeRemoved(t *testing.T) {
	onBoth(t, func(w *world) {
		role, err := w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Estimator", Permissions: access.NewPermissionSet(access.ProposalsRead)})
		w.must(err)
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: role}))
		w.must(w.staff.Suspend(t.Context(), w.as("Dana"), w.persons["Jon"], ""))
		w.refused("the role of a suspended colleague is removed", w.staff.RemoveRole(t.Context(), w.as("Dana"), role, ""), fault.Conflict)
		full, err := w.staff.Role(t.Context(), w.as("Dana"), role)
		w.must(err)
		if len(full.Members) != 1 || full.Members[0].Name != "Jon" {
			t.Errorf("the role's page names %v", full.Members)
		}
		w.must(w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: access.Member}))
		w.must(w.staff.RemoveRole(t.Context(), w.as("Dana"), role, ""))
		w.refused("a removed role is given", w.staff.Change(t.Context(), w.as("Dana"), w.persons["Jon"], Change{Role: role}), fault.Invalid)
	})
}

func TestLintelsRolesStayAsTheyAreAndNamesAreUnique(t *testing.T) {
	onBoth(t, func(w *world) {
		draft := RoleDraft{Name: "Estimator", Permissions: access.NewPermissionSet(access.ProjectsRead)}
		w.refused("Lintel's role is changed", w.staff.SaveRole(t.Context(), w.as("Dana"), access.Member, draft), fault.Denied)
		w.refused("Lintel's role is removed", w.staff.RemoveRole(t.Context(), w.as("Dana"), access.Member, ""), fault.Denied)
		_, err := w.staff.AddRole(t.Context(), w.as("Dana"), draft)
		w.must(err)
		_, err = w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: " ESTIMATOR", Permissions: draft.Permissions})
		w.refused("a second role of the name", err, fault.Invalid)
		_, err = w.staff.AddRole(t.Context(), w.as("Dana"), RoleDraft{Name: "Nothing"})
		w.refused("a role that permits nothing", err, fault.Invalid)
	})
}

func TestEveryPermissionOfStaffStandsInTheTableWithASentence(t *testing.T) {
	shown := basics.List()
	for _, group := range Groups {
		shown = append(shown, group.Permissions...)
	}
	if all := access.NewPermissionSet(shown...); all != access.Assignable() {
		t.Errorf("the table shows %v, roles can hold %v", all, access.Assignable())
	}
	for _, permission := range append(shown, Scopes...) {
		if sentences[permission] == "" {
			t.Errorf("%s has no sentence", permission)
		}
	}
}

func TestEveryRoleOfLintelHoldsWhatItsPermissionsNeed(t *testing.T) {
	for _, role := range access.Roles {
		if has := access.Allowed(access.Staff, role); whole(has) != has {
			t.Errorf("%s misses %v", role, whole(has)&^has)
		}
	}
}
