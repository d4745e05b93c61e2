//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
)

// grown are projects of Maria's with ever more in them: how many events their feed has, and how many files hang on them.
var grown = []struct {
	project       string
	events, files int
}{{"bj1", 500, 100}, {"bj2", 5_000, 1_000}, {"bj3", 50_000, 10_000}}

// fillHub lets something happen in the grown projects: nine of ten events are the office's changes of stage, one is a message.
func (w *world) fillHub(ctx context.Context, database *db.DB) error {
	now := time.Now().UnixMicro()
	maria := fmt.Sprintf("(select customer from contacts where org = '%s' and name = 'Maria Ruiz')", w.Org)
	head := fmt.Sprintf("(select seq from event_heads where org = '%s')", w.Org)
	for _, g := range grown {
		numbers := func(count int) string {
			return fmt.Sprintf("with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) ", count)
		}
		at := fmt.Sprintf("%d - (%d - i) * cast(1000000 as bigint)", now, g.events)
		statements := []string{
			numbers(g.events/10) + fmt.Sprintf(`insert into messages (org, id, thread_kind, thread, customer, project, author, author_kind, author_name, body, visibility, created_at)
				select '%s', '%sm' || i, 'project', '%s', %s, '%s', 'nobody', 'staff', 'Jon Sato', 'We come on Tuesday at nine.', 'shared', %d - i from n`, w.Org, g.project, g.project, maria, g.project, now),
			numbers(g.events) + fmt.Sprintf(`insert into events (org, id, seq, kind, at, actor_kind, person, subject_kind, subject, customer, project, body, salt, body_hash, previous, hash)
				select '%s', '%se' || i, %s + i, case when i %% 10 = 0 then 'message.posted' else 'project.stage_moved' end, %s, 'staff', 'nobody', 'project', '%s', %s, '%s',
				case when i %% 10 = 0 then '{"actor":"Jon Sato","data":{"message":"%sm' || (i / 10) || '","excerpt":"We come on Tuesday at nine.","title":"Kitchen"}}'
				else '{"actor":"Jon Sato","data":{"name":"Kitchen","from":"Proposal","to":"Contract","seen":true}}' end, '', '', '', '' from n`,
				w.Org, g.project, head, at, g.project, maria, g.project, g.project),
			fmt.Sprintf("update event_heads set seq = seq + %d where org = '%s'", g.events, w.Org),
			numbers(g.files) + fmt.Sprintf(`insert into files (org, id, name, folded, media_type, size, sha256, blob, hangs_kind, hangs_on, customer, project, visibility, uploader_name, created_at, taken_at, series)
				select '%s', '%sf' || i, 'Plan ' || i || '.pdf', 'plan ' || i || '.pdf', 'application/pdf', 1000 + i, '', 'bench/%s/' || i, 'project', '%s', %s, '%s', 'shared', 'Jon Sato', %d - i * cast(1000000 as bigint), %d, '%sf' || i from n`,
				w.Org, g.project, g.project, g.project, maria, g.project, now, now, g.project),
			// Maria was there five messages and five files ago.
			fmt.Sprintf(`insert into thread_reads (org, thread, thread_kind, person, kind, customer, project, seen_at)
				select org, '%s', 'project', person, 'customer', customer, '%s', %d from contacts where org = '%s' and name = 'Maria Ruiz'`, g.project, g.project, now-6, w.Org),
			fmt.Sprintf(`insert into file_seen (org, person, project, seen_at) select org, person, '%s', %d from contacts where org = '%s' and name = 'Maria Ruiz'`,
				g.project, now-5_500_000, w.Org),
		}
		statements = append(statements, fmt.Sprintf("update projects set talked_at = %[1]d, filed_at = %[1]d where id = '%[2]s'", now, g.project))
		for _, text := range statements {
			if err := database.Write(ctx, "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
				return fmt.Errorf("%.90s: %w", text, err)
			}
		}
	}
	return nil
}

// index makes everything in the world findable, as the program does by itself over time.
func (w *world) index(ctx context.Context) error {
	a, _, err := openApp(ctx, w.job, clock.System(), false)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Search.Rebuild(ctx, access.OrgID(w.Org))
}

// searched makes everything of the world on PostgreSQL findable, and counts it as its server does by itself over time.
func (w *world) searched(ctx context.Context) error {
	if err := w.index(ctx); err != nil {
		return err
	}
	database, err := db.Open(ctx, w.Database, w.Folder)
	if err != nil {
		return err
	}
	defer database.Close()
	return database.Write(ctx, "*", func(tx *db.Tx) error { return tx.Script("analyze search_words; analyze search_entries") })
}

// hub are the targets of the project hub: the feed's and the Files tab's page of each grown project, and searches.
func (y *yard) hub(s *served, prefix string) map[string]*target {
	get := func(name string, v *visitor, path string) *target {
		return &target{name: prefix + name, child: s.child, server: s.server, warm: warming, count: 10, do: func() error { return v.get(s.base + "/" + slug + path) }}
	}
	ts := map[string]*target{
		"search":       get("search", s.staff, "/office/search?q=tuesday"),
		"searchprefix": get("searchprefix", s.staff, "/office/search?q=tues"),
		"searchrare":   get("searchrare", s.staff, "/office/search?q=gutter"),
		"searchnumber": get("searchnumber", s.staff, "/office/search?q=B-4711"),
		"searchclient": get("searchclient", s.client, "/home/search?q=tuesday"),
	}
	for i, g := range grown {
		ts[fmt.Sprint("feed", i)] = get(fmt.Sprint("feed", i), s.client, "/home/projects/"+g.project)
		ts[fmt.Sprint("files", i)] = get(fmt.Sprint("files", i), s.client, "/home/projects/"+g.project+"/files")
	}
	return ts
}

// hubRows are the table's lines of the project hub on one engine.
func (t *table) hubRows(engine string, ts map[string]*target, q *target) {
	for i, g := range grown {
		t.against(fmt.Sprintf("%sproject page with its feed, %d events", engine, g.events), ts[fmt.Sprint("feed", i)], q, "Q", 0, 0)
		t.against(fmt.Sprintf("%sFiles tab, %d files", engine, g.files), ts[fmt.Sprint("files", i)], q, "Q", 0, 0)
	}
	t.against(engine+"  feed: 50,000 events against 500", ts["feed2"], ts["feed0"], "x", 1.5, 1.3)
	t.against(engine+"  Files tab: 10,000 against 100", ts["files2"], ts["files0"], "x", 1.5, 1.3)
	t.against(engine+"search: a word of every message, 100,000 of them", ts["search"], q, "Q", 15, 6)
	t.against(engine+"search: the first letters of it", ts["searchprefix"], q, "Q", 15, 6)
	t.against(engine+"search: a rare word", ts["searchrare"], q, "Q", 15, 6)
	t.against(engine+"search: a number", ts["searchnumber"], q, "Q", 15, 6)
	t.against(engine+"search: a customer's", ts["searchclient"], q, "Q", 15, 6)
}
