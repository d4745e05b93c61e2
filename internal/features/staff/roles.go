package staff

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

const mostRoles = 50

// Role is a role with who has it.
type Role struct {
	StaffRole
	Members    []identity.Member
	Changeable bool // the actor may change it: the firm's own, permitting no more than they may do
}

// Roles lists all roles, Lintel's first. Those who may read the settings.
func (s *Service) Roles(ctx context.Context, actor access.Actor) (list []Role, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		list = nil
		all, err := allRoles(tx)
		if err != nil {
			return err
		}
		for _, one := range all {
			role, err := withMembers(tx, one)
			if err != nil {
				return err
			}
			list = append(list, role)
		}
		return nil
	})
	return list, err
}

// Role gives one role. NotFound when it is neither Lintel's nor the organisation's.
func (s *Service) Role(ctx context.Context, actor access.Actor, id access.Role) (role Role, err error) {
	err = s.store.View(ctx, actor, access.SettingsRead, func(tx *guard.Tx) error {
		found, err := roleByID(tx, id)
		if err != nil {
			return err
		}
		role, err = withMembers(tx, found)
		return err
	})
	return role, err
}

// NameOf is what the firm calls the role of its own that the actor is in; empty in one of
// Lintel's.
func (s *Service) NameOf(ctx context.Context, actor access.Actor) (name string, err error) {
	if actor.Kind() != access.Staff {
		return "", nil
	}
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		role, err := roleByID(tx, actor.Role())
		name = role.Name
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return name, err
}

func allRoles(tx *guard.Tx) (list []StaffRole, err error) {
	for _, role := range access.Roles {
		list = append(list, StaffRole{ID: role, Permissions: access.Allowed(access.Staff, role)})
	}
	own, err := ownRoles(tx)
	return append(list, own...), err
}

func withMembers(tx *guard.Tx, one StaffRole) (Role, error) {
	role := Role{StaffRole: one, Changeable: one.Own() && tx.May(access.PeopleManage) && mayGive(tx, one) == nil}
	members, err := identity.Colleagues(tx)
	for _, m := range members {
		if m.Role == one.ID {
			role.Members = append(role.Members, m)
		}
	}
	return role, err
}

// RoleDraft is what the form of a role holds.
type RoleDraft struct {
	Name        string
	Permissions access.PermissionSet
	Reason      string
}

func (d RoleDraft) check() error {
	var problems fault.Problems
	switch {
	case strings.TrimSpace(d.Name) == "":
		problems.Add("name", "Enter a name for the role.")
	case utf8.RuneCountInString(d.Name) > 60 || strings.ContainsFunc(d.Name, unicode.IsControl):
		problems.Add("name", "Enter a name of at most 60 characters, in one line.")
	}
	if d.Permissions == 0 {
		problems.Add("permissions", "Tick at least one thing that this role may do.")
	}
	if utf8.RuneCountInString(d.Reason) > 200 {
		problems.Add("reason", "This is too long.")
	}
	return problems.Err()
}

// AddRole makes a role. What its permissions need is added. Staff with people:manage.
// Faults: Invalid on name and permissions; Denied when it permits more than the actor may do.
func (s *Service) AddRole(ctx context.Context, actor access.Actor, d RoleDraft) (role access.Role, err error) {
	if err := d.check(); err != nil {
		return "", err
	}
	err = s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		role = access.Role(id.New())
		permissions, err := s.writable(tx, role, d)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(addRole, guard.Args{"id": string(role), "name": d.Name, "permissions": permissions.String(), "by": string(actor.Person())}); err != nil {
			return fmt.Errorf("add a role: %w", err)
		}
		return tx.Record(RoleChanged{Role: role, What: "made", Name: d.Name, After: permissions.String(), Reason: d.Reason})
	})
	return role, err
}

// writable checks that the actor may write the role so, and that its name is free.
func (s *Service) writable(tx *guard.Tx, role access.Role, d RoleDraft) (access.PermissionSet, error) {
	permissions := whole(d.Permissions)
	if err := mayGive(tx, StaffRole{ID: role, Permissions: permissions}); err != nil {
		return 0, err
	}
	own, err := ownRoles(tx)
	if err != nil {
		return 0, err
	}
	if len(own) >= mostRoles {
		return 0, fault.ForField("name", "A firm can have 50 roles of its own.")
	}
	for _, other := range own {
		if other.ID != role && organisation.Fold(other.Name) == organisation.Fold(d.Name) {
			return 0, fault.ForField("name", "There is a role with this name already.")
		}
	}
	return permissions, nil
}

// SaveRole changes a role of the firm's own: its members may do what it permits from their
// next request on. Faults as AddRole, and NotFound.
func (s *Service) SaveRole(ctx context.Context, actor access.Actor, role access.Role, d RoleDraft) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		before, err := ownRole(tx, role)
		if err != nil {
			return err
		}
		permissions, err := s.writable(tx, role, d)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(saveRole, guard.Args{"id": string(role), "name": d.Name, "permissions": permissions.String()}); err != nil {
			return fmt.Errorf("save a role: %w", err)
		}
		return tx.Record(RoleChanged{Role: role, What: "changed", Name: d.Name, Before: before.Permissions.String(), After: permissions.String(), Reason: d.Reason})
	})
}

// ownRole finds a role of the firm's own that the actor may change.
func ownRole(tx *guard.Tx, role access.Role) (StaffRole, error) {
	found, err := roleByID(tx, role)
	if err != nil {
		return found, err
	}
	if !found.Own() {
		return found, fault.New(fault.Denied, "This role comes with Lintel and stays as it is. Make your own from it.")
	}
	return found, mayGive(tx, found)
}

// RemoveRole takes a role away. Conflict while somebody has it, suspended or not; they must
// get another role first.
func (s *Service) RemoveRole(ctx context.Context, actor access.Actor, role access.Role, reason string) error {
	return s.store.Change(ctx, actor, access.PeopleManage, func(tx *guard.Tx) error {
		found, err := ownRole(tx, role)
		if err != nil {
			return err
		}
		full, err := withMembers(tx, found)
		if err != nil {
			return err
		}
		if len(full.Members) > 0 {
			return fault.New(fault.Conflict, "Somebody still has this role. Give them another one first.")
		}
		if _, err := tx.Exec(removeRole, guard.Args{"id": string(role)}); err != nil {
			return fmt.Errorf("remove a role: %w", err)
		}
		return tx.Record(RoleChanged{Role: role, What: "removed", Name: found.Name, Before: found.Permissions.String(), Reason: reason})
	})
}
