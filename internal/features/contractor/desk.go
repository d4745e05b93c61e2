package contractor

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
)

// Desk is what somebody at a contractor's desk sees of their own firms.
type Desk struct {
	Firms       []Contractor // nearly always one
	Technicians []Person
}

// Desk gives the actor's firms and their technicians, by name. People at a desk only.
func (s *Service) Desk(ctx context.Context, actor access.Actor) (d Desk, err error) {
	err = s.store.View(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		if d.Firms, err = loadFirms(tx); err != nil {
			return err
		}
		d.Technicians, err = loadPeople(tx, ownTechnicians, nil)
		return err
	})
	return d, err
}

// Technician gives one technician of the actor's firms. NotFound for every other.
func (s *Service) Technician(ctx context.Context, actor access.Actor, place string) (p Person, err error) {
	err = s.store.View(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		p, err = loadOwn(tx, place)
		return err
	})
	return p, err
}

func loadOwn(tx *guard.Tx, place string) (p Person, err error) {
	err = tx.One(ownTechnician, guard.Args{"id": place}, personTargets(&p)...)
	return p, err
}

// firmOf finds the firm of the actor that a technician is added to: the one that the form
// names, or the only one.
func firmOf(tx *guard.Tx, chosen string) (Contractor, error) {
	firms, err := loadFirms(tx)
	if err != nil {
		return Contractor{}, err
	}
	for _, f := range firms {
		if f.ID == chosen || chosen == "" && len(firms) == 1 {
			return f, nil
		}
	}
	return Contractor{}, fault.ForField("contractor", "Choose one of your firms.")
}

// AddTechnician adds a technician to one of the actor's firms and mails them their link
// (CT-14). Invalid with the fields name, email, phone and contractor; TooMany.
func (s *Service) AddTechnician(ctx context.Context, actor access.Actor, contractor string, d PersonDetails) (place string, err error) {
	if err := d.check(); err != nil {
		return "", err
	}
	err = s.store.View(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		_, err := firmOf(tx, contractor)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := s.people.MayMail(ctx, d.Email); err != nil {
		return "", err
	}
	err = s.store.Change(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		firm, err := firmOf(tx, contractor)
		if err != nil {
			return err
		}
		if err := checkRoom(tx, firm.ID, access.Technician); err != nil {
			return err
		}
		place, err = s.addIn(ctx, tx, firm, d)
		return err
	})
	return place, err
}

// addIn gives a person a technician's place at a firm that the caller has found to be the actor's.
func (s *Service) addIn(ctx context.Context, tx *guard.Tx, firm Contractor, d PersonDetails) (place string, err error) {
	person, err := identity.AddTechnician(tx, d.Name, d.Email)
	if err != nil {
		return "", err
	}
	wide, place, ended := beyondDesk(tx), "", false
	where := guard.Args{"person": string(person), "contractor": firm.ID, "kind": string(access.Technician)}
	err = wide.One(placeOf, where, &place, &ended)
	switch {
	case fault.Is(err, fault.NotFound):
		place = id.New()
	case err != nil:
		return "", err
	case !ended:
		return "", fault.ForField("email", "You have a technician with this address already.")
	}
	if _, err := wide.Exec(putPlace, placeArgs(place, firm.ID, access.Technician, person, tx.Actor().Person(), d)); err != nil {
		return "", fmt.Errorf("put a technician: %w", err)
	}
	if err := tx.Record(PersonAdded{Contractor: firm.ID, Person: person, Kind: access.Technician, Name: d.Name, Firm: firm.Name}); err != nil {
		return "", err
	}
	return place, s.people.MailTechnicianLink(ctx, tx, person, firm.Name)
}

// UpdateTechnician changes a technician's name and phone. Another address is another person:
// the old one's access ends, and the new one gets a link. Faults as of AddTechnician, and
// NotFound.
func (s *Service) UpdateTechnician(ctx context.Context, actor access.Actor, place string, d PersonDetails) error {
	if err := d.check(); err != nil {
		return err
	}
	p, err := s.Technician(ctx, actor, place)
	if err != nil {
		return err
	}
	moved := organisation.Fold(p.Email) != organisation.Fold(d.Email)
	if moved {
		if err := s.people.MayMail(ctx, d.Email); err != nil {
			return err
		}
	}
	return s.store.Change(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		p, err := loadOwn(tx, place)
		if err != nil {
			return err
		}
		if moved {
			return s.replace(ctx, tx, p, d)
		}
		if _, err := tx.Exec(changeTechnician, guard.Args{"id": place, "name": d.Name, "folded": organisation.Fold(d.Name), "phone": d.Phone}); err != nil {
			return fmt.Errorf("change a technician: %w", err)
		}
		if err := rename(tx, p, d.Name); err != nil {
			return err
		}
		return tx.Record(PersonChanged{Contractor: p.Contractor, Person: p.Person, Name: d.Name, Before: p.Name})
	})
}

// rename changes the name that the organisation knows the technician by, unless another
// contractor has a say in it too.
func rename(tx *guard.Tx, p Person, name string) error {
	others := 0
	if err := beyondDesk(tx).One(otherPlaces, guard.Args{"person": string(p.Person), "kind": string(p.Kind), "id": p.ID}, &others); err != nil || others > 0 {
		return err
	}
	return identity.RenameTechnician(tx, p.Person, name)
}

func (s *Service) replace(ctx context.Context, tx *guard.Tx, p Person, d PersonDetails) error {
	firm, err := firmOf(tx, p.Contractor)
	if err != nil {
		return err
	}
	if err := remove(tx, firm, p, "the address changed"); err != nil {
		return err
	}
	_, err = s.addIn(ctx, tx, firm, d)
	return err
}

// RemoveTechnician takes a technician off the actor's firm: the open session and every link
// end at once (T5). NotFound when they are not the actor's.
func (s *Service) RemoveTechnician(ctx context.Context, actor access.Actor, place string) error {
	return s.store.Change(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		p, err := loadOwn(tx, place)
		if err != nil {
			return err
		}
		firm, err := firmOf(tx, p.Contractor)
		if err != nil {
			return err
		}
		return remove(tx, firm, p, "removed by the contractor")
	})
}

func remove(tx *guard.Tx, firm Contractor, p Person, reason string) error {
	changed, err := tx.Exec(endTechnician, guard.Args{"id": p.ID})
	if err != nil {
		return fmt.Errorf("remove a technician: %w", err)
	}
	if changed == 0 {
		return noPerson()
	}
	if err := leave(tx, p); err != nil {
		return err
	}
	return tx.Record(AccessEnded{Contractor: firm.ID, Person: p.Person, Kind: p.Kind, Name: p.Name, Firm: firm.Name, Reason: reason})
}

// SendLink mails a technician of the actor's a new link; older ones go on working. NotFound,
// TooMany.
func (s *Service) SendLink(ctx context.Context, actor access.Actor, place string) error {
	p, err := s.Technician(ctx, actor, place)
	if err != nil {
		return err
	}
	if err := s.people.MayMail(ctx, p.Email); err != nil {
		return err
	}
	return s.store.Change(ctx, actor, access.TechniciansManage, func(tx *guard.Tx) error {
		p, err := loadOwn(tx, place)
		if err != nil {
			return err
		}
		firm, err := firmOf(tx, p.Contractor)
		if err != nil {
			return err
		}
		return s.people.MailTechnicianLink(ctx, tx, p.Person, firm.Name)
	})
}
