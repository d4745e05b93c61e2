package incoming

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

var (
	countAddress  = guard.SQL("whether an address for answers is known", `select count(*) from reply_addresses where org = :org and id = :id`)
	insertAddress = guard.SQL("make an address for answers", `insert into reply_addresses (org, id, person, thread_kind, thread, internal, created_at)
		values (:org, :id, :person, :kind, :thread, :internal, :now) on conflict (org, id) do nothing`)
	addressByID = guard.AcrossSQL("what an address for answers names", `select org, person, thread_kind, thread, internal from reply_addresses where id = :id`)
)

// A mail comes in before it is known whose it is.
var (
	insertMail = guard.AcrossSQL("keep a mail that came in", `insert into incoming_mails (org, id, mark, state, recipient, envelope_from, remote, helo, cut, person, thread_kind, thread, internal, raw, size, created_at)
		values (:firm, :id, :mark, 'received', :recipient, :envelope_from, :remote, :helo, :cut, :person, :kind, :thread, :internal, :raw, :size, :now) on conflict (mark) do nothing`)
	looseMail = guard.AcrossSQL("mail of nobody yet", `select `+columns+` from incoming_mails m where m.org = '' and m.id = :id and m.state = 'received'`)
	moveMail  = guard.AcrossSQL("give a mail to an organisation", `update incoming_mails set org = :firm where org = '' and id = :id and state = 'received'`)
	settleOne = guard.AcrossSQL("settle a mail of nobody", `update incoming_mails set state = :state, reason = :reason, detail = :detail, sender = :sender, sender_name = :sender_name, subject = :subject,
		excerpt = :excerpt, files = :files, settled_at = :now where org = '' and id = :id and state = 'received'`)
	firmsOfSender = guard.AcrossSQL("organisations that know a sender", `select c.org from contacts c where c.email_folded = :sender and c.email_folded <> '' and c.archived = false
		union select m.org from people p join memberships m on m.person = p.id and m.state = 'active' and m.kind in ('staff', 'customer') where p.email_folded = :sender`)
	looseCount = guard.AcrossSQL("mails that nobody gets", `select count(*) from incoming_mails where org = '' and state = 'dropped' and created_at > :since and reason = 'nobody'`)
)

const columns = `m.id, m.state, m.reason, m.detail, m.recipient, m.person, m.thread_kind, m.thread, m.internal, m.sender, m.sender_name, m.subject, m.excerpt, m.proof, m.files, m.size, m.message,
	m.handled_by, m.created_at, m.settled_at, m.envelope_from, m.remote, m.helo, m.cut, m.raw`

// Only the office and the program read these.
var (
	mailToRead = guard.SQL("mail to read", `select `+columns+` from incoming_mails m where m.org = :org and m.id = :id and m.state = 'received'`)
	mailByID   = guard.SQL("incoming mail", `select `+columns+` from incoming_mails m where m.org = :org and m.id = :id`)
	mailsIn    = guard.SQL("incoming mails of a state", `select `+columns+` from incoming_mails m where m.org = :org and m.state = :state order by m.created_at desc, m.id desc limit 200`)
	countIn    = guard.SQL("number of incoming mails of a state", `select count(*) from (select 1 from incoming_mails where org = :org and state = :state limit 100) as capped`)
	countSince = guard.SQL("unmatched mails since", `select count(*) from (select 1 from incoming_mails where org = :org and state = 'unmatched' and created_at > :since limit 100) as capped`)

	settleMail = guard.SQL("settle an incoming mail", `update incoming_mails set state = :state, reason = :reason, detail = :detail, sender = :sender, sender_name = :sender_name, subject = :subject,
		excerpt = :excerpt, proof = :proof, files = :files, message = :message, settled_at = :now where org = :org and id = :id and state = 'received'`)
	placeMail = guard.SQL("place an incoming mail", `update incoming_mails set state = 'posted', message = :message, handled_by = :by, detail = :detail, settled_at = :now where org = :org and id = :id and state = 'unmatched'`)
	asideMail = guard.SQL("set an incoming mail aside", `update incoming_mails set state = 'aside', handled_by = :by, settled_at = :now where org = :org and id = :id and state = 'unmatched'`)
	backMail  = guard.SQL("take an incoming mail up again", `update incoming_mails set state = 'unmatched', handled_by = '', settled_at = :now where org = :org and id = :id and state in ('aside', 'dropped') and raw <> ''`)

	postedSince = guard.SQL("answers by mail since", `select count(*) from incoming_mails where org = :org and person = :person and thread = :thread and created_at > :since and state = 'posted'`)
	addressesOf = guard.SQL("addresses of a person", `select p.email_folded from memberships o join people p on p.id = o.person where o.org = :org and o.person = :person and o.state = 'active'
		union select lower(m.email) from memberships m where m.org = :org and m.person = :person and m.state = 'active'
		union select c.email_folded from contacts c where c.org = :org and c.person = :person and c.archived = false`)
)

// Where a mail can be placed: as a person of a customer, in a project whose messages they may
// write. Once by who wrote it, once by the beginning of a project's name.
const places = `select p.id, p.number, p.name, m.person, m.name, p.updated_at from grants g
	join memberships m on m.org = g.org and m.person = g.person and m.kind = 'customer' and m.state = 'active'
	join projects p on p.org = g.org and p.customer = g.customer and (g.project = '' or g.project = p.id) and p.archived = false`

var (
	placesOfSender = guard.SQL("places for the mail of a sender", places+` where g.org = :org and g.revoked_at is null and g.module in ('*', '`+string(access.Messages)+`') and g.person in (
		select c.person from contacts c where c.org = :org and c.email_folded = :sender and c.archived = false and c.person <> ''
		union select f.id from people f where f.email_folded = :sender) order by p.updated_at desc, p.id, m.person limit 100`)
	placesByName = guard.SQL("places for a mail by name", `select p.id, p.number, p.name, m.person, m.name, p.updated_at from projects p
		join grants g on g.org = p.org and g.customer = p.customer and (g.project = '' or g.project = p.id) and g.revoked_at is null and g.module in ('*', '`+string(access.Messages)+`')
		join memberships m on m.org = g.org and m.person = g.person and m.kind = 'customer' and m.state = 'active'
		where p.org = :org and p.archived = false and p.folded >= :from and p.folded < :until order by p.folded, p.id, m.person limit 100`)
)

// What is forgotten, and what was stored and never noted.
var (
	oldMails = guard.AcrossSQL("incoming mails to forget", `select org, id, raw from incoming_mails where raw <> '' and created_at < :before and state not in ('received', 'unmatched') order by created_at limit 500`)
	forget   = guard.AcrossSQL("forget an incoming mail", `update incoming_mails set raw = '', excerpt = '' where org = :firm and id = :id`)
	idExists = guard.AcrossSQL("whether an incoming mail is noted", `select count(*) from incoming_mails where id = :id and raw <> ''`)
)

func scan(row guard.Row) (m Mail, err error) {
	err = row(m.targets()...)
	return m, err
}

func (m *Mail) targets() []any {
	return []any{&m.ID, &m.State, &m.Reason, &m.Detail, &m.Recipient, &m.Person, &m.Thread.Kind, &m.Thread.ID, &m.Internal, &m.Sender, &m.SenderName, &m.Subject, &m.Excerpt, &m.Proof, &m.Files, &m.Size,
		&m.Message, &m.HandledBy, &m.ReceivedAt, &m.SettledAt, &m.envelopeFrom, &m.remote, &m.helo, &m.cut, &m.raw}
}

func loadMail(tx *guard.Tx, statement *guard.Statement, id string) (m Mail, err error) {
	err = tx.One(statement, guard.Args{"id": id}, m.targets()...)
	return m, err
}
