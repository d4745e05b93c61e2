package identity

import "lintel/internal/core/guard"

// A look at the portal as somebody else is an entry beside the browser's own.
var (
	startLook = guard.SQL("start a look", `insert into session_entries (session, org, person, kind, proof, created_at, seen_by)
		select :session, :org, :person, 'customer', 'link', :now, :by where :org <> ''`)
	lookOf = guard.SQL("the look of a browser", `select e.person, coalesce((select m.name from memberships m where m.org = :org and m.person = e.person and m.kind = 'customer'), '')
		from session_entries e where e.session = :session and e.org = :org and e.seen_by = :by`)
	stopLook = guard.SQL("stop a look", `delete from session_entries where session = :session and org = :org and seen_by = :by`)
	endLook  = guard.SQL("end a look", `delete from session_entries where person = :person and org = :org and seen_by = :by and created_at = :since`)
)

// Portals of a browser, and of a person. A technician enters by their own link only.
var (
	openPortals = guard.AcrossSQL("portals that a browser may enter", `select o.id, o.slug, o.name, o.theme, o.logo, m.kind from sessions s
		join session_entries e on e.session = s.id and e.seen_by = ''
		join memberships m on m.person = e.person and m.state = 'active' and (m.kind = e.kind or e.kind = '' and m.kind <> 'technician')
		join organisations o on o.id = m.org and e.org in (o.id, '*')
		left join links l on l.org = o.id and l.id = e.link
		where s.token_hash = :session and s.revoked_at is null and (e.link = '' or l.id is not null and l.revoked_at is null) order by m.kind desc, o.id`)
	memberPortals = guard.AcrossSQL("portals of a person", `select o.id, o.slug, o.name, o.theme, o.logo, m.kind from memberships m
		join organisations o on o.id = m.org where m.person = :person and m.state = 'active' order by m.kind desc, o.id`)
)

// Who may read something, and what the office knows of a person's access.
var (
	staffAbilities = guard.SQL("what staff may do", `select m.person, m.name, m.email, m.role, coalesce(r.name, ''), coalesce(r.id, ''), coalesce(r.permissions, '')
		from memberships m`+roleOfMember+`where m.org = :org and m.kind = 'staff' and m.state = 'active' order by m.name, m.person`)
	liveTokens = guard.SQL("live tokens", `select t.person, t.name, t.scopes from api_tokens t
		where t.org = :org and t.revoked_at is null and (t.expires_at is null or t.expires_at > :now) order by t.name, t.id`)
	holdersOf = guard.SQL("who is granted something of a customer", `select m.person, m.name, m.email, m.last_seen_at, m.modules, (select o.modules from organisations o where o.id = :org),
		g.project, g.module, g.created_at, coalesce((select b.name from memberships b where b.org = g.org and b.person = g.created_by and b.kind = 'staff'), ''),
		(select count(*) from people p where p.id = g.person and p.password <> '') + (select count(*) from passkeys k where k.person = g.person)
		from grants g join memberships m on m.org = g.org and m.person = g.person and m.kind = 'customer' and m.state = 'active'
		where g.org = :org and g.customer = :customer and g.revoked_at is null order by m.name, m.person, g.project, g.id`)
	seatsOf = guard.SQL("browsers of a person", `select s.id, e.org, s.agent, s.created_at, s.last_seen_at, e.proof from session_entries e join sessions s on s.id = e.session
		where e.person = :person and e.org in (:org, '*') and e.seen_by = '' and s.revoked_at is null and s.expires_at > :now and s.last_seen_at > :idle order by s.last_seen_at desc, s.id`)
	everyMembership = guard.SQL("all that a person is or was here", memberColumns+`where m.org = :org and m.person = :person order by m.kind`)
)
