package demo_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/demo"
	"lintel/internal/features/document/proposal"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db"
	"lintel/internal/platform/mail"
)

// build makes the whole world in an empty folder, on a clock that stands still.
func build(t *testing.T) (*app.App, *mail.Folder, demo.World, time.Time) {
	t.Helper()
	folder := t.TempDir()
	inbox, err := mail.OpenFolder(filepath.Join(folder, "mail"))
	if err != nil {
		t.Fatal(err)
	}
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Demo = folder, "http://localhost:8080", true
	now := clock.NewFake(time.Date(2026, 10, 2, 16, 0, 0, 0, time.UTC))
	a, err := app.New(context.Background(), app.Options{Config: c, Clock: now, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Sender: inbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	begun := time.Now()
	world, err := demo.Build(context.Background(), a, now, inbox)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("built in %s", time.Since(begun))
	return a, inbox, world, now.Now()
}

func TestTheWorldHasEveryKindOfFirmAndProposalAndNothingInTheFuture(t *testing.T) {
	a, inbox, world, now := build(t)
	ctx := context.Background()
	organisations, err := a.Store.Organisations(ctx)
	if err != nil || len(organisations) != 4 {
		t.Fatalf("%d organisations, %v; want 4", len(organisations), err)
	}
	states, second := map[proposal.State]int{}, 0
	for _, org := range organisations {
		list, err := a.Documents.List(ctx, access.NewSystem(org, "count the sample proposals"), "", time.Time{}, "", 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			states[d.State]++
			if d.Version > 1 {
				second++
			}
		}
		audit, err := a.Store.VerifyChain(ctx, org)
		if err != nil || audit.Broken != nil {
			t.Errorf("the event log of %s does not hold: %v %v", org, audit.Broken, err)
		}
	}
	for _, state := range proposal.States() {
		if states[state] == 0 && state != proposal.Superseded {
			t.Errorf("no proposal is %s", state)
		}
	}
	if second == 0 {
		t.Error("no proposal has a second version")
	}
	numbers, _ := inbox.List()
	t.Logf("%d people, %d mails, proposals: %v", len(world.People), len(numbers), states)
	nothingLiesAhead(t, a, now)
	nothingIsCalledTest(t, inbox, numbers)
}

// ahead are the instants that are meant to lie in the future.
var ahead = regexp.MustCompile(`expires_at|good_until|run_at|lease_until|next_at|ready_at`)

func nothingLiesAhead(t *testing.T, a *app.App, now time.Time) {
	t.Helper()
	checked := 0
	for _, column := range columns(t, a, `select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' and p.name like '%\_at' escape '\'`) {
		if ahead.MatchString(column[1]) {
			continue
		}
		late := columns(t, a, `select '`+column[0]+`', count(*) from `+column[0]+` where `+column[1]+` > `+itoa(now.UnixMicro()))
		if late[0][1] != "0" {
			t.Errorf("%s rows of %s have %s in the future", late[0][1], column[0], column[1])
		}
		checked++
	}
	if checked < 20 {
		t.Errorf("only %d columns were looked at", checked)
	}
}

func nothingIsCalledTest(t *testing.T, inbox *mail.Folder, numbers []int) {
	t.Helper()
	banned := regexp.MustCompile(`(?i)\b(lorem|ipsum|foo|dummy|todo|test data|canary)\b`)
	for _, number := range numbers {
		raw, err := inbox.Read(number)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := mail.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if found := banned.FindString(parsed.Subject + parsed.Text); found != "" {
			t.Errorf("mail %d says %q", number, found)
		}
	}
}

func TestASecondStartFindsTheWorldAndMakesFreshLinks(t *testing.T) {
	a, _, first, _ := build(t)
	there, err := demo.Exists(context.Background(), a)
	if err != nil || !there {
		t.Fatalf("the world is not found again: %v", err)
	}
	second, err := demo.Doors(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.People) != len(first.People) {
		t.Fatalf("%d people at first, %d later", len(first.People), len(second.People))
	}
	for i, p := range second.People {
		if p.Email != first.People[i].Email || p.URL == first.People[i].URL {
			t.Errorf("%s had %s and has %s", p.Email, first.People[i].URL, p.URL)
		}
	}
}

func columns(t *testing.T, a *app.App, query string) (rows [][2]string) {
	t.Helper()
	err := a.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		found, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var row [2]string
			if err := found.Scan(&row[0], &row[1]); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return found.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
