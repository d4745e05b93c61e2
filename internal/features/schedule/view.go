package schedule

import (
	"context"
	"net/url"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/platform/i18n"
	"lintel/internal/ui"
)

// The ways to look at a schedule.
const (
	asTimeline = "timeline"
	asList     = "list"
	asMonth    = "month"
)

// planView is a schedule on a page: of the office, or of a customer.
type planView struct {
	slug      string
	project   string
	url       string // of the tab
	view      string
	month     string
	today     Day
	tasks     []Task
	early     map[string][]string
	office    bool
	may       bool // change the plan; for customers: tick
	state     State
	changes   int // that the customer does not see yet
	published time.Time
	readers   string // the page that tells who can see the schedule; empty without the right to ask
	message   string // what went wrong just now
}

func viewOf(r *route.Request, project string) planView {
	q := r.URL.Query()
	v := planView{slug: r.Organisation.Slug, project: project, view: q.Get("view"), month: q.Get("month"), today: today(r.Context())}
	if r.Actor.Kind() == access.Staff && r.Actor.May(access.AccessRead) {
		v.readers = "/" + v.slug + "/office/schedules/" + project + "/readers"
	}
	if v.view != asList && v.view != asMonth {
		v.view = asTimeline
	}
	return v
}

// today is the day that it is where the reader is.
func today(ctx context.Context) Day {
	reader := i18n.ReaderOf(ctx)
	zone := reader.Zone
	if zone == nil {
		zone = time.UTC
	}
	return DayOf(reader.Now.In(zone))
}

func officeView(r *route.Request, p Plan) planView {
	v := viewOf(r, p.Project.ID)
	v.url, v.office, v.may = OfficeURL(v.slug, p.Project.ID), true, r.Actor.May(access.ScheduleWrite)
	v.tasks, v.early, v.state, v.changes, v.published = p.Tasks, p.TooEarly, p.State, len(p.Changes), p.State.PublishedAt
	return v
}

func customerView(r *route.Request, s Seen) planView {
	v := viewOf(r, s.Project.ID)
	v.url, v.may = CustomerURL(v.slug, s.Project.ID), r.Actor.May(access.ScheduleAnswer)
	v.tasks, v.published = s.Tasks, s.PublishedAt
	return v
}

// query is the part of an address that keeps the view.
func (v planView) query() string {
	q := url.Values{}
	if v.view != asTimeline {
		q.Set("view", v.view)
	}
	if v.view == asMonth && v.month != "" {
		q.Set("month", v.month)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// partURL is where the plan alone is fetched, when it has changed.
func (v planView) partURL() string { return v.url + "/plan" + v.query() }

func (v planView) taskURL(t Task) string { return v.url + "/tasks/" + t.ID }

// act is the address of an act on a task, which comes back to this view.
func (v planView) act(t Task, act string) string { return v.taskURL(t) + "/" + act + v.query() }

func (v planView) monthURL(month string) string { return v.url + "?view=month&month=" + month }

func (v planView) views(ctx context.Context) []ui.Tab {
	tab := func(view, label string) ui.Tab {
		address := v.url
		if view != asTimeline {
			address += "?view=" + view
		}
		return ui.Tab{Label: label, URL: address, Current: v.view == view}
	}
	return []ui.Tab{tab(asTimeline, i18n.T(ctx, "Timeline")), tab(asList, i18n.T(ctx, "List")), tab(asMonth, i18n.T(ctx, "Month"))}
}

// own are the customer's own tasks.
func (v planView) own() (list []Task) {
	for _, t := range v.tasks {
		if t.Own {
			list = append(list, t)
		}
	}
	return list
}

// names are what a task follows, in words.
func (v planView) names(t Task) string {
	var names []string
	for _, f := range t.Follows {
		if before, there := byID(v.tasks, f); there {
			names = append(names, before.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (v planView) who(ctx context.Context, t Task) string {
	switch {
	case t.Own && v.office:
		return i18n.T(ctx, "The customer")
	case t.Own:
		return i18n.T(ctx, "You")
	}
	return t.Who
}

// spoken is a task as it is read out at its bar.
func (v planView) spoken(ctx context.Context, b bar) string {
	parts := []string{b.Name, days(ctx, b.Task)}
	if who := v.who(ctx, b.Task); who != "" {
		parts = append(parts, who)
	}
	if b.Kind == Work {
		parts = append(parts, i18n.T(ctx, "{n} % done", "n", b.Percent()))
	} else {
		parts = append(parts, i18n.T(ctx, "Milestone"))
	}
	if b.late {
		parts = append(parts, i18n.T(ctx, "late"))
	}
	if len(b.early) > 0 {
		parts = append(parts, earlyLine(ctx, b.early))
	}
	return strings.Join(parts, ", ")
}

func earlyLine(ctx context.Context, early []string) string {
	return i18n.T(ctx, "begins before this ends: {tasks}", "tasks", strings.Join(early, ", "))
}

// kindOf is the class of a bar.
func kindOf(b bar) string {
	class := "bar"
	if b.Own {
		class += " own"
	}
	if b.Done() {
		class += " done"
	}
	if b.late {
		class += " late"
	}
	if len(b.early) > 0 {
		class += " early"
	}
	return class
}

// changeLine says in words what a publish would change.
func changeLine(ctx context.Context, c Change) (icon, text string) {
	t := c.Task
	switch c.What {
	case Comes:
		return "plus", i18n.T(ctx, "New: {task}, {days}", "task", t.Name, "days", days(ctx, t))
	case Goes:
		return "minus", i18n.T(ctx, "Goes: {task}", "task", t.Name)
	case Moves:
		return "calendar-clock", i18n.T(ctx, "{task} moves: {days}, was {before}", "task", t.Name, "days", days(ctx, t), "before", days(ctx, c.Before))
	case Gets:
		return "circle-check", i18n.T(ctx, "{task}: {n} % done, was {before} %", "task", t.Name, "n", t.Percent(), "before", c.Before.Percent())
	case Rewords:
		return "pencil", i18n.T(ctx, "{task} has other words, or somebody else does it", "task", t.Name)
	}
	if t.ID == "" {
		return "list", i18n.T(ctx, "The lines have another order")
	}
	return "list", i18n.T(ctx, "{task} waits for other tasks", "task", t.Name)
}

// needText says what to do about an own task. The badge above it says by when; a late one has its day here.
func needText(ctx context.Context, t Task, today Day) string {
	if t.Late(today) {
		return i18n.T(ctx, "Was due on {day}", "day", i18n.Day(ctx, string(t.Ends)))
	}
	return i18n.T(ctx, "Please do this, then tick it in the schedule.")
}

// need is an own task among what needs the customer.
func need(ctx context.Context, slug string, t Task, today Day) ui.NeedProps {
	return ui.NeedProps{By: string(t.Ends), Icon: "list-checks", Title: t.Name, Text: needText(ctx, t, today), Badge: needBadge(t, today), Action: ui.ButtonProps{Label: i18n.T(ctx, "Open the schedule"), URL: CustomerURL(slug, t.Project)}}
}
