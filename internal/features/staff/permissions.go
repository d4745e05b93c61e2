package staff

import (
	"lintel/internal/core/access"
)

// Group is a part of the table of permissions.
type Group struct {
	Key         string
	Permissions []access.Permission
}

// Groups lists all that a role can permit, as people read it. Everybody in the office has
// basics besides.
var Groups = []Group{
	{"work", []access.Permission{access.CustomersRead, access.CustomersWrite, access.ProjectsRead, access.ProjectsWrite,
		access.ScheduleRead, access.ScheduleWrite, access.LogsRead, access.LogsWrite}},
	{"proposals", []access.Permission{access.ProposalsRead, access.ProposalsWrite, access.ProposalsSend, access.CostsRead}},
	{"talk", []access.Permission{access.MessagesRead, access.MessagesWrite, access.FilesRead, access.FilesWrite}},
	{"entry", []access.Permission{access.LinksManage, access.AccessRead, access.AccessManage, access.SeeAs, access.ContractorsRead, access.ContractorsWrite}},
	{"firm", []access.Permission{access.SettingsRead, access.SettingsWrite, access.PeopleManage, access.TokensManage, access.AuditRead}},
}

// basics come with every role: the home page and the own profile.
var basics = access.NewPermissionSet(access.HomeRead, access.ProfileWrite, access.NoticesWrite)

// Scopes lists what an API token can be allowed: what the API offers.
var Scopes = []access.Permission{access.CustomersRead, access.CustomersWrite, access.ProjectsRead, access.ProjectsWrite, access.ScheduleRead, access.ScheduleWrite,
	access.LogsRead, access.ProposalsRead, access.CostsRead, access.MessagesRead, access.MessagesWrite, access.FilesRead, access.AuditRead}

// needs is what a permission is of no use without.
var needs = map[access.Permission][]access.Permission{
	access.CustomersWrite:   {access.CustomersRead},
	access.ProjectsRead:     {access.CustomersRead},
	access.ProjectsWrite:    {access.ProjectsRead, access.CustomersRead},
	access.ProposalsRead:    {access.ProjectsRead, access.CustomersRead},
	access.ProposalsWrite:   {access.ProposalsRead, access.ProjectsRead, access.CustomersRead},
	access.ProposalsSend:    {access.ProposalsRead, access.ProjectsRead, access.CustomersRead},
	access.CostsRead:        {access.ProposalsRead, access.ProjectsRead, access.CustomersRead},
	access.MessagesWrite:    {access.MessagesRead},
	access.FilesWrite:       {access.FilesRead},
	access.AccessManage:     {access.AccessRead, access.CustomersRead},
	access.SeeAs:            {access.CustomersRead},
	access.ContractorsWrite: {access.ContractorsRead},
	access.SettingsWrite:    {access.SettingsRead},
	access.PeopleManage:     {access.SettingsRead},
	access.TokensManage:     {access.SettingsRead},
	access.ScheduleRead:     {access.ProjectsRead, access.CustomersRead},
	access.ScheduleWrite:    {access.ScheduleRead, access.ProjectsRead, access.CustomersRead},
	access.LogsRead:         {access.ProjectsRead, access.CustomersRead},
	access.LogsWrite:        {access.LogsRead, access.ProjectsRead, access.CustomersRead},
}

// whole adds what the chosen permissions need, and the basics.
func whole(chosen access.PermissionSet) access.PermissionSet {
	list := append(chosen.List(), basics.List()...)
	for _, p := range chosen.List() {
		list = append(list, needs[p]...)
	}
	return access.NewPermissionSet(list...)
}
