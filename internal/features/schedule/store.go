package schedule

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

const taskColumns = `t.id, t.project, t.customer, t.name, t.kind, t.starts, t.ends, t.progress, t.who, t.person, t.note, t.customer_task, t.position, t.revision, t.done_at, t.done_name, t.changed_name`

// publishedColumns are a task as it was published, with the tick as it is now. Who changed
// the plan last is the office's business.
const publishedColumns = `p.id, p.project, p.customer, p.name, p.kind, p.starts, p.ends, p.progress, p.who, p.person, p.note, p.customer_task, p.position, p.revision, t.done_at, t.done_name, '', p.follows`

const fromPublished = ` from published_tasks p join tasks t on t.org = p.org and t.id = p.id where p.org = :org`

// inSight is the condition under which a customer sees a published task: their grant covers
// it, and its project is in a stage that customers see.
var inSight = ` and ` + guard.Granted(access.Schedule, "p.customer", "p.project", "''") + stageSeen("p")

func stageSeen(of string) string {
	return ` and exists (select 1 from projects j join stages s on s.org = j.org and s.id = j.stage
		where j.org = :org and j.id = ` + of + `.project and s.customer_visible = true and s.bucket <> 'hidden')`
}

// ofOwnCustomers lets a search begin at the person's few grants.
const ofOwnCustomers = ` and p.customer in (select own.customer from grants own where own.org = :org and own.person = :viewer and own.revoked_at is null)`

// alive leaves out what was put away with its project.
const alive = ` and exists (select 1 from projects j where j.org = :org and j.id = p.project and j.archived = false)`

var (
	scheduleOf     = guard.SQL("schedule of project", `select s.revision, s.published_at, s.published_revision, s.publisher_name from schedules s where s.org = :org and s.project = :project`)
	scheduleSeen   = guard.SQL("schedule of project a customer sees", `select h.published_at from schedules h where h.org = :org and h.project = :project and h.published_at is not null and `+guard.Granted(access.Schedule, "h.customer", "h.project", "''")+stageSeen("h"))
	beginSchedule  = guard.SQL("begin a schedule", `insert into schedules (org, project, customer) values (:org, :project, :customer) on conflict (org, project) do nothing`)
	raiseRevision  = guard.SQL("raise a schedule's revision", `update schedules set revision = revision + 1 where org = :org and project = :project`)
	markPublished  = guard.SQL("mark a schedule as published", `update schedules set published_at = :now, published_by = :by, publisher_name = :name, published_revision = revision where org = :org and project = :project and revision = :revision`)
	markWithdrawn  = guard.SQL("mark a schedule as withdrawn", `update schedules set published_at = null where org = :org and project = :project and published_at is not null`)
	clearPublished = guard.SQL("clear a published schedule", `delete from published_tasks where org = :org and project = :project`)
	publishTask    = guard.SQL("publish a task", `insert into published_tasks (org, id, project, customer, name, kind, starts, ends, progress, who, person, note, customer_task, position, revision, follows, reminded)
		select t.org, t.id, t.project, t.customer, t.name, t.kind, t.starts, t.ends, t.progress, t.who, t.person, t.note, t.customer_task, t.position, t.revision, :follows, :reminded from tasks t where t.org = :org and t.id = :id`)

	tasksOf        = guard.SQL("tasks of project", `select `+taskColumns+` from tasks t where t.org = :org and t.project = :project and t.archived = false order by t.position, t.id`)
	dependenciesOf = guard.SQL("dependencies of project", `select d.task, d.follows from task_dependencies d where d.org = :org and d.project = :project order by d.task, d.follows`)
	insertTask     = guard.SQL("insert task", `insert into tasks (org, id, project, customer, name, kind, starts, ends, progress, who, person, note, customer_task, position, changed_name, created_at, updated_at)
		values (:org, :id, :project, :customer, :name, :kind, :starts, :ends, :progress, :who, :person, :note, :own, :position, :by, :now, :now)`)
	saveTask = guard.SQL("save task", `update tasks set name = :name, kind = :kind, starts = :starts, ends = :ends, progress = :progress, who = :who, person = :person, note = :note, customer_task = :own,
		changed_name = :by, revision = revision + 1, updated_at = :now where org = :org and id = :id and revision = :revision and archived = false`)
	placeTask       = guard.SQL("place task", `update tasks set position = :position where org = :org and id = :id`)
	archiveTask     = guard.SQL("put a task away", `update tasks set archived = true, revision = revision + 1, updated_at = :now where org = :org and id = :id and archived = false`)
	follow          = guard.SQL("let a task follow another", `insert into task_dependencies (org, task, follows, project) values (:org, :task, :follows, :project) on conflict (org, task, follows) do nothing`)
	followNothing   = guard.SQL("let a task follow nothing", `delete from task_dependencies where org = :org and task = :task`)
	followedByNone  = guard.SQL("let nothing follow a task", `delete from task_dependencies where org = :org and project = :project and follows = :task`)
	tickForOffice   = guard.SQL("tick a task for the customer", `update tasks set done_at = :done, done_by = :by, done_name = :name where org = :org and id = :id and customer_task = true and archived = false and (done_at is null) = :open`)
	tickForCustomer = guard.SQL("tick an own task", `update tasks set done_at = :done, done_by = :viewer, done_name = :name where org = :org and id = :id and (done_at is null) = :open
		and exists (select 1 from published_tasks p where p.org = tasks.org and p.id = tasks.id and p.customer_task = true`+inSight+`)`)

	publishedOf     = guard.SQL("published tasks of project", `select `+publishedColumns+fromPublished+` and p.project = :project order by p.position, p.id`)
	publishedSeen   = guard.SQL("published tasks of project a customer sees", `select `+publishedColumns+fromPublished+` and p.project = :project`+inSight+` order by p.position, p.id`)
	publishedByID   = guard.SQL("published task a customer sees by id", `select `+publishedColumns+fromPublished+` and p.id = :id`+inSight)
	ownWaiting      = guard.SQL("own tasks of a customer that wait", `select `+publishedColumns+fromPublished+ofOwnCustomers+inSight+alive+` and p.customer_task = true and t.done_at is null order by p.ends, p.id limit 50`)
	remindedOf      = guard.SQL("what customers were reminded of", `select p.id, p.reminded from published_tasks p where p.org = :org and p.project = :project`)
	dueSoon         = guard.SQL("own tasks due soon", `select `+publishedColumns+fromPublished+alive+` and p.customer_task = true and p.ends >= :from and p.ends <= :last and t.done_at is null and p.reminded <> p.ends order by p.ends, p.id`)
	markReminded    = guard.SQL("mark a task as reminded of", `update published_tasks set reminded = ends where org = :org and id = :id and reminded <> ends`)
	calendarSeen    = guard.SQL("calendar of a customer", `select `+publishedColumns+`, j.name, j.number`+fromCalendar+ofOwnCustomers+inSight+` and p.ends >= :from order by p.ends, p.id limit :limit`)
	calendarOfAll   = guard.SQL("calendar of the office", `select `+publishedColumns+`, j.name, j.number`+fromCalendar+` and p.ends >= :from order by p.ends, p.id limit :limit`)
	calendarOfStaff = guard.SQL("calendar of a colleague", `select `+publishedColumns+`, j.name, j.number`+fromCalendar+` and (p.person = :viewer or j.lead = :viewer) and p.ends >= :from order by p.ends, p.id limit :limit`)
)

const fromCalendar = ` from published_tasks p join tasks t on t.org = p.org and t.id = p.id join projects j on j.org = p.org and j.id = p.project and j.archived = false where p.org = :org`

func targets(t *Task) []any {
	return []any{&t.ID, &t.Project, &t.Customer, &t.Name, &t.Kind, &t.Starts, &t.Ends, &t.Progress, &t.Who, &t.Person, &t.Note, &t.Own, &t.Position, &t.Revision, &t.DoneAt, &t.DoneName, &t.ChangedName}
}

func publishedTargets(t *Task) []any { return append(targets(t), guard.JSON{Value: &t.Follows}) }

// loadPublished runs a statement of published tasks.
func loadPublished(tx *guard.Tx, s *guard.Statement, args guard.Args) (list []Task, err error) {
	err = tx.Each(s, args, func(row guard.Row) error {
		var t Task
		err := row(publishedTargets(&t)...)
		list = append(list, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load published tasks: %w", err)
	}
	return list, nil
}

// loadTasks gives the plan of a project with what follows what.
func loadTasks(tx *guard.Tx, project string) (list []Task, err error) {
	at := map[string]int{}
	err = tx.Each(tasksOf, guard.Args{"project": project}, func(row guard.Row) error {
		var t Task
		err := row(targets(&t)...)
		at[t.ID] = len(list)
		list = append(list, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load tasks: %w", err)
	}
	err = tx.Each(dependenciesOf, guard.Args{"project": project}, func(row guard.Row) error {
		var task, follows string
		err := row(&task, &follows)
		if i, there := at[task]; there {
			if _, also := at[follows]; also {
				list[i].Follows = append(list[i].Follows, follows)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load what follows what: %w", err)
	}
	return list, nil
}

// fields are a task's own arguments.
func fields(tx *guard.Tx, t Task) guard.Args {
	return guard.Args{"id": t.ID, "name": t.Name, "kind": string(t.Kind), "starts": string(t.Starts), "ends": string(t.Ends), "progress": t.Progress, "who": t.Who, "person": string(t.Person),
		"note": t.Note, "own": t.Own, "by": tx.Actor().Name()}
}

func storeTask(tx *guard.Tx, t Task) error {
	args := fields(tx, t)
	args["project"], args["customer"], args["position"] = t.Project, t.Customer, t.Position
	if _, err := tx.Exec(insertTask, args); err != nil {
		return fmt.Errorf("store task: %w", err)
	}
	return storeFollows(tx, t)
}

// updateTask tells how many tasks it has changed: none when somebody else was faster.
func updateTask(tx *guard.Tx, t Task) (int64, error) {
	args := fields(tx, t)
	args["revision"] = t.Revision
	changed, err := tx.Exec(saveTask, args)
	if err != nil {
		return 0, fmt.Errorf("save task: %w", err)
	}
	return changed, nil
}

func storeFollows(tx *guard.Tx, t Task) error {
	if _, err := tx.Exec(followNothing, guard.Args{"task": t.ID}); err != nil {
		return fmt.Errorf("store what a task follows: %w", err)
	}
	for _, f := range t.Follows {
		if _, err := tx.Exec(follow, guard.Args{"task": t.ID, "follows": f, "project": t.Project}); err != nil {
			return fmt.Errorf("store what a task follows: %w", err)
		}
	}
	return nil
}

// rewrite replaces what is published of a project by the plan. What customers were reminded
// of stays known, as long as the day is the same.
func rewrite(tx *guard.Tx, project string, plan []Task) error {
	reminded := map[string]string{}
	err := tx.Each(remindedOf, guard.Args{"project": project}, func(row guard.Row) error {
		var id, day string
		err := row(&id, &day)
		reminded[id] = day
		return err
	})
	if err != nil {
		return fmt.Errorf("load reminders: %w", err)
	}
	if _, err := tx.Exec(clearPublished, guard.Args{"project": project}); err != nil {
		return fmt.Errorf("clear the published schedule: %w", err)
	}
	for _, t := range plan {
		follows := t.Follows
		if follows == nil {
			follows = []string{}
		}
		if _, err := tx.Exec(publishTask, guard.Args{"id": t.ID, "follows": guard.JSON{Value: follows}, "reminded": reminded[t.ID]}); err != nil {
			return fmt.Errorf("publish a task: %w", err)
		}
	}
	return nil
}
