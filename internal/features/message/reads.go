package message

import (
	"context"
	"fmt"
	"strings"
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

	// Of each project at most this many are counted: "99+".
	mostUnread = 100
)

var (
	seenByOffice   = guard.SQL("conversation seen by the office", markSeen+` values (:org, :thread, :kind, :viewer, 'staff', :thread_item, :customer, :project, :seen_at)`+furthest)
	seenByCustomer = guard.SQL("conversation seen by a customer", markSeen+` select :org, :thread, :kind, :viewer, 'customer', :thread_item, :customer, :project, cast(:seen_at as bigint)
		where `+guard.Granted(access.Messages, ":customer", ":project", ":thread_item")+furthest)
	readersForOffice   = guard.SQL("who has seen conversations, for the office", seen+`:ids)`+fmt.Sprintf(newestSeen, ":person"))
	readersForCustomer = guard.SQL("who has seen conversations, for a customer", seen+`:ids) and `+guard.Granted(access.Messages, "r.customer", "r.project", "r.item")+fmt.Sprintf(newestSeen, ":viewer"))

	// whose messages a mark is news to: of those that a page shows, with an author in the portal
	seenBefore         = guard.SQL("how far a person has read a conversation", `select coalesce(max(r.seen_at), 0) from thread_reads r where r.org = :org and r.thread = :thread and r.thread_kind = :kind and r.person = :viewer and r.kind = :as`)
	authorsForOffice   = guard.SQL("authors of messages just seen, for the office", authorsSeen(""))
	authorsForCustomer = guard.SQL("authors of messages just seen, for a customer", authorsSeen(visible))

	unreadForOffice   = guard.SQL("unread messages of projects for the office", unreadIn(` where t.org = :org and t.project in (:ids)`, "", ":person", "'staff'"))
	unreadForCustomer = guard.SQL("unread messages of projects for a customer", unreadIn(` join projects p on p.org = t.org and p.id = t.project where t.org = :org and t.project in (:ids) and `+guard.Granted(access.Messages, "p.customer", "p.id", "p.id"),
		` and m.visibility = 'shared' and (:item = '' or :item = m.item)`, ":viewer", "'customer'"))
)

func authorsSeen(shown string) string {
	return fmt.Sprintf(`select distinct capped.author from (select m.author`+inThread+` and m.created_at > :since and m.created_at <= :latest and m.removed_at is null%s
		order by m.created_at desc limit %d) capped where capped.author <> ''`, shown, mostShown)
}

// unreadIn counts what others have written in projects since the person has seen the thread that
// it stands in; for one never seen, since they joined. It looks in each thread at what is
// unread alone, by an index: what was read costs nothing, however much it is. How far each was
// read is found before counting, because PostgreSQL looks into no index for what a question
// below a policy answers.
func unreadIn(of, shown, person, kind string) string {
	return fmt.Sprintf(`with marked(project, thread, since) as materialized (select t.project, t.thread, coalesce(
			(select max(r.seen_at) from thread_reads r where r.org = :org and r.person = %[3]s and r.kind = %[4]s and r.thread = t.thread), cast(:joined as bigint))
			from threads t%[1]s)
		select marked.project, (select count(*) from (select 1 from messages m where m.org = :org and m.project = marked.project and m.thread = marked.thread and m.created_at > marked.since
			and m.removed_at is null and not (m.author = %[3]s and m.author_kind = %[4]s)%[2]s order by m.created_at limit %[5]d) unread)
		from marked`, of, shown, person, kind, mostUnread)
}

// Reader is somebody who has had a thread on the screen.
type Reader struct {
	Person access.PersonID
	Kind   access.Kind
	Name   string
	SeenAt time.Time // when the newest message that they saw was written
}

// Unread counts, for each of the projects in which there are any, the messages that the actor, who
// joined at an instant, has not seen, at most 100 of each: who shows more than 99 writes "99+".
func Unread(tx *guard.Tx, projects []string, joined time.Time) (map[string]int, error) {
	out := map[string]int{}
	if len(projects) == 0 || !tx.May(access.MessagesRead) {
		return out, nil
	}
	statement, args := unreadForCustomer, guard.Args{"ids": guard.List(projects), "joined": joined.UnixMicro()}
	if tx.Actor().SeesWholeOrganisation() {
		statement, args["person"] = unreadForOffice, string(tx.Actor().Person())
	}
	err := tx.Each(statement, args, func(row guard.Row) error {
		project, n := "", 0
		if err := row(&project, &n); err != nil {
			return err
		}
		if n > 0 {
			out[project] = min(out[project]+n, mostUnread)
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
		args := guard.Args{"kind": t.Kind, "thread": t.ID, "as": string(actor.Kind())}
		before := int64(0)
		if err := tx.One(seenBefore, args, &before); err != nil {
			return fmt.Errorf("read what was seen: %w", err)
		}
		further, err := tx.Exec(pick(tx, seenByOffice, seenByCustomer), guard.Args{"kind": t.Kind, "thread": t.ID, "thread_item": t.Item, "customer": t.Customer, "project": t.Project, "seen_at": upTo})
		if err != nil {
			return fmt.Errorf("note what was seen: %w", err)
		}
		if further == 0 {
			return nil
		}
		if err := tellAuthors(tx, t, before, upTo); err != nil {
			return err
		}
		if t.Kind != "project" || t.Project == "" {
			return nil
		}
		return notify.ReadIn(tx, t.Project, notify.Messages, notify.Mentions)
	})
}

// Receipts is the topic of an open page on which somebody may have messages of their own: it changes when another has seen
// them. Each hears their own alone, so that what many have seen draws few pages anew.
func Receipts(person access.PersonID, project string) string {
	return receipts + ":" + string(person) + "/" + project
}

const receipts = "receipts"

// OwnReceipts is the rule of that topic.
func OwnReceipts(tx *guard.Tx, id string) error {
	if person, _, _ := strings.Cut(id, "/"); person == "" || person != string(tx.Actor().Person()) {
		return fault.New(fault.NotFound, "There is no conversation here.")
	}
	return nil
}

// tellAuthors lets the open pages of those whose messages were just seen for the first time by the actor say so.
func tellAuthors(tx *guard.Tx, t Thread, before int64, upTo time.Time) error {
	args := guard.Args{"kind": t.Kind, "thread": t.ID, "since": before, "latest": upTo}
	err := tx.Each(pick(tx, authorsForOffice, authorsForCustomer), args, func(row guard.Row) error {
		author := access.PersonID("")
		if err := row(&author); err != nil {
			return err
		}
		if author != tx.Actor().Person() {
			tx.Announce(Receipts(author, t.Project), false)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find whose messages were seen: %w", err)
	}
	return nil
}

// readersOf gives who has seen each of the threads, as far as the actor sees them.
func readersOf(tx *guard.Tx, threads []string) (map[Where][]Reader, error) {
	out := map[Where][]Reader{}
	if len(threads) == 0 {
		return out, nil
	}
	statement, args := readersForCustomer, guard.Args{"ids": guard.List(threads)}
	if tx.Actor().SeesWholeOrganisation() {
		statement, args = readersForOffice, guard.Args{"ids": guard.List(threads), "person": string(tx.Actor().Person())}
	}
	err := tx.Each(statement, args, func(row guard.Row) error {
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
