package db

import "testing"

func TestAShrunkDatabaseReadsAndWritesOn(t *testing.T) {
	d, err := Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	fill := func(tx *Tx) error {
		return tx.Script("create table t (x text); insert into t with recursive n(i) as (select 1 union all select i+1 from n where i < 4000) select hex(randomblob(300)) from n")
	}
	if err := d.Write(t.Context(), "*", fill); err != nil {
		t.Fatal(err)
	}
	warm := d.readers.takeIdle()
	d.readers.give(warm)
	count := func() (n int) {
		err := d.Read(t.Context(), "*", func(tx *Tx) error {
			rows, err := tx.Query("select count(*) from t where length(x) = 600")
			if err != nil {
				return err
			}
			defer rows.Close()
			rows.Next()
			return rows.Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	d.Shrink()
	if after := count(); before != 4000 || after != before {
		t.Errorf("%d rows before, %d after", before, after)
	}
	if next := d.readers.takeIdle(); next != warm {
		t.Error("another reader than the warm one is taken first")
	} else {
		d.readers.give(next)
	}
	if err := d.Write(t.Context(), "*", func(tx *Tx) error { _, err := tx.Exec("delete from t"); return err }); err != nil || count() != 0 {
		t.Errorf("after it nothing is written: %v", err)
	}
}
