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

	AccessRead        Permission = "access:read"        // who can see this
	AccessManage      Permission = "access:manage"      // send portal access, take modules or all of it away
	SeeAs             Permission = "see-as:use"         // look at the portal as a contact
	UsersManage       Permission = "users:manage"       // a customer's own users
	ContractorsRead   Permission = "contractors:read"   // contractor firms and their people, for the office
	ContractorsWrite  Permission = "contractors:write"  // add them, end their access
	TechniciansManage Permission = "technicians:manage" // a contractor's own technicians
	TokensManage      Permission = "tokens:manage"      // API tokens

	ScheduleRead   Permission = "schedule:read"   // tasks and milestones; customers what is published
	ScheduleWrite  Permission = "schedule:write"  // plan and publish
	ScheduleAnswer Permission = "schedule:answer" // tick one's own task: the customer's own act
	LogsRead       Permission = "logs:read"       // daily logs; customers what is shared
	LogsWrite      Permission = "logs:write"
	RequestsWrite  Permission = "requests:write" // describe wanted work: the customer's own act
	NoticesWrite   Permission = "notices:write"  // choose what one is told; contractors and technicians are told nothing yet
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
	k             // contractor, at the desk
	t             // technician
	s             // system
)

const staff = o | a | m | e | f | r

// grantees is one row of the policy. number is the permission's place in a PermissionSet;
// it is never stored.
type grantees struct {
	number  int
	columns int
}

// policy is the whole answer to "who may do what". Which objects they may do it to is
// the statements' business: staff see their organisation, all others what they are
// granted.
var policy = map[Permission]grantees{
	HomeRead:          {0, staff | c | k | t},
	CustomersRead:     {1, staff | s},
	CustomersWrite:    {2, o | a | m | e | s},
	ProjectsRead:      {3, staff | c | s},
	ProjectsWrite:     {4, o | a | m | e | s},
	ProposalsRead:     {5, staff | c | s},
	ProposalsWrite:    {6, o | a | m | e | s},
	ProposalsSend:     {7, o | a | m | e | s},
	ProposalsAnswer:   {8, c},
	CostsRead:         {9, o | a | m | f},
	MessagesRead:      {10, staff | c | s},
	MessagesWrite:     {11, o | a | m | e | f | c},
	FilesRead:         {12, staff | c | s},
	FilesWrite:        {13, o | a | m | e | f | c | s},
	LinksManage:       {14, o | a | m | e | s},
	SettingsRead:      {15, o | a | m},
	SettingsWrite:     {16, o | a},
	PeopleManage:      {17, o | a},
	AuditRead:         {18, o | a | f},
	ProfileWrite:      {19, staff | c | k | t},
	SystemWork:        {20, s},
	AccessRead:        {21, staff},
	AccessManage:      {22, o | a | m | e | s},
	SeeAs:             {23, o | a | m},
	UsersManage:       {24, c},
	ContractorsRead:   {25, staff | s},
	ContractorsWrite:  {26, o | a | m | e | s},
	TechniciansManage: {27, k},
	TokensManage:      {28, o | a},
	ScheduleRead:      {29, staff | c | s},
	ScheduleWrite:     {30, o | a | m | e | s},
	ScheduleAnswer:    {31, c},
	LogsRead:          {32, staff | c | s},
	LogsWrite:         {33, o | a | m | e | s},
	RequestsWrite:     {34, c},
	NoticesWrite:      {35, staff | c},
}

// Permissions lists every permission in the order of the policy, for tests and pages.
func Permissions() []Permission {
	out := make([]Permission, len(policy))
	for p, row := range policy {
		out[row.number] = p
	}
	return out
}

// Allows reports whether the policy gives a kind of actor, for staff in a role, a permission.
func Allows(kind Kind, role Role, p Permission) bool {
	return policy[p].columns&column(kind, role) != 0
}

func column(kind Kind, role Role) int {
	switch kind {
	case Customer:
		return c
	case Contractor:
		return k
	case Technician:
		return t
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
