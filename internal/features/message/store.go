package message

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// visible is the condition under which a customer's person sees a message.
var visible = ` and m.visibility = 'shared' and ` + guard.Granted(access.Messages, "m.customer", "m.project", "m.item")

const (
	inThread     = ` from messages m where m.org = :org and m.thread_kind = :kind and m.thread = :thread`
	columns      = `select m.id, m.thread_kind, m.thread, m.parent, m.author, m.author_kind, m.author_name, m.body, m.quoted, m.via, m.mentions, m.visibility, m.created_at, m.edited_at, m.removed_at`
	newestFirst  = ` order by m.created_at desc, m.id desc limit 300`
	countNotGone = `select count(*)` + inThread + ` and m.removed_at is null`
	intoMessages = `insert into messages (org, id, thread_kind, thread, parent, item, customer, project, author, author_kind, author_name, body, quoted, via, mentions, visibility, created_at)`
)

var (
	messagesForOffice   = guard.SQL("messages of a thread for the office", columns+inThread+newestFirst)
	messagesForCustomer = guard.SQL("messages of a thread for a customer", columns+inThread+visible+newestFirst)
	someForOffice       = guard.SQL("some messages for the office", columns+` from messages m where m.org = :org and m.id in (:ids)`)
	someForCustomer     = guard.SQL("some messages for a customer", columns+` from messages m where m.org = :org and m.id in (:ids)`+visible)
	repliesForOffice    = guard.SQL("replies to some messages for the office", columns+` from messages m where m.org = :org and m.parent in (:ids) and m.parent <> ''`+newestFirst)
	repliesForCustomer  = guard.SQL("replies to some messages for a customer", columns+` from messages m where m.org = :org and m.parent in (:ids) and m.parent <> ''`+visible+newestFirst)
	countForOffice      = guard.SQL("number of messages for the office", countNotGone)
	countForCustomer    = guard.SQL("number of messages for a customer", countNotGone+visible)

	parentForOffice   = guard.SQL("message to answer, for the office", `select m.id, m.parent, m.visibility`+inThread+` and m.id = :id`)
	parentForCustomer = guard.SQL("message to answer, for a customer", `select m.id, m.parent, m.visibility`+inThread+` and m.id = :id`+visible)

	insertForOffice = guard.SQL("post a message from the office", intoMessages+`
		values (:org, :id, :kind, :thread, :parent, :thread_item, :customer, :project, :viewer, 'staff', :name, :body, :quoted, :via, :mentions, :visibility, :now) on conflict (org, id) do nothing`)
	insertForCustomer = guard.SQL("post a message from a customer", intoMessages+`
		select :org, :id, :kind, :thread, :parent, :thread_item, :customer, :project, :viewer, 'customer', :name, :body, :quoted, :via, :mentions, :visibility, cast(:now as bigint)
		where `+guard.Granted(access.Messages, ":customer", ":project", ":thread_item")+` on conflict (org, id) do nothing`)
	ownMessage = guard.SQL("one's own message", `select m.thread_kind, m.thread, m.parent, m.visibility from messages m where m.org = :org and m.id = :id and m.author = :viewer and m.author_kind = :author_kind`)
	editOwn    = guard.SQL("edit one's own message", `update messages set body = :body, edited_at = :now where org = :org and id = :id and author = :viewer and author_kind = :author_kind
		and removed_at is null and created_at > :since`)
	removeOwn = guard.SQL("take one's own message back", `update messages set body = '', quoted = '', mentions = '[]', removed_at = :now where org = :org and id = :id and author = :viewer and author_kind = :author_kind
		and removed_at is null and created_at > :since`)
	talkedIn = guard.SQL("note that a project was talked in", `update projects set talked_at = :ahead where org = :org and id = :project and (talked_at is null or talked_at < :now)`)
	authorOf = guard.SQL("author of a message", `select m.author, m.author_kind from messages m where m.org = :org and m.id = :id`)
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
		m, err := scan(row)
		out = append(out, m)
		return err
	})
	slices.Reverse(out)
	return out, err
}

// loadSome gives messages by their ids, with the answers to them, the oldest first.
func loadSome(tx *guard.Tx, ids []string) (out []Message, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keep := func(row guard.Row) error {
		m, err := scan(row)
		out = append(out, m)
		return err
	}
	if err := tx.Each(pick(tx, someForOffice, someForCustomer), guard.Args{"ids": guard.List(ids)}, keep); err != nil {
		return nil, err
	}
	if err := tx.Each(pick(tx, repliesForOffice, repliesForCustomer), guard.Args{"ids": guard.List(ids)}, keep); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b Message) int { return cmp.Or(a.PostedAt.Compare(b.PostedAt), strings.Compare(a.ID, b.ID)) })
	return out, nil
}

func scan(row guard.Row) (m Message, err error) {
	visibility := ""
	err = row(&m.ID, &m.Thread.Kind, &m.Thread.ID, &m.Parent, &m.Author, &m.AuthorKind, &m.AuthorName, &m.Body, &m.Quoted, &m.Via, guard.JSON{Value: &m.Mentions}, &visibility, &m.PostedAt, &m.EditedAt, &m.RemovedAt)
	m.Internal = visibility == "office"
	return m, err
}

// talkedAhead is how far ahead a project says that it was talked in, so that a lively one is written once in that time.
const talkedAhead = time.Hour

// insert stores a message; it tells whether it was new and allowed. Lists look for unread messages in projects that were talked in.
func insert(tx *guard.Tx, t Thread, m Message) (bool, error) {
	visibility := "shared"
	if m.Internal {
		visibility = "office"
	}
	n, err := tx.Exec(pick(tx, insertForOffice, insertForCustomer), guard.Args{"id": m.ID, "kind": t.Kind, "thread": t.ID, "parent": m.Parent, "thread_item": t.Item, "customer": t.Customer,
		"project": t.Project, "name": m.AuthorName, "body": m.Body, "quoted": m.Quoted, "via": m.Via, "mentions": guard.JSON{Value: m.Mentions}, "visibility": visibility})
	if err != nil || n == 0 || t.Project == "" {
		return n > 0, err
	}
	_, err = tx.OnBehalfOf("message: a project was talked in").Exec(talkedIn, guard.Args{"project": t.Project, "ahead": tx.Now().Add(talkedAhead)})
	return true, err
}

// own is one of the actor's messages, as far as a change of it needs it.
type own struct {
	where    Where
	root     string
	internal bool
}

// loadOwn gives one of the actor's own messages; NotFound for other people's.
func loadOwn(tx *guard.Tx, id string, kind access.Kind) (o own, err error) {
	parent, visibility := "", ""
	err = tx.One(ownMessage, guard.Args{"id": id, "author_kind": string(kind)}, &o.where.Kind, &o.where.ID, &parent, &visibility)
	o.root, o.internal = cmp.Or(parent, id), visibility == "office"
	return o, err
}
