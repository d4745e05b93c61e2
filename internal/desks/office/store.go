package officedesk

import (
	"fmt"
	"time"

	"lintel/internal/core/guard"
)

var (
	answersUnread = guard.SQL("desk answers unread, own", `select n.id, n.title, n.created_at, e.kind from notices n join events e on e.org = n.org and e.id = n.event
		where n.org = :org and n.person = :viewer and n.read_at is null and e.kind in ('proposal.changes_requested', 'proposal.declined', 'proposal.approved')
		order by n.created_at desc limit 6`)
	expiringSoon = guard.SQL("desk proposals expiring", `select d.id, d.number, d.title, c.name, d.valid_until, d.viewed_at from documents d join customers c on c.org = d.org and c.id = d.customer
		where d.org = :org and d.archived = false and d.state = 'sent' and d.valid_until >= :today and d.valid_until <= :until order by d.valid_until, d.id limit 6`)
	bouncedContacts = guard.SQL("desk contacts bounced", `select k.id, k.customer, k.name, k.email, c.name, k.bounced_at from contacts k join customers c on c.org = k.org and c.id = k.customer
		where k.org = :org and k.bounced_at is not null and k.archived = false and c.archived = false order by k.bounced_at desc limit 6`)
	firstSteps = guard.SQL("desk first steps", `select exists (select 1 from customers where org = :org), exists (select 1 from projects where org = :org), exists (select 1 from documents where org = :org)`)
)

func loadAnswers(tx *guard.Tx) (needs []Need, err error) {
	err = tx.Each(answersUnread, nil, func(row guard.Row) error {
		n := Need{}
		err := row(&n.Notice, &n.Title, &n.At, &n.Kind)
		needs = append(needs, n)
		return err
	})
	return needs, wrap("load answers", err)
}

func loadExpiring(tx *guard.Tx, today time.Time) (needs []Need, err error) {
	args := guard.Args{"today": today.Format(time.DateOnly), "until": today.AddDate(0, 0, soon).Format(time.DateOnly)}
	err = tx.Each(expiringSoon, args, func(row guard.Row) error {
		n := Need{Kind: Expiring}
		err := row(&n.Document, &n.Number, &n.Title, &n.Who, &n.ValidUntil, &n.ViewedAt)
		needs = append(needs, n)
		return err
	})
	return needs, wrap("load expiring proposals", err)
}

func loadBounced(tx *guard.Tx) (needs []Need, err error) {
	err = tx.Each(bouncedContacts, nil, func(row guard.Row) error {
		n := Need{Kind: Bounced}
		err := row(&n.Contact, &n.Customer, &n.Who, &n.Email, &n.Title, &n.At)
		needs = append(needs, n)
		return err
	})
	return needs, wrap("load bounced contacts", err)
}

func loadSteps(tx *guard.Tx) (s Steps, err error) {
	err = tx.One(firstSteps, nil, &s.Customer, &s.Project, &s.Proposal)
	return s, wrap("load first steps", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
