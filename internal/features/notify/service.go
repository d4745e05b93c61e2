package notify

import (
	"context"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/push"
	"lintel/internal/platform/secret"
)

// Service tells people what happened, and shows them their inboxes.
type Service struct {
	store *guard.Store
	means Means
}

// Means is what telling needs from the rest of the program.
type Means struct {
	BaseURL string // the configured address of the portal, without a slash at its end
	Mail    func(*guard.Tx, outbox.Letter) error
	Box     secret.Box // seals held letters, devices and the addresses that end mail
	// Burst is how long a mail waits for others about the same thing. The demo and most tests wait not at all.
	Burst time.Duration
	// Suppressed reports whether an address gave mail back, or complained: it gets no mail that is not needed.
	Suppressed func(tx *guard.Tx, address string) (bool, error)
	Push       *push.Sender // nil: no push
}

// New makes the service.
func New(store *guard.Store, means Means) *Service { return &Service{store: store, means: means} }

// forWhom takes the statement for staff, or the one for everybody whom things are granted to.
func forWhom(tx *guard.Tx, staff, others *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return staff
	}
	return others
}

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
	err = s.store.Glance(ctx, actor, access.HomeRead, func(tx *guard.Tx) error { count, err = Unread(tx); return err })
	return count, err
}

// Unread is Service.Unread in the caller's transaction.
func Unread(tx *guard.Tx) (count int, err error) {
	err = tx.One(forWhom(tx, unreadOf, unreadSeen), nil, &count)
	return count, err
}

// Open marks a notice as read and gives the path that it leads to. Somebody else's notice
// is NotFound.
func (s *Service) Open(ctx context.Context, actor access.Actor, notice string) (path string, err error) {
	err = s.store.Change(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		if err := tx.One(forWhom(tx, noticeTarget, seenTarget), guard.Args{"id": notice}, &path); err != nil {
			return err
		}
		tx.Announce("person:"+string(actor.Person()), false)
		_, err := tx.Exec(readNotice, guard.Args{"id": notice})
		return err
	})
	return path, err
}

// ReadAll marks the whole inbox as read.
func (s *Service) ReadAll(ctx context.Context, actor access.Actor) error {
	return s.store.Change(ctx, actor, access.HomeRead, func(tx *guard.Tx) error {
		tx.Announce("person:"+string(actor.Person()), false)
		_, err := tx.Exec(readAll, nil)
		return err
	})
}

// ReadIn marks the actor's own notices of a project and an activity as read: for pages that show just what they tell of, in
// the transaction that remembers that it was seen.
func ReadIn(tx *guard.Tx, project string, activities ...Activity) error {
	for _, a := range activities {
		read, err := tx.Exec(readInProject, guard.Args{"project": project, "activity": string(a)})
		if err != nil {
			return err
		}
		if read > 0 {
			tx.Announce("person:"+string(tx.Actor().Person()), false)
		}
	}
	return nil
}
