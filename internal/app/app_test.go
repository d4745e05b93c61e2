package app

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/mail"
)

func start(t *testing.T) *App {
	t.Helper()
	c := config.Defaults()
	c.BaseURL, c.DataDir = "https://portal.example", t.TempDir()
	sender, err := mail.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(context.Background(), Options{Config: c, Clock: clock.System(), Log: slog.New(slog.DiscardHandler), Sender: sender})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// Every URL with the rule that guards it: a change here is a change of who may do what.
func TestTheTableOfRoutesIsAsAgreed(t *testing.T) {
	const golden = "testdata/routes.golden"
	table := start(t).Table.Golden()
	if os.Getenv("LINTEL_UPDATE") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != table {
		t.Errorf("the routes have changed; read the difference, then run with LINTEL_UPDATE=1\n%s", table)
	}
}

func TestEveryEventHasASentenceAndSaysWhoIsTold(t *testing.T) {
	kinds := start(t).Events.Kinds()
	for name, kind := range kinds {
		if kind.Sentence == nil || kind.Notice == "" || kind.Visibility == "" || kind.Icon == "" {
			t.Errorf("event %s misses its sentence, icon, visibility or notice", name)
		}
	}
	t.Logf("%d kinds of events", len(kinds))
}
