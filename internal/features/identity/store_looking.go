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
