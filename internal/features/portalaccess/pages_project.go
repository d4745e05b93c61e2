package portalaccess

import (
	"net/http"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

func notFound() error { return fault.New(fault.NotFound, "This contact was not found.") }

// projectView is the page on which somebody is let into one project.
type projectView struct {
	Sheet
	project  project.Line
	url      string
	chosen   string
	modules  access.ModuleSet
	may      bool
	problems organisation.Problems
}

// inside and outside are the contacts that see the project, and those that do not yet.
func (v projectView) inside() (list []Person) {
	for _, p := range v.People {
		if p.sees(v.project.ID) {
			list = append(list, p)
		}
	}
	return list
}

func (v projectView) outside() (list []Person) {
	for _, p := range v.People {
		if !p.sees(v.project.ID) && p.Email != "" {
			list = append(list, p)
		}
	}
	return list
}

func projectURL(slug, id string) string { return projectsURL(slug) + "/" + id }

func projectsURL(slug string) string { return "/" + slug + "/office/projects" }

func (p *Pages) projectSheet(r *route.Request) (web.Reply, error) {
	return p.projectPage(r, projectView{})
}

func (p *Pages) projectPage(r *route.Request, v projectView) (web.Reply, error) {
	of, sheet, err := p.service.ProjectSheet(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	v.project, v.Sheet, v.may = of, sheet, r.Actor.May(access.AccessManage)
	if v.problems == nil {
		v.modules = sheet.Offered.Without(access.NewModuleSet(access.Users))
	}
	ctx, slug := r.Context(), r.Organisation.Slug
	v.url = projectURL(slug, of.ID) + "/access"
	crumbs := []ui.Crumb{{Label: i18n.T(ctx, "Projects"), URL: projectsURL(slug)}, {Label: of.Name, URL: projectURL(slug, of.ID)}, {Label: i18n.T(ctx, "Portal access")}}
	return p.frame.Office(r, organisation.PageInfo{Title: i18n.T(ctx, "Portal access"), Current: "projects", Breadcrumbs: crumbs}, projectPage(v)), nil
}

func (p *Pages) giveProject(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := projectView{chosen: form.Line("contact"), modules: readModules(form)}
	if err = form.Err(); err == nil {
		k, err := p.service.GiveProject(r.Context(), r.Actor, r.PathValue("project"), v.chosen, v.modules)
		if err == nil {
			said := i18n.T(r.Context(), "{name} can see this project. One e-mail is on its way.", "name", k.Name)
			return p.frame.Say(web.Redirect(projectURL(r.Organisation.Slug, r.PathValue("project"))+"/access"), said), nil
		}
		return p.projectRefused(r, v, err)
	}
	return p.projectRefused(r, v, err)
}

func (p *Pages) projectRefused(r *route.Request, v projectView, err error) (web.Reply, error) {
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	v.problems = problems
	reply, err := p.projectPage(r, v)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

// ProjectCard is who of the customer sees a project, beside its facts; a project.Slot.
func (p *Pages) ProjectCard(r *route.Request, of project.Line) (templ.Component, error) {
	if !r.Actor.May(access.AccessRead) {
		return nil, nil
	}
	_, sheet, err := p.service.ProjectSheet(r.Context(), r.Actor, of.ID)
	if err != nil {
		return nil, err
	}
	v := projectView{Sheet: sheet, project: of, url: projectURL(r.Organisation.Slug, of.ID) + "/access", may: r.Actor.May(access.AccessManage)}
	return projectCard(v), nil
}

// modulesView is the settings tab on which modules are switched on and off.
type modulesView struct {
	offered  access.ModuleSet
	may      bool
	url      string
	problems organisation.Problems
}

func (p *Pages) modules(r *route.Request) (web.Reply, error) {
	offered, err := p.service.Offered(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.modulesPage(r, modulesView{offered: offered}), nil
}

func (p *Pages) modulesPage(r *route.Request, v modulesView) web.Reply {
	v.url, v.may = organisation.SettingsURL(r.Organisation.Slug, "modules"), r.Actor.May(access.SettingsWrite)
	return p.frame.Settings(r, "modules", modulesTab(v))
}

func (p *Pages) saveModules(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	wanted := readModules(form)
	err = p.service.Offer(r.Context(), r.Actor, access.ParseModules(form.Line("had")), wanted)
	if err == nil {
		return p.frame.Say(web.Redirect(organisation.SettingsURL(r.Organisation.Slug, "modules")), i18n.T(r.Context(), "Saved.")), nil
	}
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	return p.modulesPage(r, modulesView{offered: access.ParseModules(form.Line("had")), problems: problems}).WithStatus(http.StatusUnprocessableEntity), nil
}
