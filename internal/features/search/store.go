package search

import (
	"fmt"

	"lintel/internal/core/guard"
)

// granted is the condition under which a customer's person finds an entry. It stands beside the marks of the words, which
// only keep other rows out of the way.
var granted = ` and e.office = false and ` + guard.GrantedBy("e.module", "e.customer", "e.project", "e.item") + ` and ` + guard.Offered("e.module")

// On SQLite the index walks its hits from the newest to the oldest and stops when there are enough, whatever stands in how many
// things: every beginning of a word is a term of its own there.
const (
	fromSQLite   = `select e.kind, e.id, e.row from search_words w cross join search_entries e on e.row = w.rowid where w.search_words match :match and e.org = :org and instr(' ' || :kind || ' ', ' ' || e.kind || ' ') > 0`
	newestSQLite = ` and w.rowid < :before order by w.rowid desc limit :limit`
)

// On PostgreSQL the index gives all hits at once, in no order. So it is asked for what is seldom, and only the things that it
// gives are asked for the frequent words of the question (by the function, because the operator would ask the index too). When
// there are more than few, it is too much to read and sort, and a row without an id says so. No limit stands beside the
// question itself: with one PostgreSQL prefers to read the table. Some questions are asked at once, each at its place in lists.
const (
	asksPostgres = `unnest(string_to_array(:kind, ' '), string_to_array(:match, ';')`
	hitsPostgres = `select a.place, h.id, h.row from ` + asksPostgres + `, string_to_array(:index, ';')) with ordinality as a(kind, match, index, place) cross join lateral (
		with found as materialized (select w.row from search_words w where w.words @@ cast(a.index as tsquery) and w.org = :org and (a.match = a.index or ts_match_vq(w.words, cast(a.match as tsquery)))),
		few as materialized (select f.row from found f limit cast(:few as bigint) + 1)
		select '' as id, cast(0 as bigint) as row where (select count(*) from few) > cast(:few as bigint)
		union all (select e.id, e.row from (select f.row from few f where (select count(*) from few) <= cast(:few as bigint) and f.row < :before`
	// The words are those of one kind of one organisation, so that the newest of them are known before their entries are read.
	hitsOffice = hitsPostgres + ` order by f.row desc limit :limit) f join search_entries e on e.org = :org and e.row = f.row where e.kind = a.kind)) as h`
)

// What is frequent soon shows in a walk over the newest things. When the walk ends with too little a row without an id says so.
const (
	nearPostgres = ` cross join lateral (with near as materialized (select n.* from search_entries n where n.org = :org and n.kind = a.kind and n.row < :before`
	walkPostgres = ` order by n.row desc limit cast(:walk as bigint)), found as materialized (select e.id, e.row from near e
		where (select w.words @@ cast(a.match as tsquery) from search_words w where w.org = :org and w.row = e.row)`
	walkEndPostgres = ` limit :limit)
		select f.id, f.row from found f union all select '', 0 where (select count(*) from found) < :limit and (select count(*) from near) >= cast(:walk as bigint)) as h`
	walkForOffice   = `select a.place, h.id, h.row from ` + asksPostgres + `) with ordinality as a(kind, match, place)` + nearPostgres + walkPostgres + walkEndPostgres
	walkForCustomer = `select a.place, h.id, h.row from ` + asksPostgres + `) with ordinality as a(kind, match, place) cross join unnest(string_to_array(:customers, ' ')) as c(customer)` +
		nearPostgres + ` and n.customer = c.customer` + walkPostgres
)

var (
	hitsForOffice   = guard.EngineSQL("search hits for the office", fromSQLite+newestSQLite, hitsOffice)
	hitsForCustomer = guard.EngineSQL("search hits for a customer", fromSQLite+granted+newestSQLite,
		hitsPostgres+`) f join search_entries e on e.org = :org and e.row = f.row where e.kind = a.kind`+granted+` order by e.row desc limit :limit)) as h`)
	newestForOffice   = guard.EngineSQL("newest search hits for the office", fromSQLite+newestSQLite, walkForOffice)
	newestForCustomer = guard.EngineSQL("newest search hits for a customer", fromSQLite+granted+newestSQLite, walkForCustomer+granted+walkEndPostgres)

	// The statistics of an index know no organisations. They hold words with their marks, and nothing of them is ever shown.
	frequentWords = guard.EngineSQL("frequent words of the search", `select '', 0.0, 0.0 where :org = ''`,
		`select x.word, x.share, greatest(c.reltuples, 0) from pg_stats s join pg_class c on c.oid = to_regclass('search_words')
		cross join unnest(cast(cast(s.most_common_elems as text) as text[]), cast(cast(s.most_common_elem_freqs as text) as float8[])) as x(word, share)
		where :org <> '' and s.schemaname = current_schema() and s.tablename = 'search_words' and s.attname = 'words' and x.word is not null`)
	customersOfViewer = guard.SQL("customers that the one who searches is granted", `select distinct g.customer from grants g where g.org = :org and g.person = :viewer and g.revoked_at is null order by g.customer limit :limit`)

	// holdEntry also locks the row, so that of two jobs about one thing the later one reads what the earlier has seen.
	holdEntry = guard.SQL("search entry to write", `insert into search_entries (org, kind, id) values (:org, :kind, :id)
		on conflict (org, kind, id) do update set mark = search_entries.mark returning mark`)
	saveEntry = guard.SQL("save a search entry", `update search_entries set customer = :customer, project = :project, item = :entry_item, module = :module, office = :office, mark = :mark
		where org = :org and kind = :kind and id = :id`)
	saveWords = guard.EngineSQL("save the words of a search entry", `insert or replace into search_words (rowid, words)
		select e.row, :words from search_entries e where e.org = :org and e.kind = :kind and e.id = :id`,
		`insert into search_words (org, row, words) select e.org, e.row, array_to_tsvector(string_to_array(:words, ' ')) from search_entries e where e.org = :org and e.kind = :kind and e.id = :id
		on conflict (org, row) do update set words = excluded.words`)
	dropWords = guard.EngineSQL("drop the words of a search entry", `delete from search_words where rowid = (select e.row from search_entries e where e.org = :org and e.kind = :kind and e.id = :id)`,
		`delete from search_words where org = :org and row = (select e.row from search_entries e where e.org = :org and e.kind = :kind and e.id = :id)`)
	dropEntry = guard.SQL("drop a search entry", `delete from search_entries where org = :org and kind = :kind and id = :id`)

	loadRound = guard.SQL("search round", `select reached, finished_at, language from search_rounds where org = :org and kind = :kind`)
	saveRound = guard.SQL("save a search round", `insert into search_rounds (org, kind, reached, finished_at, language) values (:org, :kind, :reached, :finished, :language)
		on conflict (org, kind) do update set reached = excluded.reached, finished_at = excluded.finished_at, language = excluded.language`)
)

// hit is one row of the index, and by which step it was found.
type hit struct {
	id string
	Cursor
}

// lastRow is after all rows.
const lastRow = 1<<63 - 1

func pick(tx *guard.Tx, office, customer *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return office
	}
	return customer
}

// customersOf lists the customers whose rows a customer's person asks for; never nil.
func customersOf(tx *guard.Tx) ([]string, error) {
	list := []string{}
	err := tx.Each(customersOfViewer, guard.Args{"limit": mostCustomers}, func(row guard.Row) error {
		customer := ""
		err := row(&customer)
		list = append(list, customer)
		return err
	})
	return list, err
}

// put brings the index up to date with one thing; found is nil for one that is gone. The entry is held.
func put(tx *guard.Tx, kind, id, before string, titled bool, found *Entry) error {
	key := func(more guard.Args) guard.Args {
		if more == nil {
			more = guard.Args{}
		}
		more["kind"], more["id"] = kind, id
		return more
	}
	words := ""
	if found != nil {
		words = found.marked(string(tx.Org()), titled)
	}
	if words == "" {
		if _, err := tx.Exec(dropWords, key(nil)); err != nil {
			return err
		}
		_, err := tx.Exec(dropEntry, key(nil))
		return err
	}
	hash := found.hash(words)
	if hash == before {
		return nil
	}
	if _, err := tx.Exec(saveEntry, key(guard.Args{"customer": found.Customer, "project": found.Project, "entry_item": found.Item, "module": string(found.Module),
		"office": found.Office || found.Customer == "", "mark": hash})); err != nil {
		return err
	}
	_, err := tx.Exec(saveWords, key(guard.Args{"words": words}))
	return err
}

// hold takes the entry of a thing for writing and tells its mark.
func hold(tx *guard.Tx, ref Ref) (mark string, err error) {
	if err = tx.One(holdEntry, guard.Args{"kind": ref.Kind, "id": ref.ID}, &mark); err != nil {
		return "", fmt.Errorf("hold the entry of %s %s: %w", ref.Kind, ref.ID, err)
	}
	return mark, nil
}
