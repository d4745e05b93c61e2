package filing

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
)

const (
	folderColumns = `select d.id, d.project, d.customer, d.name, d.visibility, d.creator_name, d.created_at from file_folders d where d.org = :org`
	pairColumns   = `select p.id, p.project, p.title, p.before_file, p.after_file from file_pairs p where p.org = :org and p.project = :project`
	newestPairs   = ` order by p.created_at desc, p.id desc limit 100`
)

var (
	folderSeen = ` and d.visibility = 'shared' and ` + guard.Granted(access.Files, "d.customer", "d.project", "d.project") + ` and ` + guard.Offered("'files'")

	foldersForOffice   = guard.SQL("folders of a project for the office", folderColumns+` and d.project = :project order by d.folded limit 200`)
	foldersForCustomer = guard.SQL("folders of a project for a customer", folderColumns+` and d.project = :project`+folderSeen+` order by d.folded limit 200`)
	folderForOffice    = guard.SQL("folder for the office", folderColumns+` and d.id = :id`)
	folderForCustomer  = guard.SQL("folder for a customer", folderColumns+` and d.id = :id`+folderSeen)
	countFolders       = guard.SQL("number of folders of a project", `select count(*) from file_folders where org = :org and project = :project`)
	insertFolder       = guard.SQL("make a folder", `insert into file_folders (org, id, project, customer, name, folded, visibility, creator_name, created_at)
		values (:org, :id, :project, :customer, :name, :folded, :visibility, :creator, :now) on conflict (org, project, folded) do nothing`)
	folderNamed  = guard.SQL("folder by its name", `select count(*) from file_folders where org = :org and project = :project and folded = :folded and id <> :id`)
	renameFolder = guard.SQL("rename a folder", `update file_folders set name = :name, folded = :folded where org = :org and id = :id`)
	removeFolder = guard.SQL("remove a folder", `delete from file_folders where org = :org and id = :id`)
	folderInUse  = guard.SQL("whether a folder holds files", `select count(*) from (select 1 from files f where f.org = :org and f.project = :project and f.folder = :folder
		and f.archived_at is null and f.superseded_at is null limit 1) as one`)

	// takesFiles is a project whose files the person sees: the page of it may be another's.
	takesFiles = guard.SQL("project whose files a customer sees", `select p.customer, p.name, p.lead, p.cover from projects p where p.org = :org and p.id = :project
		and p.stage in (select s.id from stages s where s.org = :org and s.customer_visible = true and s.bucket <> 'hidden')
		and `+guard.Granted(access.Files, "p.customer", "p.id", "p.id")+` and `+guard.Offered("'files'"))

	pairsForOffice   = guard.SQL("pairs of photos for the office", pairColumns+newestPairs)
	pairsForCustomer = guard.SQL("pairs of photos for a customer", pairColumns+` and `+guard.Granted(access.Files, "p.customer", "p.project", "p.project")+newestPairs)
	countPairs       = guard.SQL("number of pairs of photos", `select count(*) from file_pairs where org = :org and project = :project`)
	insertPair       = guard.SQL("make a pair of photos", `insert into file_pairs (org, id, project, customer, before_file, after_file, title, created_at)
		values (:org, :id, :project, :customer, :before, :after, :title, :now)`)
	pairByID   = guard.SQL("pair of photos by id", `select project, customer, title from file_pairs where org = :org and id = :id`)
	removePair = guard.SQL("part a pair of photos", `delete from file_pairs where org = :org and id = :id`)

	seenByOne = guard.SQL("when somebody saw the files of a project", `select seen_at from file_seen where org = :org and person = :viewer and project = :project`)
	saveSeen  = guard.SQL("note that somebody saw the files", `insert into file_seen (org, person, project, seen_at) values (:org, :viewer, :project, :now)
		on conflict (org, person, project) do update set seen_at = :now`)

	newForOffice   = guard.SQL("new files of some projects for the office", newFiles(":me", ""))
	newForCustomer = guard.SQL("new files of some projects for a customer", newFiles(":viewer", file.VisibleInOrder))
)

// newFiles counts what others added to projects since the person looked at their files, or came; up to 100 in each. Since when
// is joined and chosen by "case": behind row-level security PostgreSQL uses no index for what is looked up or coalesced.
func newFiles(person, shown string) string {
	return `select counted.project, counted.new from (select p.id as project, (select count(*) from (select 1 from files f where f.org = :org and f.project = p.id
			and f.created_at > case when s.seen_at is null then cast(:joined as bigint) else s.seen_at end and f.archived_at is null and f.superseded_at is null and f.state = 'stored'
			and f.uploaded_by <> ` + person + file.Listed + shown + ` order by f.created_at desc limit 100) as capped) as new
		from projects p left join file_seen s on s.org = :org and s.person = ` + person + ` and s.project = p.id where p.org = :org and p.id in (:ids)) as counted
		where counted.new > 0`
}

// pick gives the statement that the actor may run.
func pick(tx *guard.Tx, office, customer *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return office
	}
	return customer
}

func (f *Folder) targets() []any {
	return []any{&f.ID, &f.Project, &f.Customer, &f.Name, &f.Visibility, &f.CreatorName, &f.CreatedAt}
}

func loadFolders(tx *guard.Tx, project string) (list []Folder, err error) {
	err = tx.Each(pick(tx, foldersForOffice, foldersForCustomer), guard.Args{"project": project}, func(row guard.Row) error {
		var f Folder
		err := row(f.targets()...)
		list = append(list, f)
		return err
	})
	return list, err
}

func loadFolder(tx *guard.Tx, id string) (f Folder, err error) {
	err = tx.One(pick(tx, folderForOffice, folderForCustomer), guard.Args{"id": id}, f.targets()...)
	return f, err
}

func loadPairs(tx *guard.Tx, project string) (list []Pair, err error) {
	err = tx.Each(pick(tx, pairsForOffice, pairsForCustomer), guard.Args{"project": project}, func(row guard.Row) error {
		var p Pair
		err := row(&p.ID, &p.Project, &p.Title, &p.before, &p.after)
		list = append(list, p)
		return err
	})
	return list, err
}
