package project

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/fault"
)

func TestAProjectIsMadeWithItsCustomerContactAndPlaceInOneForm(t *testing.T) {
	onBoth(t, func(w *world) {
		p := w.project("Kitchen", func(d *Draft) {
			d.NewContact = customer.ContactDetails{Name: "Maria Ruiz", Email: "maria@ruizlettings.example"}
			d.NewProperty = property.Details{Line1: "8 Orchard Row", City: "Elmsbury"}
		})
		r, err := w.projects.Get(t.Context(), w.jon, p.ID)
		w.must(err)
		if r.Project.Number != "1001" || r.Project.StageName != "Opportunity" || r.Project.Place != "8 Orchard Row, Elmsbury" {
			t.Errorf("the project reads %+v", r.Project)
		}
		if len(r.Contacts) != 1 || r.Contacts[0].Name != "Maria Ruiz" || r.Property.Line1 != "8 Orchard Row" || r.Customer.Name != "Ruiz Lettings" {
			t.Errorf("around it stand %+v, %+v, %+v", r.Contacts, r.Property, r.Customer)
		}
	})
}

func TestAFormThatIsRefusedLeavesNothingBehind(t *testing.T) {
	onBoth(t, func(w *world) {
		_, err := w.projects.Create(t.Context(), w.jon, Draft{Name: "Kitchen", NewCustomer: customer.Details{Name: "Ruiz"}, NewContact: customer.ContactDetails{Name: "M", Email: "not an address"}})
		if f := fault.As(err); f == nil || f.Fields[0].Name != "contact_email" {
			t.Fatalf("a wrong address answers %v", err)
		}
		list, err := w.customers.List(t.Context(), w.jon, customer.Filter{})
		w.must(err)
		if len(list.Customers) != 0 {
			t.Errorf("%d customers were left behind", len(list.Customers))
		}
	})
}

func TestIDsOfAnotherFirmAreInvalidNotLinked(t *testing.T) { // A07
	onBoth(t, func(w *world) {
		foreign, err := w.projects.Create(t.Context(), w.rival, Draft{Name: "Theirs", NewCustomer: customer.Details{Name: "Theirs"}, NewProperty: property.Details{Line1: "1 Theirs"}})
		w.must(err)
		own := w.project("Ours", nil)
		drafts := map[string]Draft{
			"customer": {Name: "x", Customer: foreign.Customer},
			"stage":    {Name: "x", Customer: own.Customer, Stage: foreign.Stage},
			"property": {Name: "x", Customer: own.Customer, Property: foreign.Property},
		}
		for field, draft := range drafts {
			_, err := w.projects.Create(t.Context(), w.jon, draft)
			if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != field {
				t.Errorf("a foreign %s answers %v", field, err)
			}
		}
		if _, err := w.projects.Get(t.Context(), w.jon, foreign.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a foreign project answers %v", err)
		}
		if err := w.projects.Move(t.Context(), w.jon, own.ID, foreign.Stage); !fault.Is(err, fault.Invalid) {
			t.Errorf("a move to a foreign stage answers %v", err)
		}
	})
}

func TestOnlyTheOfficeMovesAProject(t *testing.T) { // JB-41
	onBoth(t, func(w *world) {
		p := w.project("Kitchen", nil)
		w.grant("maria", p.Customer, "")
		maria := w.customerOf(w.hartwell.ID, "maria")
		if err := w.projects.Move(t.Context(), maria, p.ID, w.stagesByName["Install"].ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a customer's move answers %v", err)
		}
		w.must(w.projects.Move(t.Context(), w.jon, p.ID, w.stagesByName["Install"].ID))
		v, err := w.projects.See(t.Context(), maria, p.ID)
		w.must(err)
		if v.Project.StageName != "Install" || v.Project.Bucket != organisation.Current {
			t.Errorf("after the move it is in %s, %s", v.Project.StageName, v.Project.Bucket)
		}
	})
}

func TestCustomersSeeTheirOwnProjectsInThreeGroups(t *testing.T) { // JB-04
	onBoth(t, func(w *world) {
		own := w.project("Kitchen", nil)
		second := w.project("Bath", func(d *Draft) { d.Customer = own.Customer; d.Stage = w.stagesByName["Install"].ID })
		w.project("Done", func(d *Draft) { d.Customer = own.Customer; d.Stage = w.stagesByName["Completed"].ID })
		lost := w.project("Lost one", func(d *Draft) { d.Customer = own.Customer; d.Stage = w.stagesByName["Lost"].ID })
		other := w.project("Neighbour", nil)
		w.grant("maria", own.Customer, "")
		w.grant("tom", own.Customer, second.ID)
		cases := []struct {
			person string
			want   string
		}{{"maria", "pending: Kitchen; current: Bath; completed: Done"}, {"tom", "pending: ; current: Bath; completed: "}, {"stranger", "pending: ; current: ; completed: "}}
		for _, c := range cases {
			groups, _, err := w.projects.Groups(t.Context(), w.customerOf(w.hartwell.ID, c.person), "", organisation.Cursor{})
			w.must(err)
			var got []string
			for _, g := range groups {
				got = append(got, fmt.Sprintf("%s: %s", g.Bucket, strings.Join(names(g.Projects), ",")))
			}
			if text := strings.Join(got, "; "); text != c.want {
				t.Errorf("%s sees %q, want %q", c.person, text, c.want)
			}
		}
		for _, hidden := range []string{lost.ID, other.ID} {
			if _, err := w.projects.See(t.Context(), w.customerOf(w.hartwell.ID, "maria"), hidden); !fault.Is(err, fault.NotFound) {
				t.Errorf("a project that is not shown answers %v", err)
			}
		}
	})
}

func TestOneProjectNeedsNoMenu(t *testing.T) { // JT-10
	onBoth(t, func(w *world) {
		p := w.project("Kitchen", nil)
		w.grant("maria", p.Customer, "")
		maria := w.customerOf(w.hartwell.ID, "maria")
		n, err := w.projects.CountSeen(t.Context(), maria)
		w.must(err)
		w.project("Bath", func(d *Draft) { d.Customer = p.Customer })
		m, err := w.projects.CountSeen(t.Context(), maria)
		w.must(err)
		if n != 1 || m != 2 {
			t.Errorf("Maria sees %d, then %d projects", n, m)
		}
	})
}

func TestEveryViewOfTheListWalksAllItsPagesOnceInOrder(t *testing.T) {
	onBoth(t, func(w *world) {
		w.seed(2000)
		first, err := w.projects.List(t.Context(), w.jon, Filter{})
		w.must(err)
		someone := first.Projects[0].Customer
		filters := map[string]Filter{
			"all": {}, "by name": {Sort: ByName}, "by number": {Sort: ByNumber}, "bucket": {Bucket: organisation.Current},
			"bucket by name": {Bucket: organisation.Current, Sort: ByName}, "stage by number": {Stage: w.stagesByName["Install"].ID, Sort: ByNumber},
			"customer": {Customer: someone}, "customer's bucket": {Customer: someone, Bucket: organisation.Pending},
			"name": {Text: "kitchen 1"}, "number": {Text: "11"}, "archived": {Archived: true},
		}
		for name, f := range filters {
			got := w.walk(f)
			want := w.expected(f)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %d projects walked, %d expected; begins %v, want %v", name, len(got), len(want), got[:min(3, len(got))], want[:min(3, len(want))])
			}
			if len(want) == 0 {
				t.Errorf("%s: the seed has nothing to show", name)
			}
		}
		if first.Count != CountLimit+1 || first.Tabs["all"] != CountLimit+1 || first.Tabs["pending"] != TabLimit+1 {
			t.Errorf("counts are %d and %v", first.Count, first.Tabs)
		}
	})
}

func (w *world) walk(f Filter) (ids []string) {
	w.t.Helper()
	for range 100 {
		list, err := w.projects.List(w.t.Context(), w.jon, f)
		w.must(err)
		for _, l := range list.Projects {
			ids = append(ids, l.ID)
		}
		if list.Next.Zero() {
			return ids
		}
		f.After = organisation.ParseCursor(list.Next.String())
	}
	w.t.Fatal("the pages do not end")
	return nil
}

var everyProject = guard.SQL("test: every project", `select `+projectColumns+` from projects p where p.org = :org`)

// expected is the same answer worked out by plain Go.
func (w *world) expected(f Filter) (ids []string) {
	var all []Project
	w.must(w.store.View(w.t.Context(), w.jon, access.ProjectsRead, func(tx *guard.Tx) error {
		return tx.Each(everyProject, nil, func(row guard.Row) error {
			var p Project
			err := row(projectTargets(&p)...)
			all = append(all, p)
			return err
		})
	}))
	kept := slices.DeleteFunc(all, func(p Project) bool {
		switch {
		case isNumber(f.Text):
			return !strings.HasPrefix(p.Number, f.Text)
		case p.Archived != f.Archived:
			return true
		case f.Text != "":
			return !strings.HasPrefix(organisation.Fold(p.Name), f.Text)
		}
		return f.Bucket != "" && p.Bucket != f.Bucket || f.Stage != "" && p.Stage != f.Stage || f.Customer != "" && p.Customer != f.Customer
	})
	slices.SortFunc(kept, func(a, b Project) int {
		switch {
		case isNumber(f.Text):
			return strings.Compare(a.Number, b.Number)
		case f.Text != "" || f.Sort == ByName:
			return strings.Compare(organisation.Fold(a.Name)+"\x00"+a.ID, organisation.Fold(b.Name)+"\x00"+b.ID)
		case f.Sort == ByNumber:
			return int(b.Serial - a.Serial)
		}
		if order := b.UpdatedAt.Compare(a.UpdatedAt); order != 0 {
			return order
		}
		return strings.Compare(b.ID, a.ID)
	})
	for _, p := range kept {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestProjectsFollowTheirStageIntoItsBucket(t *testing.T) {
	onBoth(t, func(w *world) {
		p := w.project("Kitchen", nil)
		stage := w.stagesByName["Opportunity"].ID
		w.must(w.firms.SaveStage(t.Context(), w.jon, stage, organisation.StageDetails{Name: "Order", Bucket: organisation.Current, CustomerVisible: true}))
		w.must(w.store.Change(t.Context(), access.NewSystem(w.hartwell.ID, "test"), access.ProjectsWrite, func(tx *guard.Tx) error { return followStage(tx, stage) }))
		r, err := w.projects.Get(t.Context(), w.jon, p.ID)
		w.must(err)
		if r.Project.Bucket != organisation.Current {
			t.Errorf("the project stayed in %s", r.Project.Bucket)
		}
	})
}

func TestTheCoverIsOneOfTheProjectsOwnPictures(t *testing.T) {
	onBoth(t, func(w *world) {
		w.projects.ports.Pictures = func(*guard.Tx, string) ([]Picture, error) { return []Picture{{File: "beam", Name: "beam.jpg"}}, nil }
		p := w.project("Kitchen", nil)
		if err := w.projects.SetCover(t.Context(), w.jon, p.ID, "somebody else's"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a picture from elsewhere answers %v", err)
		}
		w.must(w.projects.SetCover(t.Context(), w.jon, p.ID, "beam"))
		r, err := w.projects.Get(t.Context(), w.jon, p.ID)
		w.must(err)
		if r.Project.Cover != "beam" {
			t.Errorf("the cover is %q", r.Project.Cover)
		}
	})
}
