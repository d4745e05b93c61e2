package message

import (
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// visible is the condition under which a customer's person sees a message.
var visible = ` and m.visibility = 'shared' and ` + guard.Granted(access.Messages, "m.customer", "m.project", "m.item")

const (
	inThread     = ` from messages m where m.org = :org and m.thread_kind = :kind and m.thread = :thread`
	columns      = `select m.id, m.author, m.author_kind, m.author_name, m.body, m.mentions, m.visibility, m.created_at, m.edited_at, m.removed_at`
	newestFirst  = ` order by m.created_at desc, m.id desc limit 300`
	countNotGone = `select count(*)` + inThread + ` and m.removed_at is null`
)

var (
	messagesForOffice   = guard.SQL("messages of a thread for the office", columns+inThread+newestFirst)
	messagesForCustomer = guard.SQL("messages of a thread for a customer", columns+inThread+visible+newestFirst)
	countForOffice      = guard.SQL("number of messages for the office", countNotGone)
	countForCustomer    = guard.SQL("number of messages for a customer", countNotGone+visible)

	insertForOffice = guard.SQL("post a message from the office", `insert into messages (org, id, thread_kind, thread, item, customer, project, author, author_kind, author_name, body, mentions, visibility, created_at)
		values (:org, :id, :kind, :thread, :thread_item, :customer, :project, :viewer, 'staff', :name, :body, :mentions, :visibility, :now) on conflict (org, id) do nothing`)
	insertForCustomer = guard.SQL("post a message from a customer", `insert into messages (org, id, thread_kind, thread, item, customer, project, author, author_kind, author_name, body, mentions, visibility, created_at)
		select :org, :id, :kind, :thread, :thread_item, :customer, :project, :viewer, 'customer', :name, :body, :mentions, :visibility, cast(:now as bigint)
		where `+guard.Granted(access.Messages, ":customer", ":project", ":thread_item")+` on conflict (org, id) do nothing`)
	ownMessage = guard.SQL("one's own message", `select m.thread_kind, m.thread, m.visibility from messages m where m.org = :org and m.id = :id and m.author = :viewer and m.author_kind = :author_kind`)
	editOwn    = guard.SQL("edit one's own message", `update messages set body = :body, edited_at = :now where org = :org and id = :id and author = :viewer and author_kind = :author_kind
		and removed_at is null and created_at > :since`)
	removeOwn = guard.SQL("take one's own message back", `update messages set body = '', mentions = '[]', removed_at = :now where org = :org and id = :id and author = :viewer and author_kind = :author_kind
		and removed_at is null and created_at > :since`)
)

func pick(tx *guard.Tx, office, customer *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return office
	}
	return customer
}

// load gives a thread's newest messages, oldest first, without their files.
func load(tx *guard.Tx, kind, thread string) ([]Message, error) {
	var out []Message
	err := tx.Each(pick(tx, messagesForOffice, messagesForCustomer), guard.Args{"kind": kind, "thread": thread}, func(row guard.Row) error {
		var m Message
		visibility := ""
		err := row(&m.ID, &m.Author, &m.AuthorKind, &m.AuthorName, &m.Body, guard.JSON{Value: &m.Mentions}, &visibility, &m.PostedAt, &m.EditedAt, &m.RemovedAt)
		m.Internal = visibility == "office"
		out = append(out, m)
		return err
	})
	slices.Reverse(out)
	return out, err
}

// insert stores a message; it tells whether it was new and allowed.
func insert(tx *guard.Tx, t Thread, m Message) (bool, error) {
	visibility := "shared"
	if m.Internal {
		visibility = "office"
	}
	n, err := tx.Exec(pick(tx, insertForOffice, insertForCustomer), guard.Args{"id": m.ID, "kind": t.Kind, "thread": t.ID, "thread_item": t.Item, "customer": t.Customer,
		"project": t.Project, "name": m.AuthorName, "body": m.Body, "mentions": guard.JSON{Value: m.Mentions}, "visibility": visibility})
	return n > 0, err
}
