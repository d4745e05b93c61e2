package staff

import (
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

func (p *Pages) roles(r *route.Request) (web.Reply, error) {
	list, err := p.service.Roles(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.tab(r, "roles", rolesTab(list, organisation.SettingsURL(r.Organisation.Slug, "roles"), r.Actor.May(access.PeopleManage))), nil
}

// newRole begins with what another role permits, as far as the actor may do it.
func (p *Pages) newRole(r *route.Request) (web.Reply, error) {
	view := roleView{draft: RoleDraft{Permissions: access.Allowed(access.Staff, access.Member).And(r.Actor.Permissions())}}
	if from := r.URL.Query().Get("from"); from != "" {
		role, err := p.service.Role(r.Context(), r.Actor, access.Role(from))
		if err != nil {
			return web.Reply{}, err
		}
		view.draft.Permissions = role.Permissions.And(r.Actor.Permissions())
	}
	return p.roleForm(r, view), nil
}

func (p *Pages) roleForm(r *route.Request, view roleView) web.Reply {
	view.back, view.holds = organisation.SettingsURL(r.Organisation.Slug, "roles"), r.Actor.Permissions()
	if view.title == "" {
		view.title, view.action, view.may = i18n.T(r.Context(), "New role"), view.back, true
	}
	return p.frame.SettingsOf(r, "roles", view.title, roleForm(view))
}

func readRole(form *web.Form) RoleDraft {
	var ticked []access.Permission
	for _, name := range form.All("permission") {
		ticked = append(ticked, access.Permission(name))
	}
	chosen := access.NewPermissionSet(ticked...).And(access.Assignable())
	return RoleDraft{Name: form.Line("name"), Permissions: chosen, Reason: form.Line("reason")}
}

func (p *Pages) addRole(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	draft := readRole(form)
	if err = form.Err(); err == nil {
		_, err = p.service.AddRole(r.Context(), r.Actor, draft)
	}
	if err == nil {
		return p.done(r, "roles", i18n.T(r.Context(), "The role {name} can now be given to people.", "name", draft.Name)), nil
	}
	return again(r, err, func(problems organisation.Problems) (web.Reply, error) {
		return p.roleForm(r, roleView{draft: draft, problems: problems}), nil
	})
}

func (p *Pages) role(r *route.Request) (web.Reply, error) {
	return p.roleWith(r, nil, nil)
}

func (p *Pages) roleWith(r *route.Request, typed *RoleDraft, problems organisation.Problems) (web.Reply, error) {
	role, err := p.service.Role(r.Context(), r.Actor, access.Role(r.PathValue("role")))
	if err != nil {
		return web.Reply{}, err
	}
	view := roleView{title: roleName(r.Context(), role.StaffRole), line: roleLine(r.Context(), role.ID), role: role, draft: RoleDraft{Name: role.Name, Permissions: role.Permissions},
		action: organisation.SettingsURL(r.Organisation.Slug, "roles/"+string(role.ID)), may: role.Changeable, problems: problems, people: organisation.SettingsURL(r.Organisation.Slug, "people/")}
	if typed != nil {
		view.draft = *typed
	}
	if r.Actor.May(access.PeopleManage) {
		view.copyURL = organisation.SettingsURL(r.Organisation.Slug, "roles/new") + "?from=" + string(role.ID)
	}
	return p.roleForm(r, view), nil
}

func (p *Pages) saveRole(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	draft := readRole(form)
	if err = form.Err(); err == nil {
		err = p.service.SaveRole(r.Context(), r.Actor, access.Role(r.PathValue("role")), draft)
	}
	if err == nil {
		return p.done(r, "roles", i18n.T(r.Context(), "Saved. It counts from the next click of everybody who has the role.")), nil
	}
	return again(r, err, func(problems organisation.Problems) (web.Reply, error) { return p.roleWith(r, &draft, problems) })
}

func (p *Pages) removeRole(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	reason := form.Line("reason")
	if err = form.Err(); err == nil {
		err = p.service.RemoveRole(r.Context(), r.Actor, access.Role(r.PathValue("role")), reason)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.done(r, "roles", i18n.T(r.Context(), "The role was removed.")), nil
}
