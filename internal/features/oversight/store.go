package oversight

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
)

// The office's statements: what decides who reads a thing.
var (
	customerThing = guard.SQL("customer as a thing to see", `select c.name, c.id, c.name, '' as project, '' as bar, '' as uploader, '' as hangs
		from customers c where c.org = :org and c.id = :id`)
	projectThing = guard.SQL("project as a thing to see", `select p.name, p.customer, c.name, p.id,
		case when s.customer_visible = true and s.bucket <> 'hidden' then '' else 'stage hidden' end, '', ''
		from projects p join customers c on c.org = p.org and c.id = p.customer join stages s on s.org = p.org and s.id = p.stage where p.org = :org and p.id = :id`)
	proposalThing = guard.SQL("proposal as a thing to see", `select d.number || ', ' || d.title, d.customer, c.name, d.project, case when d.sent_version > 0 then '' else 'not sent' end, '', ''
		from documents d join customers c on c.org = d.org and c.id = d.customer where d.org = :org and d.id = :id`)
	fileThing = guard.SQL("file as a thing to see", `select f.name, f.customer, coalesce(c.name, ''), f.project, case when f.visibility = 'shared' then '' else 'office only' end, f.uploaded_by, f.hangs_kind
		from files f left join customers c on c.org = f.org and c.id = f.customer where f.org = :org and f.id = :id and f.archived_at is null and f.state = 'stored'`)
	logThing = guard.SQL("daily log as a thing to see", `select p.name || ', ' || l.day, l.customer, c.name, l.project,
		case when l.shared_at is null then 'not shared' when s.customer_visible = true and s.bucket <> 'hidden' then '' else 'stage hidden' end, '', ''
		from daily_logs l join projects p on p.org = l.org and p.id = l.project join customers c on c.org = l.org and c.id = l.customer join stages s on s.org = p.org and s.id = p.stage
		where l.org = :org and l.id = :id and l.archived = false`)
	scheduleThing = guard.SQL("schedule as a thing to see", `select p.name, p.customer, c.name, p.id,
		case when h.published_at is null then 'unpublished' when s.customer_visible = true and s.bucket <> 'hidden' then '' else 'stage hidden' end, '', ''
		from projects p join customers c on c.org = p.org and c.id = p.customer join stages s on s.org = p.org and s.id = p.stage
		left join schedules h on h.org = p.org and h.project = p.id where p.org = :org and p.id = :id`)
	requestThing = guard.SQL("request as a thing to see", `select r.number || ', ' || r.title, r.customer, c.name, r.id, '', '', ''
		from requests r join customers c on c.org = r.org and c.id = r.customer where r.org = :org and r.id = :id`)

	filesOfLog = guard.SQL("photos of a daily log, who can see them", `select f.id, f.name, f.visibility from files f
		where f.org = :org and f.hangs_kind = 'dailylog' and f.hangs_on = :id and f.archived_at is null and f.superseded_at is null and f.state = 'stored' order by f.created_at desc limit 50`)
	filesInProject = guard.SQL("files in a project, who can see them", `select f.id, f.name, f.visibility from files f
		where f.org = :org and f.customer = :customer and f.project = :id and f.archived_at is null and f.state = 'stored' order by f.created_at desc limit 50`)
	filesOfProposal = guard.SQL("files of a proposal, who can see them", `select f.id, f.name, f.visibility from files f
		where f.org = :org and f.item = :id and f.archived_at is null and f.state = 'stored' order by f.created_at desc limit 50`)

	contactOfPerson = guard.SQL("a contact that is a person", `select k.customer, k.id from contacts k where k.org = :org and k.person = :person and k.archived = false order by k.id desc limit 1`)
	placesGranted   = guard.SQL("places granted to a person", `select g.customer, c.name, g.project, coalesce(p.name, ''), g.module, g.created_at,
		coalesce((select b.name from memberships b where b.org = g.org and b.person = g.created_by and b.kind = 'staff'), '')
		from grants g join customers c on c.org = g.org and c.id = g.customer left join projects p on p.org = g.org and p.id = g.project
		where g.org = :org and g.person = :person and g.revoked_at is null order by c.folded, c.id, g.project, g.id`)
)

// Portals of a browser, and of a person. A technician enters by their own link only.
var (
	openPortals = guard.AcrossSQL("portals that a browser may enter", `select o.id, o.slug, o.name, o.theme, o.logo, m.kind from sessions s
		join session_entries e on e.session = s.id and e.seen_by = ''
		join memberships m on m.person = e.person and m.state = 'active' and (m.kind = e.kind or e.kind = '' and m.kind <> 'technician')
			and (m.removed_at is null or e.created_at > m.removed_at)
		join organisations o on o.id = m.org and e.org in (o.id, '*')
		left join links l on l.org = o.id and l.id = e.link
		where s.token_hash = :session and s.revoked_at is null and (e.link = '' or l.id is not null and l.revoked_at is null) order by m.kind desc, o.id`)
	memberPortals = guard.AcrossSQL("portals of a person", `select o.id, o.slug, o.name, o.theme, o.logo, m.kind from memberships m
		join organisations o on o.id = m.org where m.person = :person and m.state = 'active' order by m.kind desc, o.id`)
)

// Who may read something.
var (
	staffAbilities = guard.SQL("what staff may do", `select m.person, m.name, m.email, m.role, coalesce(r.name, ''), coalesce(r.id, ''), coalesce(r.permissions, '')
		from memberships m left join roles r on r.org = m.org and r.id = m.role and r.removed_at is null where m.org = :org and m.kind = 'staff' and m.state = 'active' order by m.name, m.person`)
	liveTokens = guard.SQL("live tokens", `select t.person, t.name, t.scopes from api_tokens t
		where t.org = :org and t.revoked_at is null and (t.expires_at is null or t.expires_at > :now) order by t.name, t.id`)
	holdersOf = guard.SQL("who is granted something of a customer", `select m.person, m.name, m.email, m.last_seen_at, m.modules, (select o.modules from organisations o where o.id = :org),
		g.project, g.module, g.created_at, coalesce((select b.name from memberships b where b.org = g.org and b.person = g.created_by and b.kind = 'staff'), ''),
		(select count(*) from people p where p.id = g.person and p.password <> '') + (select count(*) from passkeys k where k.person = g.person)
		from grants g join memberships m on m.org = g.org and m.person = g.person and m.kind = 'customer' and m.state = 'active'
		where g.org = :org and g.customer = :customer and g.revoked_at is null order by m.name, m.person, g.project, g.id`)
)

func loadThing(tx *guard.Tx, kind Kind, id string) (Thing, error) {
	t := Thing{Kind: kind, ID: id}
	if err := tx.Require(t.reads()); err != nil {
		return Thing{}, err
	}
	statement, module := customerThing, access.Module("")
	switch kind {
	case OfProject:
		statement, module = projectThing, access.Projects
	case OfProposal:
		statement, module = proposalThing, access.Documents
	case OfFile:
		statement = fileThing
	case OfLog:
		statement, module = logThing, access.Projects
	case OfSchedule:
		statement, module = scheduleThing, access.Schedule
	case OfRequest:
		statement, module = requestThing, access.AddJob
	}
	var hangs string
	err := tx.One(statement, guard.Args{"id": id}, &t.Title, &t.Customer, &t.CustomerName, &t.Project, &t.Bar, &t.Uploader, &hangs)
	if t.module = module; kind == OfFile {
		t.module = file.ModuleOf(hangs)
	}
	return t, err
}

func loadFiles(tx *guard.Tx, t Thing) (list []FileLine, err error) {
	statement, args := filesInProject, guard.Args{"id": t.ID, "customer": t.Customer}
	switch t.Kind {
	case OfCustomer, OfFile, OfSchedule, OfRequest:
		return nil, nil
	case OfLog:
		statement, args = filesOfLog, guard.Args{"id": t.ID}
	case OfProposal:
		statement, args = filesOfProposal, guard.Args{"id": t.ID}
	}
	if !tx.May(access.FilesRead) {
		return nil, nil
	}
	err = tx.Each(statement, args, func(row guard.Row) error {
		var f FileLine
		var visibility string
		err := row(&f.ID, &f.Name, &visibility)
		f.Shared = visibility == "shared"
		list = append(list, f)
		return err
	})
	return list, err
}

// Place is where a person is granted something.
type Place struct {
	Customer, CustomerName string
	Project, ProjectName   string // empty: the whole customer
	Modules                access.ModuleSet
	Since                  time.Time
	GivenBy                string
}

func loadPlaces(tx *guard.Tx, person access.PersonID) (list []Place, err error) {
	err = tx.Each(placesGranted, guard.Args{"person": string(person)}, func(row guard.Row) error {
		var p Place
		var module string
		if err := row(&p.Customer, &p.CustomerName, &p.Project, &p.ProjectName, &module, &p.Since, &p.GivenBy); err != nil {
			return err
		}
		if n := len(list); n == 0 || list[n-1].Customer != p.Customer || list[n-1].Project != p.Project {
			list = append(list, p)
		}
		one := &list[len(list)-1]
		one.Modules = one.Modules.Or(access.ParseModules(module))
		return nil
	})
	return list, err
}
