package customerdesk

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/project"
)

// ofViewer starts at the viewer's few grants, so that a page costs the same however much
// the firm has.
const ofViewer = `%[1]s.org = :org and %[1]s.customer in (select own.customer from grants own where own.org = :org and own.person = :viewer and own.revoked_at is null) and `

var (
	// The newest version that was sent says what the customer sees. While the office works on
	// the next one, the document's own columns tell of the draft and are not used.
	proposalsSeen = guard.NewFamily("home proposals, customer", `select d.id, d.number, d.title, d.project, p.name,
		case when d.state = 'void' then d.state else v.state end, d.version > d.sent_version, case when d.version > d.sent_version then v.shown else '' end,
		case when d.version > d.sent_version then v.total else d.total end, d.currency, d.valid_until, v.sent_at, v.answered_at,
		exists (select 1 from document_recipients r where r.org = d.org and r.document = d.id and r.person = :viewer and r.signs = true)
		from documents d join document_versions v on v.org = d.org and v.document = d.id and v.version = d.sent_version
		join projects p on p.org = d.org and p.id = d.project
		where `+fmt.Sprintf(ofViewer, "d")+guard.Granted(access.Documents, "d.customer", "d.project", "d.id")+` and d.sent_version > 0 and d.archived = false`,
		guard.Part{Name: "all", Group: "of", SQL: ``},
		guard.Part{Name: "of project", Group: "of", SQL: `and d.project = :project`},
		guard.Part{Name: "recent", Group: "order", SQL: `order by d.updated_at desc limit 200`})

	agreementsSeen = guard.NewFamily("home agreements, customer", `select s.id, s.document, s.number, s.title, s.version, s.name, s.total, s.currency, s.signed_at, s.sealed_file from signatures s
		where `+fmt.Sprintf(ofViewer, "s")+guard.Granted(access.Documents, "s.customer", "s.project", "s.document"),
		guard.Part{Name: "all", Group: "of", SQL: ``},
		guard.Part{Name: "of project", Group: "of", SQL: `and s.project = :project`},
		guard.Part{Name: "recent", Group: "order", SQL: `order by s.signed_at desc limit :limit`})

	projectsSeen = guard.SQL("home projects, customer", `select p.id, p.name, p.bucket, p.cover, (select s.name from stages s where s.org = p.org and s.id = p.stage),
		coalesce((select a.place from properties a where a.org = p.org and a.id = p.property), '') from projects p
		where `+fmt.Sprintf(ofViewer, "p")+guard.Granted(access.Projects, "p.customer", "p.id", "p.id")+` and p.archived = false
		and p.stage in (select s.id from stages s where s.org = :org and s.customer_visible = true and s.bucket <> 'hidden') order by p.updated_at desc limit :limit`)
)

func loadProposals(tx *guard.Tx, project string) (list []Proposal, err error) {
	statement, args := proposalsSeen.Choose("all", "recent"), guard.Args{}
	if project != "" {
		statement, args = proposalsSeen.Choose("of project", "recent"), guard.Args{"project": project}
	}
	err = tx.Each(statement, args, func(row guard.Row) error {
		var p Proposal
		var shown string
		if err := row(&p.ID, &p.Number, &p.Title, &p.Project, &p.ProjectName, &p.State, &p.Pending, &shown, &p.Total.Minor, &p.Total.Currency, &p.ValidUntil, &p.SentAt, &p.AnsweredAt, &p.Signs); err != nil {
			return err
		}
		if err := p.asShown(shown); err != nil {
			return err
		}
		list = append(list, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load proposals: %w", err)
	}
	return list, nil
}

// asShown puts what the customer was sent in the place of what the office drafts now.
func (p *Proposal) asShown(shown string) error {
	if !p.Pending {
		return nil
	}
	content, err := proposal.ParseCustomerContent([]byte(shown))
	p.Title, p.ValidUntil, p.Total.Currency = content.Title, content.ValidUntil, content.Currency
	return err
}

func loadAgreements(tx *guard.Tx, project string, limit int) (list []Agreement, err error) {
	statement, args := agreementsSeen.Choose("all", "recent"), guard.Args{"limit": limit}
	if project != "" {
		statement, args["project"] = agreementsSeen.Choose("of project", "recent"), project
	}
	err = tx.Each(statement, args, func(row guard.Row) error {
		var a Agreement
		err := row(&a.ID, &a.Document, &a.Number, &a.Title, &a.Version, &a.Signer, &a.Total.Minor, &a.Total.Currency, &a.SignedAt, &a.File)
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load signed agreements: %w", err)
	}
	return list, nil
}

func loadProjects(tx *guard.Tx, limit int) (list []project.Line, err error) {
	err = tx.Each(projectsSeen, guard.Args{"limit": limit}, func(row guard.Row) error {
		var l project.Line
		err := row(&l.ID, &l.Name, &l.Bucket, &l.Cover, &l.StageName, &l.Place)
		list = append(list, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load projects: %w", err)
	}
	return list, nil
}
