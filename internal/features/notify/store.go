package notify

import "lintel/internal/core/guard"

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

	personToTell = guard.SQL("person to tell", `select m.name, m.email, p.language, p.zone from memberships m join people p on p.id = m.person
		where m.org = :org and m.person = :person and m.kind = :kind and m.state = 'active'`)
	customersGranted = guard.SQL("customers who may use a module", `select distinct g.person from grants g
		join memberships m on m.org = g.org and m.person = g.person and m.kind = 'customer' and m.state = 'active'
		where g.org = :org and g.customer = :customer and (g.project = '' or g.project = :project) and g.module in ('*', :module) and g.revoked_at is null
		and `+guard.Offered(":module")+` order by g.person`)
)
