package demo

import (
	"context"
	"fmt"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/contractor"
	"lintel/internal/features/signing"
)

// contractorPlan is a firm that works for the firm of the plan. The first of its desk adds
// the technicians.
type contractorPlan struct {
	details     contractor.Details
	desk        []contractor.PersonDetails
	technicians []contractor.PersonDetails
}

// brightwire works for the builder and for the compliance firm: people of two portals.
func brightwire() contractorPlan {
	return contractorPlan{
		details: contractor.Details{Name: "Brightwire Fire & Electrical", Trade: "Fire and electrical", Address: "Unit 6, Kiln Yard\nHaverford HV1 4BS", Email: "desk@brightwire.example", Phone: "+44 1632 960 550",
			Notes: "Gas licence of one technician runs out in spring."},
		desk: []contractor.PersonDetails{{Name: "Eva Voss", Email: "eva@brightwire.example", Phone: "+44 7700 900 551"}, {Name: "Tom Adeyemi", Email: "tom@brightwire.example"}},
		technicians: []contractor.PersonDetails{{Name: "Nadia Okafor", Email: "nadia@brightwire.example", Phone: "+44 7700 900 552"}, {Name: "Ben Laurent", Email: "ben@brightwire.example", Phone: "+44 7700 900 553"},
			{Name: "Iris Moen", Email: "iris@brightwire.example"}, {Name: "Sam Kovac", Email: "sam@brightwire.example", Phone: "+44 7700 900 555"}},
	}
}

func tarnRoofing() contractorPlan {
	return contractorPlan{
		details:     contractor.Details{Name: "Tarn Roofing", Trade: "Roofs and gutters", Address: "3 Old Mill Lane\nTarn TN2 8PL", Email: "office@tarnroofing.example", Phone: "+44 1632 960 570"},
		desk:        []contractor.PersonDetails{{Name: "Jonas Tarn", Email: "jonas@tarnroofing.example", Phone: "+44 7700 900 571"}},
		technicians: []contractor.PersonDetails{{Name: "Mika Tarn", Email: "mika@tarnroofing.example"}},
	}
}

// playContractor has the office invite the desk, the desk add its technicians, and the first
// technician come in and store a signature.
func (f *firm) playContractor(plan contractorPlan) {
	f.at(40, "09:00", func() error { return f.andTell(f.engage(plan)) })
	f.at(39, "10:15", func() error { return f.andTell(f.staffDesk(plan)) })
	f.at(1, "07:40", func() error { return f.visitField(plan) })
}

func (f *firm) engage(plan contractorPlan) error {
	owner := f.staff[f.plan.owner.key].actor
	made, err := f.app.Contractors.Create(f.ctx, owner, plan.details)
	if err != nil {
		return fmt.Errorf("make the contractor %s: %w", plan.details.Name, err)
	}
	for _, d := range plan.desk {
		if err := f.app.Contractors.Invite(f.ctx, owner, made, d); err != nil {
			return fmt.Errorf("invite %s: %w", d.Name, err)
		}
	}
	return nil
}

// placeOf finds a place of the contractor by the person's address.
func (f *firm) placeOf(name, email string) (contractor.Person, error) {
	owner := f.staff[f.plan.owner.key].actor
	list, err := f.app.Contractors.List(f.ctx, owner, contractor.Filter{Text: name})
	if err != nil || len(list.Contractors) == 0 {
		return contractor.Person{}, fmt.Errorf("find the contractor %s: %w", name, err)
	}
	record, err := f.app.Contractors.Get(f.ctx, owner, list.Contractors[0].ID)
	if err != nil {
		return contractor.Person{}, err
	}
	for _, p := range append(record.AtDesk, record.Technicians...) {
		if p.Email == email {
			return p, nil
		}
	}
	return contractor.Person{}, fmt.Errorf("%s is not at %s", email, name)
}

func (f *firm) staffDesk(plan contractorPlan) error {
	place, err := f.placeOf(plan.details.Name, plan.desk[0].Email)
	if err != nil {
		return err
	}
	desk, err := f.enterStaff(f.org, place.Person, len(plan.details.Name))
	if err != nil {
		return err
	}
	for _, d := range plan.technicians {
		if _, err := f.app.Contractors.AddTechnician(f.ctx, desk.actor, "", d); err != nil {
			return fmt.Errorf("add the technician %s: %w", d.Name, err)
		}
	}
	return nil
}

func (f *firm) visitField(plan contractorPlan) error {
	first := plan.technicians[0]
	place, err := f.placeOf(plan.details.Name, first.Email)
	if err != nil {
		return err
	}
	field, err := f.enterStaff(f.org, place.Person, len(first.Name)+2)
	if err != nil {
		return err
	}
	return f.app.Contractors.SaveSignature(f.ctx, field.actor, signing.Typed, "", first.Name)
}

// contractorDoors are links to enter by as people of contractors.
func contractorDoors(ctx context.Context, a *app.App, system access.Actor, firm string) (people []Person, err error) {
	list, err := a.Contractors.List(ctx, system, contractor.Filter{})
	if err != nil {
		return nil, err
	}
	for _, c := range list.Contractors {
		record, err := a.Contractors.Get(ctx, system, c.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range append(record.AtDesk, record.Technicians...) {
			if p.Ended {
				continue
			}
			var path string
			err := a.Store.Change(ctx, system, access.SystemWork, func(tx *guard.Tx) (err error) {
				path, err = a.Identity.MakeDemoLink(tx, p.Person)
				return err
			})
			if err != nil {
				return nil, err
			}
			people = append(people, Person{firm, string(p.Kind), p.Name, p.Email, a.Config.BaseURL + path})
		}
	}
	return people, nil
}
