package notify

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/id"
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
}

// New makes the service.
func New(store *guard.Store, means Means) *Service { return &Service{store: store, means: means} }

// Tell tells a person of an event, in the caller's transaction, once. Who is no member of that kind (any more) is told
// nothing. System and staff only.
func (s *Service) Tell(tx *guard.Tx, t Telling) error {
	to, err := readerOf(tx, t.Person, t.Kind)
	if fault.Is(err, fault.NotFound) {
		return nil // no member of that kind (any more)
	}
	if err != nil {
		return fmt.Errorf("look who is told: %w", err)
	}
	stored, err := tx.Exec(insertNotice, guard.Args{"id": id.New(), "person": string(t.Person), "event": t.Event, "title": t.Title, "url": t.URL, "icon": t.Icon})
	if err != nil {
		return fmt.Errorf("tell %s: %w", t.Person, err)
	}
	if stored == 0 {
		return nil
	}
	tx.Announce("person:"+string(t.Person), false)
	letter, err := s.letterOf(tx, t, to)
	if err != nil {
		return err
	}
	return s.means.Mail(tx, letter)
}

// letterOf fills in what the caller has left to it.
func (s *Service) letterOf(tx *guard.Tx, t Telling, to reader) (outbox.Letter, error) {
	ctx := to.in(context.Background(), tx.Now())
	l := t.Letter
	l.Person, l.To, l.ToName = t.Person, cmp.Or(l.To, to.email), cmp.Or(l.ToName, to.name)
	l.Language = cmp.Or(l.Language, to.language)
	l.Subject, l.Title = cmp.Or(l.Subject, shortened(t.Title)), cmp.Or(l.Title, t.Title)
	l.Mark = cmp.Or(l.Mark, "event "+t.Event+" to "+string(t.Person))
	if l.Button == "" {
		l.Button = i18n.T(ctx, "Open it in the portal")
	}
	if l.URL != "" {
		return l, nil
	}
	path, err := wayIn(tx, t)
	l.URL = s.means.BaseURL + path
	return l, err
}

// wayIn is the path behind a mail's button: for customers a personal link, because many of them have no password.
func wayIn(tx *guard.Tx, t Telling) (string, error) {
	if t.Kind != access.Customer {
		return t.URL, nil
	}
	if t.Project == "" {
		return identity.MakeLink(tx, identity.LinkRequest{Person: t.Person, Purpose: identity.ForPortal})
	}
	return identity.MakeLink(tx, identity.LinkRequest{Person: t.Person, Purpose: identity.ForDocument, ItemKind: "project", Item: t.Project})
}

const longestSubject = 150

// shortened makes a sentence fit the subject of a mail.
func shortened(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= longestSubject {
		return string(runes)
	}
	return string(runes[:longestSubject-1]) + "…"
}

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
