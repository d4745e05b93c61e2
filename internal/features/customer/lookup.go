package customer

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// CustomerByID loads a customer in the caller's transaction. NotFound when the
// organisation has no such customer. The office's transactions only.
func CustomerByID(tx *guard.Tx, id string) (Customer, error) {
	c, err := loadCustomer(tx, id)
	if err != nil {
		return Customer{}, fmt.Errorf("load customer: %w", err)
	}
	return c, nil
}

// Chosen is CustomerByID for an id that came in a form: one that is not the
// organisation's is Invalid (A07), and so is an archived one.
func Chosen(tx *guard.Tx, id string) (Customer, error) {
	c, err := CustomerByID(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && c.Archived {
		return Customer{}, fault.ForField("customer", "Choose one of your customers.")
	}
	return c, err
}

// ContactsOf lists a customer's contacts by name, without archived ones.
func ContactsOf(tx *guard.Tx, customer string) ([]Contact, error) {
	list, err := loadContacts(tx, contactsOf, guard.Args{"customer": customer})
	if err != nil {
		return nil, fmt.Errorf("load contacts: %w", err)
	}
	return list, nil
}

// ContactByID loads a contact, also an archived one. NotFound when there is none.
func ContactByID(tx *guard.Tx, id string) (Contact, error) {
	k, err := loadContact(tx, id)
	if err != nil {
		return Contact{}, fmt.Errorf("load contact: %w", err)
	}
	return k, nil
}

// LinkPerson remembers which person a contact is, once identity has made one of it. It comes
// before what the person is granted: a removal that runs meanwhile is either seen here, as a
// Conflict, or sees all of it.
func LinkPerson(tx *guard.Tx, contact string, person access.PersonID) error {
	linked, err := tx.Exec(linkContact, guard.Args{"id": contact, "person": string(person)})
	if err != nil {
		return fmt.Errorf("link contact to person: %w", err)
	}
	if linked == 0 {
		return fault.New(fault.Conflict, "This contact was removed meanwhile. Please look at the recipients again.")
	}
	return nil
}

// CreateIn adds a customer, and a first contact when it has a name, in the caller's
// transaction; for forms that make both at once. Invalid with the fields name, email,
// contact_name, contact_email.
func CreateIn(tx *guard.Tx, d Details, first ContactDetails) (customer, contact string, err error) {
	if err := tx.Require(access.CustomersWrite); err != nil {
		return "", "", err
	}
	if err := d.check(); err != nil {
		return "", "", err
	}
	customer = id.New()
	if err := storeCustomer(tx, customer, d); err != nil {
		return "", "", fmt.Errorf("store customer: %w", err)
	}
	if err := tx.Record(Created{Customer: customer, Name: d.Name}); err != nil {
		return "", "", err
	}
	if first == (ContactDetails{}) {
		return customer, "", nil
	}
	contact, err = AddContactIn(tx, customer, first)
	return customer, contact, err
}

// AddContactIn adds a contact in the caller's transaction. Invalid with the fields
// contact_name and contact_email.
func AddContactIn(tx *guard.Tx, customer string, d ContactDetails) (string, error) {
	if err := tx.Require(access.CustomersWrite); err != nil {
		return "", err
	}
	if err := d.check(); err != nil {
		return "", err
	}
	contact := id.New()
	if err := storeContact(tx, contact, customer, d); err != nil {
		return "", fmt.Errorf("store contact: %w", err)
	}
	return contact, tx.Record(ContactAdded{Customer: customer, Contact: contact, Name: d.Name})
}

// FirstByName lists the first customers by name, or those whose names begin with a text,
// for a choice in a form.
func FirstByName(tx *guard.Tx, text string) ([]Line, error) {
	statement, args := listStatement(Filter{Sort: ByName, Text: text})
	list, err := loadCustomers(tx, statement, args)
	if err != nil {
		return nil, fmt.Errorf("load customers: %w", err)
	}
	return list, nil
}
