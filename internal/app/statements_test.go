package app

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/guard"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
)

// rowsToPlan is how many of each kind the plans are read at; fewer under the race detector,
// which makes SQLite ten times slower and changes no plan.
func rowsToPlan() int {
	if testing.Short() {
		return 1_000
	}
	return 20_000
}

// seed fills the tables that grow, in two organisations, by the database itself. Every
// tenth row belongs to the organisation that the statements ask for.
func seed(t *testing.T, database *db.DB) {
	t.Helper()
	numbers := fmt.Sprintf(`with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) `, rowsToPlan())
	org := `case when i % 10 = 0 then 'org1' else 'org2' end`
	pad := func(prefix string) string { return "'" + prefix + "' || i" }
	for _, insert := range []string{
		`insert into organisations (id, slug, name, created_at) values ('org1', 'one', 'One', 0), ('org2', 'two', 'Two', 0)`,
		`insert into stages (org, id, name, position, bucket) values ('org1', 'stage', 'Estimate', 1, 'pending'), ('org2', 'stage', 'Estimate', 1, 'pending')`,
		numbers + `insert into people (id, email, email_folded, created_at) select ` + pad("person") + `, ` + pad("mail") + `, ` + pad("mail") + `, i from n`,
		numbers + `insert into memberships (org, person, kind, name, email, created_at) select ` + org + `, ` + pad("person") + `, 'customer', 'N', 'E', i from n`,
		numbers + `insert into customers (org, id, name, folded, created_at, updated_at) select ` + org + `, ` + pad("customer") + `, 'C', ` + pad("c") + `, i, i from n`,
		numbers + `insert into contacts (org, id, customer, person, name, folded, email, email_folded, created_at) select ` + org + `, ` + pad("contact") + `, ` + pad("customer") + `, ` + pad("person") + `, 'N', 'n', 'E', ` + pad("mail") + `, i from n`,
		numbers + `insert into properties (org, id, customer, name, folded, created_at) select ` + org + `, ` + pad("property") + `, ` + pad("customer") + `, 'P', 'p', i from n`,
		numbers + `insert into projects (org, id, number, serial, name, folded, customer, property, stage, bucket, created_at, updated_at) select ` + org + `, ` + pad("project") + `, ` + pad("J-") + `, i, 'P', ` + pad("p") + `, ` + pad("customer") + `, ` + pad("property") + `, 'stage', 'pending', i, i from n`,
		numbers + `insert into grants (org, id, person, customer, created_at) select ` + org + `, ` + pad("grant") + `, ` + pad("person") + `, ` + pad("customer") + `, i from n`,
		numbers + `insert into documents (org, id, kind, number, project, customer, title, folded, state, version, currency, created_at, updated_at) select ` + org + `, ` + pad("document") + `, 'proposal', ` + pad("P-") + `, ` + pad("project") + `, ` + pad("customer") + `, 'T', 't', 'sent', 1, 'EUR', i, i from n`,
		numbers + `insert into document_versions (org, document, version, content, created_at, updated_at) select ` + org + `, ` + pad("document") + `, 1, '{}', i, i from n`,
		numbers + `insert into document_recipients (org, document, contact, person) select ` + org + `, ` + pad("document") + `, ` + pad("contact") + `, ` + pad("person") + ` from n`,
		numbers + `insert into files (org, id, name, media_type, size, sha256, blob, hangs_kind, hangs_on, customer, visibility, created_at) select ` + org + `, ` + pad("file") + `, 'N', 'image/jpeg', 1, 'h', 'b', 'proposal', ` + pad("document") + `, ` + pad("customer") + `, 'shared', i from n`,
		numbers + `insert into messages (org, id, thread_kind, thread, customer, author, author_kind, author_name, body, visibility, created_at) select ` + org + `, ` + pad("message") + `, 'proposal', ` + pad("document") + `, ` + pad("customer") + `, 'a', 'staff', 'A', 'B', 'shared', i from n`,
		numbers + `insert into links (org, id, person, purpose, item, token_hash, created_at, expires_at) select ` + org + `, ` + pad("link") + `, ` + pad("person") + `, 'document', ` + pad("document") + `, ` + pad("hash") + `, i, i from n`,
		numbers + `insert into sessions (id, token_hash, created_at, last_seen_at, expires_at) select ` + pad("session") + `, ` + pad("hash") + `, i, i, i from n`,
		numbers + `insert into session_entries (session, org, person, proof, created_at) select ` + pad("session") + `, ` + org + `, ` + pad("person") + `, 'link', i from n`,
		numbers + `insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash) select ` + org + `, ` + pad("event") + `, i, 'k', i, 'staff', 'p', 'proposal', ` + pad("document") + `, ` + pad("customer") + `, ` + pad("project") + `, 'b', 's', 'h', 'p', 'h' from n`,
		numbers + `insert into mails (org, id, recipient, subject, sealed, message_id, state, about, mark, created_at) select ` + org + `, ` + pad("mail") + `, 'r', 's', 'r', ` + pad("mid") + `, 'sent', ` + pad("document") + `, ` + pad("mark") + `, i from n`,
		numbers + `insert into notices (org, id, person, event, title, url, created_at, module, about_customer, about_project, about_item) select ` + org + `, ` + pad("notice") + `, ` + pad("person") + `, ` + pad("event") + `, 't', 'u', i, 'documents', ` + pad("customer") + `, ` + pad("project") + `, ` + pad("document") + ` from n`,
		numbers + `insert into search_entries (org, kind, id, customer, project, module, office) select ` + org + `, 'message', ` + pad("message") + `, ` + pad("customer") + `, ` + pad("project") + `, 'messages', false from n`,
	} {
		if err := database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(insert); return err }); err != nil {
			t.Fatalf("%s: %v", insert[:min(len(insert), 160)], err)
		}
	}
	words := numbers + `insert into search_words (rowid, words) select i, ` + pad("word") + ` from n`
	if database.Engine() == db.PostgreSQL {
		words = `insert into search_words (org, row, words) select org, row, array_to_tsvector(array['word' || row]) from search_entries`
	}
	if err := database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(words); return err }); err != nil {
		t.Fatal(err)
	}
	if database.Engine() == db.PostgreSQL {
		if err := database.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script("analyze") }); err != nil {
			t.Fatal(err)
		}
	}
}

// small tables are read whole on purpose: they hold a handful of rows per organisation or
// in all.
var small = regexp.MustCompile(`\b(organisations|stages|terms_templates|organisation_seals|installation|numbers|timetable|o)\b`)

// wholeTable finds lines of a plan that read a table from end to end.
func wholeTable(engine db.Engine, plan []string) (bad []string) {
	for _, line := range plan {
		switch {
		case byWord.MatchString(line): // the index of the search is asked for words, or for one of its rows
			continue
		case strings.HasPrefix(line, "SCAN json_each "): // the ids of a List
			continue
		case engine == db.SQLite && strings.HasPrefix(line, "SCAN ") && !strings.Contains(line, "CONSTANT ROW") && !strings.Contains(line, "SUBQUERY"):
		case engine == db.PostgreSQL && strings.Contains(line, "Seq Scan on"):
		default:
			continue
		}
		if !small.MatchString(line) && !regexp.MustCompile(`SCAN \(|SCAN (unread|due|ranked|capped|threads|marked|one|n)\b`).MatchString(line) {
			bad = append(bad, strings.TrimSpace(line))
		}
	}
	return bad
}

// byWord is how SQLite says that the full-text index is not read from end to end: M for a match, = for a row.
var byWord = regexp.MustCompile(`VIRTUAL TABLE INDEX \d+:.*[M=]`)

// sweeps read whole tables and may: they run once an hour, or walk an organisation's own
// log on request.
var sweeps = regexp.MustCompile(`purge|sweep|tidy|orphan|expired|all organisations|seal owners|chain`)

func TestEveryStatementRunsOnBothEnginesAndScansNoTenantsTable(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		if _, err := migrate.Up(context.Background(), database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		seed(t, database)
		checked := 0
		for _, s := range guard.Statements() {
			plan, err := explain(database, s)
			if err != nil {
				t.Errorf("%s cannot be prepared: %v\n%s", s.Name, err, s.Text)
				continue
			}
			checked++
			if bad := wholeTable(database.Engine(), plan); len(bad) > 0 && !sweeps.MatchString(s.Name) {
				t.Errorf("%s reads a whole table: %v\n%s", s.Name, bad, s.Text)
			}
		}
		t.Logf("%d statements prepared and planned at %d rows on %s", checked, rowsToPlan(), database.Engine())
	})
}

func explain(database *db.DB, s *guard.Statement) (plan []string, err error) {
	limits := guard.Args{}
	for _, name := range s.Limits() {
		limits[name] = 51
	}
	s, _ = s.On(database.Engine(), limits)
	text, args := "explain query plan "+s.Text, arguments(s)
	if database.Engine() == db.PostgreSQL {
		text, args = "explain execute planned"+withLiterals(s), nil
	}
	err = database.Write(context.Background(), "*", func(tx *db.Tx) error {
		if tx.Engine() == db.PostgreSQL { // a whole table is then read only when no index helps
			if err := tx.Script("set local enable_seqscan = off; prepare planned as " + s.Text); err != nil {
				return err
			}
		}
		rows, err := tx.Query(text, args...)
		if err != nil {
			return err
		}
		if plan, err = lastColumns(rows); err != nil || tx.Engine() == db.SQLite {
			return err
		}
		return tx.Script("deallocate planned")
	})
	return plan, err
}

// lastColumns reads the lines of a plan.
func lastColumns(rows db.Rows) (lines []string, err error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprint(*values[len(values)-1].(*any)))
	}
	return lines, rows.Err()
}

// arguments are values for each parameter; SQLite asks for no types.
func arguments(s *guard.Statement) []any {
	var args []any
	for _, p := range s.Parameters() {
		if p == "org" {
			args = append(args, "org1")
			continue
		}
		args = append(args, int64(1))
	}
	return args
}

// withLiterals writes values for a prepared statement: PostgreSQL reads '1' as whatever type the place wants. The plan is the
// one that the program runs, which is made without them.
func withLiterals(s *guard.Statement) string {
	if len(s.Parameters()) == 0 {
		return ""
	}
	values := make([]string, len(s.Parameters()))
	for i, name := range s.Parameters() {
		values[i] = "'1'"
		switch {
		case name == "org":
			values[i] = "'org1'"
		case slices.Contains(s.Lists(), name):
			values[i] = "'{1}'"
		}
	}
	return "(" + strings.Join(values, ", ") + ")"
}
