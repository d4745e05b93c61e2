package staff

import (
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// StaffRole is a role of staff: one of Lintel's, or one that the organisation made itself.
type StaffRole struct {
	ID          access.Role
	Name        string // of the organisation's own; Lintel's have names in every language
	Permissions access.PermissionSet
}

// Own reports whether the organisation made the role itself.
func (r StaffRole) Own() bool { return !knownRole(r.ID) }

func knownRole(role access.Role) bool { return slices.Contains(access.Roles, role) }

// roleByID finds a role. NotFound when it is neither Lintel's nor the organisation's. Staff
// and system only.
func roleByID(tx *guard.Tx, role access.Role) (StaffRole, error) {
	if knownRole(role) {
		return StaffRole{ID: role, Permissions: access.Allowed(access.Staff, role)}, nil
	}
	var found StaffRole
	var permissions string
	err := tx.One(ownRoleByID, guard.Args{"id": string(role)}, &found.ID, &found.Name, &permissions)
	found.Permissions = ownPermissions(permissions)
	return found, err
}

// ownRoles lists the roles that the organisation made, by name. Staff and system only.
func ownRoles(tx *guard.Tx) (list []StaffRole, err error) {
	err = tx.Each(everyOwnRole, nil, func(row guard.Row) error {
		var found StaffRole
		var permissions string
		err := row(&found.ID, &found.Name, &permissions)
		found.Permissions = ownPermissions(permissions)
		list = append(list, found)
		return err
	})
	return list, err
}

// ownPermissions reads what a role of the organisation's permits, as authentication does.
func ownPermissions(stored string) access.PermissionSet {
	return access.ParsePermissions(stored).And(access.Assignable())
}

// mayGive answers Denied when the actor gives somebody a role, or writes one, that permits
// more than the actor may do. Only owners make owners; the system may do anything.
func mayGive(tx *guard.Tx, role StaffRole) error {
	actor := tx.Actor()
	switch {
	case actor.Kind() == access.System:
		return nil
	case role.ID == access.Owner && actor.Role() != access.Owner:
		return fault.New(fault.Denied, "Only an owner decides who is an owner.")
	case !actor.Permissions().Covers(role.Permissions):
		return fault.New(fault.Denied, "This role may do more than you may. Ask somebody who may do all of it.")
	}
	return nil
}
