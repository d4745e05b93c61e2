package access

import "strings"

// Module is one part of what a portal offers. An organisation has it on or off; a person of
// a customer or contractor has it by their grants (domain.md; CP-11, CP-22).
type Module string

// The modules.
const (
	Projects     Module = "projects"
	Documents    Module = "documents"
	Selections   Module = "selections"
	Invoices     Module = "invoices"
	Messages     Module = "messages"
	Files        Module = "files"
	Schedule     Module = "schedule"
	Assets       Module = "assets"
	Service      Module = "service"
	Properties   Module = "properties"
	Certificates Module = "certificates"
	Diary        Module = "diary"
	AddJob       Module = "add-job"
	Users        Module = "users"
)

// Modules lists all modules in the order in which pages show them.
var Modules = []Module{Projects, Documents, Selections, Invoices, Messages, Files, Schedule, Assets, Service, Properties, Certificates, Diary, AddJob, Users}

// wholePortal stands in a grant for every module, those that come later too.
const wholePortal = "*"

// ModuleSet is a set of modules. The zero set is empty.
type ModuleSet uint32

// EveryModule has all of them.
const EveryModule = ModuleSet(1<<14 - 1)

// NewModuleSet makes a set; unknown modules are left out.
func NewModuleSet(modules ...Module) ModuleSet {
	var s ModuleSet
	for _, m := range modules {
		s |= m.bit()
	}
	return s
}

func (m Module) bit() ModuleSet {
	for i, known := range Modules {
		if known == m {
			return 1 << i
		}
	}
	return 0
}

// Known reports whether there is such a module.
func (m Module) Known() bool { return m.bit() != 0 }

// ParseModules reads what String wrote.
func ParseModules(text string) ModuleSet {
	if text == wholePortal {
		return EveryModule
	}
	var s ModuleSet
	for word := range strings.SplitSeq(text, ",") {
		s |= Module(word).bit()
	}
	return s
}

// String is the set as it is stored: "*" for all, else the names with commas between.
func (s ModuleSet) String() string { return strings.Join(s.Names(), ",") }

// Names lists the set as grants name it: "*" alone for all, which then holds for modules
// that do not exist yet.
func (s ModuleSet) Names() []string {
	if s == EveryModule {
		return []string{wholePortal}
	}
	var names []string
	for _, m := range s.List() {
		names = append(names, string(m))
	}
	return names
}

// List lists the modules of the set.
func (s ModuleSet) List() []Module {
	var list []Module
	for _, m := range Modules {
		if s.Has(m) {
			list = append(list, m)
		}
	}
	return list
}

// Has reports whether the set has the module.
func (s ModuleSet) Has(m Module) bool { return s&m.bit() != 0 }

// With, Without, And and Empty are the arithmetic of sets.
func (s ModuleSet) With(m Module) ModuleSet       { return s | m.bit() }
func (s ModuleSet) Without(o ModuleSet) ModuleSet { return s &^ o }
func (s ModuleSet) And(o ModuleSet) ModuleSet     { return s & o }
func (s ModuleSet) Or(o ModuleSet) ModuleSet      { return s | o }
func (s ModuleSet) Covers(o ModuleSet) bool       { return o&^s == 0 }
func (s ModuleSet) Empty() bool                   { return s == 0 }

// ModuleOf is the module that a permission belongs to; empty for what everybody has who
// may enter at all. Files are not here: one that hangs on a document comes with the document,
// so the statements decide.
func ModuleOf(p Permission) Module {
	switch p {
	case ProjectsRead, LogsRead:
		return Projects
	case ProposalsRead, ProposalsAnswer:
		return Documents
	case MessagesRead, MessagesWrite:
		return Messages
	case UsersManage:
		return Users
	case ScheduleRead, ScheduleAnswer:
		return Schedule
	case RequestsWrite:
		return AddJob
	}
	return ""
}
