package finding

import (
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/search"
)

// What people write to each other and hang on things. titleOf is what a conversation is about.
const (
	messageColumns = `m.id, m.thread_kind, m.thread, m.customer, m.project, m.item, m.author_name, m.body, m.visibility = 'office', m.created_at`
	titleOf        = `coalesce(case m.thread_kind when 'proposal' then (select d.title from documents d where d.org = m.org and d.id = m.thread)
		when 'request' then (select r.title from requests r where r.org = m.org and r.id = m.thread) else (select p.name from projects p where p.org = m.org and p.id = m.project) end, '')`
)

var (
	messages     = guard.SQL("messages to find", `select `+messageColumns+`, `+titleOf+` from messages m where m.org = :org and m.id in (:ids) and m.removed_at is null`)
	messagesSeen = guard.SQL("messages that a customer found", `select `+messageColumns+`, '' from messages m where m.org = :org and m.id in (:ids) and m.removed_at is null
		and m.visibility = 'shared' and `+guard.Granted(access.Messages, "m.customer", "m.project", "m.item"))
	messagesAfter = guard.SQL("messages in turn", `select m.id from messages m where m.org = :org and m.id > :after_id order by m.id limit :limit`)

	// What waits in a composer or form, and what only carries a signature or an import, is nobody's to find.
	files = guard.SQL("files to find", `select f.id, f.name, f.caption, f.customer, f.project, f.item, `+file.ModuleOfRow+`, f.visibility = 'office', `+file.AddedBy+`, f.media_type, f.created_at,
		coalesce((select p.name from projects p where p.org = f.org and p.id = f.project), (select c.name from customers c where c.org = f.org and c.id = f.customer), '')
		from files f where f.org = :org and f.id in (:ids) and f.archived_at is null and f.superseded_at is null and f.state = 'stored'
		and f.hangs_kind in ('proposal', 'agreement', 'message', 'project', 'request', 'dailylog')`)
	filesAfter = guard.SQL("files in turn", `select f.id from files f where f.org = :org and f.id > :after_id order by f.id limit :limit`)
	versionsOf = guard.SQL("other versions of a file", `select o.id from files f join files o on o.org = f.org and o.series = f.series and o.id <> f.id where f.org = :org and f.id = :id and f.series <> ''`)
	filesOn    = guard.SQL("all files on a thing", `select f.id from files f where f.org = :org and f.hangs_kind = :kind and f.hangs_on = :on limit 500`)
)

type messageRow struct {
	entry  search.Entry
	thread thread
}

func scanMessage(row guard.Row) (m messageRow, err error) {
	e := search.Entry{Kind: "message", Module: access.Messages}
	err = row(&e.ID, &m.thread.kind, &m.thread.id, &e.Customer, &e.Project, &e.Item, &e.Title, &e.Text, &e.Office, &e.At, &e.Line)
	e.OfficeURL = officePage(m.thread, e.Project)
	m.entry = e
	return m, err
}

// officePage is where the office reads a conversation.
func officePage(t thread, project string) string {
	switch t.kind {
	case "proposal":
		return "/office/proposals/" + t.id
	case "request":
		return "/office/requests/" + t.id
	}
	return "/office/projects/" + project
}

func readMessage(row guard.Row) (search.Entry, error) {
	m, err := scanMessage(row)
	return m.entry, err
}

// seenMessages reads messages for a customer: they must be theirs, and so must the conversation.
func (o Owners) seenMessages(tx *guard.Tx, wanted []string) ([]search.Entry, error) {
	threads := map[string]thread{}
	list, err := loader(messagesSeen, func(row guard.Row) (search.Entry, error) {
		m, err := scanMessage(row)
		threads[m.entry.ID] = m.thread
		return m.entry, err
	})(tx, wanted)
	if err != nil {
		return nil, err
	}
	return o.threadsSeen(tx, list, threads)
}

func readFile(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "file"}
	var uploader, mediaType string
	err := row(&e.ID, &e.Title, &e.Text, &e.Customer, &e.Project, &e.Item, &e.Module, &e.Office, &uploader, &mediaType, &e.At, &e.Line)
	e.Line = join(" · ", e.Line, uploader)
	e.OfficeURL = fileURL(e.ID, mediaType)
	return e, err
}

// seenFiles asks the files themselves who sees them.
func (o Owners) seenFiles(tx *guard.Tx, wanted []string) (list []search.Entry, err error) {
	found, err := o.Files.ByIDs(tx, wanted)
	for _, f := range found {
		list = append(list, search.Entry{Kind: "file", ID: f.ID, Title: f.Name, Text: f.Caption, Line: f.UploaderName, CustomerURL: fileURL(f.ID, f.MediaType), At: f.AddedAt})
	}
	return list, err
}

// fileURL shows what a browser can show and saves the rest.
func fileURL(id, mediaType string) string {
	if strings.HasPrefix(mediaType, "image/") || strings.HasPrefix(mediaType, "video/") || mediaType == "application/pdf" {
		return "/files/" + id + "?show=1"
	}
	return "/files/" + id
}
