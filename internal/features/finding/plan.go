package finding

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/search"
)

// The plan of a project and what was noted day by day. The office finds the plan that it works on; customers find the one that
// was published, which is a kind of its own, because its words are.
var (
	tasks = guard.SQL("tasks to find", `select t.id, t.project, t.name, t.who, t.note, (select p.name from projects p where p.org = t.org and p.id = t.project) from tasks t
		where t.org = :org and t.id in (:ids) and t.archived = false`)
	tasksAfter = guard.SQL("tasks in turn", `select t.id from tasks t where t.org = :org and t.id > :after_id order by t.id limit :limit`)
	tasksOf    = guard.SQL("all tasks of a project", `select t.id from tasks t where t.org = :org and t.project = :project limit 1000`)

	planText = `select t.id, t.project, t.customer, t.name, t.who, t.note, (select p.name from projects p where p.org = t.org and p.id = t.project) from published_tasks t
		where t.org = :org and t.id in (:ids) and exists (select 1 from projects j join stages s on s.org = j.org and s.id = j.stage
		where j.org = :org and j.id = t.project and j.archived = false and s.customer_visible = true and s.bucket <> 'hidden')`
	plans      = guard.SQL("published tasks to find", planText)
	plansSeen  = guard.SQL("published tasks that a customer found", planText+` and `+guard.Granted(access.Schedule, "t.customer", "t.project", "''"))
	plansAfter = guard.SQL("published tasks in turn", `select t.id from published_tasks t where t.org = :org and t.id > :after_id order by t.id limit :limit`)

	logColumns = `select l.id, l.project, l.customer, l.day, l.notes, l.weather, l.on_site, l.shared_at is null, (select p.name from projects p where p.org = l.org and p.id = l.project) from daily_logs l
		where l.org = :org and l.id in (:ids) and l.archived = false`
	logs     = guard.SQL("daily logs to find", logColumns)
	logsSeen = guard.SQL("daily logs that a customer found", logColumns+` and l.shared_at is not null and exists (select 1 from projects j join stages s on s.org = j.org and s.id = j.stage
		where j.org = :org and j.id = l.project and s.customer_visible = true and s.bucket <> 'hidden') and `+guard.Granted(access.Projects, "l.customer", "l.project", "''"))
	logsAfter = guard.SQL("daily logs in turn", `select l.id from daily_logs l where l.org = :org and l.id > :after_id order by l.id limit :limit`)
)

func readTask(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "task", Office: true}
	var who, note string
	err := row(&e.ID, &e.Project, &e.Title, &who, &note, &e.Line)
	e.Line, e.OfficeText = join(" · ", e.Line, who), join(" · ", who, note)
	e.OfficeURL = "/office/projects/" + e.Project + "/schedule"
	return e, err
}

func readPlan(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "plan", Module: access.Schedule}
	var who, note, project string
	err := row(&e.ID, &e.Project, &e.Customer, &e.Title, &who, &note, &project)
	e.Line, e.Text = join(" · ", project, who), join(" · ", who, note)
	e.CustomerURL = "/home/projects/" + e.Project + "/schedule"
	return e, err
}

func readLog(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "dailylog", Module: access.Projects}
	var day, weather, site string
	err := row(&e.ID, &e.Project, &e.Customer, &day, &e.Text, &weather, &site, &e.Office, &e.Title)
	e.Text, e.OfficeText = join(" · ", e.Text, site), weather
	e.At, _ = time.Parse(time.DateOnly, day) // a day that is none shows no time
	e.OfficeURL, e.CustomerURL = "/office/projects/"+e.Project+"/logs/"+e.ID, "/home/projects/"+e.Project+"/logs/"+e.ID
	return e, err
}
