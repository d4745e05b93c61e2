package identity

import "lintel/internal/core/access"

// Capacity is what narrows a membership, as it stands in the database: what
// store.CapacityColumns name. Oversight reads it too, to tell who may what.
type Capacity struct {
	Modules, Offered  string // of the person, and of the organisation: access.ModuleSet as text
	Role, Permissions string // of a role that the organisation has made itself; both empty in one of Lintel's
}

// narrow writes the capacity into the identity. A role that is neither Lintel's nor the
// organisation's permits nothing.
func (c Capacity) narrow(i *access.Identity) {
	i.Modules = access.ParseModules(c.Modules).And(access.ParseModules(c.Offered))
	if c.Role != "" {
		permissions := access.ParsePermissions(c.Permissions)
		i.Custom = &permissions
	}
}

// Permitted is what authentication would permit the person in this capacity.
func (c Capacity) Permitted(i access.Identity) access.PermissionSet {
	c.narrow(&i)
	return access.NewActor(i).Permissions()
}
