package store

import "lintel/internal/core/guard"

// MemberNow answers what a person is here now, when they come without a browser (a mail, a calendar): one row for
// a capacity that is active, none for colleagues who lack the second factor that the firm wants.
var MemberNow = guard.SQL("member who comes without a browser", `select m.role, m.name, m.email, p.language, p.zone, `+capacityColumns+`
	from memberships m join organisations o on o.id = m.org join people p on p.id = m.person `+roleOfMember+`
	where m.org = :org and m.person = :person and m.kind = :kind and m.state = 'active' and (m.kind <> 'staff' or o.staff_factor = 'one' or p.second_factor)`)
