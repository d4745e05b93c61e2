package schedule

import (
	"slices"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/fault"
)

// Kind is what a line of the plan is.
type Kind string

// The kinds. A milestone has one day.
const (
	Work      Kind = "task"
	Milestone Kind = "milestone"
)

// Task is one line of a plan.
type Task struct {
	ID       string
	Project  string
	Customer string
	Name     string
	Kind     Kind
	Starts   Day
	Ends     Day // the last day of the work
	Progress int // percent, of what is not the customer's own
	Who      string
	Person   access.PersonID // of the office, when Who is a colleague's name
	Note     string          // customers read it too
	Own      bool            // the customer's own task, which they tick
	Position int
	Revision int
	Follows  []string // ids of what has to end before it begins

	DoneAt      time.Time // of an own task; zero while it waits
	DoneName    string
	ChangedName string // who changed it last
}

// Percent is how far the task is.
func (t Task) Percent() int {
	switch {
	case !t.Own:
		return t.Progress
	case t.DoneAt.IsZero():
		return 0
	}
	return 100
}

// Done reports whether nothing is left to do.
func (t Task) Done() bool { return t.Percent() == 100 }

// Days is how many days it takes, one at least.
func (t Task) Days() int { return t.Ends.Since(t.Starts) + 1 }

// Late reports whether it should be done by now.
func (t Task) Late(today Day) bool { return !t.Done() && t.Ends < today }

// Draft is what the office fills in for a task.
type Draft struct {
	Name     string
	Kind     Kind
	Starts   Day
	Ends     Day
	Progress int
	Who      string
	Note     string
	Own      bool
	Follows  []string
}

// Draft is the task as a form shows it.
func (t Task) Draft() Draft {
	return Draft{Name: t.Name, Kind: t.Kind, Starts: t.Starts, Ends: t.Ends, Progress: t.Progress, Who: t.Who, Note: t.Note, Own: t.Own, Follows: t.Follows}
}

// longest keeps a slip of the year from making a plan that no page can show.
const longest = 3 * 366

// settled puts a draft right where there is one way to do it: a milestone and a task
// without an end have one day.
func (d Draft) settled() Draft {
	if d.Kind == Milestone || d.Ends == "" {
		d.Ends = d.Starts
	}
	return d
}

func (d Draft) check() error {
	var problems fault.Problems
	if d.Name == "" {
		problems.Add("name", "Say what is to be done.")
	}
	if d.Kind != Work && d.Kind != Milestone {
		problems.Add("kind", "Choose a task or a milestone.")
	}
	if !d.Starts.Valid() {
		problems.Add("starts", "Enter the day on which it begins.")
	} else if !d.Ends.Valid() {
		problems.Add("ends", "Enter the day on which it ends.")
	} else if d.Ends < d.Starts {
		problems.Add("ends", "It cannot end before it begins.")
	} else if d.Ends.Since(d.Starts) > longest {
		problems.Add("ends", "A task takes three years at most. Please look at the year.")
	}
	if d.Progress < 0 || d.Progress > 100 {
		problems.Add("progress", "Progress is between 0 and 100 percent.")
	}
	return problems.Err()
}

// apply is the task with a draft's values.
func (t Task) apply(d Draft) Task {
	t.Name, t.Kind, t.Starts, t.Ends, t.Progress, t.Who, t.Note, t.Own = d.Name, d.Kind, d.Starts, d.Ends, d.Progress, d.Who, d.Note, d.Own
	t.Follows = d.Follows
	return t
}

// byID finds a task in a plan.
func byID(tasks []Task, id string) (Task, bool) {
	at := slices.IndexFunc(tasks, func(t Task) bool { return t.ID == id })
	if at < 0 {
		return Task{}, false
	}
	return tasks[at], true
}
