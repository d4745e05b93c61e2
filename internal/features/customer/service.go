package customer

import (
	"context"
	"fmt"
	"math"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
)

// Service holds the office's verbs on customers and contacts.
type Service struct {
	store *guard.Store
}

// New makes the service.
func New(store *guard.Store) *Service { return &Service{store: store} }

// Sort is the order of a list.
type Sort string

// The orders.
const (
	ByName   Sort = "name"
	ByRecent Sort = "recent" // last changed first
)

const pageSize = 50

// CountLimit is where counting stops: a list says "1,000+" beyond.
const CountLimit = 1000

// Filter chooses customers for a list. A Text searches the beginnings of names and makes
// the order ByName.
type Filter struct {
	Text     string
	Archived bool
	Sort     Sort
	After    organisation.Cursor // from the page before; zero: the first page
}

// List is one page of customers.
type List struct {
	Customers []Line
	Count     int                 // of the whole view without Text, CountLimit+1 at most
	Next      organisation.Cursor // zero on the last page
}

// Line is a customer in a list.
type Line struct {
	Customer
	Contact string // the first contact's name
	People  int    // how many contacts there are
}

// List gives one page of customers. Staff only.
func (s *Service) List(ctx context.Context, actor access.Actor, f Filter) (list List, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		list, err = loadList(tx, f)
		return err
	})
	return list, err
}

func loadList(tx *guard.Tx, f Filter) (list List, err error) {
	statement, args := listStatement(f)
	if list.Customers, err = loadCustomers(tx, statement, args); err != nil {
		return list, err
	}
	if len(list.Customers) > pageSize {
		list.Customers = list.Customers[:pageSize]
		list.Next = cursorOf(list.Customers[pageSize-1].Customer, f)
	}
	err = tx.One(countCustomers, guard.Args{"archived": f.Archived, "limit": CountLimit + 1}, &list.Count)
	return list, err
}

func listStatement(f Filter) (*guard.Statement, guard.Args) {
	if f.Sort == ByRecent && f.Text == "" {
		at := int64(math.MaxInt64)
		if !f.After.Zero() {
			at = f.After.Number
		}
		return customersRecent, guard.Args{"archived": f.Archived, "after": at, "after_id": f.After.ID, "limit": pageSize + 1}
	}
	from := organisation.Fold(f.Text)
	after := from
	if !f.After.Zero() {
		after = f.After.Text
	}
	return customersByName, guard.Args{"archived": f.Archived, "after": after, "after_id": f.After.ID, "until": organisation.After(from), "limit": pageSize + 1}
}

func cursorOf(c Customer, f Filter) organisation.Cursor {
	if f.Sort == ByRecent && f.Text == "" {
		return organisation.Cursor{Number: c.UpdatedAt.UnixMicro(), ID: c.ID}
	}
	return organisation.Cursor{Text: organisation.Fold(c.Name), ID: c.ID}
}

// Record is a customer with everything on its page.
type Record struct {
	Customer Customer
	Contacts []Contact
	Portal   map[string]Portal // by contact
	Links    []Link            // that still work, of all contacts, the newest first
}

// Get gives a customer with its contacts. NotFound when it is not the organisation's.
func (s *Service) Get(ctx context.Context, actor access.Actor, customer string) (r Record, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		if r.Customer, err = CustomerByID(tx, customer); err != nil {
			return err
		}
		if r.Contacts, err = ContactsOf(tx, customer); err != nil {
			return err
		}
		return loadPortal(tx, &r)
	})
	return r, err
}

func loadPortal(tx *guard.Tx, r *Record) (err error) {
	r.Portal, r.Links, err = Portals(tx, r.Customer.ID, r.Contacts)
	return err
}

// RevokeLinks ends every personal link of a customer's people that still works, at once, and
// tells how many. Staff with links:manage. NotFound when the customer is not the organisation's.
func (s *Service) RevokeLinks(ctx context.Context, actor access.Actor, customer string) (n int, err error) {
	err = s.store.Change(ctx, actor, access.LinksManage, func(tx *guard.Tx) error {
		if _, err := CustomerByID(tx, customer); err != nil {
			return err
		}
		contacts, err := ContactsOf(tx, customer)
		if err != nil {
			return err
		}
		_, links, err := Portals(tx, customer, contacts)
		if err != nil {
			return err
		}
		n = len(links)
		for _, l := range links {
			if err := identity.RevokeLink(tx, l.ID); err != nil {
				return fmt.Errorf("revoke a link: %w", err)
			}
		}
		return nil
	})
	return n, err
}

// Contact gives a contact of a customer. NotFound when it is not there or was removed.
func (s *Service) Contact(ctx context.Context, actor access.Actor, customer, contact string) (k Contact, c Customer, err error) {
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		if k, err = ContactByID(tx, contact); err != nil {
			return err
		}
		if k.Customer != customer || k.Archived {
			return fault.New(fault.NotFound, "This contact was not found.")
		}
		c, err = CustomerByID(tx, customer)
		return err
	})
	return k, c, err
}

// Create adds a customer with an optional first contact and gives its id.
func (s *Service) Create(ctx context.Context, actor access.Actor, d Details, first ContactDetails) (customer string, err error) {
	err = s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		customer, _, err = CreateIn(tx, d, first)
		return err
	})
	return customer, err
}

// Update changes a customer's details.
func (s *Service) Update(ctx context.Context, actor access.Actor, customer string, d Details) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		changed, err := tx.Exec(updateCustomer, detailArgs(customer, d))
		if err != nil {
			return fmt.Errorf("change customer: %w", err)
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "This customer was not found.")
		}
		return tx.Record(Changed{Customer: customer, Name: d.Name})
	})
}

// Archive puts a customer away, or brings it back. Its projects stay.
func (s *Service) Archive(ctx context.Context, actor access.Actor, customer string, archived bool) error {
	return s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		c, err := CustomerByID(tx, customer)
		if err != nil || c.Archived == archived {
			return err
		}
		if _, err := tx.Exec(archiveCustomer, guard.Args{"id": customer, "archived": archived}); err != nil {
			return fmt.Errorf("archive customer: %w", err)
		}
		return tx.Record(Archived{Customer: customer, Name: c.Name, Back: !archived})
	})
}

// AddContact adds a person to a customer and gives the contact's id.
func (s *Service) AddContact(ctx context.Context, actor access.Actor, customer string, d ContactDetails) (contact string, err error) {
	err = s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		if _, err := CustomerByID(tx, customer); err != nil {
			return err
		}
		contact, err = AddContactIn(tx, customer, d)
		return err
	})
	return contact, err
}

// UpdateContact changes a contact. Another address makes the contact nobody's login until
// something is sent to it again.
func (s *Service) UpdateContact(ctx context.Context, actor access.Actor, contact string, d ContactDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		k, err := ContactByID(tx, contact)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(updateContact, guard.Args{"id": contact, "name": d.Name, "folded": organisation.Fold(d.Name), "phone": d.Phone, "title": d.Title}); err != nil {
			return fmt.Errorf("change contact: %w", err)
		}
		moved, err := tx.Exec(moveContact, guard.Args{"id": contact, "email": d.Email, "email_folded": foldEmail(d.Email)})
		if err != nil {
			return fmt.Errorf("change contact's address: %w", err)
		}
		if moved > 0 {
			if err := endAccess(tx, k, "the address of the contact changed"); err != nil {
				return err
			}
		}
		return tx.Record(ContactChanged{Customer: k.Customer, Contact: contact, Name: d.Name, Moved: moved > 0})
	})
}

// RemoveContact takes a contact off its customer. What was sent to it stays, but with the
// next request the person sees nothing of the customer any more (A13, E04).
func (s *Service) RemoveContact(ctx context.Context, actor access.Actor, contact string) error {
	return s.store.Change(ctx, actor, access.CustomersWrite, func(tx *guard.Tx) error {
		if _, err := ContactByID(tx, contact); err != nil {
			return err
		}
		archived, err := tx.Exec(archiveContact, guard.Args{"id": contact})
		if err != nil {
			return fmt.Errorf("remove contact: %w", err)
		}
		if archived == 0 {
			return nil
		}
		k, err := ContactByID(tx, contact) // anew: who was sending to the contact has made a person of it
		if err != nil {
			return err
		}
		if err := endAccess(tx, k, "the contact was removed"); err != nil {
			return err
		}
		return tx.Record(ContactRemoved{Customer: k.Customer, Contact: contact, Name: k.Name})
	})
}

// endAccess takes back what the person behind a contact could see of its customer, unless
// another of the customer's contacts is the same person. Who is nobody's contact any more is
// no member either: their links and open browsers end too.
func endAccess(tx *guard.Tx, k Contact, why string) error {
	if k.Person == "" {
		return nil
	}
	if _, err := identity.EndInvitations(tx, k.Person, k.Name, k.Customer, why); err != nil {
		return fmt.Errorf("end the invitation of a contact: %w", err)
	}
	here, elsewhere := false, false
	err := tx.Each(contactsOfPerson, guard.Args{"person": string(k.Person)}, func(row guard.Row) error {
		var customer string
		err := row(&customer)
		here, elsewhere = here || customer == k.Customer, elsewhere || customer != k.Customer
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("find the person's other contacts: %w", err)
	case here:
		return nil
	case elsewhere:
		if err := EndLinks(tx, k.Person, k.Customer, false); err != nil {
			return err
		}
		return identity.RevokeGrants(tx, k.Person, k.Customer, why)
	}
	if err := identity.RemoveMember(tx, k.Person, access.Customer); err != nil && !fault.Is(err, fault.NotFound) {
		return fmt.Errorf("end the membership of a contact: %w", err)
	}
	return nil
}

// EndLinks revokes a person's links to a customer's proposals and projects, whose pages would
// still tell what they are called; with everything, those to the whole portal too.
func EndLinks(tx *guard.Tx, person access.PersonID, customer string, everything bool) error {
	all := 0
	if everything {
		all = 1
	}
	_, err := tx.Exec(endDocumentLinks, guard.Args{"person": string(person), "customer": customer, "everything": all, "by": string(tx.Actor().Person())})
	return err
}

// Namesake is another contact with the same address.
type Namesake struct {
	Contact  Contact
	Customer Customer
}

// Namesakes lists contacts of other customers that have the address already: a hint, not
// a refusal, since one person may belong to two customers.
func (s *Service) Namesakes(ctx context.Context, actor access.Actor, email, except string) (list []Namesake, err error) {
	if email == "" {
		return nil, nil
	}
	err = s.store.View(ctx, actor, access.CustomersRead, func(tx *guard.Tx) error {
		same, err := loadContacts(tx, contactsLike, guard.Args{"email": foldEmail(email)})
		if err != nil {
			return err
		}
		for _, k := range same {
			if k.ID == except {
				continue
			}
			c, err := CustomerByID(tx, k.Customer)
			if err != nil {
				return err
			}
			list = append(list, Namesake{k, c})
		}
		return nil
	})
	return list, err
}

// MarkBounced notes on all contacts with the address that mail to it came back.
func (s *Service) MarkBounced(ctx context.Context, org access.OrgID, email, reason string, at time.Time) error {
	if email == "" {
		return nil
	}
	return s.store.Change(ctx, access.NewSystem(org, "mark contacts whose mail came back"), access.CustomersWrite, func(tx *guard.Tx) error {
		return storeBounce(tx, email, reason, at)
	})
}
