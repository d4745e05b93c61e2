package oversight

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
)

// Ability is what a member of staff, or a token of theirs, may do.
type Ability struct {
	Person      access.PersonID
	Name        string
	Email       string
	Role        access.Role
	OwnRole     string // name of a role that the organisation made itself
	Token       string // name of the token; empty: the person
	Permissions access.PermissionSet
}

// loadAbilities lists the active staff by name with what each may do, and the live tokens
// with what they may do. Staff and system only.
func loadAbilities(tx *guard.Tx) (list []Ability, err error) {
	of := map[access.PersonID]Ability{}
	err = tx.Each(staffAbilities, nil, func(row guard.Row) error {
		var a Ability
		var narrowed identity.Capacity
		if err := row(&a.Person, &a.Name, &a.Email, &a.Role, &a.OwnRole, &narrowed.Role, &narrowed.Permissions); err != nil {
			return err
		}
		a.Permissions = narrowed.Permitted(access.Identity{Org: tx.Org(), Person: a.Person, Kind: access.Staff, Role: a.Role})
		of[a.Person] = a
		list = append(list, a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each(liveTokens, nil, func(row guard.Row) error {
		var person access.PersonID
		var name, scopes string
		if err := row(&person, &name, &scopes); err != nil {
			return err
		}
		if a, active := of[person]; active {
			a.Token, a.Permissions = name, a.Permissions.And(access.ParsePermissions(scopes))
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

// Holder is a customer's person with what they are granted at one place.
type Holder struct {
	Person      access.PersonID
	Name        string
	Email       string
	LastSeen    time.Time        // zero: never
	Project     string           // empty: the whole customer
	Modules     access.ModuleSet // of the grant
	Offered     access.ModuleSet // what the organisation leaves the person, wherever granted
	Permissions access.PermissionSet
	Since       time.Time
	GivenBy     string // name of the colleague, or empty
	OnlyByLink  bool   // has neither password nor passkey
}

// loadHolders lists who is granted something of a customer, by name, place by place. Staff
// and system only.
func loadHolders(tx *guard.Tx, customer string) (list []Holder, err error) {
	type place struct {
		person  access.PersonID
		project string
	}
	at := map[place]int{}
	err = tx.Each(holdersOf, guard.Args{"customer": customer}, func(row guard.Row) error {
		var h Holder
		var narrowed identity.Capacity
		var module string
		var secured int
		if err := row(&h.Person, &h.Name, &h.Email, &h.LastSeen, &narrowed.Modules, &narrowed.Offered, &h.Project, &module, &h.Since, &h.GivenBy, &secured); err != nil {
			return err
		}
		where := place{h.Person, h.Project}
		if _, known := at[where]; !known {
			who := access.Identity{Org: tx.Org(), Person: h.Person, Kind: access.Customer}
			h.Permissions, h.OnlyByLink = narrowed.Permitted(who), secured == 0
			h.Offered = access.ParseModules(narrowed.Modules).And(access.ParseModules(narrowed.Offered))
			at[where] = len(list)
			list = append(list, h)
		}
		one := &list[at[where]]
		one.Modules = one.Modules.Or(access.ParseModules(module))
		return nil
	})
	return list, err
}
