package document

import (
	"fmt"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
)

// marksPage is how many projects one reading of marks covers; lists show fewer.
const marksPage = 75

var marked = func() (names [marksPage]string) {
	for i := range names {
		names[i] = fmt.Sprintf("project%d", i)
	}
	return names
}()

var (
	marksOffice = guard.SQL("proposal marks, office", `select d.project, d.id, d.state from documents d
		where d.org = :org and d.archived = false and d.sent_version > 0 and d.project in (`+projectParameters()+`)`)
	marksCustomer = guard.SQL("proposal marks, customer", `select d.project, d.id, v.state from documents d
		join document_versions v on v.org = d.org and v.document = d.id and v.version = d.sent_version
		where d.org = :org and d.archived = false and d.sent_version > 0 and d.project in (`+projectParameters()+`) and `+guard.Granted(access.Documents, "d.customer", "d.project", "d.id"))
)

func projectParameters() string {
	return ":" + strings.Join(marked[:], ", :")
}

// Marks says which projects have proposals that wait for the customer, and which have
// signed agreements (JB-05), as the transaction's actor sees them.
func Marks(tx *guard.Tx, projects []string) (map[string]project.Mark, error) {
	statement, path := marksCustomer, CustomerPath
	if tx.Actor().SeesWholeOrganisation() {
		statement, path = marksOffice, OfficePath
	}
	settings, err := organisation.Of(tx)
	if err != nil {
		return nil, err
	}
	marks := map[string]project.Mark{}
	for len(projects) > 0 {
		page := projects[:min(marksPage, len(projects))]
		projects = projects[len(page):]
		err := tx.Each(statement, projectArguments(page), func(row guard.Row) error {
			var of, document string
			var state proposal.State
			if err := row(&of, &document, &state); err != nil {
				return err
			}
			mark := marks[of]
			switch state {
			case proposal.Sent:
				mark.Waiting++
				mark.URL = path(settings.Slug, document)
			case proposal.Approved:
				mark.Signed++
			}
			marks[of] = mark
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return marks, nil
}

func projectArguments(projects []string) guard.Args {
	args := make(guard.Args, marksPage)
	for i, name := range marked {
		id := ""
		if i < len(projects) {
			id = projects[i]
		}
		args[name] = id
	}
	return args
}
