package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
)

// What the rows of the world below are called. Every row of every table has the id
// "theirs", belongs to the customer, project and person "theirs", and would answer any
// statement that asks for it. The person "mine", who looks, is granted one other project of
// that customer; so nothing of what is asked for is theirs to see.
const theirs, mine = "theirs", "mine"

// Removing the visibility condition from any one statement that a customer's, contractor's
// or technician's person may run must show: each such statement is run as it is, and once
// more for each of its conditions with that condition taken out. The whole finds nothing; a
// mutant that finds nothing either would mean that no test could miss the condition.
func TestEveryVisibilityConditionHidesSomething(t *testing.T) {
	database := dbtest.SQLite(t)
	if _, err := migrate.Up(context.Background(), database, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	fillEveryTable(t, database)
	statements, mutants := 0, 0
	for _, s := range guard.Statements() {
		if !s.UsesViewer() || s.Across() || namesOwnCustomers.MatchString(s.Name) {
			continue
		}
		made := mutantsOf(s.Source)
		if len(made) == 0 {
			if !asksNothing.MatchString(s.Name) {
				t.Errorf("%s uses :viewer, but no condition of it says who may see\n%s", s.Name, s.Source)
			}
			continue
		}
		statements++
		found, err := rowsOf(database, s.Source)
		if err != nil {
			t.Errorf("%s: %v\n%s", s.Name, err, literal(s.Source))
			continue
		}
		if strings.Contains(found, theirs) {
			t.Errorf("%s shows what is not the viewer's: %s\n%s", s.Name, found, s.Source)
		}
		for _, mutant := range made {
			mutants++
			leaked, err := rowsOf(database, mutant)
			if err != nil {
				t.Errorf("%s, mutated: %v\n%s", s.Name, err, literal(mutant))
			} else if leaked == found {
				t.Errorf("%s: without a condition it still finds %q\n%s", s.Name, found, mutant)
			}
		}
	}
	t.Logf("%d statements that ask who is looking; %d mutants, each seen", statements, mutants)
	if statements < 20 {
		t.Errorf("only %d statements ask who is looking", statements)
	}
}

// asksNothing are statements without a condition to lose: they add a row of the viewer's
// own, after a statement with a condition has found what it belongs to, or they are about
// the session whose secret the caller holds.
var asksNothing = regexp.MustCompile(`^(add a session|put an entry|remember a browser|add a code|begin an upload|end the session before|move entries to a new session|` +
	`post a message from the office|conversation seen by the office|proposal progress save, customer|renew a session's token|signature insert|add an own challenge|add an own passkey|add an own recovery code|begin an own authenticator|` +
	`note that somebody saw the files|remember an account at a sign-in service|add an own calendar feed|save notification settings, own|mute a project|add a push device, own)$`)

// namesOwnCustomers names the customers of whom anything is granted to the one who looks: here "theirs", of which "mine" has
// one other project. What is found of them is up to the statements that ask with these names.
var namesOwnCustomers = regexp.MustCompile(`^customers that the one who searches is granted$`)

// mutantsOf takes out, one at a time, each grant condition and each comparison with the
// viewer.
func mutantsOf(source string) (list []string) {
	for at := 0; ; {
		begin := strings.Index(source[at:], "(exists (select 1 from grants g where")
		if begin < 0 {
			break
		}
		begin += at
		end := closing(source, begin)
		list = append(list, source[:begin]+"(1 = 1)"+source[end:])
		at = end
	}
	if len(list) > 0 {
		return list
	}
	for _, found := range viewerComparison.FindAllStringIndex(source, -1) {
		list = append(list, source[:found[0]]+"1 = 1"+source[found[1]:])
	}
	return list
}

var viewerComparison = regexp.MustCompile(`\b[a-z_.]+ = :viewer\b`)

// closing is the place after the parenthesis that closes the one at begin.
func closing(text string, begin int) int {
	depth := 0
	for i := begin; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

var errNothingKept = errors.New("nothing of this is kept")

// rowsOf is what a statement finds, or how many rows it changes; the change is undone.
func rowsOf(database *db.DB, source string) (found string, err error) {
	err = database.Write(context.Background(), "org", func(tx *db.Tx) error {
		text := literal(source)
		if err := tx.Script("pragma ignore_check_constraints = on"); err != nil {
			return err
		}
		if strings.Contains(text, "about_item") { // told once, of what is not granted any more
			if _, err := tx.Exec(`insert into notices (org, id, person, event, title, url, created_at, module, about_customer, about_project, about_item)
				values ('org', 'theirs2', 'mine', 'theirs', 'theirs', 'theirs', 1, 'documents', 'theirs', 'theirs', 'theirs')`); err != nil {
				return err
			}
			text = strings.ReplaceAll(text, "and id = 'theirs'", "and id = 'theirs2'")
		}
		if strings.Contains(text, "from muted_projects x") && (strings.Contains(text, "grants g") || strings.Contains(text, "(1 = 1)")) { // muted once, not granted any more
			if _, err := tx.Exec(`insert into muted_projects (org, person, project, created_at) values ('org', 'mine', 'theirs', 1)`); err != nil {
				return err
			}
		}
		if !strings.HasPrefix(text, "select") && !strings.HasPrefix(text, "with") && !strings.Contains(text, " returning ") {
			changed, err := tx.Exec(text)
			if found = fmt.Sprint(changed); err != nil {
				return err
			}
			return errNothingKept
		}
		if found, err = read(tx, text); err != nil {
			return err
		}
		return errNothingKept
	})
	if errors.Is(err, errNothingKept) {
		err = nil
	}
	return found, err
}

func read(tx *db.Tx, text string) (string, error) {
	rows, err := tx.Query(text)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return "", err
		}
		for _, value := range values {
			fmt.Fprint(&all, *value.(*any), " ")
		}
	}
	return all.String(), rows.Err()
}

var named = regexp.MustCompile(`'[^']*'|::|:[a-z_][a-z0-9_]*`)

// literal writes the values of the world into a statement.
func literal(source string) string {
	return named.ReplaceAllStringFunc(source, func(found string) string {
		if found[0] == '\'' || found == "::" {
			return found
		}
		switch name := found[1:]; {
		case name == "org":
			return "'org'"
		case name == "viewer":
			return "'" + mine + "'"
		case name == "item":
			return "''"
		case name == "id" && strings.HasPrefix(source, "insert"):
			return "'new'"
		case name == "state":
			return "'approved'"
		case name == "since":
			return "0"
		case name == "after":
			return "9000" // lists go from the newest down
		case name == "kinds": // of events, between commas
			return "',proposal.approved,'"
		case name == "bucket":
			return "'current'"
		case name == "visibility":
			return "'shared'"
		case name == "mine": // the session or browser that asks
			return "'" + mine + "'"
		case name == "now":
			return "5000"
		case numeric.MatchString(name):
			return "1"
		case name == "kind" && (strings.Contains(source, "memberships") || strings.Contains(source, "calendar_feeds")):
			return "'customer'"
		case name == "as": // what the one who looks is here
			return "'customer'"
		case name == "limit":
			return "1000"
		case name == "before", strings.HasPrefix(name, "before_"), name == "ends", name == "latest":
			return "9000"
		}
		return "'" + theirs + "'"
	})
}

// numeric are the parameters that numbers are compared with or stored from.
var numeric = regexp.MustCompile(`^(version|frozen|serial|seq|tries|size|staff_idle|customer_idle|at|total|window|open)$`)

// fillEveryTable puts one row into every table, whatever its columns; special says what a
// row needs to be one that customers are shown.
func fillEveryTable(t *testing.T, database *db.DB) {
	t.Helper()
	err := database.Write(context.Background(), "*", func(tx *db.Tx) error {
		if err := tx.Script("pragma defer_foreign_keys = on"); err != nil { // rows come in any order
			return err
		}
		columns, err := tableColumns(tx)
		if err != nil {
			return err
		}
		for table, list := range columns { // a trigger may have been there before
			if strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "search_words") || table == "migrations" || table == "grants" || table == "jobs" {
				continue
			}
			var names, values []string
			for _, c := range list {
				if value, given := c.value(table); given {
					names, values = append(names, c.name), append(values, value)
				}
			}
			if _, err := tx.Exec(fmt.Sprintf("insert into %s (%s) values (%s) on conflict do nothing", table, strings.Join(names, ", "), strings.Join(values, ", "))); err != nil {
				return fmt.Errorf("fill %s: %w", table, err)
			}
		}
		if _, err := tx.Exec(`insert into search_words (rowid, words) select row, 'theirs' from search_entries`); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into session_entries (session, org, person, kind, proof, created_at) values ('theirs', '*', 'theirs', '', 'signed in', 1)`); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into contractor_people (org, id, contractor, kind, person, name, folded, email, created_at) values ('org', 'desk', 'theirs', 'contractor', 'theirs', 'theirs', 'theirs', 'theirs', 1)`); err != nil {
			return err
		}
		_, err = tx.Exec(`insert into grants (org, id, person, customer, project, created_at) values ('org', 'g1', 'mine', 'theirs', 'another', 1), ('org', 'g2', 'theirs', 'theirs', '', 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type column struct {
	name, kind string
	required   bool
}

func tableColumns(tx *db.Tx) (map[string][]column, error) {
	rows, err := tx.Query(`select m.name, c.name, c.type, c."notnull" from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string][]column{}
	for rows.Next() {
		var table string
		var c column
		if err := rows.Scan(&table, &c.name, &c.kind, &c.required); err != nil {
			return nil, err
		}
		all[table] = append(all[table], c)
	}
	return all, rows.Err()
}

// special are the values of columns that may not be just anything.
var special = map[string]string{
	"incoming_mails.state": "'received'", "session_entries.confirmed_at": "1",
	"file_folders.visibility": "'shared'",
	"calendar_feeds.kind":     "'customer'",
	"tasks.kind":              "'task'",
	"requests.state":          "'submitted'",
	"organisations.modules":   "'*'",
	"organisations.id":        "'org'", "organisations.confirm_policy": "'first'", "organisations.link_policy": "'portal'", "organisations.staff_factor": "'one'",
	"organisations.signed_stage": "''", "organisations.link_days": "30",
	"stages.bucket": "'current'", "stages.customer_visible": "true", "projects.bucket": "'current'",
	"people.password":  "''",
	"memberships.kind": "'customer'", "memberships.state": "'active'", "invitations.kind": "'customer'", "contractor_people.kind": "'technician'",
	"files.gallery": "true", "files.preview": "''", "files.visibility": "'shared'", "files.state": "'stored'", "messages.visibility": "'shared'", "uploads.visibility": "'shared'",
	"documents.state": "'sent'", "documents.sent_version": "1", "documents.version": "1",
	"document_versions.version": "1", "document_versions.frozen": "true", "document_versions.state": "'sent'", "document_recipients.signs": "true", "signatures.version": "1", "signatures.method": "'typed'",
	"document_recipients.viewed_version": "0", "events.kind": "'proposal.approved'", "session_entries.proof": "'confirmed'", "uploads.finished_as": "''",
	"published_tasks.customer_task": "true", "schedules.published_at": "1", "daily_logs.shared_at": "1",
	"session_entries.kind": "'customer'", "session_entries.seen_by": "''", "codes.tries": "0", "mails.state": "'sent'", "thread_reads.kind": "'customer'", "messages.mentions": `'["mine"]'`,
	"notification_settings.rhythm": "'daily'", "notification_defaults.kind": "'customer'", "suppressed_addresses.why": "'bounced'",
}

// value is what the row of the world has in the column; columns that may be null stay so:
// removed_at, revoked_at, used_at and their like.
func (c column) value(table string) (string, bool) {
	if value, given := special[table+"."+c.name]; given {
		return value, true
	}
	kind := strings.ToLower(c.kind)
	switch {
	case c.name == "org":
		return "'org'", true
	case strings.HasSuffix(c.name, "expires_at"):
		return "9000", true
	case !c.required && c.name != "id":
		return "", false
	case kind == "boolean":
		return "false", true
	case kind == "bigint", kind == "integer":
		return "1", true
	}
	return "'" + theirs + "'", true
}

// The same for the organisation: asked in another organisation, a statement finds nothing
// of this one. Most find something once their comparisons with :org are taken out; the
// others want more of a row than the world has, and are counted.
func TestEveryStatementStaysInItsOrganisation(t *testing.T) {
	database := dbtest.SQLite(t)
	if _, err := migrate.Up(context.Background(), database, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	fillEveryTable(t, database)
	checked, seen := 0, 0
	for _, s := range guard.Statements() {
		adds := strings.HasPrefix(s.Source, "insert") && !strings.Contains(s.Source, "select") // a row of its own organisation, which guard binds
		if s.Across() || adds || ofPeople.MatchString(s.Name) {
			continue
		}
		elsewhere := strings.ReplaceAll(strings.ReplaceAll(s.Source, ":org", "'elsewhere'"), ":viewer", "'"+theirs+"'")
		found, err := rowsOf(database, elsewhere)
		if err != nil {
			if !strings.HasPrefix(s.Source, "insert") { // the row may be one that exists
				t.Errorf("%s: %v\n%s", s.Name, err, literal(elsewhere))
			}
			continue
		}
		checked++
		if strings.Contains(found, theirs) {
			t.Errorf("%s finds another organisation's things: %s\n%s", s.Name, found, s.Source)
		}
		everywhere := strings.ReplaceAll(organisationComparison.ReplaceAllString(elsewhere, "1 = 1"), "= 'elsewhere'", "= 'org'")
		if leaked, err := rowsOf(database, everywhere); err != nil || leaked != found {
			seen++
		}
	}
	t.Logf("%d statements find nothing in another organisation; %d of them would without :org", checked, seen)
	if seen < checked/2 {
		t.Errorf("only %d of %d statements would find something without :org", seen, checked)
	}
}

// ofPeople are statements about a person's own account, which has no organisation, and the
// one that answers what it has just counted.
var ofPeople = regexp.MustCompile(`^(own |answer an own challenge|person by address|take the next number|code|try a code|passkey|authenticator|recovery|challenge|username)`)

var organisationComparison = regexp.MustCompile(`\b([a-z_]+\.)?(org|id) = 'elsewhere'`)
