package store

import "lintel/internal/core/guard"

// Invitations as the office makes and reads them.
var (
	invitationColumns = `i.id, i.person, i.kind, i.customer, i.contact, i.email, i.name, i.modules, i.invited_by, i.invited_by_kind, i.created_at, i.sent_at, i.sent_count, i.link,
		i.opened_at, i.accepted_at, i.expires_at, i.revoked_at from invitations i `
	InvitationsOfCustomer = guard.SQL("invitations of a customer", `select `+invitationColumns+`where i.org = :org and i.customer = :customer order by i.created_at desc, i.id desc`)
	OpenInvitation        = guard.SQL("an open invitation", `select `+invitationColumns+`where i.org = :org and i.person = :person and i.kind = :kind and i.customer = :customer
		and i.accepted_at is null and i.revoked_at is null order by i.created_at desc, i.id desc limit 1`)
	AddInvitation = guard.SQL("add an invitation", `insert into invitations (org, id, person, kind, customer, contact, email, name, modules, invited_by, invited_by_kind, created_at, expires_at)
		values (:org, :id, :person, :kind, :customer, :contact, :email, :name, :modules, :by, :by_kind, :now, :expires_at)`)
	SendInvitation = guard.SQL("note that an invitation was sent", `update invitations set sent_at = :now, sent_count = sent_count + 1, link = :link, modules = :modules, expires_at = :expires_at, opened_at = null
		where org = :org and id = :id`)
	RevokeInvitations = guard.SQL("revoke open invitations", `update invitations set revoked_at = :now, revoked_by = :by
		where org = :org and person = :person and customer = :customer and accepted_at is null and revoked_at is null`)
	OfferedModules  = guard.SQL("modules that are offered", `select o.modules from organisations o where o.id = :org`)
	InvitationsSent = guard.SQL("invitations sent since", `select coalesce(sum(i.sent_count), 0) from invitations i where i.org = :org and i.sent_at > :since`)
)

// What the invited person does with the link: all ask :viewer.
var (
	OwnInvitation  = guard.SQL("own invitation", `select `+invitationColumns+`where i.org = :org and i.id = :id and i.person = :viewer and i.revoked_at is null and i.accepted_at is null`)
	AccountBesides = guard.AcrossSQL("account besides an invitation", `select count(*) from people p where p.id = :person
		and (p.password <> '' or exists (select 1 from passkeys k where k.person = p.id)
			or exists (select 1 from memberships m where m.person = p.id and m.state <> 'removed' and (m.org <> :firm or m.kind <> :kind)))`)
	OpenOwnInvitation = guard.SQL("open the own invitation", `update invitations set opened_at = :now
		where org = :org and id = :id and person = :viewer and opened_at is null and accepted_at is null and revoked_at is null and expires_at > :now`)
	AcceptInvitation = guard.SQL("accept the own invitation", `update invitations set accepted_at = :now, opened_at = coalesce(opened_at, :now)
		where org = :org and id = :id and person = :viewer and accepted_at is null and revoked_at is null and expires_at > :now`)
	FirstPassword = guard.SQL("set the first password", `update people set password = :hash, password_at = :now, username = :username, username_folded = :username_folded
		where id = :viewer and password = '' and :org <> ''`)
	UsernameTaken = guard.AcrossSQL("is a username taken", `select count(*) from people p where p.username_folded = :username_folded and p.id <> :person`)
	NameMyself    = guard.SQL("name oneself", `update memberships set name = :name where org = :org and person = :viewer and kind = :kind`)
)
