package finding

import (
	"encoding/json"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/search"
)

const projectColumns = `p.id, p.number, p.name, p.description, p.customer, coalesce((select a.place from properties a where a.org = p.org and a.id = p.property), '')`

// The work that the firm does: projects, what is proposed, what is asked for. An archived project is put away and not found.
var (
	projects = guard.SQL("projects to find", `select `+projectColumns+`, (select c.name from customers c where c.org = p.org and c.id = p.customer),
		coalesce((select a.postcode || ' ' || a.reference from properties a where a.org = p.org and a.id = p.property), ''), exists (select 1 from stages s where s.org = p.org and s.id = p.stage and s.customer_visible = true and s.bucket <> 'hidden')
		from projects p where p.org = :org and p.id in (:ids) and p.archived = false`)
	projectsSeen = guard.SQL("projects that a customer found", `select `+projectColumns+` from projects p where p.org = :org and p.id in (:ids) and p.archived = false
		and p.stage in (select s.id from stages s where s.org = :org and s.customer_visible = true and s.bucket <> 'hidden') and `+guard.Granted(access.Projects, "p.customer", "p.id", "p.id"))
	projectsAfter      = guard.SQL("projects in turn", `select p.id from projects p where p.org = :org and p.id > :after_id order by p.id limit :limit`)
	projectsOfCustomer = guard.SQL("all projects of a customer", `select p.id from projects p where p.org = :org and p.customer = :customer limit 500`)
	projectsAt         = guard.SQL("all projects at a property", `select p.id from projects p where p.org = :org and p.property = :property limit 500`)

	proposals = guard.SQL("proposals to find", `select d.id, d.number, d.title, d.customer, d.project, d.sent_version > 0, (select p.name from projects p where p.org = d.org and p.id = d.project),
		(select c.name from customers c where c.org = d.org and c.id = d.customer),
		coalesce((select v.content from document_versions v where v.org = d.org and v.document = d.id and v.version = d.version), ''),
		coalesce((select v.shown from document_versions v where v.org = d.org and v.document = d.id and v.version = d.sent_version), '')
		from documents d where d.org = :org and d.id in (:ids) and d.archived = false`)
	proposalsSeen = guard.SQL("proposals that a customer found", `select d.id, d.number, d.title, d.customer, d.project, (select p.name from projects p where p.org = d.org and p.id = d.project),
		coalesce((select v.shown from document_versions v where v.org = d.org and v.document = d.id and v.version = d.sent_version), '')
		from documents d where d.org = :org and d.id in (:ids) and d.archived = false and d.sent_version > 0 and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))
	proposalsAfter = guard.SQL("proposals in turn", `select d.id from documents d where d.org = :org and d.id > :after_id order by d.id limit :limit`)
	// Drafts save themselves and record nothing.
	proposalsChanged = guard.SQL("proposals changed lately", `select d.id from documents d where d.org = :org and d.archived = false and d.updated_at > :since order by d.updated_at desc limit 500`)

	requestText   = `select r.id, r.number, r.customer, r.title, r.description, r.place, r.created_at from requests r where r.org = :org and r.id in (:ids)`
	requests      = guard.SQL("requests to find", requestText)
	requestsSeen  = guard.SQL("requests that a customer found", requestText+` and `+guard.Granted(access.AddJob, "r.customer", "r.id", "r.id"))
	requestsAfter = guard.SQL("requests in turn", `select r.id from requests r where r.org = :org and r.id > :after_id order by r.id limit :limit`)
)

type projectRow struct{ id, number, name, description, customer, place string }

func (p *projectRow) targets() []any {
	return []any{&p.id, &p.number, &p.name, &p.description, &p.customer, &p.place}
}

// entry is what both sides read of a project.
func (p projectRow) entry() search.Entry {
	return search.Entry{Kind: "project", ID: p.id, Customer: p.customer, Project: p.id, Item: p.id, Module: access.Projects, Numbers: []string{p.number}, Title: p.name,
		Line: join(" · ", p.number, p.place), Text: join(" · ", p.place, p.description), OfficeURL: "/office/projects/" + p.id, CustomerURL: "/home/projects/" + p.id}
}

func readProject(row guard.Row) (search.Entry, error) {
	var p projectRow
	var customer, property string
	var visible bool
	err := row(append(p.targets(), &customer, &property, &visible)...)
	e := p.entry()
	e.Office, e.Line, e.OfficeText = !visible, join(" · ", p.number, customer, p.place), join(" · ", customer, property)
	return e, err
}

func readProjectSeen(row guard.Row) (search.Entry, error) {
	var p projectRow
	err := row(p.targets()...)
	return p.entry(), err
}

// content is what is read of a proposal's lines: their words, never what they cost.
type content struct {
	CoverNote string `json:"coverNote"`
	Groups    []struct {
		Name  string `json:"name"`
		Lines []struct {
			Name        string `json:"name"`
			Description string `json:"description"`
			Note        string `json:"note"`
		} `json:"lines"`
	} `json:"groups"`
	Terms []struct {
		Title string `json:"title"`
	} `json:"terms"`
	OfficeNote string `json:"officeNote"`
}

// words are the words of a version, with the office's notes where it has some.
func words(version string) (string, error) {
	if version == "" {
		return "", nil
	}
	var c content
	if err := json.Unmarshal([]byte(version), &c); err != nil {
		return "", err
	}
	parts := []string{c.CoverNote}
	for _, g := range c.Groups {
		parts = append(parts, g.Name)
		for _, l := range g.Lines {
			parts = append(parts, l.Name, l.Description, l.Note)
		}
	}
	for _, t := range c.Terms {
		parts = append(parts, t.Title)
	}
	return join(" · ", append(parts, c.OfficeNote)...), nil
}

func readProposal(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "proposal", Module: access.Documents}
	var number, project, customer, now, shown string
	var sent bool
	if err := row(&e.ID, &number, &e.Title, &e.Customer, &e.Project, &sent, &project, &customer, &now, &shown); err != nil {
		return e, err
	}
	text, err := words(shown)
	if err != nil {
		return e, err
	}
	if e.OfficeText, err = words(now); err != nil {
		return e, err
	}
	e.OfficeText = join(" · ", customer, e.OfficeText)
	proposalLine(&e, number, project, text)
	e.Office, e.Line = !sent, join(" · ", number, project, customer)
	return e, nil
}

func readProposalSeen(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "proposal", Module: access.Documents}
	var number, project, shown string
	if err := row(&e.ID, &number, &e.Title, &e.Customer, &e.Project, &project, &shown); err != nil {
		return e, err
	}
	text, err := words(shown)
	proposalLine(&e, number, project, text)
	return e, err
}

func proposalLine(e *search.Entry, number, project, text string) {
	e.Item, e.Numbers, e.Line, e.Text = e.ID, []string{number}, join(" · ", number, project), join(" · ", project, text)
	e.OfficeURL, e.CustomerURL = "/office/proposals/"+e.ID, "/home/proposals/"+e.ID
}

func readRequest(row guard.Row) (search.Entry, error) {
	e := search.Entry{Kind: "request", Module: access.AddJob}
	var number, description, place string
	var at time.Time
	err := row(&e.ID, &number, &e.Customer, &e.Title, &description, &place, &at)
	e.Project, e.Item, e.Numbers, e.At = e.ID, e.ID, []string{number}, at
	e.Line, e.Text = join(" · ", number, place), join(" · ", place, description)
	e.OfficeURL, e.CustomerURL = "/office/requests/"+e.ID, "/home/requests/"+e.ID
	return e, err
}
