package oversight

import (
	"context"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
)

// moduleName is a module in the reader's language.
func moduleName(ctx context.Context, m access.Module) string {
	switch m {
	case access.Projects:
		return i18n.T(ctx, "Projects")
	case access.Documents:
		return i18n.T(ctx, "Documents")
	case access.Selections:
		return i18n.T(ctx, "Selections")
	case access.Invoices:
		return i18n.T(ctx, "Invoices and payments")
	case access.Messages:
		return i18n.T(ctx, "Messages")
	case access.Files:
		return i18n.T(ctx, "Files")
	case access.Schedule:
		return i18n.T(ctx, "Schedule")
	case access.Assets:
		return i18n.T(ctx, "Assets")
	case access.Service:
		return i18n.T(ctx, "Service")
	case access.Properties:
		return i18n.T(ctx, "Properties")
	case access.Certificates:
		return i18n.T(ctx, "Certificates")
	case access.Diary:
		return i18n.T(ctx, "Diary")
	case access.AddJob:
		return i18n.T(ctx, "Add job")
	case access.Users:
		return i18n.T(ctx, "Users")
	}
	return string(m)
}

// moduleNames lists a set of modules in the reader's language.
func moduleNames(ctx context.Context, set access.ModuleSet) string {
	if set == access.EveryModule {
		return i18n.T(ctx, "Everything")
	}
	var names []string
	for _, m := range set.List() {
		names = append(names, moduleName(ctx, m))
	}
	if len(names) == 0 {
		return i18n.T(ctx, "Nothing")
	}
	return strings.Join(names, ", ")
}

// roleOf is what a colleague is, in the reader's language or the firm's own word.
func roleOf(ctx context.Context, a Ability) string {
	if a.OwnRole != "" {
		return a.OwnRole
	}
	return organisation.RoleName(ctx, a.Role)
}

// grantWords say which grant lets somebody in: where, what, since when and from whom.
func grantWords(ctx context.Context, r Reader) string {
	where := i18n.T(ctx, "Granted for the whole customer")
	if r.Project != "" {
		where = i18n.T(ctx, "Granted for one project")
	}
	words := where + ": " + moduleNames(ctx, r.Modules)
	if r.GivenBy != "" {
		return words + " · " + i18n.T(ctx, "since {date}, by {name}", "date", i18n.DateShort(ctx, r.Since), "name", r.GivenBy)
	}
	return words + " · " + i18n.T(ctx, "since {date}", "date", i18n.DateShort(ctx, r.Since))
}

// waysIn say how a person gets to the thing.
func waysIn(ctx context.Context, r Reader) string {
	var ways []string
	if r.OnlyByLink {
		ways = append(ways, i18n.T(ctx, "by personal link only"))
	} else {
		ways = append(ways, i18n.T(ctx, "signs in"))
	}
	if r.Links > 0 {
		ways = append(ways, i18n.N(ctx, r.Links, "{n} live link to this", "{n} live links to this"))
	}
	return strings.Join(ways, " · ")
}

// barWords say why nobody of the customer sees a thing.
func barWords(ctx context.Context, t Thing) string {
	switch t.Bar {
	case NotSent:
		return i18n.T(ctx, "This proposal was not sent yet. Only the office sees it.")
	case StageHidden:
		return i18n.T(ctx, "Projects in this stage are not shown to customers.")
	case NotShared:
		return i18n.T(ctx, "This daily log was not shared. Only the office sees it.")
	case Unpublished:
		return i18n.T(ctx, "This schedule is not published. Only the office sees it.")
	case OfficeOnly:
		return i18n.T(ctx, "This file is not shared. Besides the office only who uploaded it sees it.")
	}
	return ""
}

// kindName is what capacity a membership is.
func kindName(ctx context.Context, m identity.Member) string {
	switch m.Kind {
	case access.Staff:
		return i18n.T(ctx, "Office") + ", " + organisation.RoleName(ctx, m.Role)
	case access.Contractor:
		return i18n.T(ctx, "Contractor")
	case access.Technician:
		return i18n.T(ctx, "Technician")
	}
	return i18n.T(ctx, "Customer portal")
}

// stateName is a membership's state in the reader's language.
func stateName(ctx context.Context, state string) string {
	switch state {
	case "active":
		return i18n.T(ctx, "Active")
	case "invited":
		return i18n.T(ctx, "Invited")
	case "suspended":
		return i18n.T(ctx, "Suspended")
	}
	return i18n.T(ctx, "Removed")
}
