package portalaccess

import (
	"slices"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/customer"
	"lintel/internal/platform/fault"
)

func set(modules ...access.Module) access.ModuleSet { return access.NewModuleSet(modules...) }

func TestEveryModuleHasANameAndStandsInOneGroup(t *testing.T) {
	var grouped []access.Module
	for _, g := range groups {
		grouped = append(grouped, g.modules...)
	}
	if !slices.Equal(grouped, access.Modules) {
		t.Errorf("the groups hold %v", grouped)
	}
	for _, m := range access.Modules {
		if moduleNames[m] == "" {
			t.Errorf("%s has no name", m)
		}
	}
}

func TestAModuleThatTheFirmDoesNotOfferIsNeitherGivenNorTakenByATick(t *testing.T) {
	offered := access.EveryModule.Without(set(access.Diary, access.Invoices))
	c := Change{Had: set(access.Projects, access.Diary), Want: set(access.Documents, access.Invoices)}
	if got, want := c.apply(offered), set(access.Diary, access.Documents); got != want {
		t.Errorf("the ticks come to %s instead of %s", got, want)
	}
	same := Change{Had: access.EveryModule, Want: offered}
	if left := changed([]Change{c, same}, offered); len(left) != 1 || left[0] != c {
		t.Errorf("%v change something", left)
	}
}

func TestUsersAreAddedForAWholeCompanyOnly(t *testing.T) {
	every := Change{Project: "p", Had: access.EveryModule, Want: access.EveryModule.Without(set(access.Users))}
	if left := changed([]Change{every}, access.EveryModule); len(left) > 0 {
		t.Errorf("a table without a box for users at a project changes %v", left)
	}
	if got := (Change{Project: "p", Want: set(access.Users, access.Files)}).apply(access.EveryModule); got != set(access.Files) {
		t.Errorf("a project gives %s", got)
	}
}

func TestATableOfYesterdayChangesNothing(t *testing.T) {
	sheet := Sheet{People: []Person{{Contact: customer.Contact{Person: "maria"}, Places: []Place{{Modules: set(access.Projects)}}}}}
	for name, c := range map[string]struct {
		change Change
		want   fault.Kind
	}{
		"as it is":                 {Change{Person: "maria", Had: set(access.Projects)}, ""},
		"changed meanwhile":        {Change{Person: "maria", Had: set(access.Files)}, fault.Conflict},
		"a place without grants":   {Change{Person: "maria", Project: "p", Had: set(access.Projects)}, fault.Invalid},
		"nobody of this customer":  {Change{Person: "tom", Had: set(access.Projects)}, fault.Invalid},
		"a contact without person": {Change{Person: "", Had: 0}, fault.Invalid},
	} {
		err := sheet.check([]Change{c.change})
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACompanyChangesOnlyUsersThatItHasAddedAndThatHoldNoMore(t *testing.T) {
	list := UserList{Me: "ada", Companies: []Company{{ID: "c", Modules: set(access.Projects, access.Users)}}}
	for name, c := range map[string]struct {
		user User
		want bool
	}{
		"added, with less":           {User{Company: "c", Person: "lotta", Added: true, Modules: set(access.Projects)}, true},
		"added, with more":           {User{Company: "c", Person: "lotta", Added: true, Modules: set(access.Documents)}, false},
		"let in by the firm":         {User{Company: "c", Person: "lotta", Modules: set(access.Projects)}, false},
		"oneself":                    {User{Company: "c", Person: "ada", Added: true, Modules: set(access.Projects)}, false},
		"of another company":         {User{Company: "d", Person: "lotta", Added: true, Modules: set(access.Projects)}, false},
		"of a company that is empty": {User{Company: "x", Person: "lotta", Added: true}, false},
	} {
		if got := list.changeable(c.user); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
