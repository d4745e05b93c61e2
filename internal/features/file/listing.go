package file

import (
	"fmt"
	"math"

	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
)

// Order is how the files of a project are listed.
type Order string

// The orders.
const (
	ByDate Order = "date" // the newest first
	ByName Order = "name"
	BySize Order = "size" // the largest first
)

// Listing asks for a page of the files of a project: its own and those that hang on its
// messages, documents and the like, as far as the actor sees them.
type Listing struct {
	Project, Folder string
	Order           Order
	After           Place // where the page before ended
	Limit           int
}

// Place is where a page of a list ends.
type Place struct {
	Text   string
	Number int64
	ID     string
}

// PlaceOf is the place of a file in an order.
func PlaceOf(f File, order Order) Place {
	switch order {
	case ByName:
		return Place{Text: f.folded, ID: f.ID}
	case BySize:
		return Place{Number: f.Size, ID: f.ID}
	}
	return Place{Number: f.AddedAt.UnixMicro(), ID: f.ID}
}

// PlaceInGallery is the place of a picture among all of a project.
func PlaceInGallery(f File) Place { return Place{Number: f.TakenAt.UnixMicro(), ID: f.ID} }

// below is where a list that falls begins.
func (p Place) below() int64 {
	if p == (Place{}) {
		return math.MaxInt64
	}
	return p.Number
}

// InProject gives a page of the newest versions of a project's files. Files that are still
// being checked for viruses are there, as Waiting.
func (s *Service) InProject(tx *guard.Tx, l Listing) ([]File, error) {
	args := guard.Args{"project": l.Project, "folder": l.Folder, "limit": l.Limit, "after": l.After.below(), "after_id": l.After.ID}
	order := "by date"
	switch l.Order {
	case ByName:
		order, args["after"] = "by name", l.After.Text
	case BySize:
		order = "by size"
	}
	family := listForCustomer
	if tx.Actor().SeesWholeOrganisation() {
		family = listForOffice
	}
	return loadFiles(tx, family.Choose(order), args)
}

// AllInProject is InProject for the files of all folders at once, the newest first. Staff only.
func (s *Service) AllInProject(tx *guard.Tx, project string, after Place, limit int) ([]File, error) {
	return loadFiles(tx, allForOffice, guard.Args{"project": project, "after": after.below(), "after_id": after.ID, "limit": limit})
}

// Photos gives a page of a project's pictures and videos, the last taken first.
func (s *Service) Photos(tx *guard.Tx, project string, after Place, limit int) ([]File, error) {
	return loadFiles(tx, pick(tx, galleryForOffice, galleryForCustomer), guard.Args{"project": project, "after": after.below(), "after_id": after.ID, "limit": limit})
}

// Versions gives all versions of a file that the actor sees, the newest first.
func (s *Service) Versions(tx *guard.Tx, series string) ([]File, error) {
	return loadFiles(tx, pick(tx, versionsForOffice, versionsForCustomer), guard.Args{"series": series})
}

// Binned gives what lies in the bin of a project, the last thrown away first. Staff only.
func (s *Service) Binned(tx *guard.Tx, project string) ([]File, error) {
	return loadFiles(tx, binOfProject, guard.Args{"project": project, "since": tx.Now().Add(-keepArchived)})
}

// Seen gives a file that the actor sees in the caller's transaction, one that is still being
// checked for viruses too; NotFound otherwise.
func (s *Service) Seen(tx *guard.Tx, fileID string) (File, error) {
	f, err := loadOne(tx, pick(tx, anyStateForOffice, anyStateForCustomer), fileID)
	if err != nil {
		return File{}, err
	}
	if need, restricted := s.needs[f.Hang.Kind]; restricted && !tx.May(need) || f.Hang.Kind == Composer {
		return File{}, fault.New(fault.NotFound, "This file was not found.")
	}
	return f, nil
}

func loadFiles(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []File, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		f, err := scanFile(row)
		list = append(list, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return list, nil
}

// Listed is the condition under which a file stands in the lists of its project: not what waits in a composer or is the
// stuff of an import, and not the pictures of a proposal's lines, which say nothing away from them.
const Listed = ` and f.hangs_kind not in ('composer', 'proposal import') and not (f.hangs_kind = 'proposal' and f.gallery = true)`

const (
	current    = ` f.archived_at is null and f.superseded_at is null`
	ofProject  = `select ` + fileColumns + ` from files f where f.org = :org and f.project = :project and` + current + Listed + ` and f.state <> 'refused'`
	inFolder   = ofProject + ` and f.folder = :folder`
	inGallery  = ofProject + ` and f.gallery = true and (f.taken_at, f.id) < (:after, :after_id)`
	lastTaken  = ` order by f.taken_at desc, f.id desc limit :limit`
	ofSeries   = `select ` + fileColumns + ` from files f where f.org = :org and f.series = :series and f.archived_at is null and f.state <> 'refused'`
	newest     = ` order by f.version desc`
	inAnyState = `select ` + fileColumns + ` from files f where f.org = :org and f.id = :id and f.archived_at is null and f.state <> 'refused'`
)

// VisibleInOrder is visible for long lists. PostgreSQL would make a join of the grant, think that few rows are left, and
// sort them; asked whether it is true, it reads the rows in the order of the index and asks for each.
var VisibleInOrder = ` and (f.visibility = 'shared' or f.uploaded_by = :viewer) and (` + guard.GrantedBy(ModuleOfRow, "f.customer", "f.project", "f.item") + ` and ` + guard.Offered(ModuleOfRow) + `) is true`

const byDate = ` and (f.created_at, f.id) < (:after, :after_id) order by f.created_at desc, f.id desc limit :limit`

var orders = []guard.Part{
	{Name: "by date", Group: "order", SQL: byDate},
	{Name: "by name", Group: "order", SQL: `and (f.folded, f.id) > (:after, :after_id) order by f.folded, f.id limit :limit`},
	{Name: "by size", Group: "order", SQL: `and (f.size, f.id) < (:after, :after_id) order by f.size desc, f.id desc limit :limit`},
}

var (
	listForOffice       = guard.NewFamily("files of a project for the office", inFolder, orders...)
	listForCustomer     = guard.NewFamily("files of a project for a customer", inFolder+VisibleInOrder, orders...)
	allForOffice        = guard.SQL("files of a project in all folders", ofProject+byDate)
	galleryForOffice    = guard.SQL("pictures of a project for the office", inGallery+lastTaken)
	galleryForCustomer  = guard.SQL("pictures of a project for a customer", inGallery+VisibleInOrder+lastTaken)
	versionsForOffice   = guard.SQL("versions of a file for the office", ofSeries+newest)
	versionsForCustomer = guard.SQL("versions of a file for a customer", ofSeries+visible+newest)
	anyStateForOffice   = guard.SQL("file in any state for the office", inAnyState)
	anyStateForCustomer = guard.SQL("file in any state for a customer", inAnyState+visible)
	binOfProject        = guard.SQL("files in the bin of a project", `select `+fileColumns+` from files f where f.org = :org and f.project = :project and f.archived_at > :since and f.superseded_at is null
		and f.hangs_kind = 'project' and f.state <> 'refused' order by f.archived_at desc, f.id desc limit 200`)

	ofOwn     = ` where org = :org and id = :id and hangs_kind = 'project' and archived_at is null and superseded_at is null`
	renameAny = guard.SQL("rename a file", `update files set name = :name, folded = :folded, caption = :caption`+ofOwn)
	renameOwn = guard.SQL("rename one's own file", `update files set name = :name, folded = :folded, caption = :caption where org = :org and id = :id and hangs_kind = :kind
		and archived_at is null and superseded_at is null and uploaded_by = :viewer`)
	moveFile    = guard.SQL("move a file to a folder", `update files set folder = :folder`+ofOwn+` and project = :project`)
	publishFile = guard.SQL("publish a file", `update files set visibility = 'shared'`+ofOwn)

	moveFileInside = guard.SQL("move a file to a folder of the office", `update files set folder = :folder, visibility = 'office'
		where org = :org and series = (select s.series from files s where s.org = :org and s.id = :id) and hangs_kind = 'project' and project = :project and archived_at is null`)
	withdrawFile = guard.SQL("withdraw a file", `update files set visibility = 'office' where org = :org and series = :series and hangs_kind = 'project' and archived_at is null`)
	binAny       = guard.SQL("put a file into the bin", `update files set archived_at = :now where org = :org and series = :series and hangs_kind = 'project' and archived_at is null`)
	binOwn       = guard.SQL("put one's own file into the bin", `update files set archived_at = :now where org = :org and series = :series and hangs_kind = :kind and archived_at is null
		and uploaded_by = :viewer`)
	restoreFile  = guard.SQL("take a file out of the bin", `update files set archived_at = null where org = :org and series = :series and project = :project and hangs_kind = 'project' and archived_at > :since`)
	restoreLoose = guard.SQL("take a file out of the bin and its folder", `update files set archived_at = null, folder = '' where org = :org and series = :series and project = :project
		and hangs_kind = 'project' and archived_at > :since`)

	newestVersion = guard.SQL("newest version of a file", `select f.series, f.version, f.caption from files f where f.org = :org and f.id = :id and f.hangs_kind = 'project' and`+current)
	supersedeFile = guard.SQL("supersede a version", `update files set superseded_at = :now`+ofOwn)
	bringBackFile = guard.SQL("bring a version back", `update files set superseded_at = null where org = :org and id = :id and archived_at is null`)
)
