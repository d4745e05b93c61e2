package document

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
)

var toSign = guard.SQL("proposals to sign of some projects, customer", `select d.project, d.id from documents d
	join document_versions v on v.org = d.org and v.document = d.id and v.version = d.sent_version
	where d.org = :org and d.archived = false and d.sent_version > 0 and v.state = 'sent' and d.project in (:projects) and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))

// ToSign says which projects have proposals that wait for the customer (JB-05), as the transaction's actor sees them. What the
// office shows stands on the projects themselves: triggers on the documents count it there.
func ToSign(tx *guard.Tx, projects []string) (map[string]project.Mark, error) {
	slug, newest, marks := "", map[string]string{}, map[string]project.Mark{}
	err := tx.Together(
		func() (err error) { slug, err = organisation.Slug(tx); return err },
		func() error {
			return tx.Each(toSign, guard.Args{"projects": guard.List(projects)}, func(row guard.Row) error {
				of, document := "", ""
				err := row(&of, &document)
				marks[of], newest[of] = project.Mark{Waiting: marks[of].Waiting + 1}, document
				return err
			})
		},
	)
	for of, m := range marks {
		m.URL = CustomerPath(slug, newest[of])
		marks[of] = m
	}
	return marks, err
}
