package project

import (
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// groups is the customer's list in Pending, Current and Completed (JB-04).
func (p *Pages) groups(r *route.Request) (web.Reply, error) {
	q := r.URL.Query()
	groups, shown, err := p.service.Groups(r.Context(), r.Actor, organisation.Bucket(q.Get("group")), organisation.ParseCursor(q.Get("after")))
	if err != nil {
		return web.Reply{}, err
	}
	view := groupsView{slug: r.Organisation.Slug, groups: groups, shown: shown, picture: p.cover, one: q.Get("group") != ""}
	if p.slots.CustomerActions != nil {
		view.actions = p.slots.CustomerActions(r)
	}
	return p.frame.Customer(r, organisation.PageInfo{Title: i18n.T(r.Context(), "Projects"), Current: "projects"}, groupsPage(view)), nil
}

// see is the customer's page of a project, or one of its tabs.
func (p *Pages) see(r *route.Request) (web.Reply, error) {
	seen, err := p.service.See(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	view, err := p.seenView(r, seen)
	if err != nil {
		return web.Reply{}, err
	}
	slug := r.Organisation.Slug
	crumbs := []ui.Crumb{{Label: i18n.T(r.Context(), "All projects"), URL: CustomerURL(slug, "")}, {Label: seen.Project.Name}}
	return p.frame.Customer(r, organisation.PageInfo{Title: seen.Project.Name, Current: "projects", Breadcrumbs: crumbs, Htmx: true}, seenPage(view)), nil
}

func (p *Pages) seenView(r *route.Request, seen Visible) (v seenView, err error) {
	slug, project := r.Organisation.Slug, seen.Project
	v = seenView{seen: seen, cover: p.cover(slug, project.Cover)}
	tabs, open, err := p.tabsOf(r, project, CustomerURL(slug, project.ID), r.PathValue("tab"), p.slots.CustomerTabs)
	if err != nil {
		return v, err
	}
	v.tabs = tabs
	if open != nil {
		v.tab, err = open.Content(r, project)
		return v, err
	}
	for _, slot := range p.slots.CustomerNeeds {
		needs, err := slot(r, project)
		if err != nil {
			return v, err
		}
		v.needs = append(v.needs, needs...)
	}
	if v.cards, err = fill(r, project, p.slots.CustomerCards); err != nil {
		return v, err
	}
	v.side, err = fill(r, project, p.slots.CustomerSide)
	return v, err
}
