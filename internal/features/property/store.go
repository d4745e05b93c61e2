package property

import (
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
)

const columns = `p.id, p.customer, p.name, p.line1, p.line2, p.city, p.postcode, p.country, p.reference, p.access_notes, p.created_at, p.archived`

var (
	propertyByID = guard.SQL("property by id", `select `+columns+` from properties p where p.org = :org and p.id = :id`)
	propertiesOf = guard.SQL("properties of customer", `select `+columns+` from properties p where p.org = :org and p.customer = :customer and p.archived = false
		order by p.folded, p.id limit 500`)
	propertiesByName = guard.SQL("properties by name", `select `+columns+`, p.folded, (select c.name from customers c where c.org = p.org and c.id = p.customer) from properties p
		where p.org = :org and p.archived = :archived and (p.folded, p.id) > (:after, :after_id) and p.folded < :until order by p.folded, p.id limit :limit`)
	countProperties = guard.SQL("count properties", `select count(*) from (select 1 from properties p where p.org = :org and p.archived = :archived limit :limit) as capped`)

	insertProperty = guard.SQL("insert property", `insert into properties (org, id, customer, name, line1, line2, city, postcode, country, reference, access_notes, place, folded, created_at)
		values (:org, :id, :customer, :name, :line1, :line2, :city, :postcode, :country, :reference, :access_notes, :place, :folded, :now)`)
	updateProperty = guard.SQL("update property", `update properties set name = :name, line1 = :line1, line2 = :line2, city = :city, postcode = :postcode, country = :country,
		reference = :reference, access_notes = :access_notes, place = :place, folded = :folded where org = :org and id = :id`)
	archiveProperty = guard.SQL("archive property", `update properties set archived = :archived where org = :org and id = :id`)
)

func targets(p *Property) []any {
	return []any{&p.ID, &p.Customer, &p.Name, &p.Line1, &p.Line2, &p.City, &p.Postcode, &p.Country, &p.Reference, &p.AccessNotes, &p.CreatedAt, &p.Archived}
}

func load(tx *guard.Tx, id string) (p Property, err error) {
	err = tx.One(propertyByID, guard.Args{"id": id}, targets(&p)...)
	return p, err
}

func loadOf(tx *guard.Tx, customer string) (list []Property, err error) {
	err = tx.Each(propertiesOf, guard.Args{"customer": customer}, func(row guard.Row) error {
		var p Property
		if err := row(targets(&p)...); err != nil {
			return err
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

func detailArgs(id string, d Details) guard.Args {
	return guard.Args{"id": id, "name": d.Name, "line1": d.Line1, "line2": d.Line2, "city": d.City, "postcode": d.Postcode, "country": d.Country,
		"reference": d.Reference, "access_notes": d.AccessNotes, "place": placeOf(d), "folded": organisation.Fold(d.sortText())}
}
