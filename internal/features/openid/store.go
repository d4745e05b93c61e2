package openid

import "lintel/internal/core/guard"

var (
	providerOf  = guard.SQL("sign-in service", `select issuer, client_id, label, secret_sealed, updated_at from openid_providers where org = :org`)
	putProvider = guard.SQL("save the sign-in service", `insert into openid_providers (org, issuer, client_id, label, secret_sealed, updated_at)
		values (:org, :issuer, :client_id, :label, :sealed, :now)
		on conflict (org) do update set issuer = excluded.issuer, client_id = excluded.client_id, label = excluded.label,
			secret_sealed = excluded.secret_sealed, updated_at = excluded.updated_at`)
	dropProvider = guard.SQL("remove the sign-in service", `delete from openid_providers where org = :org`)

	providerOfPath = guard.AcrossSQL("sign-in service of a path", `select o.id, o.slug, o.name, p.issuer, p.client_id, p.label, p.secret_sealed
		from organisations o join openid_providers p on p.org = o.id where o.slug = :slug`)
	accountOf = guard.AcrossSQL("account at a sign-in service", `select a.person from openid_accounts a where a.org = :firm and a.issuer = :issuer and a.subject = :subject`)
	// staffWithAddress finds who may be known by a verified address for the first time: the
	// firm's own staff, whom its administrators have invited under that address.
	staffWithAddress = guard.AcrossSQL("staff with an address", `select m.person from people p join memberships m on m.org = :firm and m.person = p.id and m.kind = 'staff' and m.state = 'active'
		where p.email_folded = :folded and not exists (select 1 from openid_accounts a where a.org = :firm and a.person = p.id)`)
	putAccount = guard.SQL("remember an account at a sign-in service", `insert into openid_accounts (org, issuer, subject, person, created_at, last_used_at)
		select :org, :issuer, :subject, :viewer, :now, :now where :org <> ''
		on conflict (org, issuer, subject) do update set last_used_at = excluded.last_used_at where openid_accounts.person = excluded.person`)
)
