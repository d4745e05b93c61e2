package project

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
)

const projectColumns = `p.id, p.number, p.serial, p.name, p.customer, p.property, p.stage, p.bucket, p.description, p.cover, p.lead, p.created_at, p.updated_at, p.archived`

// lineColumns add the names that stand beside a project. They are looked up row by row, by
// key, and not joined: a planner could start a join anywhere but at the page's projects.
const lineColumns = projectColumns + `, p.talked_at, p.filed_at, p.to_sign, p.signed, (select s.name from stages s where s.org = p.org and s.id = p.stage)` + ofCustomer + atPlace

// A list reads what its rows show and no more: each value of each row costs as much as a step through an index. Stages are
// left to loadLines: an organisation has a handful.
const (
	listColumns = seenColumns + `, p.number, p.serial, p.archived` + ofCustomer
	seenColumns = `p.id, p.name, p.stage, p.cover, p.updated_at, p.talked_at, p.filed_at, p.to_sign, p.signed` + atPlace
)

const (
	ofCustomer = `, (select c.name from customers c where c.org = p.org and c.id = p.customer)`
	atPlace    = `, coalesce((select a.place from properties a where a.org = p.org and a.id = p.property), '')`
)

const fromProjects = ` from projects p where p.org = :org`

// The office's list. Each scope and order has its own index, so that a page costs the
// same at a hundred and at a hundred thousand projects.
var (
	listProjects = guard.NewFamily("projects", `select `+listColumns+fromProjects,
		guard.Part{Name: "all", Group: "scope", SQL: `and p.archived = :archived`},
		guard.Part{Name: "in bucket", Group: "scope", SQL: `and p.archived = :archived and p.bucket = :bucket`},
		guard.Part{Name: "in stage", Group: "scope", SQL: `and p.archived = :archived and p.stage = :stage`},
		guard.Part{Name: "recent", Group: "order", SQL: `and (p.updated_at, p.id) < (:after, :after_id) order by p.updated_at desc, p.id desc limit :limit`},
		guard.Part{Name: "by name", Group: "order", SQL: `and (p.folded, p.id) > (:after, :after_id) order by p.folded, p.id limit :limit`},
		guard.Part{Name: "by number", Group: "order", SQL: `and p.serial < :after order by p.serial desc limit :limit`},
	)
	listOfCustomer = guard.NewFamily("projects of customer", `select `+listColumns+fromProjects+` and p.customer = :customer and p.archived = :archived`,
		guard.Part{Name: "in bucket", SQL: `and p.bucket = :bucket`},
		guard.Part{Name: "recent", Group: "order", SQL: `and (p.updated_at, p.id) < (:after, :after_id) order by p.updated_at desc, p.id desc limit :limit`},
	)
	searchByName = guard.SQL("projects with name", `select `+listColumns+fromProjects+` and p.archived = :archived and (p.folded, p.id) > (:after, :after_id) and p.folded < :until
		order by p.folded, p.id limit :limit`)
	searchByNumber = guard.SQL("projects with number", `select `+listColumns+fromProjects+` and p.number > :after and p.number < :until order by p.number limit :limit`)

	// One statement counts all views: each would cost a turn to the server.
	countTabs           = guard.SQL("count projects of each view", tabCounts(``))
	countTabsOfCustomer = guard.SQL("count projects of customer of each view", tabCounts(` and p.customer = :customer`))
	countInStage        = guard.SQL("count projects in stage", `select count(*) from (select 1 from projects p
		where p.org = :org and p.archived = :archived and p.stage = :stage limit :limit) as capped`)

	lineByID       = guard.SQL("project with names by id", `select `+lineColumns+fromProjects+` and p.id = :id`)
	restOfProjects = guard.SQL("rest of projects of a list", `select p.id, p.customer, p.property, p.description, p.lead, p.created_at from projects p where p.org = :org and p.id in (:ids)`)
	projectByID    = guard.SQL("project by id", `select `+projectColumns+` from projects p where p.org = :org and p.id = :id`)

	insertProject = guard.SQL("insert project", `insert into projects (org, id, number, serial, name, folded, customer, property, stage, bucket, description, lead, created_at, updated_at)
		values (:org, :id, :number, :serial, :name, :folded, :customer, :property, :stage, :bucket, :description, :lead, :now, :now)`)
	updateProject = guard.SQL("update project", `update projects set name = :name, folded = :folded, property = :property, description = :description, lead = :lead,
		updated_at = :now where org = :org and id = :id`)
	moveProject    = guard.SQL("move project", `update projects set stage = :stage, bucket = :bucket, updated_at = :now where org = :org and id = :id and stage = :from`)
	archiveProject = guard.SQL("archive project", `update projects set archived = :archived, updated_at = :now where org = :org and id = :id`)
	coverProject   = guard.SQL("set project cover", `update projects set cover = :cover where org = :org and id = :id`)
	touchProject   = guard.SQL("touch project", `update projects set updated_at = :now where org = :org and id = :id`)
	joinedAs       = guard.SQL("when somebody came to the organisation", `select m.created_at from memberships m where m.org = :org and m.person = :viewer and m.kind = :kind`)
	stageInUse     = guard.SQL("stage in use", `select count(*) from (select 1 from projects p where p.org = :org and p.archived = :archived and p.stage = :stage limit 1) as capped`)
	rebucket       = guard.SQL("move projects of stage to bucket", `update projects set bucket = :bucket where org = :org and archived = :archived and stage = :stage and bucket <> :bucket`)
)

// tabCounts counts each view as far as its limit. The casts keep SQLite from planning anew
// for each limit: it looks at a bare number.
func tabCounts(scope string) string {
	view := func(name, where string) string {
		return `(select count(*) from (select 1 from projects p where p.org = :org` + scope + ` and ` + where + ` limit cast(:limit_` + name + ` as integer)) as capped)`
	}
	return `select ` + view("pending", `p.archived = false and p.bucket = 'pending'`) + `, ` + view("current", `p.archived = false and p.bucket = 'current'`) + `, ` +
		view("completed", `p.archived = false and p.bucket = 'completed'`) + `, ` + view("all", `p.archived = false`) + `, ` + view("archived", `p.archived = true`)
}

// seen is what a customer sees of the projects: those granted to the person, in a stage
// that customers see. It starts at the person's few grants, not at the projects, and "is true"
// keeps PostgreSQL from joining the stages before it has projects.
var seen = fromProjects + ` and p.customer in (select own.customer from grants own where own.org = :org and own.person = :viewer and own.revoked_at is null)
	and (p.stage in (select s.id from stages s where s.org = :org and s.customer_visible = true and s.bucket <> 'hidden')) is true
	and ` + guard.Granted(access.Projects, "p.customer", "p.id", "p.id")

var (
	seenInBucket = guard.SQL("projects a customer sees", `select `+seenColumns+seen+` and p.archived = false and p.bucket = :bucket
		and (p.updated_at, p.id) < (:after, :after_id) order by p.updated_at desc, p.id desc limit :limit`)
	seenByID  = guard.SQL("project a customer sees by id", `select `+lineColumns+seen+` and p.id = :id`)
	countSeen = guard.SQL("count projects a customer sees", `select count(*) from (select 1`+seen+` and p.archived = false limit :limit) as capped`)
)

func projectTargets(p *Project) []any {
	return []any{&p.ID, &p.Number, &p.Serial, &p.Name, &p.Customer, &p.Property, &p.Stage, &p.Bucket, &p.Description, &p.Cover, &p.Lead,
		&p.CreatedAt, &p.UpdatedAt, &p.Archived}
}

func lineTargets(l *Line) []any {
	return append(projectTargets(&l.Project), &l.talkedAt, &l.filedAt, &l.toSign, &l.signed, &l.StageName, &l.CustomerName, &l.Place)
}

func listTargets(l *Line) []any {
	return append(seenTargets(l), &l.Number, &l.Serial, &l.Archived, &l.CustomerName)
}

func seenTargets(l *Line) []any {
	return []any{&l.ID, &l.Name, &l.Stage, &l.Cover, &l.UpdatedAt, &l.talkedAt, &l.filedAt, &l.toSign, &l.signed, &l.Place}
}

// loadLines loads a list without the names of its stages; targets tells where its columns go.
func loadLines(tx *guard.Tx, s *guard.Statement, args guard.Args, targets func(*Line) []any) (list []Line, err error) {
	err = tx.Each(s, args, func(row guard.Row) error {
		var l Line
		err := row(targets(&l)...)
		list = append(list, l)
		return err
	})
	return list, err
}

// nameStages gives each line the name and the bucket of its stage.
func nameStages(list []Line, stages []organisation.Stage) {
	known := map[string]organisation.Stage{}
	for _, stage := range stages {
		known[stage.ID] = stage
	}
	for i := range list {
		l := &list[i]
		l.StageName, l.Bucket = known[l.Stage].Name, known[l.Stage].Bucket
	}
}

// loadRest fills in what a list leaves out of its projects.
func loadRest(tx *guard.Tx, list []Line) error {
	at, ids := map[string]*Line{}, make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	return tx.Each(restOfProjects, guard.Args{"ids": guard.List(ids)}, func(row guard.Row) error {
		var p Project
		err := row(&p.ID, &p.Customer, &p.Property, &p.Description, &p.Lead, &p.CreatedAt)
		if l := at[p.ID]; l != nil {
			l.Customer, l.Property, l.Description, l.Lead, l.CreatedAt = p.Customer, p.Property, p.Description, p.Lead, p.CreatedAt
		}
		return err
	})
}

func loadLine(tx *guard.Tx, s *guard.Statement, id string) (l Line, err error) {
	err = tx.One(s, guard.Args{"id": id}, lineTargets(&l)...)
	return l, err
}

func loadProject(tx *guard.Tx, id string) (p Project, err error) {
	err = tx.One(projectByID, guard.Args{"id": id}, projectTargets(&p)...)
	return p, err
}

func storeProject(tx *guard.Tx, p Project) error {
	_, err := tx.Exec(insertProject, guard.Args{"id": p.ID, "number": p.Number, "serial": p.Serial, "name": p.Name, "folded": organisation.Fold(p.Name),
		"customer": p.Customer, "property": p.Property, "stage": p.Stage, "bucket": string(p.Bucket), "description": p.Description, "lead": p.Lead})
	return err
}
