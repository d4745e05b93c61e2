package store

import "lintel/internal/core/guard"

// Desk users and technicians of contractors. What a contractor's desk does to its
// technicians runs on behalf of the system after the desk's own statement has said that the
// technician is theirs.
var (
	HasPassword = guard.SQL("whether a person has a password", `select case when p.password <> '' then 1 else 0 end from people p where p.id = :person and :org <> ''`)

	PutTechnician = guard.SQL("put a technician", `insert into memberships (org, person, kind, role, name, email, state, created_at)
		values (:org, :person, 'technician', '', :name, :email, 'active', :now)
		on conflict (org, person, kind) do update set state = 'active',
			name = case when memberships.state = 'active' then memberships.name else excluded.name end, email = excluded.email`)
	RenameTechnician  = guard.SQL("rename a technician", `update memberships set name = :name where org = :org and person = :person and kind = 'technician'`)
	RevokeLinksFor    = guard.SQL("revoke links of a purpose", `update links set revoked_at = :now, revoked_by = :by where org = :org and person = :person and purpose = :purpose and revoked_at is null`)
	DropEntriesOfKind = guard.SQL("drop the entries of a kind", `delete from session_entries where org = :org and person = :person and kind = :kind`)

	TechnicianDevices = guard.SQL("devices of a technician", `select l.browser_hash from links l
		where l.org = :org and l.person = :viewer and l.purpose = :purpose and l.browser_hash <> '' and l.revoked_at is null`)
	ConfirmedHere = guard.SQL("whether a browser is confirmed", `select count(*) from confirmed_browsers
		where browser_hash = :browser and person = :viewer and revoked_at is null and expires_at > :now and :org <> ''`)
	BindDevice = guard.SQL("bind a link to its device", `update links set browser_hash = :browser
		where org = :org and id = :id and person = :viewer and browser_hash = :unbound`)
	ForgetDevices = guard.SQL("forget a technician's devices", `update links set browser_hash = :forgotten
		where org = :org and person = :viewer and purpose = :purpose and browser_hash <> '' and browser_hash <> :mine`)
)
