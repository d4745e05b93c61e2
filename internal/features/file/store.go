package file

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

const fileColumns = `f.id, f.name, f.media_type, f.size, f.sha256, f.blob, f.preview, f.width, f.height, f.hangs_kind, f.hangs_on, f.item,
	f.customer, f.project, f.visibility, f.uploaded_by, ` + AddedBy + `, f.created_at, f.folder, f.replaces, f.caption, f.series, f.version, f.taken_at, f.state, f.folded`

// AddedBy is the name under which a row called f of the table of files was added: what Lintel makes itself, as signed PDFs,
// is the firm's.
const AddedBy = `case when f.uploaded_by = '' then coalesce((select o.name from organisations o where o.id = :org), f.uploader_name) else f.uploader_name end`

// visible is the condition under which a customer's person sees a file: it is shared, or
// their own and not yet posted; and in both cases their grant is alive.
// What hangs on a document, a message or a request comes with that module.
var visible = visibleOf(ModuleOfRow)

func visibleOf(module string) string {
	return ` and (f.visibility = 'shared' or f.uploaded_by = :viewer) and ` + guard.GrantedBy(module, "f.customer", "f.project", "f.item") + ` and ` + guard.Offered(module)
}

// visibleOfKind is visible for statements whose files hang on things of one kind: the module is found once, not for each row.
var visibleOfKind = visibleOf(moduleIn(":kind"))

// brings are the modules that what a file hangs on brings its files; all others come with the module of files.
var brings = []struct {
	kind   string
	module access.Module
}{{"proposal", access.Documents}, {"agreement", access.Documents}, {"message", access.Messages}, {Composer, access.Messages}, {"request", access.AddJob}, {"request-form", access.AddJob}, {"dailylog", access.Projects}}

// ModuleOf is the module that a customer's person needs for the files on things of a kind.
func ModuleOf(kind string) access.Module {
	for _, b := range brings {
		if b.kind == kind {
			return b.module
		}
	}
	return access.Files
}

// ModuleOfRow is ModuleOf in SQL, for a row called f of the table of files.
var ModuleOfRow = moduleIn("f.hangs_kind")

func moduleIn(kind string) string {
	text := "case " + kind
	for _, b := range brings {
		text += " when '" + b.kind + "' then '" + string(b.module) + "'"
	}
	return text + " else '" + string(access.Files) + "' end"
}

const fileByIDText = `select ` + fileColumns + ` from files f where f.org = :org and f.id = :id and f.archived_at is null and f.state = 'stored'`

const filesOfText = `select ` + fileColumns + ` from files f where f.org = :org and f.hangs_kind = :kind and f.hangs_on = :on
	and f.archived_at is null and f.superseded_at is null and f.state = 'stored'`

var (
	fileForOffice    = guard.SQL("file for the office", fileByIDText)
	fileForCustomer  = guard.SQL("file for a customer", fileByIDText+visible)
	filesForOffice   = guard.SQL("files of a thing for the office", filesOfText+` order by f.created_at, f.id`)
	filesForCustomer = guard.SQL("files of a thing for a customer", filesOfText+visibleOfKind+` order by f.created_at, f.id`)
)

var (
	someText             = `select ` + fileColumns + ` from files f where f.org = :org and f.archived_at is null and f.state = 'stored' and `
	filesByIDForOffice   = guard.SQL("some files for the office", someText+`f.id in (:ids)`)
	filesByIDForCustomer = guard.SQL("some files for a customer", someText+`f.id in (:ids)`+visible)
	filesOfSomeForOffice = guard.SQL("files of some things for the office", someText+`f.hangs_kind = :kind and f.hangs_on in (:ids) order by f.created_at, f.id`)
	filesOfSomeForPortal = guard.SQL("files of some things for a customer", someText+`f.hangs_kind = :kind and f.hangs_on in (:ids)`+visibleOfKind+` order by f.created_at, f.id`)
	insertFile           = guard.SQL("store a file", `insert into files (org, id, name, media_type, size, sha256, blob, preview, width, height, hangs_kind, hangs_on, item, customer, project, visibility, state, uploaded_by, uploader_name, created_at,
			folder, folded, caption, series, version, replaces, taken_at, gallery)
		values (:org, :id, :name, :media_type, :size, :sha256, :blob, :preview, :width, :height, :kind, :on, :hang_item, :customer, :project, :visibility, :state, :uploaded_by, :uploader_name, :now,
			:folder, :folded, :caption, :series, :version, :replaces, :taken_at, :gallery)`)
	rehangOwn = guard.SQL("hang one's own file elsewhere", `update files set hangs_kind = :kind, hangs_on = :on, item = :hang_item, customer = :customer, project = :project, visibility = :visibility
		where org = :org and id = :id and hangs_kind = :from_kind and hangs_on = :from_on and uploaded_by = :viewer and archived_at is null`)
	rehangAny = guard.SQL("hang a file elsewhere", `update files set hangs_kind = :kind, hangs_on = :on, item = :hang_item, customer = :customer, project = :project, visibility = :visibility
		where org = :org and id = :id and hangs_kind = :from_kind and hangs_on = :from_on and archived_at is null`)
	uploadedFile = guard.SQL("one's own uploaded file", `select `+fileColumns+` from files f where f.org = :org and f.id = :id and f.uploaded_by = :viewer
		and f.archived_at is null and f.state <> 'refused'`)
	keepPoster = guard.SQL("keep the picture that an uploader's browser drew", `update files set preview = :preview, width = :width, height = :height, gallery = true
		where org = :org and id = :id and uploaded_by = :viewer and hangs_kind = :kind and hangs_on = :on and preview = '' and archived_at is null and superseded_at is null and state <> 'refused'`)
	nameOfMember = guard.SQL("name of a member", `select m.name from memberships m where m.org = :org and m.person = :person order by m.kind limit 1`)
	fileToScan   = guard.SQL("file to scan", `select `+fileColumns+` from files f where f.org = :org and f.id = :id and f.state = 'waiting'`)
	settleScan   = guard.SQL("settle a scan", `update files set state = :state where org = :org and blob = :blob and state = 'waiting'`)
	copyFile     = guard.SQL("hang a copy of a file", `insert into files (org, id, name, media_type, size, sha256, blob, preview, width, height, hangs_kind, hangs_on, item, customer, project, visibility, state, uploaded_by, uploader_name, created_at,
			folder, folded, caption, series, version, replaces, taken_at, gallery)
		select org, :copy, name, media_type, size, sha256, blob, preview, width, height, :kind, :on, :hang_item, :customer, :project, :visibility, state, uploaded_by, uploader_name, created_at,
			:folder, folded, caption, :copy, 1, '', taken_at, gallery
		from files where org = :org and id = :id and archived_at is null`)
	filedIn    = guard.SQL("note that a project has files", `update projects set filed_at = :now where org = :org and id = :project and (filed_at is null or filed_at < :now)`)
	archiveAny = guard.SQL("put a file away", `update files set archived_at = :now where org = :org and id = :id and archived_at is null`)
	archiveOwn = guard.SQL("put one's own upload away", `update files set archived_at = :now where org = :org and id = :id and hangs_kind = :kind and hangs_on = :on
		and visibility = :visibility and uploaded_by = :viewer and archived_at is null`)
	archiveOwnOf = guard.SQL("put one's own files of a thing away", `update files set archived_at = :now where org = :org and hangs_kind = :kind and hangs_on = :on
		and uploaded_by = :viewer and archived_at is null`)

	reserveBytes = guard.SQL("count bytes to store", `insert into file_storage (org, bytes) values (:org, :size)
		on conflict (org) do update set bytes = file_storage.bytes + :size
		where file_storage.bytes + :size <= case when file_storage.most > 0 and file_storage.most < :most then file_storage.most else :most end`)
	limitBytes    = guard.SQL("limit the bytes to store", `insert into file_storage (org, bytes, most) values (:org, 0, :limit) on conflict (org) do update set most = :limit`)
	giveBackBytes = guard.SQL("count bytes given back", `update file_storage set bytes = bytes - :size where org = :org`)
	usedBytes     = guard.SQL("bytes stored", `select coalesce(max(bytes), 0), coalesce(max(most), 0) from file_storage where org = :org`)

	insertUpload = guard.SQL("begin an upload", `insert into uploads (org, id, person, name, media_type, size, hangs_kind, hangs_on, visibility, created_at, expires_at)
		values (:org, :id, :viewer, :name, :media_type, :size, :kind, :on, '', :now, :expires)`)
	uploadByID = guard.SQL("upload by id", `select id, person, name, size, hangs_kind, hangs_on, finished_as from uploads
		where org = :org and id = :id and person = :viewer and expires_at > :now`)
	countUploads = guard.SQL("a person's uploads under way", `select count(*), cast(coalesce(sum(size), 0) as bigint) from uploads where org = :org and person = :viewer and finished_as = '' and expires_at > :now`)
	settleUpload = guard.SQL("settle the size of an upload", `update uploads set size = :size where org = :org and id = :id and finished_as = ''`)
	finishUpload = guard.SQL("finish an upload", `update uploads set finished_as = :id where org = :org and id = :id and finished_as = ''`)
	dropUpload   = guard.SQL("drop an upload", `delete from uploads where org = :org and id = :id and finished_as = ''`)
	forgetUpload = guard.SQL("forget a finished upload", `delete from uploads where org = :org and id = :id and finished_as <> ''`)

	fileToPurge   = guard.SQL("file put away long ago", `select blob, size from files where org = :org and id = :id and archived_at < :before`)
	blobStillUsed = guard.SQL("whether a blob has another file", `select count(*) from files where blob = :blob and org = :org and id <> :id`)
	purgeFile     = guard.SQL("delete a file put away long ago", `delete from files where org = :org and id = :id and archived_at < :before`)

	expiredUploads = guard.AcrossSQL("expired uploads", `select org, id, size, finished_as from uploads where expires_at <= :now order by expires_at limit 500`)
	openUploads    = guard.AcrossSQL("uploads under way", `select org, id, person, name, size, hangs_kind, hangs_on from uploads
		where expires_at > :now and finished_as = '' and created_at < :before order by expires_at limit 500`)
	archivedFiles = guard.AcrossSQL("files put away long ago", `select org, id from files where archived_at < :before order by archived_at limit 500`)
	blobHasFile   = guard.AcrossSQL("whether a blob has a file", `select count(*) from (select 1 as found from files where blob = :blob limit 1) as one`)
)

func scanFile(row guard.Row) (f File, err error) {
	err = row(f.targets()...)
	f.settle()
	return f, err
}

// pick gives the statement that the actor may run.
func pick(tx *guard.Tx, office, customer *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return office
	}
	return customer
}

func loadFile(tx *guard.Tx, fileID string) (File, error) {
	return loadOne(tx, pick(tx, fileForOffice, fileForCustomer), fileID)
}

func loadOne(tx *guard.Tx, statement *guard.Statement, fileID string) (f File, err error) {
	err = tx.One(statement, guard.Args{"id": fileID}, f.targets()...)
	f.settle()
	return f, err
}

// settle works out what the columns say.
func (f *File) settle() { f.HasPreview, f.Waiting = f.preview != "", f.state == "waiting" }

// targets are what the file's columns are scanned into.
func (f *File) targets() []any {
	return []any{&f.ID, &f.Name, &f.MediaType, &f.Size, &f.SHA256, &f.blob, &f.preview, &f.Width, &f.Height, &f.Hang.Kind, &f.Hang.On, &f.Hang.Item,
		&f.Hang.Customer, &f.Hang.Project, &f.Hang.Visibility, &f.UploadedBy, &f.UploaderName, &f.AddedAt, &f.Hang.Folder, &f.Hang.Replaces, &f.Caption, &f.Series, &f.Version, &f.TakenAt, &f.state, &f.folded}
}

func saveFile(tx *guard.Tx, f File) error {
	state := "stored"
	if f.Waiting {
		state = "waiting"
	}
	_, err := tx.OnBehalfOf("file: keep what was uploaded").Exec(insertFile, guard.Args{"id": f.ID, "name": f.Name, "media_type": f.MediaType, "size": f.Size, "sha256": f.SHA256,
		"blob": f.blob, "preview": f.preview, "width": f.Width, "height": f.Height, "kind": f.Hang.Kind, "on": f.Hang.On, "hang_item": f.Hang.Item, "customer": f.Hang.Customer,
		"project": f.Hang.Project, "visibility": f.Hang.Visibility, "state": state, "uploaded_by": string(f.UploadedBy), "uploader_name": f.UploaderName,
		"folder": f.Hang.Folder, "folded": sortable(f.Name), "caption": f.Caption, "series": f.Series, "version": f.Version, "replaces": f.Hang.Replaces, "taken_at": f.TakenAt,
		"gallery": f.HasPreview || f.IsVideo()})
	if err != nil {
		return err
	}
	return noteFiled(tx, f.Hang)
}

// noteFiled tells the project that it has files: lists look for new ones in such projects.
func noteFiled(tx *guard.Tx, on Hang) error {
	if on.Project == "" {
		return nil
	}
	_, err := tx.OnBehalfOf("file: a project has files").Exec(filedIn, guard.Args{"project": on.Project})
	return err
}
