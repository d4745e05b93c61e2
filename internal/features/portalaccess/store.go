package portalaccess

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// Statements of the office.
var (
	projectsOf  = guard.SQL("projects of a customer for access", `select p.id, p.name from projects p where p.org = :org and p.customer = :customer and p.archived = false order by p.updated_at desc, p.id desc limit 200`)
	offeredHere = guard.SQL("modules that the organisation offers", `select o.modules from organisations o where o.id = :org`)
	saveOffered = guard.SQL("save the modules that the organisation offers", `update organisations set modules = :modules where id = :org and modules = :had`)
)

// ofCompany says that the viewer is an administrator of the row's customer: holds the users
// module for the whole of it, by a browser that is not bound to one item.
const ofCompany = `k.org = :org and k.archived = false and :item = '' and k.customer in (select own.customer from grants own
	where own.org = :org and own.person = :viewer and own.project = '' and own.module in ('*', 'users') and own.revoked_at is null) `

// Statements of a customer's administrator.
var (
	ownCompanies = guard.SQL("companies that one administers", `select own.customer, c.name, every.module from grants own
		join customers c on c.org = own.org and c.id = own.customer and c.archived = false
		join grants every on every.org = own.org and every.person = own.person and every.customer = own.customer and every.project = '' and every.revoked_at is null
		where own.org = :org and own.person = :viewer and own.project = '' and own.module in ('*', 'users') and own.revoked_at is null and :item = '' order by c.name, c.id`)
	usersOfCompany = guard.SQL("users of the own company", `select k.id, k.customer, k.person, k.name, k.email, k.title, coalesce(m.last_seen_at, 0), coalesce(g.project, ''), coalesce(g.module, '')
		from contacts k join memberships m on m.org = k.org and m.person = k.person and m.kind = 'customer' and m.state = 'active'
		left join grants g on g.org = k.org and g.person = k.person and g.customer = k.customer and g.revoked_at is null
		where `+ofCompany+`order by k.folded, k.id`)
	invitationsOfCompany = guard.SQL("invitations of the own company", `select k.id, i.invited_by_kind, i.accepted_at, i.expires_at, i.revoked_at, i.sent_at
		from contacts k join invitations i on i.org = k.org and i.person = k.person and i.customer = k.customer
		where `+ofCompany+`order by i.created_at, i.id`)
	contactOfCompany = guard.SQL("a contact of the own company", `select k.customer from contacts k where `+ofCompany+`and k.id = :id`)
)

func loadProjects(tx *guard.Tx, customer string) (list []Project, err error) {
	err = tx.Each(projectsOf, guard.Args{"customer": customer}, func(row guard.Row) error {
		var p Project
		err := row(&p.ID, &p.Name)
		list = append(list, p)
		return err
	})
	return list, err
}

func loadOffered(tx *guard.Tx) (access.ModuleSet, error) {
	var modules string
	err := tx.One(offeredHere, nil, &modules)
	return access.ParseModules(modules), err
}

func loadCompanies(tx *guard.Tx) (list []Company, err error) {
	err = tx.Each(ownCompanies, nil, func(row guard.Row) error {
		var one Company
		var module string
		if err := row(&one.ID, &one.Name, &module); err != nil {
			return err
		}
		if len(list) == 0 || list[len(list)-1].ID != one.ID {
			list = append(list, one)
		}
		last := &list[len(list)-1]
		last.Modules = last.Modules.Or(access.ParseModules(module))
		return nil
	})
	return list, err
}

func loadUsers(tx *guard.Tx) (list []User, err error) {
	at := map[string]int{}
	err = tx.Each(usersOfCompany, nil, func(row guard.Row) error {
		var u User
		var seen int64
		var project, module string
		if err := row(&u.ID, &u.Company, &u.Person, &u.Name, &u.Email, &u.Title, &seen, &project, &module); err != nil {
			return err
		}
		if _, known := at[u.ID]; !known {
			if seen > 0 {
				u.LastSeen = time.UnixMicro(seen).UTC()
			}
			at[u.ID] = len(list)
			list = append(list, u)
		}
		known := &list[at[u.ID]]
		known.Modules = known.Modules.Or(access.ParseModules(module))
		known.whole = known.whole || module != "" && project == ""
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each(invitationsOfCompany, nil, func(row guard.Row) error {
		var contact, by string
		var accepted, ends, revoked, sent time.Time
		if err := row(&contact, &by, &accepted, &ends, &revoked, &sent); err != nil {
			return err
		}
		if i, known := at[contact]; known {
			list[i].Added = list[i].Added || by == string(access.Customer)
			list[i].Joined = list[i].Joined || !accepted.IsZero()
			list[i].InvitedAt, list[i].EndsAt = sent, ends
		}
		return nil
	})
	return list, err
}
