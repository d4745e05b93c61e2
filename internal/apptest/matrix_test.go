package apptest

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo"
	"lintel/internal/features/identity"
	"lintel/internal/features/organisation"
	"lintel/internal/features/staff"
	"lintel/internal/platform/db"
)

// class is what kind of answer a cell of the matrix gets.
type class string

const (
	open     class = "anything but a failure" // public
	reached  class = "reached"
	signIn   class = "to sign in"
	notFound class = "not found"
	denied   class = "denied"
	hidden   class = "hidden" // not found, or what an absent thing gets
)

// actor is one kind of person in a browser.
type actor struct {
	name   string
	client *Client
	person demo.Person
	slug   string // where they belong; empty: nowhere
	kind   access.Kind
	role   access.Role
	custom *access.PermissionSet // in a role of the firm's own
	family *Family
	author bool // wrote the family's message and began its upload
	reads  bool // has a copy: may not answer
	item   bool // sees one proposal only
}

// here is who the actor is in a firm, for the policy table.
func (a actor) here(slug string) access.Actor {
	if a.slug != slug || a.kind == access.Nobody {
		return access.Actor{}
	}
	return access.NewActor(access.Identity{Org: access.OrgID(slug), Person: "someone", Kind: a.kind, Role: a.role, Custom: a.custom, Modules: access.EveryModule})
}

// target is whose things are asked for, and under which firm's address.
type target struct {
	name        string
	slug        string
	first, rest Things
	family      *Family // whose; nil: nobody's here
	firm        bool    // the things of the firm itself (stages, terms) are the right ones
}

func targets(alder, birch *Firm) []target {
	a, b, other, none := alder.A.Things, alder.B.Things, birch.A.Things, nothing()
	return []target{
		{"A's", "alder", a, a, alder.A, true},
		{"B's", "alder", b, b, alder.B, true},
		{"B's on A's", "alder", a, b, nil, true},
		{"the other firm's", "alder", other, other, nil, false},
		{"absent", "alder", none, none, nil, false},
		{"the other firm's at its own address", "birch", other, other, birch.A, true},
	}
}

// fits leaves out cells that are another cell again.
func (c target) fits(l line) bool {
	switch {
	case !strings.Contains(l.Pattern, "{org}"):
		return c.name == "A's"
	case !l.hasObject():
		return c.name == "A's" || c.slug == "birch"
	case len(l.family) == 0 && !l.queried():
		return c.name != "B's" && c.name != "B's on A's"
	case c.name == "B's on A's":
		return len(l.family) > 1
	}
	return true
}

// expected computes what the policy says of a cell.
func expected(l line, a actor, c target) class {
	if !l.Rule.NeedsActor() {
		return open
	}
	here := a.here(c.slug)
	switch {
	case here.Zero() || l.Rule.Face() == access.APIFace: // cookies count for nothing there
		return signIn
	case !l.Rule.Admits(here):
		return refusedBy(l, here)
	case inForms[l.Pattern]:
		return hidden
	case strings.Contains(l.Pattern, "/import/{file}") && !here.May(access.CostsRead): // the file has cost prices in it
		return hidden
	case !l.hasObject():
		return reached
	case len(l.family) == 0 && !l.queried():
		if c.firm {
			return reached
		}
		return hidden
	case !a.sees(l, c):
		return hidden
	case a.kind == access.Customer && uploadersOnly[l.Pattern]:
		return denied
	}
	return reached
}

// uploadersOnly are the acts on a file that a customer may do with what they added themselves; the matrix has the office's.
var uploadersOnly = words("/{org}/files/{file}/rename /{org}/files/{file}/remove")

func refusedBy(l line, here access.Actor) class {
	face := map[access.Face]access.Kind{access.OfficeFace: access.Staff, access.CustomerFace: access.Customer, access.DeskFace: access.Contractor, access.FieldFace: access.Technician,
		access.EitherFace: here.Kind()}[l.Rule.Face()]
	if face == here.Kind() {
		return denied
	}
	return notFound
}

// sees reports whether the things are the actor's to see.
func (a actor) sees(l line, c target) bool {
	if c.family == nil {
		return false
	}
	if own := strings.Contains(l.Pattern, "{message}") || strings.Contains(l.Pattern, "{upload}"); own {
		return a.author && c.family == a.family
	}
	if strings.Contains(l.Pattern, "{notice}") {
		return a.role == access.Owner || a.author && c.family == a.family
	}
	if a.kind == access.Staff {
		return true
	}
	return c.family == a.family && (!a.item || oneProposalOnly(l))
}

// oneProposalOnly reports that the route is about the very proposal that a link is for.
func oneProposalOnly(l line) bool {
	for _, name := range l.family {
		if name != "proposal" && name != "document" && name != "thread" {
			return false
		}
	}
	return true
}

func got(answer Answer) class {
	switch {
	case answer.Status == http.StatusSeeOther && strings.HasPrefix(answer.Location, "/sign-in"):
		return signIn
	case answer.Status == http.StatusUnauthorized:
		return signIn
	case answer.Status == http.StatusNotFound:
		return notFound
	case answer.Status == http.StatusForbidden:
		return denied
	case answer.Status >= 500 && answer.Status != http.StatusServiceUnavailable:
		return class(fmt.Sprintf("failure %d", answer.Status))
	}
	return reached
}

func actors(p *Portal, alder, birch *Firm) []actor {
	customer := func(name string, f *Firm, m *Family, person demo.Person, one bool) actor {
		return actor{name: name, client: p.As(person), person: person, slug: f.Slug, kind: access.Customer, family: m, author: one, reads: !one}
	}
	engaged := func(name string, f *Firm, m *Family, person demo.Person, kind access.Kind) actor {
		return actor{name: name, client: p.As(person), person: person, slug: f.Slug, kind: kind, family: m}
	}
	list := []actor{{name: "nobody", client: p.Browser()}}
	for _, role := range access.Roles {
		list = append(list, actor{name: "staff, " + string(role), client: p.As(alder.Staff[role]), person: alder.Staff[role], slug: "alder", kind: access.Staff, role: role})
	}
	list = append(list,
		actor{name: "owner of the other firm", client: p.As(birch.Staff[access.Owner]), person: birch.Staff[access.Owner], slug: "birch", kind: access.Staff, role: access.Owner},
		customer("A's first contact", alder, alder.A, alder.A.One, true), customer("A's second contact", alder, alder.A, alder.A.Two, false),
		customer("B's first contact", alder, alder.B, alder.B.One, true), customer("the other firm's customer", birch, birch.A, birch.A.One, true),
		engaged("A's contractor at the desk", alder, alder.A, alder.A.Desk, access.Contractor), engaged("A's technician", alder, alder.A, alder.A.Field, access.Technician),
		engaged("B's contractor at the desk", alder, alder.B, alder.B.Desk, access.Contractor), engaged("B's technician", alder, alder.B, alder.B.Field, access.Technician),
		engaged("the other firm's contractor", birch, birch.A, birch.A.Desk, access.Contractor),
		customer("a removed contact", alder, alder.B, alder.B.Two, false), inOwnRole(p, alder), suspendedColleague(p, alder), removedColleague(p, alder))
	removed := &list[len(list)-4]
	person := removed.client.Actor("alder", "/alder/home").Person()
	alder.change(func(tx *guard.Tx) error { return identity.RemoveMember(tx, person, access.Customer) })
	removed.kind = access.Nobody
	return list
}

func removedColleague(p *Portal, f *Firm) actor {
	var person access.PersonID
	var path string
	f.change(func(tx *guard.Tx) (err error) {
		if person, err = staff.Add(tx, "gone@alder.example", "Gone Colleague", access.Owner); err != nil {
			return err
		}
		path, err = p.App.Identity.MakeDemoLink(tx, person)
		return err
	})
	a := actor{name: "a removed colleague", client: p.As(demo.Person{Email: "gone@alder.example", URL: BaseURL + path}), slug: "alder"}
	f.change(func(tx *guard.Tx) error { return identity.RemoveMember(tx, person, access.Staff) })
	return a
}

// suspendedColleague is an owner who was suspended while their browser was open.
func suspendedColleague(p *Portal, f *Firm) actor {
	a, person := p.hired(f, "asleep", access.Owner)
	p.must(p.App.Staff.Suspend(context.Background(), f.Owner, person, "on leave"))
	return a
}

// inOwnRole is a colleague in a role that the firm has made itself.
func inOwnRole(p *Portal, f *Firm) actor {
	may := access.NewPermissionSet(access.HomeRead, access.ProfileWrite, access.NoticesWrite, access.CustomersRead, access.ProjectsRead, access.ProposalsRead, access.CostsRead, access.SettingsRead)
	role, err := p.App.Staff.AddRole(context.Background(), f.Owner, staff.RoleDraft{Name: "Estimator", Permissions: may})
	p.must(err)
	a, _ := p.hired(f, "estimator", role)
	a.name, a.kind, a.role, a.custom = "staff, a role of the firm's own", access.Staff, role, &may
	return a
}

func (p *Portal) hired(f *Firm, name string, role access.Role) (actor, access.PersonID) {
	var person access.PersonID
	var path string
	f.change(func(tx *guard.Tx) (err error) {
		if person, err = staff.Add(tx, name+"@alder.example", "Colleague "+name, role); err != nil {
			return err
		}
		path, err = p.App.Identity.MakeDemoLink(tx, person)
		return err
	})
	who := demo.Person{Email: name + "@alder.example", URL: BaseURL + path}
	return actor{name: "a colleague who is " + name, client: p.As(who), person: who, slug: "alder"}, person
}

// matrix asks the portal cell by cell.
type matrix struct {
	*Portal
	t            *testing.T
	alder, birch *Firm
	cells        int
	counts       map[class]int
	absent       map[string]int // status of the absent thing, by route and actor
	failed       []string
}

func (m *matrix) lines() (list []line) {
	for i, r := range m.App.Table.Routes() {
		if i%sweep != 0 {
			continue
		}
		l := lineOf(r)
		for _, name := range l.unknown {
			m.t.Errorf("%s %s: nothing supplies {%s}", r.Method, r.Pattern, name)
		}
		if len(l.unknown) == 0 && l.Pattern != "/static/{path...}" {
			list = append(list, l)
		}
	}
	return list
}

func (m *matrix) ask(l line, a actor, c target) Answer {
	path := l.path(c.slug, c.first, c.rest)
	switch l.Method {
	case http.MethodPost:
		return a.client.Do(l.Method, path, "application/x-www-form-urlencoded", []byte(filledIn(c.rest).Encode()))
	case http.MethodPatch:
		a.client.Header.Set("Upload-Offset", "0")
		defer a.client.Header.Del("Upload-Offset")
		return a.client.Do(l.Method, path, "application/offset+octet-stream", []byte("x"))
	}
	return a.client.Do(l.Method, path, "", nil)
}

// check compares a cell with the policy and tells whether it fits.
func (m *matrix) check(l line, a actor, c target, want class, answer Answer) bool {
	is := got(answer)
	switch {
	case want == open:
		return !strings.HasPrefix(string(is), "failure")
	case want == hidden && is == notFound:
		return true
	case want == hidden && l.Method != http.MethodGet:
		return answer.Status >= 400 && answer.Status < 500 && answer.Status == m.absent[l.Method+l.Pattern+a.name]
	case want == reached && is == denied && a.reads && l.Method == http.MethodPost:
		return true // whoever has a copy may not answer
	case want == reached && is == notFound && strings.Contains(l.Pattern, "{tab}"):
		return true // not every face has this tab
	}
	return is == want
}

func (m *matrix) cell(l line, a actor, c target, want class) bool {
	answer := m.ask(l, a, c)
	fits := m.check(l, a, c, want, answer)
	if !fits {
		m.failed = append(m.failed, fmt.Sprintf("%-6s %-66s %s asks for %s: want %s, got %d %s", l.Method, l.Pattern, a.name, c.name, want, answer.Status, answer.Location))
	}
	m.count(want)
	return fits
}

func (m *matrix) count(want class) {
	m.cells++
	m.counts[want]++
}

// refusals asks for everything that must be refused, and reads everything that may be
// read. Nothing at all may change by that.
func (m *matrix) refusals(people []actor) {
	before := m.State()
	for _, l := range m.lines() {
		for _, a := range people {
			m.learnAbsent(l, a)
			for _, c := range targets(m.alder, m.birch) {
				want := expected(l, a, c)
				if !c.fits(l) || want == open || want == reached && l.Method != http.MethodGet && l.Method != http.MethodHead {
					continue
				}
				m.cell(l, a, c, want)
			}
		}
	}
	for _, table := range Changed(before, m.State()) {
		m.failed = append(m.failed, "reading and being refused has changed "+table)
	}
}

// learnAbsent notes what a thing that does not exist gets.
func (m *matrix) learnAbsent(l line, a actor) {
	if c := targets(m.alder, m.birch)[4]; c.fits(l) && expected(l, a, c) == hidden && l.Method != http.MethodGet {
		m.absent[l.Method+l.Pattern+a.name] = m.ask(l, a, c).Status
	}
}

// acts does everything that may be done. People act on the same things one after the
// other; when an act before has used them up, once more on new ones.
func (m *matrix) acts(people []actor) {
	fresh := map[*Family]*target{}
	for _, l := range m.lines() {
		if l.Method == http.MethodGet || l.Method == http.MethodHead || !l.Rule.NeedsActor() {
			continue
		}
		for _, a := range people {
			c := m.ownOf(a)
			if c == nil || expected(l, a, *c) != reached {
				continue
			}
			if fresh[c.family] == nil {
				fresh[c.family] = m.renew(c, a)
			}
			if answer := m.ask(l, a, *fresh[c.family]); m.check(l, a, *fresh[c.family], reached, answer) {
				m.count(reached)
				continue
			}
			fresh[c.family] = m.renew(c, a)
			m.cell(l, m.login(a), *fresh[c.family], reached)
		}
	}
}

// ownOf is the family on whose things an actor acts.
func (m *matrix) ownOf(a actor) *target {
	all := targets(m.alder, m.birch)
	switch {
	case a.slug == "alder" && a.kind == access.Staff, a.family == m.alder.A && a.kind != access.Nobody:
		return &all[0]
	case a.family == m.alder.B && a.kind != access.Nobody:
		return &all[1]
	}
	return nil
}

func (m *matrix) renew(c *target, a actor) *target {
	customer := ""
	if a.kind == access.Customer {
		customer = c.first.Customer
	}
	m.openUp()
	things := c.family.Make(customer)
	fresh := *c
	fresh.first, fresh.rest = things, things
	return &fresh
}

// openUp takes back what acts on the settings have closed: a module that the firm no longer offers, a stage that customers do
// not see.
func (m *matrix) openUp() {
	err := m.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error {
		if _, err := tx.Exec("update organisations set modules = '*'"); err != nil {
			return err
		}
		_, err := tx.Exec("update stages set customer_visible = true, bucket = 'current' where id in ($1, $2)", m.alder.stage, m.birch.stage)
		return err
	})
	m.must(err)
}

// login gives an actor a new browser, because some acts end the one they are done in.
func (m *matrix) login(a actor) actor {
	switch {
	case a.kind == access.Contractor:
		a.person = a.family.Desk
	case a.kind == access.Technician:
		a.person = a.family.Field
	case a.family != nil:
		a.person = map[bool]demo.Person{true: a.family.One, false: a.family.Two}[a.author]
	}
	a.client = m.As(a.person)
	return a
}

func (m *matrix) report() {
	sort.Strings(m.failed)
	for _, failure := range m.failed {
		m.t.Error(failure)
	}
	m.t.Logf("%d cells checked: %d routes; %v; %d requests", m.cells, len(m.App.Table.Routes()), m.counts, m.Requests())
}

func TestA01A02EveryRouteAnswersEveryKindOfActorAsThePolicySays(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		m := &matrix{Portal: p, t: t, counts: map[class]int{}, absent: map[string]int{}}
		m.alder, m.birch = p.Twins()
		people := actors(p, m.alder, m.birch)
		m.refusals(people)
		m.acts(people)
		m.doors(people)
		m.onlyOneItem()
		m.report()
	})
}

// doors asks for everything that is open to the world; it must not fail for anybody.
func (m *matrix) doors(people []actor) {
	for _, l := range m.lines() {
		if l.Rule.NeedsActor() {
			continue
		}
		for _, a := range people[:2] {
			m.cell(l, actor{name: a.name, client: m.Browser()}, targets(m.alder, m.birch)[0], open)
		}
	}
}

// onlyOneItem repeats the matrix for somebody whose link opens one proposal and nothing
// else, where the firm wants that.
func (m *matrix) onlyOneItem() {
	family := m.alder.A
	things := family.Make(family.Things.Customer)
	m.alder.LinkPolicy(organisation.LinkItem)
	defer m.alder.LinkPolicy(organisation.LinkPortal)
	holder := actor{name: "holder of a link for one item", client: m.As(family.One), person: family.One, slug: "alder", kind: access.Customer, family: family, author: true, item: true}
	path := holder.client.Actor("alder", "/alder/home").Item()
	if path != things.Approved && path != things.Proposal {
		m.t.Fatalf("the link is for %q, neither %s nor %s", path, things.Approved, things.Proposal)
	}
	family.Things = things
	family.Things.Proposal = path
	m.refusals([]actor{holder})
}
