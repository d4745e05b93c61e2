package store

import "lintel/internal/core/guard"

// What narrows a membership, read with it on every request: the modules of the person and
// of the organisation, and the role that the organisation has made itself.
const (
	capacityColumns = `coalesce(m.modules, ''), o.modules, coalesce(r.id, ''), coalesce(r.permissions, '')`
	roleOfMember    = ` left join roles r on r.org = m.org and r.id = m.role and r.removed_at is null `
)

// The statements of a request: who is this browser in the organisation of the path.
var (
	// Who was removed and is a member again keeps the time of the removal: a browser that was
	// signed in before it stays outside.
	//
	// WhoIsIt answers one row for each capacity in which the browser may act there, and one
	// row of the organisation alone when there is none.
	WhoIsIt = guard.AcrossSQL("who is this browser", `
		select o.id, o.slug, o.name, o.language, o.zone, o.currency, o.theme, o.logo, o.link_policy,
			coalesce(s.id, ''), s.last_seen_at, coalesce(e.org, ''), coalesce(e.person, ''), coalesce(e.proof, ''), coalesce(e.item, ''), e.created_at,
			coalesce(m.kind, ''), coalesce(m.role, ''), coalesce(m.name, ''), coalesce(m.email, ''), coalesce(l.id, ''), l.revoked_at, coalesce(e.link, ''),
			coalesce(c.id, ''), coalesce(e.seen_by, ''), o.staff_factor, coalesce(p.second_factor, false), coalesce(p.language, ''), coalesce(p.zone, ''), `+capacityColumns+`
		from organisations o
		left join sessions s on s.token_hash = :session and s.revoked_at is null
		left join session_entries e on e.session = s.id and e.org in (o.id, '*')
		left join memberships m on m.org = o.id and m.person = e.person and m.state = 'active' and (m.kind = e.kind or e.kind = '' and m.kind <> 'technician')
			and (m.removed_at is null or e.created_at > m.removed_at)
		left join people p on p.id = e.person
		`+roleOfMember+`
		left join links l on l.org = o.id and l.id = e.link
		left join confirmed_browsers c on c.browser_hash = :browser and c.person = e.person and c.revoked_at is null and c.expires_at > :now
		where o.slug = :slug`)
	OnlyOrganisation = guard.AcrossSQL("organisation of a path", `
		select id, slug, name, language, zone, currency, theme, logo from organisations where slug = :slug`)

	NoteSeen       = guard.AcrossSQL("note when a session was seen", `update sessions set last_seen_at = :at, expires_at = :ends where id = :id and last_seen_at < :at`)
	NoteMemberSeen = guard.AcrossSQL("note when a member was seen", `update memberships set last_seen_at = :at
		where org = :org and person = :person and kind = :kind and (last_seen_at is null or last_seen_at < :at)`)
)

// People and memberships. The people table has no organisation; its statements bind :org
// all the same, because only an actor of some organisation may run them.
var (
	AddPerson = guard.SQL("add a person", `insert into people (id, email, email_folded, created_at)
		select :id, :email, :folded, :now where :org <> '' on conflict (email_folded) do nothing`)
	PersonByAddress = guard.SQL("person by address", `select p.id from people p where p.email_folded = :folded and :org <> ''`)
	PutMembership   = guard.SQL("put a membership", `insert into memberships (org, person, kind, role, name, email, state, created_at)
		values (:org, :person, :kind, :role, :name, :email, 'active', :now)
		on conflict (org, person, kind) do update set role = excluded.role, name = excluded.name, email = excluded.email, state = 'active'`)
	RemoveMembership = guard.SQL("remove a membership", `update memberships set state = 'removed', removed_at = :now
		where org = :org and person = :person and kind = :kind and state <> 'removed'`)
	DropEntries = guard.SQL("drop the entries of a person", `delete from session_entries where org = :org and person = :person`)

	memberColumns = `select m.person, m.kind, m.role, m.name, m.email, m.title, m.phone, m.state, m.created_at, m.last_seen_at from memberships m `
	StaffMembers  = guard.SQL("staff members", memberColumns+`where m.org = :org and m.kind = 'staff' and m.state = 'active' order by m.name, m.person`)
	Memberships   = guard.SQL("memberships of a person", memberColumns+`where m.org = :org and m.person = :person and m.state = 'active' order by m.kind`)

	AddGrant = guard.SQL("add a grant", `insert into grants (org, id, person, customer, project, module, created_at, created_by)
		select :org, :id, :person, :customer, :project, :module, :now, :by where :org <> ''
		on conflict (org, person, customer, project, module) where revoked_at is null do nothing`)
	RevokeGrantsAt = guard.SQL("revoke grants at a place", `update grants set revoked_at = :now, revoked_by = :by, reason = :reason
		where org = :org and person = :person and customer = :customer and project = :project and revoked_at is null`)
	KeepModules     = guard.SQL("keep the modules of a person", `update memberships set modules = :modules where org = :org and person = :person and kind = 'customer'`)
	RevokeAllGrants = guard.SQL("revoke all grants of a person", `update grants set revoked_at = :now, revoked_by = :by, reason = 'no longer a member'
		where org = :org and person = :person and revoked_at is null`)
	EndedGrants = guard.SQL("ended grants of a person at a place", `select count(*) from grants g where g.org = :org and g.person = :person
		and g.customer = :customer and (g.project = '' or g.project = :project) and g.revoked_at is not null`)
	GrantsOf = guard.SQL("grants of a person", `select g.customer, g.project, g.module, g.created_at from grants g
		where g.org = :org and g.person = :person and g.revoked_at is null order by g.created_at, g.id`)

	SetPassword    = guard.SQL("set a password", `update people set password = :hash, password_at = :now where id = :person and :org <> ''`)
	SetOwnPassword = guard.SQL("set the own password", `update people set password = :hash, password_at = :now where id = :viewer and :org <> ''`)
)

// Links as the office sees and makes them.
var (
	LinkDays = guard.SQL("days that a link works", `select link_days from organisations where id = :org`)
	AddLink  = guard.SQL("add a link", `insert into links (org, id, person, purpose, item_kind, item, token_hash, browser_hash, sent_to, created_by, created_at, expires_at)
		values (:org, :id, :person, :purpose, :about_kind, :about, :token_hash, :browser, :sent_to, :by, :now, :expires_at)`)

	linkColumns = `select l.id, l.person, m.name, m.email, l.purpose, l.item_kind, l.item, l.created_at, l.expires_at, l.revoked_at, l.entered_at, l.entered_count
		from links l join memberships m on m.org = l.org and m.person = l.person and m.kind = 'customer' `
	LinksOfItem = guard.SQL("links of an item", linkColumns+`where l.org = :org and l.item = :about and l.purpose in ('document', 'portal')
		order by l.created_at desc, l.id desc`)
	LinksOfPerson = guard.SQL("links of a person", linkColumns+`where l.org = :org and l.person = :person and l.purpose in ('document', 'portal')
		order by l.created_at desc, l.id desc`)
	LinkByID            = guard.SQL("link by id", linkColumns+`where l.org = :org and l.id = :id and l.purpose in ('document', 'portal')`)
	RevokeLink          = guard.SQL("revoke a link", `update links set revoked_at = :now, revoked_by = :by where org = :org and id = :id and revoked_at is null`)
	RevokeLinksOfPerson = guard.SQL("revoke the links of a person", `update links set revoked_at = :now, revoked_by = :by
		where org = :org and person = :person and revoked_at is null and expires_at > :now`)
)

// Tokens on their way in. One row for each capacity of the person in the organisation.
var LinkByToken = guard.AcrossSQL("link by token", `
	select l.id, l.purpose, l.item_kind, l.item, l.browser_hash, l.sent_to, l.expires_at, l.used_at, l.revoked_at,
		o.id, o.slug, o.name, o.language, o.zone, o.currency, o.theme, o.logo,
		l.person, p.email, p.email_folded, p.language, coalesce(m.kind, ''), coalesce(m.role, ''), coalesce(m.name, ''), coalesce(m.email, ''), `+capacityColumns+`
	from links l
	join organisations o on o.id = l.org
	join people p on p.id = l.person
	left join memberships m on m.org = l.org and m.person = l.person and m.state = 'active'
	`+roleOfMember+`
	where l.token_hash = :token`)

// What a person does with a token, a session or a code of their own: all ask :viewer.
var (
	EnterLink = guard.SQL("enter by a link", `update links set entered_at = :now, entered_count = entered_count + 1
		where org = :org and id = :id and person = :viewer and purpose = :purpose and revoked_at is null and expires_at > :now`)
	UseLink = guard.SQL("use a link once", `update links set used_at = :now, entered_at = :now, entered_count = entered_count + 1
		where org = :org and id = :id and person = :viewer and purpose = :purpose and used_at is null and revoked_at is null and expires_at > :now`)
	VoidLinks = guard.AcrossSQL("void older links of a purpose", `update links set revoked_at = :now
		where person = :person and purpose = :purpose and used_at is null and revoked_at is null`)

	AddSession = guard.SQL("add a session", `insert into sessions (id, token_hash, created_at, last_seen_at, expires_at, address, agent)
		select :id, :token, :now, :now, :ends, :address, :agent where :org <> '' and :viewer <> ''`)
	MoveEntries = guard.SQL("move entries to a new session", `update session_entries set session = :id
		where session = (select s.id from sessions s where s.token_hash = :old and s.revoked_at is null and s.last_seen_at > :customer_idle)
		and (org <> '*' or exists (select 1 from sessions f where f.id = session_entries.session and f.last_seen_at > :staff_idle))
		and :org <> '' and :viewer <> ''`)
	EndOldSession = guard.SQL("end the session before", `update sessions set revoked_at = :now
		where token_hash = :old and revoked_at is null and :org <> '' and :viewer <> ''`)
	PutEntry = guard.SQL("put an entry", `insert into session_entries (session, org, person, kind, proof, item, link, created_at, confirmed_at)
		select :id, :place, :viewer, :kind, :proof, :about, :link, :now, :confirmed_at where :org <> ''
		on conflict (session, org, seen_by) do update set person = excluded.person, kind = excluded.kind, proof = excluded.proof, item = excluded.item,
			link = excluded.link, created_at = excluded.created_at, confirmed_at = excluded.confirmed_at`)
	ConfirmEntries = guard.SQL("confirm the entries of a session", `update session_entries set confirmed_at = :now,
			proof = case when proof in ('link', 'service') then 'confirmed' else proof end
		where session = :id and person = :viewer and org in (:org, '*') and seen_by = ''`)
	RenewToken      = guard.SQL("renew a session's token", `update sessions set token_hash = :token where id = :id and revoked_at is null and :org <> '' and :viewer <> ''`)
	RememberBrowser = guard.SQL("remember a browser", `insert into confirmed_browsers (browser_hash, person, id, confirmed_at, expires_at, address, agent)
		select :browser, :viewer, :id, :now, :ends, :address, :agent where :org <> ''
		on conflict (browser_hash, person) do update set confirmed_at = excluded.confirmed_at, expires_at = excluded.expires_at,
			address = excluded.address, agent = excluded.agent, revoked_at = null`)
	EndSession = guard.AcrossSQL("sign out", `update sessions set revoked_at = :now where token_hash = :token and revoked_at is null`)

	Confirmation = guard.SQL("confirmation of a session", `select o.confirm_policy, coalesce(e.proof, ''), e.created_at, e.confirmed_at, coalesce(e.link, '')
		from organisations o
		left join session_entries e on e.session = :session and e.person = :viewer and e.org in (o.id, '*') and e.seen_by = ''
		where o.id = :org`)
	SpendConfirmation = guard.SQL("spend a confirmation", `update session_entries set confirmed_at = null
		where session = :session and person = :viewer and org in (:org, '*') and confirmed_at is not null`)

	OwnSessions = guard.SQL("own sessions", `select s.id, s.created_at, s.last_seen_at, s.address, s.agent, max(e.proof)
		from session_entries e join sessions s on s.id = e.session
		where e.person = :viewer and e.org in (:org, '*') and e.seen_by = '' and s.revoked_at is null and s.expires_at > :now
		group by s.id, s.created_at, s.last_seen_at, s.address, s.agent order by s.last_seen_at desc, s.id`)
	OwnBrowsers = guard.SQL("own confirmed browsers", `select id, browser_hash, confirmed_at, expires_at, address, agent from confirmed_browsers
		where person = :viewer and revoked_at is null and expires_at > :now and :org <> '' order by confirmed_at desc, id`)
	EndOwnSession    = guard.SQL("end an own session", `delete from session_entries where session = :id and person = :viewer and :org <> ''`)
	EndOtherSessions = guard.SQL("end all other own sessions", `delete from session_entries where person = :viewer and session <> :mine and :org <> ''`)
	EndSignIns       = guard.SQL("end everything signed in to", `delete from session_entries
		where person = :viewer and org = '*' and session <> :mine and :org <> ''`)
	ForgetBrowser = guard.SQL("forget a confirmed browser", `update confirmed_browsers set revoked_at = :now
		where id = :id and person = :viewer and revoked_at is null and :org <> ''`)
	ForgetBrowsers = guard.SQL("forget all confirmed browsers", `update confirmed_browsers set revoked_at = :now
		where person = :viewer and revoked_at is null and browser_hash <> :mine and :org <> ''`)
	UnconfirmEntries = guard.SQL("take confirmations back", `update session_entries set proof = 'link', confirmed_at = null
		where person = :viewer and proof = 'confirmed' and :org <> ''`)

	UnconfirmOthers = guard.SQL("take confirmations of other browsers back", `update session_entries set proof = 'link', confirmed_at = null
		where person = :viewer and proof = 'confirmed' and session <> :mine and :org <> ''`)

	AddCode = guard.SQL("add a code", `insert into codes (id, org, person, purpose, browser_hash, code_hash, created_at, expires_at)
		values (:id, :org, :viewer, :purpose, :browser, :code, :now, :ends)`)
	// TryCode counts the try and uses the code up in one statement, so that of many tries
	// at once no more than five are judged and only one succeeds.
	TryCode = guard.SQL("try a code", `update codes set tries = tries + 1, used_at = case when code_hash = :code then :now else used_at end
		where id = (select c.id from codes c where c.person = :viewer and c.purpose = :purpose and c.org = :org and c.browser_hash = :browser
			order by c.created_at desc, c.id desc limit 1)
		and used_at is null and tries < 5 and expires_at > :now
		returning tries, used_at`)
	PendingCode = guard.SQL("a code that waits", `select count(*) from codes
		where person = :viewer and purpose = :purpose and org = :org and browser_hash = :browser and used_at is null and tries < 5 and expires_at > :now`)
)

// Signing in, before anybody is known.
var (
	AccountByAddress = guard.AcrossSQL("account by address", `select p.id, p.email, p.password, coalesce(c.id, '') from people p
		left join confirmed_browsers c on c.browser_hash = :browser and c.person = p.id and c.revoked_at is null and c.expires_at > :now
		where p.email_folded = :folded or p.username_folded = :folded`)
	PlacesOf = guard.AcrossSQL("places of a person", `select o.id, o.slug, o.name, o.language, o.zone, o.currency, o.theme, o.logo, m.kind, m.role, m.name, m.email, `+capacityColumns+`
		from memberships m join organisations o on o.id = m.org `+roleOfMember+`
		where m.person = :person and m.state = 'active' and m.kind <> 'technician' order by m.kind desc, o.name, o.id`)
	SignedInPerson = guard.AcrossSQL("person signed in to a session", `select e.person, s.last_seen_at, e.created_at from sessions s
		join session_entries e on e.session = s.id and e.org = '*'
		where s.token_hash = :session and s.revoked_at is null`)
)

// What the purge takes away, by the indexes on the ends.
var Purges = []*guard.Statement{
	guard.AcrossSQL("purge entries of ended sessions", `delete from session_entries where session in (select s.id from sessions s where s.expires_at < :now)`),
	guard.AcrossSQL("purge ended sessions", `delete from sessions where expires_at < :now`),
	guard.AcrossSQL("purge ended browsers", `delete from confirmed_browsers where expires_at < :now`),
	guard.AcrossSQL("purge throttles", `delete from throttles where ready_at < :now`),
}

var (
	PurgeCodes = guard.AcrossSQL("purge old codes", `delete from codes where expires_at < :before`)
	PurgeOnce  = guard.AcrossSQL("purge one-time links", `delete from links where expires_at < :before and purpose in ('signin', 'reset', 'invite')`)
	PurgeLinks = guard.AcrossSQL("purge long ended links", `delete from links where expires_at < :before`)
)
