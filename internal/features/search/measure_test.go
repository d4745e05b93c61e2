package search

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
)

// The cost of a question at some numbers of messages, beside Q: 50 rows read by index and written as HTML. Set
// LINTEL_SEARCH_ROWS=10000,100000,1000000 to see it; every firm's index holds another firm's tenth beside it.
func TestWhatASearchCosts(t *testing.T) {
	sizes := os.Getenv("LINTEL_SEARCH_ROWS")
	if sizes == "" {
		sizes = "2000"
	}
	for size := range strings.SplitSeq(sizes, ",") {
		rows, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(size, func(t *testing.T) {
			dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { measure(t, database, rows) })
		})
	}
}

func measure(t *testing.T, database *db.DB, rows int) {
	if _, err := migrate.Up(t.Context(), database, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	dbtest.Organisations(t, database, "hartwell", "rival")
	began := time.Now()
	script := func(text string) {
		if database.Engine() != db.PostgreSQL {
			return
		}
		if err := database.Write(context.Background(), "*", func(tx *db.Tx) error { return tx.Script(text) }); err != nil {
			t.Fatal(err)
		}
	}
	script("drop index search_words_words")
	fillMessages(t, database, "rival", rows/10)
	fillMessages(t, database, "hartwell", rows)
	script("create index search_words_words on search_words using gin (words) with (fastupdate = off); analyze search_words; analyze search_entries; analyze messages; analyze grants")
	t.Logf("%s: %d messages written and indexed in %s", database.Engine(), rows, time.Since(began).Round(time.Second))
	store := guard.New(database, event.NewRegistry(), clock.System(), slog.New(slog.DiscardHandler), func() {})
	s := New(store, slog.New(slog.DiscardHandler))
	for _, kind := range []string{"project", "proposal", "customer", "contact", "property", "request", "file"} { // they ask too, and find nothing
		s.Source(Source{Kind: kind, Permission: access.HomeRead, Titled: true, Load: loadMessages, Seen: seenMessages})
	}
	s.Source(Source{Kind: "message", Permission: access.MessagesRead, Titled: true, Load: loadMessages, Seen: seenMessages})
	q := cost(t, database, func() error { return unit(database) })
	t.Logf("Q: %s wall, %s CPU of program and server", q.wall, q.cpu)
	office, maria := staff("hartwell", access.Member), contact("maria", "", access.EveryModule)
	for _, c := range []struct{ what, text string }{{"a word of every message", "everyx"}, {"of every tenth", "w3x"}, {"of every hundredth", "w40x"}, {"of every thousandth", "w400x"}, {"a rare word", "w9000x"},
		{"one that was frequent once", "oncex"}, {"one letter", "w"}, {"two letters", "w1"}, {"four letters, frequent", "comm"}, {"four letters of one word", "ever"}, {"two words", "w40x w9"},
		{"three common words", "w1x w2x w3x"}, {"two that never meet", "oncex everz"}, {"a number", "B-4711"}, {"a number of nothing", "99999999"}, {"nothing", "zzz"}} {
		var line []string
		for _, actor := range []access.Actor{office, maria} {
			hits := 0
			spent := cost(t, database, func() error {
				f, err := s.Find(context.Background(), actor, c.text)
				for _, g := range f.Groups {
					hits = max(g.Count, len(g.Results))
				}
				return err
			})
			line = append(line, fmt.Sprintf("%s: %3d hits, %8s wall = %5.1f Q, %8s CPU = %5.1f Q", actor.Kind(), hits, spent.wall, spent.wall.Seconds()/q.wall.Seconds(), spent.cpu, spent.cpu.Seconds()/q.cpu.Seconds()))
		}
		t.Logf("%-27s %s", c.what, strings.Join(line, " · "))
	}
}

// fillMessages writes messages of a thousand customers, in words as people use them: a few often, most seldom.
func fillMessages(t *testing.T, database *db.DB, org string, rows int) {
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.07, 2, 20_000)
	const chunk = 5000
	for from := 0; from < rows; from += chunk {
		var list []Entry
		for i := from; i < min(rows, from+chunk); i++ {
			var text strings.Builder
			text.WriteString("everyx ")
			if i < rows/2 {
				text.WriteString("oncex ")
			} else if i%3 == 0 {
				text.WriteString("everz ")
			}
			if i%5 == 0 {
				fmt.Fprintf(&text, "comm%dx ", random.IntN(500))
			}
			for range 14 {
				fmt.Fprintf(&text, "w%dx ", zipf.Uint64())
			}
			list = append(list, Entry{Kind: "message", ID: fmt.Sprintf("%s%07d", org[:1], i), Customer: fmt.Sprintf("c%d", i%1000), Project: fmt.Sprintf("p%d", i%3000), Module: access.Messages, Numbers: []string{fmt.Sprintf("B-%d", i)}, Title: "Jon Sato", Text: text.String()})
		}
		if err := database.Write(context.Background(), "*", func(tx *db.Tx) error { return writeMessages(tx, org, list) }); err != nil {
			t.Fatal(err)
		}
	}
	if org == "hartwell" {
		err := database.Write(context.Background(), "*", func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into grants (org, id, person, customer, created_at) values ('hartwell', 'g', 'maria', 'c7', 1)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func writeMessages(tx *db.Tx, org string, list []Entry) error {
	var columns [6][]string
	for _, e := range list {
		for i, value := range []string{e.ID, e.Project, e.Customer, e.Title, e.Text, e.marked(org, true)} {
			columns[i] = append(columns[i], value)
		}
	}
	if tx.Engine() == db.PostgreSQL {
		for _, insert := range []string{
			`insert into messages (org, id, thread_kind, thread, customer, project, author, author_kind, author_name, body, visibility, created_at)
				select $1, id, 'project', project, customer, project, 'a', 'staff', title, body, 'shared', 1 from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as x(id, project, customer, title, body, words)`,
			`insert into search_entries (org, kind, id, customer, project, module, office) select $1, 'message', id, customer, project, 'messages', false
				from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as x(id, project, customer, title, body, words)`,
			`insert into search_words (org, row, words) select e.org, e.row, array_to_tsvector(string_to_array(x.words, ' '))
				from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as x(id, project, customer, title, body, words) join search_entries e on e.org = $1 and e.kind = 'message' and e.id = x.id`,
		} {
			if _, err := tx.Exec(insert, org, columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, e := range list {
		if _, err := tx.Exec(`insert into messages (org, id, thread_kind, thread, customer, project, author, author_kind, author_name, body, visibility, created_at)
			values ($1, $2, 'project', $3, $4, $3, 'a', 'staff', $5, $6, 'shared', 1)`, org, e.ID, e.Project, e.Customer, e.Title, e.Text); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into search_entries (org, kind, id, customer, project, module, office) values ($1, $2, $3, $4, $5, $6, false)`, org, e.Kind, e.ID, e.Customer, e.Project, string(e.Module)); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into search_words (rowid, words) values (last_insert_rowid(), $1)`, e.marked(org, true)); err != nil {
			return err
		}
	}
	return nil
}

var (
	measuredMessages = guard.SQL("measured messages", `select m.id, m.author_name, m.body from messages m where m.org = :org and m.id in (:i0, :i1, :i2, :i3, :i4, :i5)`)
	measuredSeen     = guard.SQL("measured messages of a customer", `select m.id, m.author_name, m.body from messages m where m.org = :org and m.id in (:i0, :i1, :i2, :i3, :i4, :i5) and `+guard.Granted(access.Messages, "m.customer", "m.project", "m.item"))
)

func loadMessages(tx *guard.Tx, ids []string) ([]Entry, error) {
	return readMeasured(tx, measuredMessages, ids)
}
func seenMessages(tx *guard.Tx, ids []string) ([]Entry, error) {
	return readMeasured(tx, measuredSeen, ids)
}

func readMeasured(tx *guard.Tx, s *guard.Statement, ids []string) (list []Entry, err error) {
	args := guard.Args{}
	for i := range 6 {
		args[fmt.Sprintf("i%d", i)] = ""
		if i < len(ids) {
			args[fmt.Sprintf("i%d", i)] = ids[i]
		}
	}
	err = tx.Each(s, args, func(row guard.Row) error {
		var e Entry
		err := row(&e.ID, &e.Title, &e.Text)
		list = append(list, e)
		return err
	})
	return list, err
}

// unit is Q.
func unit(database *db.DB) error {
	return database.Read(context.Background(), "hartwell", func(tx *db.Tx) error {
		rows, err := tx.Query(`select id, thread, customer, project, author, author_kind, author_name, body, created_at from messages where org = 'hartwell' and customer = 'c7' order by created_at desc limit 50`)
		if err != nil {
			return err
		}
		defer rows.Close()
		var page strings.Builder
		for rows.Next() {
			var v [8]string
			var at int64
			if err := rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &at); err != nil {
				return err
			}
			fmt.Fprintf(&page, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%d</td></tr>", v[0], v[1], v[6], v[7], at)
		}
		return rows.Err()
	})
}

type spent struct{ wall, cpu time.Duration }

// cost is the middle of many runs, after a few to get warm.
func cost(t *testing.T, database *db.DB, work func() error) spent {
	t.Helper()
	for range 4 {
		if err := work(); err != nil {
			t.Fatal(err)
		}
	}
	var walls []time.Duration
	before := ownCPU() + serverCPU(t, database)
	for until := time.Now().Add(400 * time.Millisecond); len(walls) < 8 || time.Now().Before(until) && len(walls) < 400; {
		began := time.Now()
		if err := work(); err != nil {
			t.Fatal(err)
		}
		walls = append(walls, time.Since(began))
	}
	worked := ownCPU() + serverCPU(t, database) - before
	slices.Sort(walls)
	return spent{walls[len(walls)/2].Round(time.Microsecond), (worked / time.Duration(len(walls))).Round(time.Microsecond)}
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serverCPU is what the PostgreSQL processes of this database have worked so far, where Linux tells.
func serverCPU(t *testing.T, database *db.DB) (worked time.Duration) {
	t.Helper()
	if database.Engine() != db.PostgreSQL {
		return 0
	}
	err := database.Read(context.Background(), "hartwell", func(tx *db.Tx) error {
		rows, err := tx.Query("select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'")
		if err != nil {
			return err
		}
		defer rows.Close()
		worked = 0
		for rows.Next() {
			process := 0
			if err := rows.Scan(&process); err != nil {
				return err
			}
			line, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", process))
			if err != nil {
				continue // another machine, or not Linux: the figures are the program's alone
			}
			nanoseconds, err := strconv.ParseInt(strings.Fields(string(line))[0], 10, 64)
			if err != nil {
				return err
			}
			worked += time.Duration(nanoseconds)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return worked
}
