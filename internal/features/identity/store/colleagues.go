package store

import "lintel/internal/core/guard"

// Colleagues, and what ends with their access.
var (
	Colleagues = guard.SQL("colleagues", memberColumns+`where m.org = :org and m.kind = 'staff' and m.state <> 'removed' order by m.name, m.person`)
	Colleague  = guard.SQL("colleague", memberColumns+`where m.org = :org and m.person = :person and m.kind = 'staff' and m.state <> 'removed'`)

	RevokeStaffLinks = guard.SQL("revoke the invitations of a colleague", `update links set revoked_at = :now, revoked_by = :by
		where org = :org and person = :person and purpose in ('invite', 'demo') and revoked_at is null`)
	RevokeTokensOfPerson = guard.SQL("revoke the tokens of a person", `update api_tokens set revoked_at = :now, revoked_by = :by
		where org = :org and person = :person and revoked_at is null`)
)

// API tokens. A maker who is no active colleague, or who lacks the second factor that the
// firm wants, has none that work.
var (
	TokenByHash = guard.AcrossSQL("holder of an API token", `
		select t.id, t.person, t.scopes, o.id, o.slug, o.name, o.language, o.zone, o.currency, o.theme, o.logo, m.role, m.name, m.email, `+capacityColumns+`
		from api_tokens t
		join organisations o on o.id = t.org
		join memberships m on m.org = t.org and m.person = t.person and m.kind = 'staff' and m.state = 'active'
		`+roleOfMember+`
		where t.token_hash = :hash and t.revoked_at is null and t.expires_at > :now
		and (o.staff_factor = 'one' or exists (select 1 from authenticators a where a.person = t.person and a.confirmed_at is not null)
			or exists (select 1 from passkeys k where k.person = t.person))`)
	NoteTokenUsed = guard.AcrossSQL("note when a token was used", `update api_tokens set last_used_at = :at, last_address = :address
		where org = :org and id = :id and (last_used_at is null or last_used_at < :at)`)
)
