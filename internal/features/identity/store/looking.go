package store

import "lintel/internal/core/guard"

// A look at the portal as somebody else is an entry beside the browser's own.
var (
	StartLook = guard.SQL("start a look", `insert into session_entries (session, org, person, kind, proof, created_at, seen_by)
		select :session, :org, :person, 'customer', 'link', :now, :by where :org <> ''`)
	LookOf = guard.SQL("the look of a browser", `select e.person, coalesce((select m.name from memberships m where m.org = :org and m.person = e.person and m.kind = 'customer'), '')
		from session_entries e where e.session = :session and e.org = :org and e.seen_by = :by`)
	StopLook = guard.SQL("stop a look", `delete from session_entries where session = :session and org = :org and seen_by = :by`)
	EndLook  = guard.SQL("end a look", `delete from session_entries where person = :person and org = :org and seen_by = :by and created_at = :since`)
)

// What the office knows of a person's access.
var (
	SeatsOf = guard.SQL("browsers of a person", `select s.id, e.org, s.agent, s.created_at, s.last_seen_at, e.proof from session_entries e join sessions s on s.id = e.session
		where e.person = :person and e.org in (:org, '*') and e.seen_by = '' and s.revoked_at is null and s.expires_at > :now and s.last_seen_at > :idle order by s.last_seen_at desc, s.id`)
	EveryMembership = guard.SQL("all that a person is or was here", memberColumns+`where m.org = :org and m.person = :person order by m.kind`)
)
