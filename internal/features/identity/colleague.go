package identity

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// The states of a colleague.
const (
	Active    = "active"
	Suspended = "suspended" // keeps their place in the list, and can do nothing
)

// Colleagues lists the staff by name, suspended ones too. Staff and system only.
func Colleagues(tx *guard.Tx) ([]Member, error) { return loadMembers(tx, colleagues, nil) }

// Colleague finds a member of staff, suspended ones too. NotFound when the person is none
// here. Staff and system only.
func Colleague(tx *guard.Tx, person access.PersonID) (Member, error) {
	list, err := loadMembers(tx, colleague, guard.Args{"person": string(person)})
	if err != nil {
		return Member{}, err
	}
	if len(list) == 0 {
		return Member{}, notMember()
	}
	return list[0], nil
}

// MayDecideOn answers Denied when the actor would change what a colleague is who may do
// more than the actor. Only owners decide about owners, and nobody about themselves.
func MayDecideOn(tx *guard.Tx, member Member) error {
	if member.Person == tx.Actor().Person() {
		return fault.New(fault.Denied, "You cannot do this to yourself. Ask another owner or administrator.")
	}
	return mayTouch(tx, member)
}

func mayTouch(tx *guard.Tx, member Member) error {
	role, err := RoleByID(tx, member.Role)
	if fault.Is(err, fault.NotFound) {
		return nil // a role that is gone permits nothing
	}
	if err != nil {
		return err
	}
	return MayGive(tx, role)
}

// staysOwned answers Invalid on role when the member is the last owner who can enter.
func staysOwned(tx *guard.Tx, member Member) error {
	if member.Role != access.Owner || member.State != Active {
		return nil
	}
	staff, err := StaffMembers(tx)
	if err != nil {
		return err
	}
	for _, other := range staff {
		if other.Role == access.Owner && other.Person != member.Person {
			return nil
		}
	}
	return fault.ForField("role", "A firm needs an owner. Make somebody else one first.")
}

// mayAppoint keeps everybody what they are but for those who may decide it. The role of
// whoever has the address already is about to change, so that is decided on too.
func mayAppoint(tx *guard.Tx, email string, wanted access.Role) error {
	role, err := RoleByID(tx, wanted)
	if fault.Is(err, fault.NotFound) {
		return fault.ForField("role", "Please choose a role from the list.")
	}
	if err != nil {
		return err
	}
	if err := MayGive(tx, role); err != nil {
		return err
	}
	_, folded, err := CheckAddress(email)
	if err != nil {
		return err
	}
	var person access.PersonID
	err = tx.One(personByAddress, guard.Args{"folded": folded}, &person)
	if err == nil {
		err = mayReappoint(tx, person, wanted)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func mayReappoint(tx *guard.Tx, person access.PersonID, wanted access.Role) error {
	member, err := Colleague(tx, person)
	if err != nil {
		return err
	}
	if err := mayTouch(tx, member); err != nil {
		return err
	}
	if wanted == access.Owner {
		return nil
	}
	return staysOwned(tx, member)
}

// SetColleague changes a colleague's role, title and phone from their next request on.
// Staff with people:manage and the system. Faults: NotFound; Denied for what the actor may
// not decide; Invalid on role.
func SetColleague(tx *guard.Tx, person access.PersonID, role access.Role, title, phone string) error {
	if err := tx.Require(access.PeopleManage); err != nil {
		return err
	}
	member, err := Colleague(tx, person)
	if err != nil {
		return err
	}
	if role != member.Role {
		if err := mayMove(tx, member, role); err != nil {
			return err
		}
	}
	_, err = tx.Exec(setColleague, guard.Args{"person": string(person), "role": string(role), "title": title, "phone": phone})
	return err
}

func mayMove(tx *guard.Tx, member Member, to access.Role) error {
	role, err := RoleByID(tx, to)
	if fault.Is(err, fault.NotFound) {
		return fault.ForField("role", "Please choose a role from the list.")
	}
	if err != nil {
		return err
	}
	if err := MayGive(tx, role); err != nil {
		return err
	}
	if err := mayTouch(tx, member); err != nil {
		return err
	}
	return staysOwned(tx, member)
}

// Suspend lets a colleague do nothing from their next request on, in open browsers and by
// their API tokens; TakeBack undoes it. A second time does nothing. Faults as SetColleague.
func Suspend(tx *guard.Tx, person access.PersonID) (changed bool, err error) {
	return setState(tx, person, Active, Suspended)
}

// TakeBack ends a suspension.
func TakeBack(tx *guard.Tx, person access.PersonID) (changed bool, err error) {
	return setState(tx, person, Suspended, Active)
}

func setState(tx *guard.Tx, person access.PersonID, from, to string) (bool, error) {
	member, err := mayEnd(tx, person)
	if err != nil || member.State != from {
		return false, err
	}
	n, err := tx.Exec(setColleagueState, guard.Args{"person": string(person), "from": from, "to": to})
	return n > 0, err
}

// mayEnd finds a colleague whose access the actor may end.
func mayEnd(tx *guard.Tx, person access.PersonID) (Member, error) {
	if err := tx.Require(access.PeopleManage); err != nil {
		return Member{}, err
	}
	member, err := Colleague(tx, person)
	if err != nil {
		return Member{}, err
	}
	if err := MayDecideOn(tx, member); err != nil {
		return Member{}, err
	}
	return member, staysOwned(tx, member)
}

// RemoveColleague ends a colleague's membership: browsers, invitations and API tokens open
// nothing here from the next request on. Faults as SetColleague.
func RemoveColleague(tx *guard.Tx, person access.PersonID) (Member, error) {
	member, err := mayEnd(tx, person)
	if err != nil {
		return Member{}, err
	}
	return member, RemoveMember(tx, person, access.Staff)
}

// endStaffAccess takes away what a removed colleague could come back with when somebody
// adds them again one day.
func endStaffAccess(tx *guard.Tx, person access.PersonID) error {
	by := guard.Args{"person": string(person), "by": string(tx.Actor().Person())}
	if _, err := tx.Exec(revokeStaffLinks, by); err != nil {
		return err
	}
	_, err := tx.Exec(revokeTokensOfPerson, by)
	return err
}
