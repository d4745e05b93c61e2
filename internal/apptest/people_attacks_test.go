package apptest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"lintel/internal/app"
	"lintel/internal/cli"
	"lintel/internal/core/access"
	"lintel/internal/features/staff"
	"lintel/internal/platform/db"
	"lintel/internal/platform/id"
)

// Attacks of groups A that concern people who are not customers: who works for a contractor (A04, A16), a colleague without the
// right to see costs (A05), and whoever runs the machine (A19). Each walks the whole route table, so that a route that is added
// is attacked from its first day.

// walker sends requests and reads what comes back.
type walker struct {
	*matrix
	refused, reached int
}

func newWalker(t *testing.T, p *Portal) *walker {
	m := &matrix{Portal: p, t: t}
	m.alder, m.birch = p.Twins()
	p.RunJobs()
	return &walker{matrix: m}
}

// reads reports an answer that says one of the words.
func (w *walker) reads(who string, answer Answer, banned []string) (leaked bool) {
	w.t.Helper()
	text := Readable(answer.Body) + fmt.Sprint(answer.Header)
	for _, word := range banned {
		if strings.Contains(text, word) {
			w.t.Errorf("%s reads %q on %s (%d)", who, word, answer.Path, answer.Status)
			leaked = true
		}
	}
	return leaked
}

// unchanged reports the tables that differ from before.
func (w *walker) unchanged(before map[string]string, without ...string) {
	w.t.Helper()
	for _, table := range Changed(before, w.State(without...)) {
		w.t.Errorf("what was refused has changed %s", table)
	}
}

// engagedPeople are who works for A's contractor: one at the desk, one with tools.
func (w *walker) engagedPeople() []actor {
	return []actor{{name: "the desk", client: w.As(w.alder.A.Desk), kind: access.Contractor}, {name: "the technician", client: w.As(w.alder.A.Field), kind: access.Technician}}
}

// notAssigned are words of the customer and the project that nobody at the contractor was given: names, addresses, prices, gate
// codes and notes of the office.
func (w *walker) notAssigned() []string {
	own := w.alder.A.Canary
	words := append(everythingOf(w.birch), w.alder.Office, w.alder.B.Canary, "bee.alder", "one@aye", "two@aye", "Family "+own, "House of "+own, "1 "+own, "Una "+own, "Tue "+own, "Brick "+own,
		"Wanted by "+own, "Welcome, "+own, own+" wall", "90,000", "90.000", "9000000")
	return append(words, costs(w.alder)...)
}

// ownFace says which addresses are a contractor's person's own. It is written down here and not taken from the route table, so
// that a wrong line there is noticed.
func ownFace(a actor, l line) bool {
	face := map[access.Kind]string{access.Contractor: "/{org}/desk", access.Technician: "/{org}/field"}[a.kind]
	for _, own := range []string{face, "/{org}/profile", "/{org}/portals", "/{org}/live", "/{org}/confirm"} {
		if l.Pattern == own || strings.HasPrefix(l.Pattern, own+"/") {
			return true
		}
	}
	return false
}

// eachCell is every address of an organisation × who works for a contractor × whose things. theirs tells the cells that are the
// person's own face, with their own things.
func (w *walker) eachCell(people []actor, methods func(string) bool, see func(l line, a actor, c target, theirs bool)) {
	for _, l := range w.lines() {
		if !methods(l.Method) || !strings.HasPrefix(l.Pattern, "/{org}") || !l.Rule.NeedsActor() {
			continue
		}
		for _, a := range people {
			for _, c := range targets(w.alder, w.birch) {
				if c.fits(l) {
					see(l, a, c, c.slug == "alder" && ownFace(a, l) && (!l.hasObject() || c.family == w.alder.A))
				}
			}
		}
	}
}

func reading(method string) bool  { return method == http.MethodGet || method == http.MethodHead }
func changing(method string) bool { return !reading(method) }

// closed reports an answer that tells no more than that there is nothing here for who asked.
func closed(answer Answer) bool {
	return slices.Contains([]class{notFound, denied, signIn}, got(answer))
}

// A04: who works for a contractor finds nothing of the customers, projects, sites and prices of the firm that engaged it, by any
// address and with the ids of real things; no work is assigned to anybody there yet.
func TestA04WhoIsAssignedNothingReadsNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		w := newWalker(t, p)
		people, banned := w.engagedPeople(), w.notAssigned()
		before := w.State(harmless...)
		w.eachCell(people, reading, func(l line, a actor, c target, theirs bool) {
			answer := w.ask(l, a, c)
			switch {
			case w.reads(a.name, answer, banned):
			case !theirs && !closed(answer):
				t.Errorf("%s: %s %s for %s answers %d", a.name, l.Method, l.Pattern, c.name, answer.Status)
			case !theirs:
				w.refused++
			case answer.Status == http.StatusOK:
				w.reached++
			}
		})
		w.unchanged(before, harmless...)
		if w.reached < 10 && sweep == 1 {
			t.Errorf("only %d pages of their own are answered, so the walk proves nothing", w.reached)
		}
		t.Logf("A04: %d readings refused, %d pages of their own answered", w.refused, w.reached)
	})
}

// beyond is a form that would set price, customer, status, people and rights wherever an address read such a field.
func beyond(t Things) url.Values {
	form := filledIn(t)
	for name, value := range map[string]string{"price": "1.00", "unit_price": "1.00", "total": "1.00", "cost": "1.00", "margin": "90", "status": "done", "state": "approved", "customer_id": t.Customer,
		"project_id": t.Project, "assignee": t.Contact, "assignee_id": t.Contact, "role": "owner", "kind": "staff", "org": "birch", "tenant_id": "birch", "contractor": t.Contractor,
		"contractor_id": t.Contractor, "permissions": "costs:read", "line.0.id": id.New(), "line.0.price": "1.00"} {
		form.Set(name, value)
	}
	return form
}

// A16: nor do they change a price, a customer, a status or a right: by no address of the office, the customers and other
// contractors, and by no field that their own pages do not have.
func TestA16WhoWorksForAContractorChangesNothingBeyondTheirOwn(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		w := newWalker(t, p)
		people, banned := w.engagedPeople(), w.notAssigned()
		before := w.State(harmless...)
		w.eachCell(people, changing, func(l line, a actor, c target, theirs bool) {
			if theirs {
				return
			}
			answer := Answer{}
			if l.Method == http.MethodPost {
				answer = a.client.Post(l.path(c.slug, c.first, c.rest), beyond(c.rest))
			} else {
				answer = w.ask(l, a, c)
			}
			if !closed(answer) {
				t.Errorf("%s: %s %s for %s answers %d", a.name, l.Method, l.Pattern, c.name, answer.Status)
			} else if !w.reads(a.name, answer, banned) {
				w.refused++
			}
		})
		w.unchanged(before, harmless...)
		w.ownFormsSetNothingElse(people)
		t.Logf("A16: %d changes refused", w.refused)
	})
}

// ownFormsSetNothingElse posts fields of others into the forms that are theirs: the name and the number that stand there may
// change, and for a technician of their own the address that a new link goes to.
func (w *walker) ownFormsSetNothingElse(people []actor) {
	technician := "/alder/desk/technicians/" + w.alder.A.Things.Technician
	own := map[access.Kind][]string{access.Contractor: {"/alder/profile", "/alder/desk/preferences", technician}, access.Technician: {"/alder/profile", "/alder/field/preferences"}}
	for _, a := range people {
		person := string(a.client.Actor("alder", "/alder/profile").Person())
		for _, path := range own[a.kind] {
			may := append(strings.Fields("memberships contractor_people events event_heads"), harmless...)
			if path == technician {
				may = append(may, "people", "links", "jobs", "mails", "throttles")
			}
			before, elsewhere := w.State(may...), w.placesAt(w.birch.A.Things.Contractor)
			if answer := a.client.Post(path, beyond(w.birch.A.Things)); answer.Status >= 500 {
				w.t.Errorf("%s: %s answers %d", a.name, path, answer.Status)
			}
			w.unchanged(before, may...)
			var others int
			w.read(&others, `select count(*) from memberships where person = $1 and (kind <> $2 or role <> '' or org <> $3)`, person, string(a.kind), string(w.alder.Org))
			if others > 0 || w.placesAt(w.birch.A.Things.Contractor) != elsewhere {
				w.t.Errorf("%s is something else or somewhere else after %s", a.name, path)
			}
			w.refused++
		}
	}
}

// placesAt counts who has a place at a contractor.
func (w *walker) placesAt(contractor string) (count int) {
	w.read(&count, `select count(*) from contractor_people where contractor = $1`, contractor)
	return count
}

// costless are colleagues and programs that may read everything of a firm but what it costs.
func (w *walker) costless() (list []actor) {
	may := slices.DeleteFunc(access.Permissions(), func(one access.Permission) bool {
		return one == access.CostsRead || !access.Allows(access.Staff, access.Owner, one)
	})
	role, err := w.App.Staff.AddRole(context.Background(), w.alder.Owner, staff.RoleDraft{Name: "All but costs", Permissions: access.NewPermissionSet(may...)})
	w.must(err)
	all, _ := w.hired(w.alder, "costless", role)
	scopes := slices.DeleteFunc(slices.Clone(staff.Scopes), func(one access.Permission) bool { return one == access.CostsRead })
	return []actor{all, {name: "a member", client: w.As(w.alder.Staff[access.Member])}, {name: "a reader", client: w.As(w.alder.Staff[access.ReadOnly])},
		{name: "a program without the scope", client: w.bearer(w.alder.token(scopes...))}}
}

// A05: without the right to see costs there is no cost price and no margin: on no page, preview, API answer, export, search,
// mail or line of the log. Invoices and payouts are not built; an address for them is walked here from its first day.
func TestA05WithoutTheRightNoCostStandsAnywhere(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		w := newWalker(t, p)
		w.alder.A.send(w.alder.A.Things.Draft)
		p.RunJobs()
		people, banned := w.costless(), costs(w.alder)
		manager := actor{name: "the manager", client: p.As(w.alder.Staff[access.Manager])}
		for _, l := range w.lines() {
			if !reading(l.Method) || !l.Rule.NeedsActor() {
				continue
			}
			for _, c := range targets(w.alder, w.birch)[:2] {
				if !c.fits(l) && l.Rule.Face() != access.APIFace {
					continue
				}
				for _, a := range people {
					if !w.reads(a.name, w.ask(l, a, c), banned) {
						w.refused++
					}
				}
				if strings.Contains(w.ask(l, manager, c).Body, banned[2]) {
					w.reached++
				}
			}
		}
		if w.reached == 0 && sweep == 1 {
			t.Error("who may see costs sees none either, so the walk proves nothing")
		}
		w.searchKnowsNoCost(people)
		for _, m := range p.Mails("") {
			for _, word := range banned {
				if strings.Contains(m.Subject+m.Text+m.HTML, word) {
					t.Errorf("the mail %q says %q", m.Subject, word)
				}
			}
		}
		t.Logf("A05: %d readings without a cost, %d with one by who may", w.refused, w.reached)
	})
}

// searchKnowsNoCost asks for what stands in no index: the answer to a cost is the answer to any other number.
func (w *walker) searchKnowsNoCost(people []actor) {
	t := w.alder.A.Things
	for _, a := range people[:3] {
		for _, page := range []string{"/alder/office/search?q=", "/alder/office/search/suggestions?q=", "/alder/office/proposals?q=", "/alder/office/projects?q="} {
			found := func(word string) string {
				answer := a.client.Get(page + url.QueryEscape(word))
				return fmt.Sprint(answer.Status, strings.Contains(answer.Body, t.Proposal), strings.Contains(answer.Body, t.Draft), strings.Contains(answer.Body, t.Project))
			}
			for _, word := range costs(w.alder) {
				if is, other := found(word), found("5551213"); is != other {
					w.t.Errorf("%s finds by a cost on %s: %s, and by another number %s", a.name, page, is, other)
				}
				w.refused++
			}
		}
		for _, file := range []string{"", "/details", "/preview", "/thumb"} {
			if answer := a.client.Get("/alder/files/" + t.Import + file); answer.Status != http.StatusNotFound {
				w.t.Errorf("%s opens an estimate with cost prices: %s %d", a.name, answer.Path, answer.Status)
			}
			w.refused++
		}
	}
}

// costsOf are the stored cost prices of a proposal by the names of its lines.
func (w *walker) costsOf(document string) map[string]int64 {
	desk, err := w.App.Documents.Workshop(context.Background(), w.alder.Owner, document, 0)
	w.must(err)
	list := map[string]int64{} // -1: none
	for _, g := range desk.Version.Content.Groups {
		for _, l := range g.Lines {
			list[l.Name] = -1
			if l.UnitCost != nil {
				list[l.Name] = *l.UnitCost
			}
		}
	}
	return list
}

// A05: nor do they set one: what their form says of costs counts for nothing, on a line that is there and on a new one, and an
// estimate with cost prices is not theirs to take over.
func TestA05WithoutTheRightNoCostIsSet(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		w := newWalker(t, p)
		draft := w.alder.A.Things.Draft
		desk, err := p.App.Documents.Workshop(context.Background(), w.alder.Owner, draft, 0)
		p.must(err)
		group := desk.Version.Content.Groups[0]
		form := func(revision int) url.Values {
			values := url.Values{"version": {fmt.Sprint(revision)}, "title": {"Kitchen"}, "pricing": {string(desk.Version.Content.Pricing)}, "cost": {"1.00"}, "margin": {"90"},
				"group.0.id": {group.ID}, "group.0.name": {group.Name}, "group.0.kind": {string(group.Kind)}}
			for n, l := range []struct{ id, name string }{{group.Lines[0].ID, "Old line"}, {id.New(), "New line"}} {
				for cell, value := range map[string]string{"id": l.id, "group": group.ID, "name": l.name, "quantity": "1", "unit": "day", "price": "90000.00", "tax": "20", "cost": "1.00"} {
					values.Set(fmt.Sprintf("line.%d.%s", n, cell), value)
				}
			}
			return values
		}
		save := func(c *Client) map[string]int64 {
			now, err := p.App.Documents.Workshop(context.Background(), w.alder.Owner, draft, 0)
			p.must(err)
			answer := c.Post("/alder/office/proposals/"+draft, form(now.Version.Revision))
			if answer.Status >= 400 {
				t.Errorf("saving the draft answers %d", answer.Status)
			}
			return w.costsOf(draft)
		}
		for _, a := range w.costless()[:2] {
			stored := save(a.client)
			if stored["Old line"] != w.alder.Cost || stored["New line"] != -1 {
				t.Errorf("%s sets costs: %v", a.name, stored)
			}
			w.refused += 2
			path, before := "/alder/office/proposals/"+draft+"/import/"+w.alder.A.Things.Import, p.State(harmless...)
			if answer := a.client.Post(path, url.Values{"column.3": {"cost"}, "act": {"take"}}); answer.Status != http.StatusNotFound {
				t.Errorf("%s takes over an estimate with costs: %d", a.name, answer.Status)
			}
			w.unchanged(before, harmless...)
			w.refused++
		}
		if answer := p.As(w.alder.Staff[access.ReadOnly]).Post("/alder/office/proposals/"+draft, form(1)); answer.Status != http.StatusForbidden {
			t.Errorf("a reader saves a draft: %d", answer.Status)
		}
		if stored := save(p.As(w.alder.Staff[access.Manager])); stored["Old line"] != 100 {
			t.Errorf("who may see costs cannot set one, so the attack proves nothing: %v", stored)
		}
		t.Logf("A05: %d costs refused", w.refused+1)
	})
}

// operator is who runs the installation and is a member nowhere: they hold the listener for figures.
type operator struct {
	*walker
	public, inside http.Handler
	banned         []string
}

func (o *operator) ask(handler http.Handler, method, path string, by *Client) Answer {
	r := httptest.NewRequest(method, BaseURL+path, strings.NewReader(beyond(o.alder.A.Things).Encode()))
	r.RemoteAddr = o.nextAddress()
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if by != nil {
		for _, cookie := range by.cookies() {
			r.AddCookie(cookie)
		}
	}
	ctx, end := context.WithCancel(r.Context())
	defer end()
	recorder := cut{httptest.NewRecorder(), end}
	handler.ServeHTTP(recorder, r.WithContext(ctx))
	return Answer{Status: recorder.Code, Body: recorder.Body.String(), Header: recorder.Header(), Location: recorder.Header().Get("Location"), Path: method + " " + path}
}

// A19: there is no session of support, so whoever runs the installation gets nothing of an organisation by any address, and
// neither figures nor log nor the doctor tells of one. Every place where the program itself looks across organisations stands in
// a list that TestEveryEscapeStandsInTheGoldenList (internal/arch) compares.
func TestA19WhoRunsTheInstallationReadsNothingOfAnOrganisation(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		w := newWalker(t, p)
		figures := app.NewMetrics("1.2.3")
		o := &operator{walker: w, public: figures.CountRequests(p.App), inside: figures.Handler(p.App), banned: append(everythingOf(w.alder), everythingOf(w.birch)...)}
		o.aDay()
		o.addressesOfOrganisations()
		o.figuresAndLog()
		o.commands()
		o.failures()
		escapes, err := os.ReadFile("../arch/testdata/escapes.golden")
		p.must(err)
		for _, place := range []string{"internal/cli/", "internal/platform/", "internal/app/metrics.go", "internal/app/operations.go"} {
			if strings.Contains(string(escapes), place) || !strings.Contains(string(escapes), " Across ") {
				t.Errorf("what the operator uses reads organisations: %s", place)
			}
		}
		t.Logf("A19: %d attempts refused or without a word of an organisation, after %d pages of a day", w.refused, w.reached)
	})
}

// aDay is what members do while the figures count.
func (o *operator) aDay() {
	for _, by := range []*Client{o.As(o.alder.Staff[access.Owner]), o.As(o.alder.A.One), o.As(o.alder.A.Desk)} {
		for _, l := range o.lines() {
			if l.Method == http.MethodGet && o.ask(o.public, l.Method, l.path("alder", o.alder.A.Things, o.alder.A.Things), by).Status == http.StatusOK {
				o.reached++
			}
		}
	}
	o.RunJobs()
}

// addressesOfOrganisations asks for everything: on the public listener as somebody who is a member nowhere, with a wrong key and
// with the token that set the firm up; on the inner one even with an owner's cookies.
func (o *operator) addressesOfOrganisations() {
	owner, gone := o.As(o.alder.Staff[access.Owner]), removedColleague(o.Portal, o.alder).client
	before := o.State(harmless...)
	for _, l := range o.lines() {
		if !l.Rule.NeedsActor() {
			continue
		}
		path := l.path("alder", o.alder.A.Things, o.alder.A.Things)
		for name, answer := range map[string]Answer{"a member nowhere": o.ask(o.public, l.Method, path, gone), "nobody": o.ask(o.public, l.Method, path, nil),
			"the inner listener": o.ask(o.inside, l.Method, path, owner)} {
			if is := got(answer); is != signIn && is != notFound && (name != "the inner listener" || answer.Status != http.StatusMethodNotAllowed) {
				o.t.Errorf("%s: %s answers %d", name, answer.Path, answer.Status)
			} else if !o.reads(name, answer, o.banned) {
				o.refused++
			}
		}
	}
	o.unchanged(before, harmless...)
}

// figuresAndLog reads what the machine tells whoever runs it.
func (o *operator) figuresAndLog() {
	for _, path := range []string{"/metrics", "/healthz", "/readyz", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=2", "/debug/pprof/heap?debug=1", "/debug/pprof/symbol"} {
		answer := o.ask(o.inside, http.MethodGet, path, nil)
		if path == "/metrics" && !strings.Contains(answer.Body, "/{org}/office") {
			o.t.Error("the figures do not count the day, so they prove nothing")
		}
		for _, slug := range []string{`"/alder`, "/alder/", "/birch/"} {
			if strings.Contains(answer.Body, slug) {
				o.t.Errorf("%s names an organisation", path)
			}
		}
		if !o.reads("the operator", answer, o.banned) {
			o.refused++
		}
	}
	log := o.Log()
	if lines := strings.Count(log, "\n"); lines < 100 && sweep == 1 {
		o.t.Errorf("the log has %d lines, so it proves nothing", lines)
	}
	if !o.reads("the operator", Answer{Body: log, Path: "the log"}, o.banned) {
		o.refused++
	}
}

// commands runs what the operator types, beside the running portal.
func (o *operator) commands() {
	for _, command := range [][]string{{"doctor"}, {"audit", "verify"}} {
		arguments := append(slices.Clone(command), "--data", o.folder)
		if o.database != "" {
			arguments = append(arguments, "--database-url", o.database)
		}
		var out, errs bytes.Buffer
		cli.Main(arguments, &out, &errs)
		if out.Len() < 50 {
			o.t.Errorf("%v says only %q %q", command, out.String(), errs.String())
		}
		if !o.reads("the operator", Answer{Body: out.String() + errs.String(), Path: strings.Join(command, " ")}, o.banned) {
			o.refused++
		}
	}
}

// failures are what a page says when the inside breaks, and what the log says of it.
func (o *operator) failures() {
	owner := o.As(o.alder.Staff[access.Owner])
	o.must(o.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script("alter table projects rename to misplaced") }))
	for _, path := range []string{"/alder/office/projects/" + o.alder.A.Things.Project, "/alder/office/nothing", "/alder/office/customers/x", "/%2e%2e/alder"} {
		answer := o.ask(o.public, http.MethodGet, path, nil)
		if !o.reads("the operator", answer, o.banned) {
			o.refused++
		}
	}
	if failed := o.ask(o.public, http.MethodGet, "/alder/office/projects", owner); failed.Status < 500 {
		o.t.Errorf("without its table the answer is %d", failed.Status)
	}
	if !o.reads("the operator", Answer{Body: o.Log(), Path: "the log of a failure"}, o.banned) {
		o.refused++
	}
}
