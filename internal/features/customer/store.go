package customer

import (
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
)

const customerColumns = `c.id, c.name, c.address, c.email, c.phone, c.notes, c.created_at, c.updated_at, c.archived`

// listColumns add the first contact and how many there are, by the index on contacts.
const listColumns = customerColumns + `, coalesce((select k.name from contacts k where k.org = c.org and k.customer = c.id and k.archived = false
	order by k.folded, k.id limit 1), ''), (select count(*) from contacts k where k.org = c.org and k.customer = c.id and k.archived = false)`

const contactColumns = `k.id, k.customer, k.person, k.name, k.email, k.phone, k.title, k.bounced_at, k.bounce_reason, k.archived`

var (
	customerByID = guard.SQL("customer by id", `select `+customerColumns+` from customers c where c.org = :org and c.id = :id`)

	customersByName = guard.SQL("customers by name", `select `+listColumns+` from customers c where c.org = :org and c.archived = :archived
		and (c.folded, c.id) > (:after, :after_id) and c.folded < :until order by c.folded, c.id limit :limit`)
	customersRecent = guard.SQL("customers recent", `select `+listColumns+` from customers c where c.org = :org and c.archived = :archived
		and (c.updated_at, c.id) < (:after, :after_id) order by c.updated_at desc, c.id desc limit :limit`)
	countCustomers = guard.SQL("count customers", `select count(*) from (select 1 from customers c where c.org = :org and c.archived = :archived limit :limit) as capped`)

	insertCustomer = guard.SQL("insert customer", `insert into customers (org, id, name, folded, address, email, phone, notes, created_at, updated_at)
		values (:org, :id, :name, :folded, :address, :email, :phone, :notes, :now, :now)`)
	updateCustomer = guard.SQL("update customer", `update customers set name = :name, folded = :folded, address = :address, email = :email, phone = :phone,
		notes = :notes, updated_at = :now where org = :org and id = :id`)
	archiveCustomer = guard.SQL("archive customer", `update customers set archived = :archived, updated_at = :now where org = :org and id = :id`)

	contactByID = guard.SQL("contact by id", `select `+contactColumns+` from contacts k where k.org = :org and k.id = :id`)
	contactsOf  = guard.SQL("contacts of customer", `select `+contactColumns+` from contacts k where k.org = :org and k.customer = :customer and k.archived = false
		order by k.folded, k.id`)
	contactsLike = guard.SQL("contacts with address", `select `+contactColumns+` from contacts k where k.org = :org and k.email_folded = :email and k.archived = false
		order by k.id limit 5`)

	insertContact = guard.SQL("insert contact", `insert into contacts (org, id, customer, person, name, folded, email, email_folded, phone, title, created_at)
		values (:org, :id, :customer, '', :name, :folded, :email, :email_folded, :phone, :title, :now)`)
	updateContact = guard.SQL("update contact", `update contacts set name = :name, folded = :folded, phone = :phone, title = :title where org = :org and id = :id`)
	// A new address is a new person and has not bounced.
	moveContact = guard.SQL("change contact address", `update contacts set email = :email, email_folded = :email_folded, person = '', bounced_at = null, bounce_reason = ''
		where org = :org and id = :id and email_folded <> :email_folded`)
	archiveContact   = guard.SQL("archive contact", `update contacts set archived = true where org = :org and id = :id and archived = false`)
	contactsOfPerson = guard.SQL("contacts of person", `select k.customer from contacts k where k.org = :org and k.person = :person and k.archived = false`)
	// The links to a customer's documents, which would otherwise still name their titles.
	endDocumentLinks = guard.SQL("revoke a person's links to a customer's documents", `update links set revoked_at = :now, revoked_by = :by
		where org = :org and person = :person and revoked_at is null and (item = '' and :everything = 1
		or item in (select d.id from documents d where d.org = :org and d.customer = :customer)
		or item in (select p.id from projects p where p.org = :org and p.customer = :customer))`)
	// What the links of people open: a proposal, a project, or what they asked for.
	linkedThings = guard.SQL("what personal links open", `select d.id, d.number, d.title from documents d where d.org = :org and d.id in (:ids)
		union all select p.id, p.number, p.name from projects p where p.org = :org and p.id in (:ids)
		union all select r.id, r.number, r.title from requests r where r.org = :org and r.id in (:ids)`)
	linkContact        = guard.SQL("link contact to person", `update contacts set person = :person where org = :org and id = :id and archived = false`)
	contactWithAddress = guard.SQL("contact with an address", `select k.customer, k.id from contacts k where k.org = :org and k.email_folded = :email and k.archived = false order by k.id desc limit 1`)
	markBounced        = guard.SQL("mark contacts bounced", `update contacts set bounced_at = :at, bounce_reason = :reason where org = :org and email_folded = :email`)
)

func customerTargets(c *Customer) []any {
	return []any{&c.ID, &c.Name, &c.Address, &c.Email, &c.Phone, &c.Notes, &c.CreatedAt, &c.UpdatedAt, &c.Archived}
}

func contactTargets(k *Contact) []any {
	return []any{&k.ID, &k.Customer, &k.Person, &k.Name, &k.Email, &k.Phone, &k.Title, &k.BouncedAt, &k.BounceReason, &k.Archived}
}

func loadCustomer(tx *guard.Tx, id string) (c Customer, err error) {
	err = tx.One(customerByID, guard.Args{"id": id}, customerTargets(&c)...)
	return c, err
}

func loadContact(tx *guard.Tx, id string) (k Contact, err error) {
	err = tx.One(contactByID, guard.Args{"id": id}, contactTargets(&k)...)
	return k, err
}

func loadContacts(tx *guard.Tx, s *guard.Statement, args guard.Args) (list []Contact, err error) {
	err = tx.Each(s, args, func(row guard.Row) error {
		var k Contact
		if err := row(contactTargets(&k)...); err != nil {
			return err
		}
		list = append(list, k)
		return nil
	})
	return list, err
}

func loadCustomers(tx *guard.Tx, s *guard.Statement, args guard.Args) (list []Line, err error) {
	err = tx.Each(s, args, func(row guard.Row) error {
		var c Line
		if err := row(append(customerTargets(&c.Customer), &c.Contact, &c.People)...); err != nil {
			return err
		}
		list = append(list, c)
		return nil
	})
	return list, err
}

func storeCustomer(tx *guard.Tx, id string, d Details) error {
	_, err := tx.Exec(insertCustomer, detailArgs(id, d))
	return err
}

func detailArgs(id string, d Details) guard.Args {
	return guard.Args{"id": id, "name": d.Name, "folded": organisation.Fold(d.Name), "address": d.Address, "email": d.Email, "phone": d.Phone, "notes": d.Notes}
}

func storeContact(tx *guard.Tx, id, customer string, d ContactDetails) error {
	_, err := tx.Exec(insertContact, guard.Args{"id": id, "customer": customer, "name": d.Name, "folded": organisation.Fold(d.Name), "email": d.Email,
		"email_folded": foldEmail(d.Email), "phone": d.Phone, "title": d.Title})
	return err
}

func storeBounce(tx *guard.Tx, email, reason string, at time.Time) error {
	_, err := tx.Exec(markBounced, guard.Args{"email": foldEmail(email), "reason": reason, "at": at})
	return err
}
