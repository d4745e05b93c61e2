package apptest

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/demo"
	"lintel/internal/platform/db/dbtest/empty"
)

// keeper holds worlds as they were when they had just been built, for tests to begin with a
// copy: to build one takes a thousand times what a copy takes.
type keeper struct {
	mu     sync.Mutex
	worlds map[string]kept
	drops  []func() // end databases
}

// kept is a portal that was stopped.
type kept struct {
	folder   map[string][]byte // its data, by path
	database string            // PostgreSQL: its name
	now      time.Time
	log      string
	requests int
	bare     []string
	clients  []*Client

	alder, birch *Firm
	world        demo.World
}

var worlds = keeper{worlds: map[string]kept{}}

// begin leads a portal where nothing has happened yet to where build leads one: build runs once
// for an engine and a name, and what it leaves is copied.
func (k *keeper) begin(p *Portal, name string, build func(p *Portal, into *kept)) kept {
	p.t.Helper()
	if p.Requests() > 0 {
		p.t.Fatal("a world is where a test begins: something was asked of this portal before")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	name += " on " + string(p.engine)
	world, known := k.worlds[name]
	if !known {
		world = k.build(p.t, p.engine, build)
		k.worlds[name] = world
	}
	p.resume(world)
	return world
}

func (k *keeper) build(t testing.TB, engine Engine, build func(p *Portal, into *kept)) (world kept) {
	t.Helper()
	p := Start(t, engine)
	build(p, &world)
	p.must(p.App.Close())
	if engine == PostgreSQL {
		name, drop := empty.Keep(t, empty.Name(p.database))
		world.database, k.drops = name, append(k.drops, drop)
	}
	world.folder, world.now, world.log = p.contents(), p.Clock.Now(), p.log.String()
	world.requests, world.bare, world.clients = p.requests, p.bare, p.clients
	return world
}

// forget drops the databases, after the last test.
func (k *keeper) forget() {
	for _, drop := range k.drops {
		drop()
	}
}

// contents is every file of the portal's folder, without what SQLite makes anew.
func (p *Portal) contents() map[string][]byte {
	p.t.Helper()
	folder, all := p.folder, map[string][]byte{}
	p.must(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, "-wal") {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		all[name], err = os.ReadFile(path)
		return err
	}))
	return all
}

// resume goes on where the world was left.
func (p *Portal) resume(world kept) {
	p.t.Helper()
	p.must(p.App.Close())
	if p.engine == PostgreSQL {
		p.database = empty.Copy(p.t, world.database)
	}
	p.must(os.RemoveAll(p.folder))
	for name, content := range world.folder {
		path := filepath.Join(p.folder, name)
		p.must(os.MkdirAll(filepath.Dir(path), 0o700))
		p.must(os.WriteFile(path, content, 0o600))
	}
	p.Clock.Advance(world.now.Sub(p.Clock.Now()))
	_, err := p.log.Write([]byte(world.log))
	p.must(err)
	p.requests, p.bare = world.requests, slices.Clone(world.bare)
	for _, c := range world.clients {
		p.clients = append(p.clients, &Client{portal: p, jar: c.jar, Header: c.Header.Clone()})
	}
	p.open(context.Background())
}

// on is the same firm in another portal.
func (f *Firm) on(p *Portal) *Firm {
	firm := *f
	firm.portal, firm.Staff = p, maps.Clone(f.Staff)
	firm.A, firm.B = f.A.of(&firm), f.B.of(&firm)
	return &firm
}

func (m *Family) of(f *Firm) *Family {
	family := *m
	family.firm = f
	return &family
}
