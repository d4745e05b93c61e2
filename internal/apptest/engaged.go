package apptest

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo"
	"lintel/internal/features/contractor"
	"lintel/internal/features/signing"
	"lintel/internal/platform/id"
)

// engage gives the family a contractor of its own, with somebody at its desk and a
// technician. Their links are the demo's: each opens in as many browsers as a test needs.
func (m *Family) engage() {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx, app := context.Background(), p.App
	firm, err := app.Contractors.Create(ctx, f.Owner, contractor.Details{Name: "Contractor " + m.Canary, Notes: "Between us: " + f.Office})
	p.must(err)
	m.Desk = demo.Person{Organisation: f.Slug, Role: "contractor", Name: "Eva " + m.Canary, Email: "desk@" + m.Name + "." + f.Slug + ".example"}
	m.Field = demo.Person{Organisation: f.Slug, Role: "technician", Name: "Nadia " + m.Canary, Email: "field@" + m.Name + "." + f.Slug + ".example"}
	p.must(app.Contractors.Invite(ctx, f.Owner, firm, contractor.PersonDetails{Name: m.Desk.Name, Email: m.Desk.Email}))
	record, err := app.Contractors.Get(ctx, f.Owner, firm)
	p.must(err)
	m.Desk.URL = f.doorOf(record.AtDesk[0].Person)
	m.desk = p.As(m.Desk).Actor(f.Slug, "/"+f.Slug+"/desk")
	_, err = app.Contractors.AddTechnician(ctx, m.desk, "", contractor.PersonDetails{Name: m.Field.Name, Email: m.Field.Email, Phone: "+44 20 7946 0001"})
	p.must(err)
	record, err = app.Contractors.Get(ctx, f.Owner, firm)
	p.must(err)
	m.Field.URL = f.doorOf(record.Technicians[0].Person)
	for _, actor := range []access.Actor{m.desk, p.As(m.Field).Actor(f.Slug, "/"+f.Slug+"/field")} {
		p.must(app.Contractors.SaveSignature(ctx, actor, signing.Drawn, scribble(), ""))
	}
}

// scribble is a drawn signature as a browser sends it.
func scribble() string {
	ink := image.NewRGBA(image.Rect(0, 0, 120, 40))
	for x := range 120 {
		ink.Set(x, 20, color.Black)
	}
	var out bytes.Buffer
	_ = png.Encode(&out, ink) // into memory
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())
}

func (f *Firm) doorOf(person access.PersonID) string {
	f.portal.t.Helper()
	var path string
	f.change(func(tx *guard.Tx) (err error) {
		path, err = f.portal.App.Identity.MakeDemoLink(tx, person)
		return err
	})
	return BaseURL + path
}

// makeContractor makes a new contractor for the office to work on, and a new technician at
// the family's own one.
func (m *Family) makeContractor(t *Things) {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	ctx, app := context.Background(), p.App
	var err error
	t.Contractor, err = app.Contractors.Create(ctx, f.Owner, contractor.Details{Name: "Contractor " + m.Canary, Notes: "Between us: " + f.Office})
	p.must(err)
	p.must(app.Contractors.Invite(ctx, f.Owner, t.Contractor, contractor.PersonDetails{Name: "Sam " + m.Canary, Email: id.New() + "@" + m.Name + "." + f.Slug + ".example"}))
	record, err := app.Contractors.Get(ctx, f.Owner, t.Contractor)
	p.must(err)
	t.Place = record.AtDesk[0].ID
	t.Technician, err = app.Contractors.AddTechnician(ctx, m.desk, "", contractor.PersonDetails{Name: "Ben " + m.Canary, Email: id.New() + "@" + m.Name + "." + f.Slug + ".example"})
	p.must(err)
}
