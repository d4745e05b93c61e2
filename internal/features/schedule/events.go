package schedule

import (
	"context"

	"lintel/internal/core/event"
	"lintel/internal/platform/i18n"
)

// Published is recorded when the office lets the customer see the plan as it is now.
type Published struct {
	Project  string   `json:"-"`
	Customer string   `json:"-"`
	Name     string   `json:"name"`  // of the project
	First    bool     `json:"first"` // nothing was published before
	Changes  int      `json:"changes"`
	Asked    []string `json:"asked"` // names of the tasks that the customer is newly asked for
}

// About names the event.
func (e Published) About() (string, event.Subject) {
	return "schedule.published", event.Subject{Kind: "schedule", ID: e.Project, Customer: e.Customer, Project: e.Project}
}

// Withdrawn is recorded when the office takes the published plan back.
type Withdrawn struct {
	Project  string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
}

// About names the event.
func (e Withdrawn) About() (string, event.Subject) {
	return "schedule.withdrawn", event.Subject{Kind: "schedule", ID: e.Project, Customer: e.Customer, Project: e.Project}
}

// about is what the events of one task say.
type about struct {
	Task     string `json:"-"`
	Project  string `json:"-"`
	Customer string `json:"-"`
	Name     string `json:"name"`
}

func aboutTask(t Task) about { return about{t.ID, t.Project, t.Customer, t.Name} }

func (a about) subject() event.Subject {
	return event.Subject{Kind: "task", ID: a.Task, Customer: a.Customer, Project: a.Project}
}

// Added is recorded when the office adds a task to the plan.
type Added struct{ about }

// About names the event.
func (e Added) About() (string, event.Subject) { return "schedule.task_added", e.subject() }

// Changed is recorded when the office changes a task of the plan.
type Changed struct {
	about
	Starts Day `json:"starts,omitempty"` // of a move
	Ends   Day `json:"ends,omitempty"`
	Also   int `json:"also,omitempty"` // tasks that follow and moved with it
}

// About names the event.
func (e Changed) About() (string, event.Subject) { return "schedule.task_changed", e.subject() }

// Removed is recorded when the office takes a task out of the plan.
type Removed struct{ about }

// About names the event.
func (e Removed) About() (string, event.Subject) { return "schedule.task_removed", e.subject() }

// Ticked is recorded when a customer's own task is done, or is not done after all.
type Ticked struct {
	about
	Back bool `json:"back"`
}

// About names the event.
func (e Ticked) About() (string, event.Subject) { return "schedule.task_ticked", e.subject() }

// Due is recorded when a customer's own task has to be done in two days.
type Due struct {
	about
	Ends Day `json:"ends"`
}

// About names the event.
func (e Due) About() (string, event.Subject) { return "schedule.task_due", e.subject() }

const unpublished = "nobody, because the customer sees it with the next publish"

// Events describes what this package records.
func Events() []event.Kind {
	return []event.Kind{
		{Name: "schedule.published", Visibility: event.WithPortal, Icon: "calendar-check", Notice: "the customer's people with the module Schedule", Sentence: publishedSentence},
		{Name: "schedule.withdrawn", Visibility: event.OfficeOnly, Icon: "eye-off", Notice: "nobody, because the office did it itself", Sentence: withdrawnSentence},
		{Name: "schedule.task_added", Visibility: event.OfficeOnly, Icon: "calendar-days", Notice: unpublished, Sentence: taskSentence(i18n.Mark("{who} added {task} to the schedule"))},
		{Name: "schedule.task_changed", Visibility: event.OfficeOnly, Icon: "calendar-clock", Notice: unpublished, Sentence: changedSentence},
		{Name: "schedule.task_removed", Visibility: event.OfficeOnly, Icon: "trash-2", Notice: unpublished, Sentence: taskSentence(i18n.Mark("{who} took {task} out of the schedule"))},
		{Name: "schedule.task_ticked", Visibility: event.WithPortal, Icon: "circle-check", Notice: "the project's lead, when the customer did it", Sentence: tickedSentence},
		{Name: "schedule.task_due", Visibility: event.WithPortal, Icon: "calendar-clock", Notice: "the customer's people with the module Schedule", Sentence: dueSentence},
	}
}

// An event whose content was erased reads with empty names.
func publishedSentence(ctx context.Context, r event.Recorded) string {
	var e Published
	_ = r.Read(&e)
	if e.First {
		return i18n.T(ctx, "{who} published the schedule", "who", r.ActorName)
	}
	return i18n.N(ctx, e.Changes, "{who} published {n} change to the schedule", "{who} published {n} changes to the schedule", "who", r.ActorName)
}

func withdrawnSentence(ctx context.Context, r event.Recorded) string {
	return i18n.T(ctx, "{who} hid the schedule from the customer", "who", r.ActorName)
}

func taskSentence(english string) func(context.Context, event.Recorded) string {
	return func(ctx context.Context, r event.Recorded) string {
		var e about
		_ = r.Read(&e)
		return i18n.T(ctx, english, "who", r.ActorName, "task", e.Name)
	}
}

func changedSentence(ctx context.Context, r event.Recorded) string {
	var e Changed
	_ = r.Read(&e)
	if e.Starts == "" {
		return i18n.T(ctx, "{who} changed {task} in the schedule", "who", r.ActorName, "task", e.Name)
	}
	return i18n.T(ctx, "{who} moved {task} to {from} – {to}", "who", r.ActorName, "task", e.Name, "from", i18n.DayShort(ctx, string(e.Starts)), "to", i18n.DayShort(ctx, string(e.Ends)))
}

func tickedSentence(ctx context.Context, r event.Recorded) string {
	var e Ticked
	_ = r.Read(&e)
	if e.Back {
		return i18n.T(ctx, "{who} opened {task} again", "who", r.ActorName, "task", e.Name)
	}
	return i18n.T(ctx, "{who} ticked {task}", "who", r.ActorName, "task", e.Name)
}

func dueSentence(ctx context.Context, r event.Recorded) string {
	var e Due
	_ = r.Read(&e)
	return i18n.T(ctx, "{task} is due on {day}", "task", e.Name, "day", i18n.DayShort(ctx, string(e.Ends)))
}
