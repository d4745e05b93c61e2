package access

import "strings"

// PermissionSet is a set of permissions. The zero set is empty.
type PermissionSet uint64

// NewPermissionSet makes a set; unknown permissions are left out.
func NewPermissionSet(permissions ...Permission) PermissionSet {
	var s PermissionSet
	for _, p := range permissions {
		s |= p.bit()
	}
	return s
}

func (p Permission) bit() PermissionSet {
	row, known := policy[p]
	if !known {
		return 0
	}
	return 1 << row.number
}

// Has reports whether the set has the permission.
func (s PermissionSet) Has(p Permission) bool { return s&p.bit() != 0 }

// And is what both sets have.
func (s PermissionSet) And(o PermissionSet) PermissionSet { return s & o }

// Covers reports whether the set has all that the other one has.
func (s PermissionSet) Covers(o PermissionSet) bool { return o&^s == 0 }

// List lists the set in the order of the policy.
func (s PermissionSet) List() []Permission {
	var list []Permission
	for _, p := range Permissions() {
		if s.Has(p) {
			list = append(list, p)
		}
	}
	return list
}

// String is the set as it is stored: the names with commas between.
func (s PermissionSet) String() string {
	var names []string
	for _, p := range s.List() {
		names = append(names, string(p))
	}
	return strings.Join(names, ",")
}

// ParsePermissions reads what String wrote. What is no longer a permission gives nothing.
func ParsePermissions(text string) PermissionSet {
	var s PermissionSet
	for word := range strings.SplitSeq(text, ",") {
		s |= Permission(word).bit()
	}
	return s
}

// Allowed is everything that the policy gives a kind of actor, for staff in a role.
func Allowed(kind Kind, role Role) PermissionSet {
	var s PermissionSet
	for p, row := range policy {
		if row.columns&column(kind, role) != 0 {
			s |= p.bit()
		}
	}
	return s
}

// Assignable is what a custom role or an API token can be given: all that some role of
// staff has.
func Assignable() PermissionSet {
	var s PermissionSet
	for p, row := range policy {
		if row.columns&staff != 0 {
			s |= p.bit()
		}
	}
	return s
}

// reading is what somebody may do who only looks at the portal as another person.
func (s PermissionSet) reading() PermissionSet {
	for _, p := range s.List() {
		if !strings.HasSuffix(string(p), ":read") {
			s &^= p.bit()
		}
	}
	return s
}

// within leaves out the permissions of modules that are not in the set.
func (s PermissionSet) within(modules ModuleSet) PermissionSet {
	for p := range policy {
		if m := ModuleOf(p); m != "" && !modules.Has(m) {
			s &^= p.bit()
		}
	}
	return s
}
