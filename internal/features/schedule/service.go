package schedule

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/notify"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Service holds the verbs on schedules.
type Service struct {
	store   *guard.Store
	notices *notify.Service
}

// New makes the service.
func New(store *guard.Store, notices *notify.Service) *Service {
	return &Service{store: store, notices: notices}
}

// State is what is known of a project's schedule beside its tasks.
type State struct {
	Revision    int // raised by every change of the plan
	PublishedAt time.Time
	Publisher   string
	upTo        int // revision that is published
}

// Published reports whether the customer sees a schedule at all.
func (s State) Published() bool { return !s.PublishedAt.IsZero() }

// Plan is a project's schedule as the office works on it.
type Plan struct {
	Project   project.Line
	State     State
	Tasks     []Task
	Published []Task
	Changes   []Change            // what a publish would change for the customer
	TooEarly  map[string][]string // by task: what it does not wait for
	Names     []string            // colleagues, for Who
}

// mostTasks keeps one project's plan at a size that a page shows.
const mostTasks = 500

// Get gives a project's plan for the office. NotFound when it is not the organisation's.
func (s *Service) Get(ctx context.Context, actor access.Actor, projectID string) (p Plan, err error) {
	err = s.store.View(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		p, err = loadPlan(tx, projectID)
		return err
	})
	return p, err
}

func loadPlan(tx *guard.Tx, projectID string) (p Plan, err error) {
	if p.Project, err = project.LineByID(tx, projectID); err != nil {
		return p, err
	}
	if p.State, err = loadState(tx, projectID); err != nil {
		return p, err
	}
	if p.Tasks, err = loadTasks(tx, projectID); err != nil {
		return p, err
	}
	if p.State.Published() {
		if p.Published, err = loadPublished(tx, publishedOf, guard.Args{"project": projectID}); err != nil {
			return p, err
		}
	}
	p.Changes, p.TooEarly = difference(p.Published, p.Tasks), tooEarly(p.Tasks)
	members, err := identity.StaffMembers(tx)
	for _, m := range members {
		p.Names = append(p.Names, m.Name)
	}
	return p, err
}

func loadState(tx *guard.Tx, projectID string) (s State, err error) {
	err = tx.One(scheduleOf, guard.Args{"project": projectID}, &s.Revision, &s.PublishedAt, &s.upTo, &s.Publisher)
	if fault.Is(err, fault.NotFound) {
		return State{}, nil
	}
	if err != nil {
		return s, fmt.Errorf("load schedule: %w", err)
	}
	return s, nil
}

// Seen is a project's schedule as a customer sees it.
type Seen struct {
	Project     project.Line
	PublishedAt time.Time // zero: nothing is published
	Tasks       []Task
}

// See gives the published schedule to whoever it was granted to. NotFound when they do not
// see the project.
func (s *Service) See(ctx context.Context, actor access.Actor, projectID string) (v Seen, err error) {
	err = s.store.View(ctx, actor, access.ScheduleRead, func(tx *guard.Tx) error {
		v = Seen{}
		if v.Project, err = project.ProjectVisible(tx, projectID); err != nil {
			return err
		}
		err = tx.One(scheduleSeen, guard.Args{"project": projectID}, &v.PublishedAt)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("load schedule: %w", err)
		}
		v.Tasks, err = loadPublished(tx, publishedSeen, guard.Args{"project": projectID})
		return err
	})
	return v, err
}

// edit runs a change of a project's plan and raises the plan's revision.
func (s *Service) edit(ctx context.Context, actor access.Actor, projectID string, do func(tx *guard.Tx, of project.Project, tasks []Task) error) error {
	return s.store.Change(ctx, actor, access.ScheduleWrite, func(tx *guard.Tx) error {
		of, err := project.ProjectByID(tx, projectID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(beginSchedule, guard.Args{"project": projectID, "customer": of.Customer}); err != nil {
			return fmt.Errorf("begin schedule: %w", err)
		}
		if err := raise(tx, projectID); err != nil {
			return err
		}
		tasks, err := loadTasks(tx, projectID)
		if err != nil {
			return err
		}
		return do(tx, of, tasks)
	})
}

// raise makes a plan another one than somebody may be about to publish.
func raise(tx *guard.Tx, projectID string) error {
	if _, err := tx.Exec(raiseRevision, guard.Args{"project": projectID}); err != nil {
		return fmt.Errorf("raise revision: %w", err)
	}
	return nil
}

// Add puts a task at the end of a plan. Invalid with the draft's fields.
func (s *Service) Add(ctx context.Context, actor access.Actor, projectID string, d Draft) (t Task, err error) {
	d = d.settled()
	err = s.edit(ctx, actor, projectID, func(tx *guard.Tx, of project.Project, tasks []Task) error {
		if err := d.check(); err != nil {
			return err
		}
		if len(tasks) >= mostTasks {
			return fault.New(fault.TooLarge, "A schedule has 500 lines at most. Please take some out first.")
		}
		t = Task{ID: id.New(), Project: projectID, Customer: of.Customer, Position: after(tasks), Revision: 1}.apply(d)
		if err := chosen(tasks, t.ID, t.Follows); err != nil {
			return err
		}
		if t.Person, err = colleague(tx, t.Who); err != nil {
			return err
		}
		if err := storeTask(tx, t); err != nil {
			return err
		}
		return tx.Record(Added{aboutTask(t)})
	})
	return t, err
}

// after is the position behind the last task.
func after(tasks []Task) int {
	if len(tasks) == 0 {
		return 1
	}
	return tasks[len(tasks)-1].Position + 1
}

// chosen checks what a task is to follow: tasks of the same plan (A07), and no circle.
func chosen(tasks []Task, task string, follows []string) error {
	for _, f := range follows {
		if _, there := byID(tasks, f); !there || f == task {
			return fault.ForField("follows", "Choose tasks of this schedule.")
		}
	}
	if circle(tasks, task, follows) {
		return fault.ForField("follows", "These tasks would wait for each other in a circle.")
	}
	return nil
}

// colleague is whose name Who is; nobody for any other text.
func colleague(tx *guard.Tx, who string) (access.PersonID, error) {
	if who == "" {
		return "", nil
	}
	members, err := identity.StaffMembers(tx)
	for _, m := range members {
		if m.Name == who {
			return m.Person, nil
		}
	}
	return "", err
}

// stale is the refusal of an edit that did not know of somebody else's.
func stale() error {
	refusal := fault.ForField("revision", "Somebody has changed this task in the meantime. Please look at what it says now.")
	refusal.Kind = fault.Conflict
	return refusal
}

// Save changes a task that the editor saw at a revision; when it was changed since it is a
// Conflict. along also moves what follows it by as many days as its end moves.
func (s *Service) Save(ctx context.Context, actor access.Actor, projectID, task string, revision int, d Draft, along bool) error {
	d = d.settled()
	return s.edit(ctx, actor, projectID, func(tx *guard.Tx, _ project.Project, tasks []Task) error {
		now, there := byID(tasks, task)
		if !there {
			return gone()
		}
		if err := d.check(); err != nil {
			return err
		}
		if now.Revision != revision {
			return stale()
		}
		if err := chosen(tasks, task, d.Follows); err != nil {
			return err
		}
		t := now.apply(d)
		var err error
		if t.Person, err = colleague(tx, t.Who); err != nil {
			return err
		}
		return change(tx, tasks, now, t, along)
	})
}

func gone() error {
	return fault.New(fault.NotFound, "This task is not in the schedule any more.")
}

// change stores a task that was something else before, and what moves along with it.
func change(tx *guard.Tx, tasks []Task, was, t Task, along bool) error {
	changed, err := updateTask(tx, t)
	if err != nil {
		return err
	}
	if changed == 0 {
		return stale()
	}
	if !sameSet(was.Follows, t.Follows) {
		if err := storeFollows(tx, t); err != nil {
			return err
		}
	}
	e := Changed{about: aboutTask(t)}
	if was.Starts != t.Starts || was.Ends != t.Ends {
		e.Starts, e.Ends = t.Starts, t.Ends
	}
	if days := t.Ends.Since(was.Ends); along && days != 0 {
		for _, next := range moved(tasks, t.ID, days) {
			if err := next.Draft().check(); err != nil {
				return err
			}
			if _, err := updateTask(tx, next); err != nil {
				return err
			}
			e.Also++
		}
	}
	return tx.Record(e)
}

// Move gives a task other days, as Save does.
func (s *Service) Move(ctx context.Context, actor access.Actor, projectID, task string, revision int, starts, ends Day, along bool) error {
	return s.edit(ctx, actor, projectID, func(tx *guard.Tx, _ project.Project, tasks []Task) error {
		now, there := byID(tasks, task)
		if !there {
			return gone()
		}
		if now.Revision != revision {
			return stale()
		}
		d := now.Draft()
		d.Starts, d.Ends = starts, ends
		d = d.settled()
		if err := d.check(); err != nil {
			return err
		}
		return change(tx, tasks, now, now.apply(d), along)
	})
}

// Reach says how far a task is, in percent, whatever else of it has changed; a customer's own task is done or not, as by
// Settle. What is so already stays so. Faults: Invalid on progress, NotFound, Conflict.
func (s *Service) Reach(ctx context.Context, actor access.Actor, projectID, task string, percent int) error {
	return s.store.Change(ctx, actor, access.ScheduleWrite, func(tx *guard.Tx) error {
		tasks, err := loadTasks(tx, projectID)
		if err != nil {
			return err
		}
		now, there := byID(tasks, task)
		if !there {
			return gone()
		}
		if now.Own {
			if percent != 0 && percent != 100 {
				return fault.ForField("progress", "This is the customer's own task: it is done, 100, or it is not, 0.")
			}
			return tick(tx, tickForOffice, now, percent == 100)
		}
		d := now.Draft()
		d.Progress = percent
		if err := d.check(); err != nil || now.Progress == percent {
			return err
		}
		if err := raise(tx, projectID); err != nil {
			return err
		}
		return change(tx, tasks, now, now.apply(d), false)
	})
}

// Place moves a task up or down in the list; by is how many lines.
func (s *Service) Place(ctx context.Context, actor access.Actor, projectID, task string, by int) error {
	return s.edit(ctx, actor, projectID, func(tx *guard.Tx, _ project.Project, tasks []Task) error {
		t, there := byID(tasks, task)
		if !there {
			return gone()
		}
		for i, next := range placed(tasks, task, by) {
			if next.Position == i+1 {
				continue
			}
			if _, err := tx.Exec(placeTask, guard.Args{"id": next.ID, "position": i + 1}); err != nil {
				return fmt.Errorf("place task: %w", err)
			}
		}
		return tx.Record(Changed{about: aboutTask(t)})
	})
}

// Remove takes a task out of the plan. What followed it follows nothing instead.
func (s *Service) Remove(ctx context.Context, actor access.Actor, projectID, task string) error {
	return s.edit(ctx, actor, projectID, func(tx *guard.Tx, _ project.Project, tasks []Task) error {
		t, there := byID(tasks, task)
		if !there {
			return gone()
		}
		if _, err := tx.Exec(archiveTask, guard.Args{"id": task}); err != nil {
			return fmt.Errorf("put a task away: %w", err)
		}
		if _, err := tx.Exec(followNothing, guard.Args{"task": task}); err != nil {
			return fmt.Errorf("let a task follow nothing: %w", err)
		}
		if _, err := tx.Exec(followedByNone, guard.Args{"project": projectID, "task": task}); err != nil {
			return fmt.Errorf("let nothing follow a task: %w", err)
		}
		return tx.Record(Removed{aboutTask(t)})
	})
}
