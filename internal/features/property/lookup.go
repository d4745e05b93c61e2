package property

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// PropertyByID loads a property in the caller's transaction. NotFound when the
// organisation has no such property. The office's transactions only.
func PropertyByID(tx *guard.Tx, id string) (Property, error) {
	p, err := load(tx, id)
	if err != nil {
		return Property{}, fmt.Errorf("load property: %w", err)
	}
	return p, nil
}

// Of lists a customer's properties in order, without archived ones.
func Of(tx *guard.Tx, customer string) ([]Property, error) {
	list, err := loadOf(tx, customer)
	if err != nil {
		return nil, fmt.Errorf("load properties: %w", err)
	}
	return list, nil
}

// Chosen is PropertyByID for an id that came in a form: it must be a live property of the
// customer, else it is Invalid (A07).
func Chosen(tx *guard.Tx, customer, id string) (Property, error) {
	p, err := PropertyByID(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && (p.Customer != customer || p.Archived) {
		return Property{}, fault.ForField("property", "Choose one of this customer's properties.")
	}
	return p, err
}

// CreateIn adds a property in the caller's transaction and gives its id. The caller has
// made sure of the customer. Invalid with the field property_line1.
func CreateIn(tx *guard.Tx, customer string, d Details) (string, error) {
	if err := tx.Require(access.CustomersWrite); err != nil {
		return "", err
	}
	if err := d.check(); err != nil {
		return "", err
	}
	property := id.New()
	args := detailArgs(property, d)
	args["customer"] = customer
	if _, err := tx.Exec(insertProperty, args); err != nil {
		return "", fmt.Errorf("store property: %w", err)
	}
	return property, tx.Record(Added{Property: property, Customer: customer, Name: title(d)})
}

func title(d Details) string { return Property{Name: d.Name, Line1: d.Line1}.Title() }
