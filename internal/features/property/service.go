package property

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
)

// Service holds the office's verbs on properties.
type Service struct {
	store *guard.Store
}

// New makes the service.
func New(store *guard.Store) *Service { return &Service{store: store} }

const pageSize = 50

// CountLimit is where counting stops: a list says "1,000+" beyond.
const CountLimit = 1000

// Filter chooses properties for a list; Text searches the beginnings of names and streets.
type Filter struct {
	Text     string
	Archived bool
	After    organisation.Cursor
}

// Line is a property in a list, with its customer's name.
type Line struct {
	Property
	CustomerName string
	folded       string
}

// List is one page of the address book.
type List struct {
	Properties []Line
	Count      int // CountLimit+1 at most
	Next       organisation.Cursor
}

// List gives one page of the address book by name. Staff only.
func (s *Service) List(ctx context.Context, actor access.Actor, f Filter) (list List, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		list, err = loadList(tx, f)
		return err
	})
	return list, err
}

func loadList(tx *guard.Tx, f Filter) (list List, err error) {
	from := organisation.Fold(f.Text)
	after := from
	if !f.After.Zero() {
		after = f.After.Text
	}
	args := guard.Args{"archived": f.Archived, "after": after, "after_id": f.After.ID, "until": organisation.After(from), "limit": pageSize + 1}
	err = tx.Each(propertiesByName, args, func(row guard.Row) error {
		var l Line
		if err := row(append(targets(&l.Property), &l.folded, &l.CustomerName)...); err != nil {
			return err
		}
		list.Properties = append(list.Properties, l)
		return nil
	})
	if err != nil {
		return list, err
	}
	if len(list.Properties) > pageSize {
		list.Properties = list.Properties[:pageSize]
		last := list.Properties[pageSize-1]
		list.Next = organisation.Cursor{Text: last.folded, ID: last.ID}
	}
	err = tx.One(countProperties, guard.Args{"archived": f.Archived, "limit": CountLimit + 1}, &list.Count)
	return list, err
}

// Get gives a property and its customer. NotFound when it is not the organisation's.
func (s *Service) Get(ctx context.Context, actor access.Actor, property string) (p Property, c customer.Customer, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		if p, err = PropertyByID(tx, property); err != nil {
			return err
		}
		c, err = customer.CustomerByID(tx, p.Customer)
		return err
	})
	return p, c, err
}

// OfCustomer lists a customer's properties.
func (s *Service) OfCustomer(ctx context.Context, actor access.Actor, customerID string) (list []Property, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		list, err = Of(tx, customerID)
		return err
	})
	return list, err
}

// Create adds a property to a customer and gives its id. A customer that is not the
// organisation's is Invalid.
func (s *Service) Create(ctx context.Context, actor access.Actor, customerID string, d Details) (property string, err error) {
	err = s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		if _, err := customer.Chosen(tx, customerID); err != nil {
			return err
		}
		property, err = CreateIn(tx, customerID, d)
		return err
	})
	return property, err
}

// Update changes a property.
func (s *Service) Update(ctx context.Context, actor access.Actor, property string, d Details) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		p, err := PropertyByID(tx, property)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(updateProperty, detailArgs(property, d)); err != nil {
			return fmt.Errorf("change property: %w", err)
		}
		return tx.Record(Changed{Property: property, Customer: p.Customer, Name: title(d)})
	})
}

// Archive puts a property away, or brings it back. Its projects stay.
func (s *Service) Archive(ctx context.Context, actor access.Actor, property string, archived bool) error {
	return s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		p, err := PropertyByID(tx, property)
		if err != nil || p.Archived == archived {
			return err
		}
		if _, err := tx.Exec(archiveProperty, guard.Args{"id": property, "archived": archived}); err != nil {
			return fmt.Errorf("archive property: %w", err)
		}
		return tx.Record(Archived{Property: property, Customer: p.Customer, Name: p.Title(), Back: !archived})
	})
}

// Customer gives the customer that a property is added to. NotFound when it is not the
// organisation's.
func (s *Service) Customer(ctx context.Context, actor access.Actor, customerID string) (c customer.Customer, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		c, err = customer.CustomerByID(tx, customerID)
		return err
	})
	return c, err
}
