package contractor

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
)

const columns = `c.id, c.name, c.trade, c.address, c.email, c.phone, c.notes, c.created_at, c.archived`

// personColumns read a place with when its person was last seen and how long the newest
// link works.
const personColumns = `select k.id, k.contractor, k.kind, k.person, k.name, k.email, k.phone, k.signature_file, k.signature_name, k.signature_at, k.created_at, k.archived,
	m.last_seen_at, (select max(l.expires_at) from links l where l.org = k.org and l.person = k.person and l.purpose = 'technician' and l.revoked_at is null)
	from contractor_people k left join memberships m on m.org = k.org and m.person = k.person and m.kind = k.kind `

// atMyDesk is the condition under which somebody at a desk sees a contractor's things: they
// have a live place at the desk of exactly that live contractor.
const atMyDesk = ` k.contractor in (select d.contractor from contractor_people d join contractors f on f.org = d.org and f.id = d.contractor
	where d.org = :org and d.person = :viewer and d.kind = 'contractor' and d.archived = false and f.archived = false) `

// The office's statements.
var (
	contractorByID    = guard.SQL("contractor by id", `select `+columns+` from contractors c where c.org = :org and c.id = :id`)
	contractorsByName = guard.SQL("contractors by name", `select `+columns+`,
		(select count(*) from contractor_people k where k.org = c.org and k.contractor = c.id and k.archived = false and k.kind = 'contractor'),
		(select count(*) from contractor_people k where k.org = c.org and k.contractor = c.id and k.archived = false and k.kind = 'technician')
		from contractors c where c.org = :org and c.archived = :archived
		and (c.folded, c.id) > (:after, :after_id) and c.folded < :until order by c.folded, c.id limit :limit`)
	countContractors = guard.SQL("count contractors", `select count(*) from (select 1 from contractors c where c.org = :org and c.archived = :archived limit :limit) as capped`)

	insertContractor = guard.SQL("insert contractor", `insert into contractors (org, id, name, folded, trade, address, email, phone, notes, created_at, updated_at)
		values (:org, :id, :name, :folded, :trade, :address, :email, :phone, :notes, :now, :now)`)
	updateContractor = guard.SQL("update contractor", `update contractors set name = :name, folded = :folded, trade = :trade, address = :address, email = :email, phone = :phone,
		notes = :notes, updated_at = :now where org = :org and id = :id`)
	archiveContractor = guard.SQL("archive contractor", `update contractors set archived = :archived, updated_at = :now where org = :org and id = :id`)

	peopleOf = guard.SQL("people of a contractor", personColumns+`where k.org = :org and k.contractor = :contractor
		order by k.archived, k.folded, k.id limit 2000`)
	personOf = guard.SQL("person of a contractor", personColumns+`where k.org = :org and k.id = :id and k.contractor = :contractor`)

	countPeople = guard.SQL("count people of a contractor", `select coalesce(sum(case when k.archived = false and k.kind = :kind then 1 else 0 end), 0),
		coalesce(sum(case when k.created_at > :since then 1 else 0 end), 0) from contractor_people k where k.org = :org and k.contractor = :contractor`)
	otherPlaces = guard.SQL("other places of a person", `select count(*) from contractor_people k
		where k.org = :org and k.person = :person and k.kind = :kind and k.archived = false and k.id <> :id`)
	placeOf = guard.SQL("place of a person", `select k.id, k.archived from contractor_people k
		where k.org = :org and k.person = :person and k.contractor = :contractor and k.kind = :kind`)
	// putPlace is also the way back: an ended place of the same person comes to life again,
	// without the signature of the time before.
	putPlace = guard.SQL("put a place", `insert into contractor_people (org, id, contractor, kind, person, name, folded, email, phone, created_at, created_by)
		values (:org, :id, :contractor, :kind, :person, :name, :folded, :email, :phone, :now, :by)
		on conflict (org, person, contractor, kind) do update set name = excluded.name, folded = excluded.folded, email = excluded.email, phone = excluded.phone,
			created_at = excluded.created_at, created_by = excluded.created_by, archived = false, signature_file = case when contractor_people.archived then '' else contractor_people.signature_file end,
			signature_name = case when contractor_people.archived then '' else contractor_people.signature_name end,
			signature_at = case when contractor_people.archived then null else contractor_people.signature_at end`)
	endPlace = guard.SQL("end a place", `update contractor_people set archived = true where org = :org and id = :id and archived = false`)
)

// What somebody at a desk, or a technician, reads and changes: all ask who is looking.
var (
	ownFirms = guard.SQL("contractors of one's own desk", `select `+columns+` from contractors c join contractor_people d on d.org = c.org and d.contractor = c.id
		where c.org = :org and d.person = :viewer and d.kind = 'contractor' and d.archived = false and c.archived = false order by c.folded, c.id`)
	ownTechnicians = guard.SQL("technicians of one's own desk", personColumns+`where k.org = :org and k.kind = 'technician' and k.archived = false and `+atMyDesk+`
		order by k.folded, k.id limit 1000`)
	ownTechnician = guard.SQL("technician of one's own desk", personColumns+`where k.org = :org and k.id = :id and k.kind = 'technician' and k.archived = false and `+atMyDesk)

	changeTechnician = guard.SQL("change a technician", `update contractor_people as k set name = :name, folded = :folded, phone = :phone
		where k.org = :org and k.id = :id and k.kind = 'technician' and k.archived = false and `+atMyDesk)
	endTechnician = guard.SQL("end a technician's place", `update contractor_people as k set archived = true
		where k.org = :org and k.id = :id and k.kind = 'technician' and k.archived = false and `+atMyDesk)

	ownPlaces = guard.SQL("one's own places", personColumns+`where k.org = :org and k.person = :viewer and k.archived = false order by k.kind, k.folded, k.id`)
	ownWork   = guard.SQL("contractors that a technician works for", `select c.name from contractor_people k join contractors c on c.org = k.org and c.id = k.contractor
		where k.org = :org and k.person = :viewer and k.kind = 'technician' and k.archived = false and c.archived = false order by c.folded, c.id`)
	savePhone     = guard.SQL("save one's own phone", `update contractor_people set phone = :phone where org = :org and person = :viewer and archived = false`)
	saveSignature = guard.SQL("save one's own signature", `update contractor_people set signature_file = :file, signature_name = :typed, signature_at = :at
		where org = :org and person = :viewer and archived = false`)
)

func targets(c *Contractor) []any {
	return []any{&c.ID, &c.Name, &c.Trade, &c.Address, &c.Email, &c.Phone, &c.Notes, &c.CreatedAt, &c.Archived}
}

func personTargets(p *Person) []any {
	return []any{&p.ID, &p.Contractor, &p.Kind, &p.Person, &p.Name, &p.Email, &p.Phone, &p.SignatureFile, &p.SignatureName, &p.SignatureAt, &p.AddedAt, &p.Ended, &p.LastSeen, &p.LinkEnds}
}

func loadContractor(tx *guard.Tx, id string) (c Contractor, err error) {
	err = tx.One(contractorByID, guard.Args{"id": id}, targets(&c)...)
	return c, err
}

func loadPeople(tx *guard.Tx, s *guard.Statement, args guard.Args) (list []Person, err error) {
	err = tx.Each(s, args, func(row guard.Row) error {
		var p Person
		if err := row(personTargets(&p)...); err != nil {
			return err
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

func loadFirms(tx *guard.Tx) (list []Contractor, err error) {
	err = tx.Each(ownFirms, nil, func(row guard.Row) error {
		var c Contractor
		if err := row(targets(&c)...); err != nil {
			return err
		}
		list = append(list, c)
		return nil
	})
	return list, err
}

func detailArgs(id string, d Details) guard.Args {
	return guard.Args{"id": id, "name": d.Name, "folded": organisation.Fold(d.Name), "trade": d.Trade, "address": d.Address, "email": d.Email, "phone": d.Phone, "notes": d.Notes}
}

func placeArgs(id, contractor string, kind access.Kind, person, by access.PersonID, d PersonDetails) guard.Args {
	return guard.Args{"id": id, "contractor": contractor, "kind": string(kind), "person": string(person), "name": d.Name, "folded": organisation.Fold(d.Name), "email": d.Email,
		"phone": d.Phone, "by": string(by)}
}
