package kill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/signing"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/money"
)

// TestMain lets the test binary be the program that is killed.
func TestMain(m *testing.M) {
	p, wanted, err := placeFromEnvironment()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case wanted:
		if err := run(p); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// run is the program: it says "ready", then works until it is killed, and says of each
// thing what was acknowledged, one line each, straight to the pipe.
func run(p place) error {
	ctx := context.Background()
	a, err := p.open(ctx, clock.System())
	if err != nil {
		return err
	}
	say("ready")
	if p.Org == "" { // only the start is of interest
		select {}
	}
	go a.Jobs.Run(ctx)
	if p.Maria != "" {
		return runHub(ctx, a, p)
	}
	var all sync.WaitGroup
	failed := make(chan error, writers+1)
	for _, c := range p.Clients {
		all.Go(func() { failed <- sellForEver(ctx, a, p, c) })
	}
	all.Go(func() { failed <- uploadForEver(ctx, a, p) })
	return <-failed
}

var speaking sync.Mutex

// say writes a line in one piece, so that a kill cannot leave half of one.
func say(words ...any) {
	speaking.Lock()
	defer speaking.Unlock()
	_, _ = os.Stdout.WriteString(fmt.Sprintln(words...))
}

func sellForEver(ctx context.Context, a *app.App, p place, c client) error {
	for {
		if err := sell(ctx, a, p, c); err != nil {
			return fmt.Errorf("sell: %w", err)
		}
	}
}

// sell leads one proposal from the first word to the sealed agreement.
func sell(ctx context.Context, a *app.App, p place, c client) error {
	id, err := a.Documents.Create(ctx, p.owner(), c.Project, "Kitchen with window")
	if err != nil {
		return err
	}
	w, err := a.Documents.Workshop(ctx, p.owner(), id, 0)
	if err != nil {
		return err
	}
	content := w.Version.Content
	content.Groups[0].Name = "Carpentry"
	content.Groups[0].Lines = []proposal.Line{{ID: "line1", Kind: proposal.Item, Name: "Cabinets", Quantity: money.Whole(3), Unit: "piece", UnitPrice: 45_000, TaxPercent: money.Whole(20)}}
	saved, err := a.Documents.SaveDraft(ctx, p.owner(), id, w.Version.Revision, content)
	if err != nil {
		return err
	}
	for contact, signs := range map[string]bool{c.Signer: true, c.Reader: false} {
		if err := a.Documents.SetRecipient(ctx, p.owner(), id, contact, signs); err != nil {
			return err
		}
	}
	if err := a.Documents.Send(ctx, p.owner(), id, saved.Revision, ""); err != nil {
		return err
	}
	say("sent", id)
	signature, err := approve(ctx, a, p, id, c.Signer)
	if err != nil {
		return err
	}
	say("approved", id, signature)
	return nil
}

func approve(ctx context.Context, a *app.App, p place, id, contact string) (signature string, err error) {
	w, err := a.Documents.Workshop(ctx, p.owner(), id, 0)
	if err != nil {
		return "", err
	}
	var person access.PersonID
	for _, r := range w.Recipients {
		if r.Contact == contact {
			person = r.Person
		}
	}
	actor := p.signer(person)
	r, err := a.Documents.Read(ctx, actor, id, 0)
	if err != nil {
		return "", err
	}
	progress := document.Progress{}
	for _, term := range r.Version.Content.Terms {
		progress.Terms = append(progress.Terms, term.ID)
	}
	signed, err := a.Documents.Approve(ctx, actor, document.Approval{Document: id, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Total: r.Totals.Total,
		Progress: progress, ConsentVersion: signing.CurrentConsent("en").Version, Method: signing.Typed, Typed: "Maria Ruiz", Browser: route.Browser{Address: "203.0.113.7", Agent: "Safari"}})
	return signed.ID, err
}

const (
	uploadSize  = 1 << 20
	uploadChunk = 128 << 10
)

// contentOf is what the upload of an id holds; both sides can work it out.
func contentOf(id string) string {
	return strings.Repeat("the file "+id+"\n", uploadSize)[:uploadSize]
}

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func uploadForEver(ctx context.Context, a *app.App, p place) error {
	on, err := a.Documents.Create(ctx, p.owner(), p.Clients[0].Project, "With files")
	if err != nil {
		return err
	}
	for {
		u, err := a.Files.Begin(ctx, p.owner(), file.NewUpload{Kind: "proposal", On: on, Name: "plan.txt", Size: uploadSize})
		if err != nil {
			return fmt.Errorf("begin an upload: %w", err)
		}
		say("begun", u.ID)
		if err := sendRest(ctx, a, p, u.ID, 0); err != nil {
			return fmt.Errorf("upload: %w", err)
		}
		say("uploaded", u.ID)
	}
}

// sendRest sends an upload's bytes from an offset on, in chunks, and says what is safe.
func sendRest(ctx context.Context, a *app.App, p place, id string, offset int64) error {
	content := contentOf(id)
	for {
		end := min(offset+uploadChunk, uploadSize)
		safe, err := a.Files.Append(ctx, p.owner(), id, offset, strings.NewReader(content[offset:end]))
		if err != nil {
			return err
		}
		say("part", id, safe)
		if offset = safe; offset == uploadSize {
			return nil
		}
	}
}

// column reads the first column of a query, as text.
func column(a *app.App, query string, args ...any) (list []string, err error) {
	err = a.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var value string
			if err := rows.Scan(&value); err != nil {
				return err
			}
			list = append(list, value)
		}
		return rows.Err()
	})
	return list, err
}

func text(t *testing.T, a *app.App, query string, args ...any) string {
	t.Helper()
	list, err := column(a, query, args...)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %d rows, %v", query, len(list), err)
	}
	return list[0]
}
