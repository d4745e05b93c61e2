package project

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/db"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// browser asks for pages as one actor; it walks the real table of routes.
type browser struct {
	w       *world
	actor   access.Actor
	handler http.Handler
}

func (w *world) browser(actor access.Actor) browser {
	w.t.Helper()
	nav := []organisation.NavItem{
		{Key: "projects", Label: "Projects", Icon: "folder-kanban", Face: access.OfficeFace, Permission: access.ProjectsRead, URL: func(slug string) string { return OfficeURL(slug, "") }},
		{Key: "projects", Label: "Projects", Icon: "folder-kanban", Face: access.CustomerFace, Permission: access.ProjectsRead, URL: func(slug string) string { return CustomerURL(slug, "") }},
	}
	frame := organisation.NewFrame(nav)
	table := &route.Table{}
	properties := property.NewPages(w.properties, frame)
	addresses := Addresses{Picture: func(slug, file string) string { return "/" + slug + "/files/" + file + "/preview" }, Upload: func(slug, project string) string { return "/" + slug + "/uploads?on=" + project }}
	slots := Slots{OfficeTabs: []Tab{{Key: "proposals", Label: "Proposals", Content: func(*route.Request, Line) (templ.Component, error) { return ui.Text("the proposals"), nil }}},
		CustomerNeeds: []NeedSlot{func(*route.Request, Line) ([]ui.NeedProps, error) { return []ui.NeedProps{{Title: "sign this"}}, nil }}}
	pages := NewPages(w.projects, frame, addresses, slots)
	organisation.NewPages(w.firms, frame).Routes(table)
	customer.NewPages(w.customers, frame, pages.CustomerCard, properties.CustomerCard).Routes(table)
	properties.Routes(table)
	pages.Routes(table)
	edge := route.Edge{
		Authenticate: func(context.Context, *http.Request, string) (access.Actor, access.Organisation, error) {
			return actor, w.hartwell, nil
		},
		Reader:  func(ctx context.Context, _ *route.Request) context.Context { return ctx },
		Trouble: func(r *route.Request, f *fault.Fault, status int) web.Reply { return frame.Trouble(r, f, status) },
		SignIn:  func(*route.Request) string { return "/sign-in" },
		Address: func(*http.Request) string { return "192.0.2.1" },
		Log:     slog.New(slog.DiscardHandler),
	}
	return browser{w, actor, table.Handler(edge)}
}

func (b browser) get(address string) (int, string) {
	return b.send(httptest.NewRequest(http.MethodGet, address, nil))
}

func (b browser) post(address string, fields url.Values) (int, string) {
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b browser) send(r *http.Request) (int, string) {
	b.w.t.Helper()
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	b.w.must(err)
	if location := w.Header().Get("Location"); location != "" {
		return w.Code, location
	}
	return w.Code, string(body)
}

func (b browser) shows(address string, words ...string) {
	b.w.t.Helper()
	status, page := b.get(address)
	if status != http.StatusOK {
		b.w.t.Errorf("GET %s answers %d: %.300s", address, status, page)
	}
	for _, word := range words {
		if !strings.Contains(page, word) {
			b.w.t.Errorf("GET %s does not show %q", address, word)
		}
	}
}

func TestTheOfficeMakesAndMovesAProjectByItsPages(t *testing.T) {
	onBoth(t, func(w *world) {
		jon := w.browser(w.jon)
		base := "/hartwell-sons/office/projects"
		jon.shows(base, "No projects yet", "New project")
		jon.shows(base+"/new", "Add project", "Or add a new customer")
		status, page := jon.post(base, url.Values{"name": {"Kitchen"}, "description": {"Typed before"}, "contact_email": {"half"}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, "Typed before") || !strings.Contains(page, "Choose a customer") {
			t.Errorf("a form without a customer answers %d and does not keep what was typed", status)
		}
		status, address := jon.post(base, url.Values{"name": {"Kitchen & bath"}, "customer_name": {"Ruiz Lettings"}, "contact_name": {"Maria Ruiz"},
			"contact_email": {"maria@ruizlettings.example"}, "property_line1": {"8 Orchard Row"}, "property_city": {"Elmsbury"}})
		if status != http.StatusSeeOther {
			t.Fatalf("making a project answers %d: %.400s", status, address)
		}
		jon.shows(address, "Kitchen &amp; bath", "8 Orchard Row, Elmsbury", "Ruiz Lettings", "Opportunity", "Proposals")
		jon.shows(address+"/proposals", "the proposals")
		jon.shows(address+"/people", "maria@ruizlettings.example")
		jon.shows(address+"/edit", "Kitchen &amp; bath")
		if status, _ := jon.get(address + "/nothing"); status != http.StatusNotFound {
			t.Errorf("a tab that is none answers %d", status)
		}
		status, _ = jon.post(address+"/stage", url.Values{"stage": {w.stagesByName["Install"].ID}})
		if status != http.StatusSeeOther {
			t.Errorf("the move answers %d", status)
		}
		jon.shows(base+"?view=current", "Kitchen &amp; bath", "Install")
		jon.shows(base+"?q=1001", "Kitchen &amp; bath")
		jon.shows(base+"?q=kitch&sort=name", "Kitchen &amp; bath")
		jon.shows(base+"?q=%00%ff&after=AAAA", "Kitchen")
		jon.shows(base+"?q=zebra", "Nothing found")
		jon.shows(base+"?stage=nothing", "No projects here")
		status, _ = jon.post(address+"/archive", nil)
		if status != http.StatusSeeOther {
			t.Errorf("archiving answers %d", status)
		}
		jon.shows(base+"?view=archived", "Kitchen &amp; bath")
	})
}

func TestTheOfficeKeepsCustomersAndPropertiesByTheirPages(t *testing.T) {
	onBoth(t, func(w *world) {
		jon := w.browser(w.jon)
		base := "/hartwell-sons/office/customers"
		jon.shows(base, "No customers yet")
		jon.shows(base+"/new", "First contact")
		status, address := jon.post(base, url.Values{"name": {"Ruiz Lettings"}, "address": {"8 Orchard Row\nElmsbury"}})
		if status != http.StatusSeeOther {
			t.Fatalf("adding a customer answers %d: %.300s", status, address)
		}
		jon.shows(address, "Ruiz Lettings", "No contacts yet", "No projects yet", "Add property", "Live links")
		if status, page := jon.post(address+"/contacts", url.Values{"contact_name": {"Maria"}, "contact_email": {"maria@"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "maria@") {
			t.Errorf("half an address answers %d", status)
		}
		if status, _ := jon.post(address+"/contacts", url.Values{"contact_name": {"Maria Ruiz"}, "contact_email": {"maria@ruizlettings.example"}}); status != http.StatusSeeOther {
			t.Errorf("adding a contact answers %d", status)
		}
		jon.shows(address, "Maria Ruiz", "Not invited")
		w.must(w.customers.MarkBounced(t.Context(), w.hartwell.ID, "Maria@RuizLettings.example", "mailbox unknown", w.clock.Now()))
		jon.shows(address, "Bounced", "mailbox unknown", "Correct address")
		jon.shows(base, "Ruiz Lettings", "Maria Ruiz", "1 customer")
		jon.shows(base+"?sort=recent&q=", "Ruiz Lettings")
		jon.shows(address+"/edit", "8 Orchard Row")
		id := address[strings.LastIndex(address, "/")+1:]
		jon.shows("/hartwell-sons/office/properties/new?customer="+id, "Street and number")
		if status, _ := jon.post("/hartwell-sons/office/properties", url.Values{"customer": {id}, "property_line1": {"1 Mill Lane"}}); status != http.StatusSeeOther {
			t.Errorf("adding a property answers %d", status)
		}
		jon.shows("/hartwell-sons/office/properties", "1 Mill Lane", "Ruiz Lettings")
		jon.shows("/hartwell-sons/office/properties?q=1+mill", "1 Mill Lane")
	})
}

func TestACustomerReadsTheirProjectAndNothingElse(t *testing.T) {
	onBoth(t, func(w *world) {
		own, other := w.project("Kitchen", nil), w.project("Neighbour", nil)
		w.grant("maria", own.Customer, "")
		w.projects.ports.ToSign = func(_ *guard.Tx, projects []string) (map[string]Mark, error) {
			return map[string]Mark{projects[0]: {Waiting: 1, URL: "/hartwell-sons/home/proposals/x"}}, nil
		}
		w.must(w.database.Write(t.Context(), "*", func(tx *db.Tx) error {
			_, err := tx.Exec(`update projects set to_sign = 1 where id = $1`, own.ID)
			return err
		}))
		maria := w.browser(w.customerOf(w.hartwell.ID, "maria"))
		maria.shows("/hartwell-sons/home/projects", "Pending", "Kitchen", "1 proposal to sign")
		maria.shows("/hartwell-sons/home/projects/"+own.ID, "Kitchen", "Needs you", "sign this")
		for _, address := range []string{"/hartwell-sons/home/projects/" + other.ID, "/hartwell-sons/office/projects", "/hartwell-sons/office/customers/" + own.Customer, "/hartwell-sons/office/settings"} {
			if status, page := maria.get(address); status != http.StatusNotFound || strings.Contains(page, "Neighbour") {
				t.Errorf("GET %s answers a customer %d", address, status)
			}
		}
		if status, _ := maria.post("/hartwell-sons/office/projects/"+own.ID+"/stage", url.Values{"stage": {w.stagesByName["Install"].ID}}); status != http.StatusNotFound {
			t.Errorf("a customer's move answers %d", status)
		}
	})
}
