package schedule

import "slices"

// circle reports whether a task that follows the given ones would, over others, follow
// itself.
func circle(tasks []Task, task string, follows []string) bool {
	before := map[string][]string{}
	for _, t := range tasks {
		before[t.ID] = t.Follows
	}
	seen := map[string]bool{}
	waiting := slices.Clone(follows)
	for len(waiting) > 0 {
		one := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if one == task {
			return true
		}
		if !seen[one] {
			seen[one] = true
			waiting = append(waiting, before[one]...)
		}
	}
	return false
}

// whatFollows lists everything that follows a task, over others too, in the plan's order.
func whatFollows(tasks []Task, task string) (list []Task) {
	reached := map[string]bool{task: true}
	for grown := true; grown; {
		grown = false
		for _, t := range tasks {
			if !reached[t.ID] && slices.ContainsFunc(t.Follows, func(f string) bool { return reached[f] }) {
				reached[t.ID], grown = true, true
			}
		}
	}
	for _, t := range tasks {
		if reached[t.ID] && t.ID != task {
			list = append(list, t)
		}
	}
	return list
}

// moved is a plan's tasks that follow one, each so many days later.
func moved(tasks []Task, task string, days int) []Task {
	list := whatFollows(tasks, task)
	for i := range list {
		list[i].Starts, list[i].Ends = list[i].Starts.Add(days), list[i].Ends.Add(days)
	}
	return list
}

// tooEarly names, for each task that begins before something that it follows ends, what
// that is. The day on which one ends and the next begins is no fault.
func tooEarly(tasks []Task) map[string][]string {
	found := map[string][]string{}
	for _, t := range tasks {
		for _, f := range t.Follows {
			before, there := byID(tasks, f)
			if there && t.Starts < before.Ends {
				found[t.ID] = append(found[t.ID], before.Name)
			}
		}
	}
	return found
}

// Change is one thing that a publish would change for the customer.
type Change struct {
	What   What
	Task   Task // as it is now, or as it was when it goes
	Before Task // of a change
}

// What is the kind of a Change.
type What string

// The kinds of change, in the order in which a page lists them.
const (
	Comes   What = "comes"
	Goes    What = "goes"
	Moves   What = "moves"
	Rewords What = "rewords"  // name, note, who, kind, or whose it is
	Gets    What = "progress" // progress
	Reorder What = "order"    // order, or what follows what
)

// difference says what the customer would see anew: one line for each task and kind.
func difference(published, plan []Task) (list []Change) {
	for _, now := range plan {
		was, there := byID(published, now.ID)
		if !there {
			list = append(list, Change{What: Comes, Task: now})
			continue
		}
		if was.Starts != now.Starts || was.Ends != now.Ends {
			list = append(list, Change{Moves, now, was})
		}
		if was.Name != now.Name || was.Note != now.Note || was.Who != now.Who || was.Kind != now.Kind || was.Own != now.Own {
			list = append(list, Change{Rewords, now, was})
		}
		if !now.Own && was.Progress != now.Progress {
			list = append(list, Change{Gets, now, was})
		}
		if !sameSet(was.Follows, now.Follows) {
			list = append(list, Change{Reorder, now, was})
		}
	}
	for _, was := range published {
		if _, there := byID(plan, was.ID); !there {
			list = append(list, Change{What: Goes, Task: was})
		}
	}
	if len(list) == 0 && !slices.Equal(ids(published), ids(plan)) {
		list = append(list, Change{What: Reorder})
	}
	return list
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func ids(tasks []Task) []string {
	list := make([]string, len(tasks))
	for i, t := range tasks {
		list[i] = t.ID
	}
	return list
}

// asked are the customer's own tasks that they are asked for by a publish: those that come,
// and those that become theirs.
func asked(changes []Change) (list []Task) {
	for _, c := range changes {
		if c.Task.Own && !c.Task.Done() && (c.What == Comes || c.What == Rewords && !c.Before.Own) {
			list = append(list, c.Task)
		}
	}
	return list
}

// span is the first and the last day of a plan.
func span(tasks []Task) (first, last Day) {
	for i, t := range tasks {
		if i == 0 || t.Starts < first {
			first = t.Starts
		}
		if i == 0 || t.Ends > last {
			last = t.Ends
		}
	}
	return first, last
}

// Progress is how much of a plan's work is done, in percent, by days.
func Progress(tasks []Task) int {
	days, done := 0, 0
	for _, t := range tasks {
		if t.Kind == Milestone {
			continue
		}
		days += t.Days() * 100
		done += t.Days() * t.Percent()
	}
	if days == 0 {
		return 0
	}
	return done * 100 / days
}

// placed is the plan with one task so many lines further down, or up.
func placed(tasks []Task, task string, by int) []Task {
	at := slices.IndexFunc(tasks, func(t Task) bool { return t.ID == task })
	to := min(max(at+by, 0), len(tasks)-1)
	list := slices.Delete(slices.Clone(tasks), at, at+1)
	return slices.Insert(list, to, tasks[at])
}
