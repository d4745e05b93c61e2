package store

import "lintel/internal/core/guard"

// What a person says about themselves: all ask :viewer.
var (
	OwnDetails = guard.SQL("own details", `select m.name, m.phone, p.email, p.username, p.language, p.zone, p.password <> ''
		from memberships m join people p on p.id = m.person where m.org = :org and m.person = :viewer and m.kind = :kind`)
	SaveOwnMembership = guard.SQL("save the own name and phone", `update memberships set name = :name, phone = :phone where org = :org and person = :viewer and kind = :kind`)
	SaveOwnAccount    = guard.SQL("save the own account", `update people set username = :username, username_folded = :username_folded, language = :language, zone = :zone
		where id = :viewer and :org <> ''`)

	// AddressTaken counts the accounts of others with an address.
	AddressTaken       = guard.AcrossSQL("is an address taken", `select count(*) from people p where p.email_folded = :folded and p.id <> :person`)
	ChangeOwnEmail     = guard.SQL("change the own address", `update people set email = :email, email_folded = :folded where id = :viewer and :org <> ''`)
	ChangeMembersEmail = guard.SQL("change a member's address", `update memberships set email = :email where org = :org and person = :person`)
	// RevokeLinksBut leaves the link by which the session that makes the change came in.
	RevokeLinksBut = guard.SQL("revoke links after a change of address", `update links set revoked_at = :now, revoked_by = :person
		where org = :org and person = :person and revoked_at is null and expires_at > :now
		and id not in (select e.link from session_entries e where e.session = :mine)`)
	EmailOfPerson = guard.AcrossSQL("address of a person", `select p.email from people p where p.id = :person`)
)
