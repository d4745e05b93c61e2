package guard

import (
	"fmt"
	"regexp"

	"lintel/internal/core/access"
)

// Granted is the condition under which a person of a customer sees a row: a live grant
// covers the row's customer, project and module, and a browser that entered by a link for
// one item only sees that item. The arguments are columns of the statement, as "d.customer".
//
// It stands here because every statement of every feature that shows something to a
// customer uses this one text; the grants themselves are written by identity.
func Granted(module access.Module, customer, project, item string) string {
	return GrantedBy("'"+string(module)+"'", customer, project, item)
}

// GrantedBy is Granted for rows of several modules: module is the SQL that tells which. A column must be named with its table:
// inside, a bare "module" would be the grant's own, which every grant fits. It panics, as it is called when the program starts.
//
// The grant for the whole customer and the one for the project are two questions, each one step into an index. Asked as one,
// with lists, SQLite builds a small table for each list and row: three times the work for somebody with a thousand grants.
func GrantedBy(module, customer, project, item string) string {
	for _, column := range []string{module, customer, project, item} {
		if bareColumn.MatchString(column) {
			panic("guard.GrantedBy: name the table of the column " + column)
		}
	}
	return fmt.Sprintf(`((%s or %s) and (:item = '' or :item = %s))`, liveGrant(module, customer, "''"), liveGrant(module, customer, project), item)
}

var bareColumn = regexp.MustCompile(`^[a-z_]+$`)

func liveGrant(module, customer, project string) string {
	return fmt.Sprintf(`exists (select 1 from grants g where g.org = :org and g.person = :viewer and g.customer = %s and g.project = %s
		and case g.module when '*' then true when %s then true else false end and g.revoked_at is null)`, customer, project, module)
}

// Offered is the condition under which the organisation's portal has a module at all: for
// rows that come without a permission of their module, as files and notices do. module is
// the SQL that tells which.
func Offered(module string) string {
	return `exists (select 1 from organisations offers where offers.id = :org and ` + OfferedBy("offers", module) + `)`
}

// OfferedBy is Offered for statements that have the row of the organisation already; offers is its name there.
func OfferedBy(offers, module string) string {
	return fmt.Sprintf(`(%[1]s.modules = '*' or ',' || %[1]s.modules || ',' like '%%,' || %[2]s || ',%%')`, offers, module)
}
