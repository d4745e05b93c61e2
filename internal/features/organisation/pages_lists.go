package organisation

import (
	"net/http"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

func (p *Pages) stages(r *route.Request) (web.Reply, error) {
	return p.stagesWith(r, stageForm{d: StageDetails{Bucket: Current, CustomerVisible: true}})
}

func (p *Pages) stagesWith(r *route.Request, form stageForm) (web.Reply, error) {
	list, err := p.service.Stages(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	view := stagesView{list: list, form: form, action: SettingsURL(r.Organisation.Slug, "stages"), may: r.Actor.May(access.SettingsWrite)}
	return p.page(r, "stages", stagesTab(view)), nil
}

func readStage(form *web.Form) StageDetails {
	return StageDetails{Name: form.Line("name"), Bucket: Bucket(form.Line("bucket")), CustomerVisible: form.Checked("customer_visible")}
}

func (p *Pages) addStage(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	d := readStage(form)
	return p.afterStage(r, stageForm{d: d}, p.service.AddStage(r.Context(), r.Actor, d))
}

// saveStage saves, moves or removes a stage, as the pressed button says.
func (p *Pages) saveStage(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	stage, d := r.PathValue("stage"), readStage(form)
	switch form.Line("act") {
	case "up":
		err = p.service.MoveStage(r.Context(), r.Actor, stage, -1)
	case "down":
		err = p.service.MoveStage(r.Context(), r.Actor, stage, 1)
	case "remove":
		err = p.service.RemoveStage(r.Context(), r.Actor, stage)
	default:
		err = p.service.SaveStage(r.Context(), r.Actor, stage, d)
	}
	return p.afterStage(r, stageForm{stage: stage, d: d}, err)
}

func (p *Pages) afterStage(r *route.Request, form stageForm, err error) (web.Reply, error) {
	if err == nil {
		return p.saved(r, "stages"), nil
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	form.problems = problems
	reply, err := p.stagesWith(r, form)
	return reply.WithStatus(http.StatusUnprocessableEntity), err
}

func (p *Pages) terms(r *route.Request) (web.Reply, error) {
	list, err := p.service.Terms(r.Context(), r.Actor)
	if err != nil {
		return web.Reply{}, err
	}
	return p.page(r, "terms", termsTab(list, SettingsURL(r.Organisation.Slug, "terms"), r.Actor.May(access.SettingsWrite))), nil
}

func (p *Pages) newTerms(r *route.Request) (web.Reply, error) {
	return p.termsForm(r, termsView{title: i18n.T(r.Context(), "New terms"), action: SettingsURL(r.Organisation.Slug, "terms")}), nil
}

func (p *Pages) termsForm(r *route.Request, view termsView) web.Reply {
	view.back, view.may = SettingsURL(r.Organisation.Slug, "terms"), r.Actor.May(access.SettingsWrite)
	return p.page(r, "terms", termsEditor(view))
}

func (p *Pages) editTerms(r *route.Request) (web.Reply, error) {
	t, err := p.service.TermsByID(r.Context(), r.Actor, r.PathValue("terms"))
	if err != nil {
		return web.Reply{}, err
	}
	return p.termsForm(r, termsView{title: t.Title, id: t.ID, d: TermsDetails{Title: t.Title, Body: t.Body, Standard: t.Standard},
		action: SettingsURL(r.Organisation.Slug, "terms/"+t.ID)}), nil
}

func readTerms(form *web.Form) TermsDetails {
	return TermsDetails{Title: form.Line("title"), Body: form.Text("body"), Standard: form.Checked("standard")}
}

func (p *Pages) addTerms(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	view := termsView{title: i18n.T(r.Context(), "New terms"), d: readTerms(form), action: SettingsURL(r.Organisation.Slug, "terms")}
	if err = form.Err(); err == nil {
		err = p.service.AddTerms(r.Context(), r.Actor, view.d)
	}
	return p.afterTerms(r, view, err)
}

// saveTerms saves, moves or archives a template, as the pressed button says.
func (p *Pages) saveTerms(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	terms := r.PathValue("terms")
	view := termsView{title: i18n.T(r.Context(), "Terms"), id: terms, d: readTerms(form), action: SettingsURL(r.Organisation.Slug, "terms/"+terms)}
	switch form.Line("act") {
	case "up":
		err = p.service.MoveTerms(r.Context(), r.Actor, terms, -1)
	case "down":
		err = p.service.MoveTerms(r.Context(), r.Actor, terms, 1)
	case "archive":
		err = p.service.ArchiveTerms(r.Context(), r.Actor, terms)
	default:
		if err = form.Err(); err == nil {
			err = p.service.SaveTerms(r.Context(), r.Actor, terms, view.d)
		}
	}
	return p.afterTerms(r, view, err)
}

func (p *Pages) afterTerms(r *route.Request, view termsView, err error) (web.Reply, error) {
	if err == nil {
		return p.saved(r, "terms"), nil
	}
	problems, ok := ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	view.problems = problems
	return p.termsForm(r, view).WithStatus(http.StatusUnprocessableEntity), nil
}
