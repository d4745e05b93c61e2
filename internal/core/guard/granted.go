package guard

import "fmt"

// Granted is the condition under which a person of a customer sees a row: a live grant
// covers the row's customer and project, and a browser that entered by a link for one
// item only sees that item. The arguments are columns of the statement, as "d.customer".
//
// It stands here because every statement of every feature that shows something to a
// customer uses this one text; the grants themselves are written by identity.
func Granted(customer, project, item string) string {
	return fmt.Sprintf(`(exists (select 1 from grants g where g.org = :org and g.person = :viewer and g.customer = %s
		and (g.project = '' or g.project = %s) and g.revoked_at is null) and (:item = '' or :item = %s))`, customer, project, item)
}
