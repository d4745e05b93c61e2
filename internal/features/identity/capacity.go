package identity

import (
	"lintel/internal/core/access"
)

// What narrows a membership, read with it on every request: the modules of the person and
// of the organisation, and the role that the organisation has made itself.
const (
	capacityColumns = `coalesce(m.modules, ''), o.modules, coalesce(r.id, ''), coalesce(r.permissions, '')`
	roleOfMember    = ` left join roles r on r.org = m.org and r.id = m.role and r.removed_at is null `
)

// capacity is a row of capacityColumns.
type capacity struct {
	modules, offered  string
	role, permissions string
}

// narrow writes the capacity into the identity. A role that is neither Lintel's nor the
// organisation's permits nothing.
func (c capacity) narrow(i *access.Identity) {
	i.Modules = access.ParseModules(c.modules).And(access.ParseModules(c.offered))
	if c.role != "" {
		permissions := access.ParsePermissions(c.permissions)
		i.Custom = &permissions
	}
}
