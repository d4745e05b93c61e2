package identity

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
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

// StaffAbilities lists the active staff by name with what each may do, and the live tokens
// with what they may do. Staff and system only.
func StaffAbilities(tx *guard.Tx) (list []Ability, err error) {
	of := map[access.PersonID]Ability{}
	err = tx.Each(staffAbilities, nil, func(row guard.Row) error {
		var a Ability
		var narrowed capacity
		if err := row(&a.Person, &a.Name, &a.Email, &a.Role, &a.OwnRole, &narrowed.role, &narrowed.permissions); err != nil {
			return err
		}
		a.Permissions = narrowed.permitted(access.Identity{Org: tx.Org(), Person: a.Person, Kind: access.Staff, Role: a.Role})
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

// permitted is what authentication would permit the person.
func (c capacity) permitted(i access.Identity) access.PermissionSet {
	c.narrow(&i)
	return access.NewActor(i).Permissions()
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

// HoldersOf lists who is granted something of a customer, by name, place by place. Staff
// and system only.
func HoldersOf(tx *guard.Tx, customer string) (list []Holder, err error) {
	type place struct {
		person  access.PersonID
		project string
	}
	at := map[place]int{}
	err = tx.Each(holdersOf, guard.Args{"customer": customer}, func(row guard.Row) error {
		var h Holder
		var narrowed capacity
		var module string
		var secured int
		if err := row(&h.Person, &h.Name, &h.Email, &h.LastSeen, &narrowed.modules, &narrowed.offered, &h.Project, &module, &h.Since, &h.GivenBy, &secured); err != nil {
			return err
		}
		where := place{h.Person, h.Project}
		if _, known := at[where]; !known {
			who := access.Identity{Org: tx.Org(), Person: h.Person, Kind: access.Customer}
			h.Permissions, h.OnlyByLink = narrowed.permitted(who), secured == 0
			h.Offered = access.ParseModules(narrowed.modules).And(access.ParseModules(narrowed.offered))
			at[where] = len(list)
			list = append(list, h)
		}
		one := &list[at[where]]
		one.Modules = one.Modules.Or(access.ParseModules(module))
		return nil
	})
	return list, err
}

// Seat is a browser in which a person is inside, as the office sees it.
type Seat struct {
	Agent      string
	Since      time.Time
	LastSeen   time.Time
	Proof      access.Proof
	Everywhere bool // signed in to all their portals
}

// Device names the browser in words.
func (s Seat) Device(ctx context.Context) string { return browserName(ctx, s.Agent) }

// SeatsOf lists the browsers in which a person is inside here, the last seen first. It tells
// no network address: that is the person's own affair. Staff and system only.
func (s *Service) SeatsOf(tx *guard.Tx, person access.PersonID) (list []Seat, err error) {
	err = tx.Each(seatsOf, guard.Args{"person": string(person), "idle": tx.Now().Add(-customerIdle)}, func(row guard.Row) error {
		var seat Seat
		var session, place string
		if err := row(&session, &place, &seat.Agent, &seat.Since, &seat.LastSeen, &seat.Proof); err != nil {
			return err
		}
		seat.Everywhere, seat.LastSeen = place == everywhere, s.seen.last(session, seat.LastSeen)
		list = append(list, seat)
		return nil
	})
	return list, err
}

// MembershipsOf lists what a person is here, also what they are no more. Staff and system only.
func MembershipsOf(tx *guard.Tx, person access.PersonID) ([]Member, error) {
	return loadMembers(tx, everyMembership, guard.Args{"person": string(person)})
}
