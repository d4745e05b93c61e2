package notify

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/id"
)

// Notice is one line of an inbox.
type Notice struct {
	ID        string
	Person    access.PersonID
	Event     string // id of the event it tells of; a person is told of an event once
	Title     string // in the person's language
	URL       string // path in the portal
	Icon      string
	CreatedAt time.Time
	ReadAt    time.Time
}

// Unread reports whether the person has not opened it yet.
func (n Notice) Unread() bool { return n.ReadAt.IsZero() }

// own is which notices somebody may see: their own, and with a link for one document only
// those that lead to it.
const own = `org = :org and person = :viewer and (:item = '' or url like '%/' || :item)`

// ofGranted is own for customers: what a notice tells of must still be granted to them, with
// the module that it belongs to.
var ofGranted = own + ` and exists (select 1 from events e where e.org = :org and e.id = notices.event and ` +
	guard.GrantedBy(moduleOfEvent, "e.customer", "e.project", "e.subject") + ` and ` + guard.Offered(moduleOfEvent) + `)`

const moduleOfEvent = `case when e.kind like 'message.%' then 'messages' else 'documents' end`

var (
	insertNotice = guard.SQL("notice insert", `insert into notices (org, id, person, event, title, url, icon, created_at) values (:org, :id, :person, :event, :title, :url, :icon, :now)
		on conflict (org, person, event) do nothing`)
	noticesOf    = guard.SQL("notices, own", `select id, event, title, url, icon, created_at, read_at from notices where `+own+` order by created_at desc limit 100`)
	unreadOf     = guard.SQL("notices unread, own", `select count(*) from (select 1 from notices where `+own+` and read_at is null limit 100) as unread`)
	readNotice   = guard.SQL("notice read, own", `update notices set read_at = :now where `+own+` and id = :id and read_at is null`)
	readAll      = guard.SQL("notices read all, own", `update notices set read_at = :now where `+own+` and read_at is null`)
	noticeTarget = guard.SQL("notice target, own", `select url from notices where `+own+` and id = :id`)

	noticesSeen = guard.SQL("notices, customer", `select id, event, title, url, icon, created_at, read_at from notices where `+ofGranted+` order by created_at desc limit 100`)
	unreadSeen  = guard.SQL("notices unread, customer", `select count(*) from (select 1 from notices where `+ofGranted+` and read_at is null limit 100) as unread`)
	seenTarget  = guard.SQL("notice target, customer", `select url from notices where `+ofGranted+` and id = :id`)
)

// Tell puts a line into a person's inbox, in the caller's transaction. The same event
// twice is one line.
func Tell(tx *guard.Tx, n Notice) error {
	_, err := tx.Exec(insertNotice, guard.Args{"id": id.New(), "person": string(n.Person), "event": n.Event, "title": n.Title, "url": n.URL, "icon": n.Icon})
	if err != nil {
		return fmt.Errorf("tell %s: %w", n.Person, err)
	}
	return nil
}

// forWhom takes the statement for staff, or the one for everybody whom things are granted to.
func forWhom(tx *guard.Tx, staff, others *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return staff
	}
	return others
}

// Service shows people their inboxes.
type Service struct {
	store *guard.Store
}

// New makes the service.
func New(store *guard.Store) *Service { return &Service{store: store} }

// Inbox lists the actor's newest hundred notices.
func (s *Service) Inbox(ctx context.Context, actor access.Actor) (list []Notice, err error) {
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		return tx.Each(forWhom(tx, noticesOf, noticesSeen), nil, func(row guard.Row) error {
			n := Notice{Person: actor.Person()}
			err := row(&n.ID, &n.Event, &n.Title, &n.URL, &n.Icon, &n.CreatedAt, &n.ReadAt)
			list = append(list, n)
			return err
		})
	})
	return list, err
}

// Unread counts what the actor has not opened, at most 100.
func (s *Service) Unread(ctx context.Context, actor access.Actor) (count int, err error) {
	err = s.store.View(ctx, actor, access.HomeRead, func(tx *guard.Tx) error { return tx.One(forWhom(tx, unreadOf, unreadSeen), nil, &count) })
	return count, err
}

// Open marks a notice as read and gives the path that it leads to. Somebody else's notice
// is NotFound.
func (s *Service) Open(ctx context.Context, actor access.Actor, notice string) (path string, err error) {
	err = s.store.Change(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		if err := tx.One(forWhom(tx, noticeTarget, seenTarget), guard.Args{"id": notice}, &path); err != nil {
			return err
		}
		_, err := tx.Exec(readNotice, guard.Args{"id": notice})
		return err
	})
	return path, err
}

// ReadAll marks the whole inbox as read.
func (s *Service) ReadAll(ctx context.Context, actor access.Actor) error {
	return s.store.Change(ctx, actor, access.HomeRead, func(tx *guard.Tx) error { _, err := tx.Exec(readAll, nil); return err })
}
