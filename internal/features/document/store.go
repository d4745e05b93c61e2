package document

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/fault"
)

const (
	documentColumns = `d.id, d.number, d.project, p.name, d.customer, c.name, coalesce(pr.line1 || case when pr.city <> '' then ', ' || pr.city else '' end, ''),
		d.title, d.state, d.version, d.sent_version, d.owner, d.total, d.currency, d.valid_until, d.created_at, d.updated_at, d.sent_at, d.viewed_at, d.answered_at, d.answer_reason`
	documentTables = ` from documents d join projects p on p.org = d.org and p.id = d.project join customers c on c.org = d.org and c.id = d.customer
		left join properties pr on pr.org = p.org and pr.id = p.property `
	versionColumns = `v.document, v.version, v.state, v.content, v.shown, v.revision, v.sha256, v.total, d.currency, v.created_at, v.updated_at, v.updated_by, v.sent_at, v.sent_by,
		v.change_note, v.answered_at, v.answer_reason`
	shownColumns = `v.version, v.state, v.shown, v.sha256, v.sent_at, v.change_note, v.answered_at, v.answer_reason`
)

var (
	insertDocument = guard.SQL("proposal insert", `insert into documents (org, id, kind, number, project, customer, title, folded, state, version, owner, total, currency, valid_until, created_at, updated_at)
		select :org, :id, 'proposal', :number, p.id, p.customer, :title, :folded, 'draft', 1, :owner, :total, :currency, :valid_until, :now, :now from projects p where p.org = :org and p.id = :project`)
	insertVersion = guard.SQL("proposal version insert", `insert into document_versions (org, document, version, content, total, created_at, updated_at, updated_by)
		values (:org, :document, :version, :content, :total, :now, :now, :by)`)
	documentByID    = guard.SQL("proposal by id", `select `+documentColumns+documentTables+`where d.org = :org and d.id = :id`)
	documentSeen    = guard.SQL("proposal by id, customer", `select `+documentColumns+documentTables+`where d.org = :org and d.id = :id and d.sent_version > 0 and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))
	documentsOfProj = guard.SQL("proposals of project", `select `+documentColumns+documentTables+`where d.org = :org and d.project = :project and not d.archived order by d.updated_at desc limit 200`)
	documentsSeen   = guard.SQL("proposals, customer", `select `+documentColumns+documentTables+`where d.org = :org
		and d.customer in (select customer from grants where org = :org and person = :viewer and revoked_at is null)
		and d.sent_version > 0 and not d.archived and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id")+` order by d.updated_at desc limit 200`)
	documentList = guard.NewFamily("proposals, office", `select `+documentColumns+documentTables+`where d.org = :org and d.archived = false`,
		guard.Part{Name: "state", SQL: `and d.state = :state`},
		guard.Part{Name: "after", SQL: `and (d.updated_at, d.id) < (:after_at, :after_id)`},
		guard.Part{Name: "recent", Group: "order", SQL: `order by d.updated_at desc, d.id desc limit :limit`})
	documentIDsSent = guard.SQL("proposals sent, past", `select d.id from documents d where d.org = :org and d.archived = false and d.state = 'sent' and d.valid_until <> '' and d.valid_until < :today limit 500`)

	versionByNumber = guard.SQL("proposal version", `select `+versionColumns+` from document_versions v join documents d on d.org = v.org and d.id = v.document
		where v.org = :org and v.document = :document and v.version = :version`)
	versionsOf  = guard.SQL("proposal versions", `select `+versionColumns+` from document_versions v join documents d on d.org = v.org and d.id = v.document where v.org = :org and v.document = :document order by v.version desc`)
	versionSent = guard.SQL("proposal version as it was sent", `select sha256, shown from document_versions where org = :org and document = :document and version = :version and frozen = true`)
	// The cast keeps SQLite from planning it anew for each number: it looks at a bare 0 or 1.
	versionSeen = guard.SQL("proposal version, customer", `select `+shownColumns+` from document_versions v join documents d on d.org = v.org and d.id = v.document
		where v.org = :org and v.document = :document and v.version = cast(:version as integer) and v.frozen = true and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))
	saveDraft = guard.SQL("proposal draft save", `update document_versions set content = :content, total = :total, revision = revision + 1, updated_at = :now, updated_by = :by
		where org = :org and document = :document and version = :version and revision = :revision and frozen = false and state = 'draft'`)
	// What a customer has seen stays as it was until the next version is sent.
	touchDraft = guard.SQL("proposal draft touch", `update documents set title = case when sent_version = 0 then :title else title end, folded = case when sent_version = 0 then :folded else folded end,
		total = case when sent_version = 0 then :total else total end, valid_until = case when sent_version = 0 then :valid_until else valid_until end,
		currency = :currency, updated_at = :now where org = :org and id = :id`)
	freeze = guard.SQL("proposal version freeze", `update document_versions set frozen = true, state = 'sent', shown = :shown, sha256 = :sha256, total = :total, content = :content, sent_at = :now, sent_by = :by, change_note = :change_note
		where org = :org and document = :document and version = :version and revision = :revision and frozen = false and state = 'draft'`)
	supersede = guard.SQL("proposal versions supersede", `update document_versions set state = 'superseded' where org = :org and document = :document and version < :version and frozen = true and state <> 'approved' and state <> 'superseded'`)
	markSent  = guard.SQL("proposal sent", `update documents set state = 'sent', sent_version = version, sent_at = :now, viewed_at = null, answered_at = null, answer_reason = '', title = :title, folded = :folded,
		total = :total, valid_until = :valid_until, updated_at = :now where org = :org and id = :id and version = :version`)
	nextVersion     = guard.SQL("proposal next version", `update documents set version = version + 1, state = 'draft', updated_at = :now where org = :org and id = :id and version = :version`)
	setVersionState = guard.SQL("proposal version state", `update document_versions set state = :state where org = :org and document = :document and version = :version and state = :before`)
	setState        = guard.SQL("proposal state", `update documents set state = :state, updated_at = :now where org = :org and id = :id and version = :version`)

	answerVersion = guard.SQL("proposal version answer, customer", `update document_versions set state = :state, answered_at = :now, answered_by = :viewer, answer_reason = :reason
		where org = :org and document = :document and version = :version and state = 'sent' and exists (select 1 from documents d where d.org = :org and d.id = :document and d.sent_version = :version
		and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id")+`)`)
	answerDocument = guard.SQL("proposal answer, customer", `update documents set state = :state, answered_at = :now, answer_reason = :reason, total = :total, updated_at = :now
		where org = :org and id = :id and sent_version = :version and version = :version and `+guard.Granted(access.Documents, "documents.customer", "documents.project", "documents.id"))

	recipientsOf = guard.SQL("proposal recipients", `select r.contact, r.person, c.name, c.email, c.title, r.signs, r.mailed_version, r.viewed_at, r.viewed_version, c.bounced_at is not null
		from document_recipients r join contacts c on c.org = r.org and c.id = r.contact where r.org = :org and r.document = :document and c.archived = false order by c.folded`)
	addRecipient = guard.SQL("proposal recipient add", `insert into document_recipients (org, document, contact, signs)
		select :org, d.id, c.id, :signs from documents d join contacts c on c.org = d.org and c.customer = d.customer and c.id = :contact and c.archived = false where d.org = :org and d.id = :document
		on conflict (org, document, contact) do update set signs = excluded.signs`)
	removeRecipient = guard.SQL("proposal recipient remove", `delete from document_recipients where org = :org and document = :document and contact = :contact`)
	mailedRecipient = guard.SQL("proposal recipient mailed", `update document_recipients set person = :person, mailed_version = :version where org = :org and document = :document and contact = :contact`)
	recipientSelf   = guard.SQL("proposal recipient, self", `select r.contact, c.name, c.email, r.signs, r.viewed_version from document_recipients r join contacts c on c.org = r.org and c.id = r.contact
		where r.org = :org and r.document = :document and r.person = :viewer and c.archived = false order by r.signs desc, r.contact limit 1`)
	signersShown = guard.SQL("proposal signers, customer", `select c.name from document_recipients r join contacts c on c.org = r.org and c.id = r.contact join documents d on d.org = r.org and d.id = r.document
		where r.org = :org and r.document = :document and r.signs = true and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id")+` order by c.folded`)
	viewedRecipient = guard.SQL("proposal viewed, customer", `update document_recipients set viewed_at = :now, viewed_version = :version
		where org = :org and document = :document and person = :viewer and viewed_version < :version`)
	viewedDocument    = guard.SQL("proposal first view, customer", `update documents set viewed_at = :now where org = :org and id = :id and viewed_at is null and `+guard.Granted(access.Documents, "documents.customer", "documents.project", "documents.id"))
	followedRecipient = guard.SQL("proposal viewed by a link", `update document_recipients set viewed_at = :now, viewed_version = :version
		where org = :org and document = :document and person = :person and viewed_version < :version`)
	followedDocument = guard.SQL("proposal first view by a link", `update documents set viewed_at = :now where org = :org and id = :id and viewed_at is null`)

	saveProgress = guard.SQL("proposal progress save, customer", `insert into document_progress (org, document, version, person, choices, terms, updated_at) values (:org, :document, :version, :viewer, :choices, :terms, :now)
		on conflict (org, document, version, person) do update set choices = excluded.choices, terms = excluded.terms, updated_at = excluded.updated_at`)
	loadProgress = guard.SQL("proposal progress, customer", `select choices, terms from document_progress where org = :org and document = :document and version = :version and person = :viewer`)
	progressUpTo = guard.SQL("proposal progress up to a version, customer", `select version, choices from document_progress where org = :org and document = :document and version <= :version and person = :viewer
		order by version desc limit 50`)
)

func scanDocument(row guard.Row) (Document, error) {
	var d Document
	err := row(&d.ID, &d.Number, &d.Project, &d.ProjectName, &d.Customer, &d.CustomerName, &d.Place, &d.Title, &d.State, &d.Version, &d.SentVersion, &d.Owner,
		&d.Total.Minor, &d.Total.Currency, &d.ValidUntil, &d.CreatedAt, &d.UpdatedAt, &d.SentAt, &d.ViewedAt, &d.AnsweredAt, &d.Reason)
	return d, err
}

func loadDocument(tx *guard.Tx, statement *guard.Statement, id string) (Document, error) {
	list, err := loadDocuments(tx, statement, guard.Args{"id": id})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "This proposal was not found.")
	}
	if err != nil {
		return Document{}, err
	}
	return list[0], nil
}

func loadDocuments(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Document, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		d, err := scanDocument(row)
		list = append(list, d)
		return err
	})
	return list, err
}

func loadVersions(tx *guard.Tx, statement *guard.Statement, args guard.Args) (list []Version, err error) {
	err = tx.Each(statement, args, func(row guard.Row) error {
		var v Version
		var content, shown string
		if err := row(&v.Document, &v.Number, &v.State, &content, &shown, &v.Revision, &v.SHA256, &v.Total.Minor, &v.Total.Currency, &v.CreatedAt, &v.UpdatedAt, &v.UpdatedBy,
			&v.SentAt, &v.SentBy, &v.ChangeNote, &v.AnsweredAt, &v.Reason); err != nil {
			return err
		}
		v.Shown = []byte(shown)
		if v.Content, err = proposal.ParseContent([]byte(content)); err != nil {
			return fmt.Errorf("version %d: %w", v.Number, err)
		}
		list = append(list, v)
		return nil
	})
	return list, err
}

func loadVersion(tx *guard.Tx, document string, number int) (Version, error) {
	list, err := loadVersions(tx, versionByNumber, guard.Args{"document": document, "version": number})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "This version was not found.")
	}
	if err != nil {
		return Version{}, err
	}
	return list[0], nil
}

func (s *Service) loadShown(tx *guard.Tx, d Document, number int) (ShownVersion, error) {
	v := ShownVersion{Document: d}
	var shown string
	if err := tx.One(versionSeen, guard.Args{"document": d.ID, "version": number}, &v.Number, &v.State, &shown, &v.SHA256, &v.SentAt, &v.ChangeNote, &v.AnsweredAt, &v.Reason); err != nil {
		return v, err
	}
	var err error
	v.Bytes = []byte(shown)
	v.Content, err = s.frozen.Content(v.SHA256, v.Bytes)
	v.Document = d.asSent(v.Content)
	return v, err
}

// loadSent is the content of a version that was sent, for the system: landing pages and
// destinations of links, where nobody has entered yet.
func (s *Service) loadSent(tx *guard.Tx, document string, number int) (proposal.CustomerContent, error) {
	var sha256, shown string
	if err := tx.One(versionSent, guard.Args{"document": document, "version": number}, &sha256, &shown); err != nil {
		return proposal.CustomerContent{}, err
	}
	return s.frozen.Content(sha256, []byte(shown))
}

func loadRecipients(tx *guard.Tx, document string) (list []Recipient, err error) {
	err = tx.Each(recipientsOf, guard.Args{"document": document}, func(row guard.Row) error {
		var r Recipient
		err := row(&r.Contact, &r.Person, &r.Name, &r.Email, &r.Title, &r.Signs, &r.Mailed, &r.ViewedAt, &r.Viewed, &r.Bounced)
		list = append(list, r)
		return err
	})
	return list, err
}
