package message

import (
	"context"
	"fmt"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/notify"
	"lintel/internal/features/outbox"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
)

// Subscribers tell people of messages (SY-03, SY-04, SY-09): what a customer writes goes to
// the office, what the office writes to the customer's people who may read messages there, and
// everybody whose name follows an @ hears of just that. elsewhere are the kinds of threads
// whose features tell people themselves.
func (s *Service) Subscribers(inbox *notify.Service, elsewhere ...string) []event.Subscriber {
	return []event.Subscriber{{Name: "tell of messages", Kinds: []string{"message.posted", "message.noted"},
		About:  func(thread string) bool { return s.finders[thread] != nil && !slices.Contains(elsewhere, thread) },
		Handle: func(ctx context.Context, r event.Recorded) error { return s.tell(ctx, inbox, r) }}}
}

// hearer is somebody who is told of a message.
type hearer struct {
	person access.PersonID
	kind   access.Kind
	why    reason
}

type reason int

const (
	written reason = iota
	answered
	mentioned
)

func (s *Service) tell(ctx context.Context, inbox *notify.Service, r event.Recorded) error {
	var p Posted
	if err := r.Read(&p); err != nil {
		return err
	}
	return s.store.Change(ctx, access.NewSystem(r.Org, "tell people of a message"), access.SystemWork, func(tx *guard.Tx) error {
		t, err := s.thread(tx, r.Subject.Kind, r.Subject.ID)
		if fault.Is(err, fault.NotFound) {
			return nil // the thing is gone
		}
		if err != nil {
			return err
		}
		hearers, err := whoHears(tx, t, r, p)
		if err != nil {
			return fmt.Errorf("find who is told of a message: %w", err)
		}
		tellings := make([]notify.Telling, len(hearers))
		for i, h := range hearers {
			if tellings[i], err = telling(ctx, tx, inbox, t, r, p, h); err != nil {
				return err
			}
		}
		return inbox.TellAll(tx, tellings)
	})
}

func whoHears(tx *guard.Tx, t Thread, r event.Recorded, p Posted) (list []hearer, err error) {
	customers, err := notify.CustomersOf(tx, t.Customer, t.Project, access.Messages)
	if err != nil {
		return nil, err
	}
	staff, err := notify.OfficeOf(tx, t.Lead)
	if err != nil {
		return nil, err
	}
	add := func(h hearer) {
		same := func(o hearer) bool { return o.person == h.person && o.kind == h.kind }
		if h.person != "" && !same(hearer{person: r.Person, kind: r.ActorKind}) && !slices.ContainsFunc(list, same) {
			list = append(list, h)
		}
	}
	for _, person := range p.Mentions {
		switch {
		case !slices.Contains(customers, person):
			add(hearer{person, access.Staff, mentioned}) // Tell leaves out who is no colleague any more
		case !p.Internal:
			add(hearer{person, access.Customer, mentioned})
		}
	}
	if p.Parent != "" {
		var author hearer
		if err := tx.One(authorOf, guard.Args{"id": p.Parent}, &author.person, &author.kind); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if author.kind == access.Staff || !p.Internal && slices.Contains(customers, author.person) {
			author.why = answered
			add(author)
		}
	}
	switch {
	case p.Internal:
	case r.ActorKind == access.Customer:
		for _, person := range staff {
			add(hearer{person, access.Staff, written})
		}
	default:
		for _, person := range customers {
			add(hearer{person, access.Customer, written})
		}
	}
	return list, nil
}

// telling is what one of them is told, in their language.
func telling(ctx context.Context, tx *guard.Tx, inbox *notify.Service, t Thread, r event.Recorded, p Posted, h hearer) (notify.Telling, error) {
	ctx, err := inbox.Reader(ctx, tx, h.person, h.kind)
	if err != nil {
		return notify.Telling{}, err
	}
	at := "#message-" + p.Message
	telling := notify.Telling{Person: h.person, Kind: h.kind, Event: r.ID, Activity: notify.Messages, Icon: "message-square", Project: t.Project, URL: t.OfficeURL + at,
		Letter: outbox.Letter{Quote: p.Excerpt, QuoteBy: r.ActorName, Button: i18n.T(ctx, "Read and answer"), AboutKind: t.Kind, About: t.ID, Thread: t.Kind + ":" + t.ID}}
	if h.kind == access.Customer {
		telling.URL = t.CustomerURL + at
	}
	if p.Internal {
		telling.Letter.Thread += ":internal" // what answers a note by mail is a note too
	}
	switch {
	case h.why == mentioned:
		telling.Activity, telling.Icon = notify.Mentions, "at-sign"
		telling.Title = i18n.T(ctx, "{name} mentioned you on {title}", "name", r.ActorName, "title", t.Title)
	case h.why == answered:
		telling.Title = i18n.T(ctx, "{name} answered you on {title}", "name", r.ActorName, "title", t.Title)
	case p.Excerpt == "":
		telling.Title = i18n.N(ctx, p.Files, "{name} sent {n} file on {title}", "{name} sent {n} files on {title}", "name", r.ActorName, "title", t.Title)
	default:
		telling.Title = i18n.T(ctx, "{name} wrote on {title}", "name", r.ActorName, "title", t.Title)
	}
	if p.Internal {
		telling.Letter.Notes = []string{i18n.T(ctx, "This is an internal note. The customer does not see it.")}
	}
	return telling, nil
}
