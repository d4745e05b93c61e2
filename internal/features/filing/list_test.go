package filing

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/migrate"
)

// manyFiles is a firm in which one project has 10,000 files, half of them seen by the customer.
func manyFiles(t *testing.T, database *db.DB, files int) *Service {
	t.Helper()
	ctx := t.Context()
	if _, err := migrate.Up(ctx, database, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	dbtest.Organisations(t, database, "org1", "org2")
	numbers := fmt.Sprintf(`with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) `, files)
	columns := `insert into files (org, id, name, folded, media_type, size, sha256, blob, preview, hangs_kind, hangs_on, customer, project, visibility, uploaded_by, uploader_name, created_at, taken_at, series, gallery) select `
	row := func(org, project string) string {
		return numbers + columns + "'" + org + "', '" + project + "' || 'file' || i, 'Photo ' || i || '.jpg', 'photo ' || (1000000 + i), 'image/jpeg', 1000 + (i * 7919) % 5000000, 'h', '" + project + "b' || i, 'p', 'project', '" + project +
			"', 'customer', '" + project + "', case when i % 2 = 0 then 'shared' else 'office' end, 'sam', 'Sam', 1000000 + i, 1000000 + i, '" + project + "file' || i, true from n"
	}
	for _, insert := range []string{
		`insert into stages (org, id, name, position, bucket) values ('org1', 'stage', 'Install', 1, 'current')`,
		`insert into customers (org, id, name, folded, created_at, updated_at) values ('org1', 'customer', 'C', 'c', 0, 0)`,
		`insert into projects (org, id, number, serial, name, folded, customer, property, stage, bucket, created_at, updated_at) values ('org1', 'large', '1', 1, 'L', 'l', 'customer', '', 'stage', 'current', 0, 0), ('org1', 'other', '2', 2, 'O', 'o', 'customer', '', 'stage', 'current', 0, 0)`,
		`insert into people (id, email, email_folded, created_at) values ('ada', 'a', 'a', 0), ('sam', 's', 's', 0)`,
		`insert into memberships (org, person, kind, name, email, created_at) values ('org1', 'ada', 'customer', 'Ada', 'a', 1), ('org1', 'sam', 'staff', 'Sam', 's', 1)`,
		`insert into grants (org, id, person, customer, created_at) values ('org1', 'g', 'ada', 'customer', 0)`,
		row("org1", "large"), row("org1", "other"), row("org2", "foreign"),
	} {
		if err := database.Write(ctx, "*", func(tx *db.Tx) error { _, err := tx.Exec(insert); return err }); err != nil {
			t.Fatalf("%.120s: %v", insert, err)
		}
	}
	if database.Engine() == db.PostgreSQL {
		if err := database.Write(ctx, "*", func(tx *db.Tx) error { return tx.Script("analyze") }); err != nil {
			t.Fatal(err)
		}
	}
	blobs, err := blob.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	store := guard.New(database, event.NewRegistry(), clock.System(), quiet, func() {})
	return New(store, file.New(store, blobs, quiet, 0), nil)
}

func who(person string, kind access.Kind, role access.Role) access.Actor {
	return access.NewActor(access.Identity{Org: "org1", Person: access.PersonID(person), Kind: kind, Role: role, Modules: access.EveryModule, Name: person, Proof: access.SignedIn})
}

// A list of 10,000 files is read page by page from an index, in each order and for both sides: nothing is sorted, and the
// last page costs what the first one does.
func TestAListOfTenThousandFilesIsReadFromAnIndex(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		files := 10_000
		if testing.Short() {
			files = 2_000
		}
		s := manyFiles(t, database, files)
		ctx := context.Background()
		for _, actor := range []access.Actor{who("sam", access.Staff, access.Owner), who("ada", access.Customer, "")} {
			for _, order := range []file.Order{file.ByDate, file.ByName, file.BySize} {
				seen, pages, after, began := 0, 0, file.Place{}, time.Now()
				for {
					shelf, err := s.Shelf(ctx, actor, "large", "", order, after)
					if err != nil {
						t.Fatal(err)
					}
					seen, pages = seen+len(shelf.Files), pages+1
					if after = shelf.Next; after == (file.Place{}) {
						break
					}
				}
				want := files
				if actor.Kind() == access.Customer {
					want = files / 2
				}
				if seen != want {
					t.Errorf("%s by %s: %d files on %d pages, want %d", actor.Kind(), order, seen, pages, want)
				}
				t.Logf("%s, %s by %s: %d pages, %s a page", database.Engine(), actor.Kind(), order, pages, (time.Since(began) / time.Duration(pages)).Round(time.Microsecond))
			}
			began := time.Now()
			counts, err := countAll(s, actor)
			if err != nil || counts["large"] != newLimit && actor.Kind() == access.Customer {
				t.Errorf("%s: %v new files, %v", actor.Kind(), counts, err)
			}
			t.Logf("%s, %s: counting what is new in two projects, %s", database.Engine(), actor.Kind(), time.Since(began).Round(time.Microsecond))
		}
		walkAll(t, s, files)
		plans(t, database)
	})
}

// walkAll reads the list of all folders, which begins with what was added last.
func walkAll(t *testing.T, s *Service, files int) {
	t.Helper()
	seen, pages, after, began, last := map[string]bool{}, 0, file.Place{}, time.Now(), time.Now()
	for {
		shelf, err := s.All(context.Background(), who("sam", access.Staff, access.Owner), "large", after)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range shelf.Files {
			if f.AddedAt.After(last) || seen[f.ID] || f.Hang.Project != "large" {
				t.Fatalf("%s stands in the list of all files at the wrong place", f.ID)
			}
			seen[f.ID], last = true, f.AddedAt
		}
		pages++
		if after = shelf.Next; after == (file.Place{}) {
			break
		}
	}
	if len(seen) != files {
		t.Errorf("the list of all folders has %d files, want %d", len(seen), files)
	}
	t.Logf("staff, all folders: %d pages, %s a page", pages, (time.Since(began) / time.Duration(pages)).Round(time.Microsecond))
}

func countAll(s *Service, actor access.Actor) (counts map[string]int, err error) {
	err = s.store.View(context.Background(), actor, access.FilesRead, func(tx *guard.Tx) error {
		counts, err = Unread(tx, []string{"large", "other"}, time.UnixMicro(0))
		return err
	})
	return counts, err
}

// plans shows how the engine reads the lists, and refuses sorting.
func plans(t *testing.T, database *db.DB) {
	t.Helper()
	for _, statement := range guard.Statements() {
		if !strings.HasPrefix(statement.Name, "files of a project") && !strings.HasPrefix(statement.Name, "pictures of a project for") {
			continue
		}
		text := statement.Text
		for i := len(statement.Parameters()); i > 0; i-- {
			value := map[string]string{"org": "'org1'", "project": "'large'", "folder": "''", "after": "'9000000'", "after_id": "''", "limit": "51", "viewer": "'ada'", "item": "''"}[statement.Parameters()[i-1]]
			text = strings.ReplaceAll(text, fmt.Sprintf("$%d", i), value)
		}
		prefix := "explain query plan "
		if database.Engine() == db.PostgreSQL {
			prefix = "explain "
		}
		err := database.Read(t.Context(), "org1", func(tx *db.Tx) error {
			rows, err := tx.Query(prefix + text)
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			plan := ""
			for rows.Next() {
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new(any)
				}
				if err := rows.Scan(values...); err != nil {
					return err
				}
				plan += fmt.Sprintf("\n    %v", *values[len(values)-1].(*any))
			}
			ties := statement.Name == "files of a project in all folders" && // sorts what was added in one instant, and no more
				(strings.Contains(plan, "LAST TERM OF ORDER BY") || strings.Contains(plan, "Incremental Sort"))
			if !ties && (strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort")) {
				t.Errorf("%s sorts:%s", statement.Name, plan)
			}
			t.Logf("%s:%s", statement.Name, plan)
			return rows.Err()
		})
		if err != nil {
			t.Errorf("%s: %v", statement.Name, err)
		}
	}
}
