package document

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
)

var (
	marksOffice = guard.SQL("proposal marks, office", `select d.project, d.id, d.state from documents d
		where d.org = :org and d.archived = false and d.sent_version > 0 and d.project in (:projects)`)
	marksCustomer = guard.SQL("proposal marks, customer", `select d.project, d.id, v.state from documents d
		join document_versions v on v.org = d.org and v.document = d.id and v.version = d.sent_version
		where d.org = :org and d.archived = false and d.sent_version > 0 and d.project in (:projects) and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))
)

// Marks says which projects have proposals that wait for the customer, and which have
// signed agreements (JB-05), as the transaction's actor sees them.
func Marks(tx *guard.Tx, projects []string) (map[string]project.Mark, error) {
	statement, path := marksCustomer, CustomerPath
	if tx.Actor().SeesWholeOrganisation() {
		statement, path = marksOffice, OfficePath
	}
	slug, err := organisation.Slug(tx)
	if err != nil {
		return nil, err
	}
	marks := map[string]project.Mark{}
	return marks, tx.Each(statement, guard.Args{"projects": guard.List(projects)}, func(row guard.Row) error {
		var of, document string
		var state proposal.State
		if err := row(&of, &document, &state); err != nil {
			return err
		}
		mark := marks[of]
		switch state {
		case proposal.Sent:
			mark.Waiting++
			mark.URL = path(slug, document)
		case proposal.Approved:
			mark.Signed++
		}
		marks[of] = mark
		return nil
	})
}
