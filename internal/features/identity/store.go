package identity

import "lintel/internal/core/guard"

// The statements of a request: who is this browser in the organisation of the path.
var (
	// whoIsIt answers one row for each capacity in which the browser may act there, and one
	// row of the organisation alone when there is none.
	whoIsIt = guard.AcrossSQL("who is this browser", `
		select o.id, o.slug, o.name, o.language, o.zone, o.currency, o.theme, o.logo, o.link_policy,
			coalesce(s.id, ''), s.last_seen_at, coalesce(e.org, ''), coalesce(e.person, ''), coalesce(e.proof, ''), coalesce(e.item, ''), e.created_at,
			coalesce(m.kind, ''), coalesce(m.role, ''), coalesce(m.name, ''), coalesce(m.email, ''), coalesce(l.id, ''), l.revoked_at, coalesce(e.link, ''),
			coalesce(c.id, '')
		from organisations o
		left join sessions s on s.token_hash = :session and s.revoked_at is null
		left join session_entries e on e.session = s.id and e.org in (o.id, '*')
		left join memberships m on m.org = o.id and m.person = e.person and m.state = 'active' and (m.kind = e.kind or e.kind = '')
		left join links l on l.org = o.id and l.id = e.link
		left join confirmed_browsers c on c.browser_hash = :browser and c.person = e.person and c.revoked_at is null and c.expires_at > :now
		where o.slug = :slug`)
	onlyOrganisation = guard.AcrossSQL("organisation of a path", `
		select id, slug, name, language, zone, currency, theme, logo from organisations where slug = :slug`)

	noteSeen       = guard.AcrossSQL("note when a session was seen", `update sessions set last_seen_at = :at, expires_at = :ends where id = :id and last_seen_at < :at`)
	noteMemberSeen = guard.AcrossSQL("note when a member was seen", `update memberships set last_seen_at = :at
		where org = :org and person = :person and kind = :kind and (last_seen_at is null or last_seen_at < :at)`)
)

// People and memberships. The people table has no organisation; its statements bind :org
// all the same, because only an actor of some organisation may run them.
var (
	addPerson = guard.SQL("add a person", `insert into people (id, email, email_folded, created_at)
		select :id, :email, :folded, :now where :org <> '' on conflict (email_folded) do nothing`)
	personByAddress = guard.SQL("person by address", `select p.id from people p where p.email_folded = :folded and :org <> ''`)
	putMembership   = guard.SQL("put a membership", `insert into memberships (org, person, kind, role, name, email, state, created_at)
		values (:org, :person, :kind, :role, :name, :email, 'active', :now)
		on conflict (org, person, kind) do update set role = excluded.role, name = excluded.name, email = excluded.email, state = 'active', removed_at = null`)
	removeMembership = guard.SQL("remove a membership", `update memberships set state = 'removed', removed_at = :now
		where org = :org and person = :person and kind = :kind and state <> 'removed'`)
	dropEntries = guard.SQL("drop the entries of a person", `delete from session_entries where org = :org and person = :person`)

	memberColumns = `select m.person, m.kind, m.role, m.name, m.email, m.title, m.phone, m.state, m.created_at, m.last_seen_at from memberships m `
	staffMembers  = guard.SQL("staff members", memberColumns+`where m.org = :org and m.kind = 'staff' and m.state = 'active' order by m.name, m.person`)
	memberships   = guard.SQL("memberships of a person", memberColumns+`where m.org = :org and m.person = :person and m.state = 'active' order by m.kind`)

	addGrant = guard.SQL("add a grant", `insert into grants (org, id, person, customer, project, created_at, created_by)
		select :org, :id, :person, :customer, :project, :now, :by where :org <> ''
		on conflict (org, person, customer, project, module) where revoked_at is null do nothing`)
	revokeGrants = guard.SQL("revoke grants of a person", `update grants set revoked_at = :now, revoked_by = :by, reason = :reason
		where org = :org and person = :person and customer = :customer and revoked_at is null`)
	revokeAllGrants = guard.SQL("revoke all grants of a person", `update grants set revoked_at = :now, revoked_by = :by, reason = 'no longer a member'
		where org = :org and person = :person and revoked_at is null`)
	grantsOf = guard.SQL("grants of a person", `select g.customer, g.project, g.created_at from grants g
		where g.org = :org and g.person = :person and g.revoked_at is null order by g.created_at, g.id`)

	setPassword = guard.SQL("set a password", `update people set password = :hash, password_at = :now where id = :person and :org <> ''`)
)

// Links as the office sees and makes them.
var (
	linkDays = guard.SQL("days that a link works", `select link_days from organisations where id = :org`)
	addLink  = guard.SQL("add a link", `insert into links (org, id, person, purpose, item_kind, item, token_hash, browser_hash, sent_to, created_by, created_at, expires_at)
		values (:org, :id, :person, :purpose, :about_kind, :about, :token_hash, :browser, :sent_to, :by, :now, :expires_at)`)

	linkColumns = `select l.id, l.person, m.name, m.email, l.purpose, l.item_kind, l.item, l.created_at, l.expires_at, l.revoked_at, l.entered_at, l.entered_count
		from links l join memberships m on m.org = l.org and m.person = l.person and m.kind = 'customer' `
	linksOfItem = guard.SQL("links of an item", linkColumns+`where l.org = :org and l.item = :about and l.purpose in ('document', 'portal')
		order by l.created_at desc, l.id desc`)
	linksOfPerson = guard.SQL("links of a person", linkColumns+`where l.org = :org and l.person = :person and l.purpose in ('document', 'portal')
		order by l.created_at desc, l.id desc`)
	linkByID            = guard.SQL("link by id", linkColumns+`where l.org = :org and l.id = :id and l.purpose in ('document', 'portal')`)
	revokeLink          = guard.SQL("revoke a link", `update links set revoked_at = :now, revoked_by = :by where org = :org and id = :id and revoked_at is null`)
	revokeLinksOfPerson = guard.SQL("revoke the links of a person", `update links set revoked_at = :now, revoked_by = :by
		where org = :org and person = :person and revoked_at is null and expires_at > :now`)
)
