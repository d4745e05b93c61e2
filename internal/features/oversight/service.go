package oversight

import (
	"context"
	"fmt"
	"slices"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/customer"
	"lintel/internal/features/identity"
	"lintel/internal/platform/fault"
)

// newest is how many events a person's page shows.
const newest = 30

// Service answers who can see what.
type Service struct {
	store    *guard.Store
	identity *identity.Service
}

// New makes the service.
func New(store *guard.Store, people *identity.Service) *Service { return &Service{store, people} }

// Readers lists who can see a thing, and why. Staff with access:read who may read the thing
// themselves. NotFound when there is no such thing.
func (s *Service) Readers(ctx context.Context, actor access.Actor, kind Kind, id string) (r Readers, err error) {
	err = s.store.View(ctx, actor, access.AccessRead, func(tx *guard.Tx) error {
		thing, err := loadThing(tx, kind, id)
		if err != nil {
			return err
		}
		abilities, err := loadAbilities(tx)
		if err != nil {
			return err
		}
		var holders []Holder
		if thing.Customer != "" {
			if holders, err = loadHolders(tx, thing.Customer); err != nil {
				return err
			}
		}
		r = readersOf(thing, abilities, holders)
		if err := countLinks(tx, &r); err != nil {
			return err
		}
		r.Files, err = loadFiles(tx, thing)
		return err
	})
	if err != nil {
		return Readers{}, fmt.Errorf("who can see this: %w", err)
	}
	return r, nil
}

// countLinks notes who holds a live link to the thing.
func countLinks(tx *guard.Tx, r *Readers) error {
	links, err := identity.LinksOf(tx, r.Thing.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		for i := range r.People {
			if r.People[i].Person == l.Person && l.Live(tx.Now()) {
				r.People[i].Links++
			}
		}
	}
	return nil
}

// Happened is something on record about a person.
type Happened struct {
	event.Recorded
	Kind event.Kind
}

// Dossier is everything about one contact's access.
type Dossier struct {
	Customer    customer.Customer
	Contact     customer.Contact
	Memberships []identity.Member
	Places      []Place
	Offered     access.ModuleSet // what their membership and the firm leave them
	OnlyByLink  bool
	Links       []identity.Link
	Seats       []identity.Seat
	Events      []Happened // the newest first
}

// Active reports that the person may enter.
func (d Dossier) Active() bool {
	return slices.ContainsFunc(d.Memberships, func(m identity.Member) bool { return m.Kind == access.Customer && m.State == "active" })
}

// Dossier gathers everything about a contact's access. Staff with access:read and
// customers:read. NotFound when the customer has no such contact.
func (s *Service) Dossier(ctx context.Context, actor access.Actor, customerID, contact string) (d Dossier, err error) {
	err = s.store.View(ctx, actor, access.AccessRead, func(tx *guard.Tx) error {
		if err := tx.Require(access.CustomersRead); err != nil {
			return err
		}
		if d.Customer, d.Contact, err = contactOf(tx, customerID, contact); err != nil || d.Contact.Person == "" {
			return err
		}
		return s.fill(tx, &d)
	})
	if err != nil {
		return Dossier{}, fmt.Errorf("a person's access: %w", err)
	}
	return d, nil
}

func (s *Service) fill(tx *guard.Tx, d *Dossier) (err error) {
	person := d.Contact.Person
	if d.Memberships, err = identity.MembershipsOf(tx, person); err != nil {
		return err
	}
	if d.Places, err = loadPlaces(tx, person); err != nil {
		return err
	}
	holders, err := loadHolders(tx, d.Customer.ID)
	if err != nil {
		return err
	}
	for _, h := range holders {
		if h.Person == person {
			d.Offered, d.OnlyByLink = h.Offered, h.OnlyByLink
		}
	}
	if d.Links, err = identity.LinksOfPerson(tx, person); err != nil {
		return err
	}
	d.Links = slices.DeleteFunc(d.Links, func(l identity.Link) bool { return !l.Live(tx.Now()) })
	if d.Seats, err = s.identity.SeatsOf(tx, person); err != nil {
		return err
	}
	d.Events = nil
	err = tx.History(string(person), func(r event.Recorded, kind event.Kind) { d.Events = append(d.Events, Happened{r, kind}) })
	slices.Reverse(d.Events)
	d.Events = d.Events[:min(len(d.Events), newest)]
	return err
}

func contactOf(tx *guard.Tx, customerID, contact string) (c customer.Customer, k customer.Contact, err error) {
	if c, err = customer.CustomerByID(tx, customerID); err != nil {
		return c, k, err
	}
	k, err = customer.ContactByID(tx, contact)
	if err == nil && (k.Customer != customerID || k.Archived) {
		err = fault.New(fault.NotFound, "This contact was not found.")
	}
	return c, k, err
}

// Look lets the actor's browser see the portal as a contact does; see identity.Look. Staff
// with see-as:use. Faults: Invalid on reason, NotFound when the customer has no such
// contact or the contact no access.
func (s *Service) Look(ctx context.Context, actor access.Actor, customerID, contact, reason string) (name string, err error) {
	err = s.store.Change(ctx, actor, access.SeeAs, func(tx *guard.Tx) error {
		_, k, err := contactOf(tx, customerID, contact)
		if err != nil {
			return err
		}
		name = k.Name
		return identity.Look(tx, identity.LookRequest{Person: k.Person, Customer: customerID, Reason: reason})
	})
	if err != nil {
		return "", fmt.Errorf("look at the portal as a contact: %w", err)
	}
	return name, nil
}

// StopLooking ends what Look began and tells whose page to go back to; both are empty when
// nobody looked. Staff with see-as:use.
func (s *Service) StopLooking(ctx context.Context, actor access.Actor) (customerID, contact string, err error) {
	err = s.store.Change(ctx, actor, access.SeeAs, func(tx *guard.Tx) error {
		person, err := identity.StopLooking(tx)
		if err != nil || person == "" {
			return err
		}
		err = tx.One(contactOfPerson, guard.Args{"person": string(person)}, &customerID, &contact)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return customerID, contact, err
}
