package staff

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
)

func groupName(ctx context.Context, key string) string {
	switch key {
	case "work":
		return i18n.T(ctx, "Customers and projects")
	case "proposals":
		return i18n.T(ctx, "Proposals and costs")
	case "talk":
		return i18n.T(ctx, "Conversations and files")
	case "entry":
		return i18n.T(ctx, "Who gets in")
	case "firm":
		return i18n.T(ctx, "The firm")
	}
	return ""
}

// sentences say in plain words what each permission lets somebody do.
var sentences = map[access.Permission]string{
	access.HomeRead:         i18n.Mark("See the office's home page and inbox"),
	access.ProfileWrite:     i18n.Mark("Change their own profile"),
	access.NoticesWrite:     i18n.Mark("Choose what one is told"),
	access.CustomersRead:    i18n.Mark("See customers, contacts and properties"),
	access.CustomersWrite:   i18n.Mark("Add and change customers, contacts and properties"),
	access.ProjectsRead:     i18n.Mark("See projects"),
	access.ProjectsWrite:    i18n.Mark("Add projects, change them and move their stage"),
	access.ProposalsRead:    i18n.Mark("See proposals"),
	access.ProposalsWrite:   i18n.Mark("Write proposals"),
	access.ProposalsSend:    i18n.Mark("Send proposals to customers"),
	access.CostsRead:        i18n.Mark("See cost prices and margins"),
	access.MessagesRead:     i18n.Mark("Read conversations"),
	access.MessagesWrite:    i18n.Mark("Write to customers and internal notes"),
	access.FilesRead:        i18n.Mark("See files"),
	access.FilesWrite:       i18n.Mark("Add and remove files"),
	access.LinksManage:      i18n.Mark("End personal links"),
	access.AccessRead:       i18n.Mark("See who can see a record"),
	access.AccessManage:     i18n.Mark("Give customers portal access and take it away"),
	access.SeeAs:            i18n.Mark("Look at the portal as a contact, without changing anything"),
	access.ContractorsRead:  i18n.Mark("See contractors and their people"),
	access.ContractorsWrite: i18n.Mark("Add contractors and end their access"),
	access.SettingsRead:     i18n.Mark("See the settings"),
	access.SettingsWrite:    i18n.Mark("Change the settings"),
	access.PeopleManage:     i18n.Mark("Invite colleagues, change roles, suspend and remove people"),
	access.TokensManage:     i18n.Mark("Make and revoke API tokens"),
	access.AuditRead:        i18n.Mark("Read the audit trail"),
	access.ScheduleRead:     i18n.Mark("See schedules"),
	access.ScheduleWrite:    i18n.Mark("Plan tasks and publish schedules"),
	access.LogsRead:         i18n.Mark("Read daily logs"),
	access.LogsWrite:        i18n.Mark("Write daily logs and share them"),
}

func sentence(ctx context.Context, p access.Permission) string { return i18n.T(ctx, sentences[p]) }

// roleName is a role in the reader's language; the firm's own are called as it calls them.
func roleName(ctx context.Context, role StaffRole) string {
	switch {
	case role.Name != "":
		return role.Name
	case role.ID == "" || role.Own():
		return i18n.T(ctx, "A role that is gone")
	}
	return organisation.RoleName(ctx, role.ID)
}

// roleLine says in one line what Lintel's roles are for.
func roleLine(ctx context.Context, role access.Role) string {
	switch role {
	case access.Owner:
		return i18n.T(ctx, "Everything, and decides who else is an owner.")
	case access.Administrator:
		return i18n.T(ctx, "Everything but making owners.")
	case access.Manager:
		return i18n.T(ctx, "The whole work with its costs, and sees the settings.")
	case access.Member:
		return i18n.T(ctx, "The daily work, without costs.")
	case access.Finance:
		return i18n.T(ctx, "Costs and the audit trail; changes no work.")
	case access.ReadOnly:
		return i18n.T(ctx, "Looks and changes nothing.")
	}
	return ""
}

func lifeName(ctx context.Context, days int) string {
	if days == 365 {
		return i18n.T(ctx, "A year")
	}
	return i18n.N(ctx, days, "{n} day", "{n} days")
}
