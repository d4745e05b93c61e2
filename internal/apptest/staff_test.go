package apptest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/features/staff"
)

// A07: ids of another firm in the forms of the office are refused, and nothing is linked.
func TestA07IDsOfAnotherFirmInTheOfficesFormsLinkNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, birch := p.Twins()
		owner, own, other := p.As(alder.Staff[access.Owner]), alder.A.Things, birch.A.Things
		stranger := string(birch.Owner.Person())
		project := url.Values{"name": {"New"}, "customer": {own.Customer}}
		with := func(base url.Values, name, value string) url.Values {
			form := url.Values{name: {value}}
			for key, values := range base {
				if key != name {
					form[key] = values
				}
			}
			return form
		}
		forms := []struct {
			path string
			form url.Values
		}{
			{"projects", with(project, "customer", other.Customer)}, {"projects", with(project, "property", other.Property)}, {"projects", with(project, "stage", other.Stage)},
			{"projects", with(project, "lead", stranger)},
			{"projects/" + own.Project, url.Values{"name": {"New"}, "property": {other.Property}}}, {"projects/" + own.Project, url.Values{"name": {"New"}, "lead": {stranger}}},
			{"projects/" + own.Project + "/stage", url.Values{"stage": {other.Stage}}}, {"projects/" + own.Project + "/cover", url.Values{"cover": {other.File}}},
			{"properties", url.Values{"customer": {other.Customer}, "property_line1": {"1 Long Lane"}}},
			{"proposals/" + own.Draft + "/recipients", url.Values{"contact": {other.Contact}, "signs": {"1"}}},
			{"settings/people", url.Values{"name": {"New"}, "email": {"new@alder.example"}, "role": {other.Role}}},
			{"settings/people/" + own.Colleague, url.Values{"role": {other.Role}}},
			{"settings/signing", url.Values{"signed_stage": {other.Stage}, "link_days": {"30"}, "confirm_policy": {"never"}, "link_policy": {"portal"}}},
		}
		for _, f := range forms {
			before := p.State()
			answer := owner.Post("/alder/office/"+f.path, f.form)
			if answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusNotFound {
				t.Errorf("%s with %v answers %d", f.path, f.form, answer.Status)
			}
			if changed := Changed(before, p.State()); len(changed) > 0 {
				t.Errorf("%s with %v changed %v", f.path, f.form, changed)
			}
		}
	})
}

// A05: colleagues who may not see costs get none on any page, and those in a role of the
// firm's own see them exactly when it says so.
func TestA05WhoMayNotSeeCostsGetsNone(t *testing.T) {
	p := Start(t, SQLite)
	alder, _ := p.Twins()
	cost := fmt.Sprintf("%d,%03d.%02d", alder.Cost/100/1000, alder.Cost/100%1000, alder.Cost%100)
	pages := []string{"/alder/office/proposals/" + alder.A.Things.Proposal, "/alder/office/proposals/" + alder.A.Things.Draft}
	shows := func(c *Client) (found bool) {
		for _, page := range pages {
			answer := c.Get(page)
			if answer.Status != http.StatusOK {
				t.Errorf("%s answers %d", page, answer.Status)
			}
			found = found || strings.Contains(answer.Body, cost) || strings.Contains(answer.Body, fmt.Sprint(alder.Cost))
		}
		return found
	}
	for _, role := range access.Roles {
		if want := access.Allows(access.Staff, role, access.CostsRead); shows(p.As(alder.Staff[role])) != want {
			t.Errorf("%s sees the cost price: %v", role, !want)
		}
	}
	reads := access.NewPermissionSet(access.ProposalsRead, access.MessagesRead, access.FilesRead)
	role, err := p.App.Staff.AddRole(context.Background(), alder.Owner, staff.RoleDraft{Name: "Looks", Permissions: reads})
	p.must(err)
	colleague, _ := p.hired(alder, "looker", role)
	if shows(colleague.client) {
		t.Error("a role without costs shows them")
	}
	withCosts := access.NewPermissionSet(append(reads.List(), access.CostsRead)...)
	p.must(p.App.Staff.SaveRole(context.Background(), alder.Owner, role, staff.RoleDraft{Name: "Looks", Permissions: withCosts}))
	if !shows(colleague.client) {
		t.Error("a role with costs does not show them at the next request")
	}
}
