package app

import (
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/features/document"
	"lintel/internal/features/filing"
	"lintel/internal/features/project"
	"lintel/internal/platform/i18n"
)

// withFiles adds the Files tab to the pages of a project, behind the proposals.
func withFiles(slots project.Slots, files *filing.Pages) project.Slots {
	tab := project.Tab{Key: "files", Label: i18n.Mark("Files"), Content: files.Tab, Count: files.Count, Shown: filing.Shown}
	behindProposals := func(tabs []project.Tab) []project.Tab {
		at := slices.IndexFunc(tabs, func(t project.Tab) bool { return t.Key == "proposals" })
		return slices.Insert(slices.Clone(tabs), at+1, tab)
	}
	slots.OfficeTabs, slots.CustomerTabs = behindProposals(slots.OfficeTabs), behindProposals(slots.CustomerTabs)
	return slots
}

// proposalURL is where somebody reads a proposal.
func proposalURL(slug string, kind access.Kind, id string) string {
	if kind == access.Customer {
		return document.CustomerPath(slug, id)
	}
	return document.OfficePath(slug, id)
}
