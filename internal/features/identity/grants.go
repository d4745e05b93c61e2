package identity

import (
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity/record"
	"lintel/internal/features/identity/store"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Granted is what a person is granted at one place.
type Granted struct {
	Customer string
	Project  string // empty: the whole customer
	Modules  access.ModuleSet
	Since    time.Time
}

// covers reports whether the grant reaches a place.
func (g Granted) covers(customer, project string) bool {
	return g.Customer == customer && (g.Project == "" || g.Project == project)
}

// Grant lets a person see a customer's things, or those of one project, with every module.
// Who is granted something there already keeps just that, and whose access there was ended
// gets AccessEnded: sending a document to somebody never gives back what was taken away with
// the word Confirm. Staff and system only.
func Grant(tx *guard.Tx, person access.PersonID, customer, project string) error {
	list, err := GrantsOf(tx, person)
	if err != nil {
		return err
	}
	for _, g := range list {
		if g.covers(customer, project) {
			return nil
		}
	}
	ended := 0
	if err := tx.One(store.EndedGrants, guard.Args{"person": string(person), "customer": customer, "project": project}, &ended); err != nil {
		return err
	}
	if ended > 0 {
		return AccessEnded
	}
	return SetModules(tx, person, Scope{customer, project}, access.EveryModule, "")
}

// AccessEnded is what Grant answers for somebody whose access at the place was ended: only
// who sends portal access gives it back.
var AccessEnded = fault.ForField("recipients", "The access of one of the recipients was ended. Send them portal access again first, on the customer's page, or choose somebody else.")

// Scope is where a grant holds.
type Scope struct {
	Customer string
	Project  string // empty: the whole customer
}

// SetModules makes these the modules that a person has at a place, from their next request
// on; none at all takes the place away. reason stands in the rows and in the event. Staff
// and system only; a customer's administrator goes through the verb that checks that they
// give no more than they hold.
func SetModules(tx *guard.Tx, person access.PersonID, at Scope, modules access.ModuleSet, reason string) error {
	before, err := modulesAt(tx, person, at)
	if err != nil || before == modules {
		return err
	}
	where := guard.Args{"person": string(person), "customer": at.Customer, "project": at.Project, "by": string(tx.Actor().Person()), "reason": reason}
	if _, err := tx.Exec(store.RevokeGrantsAt, where); err != nil {
		return err
	}
	for _, module := range modules.Names() {
		args := guard.Args{"id": id.New(), "person": string(person), "customer": at.Customer, "project": at.Project, "module": module, "by": string(tx.Actor().Person())}
		if _, err := tx.Exec(store.AddGrant, args); err != nil {
			return fmt.Errorf("grant a module: %w", err)
		}
	}
	if err := rememberModules(tx, person); err != nil {
		return err
	}
	member, err := memberOfKind(tx, person, access.Customer)
	if err != nil {
		return err
	}
	return tx.Record(record.AccessChanged{Person: person, Name: member.Name, Customer: at.Customer, Project: at.Project,
		Before: before.String(), After: modules.String(), Reason: reason})
}

// rememberModules keeps beside the membership what the grants come to, so that a request
// reads one row and not a thousand.
func rememberModules(tx *guard.Tx, person access.PersonID) error {
	list, err := GrantsOf(tx, person)
	if err != nil {
		return err
	}
	var all access.ModuleSet
	for _, g := range list {
		if g.Project != "" { // whoever adds users does so for the whole company
			g.Modules = g.Modules.Without(access.NewModuleSet(access.Users))
		}
		all = all.Or(g.Modules)
	}
	_, err = tx.Exec(store.KeepModules, guard.Args{"person": string(person), "modules": all.String()})
	return err
}

func modulesAt(tx *guard.Tx, person access.PersonID, at Scope) (access.ModuleSet, error) {
	list, err := GrantsOf(tx, person)
	if err != nil {
		return 0, err
	}
	for _, g := range list {
		if g.Customer == at.Customer && g.Project == at.Project {
			return g.Modules, nil
		}
	}
	return 0, nil
}

// RevokeGrants takes all grants of a person on a customer back; reason stands in the rows.
// What the person may see changes with their next request.
func RevokeGrants(tx *guard.Tx, person access.PersonID, customer, reason string) error {
	list, err := GrantsOf(tx, person)
	if err != nil {
		return err
	}
	for _, g := range list {
		if g.Customer != customer {
			continue
		}
		if err := SetModules(tx, person, Scope{g.Customer, g.Project}, 0, reason); err != nil {
			return err
		}
	}
	return nil
}

// GrantsOf lists what a person is granted, place by place. Staff and system only.
func GrantsOf(tx *guard.Tx, person access.PersonID) ([]Granted, error) {
	var list []Granted
	at := map[Scope]int{}
	err := tx.Each(store.GrantsOf, guard.Args{"person": string(person)}, func(row guard.Row) error {
		var g Granted
		var module string
		if err := row(&g.Customer, &g.Project, &module, &g.Since); err != nil {
			return err
		}
		scope := Scope{g.Customer, g.Project}
		if _, known := at[scope]; !known {
			at[scope] = len(list)
			list = append(list, g)
		}
		known := &list[at[scope]]
		known.Modules = known.Modules.Or(access.ParseModules(module))
		return nil
	})
	return list, err
}

// Holds reports whether a customer's person may use a module at a place now: whether
// something there may still be mailed to them. System and staff only.
func Holds(tx *guard.Tx, person access.PersonID, at Scope, modules access.ModuleSet) (bool, error) {
	if _, err := memberOfKind(tx, person, access.Customer); err != nil {
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return false, err
	}
	var offered string
	if err := tx.One(store.OfferedModules, nil, &offered); err != nil {
		return false, err
	}
	list, err := GrantsOf(tx, person)
	var held access.ModuleSet
	for _, g := range list {
		if g.covers(at.Customer, at.Project) {
			held = held.Or(g.Modules)
		}
	}
	return held.And(access.ParseModules(offered)).Covers(modules), err
}
