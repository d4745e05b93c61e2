package schedule

import (
	"context"
	"net/http"
	"strconv"

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

// Pages are the pages of schedules for the office and for customers.
type Pages struct {
	service *Service
	frame   *organisation.Frame
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages { return &Pages{service, frame} }

// Routes adds the addresses of schedules. The schedule itself is a tab of a project.
func (p *Pages) Routes(t *route.Table) {
	read, write := access.OfficeWith(access.ScheduleRead), access.OfficeWith(access.ScheduleWrite)
	const office, home = "/{org}/office/projects/{project}/schedule", "/{org}/home/projects/{project}/schedule"
	t.Get(office+"/plan", read, p.officePart)
	t.Get(office+"/new", write, p.newForm)
	t.Post(office, write, p.add)
	t.Get(office+"/publish", write, p.review)
	t.Post(office+"/publish", write, p.publish)
	t.Post(office+"/withdraw", write, p.withdraw)
	t.Get(office+"/tasks/{task}", write, p.edit)
	t.Post(office+"/tasks/{task}", write, p.save)
	t.Post(office+"/tasks/{task}/move", write, p.move)
	t.Post(office+"/tasks/{task}/place", write, p.place)
	t.Post(office+"/tasks/{task}/remove", write, p.remove)
	t.Post(office+"/tasks/{task}/tick", write, p.settle)
	t.Get(home+"/plan", access.CustomerWith(access.ScheduleRead), p.customerPart)
	t.Post(home+"/tasks/{task}/tick", access.CustomerWith(access.ScheduleAnswer), p.tick)
}

// OfficeTab is the schedule as a tab of a project in the office; it is a project.Slot.
func (p *Pages) OfficeTab(r *route.Request, of project.Line) (templ.Component, error) {
	plan, err := p.service.Get(r.Context(), r.Actor, of.ID)
	if err != nil {
		return nil, err
	}
	return officeTab(officeView(r, plan)), nil
}

// CustomerTab is the published schedule as a tab of a project; it is a project.Slot.
func (p *Pages) CustomerTab(r *route.Request, of project.Line) (templ.Component, error) {
	seen, err := p.service.See(r.Context(), r.Actor, of.ID)
	if err != nil {
		return nil, err
	}
	return planPart(customerView(r, seen)), nil
}

// CustomerNeeds are the customer's own tasks of a project that wait, for its Dashboard; it
// is a project.NeedSlot.
func (p *Pages) CustomerNeeds(r *route.Request, of project.Line) (list []ui.NeedProps, err error) {
	if !r.Actor.May(access.ScheduleRead) {
		return nil, nil
	}
	seen, err := p.service.See(r.Context(), r.Actor, of.ID)
	if err != nil {
		return nil, err
	}
	v := customerView(r, seen)
	for _, t := range v.own() {
		if !t.Done() {
			list = append(list, need(r.Context(), r.Organisation.Slug, t, v.today))
		}
	}
	return list, nil
}

// Needs are the customer's own tasks of all their projects that wait, for their home.
func (p *Pages) Needs(r *route.Request) (list []ui.NeedProps, err error) {
	if !r.Actor.May(access.ScheduleRead) {
		return nil, nil
	}
	tasks, err := p.service.Own(r.Context(), r.Actor)
	for _, t := range tasks {
		list = append(list, need(r.Context(), r.Organisation.Slug, t, today(r.Context())))
	}
	return list, err
}

// partOnly reports whether a script asks for the part of the page alone.
func partOnly(r *route.Request) bool { return r.Header.Get("HX-Request") == "true" }

func (p *Pages) officePart(r *route.Request) (web.Reply, error) {
	return p.officePartWith(r, "", http.StatusOK)
}

// officePartWith answers with the plan alone, for scripts, or leads back to the tab.
func (p *Pages) officePartWith(r *route.Request, message string, status int) (web.Reply, error) {
	plan, err := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	v := officeView(r, plan)
	if !partOnly(r) {
		reply := web.Redirect(v.url + v.query())
		if message != "" {
			reply = p.frame.Say(reply, message)
		}
		return reply, nil
	}
	v.message = message
	return web.Page(planPart(v)).WithStatus(status), nil
}

func (p *Pages) customerPart(r *route.Request) (web.Reply, error) {
	seen, err := p.service.See(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	v := customerView(r, seen)
	if !partOnly(r) {
		return web.Redirect(v.url + v.query()), nil
	}
	return web.Page(planPart(v)), nil
}

func (p *Pages) office(r *route.Request, of project.Line, title string, content templ.Component) web.Reply {
	slug := r.Organisation.Slug
	crumbs := []ui.Crumb{{Label: i18n.T(r.Context(), "Projects"), URL: project.OfficeURL(slug, "")}, {Label: of.Name, URL: project.OfficeURL(slug, of.ID)},
		{Label: i18n.T(r.Context(), "Schedule"), URL: OfficeURL(slug, of.ID)}, {Label: title}}
	return p.frame.Office(r, organisation.PageInfo{Title: title, Current: "projects", Breadcrumbs: crumbs}, content)
}

func (p *Pages) newForm(r *route.Request) (web.Reply, error) {
	plan, err := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	v := taskView{planView: officeView(r, plan), names: plan.Names, d: Draft{Kind: Work, Starts: today(r.Context()), Ends: today(r.Context())}}
	if _, last := span(plan.Tasks); last > v.d.Starts {
		v.d.Starts, v.d.Ends = last.Add(1), last.Add(1)
	}
	return p.office(r, plan.Project, v.title(r.Context()), taskForm(v)), nil
}

func readDraft(f *web.Form) Draft {
	d := Draft{Name: f.Line("name"), Kind: Kind(f.Line("kind")), Starts: Day(f.Line("starts")), Ends: Day(f.Line("ends")), Who: f.Line("who"), Note: f.Text("note"), Own: f.Checked("own"), Follows: f.All("follows")}
	if typed := f.Line("progress"); typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil {
			n = -1
		}
		d.Progress = n
	}
	return d
}

func (p *Pages) add(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	d := readDraft(form)
	if err = form.Err(); err == nil {
		_, err = p.service.Add(r.Context(), r.Actor, r.PathValue("project"), d)
	}
	if err == nil {
		return p.back(r, i18n.T(r.Context(), "Added to the schedule.")), nil
	}
	return p.again(r, taskView{d: d}, err)
}

// back goes to the tab, in the view that the form came from, and says what was done.
func (p *Pages) back(r *route.Request, sentence string) web.Reply {
	v := viewOf(r, r.PathValue("project"))
	return p.frame.Say(web.Redirect(OfficeURL(v.slug, v.project)+v.query()), sentence)
}

// again shows a task's form with what is wrong and with what was typed.
func (p *Pages) again(r *route.Request, v taskView, err error) (web.Reply, error) {
	problems, ok := organisation.ProblemsOf(r.Context(), err)
	if !ok {
		return web.Reply{}, err
	}
	plan, loadErr := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if loadErr != nil {
		return web.Reply{}, loadErr
	}
	v.planView, v.names, v.problems = officeView(r, plan), plan.Names, problems
	status := http.StatusUnprocessableEntity
	if fault.Is(err, fault.Conflict) {
		status = http.StatusConflict
		now, there := byID(plan.Tasks, v.id)
		if !there {
			return web.Reply{}, gone()
		}
		v.revision, v.differs = now.Revision, differences(r.Context(), v.planView, now, v.d)
	}
	return p.office(r, plan.Project, v.title(r.Context()), taskForm(v)).WithStatus(status), nil
}

// differences says, field by field, what a task says now where the form says something else.
func differences(ctx context.Context, v planView, now Task, d Draft) (lines []string) {
	d = d.settled()
	if now.Name != d.Name {
		lines = append(lines, i18n.T(ctx, "Name: {text}", "text", now.Name))
	}
	if now.Starts != d.Starts || now.Ends != d.Ends {
		lines = append(lines, i18n.T(ctx, "Days: {days}", "days", days(ctx, now)))
	}
	if now.Who != d.Who {
		lines = append(lines, i18n.T(ctx, "Who: {text}", "text", now.Who))
	}
	if now.Progress != d.Progress {
		lines = append(lines, i18n.T(ctx, "Done: {n} %", "n", now.Progress))
	}
	if now.Note != d.Note {
		lines = append(lines, i18n.T(ctx, "Note: {text}", "text", now.Note))
	}
	if !sameSet(now.Follows, d.Follows) {
		lines = append(lines, i18n.T(ctx, "Begins after: {tasks}", "tasks", v.names(now)))
	}
	if now.ChangedName != "" {
		lines = append(lines, i18n.T(ctx, "Changed last by {name}", "name", now.ChangedName))
	}
	return lines
}

func (p *Pages) edit(r *route.Request) (web.Reply, error) {
	plan, err := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	t, there := byID(plan.Tasks, r.PathValue("task"))
	if !there {
		return web.Reply{}, gone()
	}
	v := taskView{planView: officeView(r, plan), id: t.ID, revision: t.Revision, d: t.Draft(), names: plan.Names}
	return p.office(r, plan.Project, t.Name, taskForm(v)), nil
}

func (p *Pages) save(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	v := taskView{id: r.PathValue("task"), d: readDraft(form), along: form.Checked("along")}
	v.revision, _ = web.Whole(form.Line("revision")) // what is no number is no revision
	if err = form.Err(); err == nil {
		err = p.service.Save(r.Context(), r.Actor, r.PathValue("project"), v.id, v.revision, v.d, v.along)
	}
	if err == nil {
		return p.back(r, i18n.T(r.Context(), "Saved.")), nil
	}
	return p.again(r, v, err)
}

// move is a bar that was dragged, by a script or by a form: its answer is the plan.
func (p *Pages) move(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	revision, _ := web.Whole(form.Line("revision")) // what is no number is no revision
	err = p.service.Move(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("task"), revision, Day(form.Line("starts")), Day(form.Line("ends")), form.Checked("along"))
	if err == nil {
		return p.officePartWith(r, "", http.StatusOK)
	}
	f := fault.As(err)
	if f == nil || f.Kind != fault.Conflict && f.Kind != fault.Invalid {
		return web.Reply{}, err
	}
	return p.refused(r, f)
}

// refused says what somebody else has made of a task in the meantime, or what is wrong.
func (p *Pages) refused(r *route.Request, f *fault.Fault) (web.Reply, error) {
	ctx := r.Context()
	if f.Kind == fault.Invalid {
		message := f.Message
		if len(f.Fields) > 0 {
			message = f.Fields[0].Message
		}
		return p.officePartWith(r, i18n.T(ctx, message), http.StatusUnprocessableEntity)
	}
	plan, err := p.service.Get(ctx, r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	now, there := byID(plan.Tasks, r.PathValue("task"))
	if !there {
		return web.Reply{}, gone()
	}
	message := i18n.T(ctx, "{name} has changed {task} in the meantime. It is now: {days}.", "name", now.ChangedName, "task", now.Name, "days", days(ctx, now))
	return p.officePartWith(r, message, http.StatusConflict)
}

func (p *Pages) place(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	by := 1
	if form.Line("by") == "-1" {
		by = -1
	}
	if err := p.service.Place(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("task"), by); err != nil {
		return web.Reply{}, err
	}
	return p.officePartWith(r, "", http.StatusOK)
}

func (p *Pages) remove(r *route.Request) (web.Reply, error) {
	if err := p.service.Remove(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("task")); err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "Taken out of the schedule.")), nil
}

func (p *Pages) review(r *route.Request) (web.Reply, error) {
	return p.reviewWith(r, "", http.StatusOK)
}

func (p *Pages) reviewWith(r *route.Request, message string, status int) (web.Reply, error) {
	plan, err := p.service.Get(r.Context(), r.Actor, r.PathValue("project"))
	if err != nil {
		return web.Reply{}, err
	}
	v := officeView(r, plan)
	v.message = message
	return p.office(r, plan.Project, i18n.T(r.Context(), "Publish"), publishPage(v, plan)).WithStatus(status), nil
}

func (p *Pages) publish(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	revision, _ := web.Whole(form.Line("revision")) // what is no number is no revision
	err = p.service.Publish(r.Context(), r.Actor, r.PathValue("project"), revision)
	if f := fault.As(err); f != nil && (f.Kind == fault.Conflict || f.Kind == fault.Invalid) {
		status := http.StatusConflict
		if f.Kind == fault.Invalid {
			status = http.StatusUnprocessableEntity
		}
		return p.reviewWith(r, i18n.T(r.Context(), f.Message), status)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "Published. The customer sees it now.")), nil
}

func (p *Pages) withdraw(r *route.Request) (web.Reply, error) {
	if err := p.service.Withdraw(r.Context(), r.Actor, r.PathValue("project")); err != nil {
		return web.Reply{}, err
	}
	return p.back(r, i18n.T(r.Context(), "The customer does not see the schedule any more.")), nil
}

func (p *Pages) settle(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	if err := p.service.Settle(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("task"), form.Checked("done")); err != nil {
		return web.Reply{}, err
	}
	return p.officePartWith(r, "", http.StatusOK)
}

// tick is the customer's own act.
func (p *Pages) tick(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	done := form.Checked("done")
	if err := p.service.Tick(r.Context(), r.Actor, r.PathValue("project"), r.PathValue("task"), done); err != nil {
		return web.Reply{}, err
	}
	sentence := i18n.T(r.Context(), "Thank you. The office knows that it is done.")
	if !done {
		sentence = i18n.T(r.Context(), "It is open again.")
	}
	v := viewOf(r, r.PathValue("project"))
	return p.frame.Say(web.Redirect(CustomerURL(v.slug, v.project)+v.query()), sentence), nil
}
