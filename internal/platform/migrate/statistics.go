package migrate

import (
	"fmt"
	"strings"

	"lintel/internal/platform/db"
)

// SQLite plans by statistics, and without any it takes all rows of one organisation for
// ten: it then reads a whole tenant where an index of two columns would do. Measured ones
// would come too late (a firm imports 100,000 rows on its first day), change plans under
// way, and bring samples (sqlite_stat4), with which each binding plans its statement anew.
// So each migration writes down what a large installation looks like, by rule.
const (
	manyRows = 1_000_000
	fewRows  = 1_000 // of tables that hold a handful of rows per organisation, or a queue
)

var fewRowTables = map[string]bool{"organisations": true, "organisation_seals": true, "stages": true, "terms_templates": true, "numbers": true,
	"installation": true, "timetable": true, "migrations": true, "event_heads": true, "file_storage": true, "jobs": true}

// coarse columns have few different values; by how much each divides the rows.
var coarse = map[string]float64{"archived": 1.1, "bucket": 4, "stage": 5, "state": 4, "kind": 4, "thread_kind": 2, "hangs_kind": 4, "purpose": 3, "frozen": 1.5}

const (
	rowsPerOrganisation = 50_000
	rowsPerThing        = 10 // of one customer, project, person
	rowsPerMoment       = 2
)

type index struct {
	table, name string
	unique      bool
	columns     []string
}

// describe replaces SQLite's statistics. The tables are made anew, so that every
// connection sees another schema and reads them.
func describe(tx *db.Tx) error {
	if tx.Engine() != db.SQLite {
		return nil
	}
	if err := tx.Script("drop table if exists sqlite_stat1; drop table if exists sqlite_stat4; analyze sqlite_schema"); err != nil {
		return fmt.Errorf("make room for statistics: %w", err)
	}
	indexes, err := indexesOf(tx)
	if err != nil {
		return fmt.Errorf("list the indexes: %w", err)
	}
	for _, i := range indexes {
		if _, err := tx.Exec("insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)", i.table, i.name, i.statistics()); err != nil {
			return fmt.Errorf("describe index %s: %w", i.name, err)
		}
	}
	return nil
}

func indexesOf(tx *db.Tx) (list []index, err error) {
	rows, err := tx.Query(`select t.name, i.name, i."unique", c.name from pragma_table_list t join pragma_index_list(t.name) i join pragma_index_info(i.name) c
		where t.type = 'table' and t.name not like 'sqlite_%' order by t.name, i.name, c.seqno`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i index
		var column string
		if err := rows.Scan(&i.table, &i.name, &i.unique, &column); err != nil {
			return nil, err
		}
		if len(list) == 0 || list[len(list)-1].name != i.name {
			list = append(list, i)
		}
		last := &list[len(list)-1]
		last.columns = append(last.columns, column)
	}
	return list, rows.Err()
}

// statistics is the text that SQLite keeps for an index: how many rows there are, and how
// many have the same first column, the same first two, and so on (sqlite.org/fileformat2.html#stat1tab).
func (i index) statistics() string {
	total := float64(manyRows)
	if fewRowTables[i.table] {
		total = fewRows
	}
	words := []string{fmt.Sprint(int(total))}
	same := total
	for n, column := range i.columns {
		same = after(column, same)
		if i.unique && n == len(i.columns)-1 {
			same = 1
		}
		words = append(words, fmt.Sprint(int(max(1, same))))
	}
	return strings.Join(words, " ")
}

// after tells how many rows are left alike when one more column is the same.
func after(column string, same float64) float64 {
	switch {
	case column == "org":
		return min(same/20, rowsPerOrganisation)
	case coarse[column] > 0:
		return same / coarse[column]
	case strings.HasSuffix(column, "_at") || column == "id" || column == "serial" || column == "seq":
		return min(same, rowsPerMoment)
	}
	return min(same/2, rowsPerThing)
}
