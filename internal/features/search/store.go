package search

import (
	"fmt"
	"strings"

	"lintel/internal/core/guard"
)

// granted is the condition under which a customer's person finds an entry. It stands beside the marks of the words, which
// only keep other rows out of the way.
var granted = ` and e.office = false and ` + guard.GrantedBy("e.module", "e.customer", "e.project", "e.item") + ` and ` + guard.Offered("e.module")

// On SQLite the index walks its hits from the newest to the oldest and stops when there are enough.
const fromSQLite = ` from search_words w cross join search_entries e on e.row = w.rowid where w.search_words match :match and e.org = :org and e.kind = :kind`

// On PostgreSQL the index cannot: it gives all hits, in no order, but one by one as they are asked for. Hits of a customer are
// few. The office of a large firm also asks for words that stand everywhere. So some hits are taken first; when they are not
// all, the newest things are walked, which soon hold enough of what is that frequent; and when they do not, because all of it
// is old, all hits are sorted. Of one or two letters everything is full, and even the first hit would cost the reading of most
// of the index: there the walk comes first. No limit stands beside the question itself: with one PostgreSQL prefers to read
// the table.
const (
	matched      = `w.words @@ cast(:match as tsquery)`
	hitsPostgres = `with hits as materialized (select w.org, w.row from search_words w where ` + matched + `)`
	fewPostgres  = `few as materialized (select org, row from hits limit 1000)`
	fewerThanAll = `(select count(*) from few) >= 1000`
	walkPostgres = `walk as materialized (select e.id, e.row from (select n.id, n.row from search_entries n where n.org = :org and n.kind = :kind and n.row < :before order by n.row desc limit %s) as e
		where (select ` + matched + ` from search_words w where w.org = :org and w.row = e.row)`
	walkFilled   = `(select count(*) from walk) >= :limit`
	fromPostgres = ` h join search_entries e on e.org = :org and e.row = h.row where h.org = :org and e.kind = :kind`
)

var (
	hitsOfWords = hitsPostgres + `, ` + fewPostgres + `, ` + fmt.Sprintf(walkPostgres, `20000`) + ` and ` + fewerThanAll + ` order by e.row desc limit :limit)
		(select e.id, e.row from few` + fromPostgres + ` and not ` + fewerThanAll + newestPostgres + `)
		union all select id, row from walk where ` + walkFilled + `
		union all (select e.id, e.row from hits` + fromPostgres + ` and ` + fewerThanAll + ` and not ` + walkFilled + newestPostgres + `)`
	hitsOfLetters = hitsPostgres + `, ` + fmt.Sprintf(walkPostgres, `2000`) + ` order by e.row desc limit :limit)
		select id, row from walk where ` + walkFilled + `
		union all (select e.id, e.row from hits` + fromPostgres + ` and not ` + walkFilled + newestPostgres + `)`
	cappedOfWords  = `select count(*) from (select 1 from hits` + fromPostgres + ` limit :limit) as capped`
	countOfWords   = hitsPostgres + ` ` + cappedOfWords
	countOfLetters = hitsPostgres + `, ` + strings.Replace(fmt.Sprintf(walkPostgres, `2000`), " and n.row < :before", "", 1) + ` limit :limit)
		select case when ` + walkFilled + ` then (select count(*) from walk) else (` + cappedOfWords + `) end`
)

const (
	newestSQLite   = ` and w.rowid < :before order by w.rowid desc limit :limit`
	newestPostgres = ` and h.row < :before order by e.row desc limit :limit`
)

var (
	hitsForOffice   = guard.EngineSQL("search hits for the office", `select e.id, e.row`+fromSQLite+newestSQLite, hitsOfWords)
	lettersOffice   = guard.EngineSQL("search hits of a letter or two for the office", `select e.id, e.row`+fromSQLite+newestSQLite, hitsOfLetters)
	hitsForCustomer = guard.EngineSQL("search hits for a customer", `select e.id, e.row`+fromSQLite+granted+newestSQLite,
		hitsPostgres+` select e.id, e.row from hits`+fromPostgres+granted+newestPostgres)
	countForOffice     = guard.EngineSQL("number of search hits for the office", `select count(*) from (select 1`+fromSQLite+` limit :limit) as capped`, countOfWords)
	countLettersOffice = guard.EngineSQL("number of search hits of a letter or two for the office", `select count(*) from (select 1`+fromSQLite+` limit :limit) as capped`, countOfLetters)
	countForCustomer   = guard.EngineSQL("number of search hits for a customer", `select count(*) from (select 1`+fromSQLite+granted+` limit :limit) as capped`,
		hitsPostgres+` select count(*) from (select 1 from hits`+fromPostgres+granted+` limit :limit) as capped`)
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

// hits gives the newest hits of a match before a row.
func hits(tx *guard.Tx, q question, kind, match string, before Cursor, limit int) (list []hit, err error) {
	office := hitsForOffice
	if q.short() {
		office = lettersOffice
	}
	err = tx.Each(pick(tx, office, hitsForCustomer), guard.Args{"kind": kind, "match": match, "before": before.row, "limit": limit}, func(row guard.Row) error {
		h := hit{Cursor: before}
		err := row(&h.id, &h.row)
		list = append(list, h)
		return err
	})
	return list, err
}

// count counts what a question finds of a kind, as far as the limit.
func count(tx *guard.Tx, q question, kind string, limit int) (n int, err error) {
	office := countForOffice
	if q.short() {
		office = countLettersOffice
	}
	err = tx.One(pick(tx, office, countForCustomer), guard.Args{"kind": kind, "match": q.everything(kind), "limit": limit}, &n)
	return n, err
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
