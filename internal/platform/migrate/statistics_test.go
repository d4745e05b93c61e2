package migrate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest/empty"
)

// Without statistics SQLite finds the proposals of fifty projects by reading all of the
// organisation's: at 100,000 that is 50 ms of a page instead of one.
func TestSQLiteFindsManyThingsByTheirOwnIndexNotByTheOrganisation(t *testing.T) {
	d := empty.SQLite(t)
	if _, err := Up(context.Background(), d, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	fifty := "'p'" + strings.Repeat(", 'p'", 49)
	for query, index := range map[string]string{
		"select id from documents where org = 'o' and archived = false and sent_version > 0 and project in (" + fifty + ")":                 "documents_project",
		"select id from files where org = 'o' and hangs_kind = 'message' and hangs_on in (" + fifty + ")":                                   "files_hang",
		"select id from projects where org = 'o' and archived = false and bucket = 'current' and folded > 'k' order by folded, id limit 51": "projects_bucket_name",
	} {
		if plan := planOf(t, d, query); !strings.Contains(plan, index) {
			t.Errorf("%.80s… is planned as %s, not by %s", query, plan, index)
		}
	}
}

func planOf(t *testing.T, d *db.DB, query string) (plan string) {
	t.Helper()
	err := d.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query("explain query plan " + query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			plan += fmt.Sprintln(detail)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
