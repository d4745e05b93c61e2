package apptest

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/features/contractor"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
)

// A02, A04: a contractor's desk finds no other contractor's technician, by any of its routes
// and in no list, and a form cannot put somebody at another contractor.
func TestA02A04ADeskReachesNoOtherContractorsTechnicians(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		desk := p.As(alder.A.Desk)
		before := p.State()
		for _, foreign := range []Things{alder.B.Things, birch.A.Things, nothing()} {
			at := "/alder/desk/technicians/" + foreign.Technician
			for _, path := range []string{at, at + "/remove"} {
				if got := desk.Get(path); got.Status != http.StatusNotFound {
					t.Errorf("GET %s: %d", path, got.Status)
				}
			}
			for _, path := range []string{at, at + "/remove", at + "/link"} {
				if got := desk.Post(path, url.Values{"name": {"Stolen"}, "email": {"stolen@elsewhere.example"}}); got.Status != http.StatusNotFound {
					t.Errorf("POST %s: %d", path, got.Status)
				}
			}
			form := url.Values{"name": {"Planted"}, "email": {"planted@elsewhere.example"}, "contractor": {foreign.Contractor}}
			if got := desk.Post("/alder/desk/technicians", form); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("adding to another contractor: %d", got.Status)
			}
		}
		if list := desk.Get("/alder/desk/technicians"); !strings.Contains(list.Body, "Nadia "+alder.A.Canary) || strings.Contains(list.Body, alder.B.Canary) {
			t.Error("the list is not exactly the desk's own")
		}
		if changed := Changed(before, p.State()); len(changed) > 0 {
			t.Errorf("changed %v", changed)
		}
	})
}

// A11, T5: whom the desk removes, or the office ends, is out with the next request; the
// contractor's archive ends everybody there and nobody else.
func TestA11WhoseAccessAtAContractorEndsIsOutWithTheNextRequest(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		ctx, m := context.Background(), alder.A
		desk, field, neighbour := p.As(m.Desk), p.As(m.Field), p.As(alder.B.Field)
		own, err := p.App.Contractors.Desk(ctx, m.desk)
		p.must(err)
		for _, one := range own.Technicians {
			if one.Email == m.Field.Email {
				p.must(p.App.Contractors.RemoveTechnician(ctx, m.desk, one.ID))
			}
		}
		if got := field.Get("/alder/field"); got.Status != http.StatusSeeOther || !strings.HasPrefix(got.Location, "/sign-in") {
			t.Errorf("the removed technician: %d %s", got.Status, got.Location)
		}
		if got := desk.Get("/alder/desk"); got.Status != http.StatusOK {
			t.Errorf("the desk, before: %d", got.Status)
		}
		p.must(p.App.Contractors.Archive(ctx, alder.Owner, own.Firms[0].ID, true))
		if got := desk.Get("/alder/desk"); got.Status != http.StatusSeeOther {
			t.Errorf("the desk of an archived contractor: %d", got.Status)
		}
		if got := neighbour.Get("/alder/field"); got.Status != http.StatusOK {
			t.Errorf("the neighbour's technician: %d", got.Status)
		}
		if err := p.App.Contractors.Invite(ctx, alder.Owner, own.Firms[0].ID, contractor.PersonDetails{Name: "Eva", Email: "eva@x.example"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("an invitation to an archived contractor: %v", err)
		}
	})
}

// CT-20, CT-21, C13: the signature is seen by its owner and the office, by nobody else.
func TestCT20AStoredSignatureIsItsOwnersAndTheOffices(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		ctx, m := context.Background(), alder.A
		own, err := p.App.Contractors.Preferences(ctx, m.desk)
		p.must(err)
		path := "/alder/files/" + own.SignatureFile
		if got := p.As(m.Desk).Get("/alder/desk/preferences/signature.png"); got.Status != http.StatusOK || !strings.HasPrefix(got.Body, "\x89PNG") {
			t.Errorf("the owner of the signature: %d", got.Status)
		}
		if got := p.As(alder.Staff["read-only"]).Get(path); got.Status != http.StatusOK {
			t.Errorf("the office: %d", got.Status)
		}
		for name, c := range map[string]*Client{"the technician of the same desk": p.As(m.Field), "another desk": p.As(alder.B.Desk), "a customer": p.As(m.One),
			"the other firm's owner": p.As(birch.Staff["owner"]), "nobody": p.Browser()} {
			if got := c.Get(path); got.Status == http.StatusOK {
				t.Errorf("%s reads the signature", name)
			}
		}
		for name, drawn := range map[string]string{"nothing": "", "an empty sheet": "data:image/png;base64,", "no picture": "data:image/png;base64,AAAA", "SVG": "data:image/svg+xml;base64,PHN2Zz4="} {
			if err := p.App.Contractors.SaveSignature(ctx, m.desk, signing.Drawn, drawn, ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s is taken as a signature: %v", name, err)
			}
		}
		p.must(p.App.Contractors.SaveSignature(ctx, m.desk, signing.Typed, "", "Eva Voss"))
		if got := p.As(alder.Staff["owner"]).Get(path); got.Status != http.StatusNotFound {
			t.Errorf("the replaced signature is still there: %d", got.Status)
		}
	})
}

// One person with several places has one identity, and loses only the place that ends.
func TestATechnicianOfTwoContractorsStaysWithTheOther(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		ctx := context.Background()
		nadia := contractor.PersonDetails{Name: "Mallory", Email: strings.ToUpper(alder.A.Field.Email)}
		shared, err := p.App.Contractors.AddTechnician(ctx, alder.B.desk, "", nadia)
		p.must(err)
		elsewhere, err := p.App.Contractors.AddTechnician(ctx, birch.A.desk, "", nadia)
		p.must(err)
		p.Clock.Advance(time.Hour) // an address gets few mails an hour
		if _, err := p.App.Contractors.AddTechnician(ctx, alder.B.desk, "", nadia); !fault.Is(err, fault.Invalid) {
			t.Errorf("the same technician twice: %v", err)
		}
		field := p.As(alder.A.Field)
		if page := field.Get("/alder/field"); !strings.Contains(page.Body, "Contractor "+alder.B.Canary) || strings.Contains(page.Body, "Mallory") {
			t.Error("the technician does not see both contractors, or another contractor renamed them")
		}
		p.must(p.App.Contractors.RemoveTechnician(ctx, alder.B.desk, shared))
		p.must(p.App.Contractors.RemoveTechnician(ctx, birch.A.desk, elsewhere))
		if got := field.Get("/alder/field"); got.Status != http.StatusOK {
			t.Errorf("with one contractor left: %d", got.Status)
		}
	})
}

// I07, B10: a desk cannot use the portal to send mails to the world.
func TestB10ADeskSendsAnAddressFewMailsAnHour(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	desk, sent := p.As(alder.A.Desk), 0
	before := len(p.Mails(""))
	for range 10 {
		if got := desk.Post("/alder/desk/technicians/"+alder.A.Things.Technician+"/link", nil); got.Status == http.StatusSeeOther {
			sent++
		} else if got.Status != http.StatusTooManyRequests {
			t.Fatalf("sending a link: %d", got.Status)
		}
	}
	p.RunJobs()
	if mails := len(p.Mails("")) - before; sent > 3 || mails != sent {
		t.Errorf("%d answers of ten, %d mails", sent, mails)
	}
}
