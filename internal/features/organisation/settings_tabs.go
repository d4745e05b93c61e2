package organisation

import (
	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// SettingsTab is one tab of the settings, shown to those who have the permission.
type SettingsTab struct {
	Key        string // the last part of its address: /{org}/office/settings/KEY
	Label      string // English, translated when shown
	Permission access.Permission
}

// settingsTabs are all tabs: what the firm is, what other features have added, and how the
// installation runs.
type settingsTabs struct{ first, added, last []SettingsTab }

// AddSettingsTabs adds the tabs of another feature. Called while the program is put
// together.
func (f *Frame) AddSettingsTabs(tabs ...SettingsTab) { f.tabs.added = append(f.tabs.added, tabs...) }

// Settings is a page of the settings with one of the tabs open.
func (f *Frame) Settings(r *route.Request, tab string, content templ.Component) web.Reply {
	return f.settings(r, PageInfo{}, tab, content)
}

// SettingsOf is the page of one thing in a tab, as a colleague or a role: name is its heading.
func (f *Frame) SettingsOf(r *route.Request, tab, name string, content templ.Component) web.Reply {
	return f.settings(r, PageInfo{Title: name}, tab, content)
}

// settings fills in the rest of the page's info; its Title, when there is one, is the heading too.
func (f *Frame) settings(r *route.Request, info PageInfo, tab string, content templ.Component) web.Reply {
	ctx := r.Context()
	open, heading := i18n.T(ctx, "Settings"), i18n.T(ctx, "Settings")
	var groups []settingsGroup
	for _, g := range []struct {
		label string
		tabs  []SettingsTab
	}{{i18n.T(ctx, "The firm"), f.tabs.first}, {i18n.T(ctx, "People and access"), f.tabs.added}, {i18n.T(ctx, "System"), f.tabs.last}} {
		group := settingsGroup{Label: g.label}
		for _, t := range g.tabs {
			if !r.Actor.May(t.Permission) {
				continue
			}
			line := ui.Tab{Label: i18n.T(ctx, t.Label), URL: SettingsURL(r.Organisation.Slug, t.Key), Current: t.Key == tab}
			if line.Current {
				open = line.Label
			}
			group.Tabs = append(group.Tabs, line)
		}
		if len(group.Tabs) > 0 {
			groups = append(groups, group)
		}
	}
	if info.Current = "settings"; info.Title == "" {
		info.Title = open
	} else {
		heading = info.Title
	}
	return f.Office(r, info, settingsPage(heading, open, groups, content))
}

// SettingsURL is where a tab of the settings is.
func SettingsURL(slug, tab string) string {
	address := "/" + slug + "/office/settings"
	if tab != "" {
		address += "/" + tab
	}
	return address
}
