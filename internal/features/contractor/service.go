package contractor

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Service holds the verbs of the office, of contractors' desks and of technicians.
type Service struct {
	store  *guard.Store
	people *identity.Service
	files  *file.Service
}

// New makes the service.
func New(store *guard.Store, people *identity.Service, files *file.Service) *Service {
	return &Service{store: store, people: people, files: files}
}

const pageSize = 50

// CountLimit is where counting stops: a list says "1,000+" beyond.
const CountLimit = 1000

// Filter chooses contractors for a list; Text searches the beginnings of names.
type Filter struct {
	Text     string
	Archived bool
	After    organisation.Cursor
}

// Line is a contractor in a list.
type Line struct {
	Contractor
	AtDesk, Technicians int
}

// List is one page of contractors.
type List struct {
	Contractors []Line
	Count       int // CountLimit+1 at most
	Next        organisation.Cursor
}

// List gives one page of contractors by name. Staff only.
func (s *Service) List(ctx context.Context, actor access.Actor, f Filter) (list List, err error) {
	err = s.store.View(ctx, actor, access.ContractorsRead, func(tx *guard.Tx) error {
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
	err = tx.Each(contractorsByName, args, func(row guard.Row) error {
		var l Line
		err := row(append(targets(&l.Contractor), &l.AtDesk, &l.Technicians)...)
		list.Contractors = append(list.Contractors, l)
		return err
	})
	if err != nil {
		return list, err
	}
	if len(list.Contractors) > pageSize {
		list.Contractors = list.Contractors[:pageSize]
		last := list.Contractors[pageSize-1]
		list.Next = organisation.Cursor{Text: organisation.Fold(last.Name), ID: last.ID}
	}
	err = tx.One(countContractors, guard.Args{"archived": f.Archived, "limit": CountLimit + 1}, &list.Count)
	return list, err
}

// Record is a contractor with its people, live ones before those whose access ended.
type Record struct {
	Contractor  Contractor
	AtDesk      []Person
	Technicians []Person
}

// Live counts the people who can enter.
func (r Record) Live() (n int) {
	for _, list := range [][]Person{r.AtDesk, r.Technicians} {
		for _, p := range list {
			if !p.Ended {
				n++
			}
		}
	}
	return n
}

// Get gives a contractor with its people. NotFound when it is not the organisation's.
func (s *Service) Get(ctx context.Context, actor access.Actor, contractor string) (r Record, err error) {
	err = s.store.View(ctx, actor, access.ContractorsRead, func(tx *guard.Tx) error {
		r, err = loadRecord(tx, contractor)
		return err
	})
	return r, err
}

func loadRecord(tx *guard.Tx, contractor string) (r Record, err error) {
	if r.Contractor, err = loadContractor(tx, contractor); err != nil {
		return Record{}, fmt.Errorf("load contractor: %w", err)
	}
	people, err := loadPeople(tx, peopleOf, guard.Args{"contractor": contractor})
	for _, p := range people {
		if p.Kind == access.Contractor {
			r.AtDesk = append(r.AtDesk, p)
		} else {
			r.Technicians = append(r.Technicians, p)
		}
	}
	return r, err
}

// Create adds a contractor and gives its id. Invalid with the fields name, email and phone.
func (s *Service) Create(ctx context.Context, actor access.Actor, d Details) (contractor string, err error) {
	if err := d.check(); err != nil {
		return "", err
	}
	contractor = id.New()
	return contractor, s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		if _, err := tx.Exec(insertContractor, detailArgs(contractor, d)); err != nil {
			return fmt.Errorf("store contractor: %w", err)
		}
		return tx.Record(Added{Contractor: contractor, Name: d.Name})
	})
}

// Update changes a contractor's details. Faults as of Create, and NotFound.
func (s *Service) Update(ctx context.Context, actor access.Actor, contractor string, d Details) error {
	if err := d.check(); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		changed, err := tx.Exec(updateContractor, detailArgs(contractor, d))
		if err != nil {
			return fmt.Errorf("change contractor: %w", err)
		}
		if changed == 0 {
			return fault.New(fault.NotFound, "This contractor was not found.")
		}
		return tx.Record(Changed{Contractor: contractor, Name: d.Name})
	})
}

// Archive puts a contractor away and ends the access of all its people, or brings it back.
// Coming back gives nobody access: the office invites again.
func (s *Service) Archive(ctx context.Context, actor access.Actor, contractor string, archived bool) error {
	return s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		r, err := loadRecord(tx, contractor)
		if err != nil || r.Contractor.Archived == archived {
			return err
		}
		if archived {
			if err := endAll(tx, r, "the contractor was archived"); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(archiveContractor, guard.Args{"id": contractor, "archived": archived}); err != nil {
			return fmt.Errorf("archive contractor: %w", err)
		}
		return tx.Record(Archived{Contractor: contractor, Name: r.Contractor.Name, Back: !archived})
	})
}

// Invite gives somebody a place at a contractor's desk and mails them how to come in. For
// somebody who has one it mails again. Invalid with the fields name, email and phone;
// Conflict for an archived contractor; TooMany when the address has just got mails.
func (s *Service) Invite(ctx context.Context, actor access.Actor, contractor string, d PersonDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	err := s.store.View(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		_, err := loadLive(tx, contractor)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.people.MayMail(ctx, d.Email); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		firm, err := loadLive(tx, contractor)
		if err != nil {
			return err
		}
		if err := checkRoom(tx, contractor, access.Contractor); err != nil {
			return err
		}
		person, err := identity.AddDeskPerson(tx, d.Name, d.Email)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(putPlace, placeArgs(id.New(), contractor, access.Contractor, person, actor.Person(), d)); err != nil {
			return fmt.Errorf("put a place at a desk: %w", err)
		}
		if err := tx.Record(PersonAdded{Contractor: contractor, Person: person, Kind: access.Contractor, Name: d.Name, Firm: firm.Name}); err != nil {
			return err
		}
		return s.people.InviteToDesk(ctx, tx, person, firm.Name)
	})
}

func loadLive(tx *guard.Tx, contractor string) (Contractor, error) {
	firm, err := loadContractor(tx, contractor)
	if err == nil && firm.Archived {
		err = fault.New(fault.Conflict, "This contractor is archived. Bring it back first.")
	}
	return firm, err
}

// InviteAgain mails somebody of a desk the way in once more. NotFound when they have no live
// place there; TooMany.
func (s *Service) InviteAgain(ctx context.Context, actor access.Actor, contractor, place string) error {
	p, firm, err := s.Person(ctx, actor, contractor, place)
	if err != nil {
		return err
	}
	if p.Ended || p.Kind != access.Contractor {
		return noPerson()
	}
	if err := s.people.MayMail(ctx, p.Email); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error { return s.people.InviteToDesk(ctx, tx, p.Person, firm.Name) })
}

// Person gives one place at a contractor. NotFound when it is not there.
func (s *Service) Person(ctx context.Context, actor access.Actor, contractor, place string) (p Person, c Contractor, err error) {
	err = s.store.View(ctx, actor, access.ContractorsRead, func(tx *guard.Tx) error {
		if c, err = loadContractor(tx, contractor); err != nil {
			return err
		}
		p, err = loadPerson(tx, contractor, place)
		return err
	})
	return p, c, err
}

func loadPerson(tx *guard.Tx, contractor, place string) (p Person, err error) {
	err = tx.One(personOf, guard.Args{"contractor": contractor, "id": place}, personTargets(&p)...)
	return p, err
}

// EndAccess ends one person's place at a contractor, from their next request on. reason
// stands in the log. A second time does nothing. NotFound.
func (s *Service) EndAccess(ctx context.Context, actor access.Actor, contractor, place, reason string) error {
	return s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		firm, err := loadContractor(tx, contractor)
		if err != nil {
			return err
		}
		p, err := loadPerson(tx, contractor, place)
		if err != nil || p.Ended {
			return err
		}
		return end(tx, firm, p, reason)
	})
}

// EndAllAccess ends the places of everybody at a contractor.
func (s *Service) EndAllAccess(ctx context.Context, actor access.Actor, contractor, reason string) error {
	return s.store.Change(ctx, actor, access.ContractorsWrite, func(tx *guard.Tx) error {
		r, err := loadRecord(tx, contractor)
		if err != nil {
			return err
		}
		return endAll(tx, r, reason)
	})
}

func endAll(tx *guard.Tx, r Record, reason string) error {
	for _, p := range append(append([]Person{}, r.AtDesk...), r.Technicians...) {
		if p.Ended {
			continue
		}
		if err := end(tx, r.Contractor, p, reason); err != nil {
			return err
		}
	}
	return nil
}

func end(tx *guard.Tx, firm Contractor, p Person, reason string) error {
	if _, err := tx.Exec(endPlace, guard.Args{"id": p.ID}); err != nil {
		return fmt.Errorf("end a place: %w", err)
	}
	if err := leave(tx, p); err != nil {
		return err
	}
	return tx.Record(AccessEnded{Contractor: firm.ID, Person: p.Person, Kind: p.Kind, Name: p.Name, Firm: firm.Name, Reason: reason})
}

// beyondDesk is the transaction for the few questions about people that a desk cannot see.
func beyondDesk(tx *guard.Tx) *guard.Tx {
	return tx.OnBehalfOf("whether a person has a place at another contractor is not the desk's to see")
}

// leave ends that the person enters as what they were, unless another contractor has them too.
func leave(tx *guard.Tx, p Person) error {
	others := 0
	if err := beyondDesk(tx).One(otherPlaces, guard.Args{"person": string(p.Person), "kind": string(p.Kind), "id": p.ID}, &others); err != nil {
		return err
	}
	if others > 0 {
		return nil
	}
	return identity.LeaveFace(tx, p.Person, p.Kind)
}

func checkRoom(tx *guard.Tx, contractor string, kind access.Kind) error {
	live, today := 0, 0
	args := guard.Args{"contractor": contractor, "kind": string(kind), "since": tx.Now().Add(-24 * time.Hour)}
	if err := beyondDesk(tx).One(countPeople, args, &live, &today); err != nil {
		return err
	}
	if live >= mostPeople || today >= mostNewADay {
		return fault.New(fault.TooMany, "So many people were added that we stop here for today. Please ask us if that is what you need.")
	}
	return nil
}

func noPerson() error { return fault.New(fault.NotFound, "This person was not found.") }
