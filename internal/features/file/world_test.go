package file

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/web"
)

// world is a firm with two customers, and a proposal of each that files hang on.
type world struct {
	*testing.T
	database *db.DB
	store    *guard.Store
	blobs    *blob.Disk
	files    *Service
	runner   *jobs.Runner
	clock    *clock.Fake
	server   http.Handler
	actors   map[string]access.Actor
}

func actor(org, person string, kind access.Kind) access.Actor {
	role := access.Role("")
	if kind == access.Staff {
		role = access.Owner
	}
	return access.NewActor(access.Identity{Org: access.OrgID(org), Person: access.PersonID(person), Kind: kind, Role: role, Modules: access.EveryModule, Name: person, Proof: access.SignedIn})
}

func onBoth(t *testing.T, quota int64, test func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		ctx := t.Context()
		if _, err := migrate.Up(ctx, database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.OpenDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { blobs.Close() })
		quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
		dbtest.Organisations(t, database, "org1", "org2")
		w := &world{T: t, database: database, blobs: blobs, clock: clock.NewFake(time.Now())}
		registry := event.NewRegistry()
		registry.Declare(Events()...)
		w.runner = jobs.New(database, w.clock, quiet)
		w.store = guard.New(database, registry, w.clock, quiet, w.runner.Wake)
		w.files = New(w.store, blobs, quiet, quota)
		w.files.Register("proposal", w.hangOnProposal)
		w.files.Register("message", func(tx *guard.Tx, on string) (Hang, error) {
			hang, err := w.hangOnProposal(tx, on)
			hang.Kind = "message"
			return hang, err
		})
		w.files.Register(Composer, func(tx *guard.Tx, on string) (Hang, error) {
			hang, err := w.hangOnProposal(tx, on)
			hang.Kind, hang.Visibility, hang.Quiet = Composer, Office, true
			return hang, err
		})
		w.files.Jobs(w.runner)
		w.actors = map[string]access.Actor{
			"staff": actor("org1", "sam", access.Staff), "A1": actor("org1", "ada", access.Customer), "A2": actor("org1", "abe", access.Customer),
			"B": actor("org1", "bob", access.Customer), "owner2": actor("org2", "olga", access.Staff),
		}
		w.grant("ada", "customerA")
		w.grant("abe", "customerA")
		w.grant("bob", "customerB")
		w.serve(quiet)
		test(w)
	})
}

func (w *world) hangOnProposal(tx *guard.Tx, on string) (Hang, error) {
	customer, found := strings.CutPrefix(on, "proposal")
	person := string(tx.Actor().Person())
	if !found || tx.Org() != "org1" || tx.Actor().Kind() == access.Customer && (customer == "B") != (person == "bob") {
		return Hang{}, fault.New(fault.NotFound, "This proposal was not found.")
	}
	return Hang{Kind: "proposal", On: on, Item: on, Customer: "customer" + customer, Project: "project" + customer, Visibility: Shared}, nil
}

func (w *world) serve(quiet *slog.Logger) {
	table := &route.Table{}
	w.files.Routes(table)
	w.server = table.Handler(route.Edge{
		Authenticate: func(_ context.Context, r *http.Request, slug string) (access.Actor, access.Organisation, error) {
			who := w.actors[r.Header.Get("Test-Actor")]
			if string(who.Org()) != slug { // entered in another organisation only
				who = access.Actor{}
			}
			return who, access.Organisation{ID: access.OrgID(slug), Slug: slug, Name: slug}, nil
		},
		Reader:  func(ctx context.Context, _ *route.Request) context.Context { return ctx },
		Trouble: func(_ *route.Request, f *fault.Fault, _ int) web.Reply { return web.Data(f.Message) },
		SignIn:  func(*route.Request) string { return "/sign-in" },
		Address: func(*http.Request) string { return "192.0.2.1" },
		Log:     quiet,
	})
}

func (w *world) exec(text string, args ...any) {
	w.Helper()
	err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err })
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) grant(person, customer string) {
	w.Helper()
	w.exec(`insert into grants (org, id, person, customer, created_at) values ('org1', $1, $2, $3, 0)`, "grant-"+person, person, customer)
}

func (w *world) revoke(person string) {
	w.Helper()
	w.exec(`update grants set revoked_at = 1 where person = $1`, person)
}

// count answers a question with a number.
func (w *world) count(text string) (n int64) {
	w.Helper()
	err := w.database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(text)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		return rows.Scan(&n)
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func (w *world) do(who, method, url string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, url, body)
	r.Header.Set("Test-Actor", who)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer
}

func (w *world) begin(who, kind, on, name string, size int) *httptest.ResponseRecorder {
	w.Helper()
	return w.do(who, "POST", "/org1/uploads?kind="+kind+"&on="+on, nil, "Upload-Length", fmt.Sprint(size), "X-File-Name", name)
}

func (w *world) patch(who, location string, offset int, part io.Reader) *httptest.ResponseRecorder {
	w.Helper()
	return w.do(who, "PATCH", location, part, "Upload-Offset", fmt.Sprint(offset), "Content-Type", "application/offset+octet-stream")
}

// upload sends a whole file and gives its id.
func (w *world) upload(who, kind, on, name string, content []byte) string {
	w.Helper()
	begun := w.begin(who, kind, on, name, len(content))
	if begun.Code != http.StatusCreated {
		w.Fatalf("upload of %s by %s did not begin: %d %s", name, who, begun.Code, begun.Body)
	}
	location := begun.Header().Get("Location")
	if sent := w.patch(who, location, 0, bytes.NewReader(content)); sent.Code != http.StatusNoContent {
		w.Fatalf("upload of %s did not arrive: %d %s", name, sent.Code, sent.Body)
	}
	return location[strings.LastIndexByte(location, '/')+1:]
}

func (w *world) want(answer *httptest.ResponseRecorder, status int, what string) {
	w.Helper()
	if answer.Code != status {
		w.Errorf("%s: got %d, want %d: %.200s", what, answer.Code, status, answer.Body)
	}
}

func photo(width, height int) image.Image {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p.SetNRGBA(x, y, color.NRGBA{uint8(255 * x / width), uint8(255 * y / height), 90, 255})
		}
	}
	return p
}

func asJPEG(t *testing.T, p image.Image) []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, p, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t *testing.T, p image.Image) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// of lists the files of a proposal as the office sees them.
func (w *world) of(on string) (files []File, err error) {
	err = w.store.View(w.Context(), w.actors["staff"], access.FilesRead, func(tx *guard.Tx) error {
		files, err = w.files.Of(tx, "proposal", on)
		return err
	})
	return files, err
}
