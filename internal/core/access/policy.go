package access

// Permission is one thing that somebody may do.
type Permission string

// The permissions. A new one needs a column in policy below, or nobody has it.
const (
	HomeRead        Permission = "home:read"
	CustomersRead   Permission = "customers:read"
	CustomersWrite  Permission = "customers:write"
	ProjectsRead    Permission = "projects:read"
	ProjectsWrite   Permission = "projects:write"
	ProposalsRead   Permission = "proposals:read"
	ProposalsWrite  Permission = "proposals:write"
	ProposalsSend   Permission = "proposals:send"
	ProposalsAnswer Permission = "proposals:answer" // approve, decline, ask for changes: the customer's own act
	CostsRead       Permission = "costs:read"       // cost prices and margins
	MessagesRead    Permission = "messages:read"
	MessagesWrite   Permission = "messages:write"
	FilesRead       Permission = "files:read"
	FilesWrite      Permission = "files:write"
	LinksManage     Permission = "links:manage"
	SettingsRead    Permission = "settings:read"
	SettingsWrite   Permission = "settings:write"
	PeopleManage    Permission = "people:manage"
	AuditRead       Permission = "audit:read"
	ProfileWrite    Permission = "profile:write"
	SystemWork      Permission = "system:work" // jobs only
)

// Role is what a member of staff is in the organisation.
type Role string

// The roles of staff.
const (
	Owner         Role = "owner"
	Administrator Role = "administrator"
	Manager       Role = "manager"
	Member        Role = "member"
	Finance       Role = "finance"
	ReadOnly      Role = "read-only"
)

// Roles lists the roles of staff, the widest first.
var Roles = []Role{Owner, Administrator, Manager, Member, Finance, ReadOnly}

const (
	o = 1 << iota // owner
	a             // administrator
	m             // manager
	e             // member (employee)
	f             // finance
	r             // read-only
	c             // customer
	s             // system
)

const staff = o | a | m | e | f | r

// policy is the whole answer to "who may do what". Which objects they may do it to is
// the statements' business: staff see their organisation, all others what they are
// granted.
var policy = map[Permission]int{
	HomeRead:        staff | c,
	CustomersRead:   staff | s,
	CustomersWrite:  o | a | m | e | s,
	ProjectsRead:    staff | c | s,
	ProjectsWrite:   o | a | m | e | s,
	ProposalsRead:   staff | c | s,
	ProposalsWrite:  o | a | m | e | s,
	ProposalsSend:   o | a | m | e | s,
	ProposalsAnswer: c,
	CostsRead:       o | a | m | f,
	MessagesRead:    staff | c | s,
	MessagesWrite:   o | a | m | e | f | c,
	FilesRead:       staff | c | s,
	FilesWrite:      o | a | m | e | f | c | s,
	LinksManage:     o | a | m | e | s,
	SettingsRead:    o | a | m,
	SettingsWrite:   o | a,
	PeopleManage:    o | a,
	AuditRead:       o | a | f,
	ProfileWrite:    staff | c,
	SystemWork:      s,
}

// Permissions lists every permission of the policy, for tests and pages.
func Permissions() []Permission {
	out := make([]Permission, 0, len(policy))
	for p := range policy {
		out = append(out, p)
	}
	return out
}

// Allows reports whether the policy gives a kind of actor, for staff in a role, a permission.
func Allows(kind Kind, role Role, p Permission) bool { return policy[p]&column(kind, role) != 0 }

func column(kind Kind, role Role) int {
	switch kind {
	case Customer:
		return c
	case System:
		return s
	case Staff:
		return roleColumn(role)
	}
	return 0
}

func roleColumn(role Role) int {
	switch role {
	case Owner:
		return o
	case Administrator:
		return a
	case Manager:
		return m
	case Member:
		return e
	case Finance:
		return f
	case ReadOnly:
		return r
	}
	return 0
}
