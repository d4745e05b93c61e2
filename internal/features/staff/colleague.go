package staff

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// Add makes a person a member of staff, or changes the role of one. Staff with
// people:manage and the system only. Faults: Invalid on name, email or role; Denied for what
// only owners decide.
func Add(tx *guard.Tx, email, name string, role access.Role) (access.PersonID, error) {
	if tx.Actor().Kind() != access.System {
		if err := tx.Require(access.PeopleManage); err != nil {
			return "", err
		}
	}
	if err := mayAppoint(tx, email, role); err != nil {
		return "", err
	}
	person, err := identity.AddMember(tx, access.Staff, role, name, email)
	if err != nil {
		return "", err
	}
	return person, tx.Record(StaffAdded{Person: person, Name: name, Role: role})
}

// mayDecideOn answers Denied when the actor would change what a colleague is who may do
// more than the actor. Only owners decide about owners, and nobody about themselves.
func mayDecideOn(tx *guard.Tx, member identity.Member) error {
	if member.Person == tx.Actor().Person() {
		return fault.New(fault.Denied, "You cannot do this to yourself. Ask another owner or administrator.")
	}
	return mayTouch(tx, member)
}

func mayTouch(tx *guard.Tx, member identity.Member) error {
	role, err := roleByID(tx, member.Role)
	if fault.Is(err, fault.NotFound) {
		return nil // a role that is gone permits nothing
	}
	if err != nil {
		return err
	}
	return mayGive(tx, role)
}

// staysOwned answers Invalid on role when the member is the last owner who can enter.
func staysOwned(tx *guard.Tx, member identity.Member) error {
	if member.Role != access.Owner || member.State != identity.Active {
		return nil
	}
	// Two owners who put each other out in the same instant come here one after the other.
	if _, err := tx.Exec(holdOwners, nil); err != nil {
		return err
	}
	staff, err := identity.StaffMembers(tx)
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
	role, err := roleByID(tx, wanted)
	if fault.Is(err, fault.NotFound) {
		return fault.ForField("role", "Please choose a role from the list.")
	}
	if err != nil {
		return err
	}
	if err := mayGive(tx, role); err != nil {
		return err
	}
	if _, _, err := identity.CheckAddress(email); err != nil {
		return err
	}
	person, err := identity.PersonByAddress(tx, email)
	if err == nil {
		err = mayReappoint(tx, person, wanted)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func mayReappoint(tx *guard.Tx, person access.PersonID, wanted access.Role) error {
	member, err := identity.Colleague(tx, person)
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

// setColleague changes a colleague's role, title and phone from their next request on.
// Staff with people:manage and the system. Faults: NotFound; Denied for what the actor may
// not decide; Invalid on role.
func setColleague(tx *guard.Tx, person access.PersonID, role access.Role, title, phone string) error {
	if err := tx.Require(access.PeopleManage); err != nil {
		return err
	}
	member, err := identity.Colleague(tx, person)
	if err != nil {
		return err
	}
	if role != member.Role {
		if err := mayMove(tx, member, role); err != nil {
			return err
		}
	}
	_, err = tx.Exec(saveColleague, guard.Args{"person": string(person), "role": string(role), "title": title, "phone": phone})
	return err
}

func mayMove(tx *guard.Tx, member identity.Member, to access.Role) error {
	role, err := roleByID(tx, to)
	if fault.Is(err, fault.NotFound) {
		return fault.ForField("role", "Please choose a role from the list.")
	}
	if err != nil {
		return err
	}
	if err := mayGive(tx, role); err != nil {
		return err
	}
	if err := mayTouch(tx, member); err != nil {
		return err
	}
	return staysOwned(tx, member)
}

// suspend lets a colleague do nothing from their next request on, in open browsers and by
// their API tokens; takeBack undoes it. A second time does nothing. Faults as setColleague.
func suspend(tx *guard.Tx, person access.PersonID) (changed bool, err error) {
	return setState(tx, person, identity.Active, identity.Suspended)
}

// takeBack ends a suspension.
func takeBack(tx *guard.Tx, person access.PersonID) (changed bool, err error) {
	return setState(tx, person, identity.Suspended, identity.Active)
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
func mayEnd(tx *guard.Tx, person access.PersonID) (identity.Member, error) {
	if err := tx.Require(access.PeopleManage); err != nil {
		return identity.Member{}, err
	}
	member, err := identity.Colleague(tx, person)
	if err != nil {
		return identity.Member{}, err
	}
	if err := mayDecideOn(tx, member); err != nil {
		return identity.Member{}, err
	}
	return member, staysOwned(tx, member)
}

// removeColleague ends a colleague's membership: browsers, invitations and API tokens open
// nothing here from the next request on. Faults as setColleague.
func removeColleague(tx *guard.Tx, person access.PersonID) (identity.Member, error) {
	member, err := mayEnd(tx, person)
	if err != nil {
		return identity.Member{}, err
	}
	return member, identity.RemoveMember(tx, person, access.Staff)
}
