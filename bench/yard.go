//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lintel/internal/platform/id"
)

// yard has the worlds and the processes of one run.
type yard struct {
	ctx     context.Context
	folder  string
	rounds  int
	profile string
	only    []string // the targets of one request that are measured; empty: everything

	small, large, postgres *world
	children               []*child
	limit                  *child
	table                  table
	limitIdle              float64
}

func (y *yard) close() {
	for _, c := range y.children {
		c.end()
	}
	if y.postgres != nil {
		dropDatabase(y.postgres.Database)
	}
}

func (y *yard) start(role string, j job) (*child, error) {
	var err error
	if j.Address == "" {
		if j.Address, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	if y.profile != "" && y.profile == j.Profile {
		j.Profile, _ = filepath.Abs("bench.pprof")
	} else {
		j.Profile = ""
	}
	c, err := startChild(y.ctx, role, j)
	if err == nil {
		y.children = append(y.children, c)
	}
	return c, err
}

// prepare makes the sample firm once, copies it, and fills the copies.
func (y *yard) prepare() (err error) {
	began := time.Now()
	y.small = &world{job: job{Folder: filepath.Join(y.folder, "small"), Address: "127.0.0.1:1"}}
	if err := y.small.build(y.ctx); err != nil {
		return fmt.Errorf("build the sample firm: %w", err)
	}
	if y.large, err = y.small.copyTo(filepath.Join(y.folder, "large")); err != nil {
		return err
	}
	if err := y.small.fill(y.ctx, 1000); err != nil {
		return err
	}
	if err := y.large.fill(y.ctx, 100_000); err != nil {
		return err
	}
	note("100,000 projects are written", began)
	if y.only == nil || slices.ContainsFunc(y.only, func(name string) bool { return strings.HasPrefix(name, "search") }) {
		if err := y.large.index(y.ctx); err != nil {
			return fmt.Errorf("index: %w", err)
		}
		note("and can be found", began)
	}
	if y.measures("pg") {
		if err := y.preparePostgreSQL(); err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
	}
	limits := filepath.Join(y.folder, "limit")
	if err := os.MkdirAll(limits, 0o700); err != nil {
		return err
	}
	y.limit, err = y.start("limit", job{Folder: limits})
	return err
}

// measures reports whether anything is measured whose name begins so.
func (y *yard) measures(prefix string) bool {
	return y.only == nil || slices.ContainsFunc(y.only, func(name string) bool {
		return strings.HasPrefix(strings.TrimPrefix(name, "pg"), prefix) || strings.HasPrefix(name, prefix)
	})
}

func (y *yard) preparePostgreSQL() error {
	server := os.Getenv("LINTEL_TEST_POSTGRES")
	if server == "" {
		return nil
	}
	database, err := makeDatabase(server)
	if err != nil {
		return err
	}
	y.postgres = &world{job: job{Folder: filepath.Join(y.folder, "postgres"), Address: "127.0.0.1:1", Database: database}}
	if err := y.postgres.build(y.ctx); err != nil {
		return err
	}
	if err := y.postgres.fill(y.ctx, 100_000); err != nil || !y.measures("pgsearch") {
		return err
	}
	began := time.Now()
	err = y.postgres.searched(y.ctx)
	note("and on PostgreSQL", began)
	return err
}

func (y *yard) run() error {
	if err := y.requests(); err != nil {
		return err
	}
	if y.only != nil && !slices.Contains(y.only, "posts") {
		return nil
	}
	if y.only != nil {
		if err := y.posts(); err != nil {
			return fmt.Errorf("posting: %w", err)
		}
		y.table.print(os.Stdout)
		return nil
	}
	if err := y.uploads(); err != nil {
		return fmt.Errorf("uploads: %w", err)
	}
	if err := y.posts(); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if err := y.live(); err != nil {
		return fmt.Errorf("open pages: %w", err)
	}
	if err := y.firstView(); err != nil {
		return fmt.Errorf("first view: %w", err)
	}
	for _, c := range y.children {
		c.end()
	}
	y.children = nil
	if err := y.program(); err != nil {
		return fmt.Errorf("the program itself: %w", err)
	}
	y.table.print(os.Stdout)
	return nil
}

// served is a world with the server in front of it.
type served struct {
	*world
	*child
	staff, client, broad *visitor
	server               func() time.Duration // what the database server beside it has worked
}

func (y *yard) serve(w *world, profile string) (*served, error) {
	j := w.job
	j.Address, j.Profile = "", profile
	c, err := y.start("server", j)
	if err != nil {
		return nil, err
	}
	return &served{w, c, newVisitor(y.ctx, w.Staff), newVisitor(y.ctx, w.Client), newVisitor(y.ctx, w.Broad), nil}, nil
}

const filtered = "/office/projects?view=current&sort=name"

// talk is a proposal that only comments are written on. On the one that is read they would
// make its page longer from round to round.
const talk = "bd1"

// warming is how many requests of a target come before those that are measured: the limit and the portal are two programs,
// and whichever is visited first finds the processor's caches full of the other.
const warming = 3

// requests measures everything that is one request or a few, in rounds.
func (y *yard) requests() error {
	small, err := y.serve(y.small, "small")
	if err != nil {
		return err
	}
	onPostgreSQL := strings.HasPrefix(y.profile, "pg")
	profiled := func(postgres bool) string {
		if postgres == onPostgreSQL {
			return y.profile
		}
		return ""
	}
	large, err := y.serve(y.large, profiled(false))
	if err != nil {
		return err
	}
	signing, err := y.start("approvals", func() job { j := y.large.job; j.Profile = "approve"; return j }())
	if err != nil {
		return err
	}
	plain := newVisitor(y.ctx, "")
	limit := func(name, path string, count int, body []byte) *target {
		return &target{name: name, child: y.limit, warm: warming, count: count, do: func() error {
			if body == nil {
				return plain.get(y.limit.base + path)
			}
			_, _, err := plain.ask("POST", y.limit.base+path, bytes.NewReader(body), nil)
			return err
		}}
	}
	page := func(s *served, v *visitor, name, path string) *target {
		return &target{name: name, child: s.child, server: s.server, warm: warming, count: 25, do: func() error { return v.get(s.base + path) }}
	}
	at := "/" + slug
	ts := map[string]*target{
		"fixed":    limit("fixed", "/fixed", 50, nil),
		"q":        limit("q", "/q", 50, nil),
		"wfull":    limit("wfull", "/wfull", 20, []byte("Can the socket next to the window stay?")),
		"pdf":      limit("pdf", "/pdf", 5, []byte{}),
		"proposal": page(large, large.client, "proposal", y.large.ProposalPath),
		"list":     page(large, large.client, "list", at+"/home/projects"),
		"broad":    page(large, large.broad, "broad", at+"/home/projects"),
		"office":   page(large, large.staff, "office", at+filtered),
		"office1k": page(small, small.staff, "office1k", at+filtered),
		"recent":   page(large, large.staff, "recent", at+"/office/projects"),
		"link":     {name: "link", child: large.child, warm: warming, count: 10, do: func() error { return enter(y.ctx, large.base, y.large.LinkToken) }},
		"comment": {name: "comment", child: large.child, warm: warming, count: 10, do: func() error {
			return large.client.post(large.base+at+"/messages/proposal/"+talk, "id="+id.New()+"&text=Can+the+socket+next+to+the+window+stay%3F")
		}},
		"approve": {name: "approve", child: signing, count: 4, do: func() error {
			if _, err := fmt.Fprintln(signing.in, "next"); err != nil {
				return err
			}
			line, err := signing.out.ReadString('\n')
			if line != "done\n" {
				err = errors.Join(err, errors.New("was not approved"))
			}
			return err
		}},
	}
	if y.postgres != nil {
		other, err := y.serve(y.postgres, profiled(true))
		if err != nil {
			return err
		}
		watch, database, err := serverTime(y.postgres.Database)
		if err != nil {
			return err
		}
		defer database.Close()
		other.server = watch
		ts["pgproposal"] = page(other, other.client, "pgproposal", y.postgres.ProposalPath)
		ts["pglist"] = page(other, other.client, "pglist", at+"/home/projects")
		ts["pgbroad"] = page(other, other.broad, "pgbroad", at+"/home/projects")
		ts["pgoffice"] = page(other, other.staff, "pgoffice", at+filtered)
		for name, t := range y.hub(other, "pg") {
			ts["pg"+name] = t
		}
	}
	for name, t := range y.hub(large, "") {
		ts[name] = t
	}
	order := []string{"fixed", "q", "proposal", "list", "broad", "office", "office1k", "recent", "link", "wfull", "comment", "pdf", "approve", "pgproposal", "pglist", "pgbroad", "pgoffice",
		"feed0", "feed1", "feed2", "files0", "files1", "files2", "search", "searchprefix", "searchrare", "searchnumber", "searchclient", "pgfeed0", "pgfeed1", "pgfeed2", "pgfiles0", "pgfiles1", "pgfiles2",
		"pgsearch", "pgsearchprefix", "pgsearchrare", "pgsearchnumber", "pgsearchclient"}
	var targets []*target
	for _, name := range order {
		if t := ts[name]; t != nil && (y.only == nil || name == "q" || slices.Contains(y.only, name)) {
			if name == y.profile && name != "approve" {
				t.count *= 10
			}
			targets = append(targets, t)
		}
	}
	if err := visitAll(y.ctx, y.rounds, targets); err != nil {
		return err
	}
	if y.only != nil {
		printPlainly(targets, ts["q"])
		return nil
	}
	y.table.requests(ts)
	y.table.hubRows("", ts, ts["q"])
	if y.postgres != nil {
		other := map[string]*target{}
		for name, t := range ts {
			if name, found := strings.CutPrefix(name, "pg"); found {
				other[name] = t
			}
		}
		y.table.hubRows("PostgreSQL: ", other, ts["q"])
	}
	y.limitIdle = y.limit.memory("VmRSS")
	return nil
}

const uploadSize = 100 << 20

// uploads compares 100 MB through the portal with 100 MB through the limit.
func (y *yard) uploads() error {
	s, err := y.serve(y.large, "")
	if err != nil {
		return err
	}
	content := filler(uploadSize)
	plain := newVisitor(y.ctx, "")
	for range 2 { // warm: the first spends memory that the later ones use again
		if err := s.upload(y.large.Draft, content[:1<<20]); err != nil {
			return err
		}
	}
	var ours, limits []time.Duration
	var cpu []float64
	memory := 0.0
	for range 3 {
		began := time.Now()
		if _, _, err := plain.ask("POST", y.limit.base+"/upload", bytes.NewReader(content), nil); err != nil {
			return err
		}
		limits = append(limits, time.Since(began))
		before := s.memory("VmRSS")
		s.resetPeak()
		used, began := s.cpu(), time.Now()
		if err := s.upload(y.large.Draft, content); err != nil {
			return err
		}
		ours = append(ours, time.Since(began))
		cpu = append(cpu, (s.cpu() - used).Seconds())
		memory = max(memory, s.memory("VmHWM")-before)
	}
	y.table.uploads(ratio(limits, ours), median(cpu), memory, float64(uploadSize)/1e6/(milliseconds(ours)/1000))
	return nil
}

func (s *served) upload(on string, content []byte) error {
	response, _, err := s.staff.ask("POST", s.base+"/"+slug+"/uploads?kind=proposal&on="+on, nil, map[string]string{"Upload-Length": strconv.Itoa(len(content)), "X-File-Name": "film.bin"})
	if err != nil {
		return err
	}
	response, _, err = s.staff.ask("PATCH", s.base+response.Header.Get("Location"), bytes.NewReader(content), map[string]string{"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"})
	if err == nil && (response.StatusCode != http.StatusNoContent || response.Header.Get("Upload-Offset") != strconv.Itoa(len(content))) {
		err = fmt.Errorf("the upload ended with %s at %s", response.Status, response.Header.Get("Upload-Offset"))
	}
	return err
}
