package app

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	customerdesk "lintel/internal/desks/customer"
	"lintel/internal/features/filing"
	"lintel/internal/features/phone"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// addPhone makes the portal an app.
func (a *App) addPhone() {
	app := phone.New(phone.Ports{Looks: a.Organisations.Looks, ComesBack: a.comesBack})
	phone.NewPages(app, a.frame).Routes(a.Table)
}

// comesBack reports whether somebody can come in on a device that does not know them: a
// technician by the link that they keep, everybody else by a password, a passkey or the
// firm's sign-in service (JT-13).
func (a *App) comesBack(ctx context.Context, actor access.Actor) (bool, error) {
	if actor.Kind() == access.Technician {
		return true, nil
	}
	account, err := a.Identity.Account(ctx, actor)
	if err != nil || account.HasPassword {
		return account.HasPassword, err
	}
	kept, err := a.Factors.Kept(ctx, actor)
	return len(kept.Passkeys) > 0, err
}

// oneProjectBar is the phone's tab bar for a customer with one project, who needs no menu
// (JT-10): the parts of the project, and the inbox.
func (a *App) oneProjectBar(r *route.Request) []ui.NavItem {
	only, err := customerdesk.New(a.Store, a.Inbox, a.Projects).OnlyProject(r.Context(), r.Actor)
	if err != nil || only == "" {
		return nil
	}
	ctx, slug := r.Context(), r.Organisation.Slug
	page := project.CustomerURL(slug, only)
	bar := []ui.NavItem{{Label: i18n.T(ctx, "Project"), URL: page, Icon: "folder-kanban"}}
	if filing.Shown(r.Actor) {
		bar = append(bar, ui.NavItem{Label: i18n.T(ctx, "Files"), URL: page + "/files", Icon: "files"})
	}
	if r.Actor.May(access.ScheduleRead) {
		bar = append(bar, ui.NavItem{Label: i18n.T(ctx, "Schedule"), URL: page + "/schedule", Icon: "calendar-days"})
	}
	bar = append(bar, ui.NavItem{Label: i18n.T(ctx, "Inbox"), URL: "/" + slug + "/home/inbox", Icon: "inbox"})
	for i := range bar {
		bar[i].Current = r.URL.Path == bar[i].URL
	}
	return bar
}
