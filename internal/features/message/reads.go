package message

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/platform/fault"
)

const (
	markSeen = `insert into thread_reads (org, thread, thread_kind, person, kind, item, customer, project, seen_at)`
	furthest = ` on conflict (org, thread, thread_kind, person, kind) do update set seen_at = excluded.seen_at where thread_reads.seen_at < excluded.seen_at`
	seen     = `select r.thread_kind, r.thread, r.person, r.kind, b.name, r.seen_at from thread_reads r join memberships b on b.org = r.org and b.person = r.person and b.kind = r.kind
		where r.org = :org and r.thread in (`

	// whoever asks comes first, however many have seen it
	newestSeen = ` order by case when r.person = %s then 0 else 1 end, r.seen_at desc limit 200`

	// Of each project the newest thirty messages are looked at: that there is more is said in
	// the same breath, and a page of projects costs the same however much was written.
	mostUnread = 30
)

var (
	seenByOffice   = guard.SQL("conversation seen by the office", markSeen+` values (:org, :thread, :kind, :viewer, 'staff', :thread_item, :customer, :project, :seen_at)`+furthest)
	seenByCustomer = guard.SQL("conversation seen by a customer", markSeen+` select :org, :thread, :kind, :viewer, 'customer', :thread_item, :customer, :project, cast(:seen_at as bigint)
		where `+guard.Granted(access.Messages, ":customer", ":project", ":thread_item")+furthest)
	readersForOffice   = guard.SQL("who has seen conversations, for the office", seen+places()+`)`+fmt.Sprintf(newestSeen, ":person"))
	readersForCustomer = guard.SQL("who has seen conversations, for a customer", seen+places()+`) and `+guard.Granted(access.Messages, "r.customer", "r.project", "r.item")+fmt.Sprintf(newestSeen, ":viewer"))

	unreadForOffice   = guard.SQL("unread messages of projects for the office", unreadIn("", ":person", "'staff'")+`)`)
	unreadForCustomer = guard.SQL("unread messages of projects for a customer", unreadIn(` and m.visibility = 'shared' and (:item = '' or :item = m.item)`, ":viewer", "'customer'")+`)
		and `+guard.Granted(access.Messages, "p.customer", "p.id", "p.id"))
)

// unreadIn counts what others have written in a project since the person has seen the thread
// that it stands in; for one never seen, since they became a member.
func unreadIn(shown, person, kind string) string {
	return fmt.Sprintf(`select p.id, (select count(*) from (select m.author, m.author_kind, m.thread_kind, m.thread, m.created_at from messages m
			where m.org = :org and m.project = p.id and m.removed_at is null%s order by m.created_at desc limit %d) unread
		where not (unread.author = %[3]s and unread.author_kind = %[4]s) and unread.created_at > coalesce(
			(select r.seen_at from thread_reads r where r.org = :org and r.thread = unread.thread and r.thread_kind = unread.thread_kind and r.person = %[3]s and r.kind = %[4]s),
			(select b.created_at from memberships b where b.org = :org and b.person = %[3]s and b.kind = %[4]s), 0))
		from projects p where p.org = :org and p.id in (%[5]s`, shown, mostUnread, person, kind, places())
}

// Reader is somebody who has had a thread on the screen.
type Reader struct {
	Person access.PersonID
	Kind   access.Kind
	Name   string
	SeenAt time.Time // when the newest message that they saw was written
}

// Unread counts, for each of the projects in which there are any, the messages that the actor
// has not seen, at most 30 of each.
func Unread(tx *guard.Tx, projects []string) (map[string]int, error) {
	out := map[string]int{}
	if !tx.May(access.MessagesRead) {
		return out, nil
	}
	statement, args := unreadForCustomer, guard.Args(nil)
	if tx.Actor().SeesWholeOrganisation() {
		statement, args = unreadForOffice, guard.Args{"person": string(tx.Actor().Person())}
	}
	err := inBatches(tx, statement, projects, args, func(row guard.Row) error {
		project, n := "", 0
		if err := row(&project, &n); err != nil {
			return err
		}
		if n > 0 {
			out[project] = n
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count unread messages: %w", err)
	}
	return out, nil
}

// MarkSeen notes that the actor has had a thread on the screen up to the message that was
// written at an instant; of a project's thread also that they need not be told of its messages
// any more. Earlier instants than the last one change nothing. Staff and
// customers; NotFound for a thing that the actor does not see.
func (s *Service) MarkSeen(ctx context.Context, actor access.Actor, kind, threadID string, upTo time.Time) error {
	return s.store.Change(ctx, actor, access.MessagesRead, func(tx *guard.Tx) error {
		t, err := s.thread(tx, kind, threadID)
		if err != nil {
			return err
		}
		if upTo.IsZero() {
			return fault.New(fault.Invalid, "The form could not be read. Please try again.")
		}
		if upTo.After(tx.Now()) {
			upTo = tx.Now()
		}
		further, err := tx.Exec(pick(tx, seenByOffice, seenByCustomer), guard.Args{"kind": t.Kind, "thread": t.ID, "thread_item": t.Item, "customer": t.Customer, "project": t.Project, "seen_at": upTo})
		if err != nil {
			return fmt.Errorf("note what was seen: %w", err)
		}
		if further == 0 || t.Kind != "project" || t.Project == "" {
			return nil
		}
		return notify.ReadIn(tx, t.Project, notify.Messages, notify.Mentions)
	})
}

// readersOf gives who has seen each of the threads, as far as the actor sees them.
func readersOf(tx *guard.Tx, threads []string) (map[Where][]Reader, error) {
	out := map[Where][]Reader{}
	statement, args := readersForCustomer, guard.Args(nil)
	if tx.Actor().SeesWholeOrganisation() {
		statement, args = readersForOffice, guard.Args{"person": string(tx.Actor().Person())}
	}
	err := inBatches(tx, statement, threads, args, func(row guard.Row) error {
		var w Where
		var r Reader
		err := row(&w.Kind, &w.ID, &r.Person, &r.Kind, &r.Name, &r.SeenAt)
		out[w] = append(out[w], r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load who has seen it: %w", err)
	}
	return out, nil
}

// seenBy names those who have seen a message, without its author and whoever asks. Customers
// never see an internal note, however far they have read.
func seenBy(m Message, readers []Reader, viewer access.Actor) (names []string) {
	for _, r := range readers {
		self := r.Person == viewer.Person() && r.Kind == viewer.Kind()
		author := r.Person == m.Author && r.Kind == m.AuthorKind
		if self || author || r.SeenAt.Before(m.PostedAt) || m.Internal && r.Kind != access.Staff {
			continue
		}
		names = append(names, r.Name)
	}
	return names
}

// seenUpTo gives how far the viewer has read; zero for never.
func seenUpTo(readers []Reader, viewer access.Actor) time.Time {
	for _, r := range readers {
		if r.Person == viewer.Person() && r.Kind == viewer.Kind() {
			return r.SeenAt
		}
	}
	return time.Time{}
}
