package app

import (
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/filing"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// withFiles adds the Files tab to the pages of a project, behind the proposals.
func withFiles(slots project.Slots, files *filing.Pages) project.Slots {
	tab := project.Tab{Key: "files", Label: i18n.Mark("Files"), Content: files.Tab, Mark: ui.NewFiles, Shown: filing.Shown}
	behindProposals := func(tabs []project.Tab) []project.Tab {
		at := slices.IndexFunc(tabs, func(t project.Tab) bool { return t.Key == "proposals" })
		return slices.Insert(slices.Clone(tabs), at+1, tab)
	}
	slots.OfficeTabs, slots.CustomerTabs = behindProposals(slots.OfficeTabs), behindProposals(slots.CustomerTabs)
	return slots
}

// proposalURL is where whoever asks reads a proposal; empty when they may not, or not yet.
func (a *App) proposalURL(r *route.Request, id string) (path string) {
	err := a.Store.View(r.Context(), r.Actor, access.ProposalsRead, func(tx *guard.Tx) error {
		_, err := a.Messages.ThreadOf(tx, "proposal", id)
		return err
	})
	switch {
	case err != nil:
		return ""
	case r.Actor.Kind() == access.Customer:
		return document.CustomerPath(r.Organisation.Slug, id)
	}
	return document.OfficePath(r.Organisation.Slug, id)
}
