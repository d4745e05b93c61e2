package apptest

import (
	"bytes"
	"context"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/demo"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/logging"
	"lintel/internal/platform/mail"
)

// Engine is one of the two databases.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// BaseURL is where the portal of a test is.
const BaseURL = "https://portal.example"

// Portal is the running program.
type Portal struct {
	App   *app.App
	Clock *clock.Fake
	Names *Names // that incoming mail is checked by

	t        testing.TB
	engine   Engine
	folder   string // of its data
	database string // the address of PostgreSQL, or empty
	inbox    *mail.Folder
	log      *lines

	mu       sync.Mutex
	requests int
	bare     []string // answers that came without the security headers
	clients  []*Client
}

// Start starts the program with an empty database on the engine. PostgreSQL is skipped
// without LINTEL_TEST_POSTGRES, and must be there in the full run.
func Start(t testing.TB, engine Engine) *Portal {
	t.Helper()
	p := &Portal{t: t, engine: engine, folder: t.TempDir(), Names: &Names{}, log: &lines{}, Clock: clock.NewFake(time.Date(2026, 10, 2, 16, 0, 0, 0, time.UTC))}
	if engine == PostgreSQL {
		p.database = dbtest.URL(t)
	} else {
		dbtest.File(t, p.folder)
	}
	p.open(context.Background())
	t.Cleanup(func() { p.App.Close() })
	return p
}

// open starts the program on what lies in the portal's folder and database.
func (p *Portal) open(ctx context.Context) {
	p.t.Helper()
	c := config.Defaults()
	c.BaseURL, c.DataDir, c.DatabaseURL, c.Demo = BaseURL, p.folder, config.Secret(p.database), true
	inbox, err := mail.OpenFolder(filepath.Join(p.folder, "mail"))
	p.must(err)
	p.inbox = inbox
	p.App, err = app.New(ctx, app.Options{Config: c, Clock: p.Clock, Log: logging.New(p.log, "text", "debug"), Sender: inbox, Names: p.Names,
		Reachable: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	p.must(err)
}

// OnBoth runs a test on a portal of each engine; in short runs, which the race detector's
// are, on SQLite alone: what races is the same program on both.
func OnBoth(t *testing.T, run func(t *testing.T, p *Portal)) {
	t.Helper()
	engines := []Engine{SQLite, PostgreSQL}
	if testing.Short() {
		engines = engines[:1]
	}
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) { run(t, Start(t, engine)) })
	}
}

// World begins with the named firms of the sample world: "hartwell", "lumen-wave", "northgate",
// "orchard-lettings"; none is the first alone. It comes before everything else that a test does.
func (p *Portal) World(firms ...string) demo.World {
	p.t.Helper()
	if len(firms) == 0 {
		firms = []string{"hartwell"}
	}
	return worlds.begin(p, strings.Join(firms, " "), func(p *Portal, into *kept) {
		world, err := demo.Build(context.Background(), p.App, p.Clock, p.inbox, firms...)
		p.must(err)
		into.world = world
	}).world
}

// RunJobs does everything that is due: mails leave, subscribers tell people.
func (p *Portal) RunJobs() {
	p.t.Helper()
	if _, err := p.App.Jobs.Drain(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

// Mails are the mails to an address, the oldest first; all mails when it is empty.
func (p *Portal) Mails(to string) (list []mail.Parsed) {
	p.t.Helper()
	numbers, err := p.inbox.List()
	if err != nil {
		p.t.Fatal(err)
	}
	for i := len(numbers) - 1; i >= 0; i-- {
		raw, err := p.inbox.Read(numbers[i])
		if err != nil {
			p.t.Fatal(err)
		}
		parsed, err := mail.Parse(raw)
		if err != nil {
			p.t.Fatal(err)
		}
		if to == "" || DeliveredTo(parsed) == to {
			list = append(list, parsed)
		}
	}
	return list
}

// DeliveredTo is the address on a mail's envelope.
func DeliveredTo(m mail.Parsed) string {
	for _, header := range m.Headers {
		if header.Name == "Delivered-To" {
			return header.Value
		}
	}
	return m.To
}

// Log is what the program has logged, at the level debug.
func (p *Portal) Log() string { return p.log.String() }

// Bare lists the answers that came without the headers of H06.
func (p *Portal) Bare() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.bare...)
}

// Requests counts what was asked of the portal.
func (p *Portal) Requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests
}

// required are the headers that stand on every answer (H06).
var required = []string{"Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"}

func (p *Portal) noteHeaders(r *http.Request, status int, header http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range required {
		if header.Get(name) == "" {
			p.bare = append(p.bare, r.Method+" "+r.URL.Path+" answers "+http.StatusText(status)+" without "+name)
		}
	}
}

// lines is a log that is written by many.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String is all that was written.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
