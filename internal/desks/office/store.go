package officedesk

import (
	"fmt"

	"lintel/internal/core/guard"
)

const (
	// Customer and project are asked of each row that is found: of a join PostgreSQL would sometimes begin with all of them.
	needColumns = `select d.id, d.number, d.title, (select c.name from customers c where c.org = d.org and c.id = d.customer), d.project, d.valid_until, d.viewed_at, d.answered_at, d.updated_at
		from documents d where d.org = :org and d.archived = false `
	bucket        = `(select p.bucket from projects p where p.org = d.org and p.id = d.project and p.archived = false)`
	changesWanted = `exists (select 1 from document_versions v where v.org = d.org and v.document = d.id and v.version = d.sent_version and v.state = 'changes requested')`
	stillWanted   = `and ` + bucket + ` in ('pending', 'current') `
)

// ofWhom are the proposals that a colleague looks after, who is :me and not :viewer, so that guard runs it for nobody but
// staff: their own, and for who leads the firm those whose owner has left.
func ofWhom(name, rest, order string) *guard.Family {
	return guard.NewFamily(name, needColumns+rest,
		guard.Part{Name: "own", Group: "whose", SQL: `and d.owner = :me`},
		guard.Part{Name: "led", Group: "whose", SQL: `and (d.owner = :me or not exists (select 1 from memberships b where b.org = d.org and b.person = d.owner and b.kind = 'staff' and b.state = 'active'))`},
		guard.Part{Name: "first", Group: "order", SQL: order + ` limit :limit`})
}

// Each asks for a state, and not for what was read: it is there until the work is done.
var (
	changesWait = ofWhom("desk proposals sent back", `and d.answered_at > :since and d.state in ('changes requested', 'draft') `+stillWanted+`and `+changesWanted+` `, `order by d.answered_at, d.id`)
	refused     = ofWhom("desk proposals declined", `and d.answered_at > :since and d.state = 'declined' `+stillWanted+`and not exists (select 1 from messages m
		where m.org = d.org and m.thread_kind = 'proposal' and m.thread = d.id and m.author_kind = 'staff' and m.visibility = 'shared' and m.removed_at is null and m.created_at >= d.answered_at) `, `order by d.answered_at, d.id`)
	// A project that waits for another proposal stays where it is on purpose.
	agreed = ofWhom("desk proposals signed, project pending", `and d.answered_at > :since and d.state = 'approved' and `+bucket+` = 'pending' and not exists (select 1 from documents o
		where o.org = d.org and o.project = d.project and o.archived = false and o.state in ('draft', 'sent', 'changes requested')) `, `order by d.answered_at, d.id`)
	expiring = ofWhom("desk proposals in their last days", `and d.state = 'sent' and d.valid_until <> '' and d.valid_until >= :today and d.valid_until <= :until `+stillWanted, `order by d.valid_until, d.id`)
	expired  = ofWhom("desk proposals past their last day", `and d.state = 'expired' and d.valid_until <> '' and d.valid_until >= :from `+stillWanted, `order by d.valid_until, d.id`)
	drafts   = guard.SQL("desk drafts that wait, own", needColumns+`and d.owner = :me and d.state = 'draft' and d.updated_at > :since and d.updated_at < :quiet `+stillWanted+`and not `+changesWanted+`
		order by d.updated_at desc, d.id limit :limit`)

	bouncedContacts = guard.SQL("desk contacts bounced", `select k.id, k.customer, k.name, k.email, c.name, k.bounced_at from contacts k join customers c on c.org = k.org and c.id = k.customer
		where k.org = :org and k.bounced_at is not null and k.archived = false and c.archived = false order by k.bounced_at desc limit :limit`)
	firstSteps = guard.SQL("desk first steps", `select exists (select 1 from customers where org = :org), exists (select 1 from projects where org = :org), exists (select 1 from documents where org = :org)`)
)

func loadProposals(tx *guard.Tx, kind string, statement *guard.Statement, args guard.Args) (needs []Need, err error) {
	args["limit"], args["me"] = mostOfKind, string(tx.Actor().Person())
	err = tx.Each(statement, args, func(row guard.Row) error {
		n := Need{Kind: kind}
		err := row(&n.Document, &n.Number, &n.Title, &n.Who, &n.Project, &n.ValidUntil, &n.ViewedAt, &n.At, &n.UpdatedAt)
		needs = append(needs, n)
		return err
	})
	return needs, wrap("load proposals that need somebody ("+kind+")", err)
}

func loadBounced(tx *guard.Tx) (needs []Need, err error) {
	err = tx.Each(bouncedContacts, guard.Args{"limit": mostOfKind}, func(row guard.Row) error {
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
