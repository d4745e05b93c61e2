package finding

import (
	"strings"

	"lintel/internal/core/guard"
	"lintel/internal/features/property"
	"lintel/internal/features/search"
)

// The people and places that the office deals with. Customers find none of these.
var (
	customers = guard.SQL("customers to find", `select c.id, c.name, c.address, c.email, c.phone, c.notes from customers c
		where c.org = :org and c.id in (:ids) and c.archived = false`)
	customersAfter = guard.SQL("customers in turn", `select c.id from customers c where c.org = :org and c.id > :after_id order by c.id limit :limit`)
	contacts       = guard.SQL("contacts to find", `select k.id, k.customer, k.name, k.title, k.email, k.phone, (select c.name from customers c where c.org = k.org and c.id = k.customer) from contacts k
		where k.org = :org and k.id in (:ids) and k.archived = false`)
	contactsAfter = guard.SQL("contacts in turn", `select k.id from contacts k where k.org = :org and k.id > :after_id order by k.id limit :limit`)
	contactsOf    = guard.SQL("all contacts of a customer", `select k.id from contacts k where k.org = :org and k.customer = :customer limit 500`)
	properties    = guard.SQL("properties to find", `select a.id, a.name, a.line1, a.line2, a.postcode, a.city, a.country, a.reference, a.access_notes, (select c.name from customers c where c.org = a.org and c.id = a.customer) from properties a
		where a.org = :org and a.id in (:ids) and a.archived = false`)
	propertiesAfter = guard.SQL("properties in turn", `select a.id from properties a where a.org = :org and a.id > :after_id order by a.id limit :limit`)
	contractors     = guard.SQL("contractors to find", `select c.id, c.name, c.trade, c.address, c.email, c.phone, c.notes from contractors c
		where c.org = :org and c.id in (:ids) and c.archived = false`)
	contractorsAfter = guard.SQL("contractors in turn", `select c.id from contractors c where c.org = :org and c.id > :after_id order by c.id limit :limit`)
)

func readCustomer(row guard.Row) (search.Entry, error) {
	var id, name, address, email, phone, notes string
	err := row(&id, &name, &address, &email, &phone, &notes)
	return search.Entry{Kind: "customer", ID: id, Office: true, Numbers: []string{phone}, Title: name, Line: join(", ", oneLine(address)), OfficeText: join(" · ", oneLine(address), email, phone, notes),
		OfficeURL: "/office/customers/" + id}, err
}

func readContact(row guard.Row) (search.Entry, error) {
	var id, customer, name, title, email, phone, of string
	err := row(&id, &customer, &name, &title, &email, &phone, &of)
	return search.Entry{Kind: "contact", ID: id, Office: true, Numbers: []string{phone}, Title: name, Line: join(" · ", of, title), OfficeText: join(" · ", email, phone, of, title),
		OfficeURL: "/office/customers/" + customer}, err
}

func readProperty(row guard.Row) (search.Entry, error) {
	var id, name, line1, line2, postcode, city, country, reference, notes, of string
	err := row(&id, &name, &line1, &line2, &postcode, &city, &country, &reference, &notes, &of)
	address := join(", ", line1, line2, property.Town(city, postcode, country))
	title := name
	if title == "" {
		title = line1
	}
	return search.Entry{Kind: "property", ID: id, Office: true, Numbers: []string{reference}, Title: title, Line: join(" · ", address, of), OfficeText: join(" · ", address, reference, of, notes),
		OfficeURL: "/office/properties/" + id}, err
}

func readContractor(row guard.Row) (search.Entry, error) {
	var id, name, trade, address, email, phone, notes string
	err := row(&id, &name, &trade, &address, &email, &phone, &notes)
	return search.Entry{Kind: "contractor", ID: id, Office: true, Numbers: []string{phone}, Title: name, Line: trade, OfficeText: join(" · ", trade, oneLine(address), email, phone, notes),
		OfficeURL: "/office/contractors/" + id}, err
}

func join(between string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, between)
}

func oneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return join(", ", lines...)
}
