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
	"lintel/internal/features/oversight"
	"lintel/internal/platform/db"
)

// reader is somebody of the sample world who tries to open a record.
type reader struct {
	name   string
	staff  bool
	person access.PersonID
	client *Client
}

// list is what a query answers, as text.
func (p *Portal) list(query string) (out []string) {
	p.t.Helper()
	err := p.App.Database.Read(context.Background(), "*", func(tx *db.Tx) (err error) { out, err = rows(tx, query); return err })
	p.must(err)
	return out
}

func (p *Portal) raw(text string) {
	p.t.Helper()
	p.must(p.App.Database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err }))
}

// everybody is every member of the sample world's firms with a browser of their own.
func (p *Portal) everybody(world demo.World) (list []reader) {
	p.t.Helper()
	staff := map[string]demo.Person{}
	for _, person := range world.People {
		if person.Role != "customer" {
			staff[person.Organisation+" "+person.Name] = person
		}
	}
	for _, org := range p.list(`select id from organisations`) {
		system := access.NewSystem(access.OrgID(org), "the test lets everybody in")
		slug := p.list(`select slug from organisations where id = '` + org + `'`)[0]
		firm := p.list(`select name from organisations where id = '` + org + `'`)[0]
		for _, row := range p.list(`select person, name from memberships where org = '` + org + `' and kind = 'customer' and state = 'active'`) {
			person, name, _ := strings.Cut(row, "\x1f")
			var path string
			p.must(p.App.Store.Change(context.Background(), system, access.SystemWork, func(tx *guard.Tx) (err error) {
				path, err = identity.MakeLink(tx, identity.LinkRequest{Person: access.PersonID(person), Purpose: identity.ForPortal})
				return err
			}))
			list = append(list, reader{name: slug + " " + name, person: access.PersonID(person), client: p.As(demo.Person{URL: BaseURL + path})})
		}
		for name, person := range staff {
			if strings.HasPrefix(name, firm+" ") {
				c := p.As(person)
				list = append(list, reader{name: slug + " " + person.Name + ", " + person.Role, staff: true, person: c.Actor(slug, "/"+slug+"/office").Person(), client: c})
			}
		}
	}
	return list
}

// opens reports whether somebody gets a record of Hartwell's.
func (r reader) opens(kind oversight.Kind, id string) bool {
	path := map[oversight.Kind]string{oversight.OfCustomer: "/customers/", oversight.OfProject: "/projects/", oversight.OfProposal: "/proposals/", oversight.OfSchedule: "/projects/", oversight.OfRequest: "/requests/"}[kind] + id
	switch {
	case kind == oversight.OfSchedule:
		path += "/schedule/plan"
	case kind == oversight.OfLog: // "project id"
		project, log, _ := strings.Cut(id, " ")
		path = "/projects/" + project + "/logs/" + log + "/print"
	}
	r.client.Header.Set("HX-Request", "true") // of a schedule the part that shows it
	defer r.client.Header.Del("HX-Request")
	switch {
	case kind == oversight.OfFile:
		path = "/hartwell/files/" + id
	case r.staff:
		path = "/hartwell/office" + path
	default:
		path = "/hartwell/home" + path
	}
	return r.client.Get(path).Status == http.StatusOK
}

// "Who can see this" is compared with what happens when everybody of two firms tries: zero
// extra, zero missing.
func TestWhoCanSeeThisNamesExactlyThoseWhoCanOpenIt(t *testing.T) {
	p := Start(t, SQLite)
	everybody := p.everybody(p.World("hartwell", "northgate"))
	org := access.OrgID(p.list(`select id from organisations where slug = 'hartwell'`)[0])
	p.varied(org, everybody)
	asked, readers, tried := 0, 0, 0
	for kind, query := range map[oversight.Kind]string{
		oversight.OfCustomer: `select id from customers`, oversight.OfProject: `select id from projects`,
		oversight.OfProposal: `select id from documents`, oversight.OfFile: `select id from files where archived_at is null and state = 'stored'`,
		oversight.OfLog: `select project || ' ' || id from daily_logs where archived = false`, oversight.OfSchedule: `select project from schedules`, oversight.OfRequest: `select id from requests`,
	} {
		clause := " where "
		if strings.Contains(query, "where") {
			clause = " and "
		}
		for _, id := range p.list(query + clause + `org = '` + string(org) + `'`) {
			found, err := oversight.New(p.App.Store, p.App.Identity).Readers(context.Background(), staffReader(org), kind, id[strings.LastIndex(id, " ")+1:])
			p.must(err)
			listed := map[string]bool{}
			for _, a := range found.Staff {
				listed["staff "+string(a.Person)] = true
			}
			for _, h := range found.People {
				if kind != oversight.OfCustomer {
					listed["customer "+string(h.Person)] = true
				}
			}
			asked++
			readers += len(listed)
			for _, r := range everybody {
				if kind == oversight.OfCustomer && !r.staff {
					continue
				}
				key := map[bool]string{true: "staff ", false: "customer "}[r.staff] + string(r.person)
				tried++
				if opens := r.opens(kind, id); opens != listed[key] {
					t.Errorf("%s %q: %s opens it: %v, is listed: %v", kind, found.Thing.Title, r.name, opens, listed[key])
				}
			}
		}
	}
	t.Logf("%d records, %d readers listed, %d tries of %d people", asked, readers, tried, len(everybody))
	if asked < 40 || readers < 200 {
		t.Error("too little was asked to prove anything")
	}
	p.tableOfAccess(everybody)
}

// staffReader is an owner of the firm; only the test makes one out of nothing.
func staffReader(org access.OrgID) access.Actor {
	return access.NewActor(access.Identity{Org: org, Person: "someone", Kind: access.Staff, Role: access.Owner})
}

// varied makes the sample world's access less uniform: fewer modules, one project only, a
// role of the firm's own.
func (p *Portal) varied(org access.OrgID, everybody []reader) {
	p.t.Helper()
	system := access.NewSystem(org, "the test varies what people may")
	n := 0
	p.must(p.App.Store.Change(context.Background(), system, access.SystemWork, func(tx *guard.Tx) error {
		n = 0
		for _, r := range everybody {
			if r.staff || !strings.HasPrefix(r.name, "hartwell ") {
				continue
			}
			grants, err := identity.GrantsOf(tx, r.person)
			if err != nil || len(grants) == 0 {
				return err
			}
			at := identity.Scope{Customer: grants[0].Customer, Project: grants[0].Project}
			if strings.HasSuffix(r.name, "Tomas Ruiz") { // a draft and a project in a hidden stage lie there too
				if err := identity.SetModules(tx, r.person, identity.Scope{Customer: at.Customer}, access.EveryModule, "test"); err != nil {
					return err
				}
				continue
			}
			switch n++; n {
			case 2:
				err = identity.SetModules(tx, r.person, at, access.NewModuleSet(access.Projects, access.Messages), "test")
			case 3:
				err = identity.SetModules(tx, r.person, at, access.NewModuleSet(access.Documents, access.Files), "test")
			case 4:
				err = identity.SetModules(tx, r.person, at, 0, "test")
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	p.raw(`insert into roles (org, id, name, permissions, created_at) values ('` + string(org) + `', 'drafter', 'Drafter', 'home:read,customers:read,projects:read,access:read', 1)`)
	p.raw(`update memberships set role = 'drafter' where org = '` + string(org) + `' and kind = 'staff' and person = (select max(m.person) from memberships m where m.org = '` + string(org) + `' and m.kind = 'staff' and m.role = 'member')`)
}

// tableOfAccess prints scenario S3: who opens how many of whose records.
func (p *Portal) tableOfAccess(everybody []reader) {
	p.t.Helper()
	projects := p.list(`select id from projects where org = (select id from organisations where slug = 'hartwell')`)
	documents := p.list(`select id from documents where org = (select id from organisations where slug = 'hartwell')`)
	var lines []string
	for _, r := range everybody {
		seen := map[oversight.Kind]int{}
		for kind, ids := range map[oversight.Kind][]string{oversight.OfProject: projects, oversight.OfProposal: documents} {
			for _, id := range ids {
				if r.opens(kind, id) {
					seen[kind]++
				}
			}
		}
		lines = append(lines, fmt.Sprintf("%-42s %3d of %d projects %3d of %d proposals", r.name, seen[oversight.OfProject], len(projects), seen[oversight.OfProposal], len(documents)))
	}
	sort.Strings(lines)
	p.t.Logf("Hartwell's records, opened by everybody of two firms:\n%s", strings.Join(lines, "\n"))
}
