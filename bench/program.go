//go:build linux

package main

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// program measures the real binary: its size, its start, and its memory.
func (y *yard) program() error {
	binary := filepath.Join(y.folder, "lintel")
	build := exec.CommandContext(y.ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		y.table.add(row{work: "the program does not build", measured: strings.TrimSpace(string(out)), verdict: missed})
		return nil
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	y.table.binary(float64(info.Size())/(1<<20), isStatic(binary))
	existing, err := y.starts(binary, func(int) string { return y.large.Folder })
	if err != nil {
		return err
	}
	fresh, err := y.starts(binary, func(n int) string { return filepath.Join(y.folder, fmt.Sprint("fresh", n)) })
	if err != nil {
		return err
	}
	y.table.starts(existing, fresh)
	return y.memory(binary)
}

func isStatic(binary string) bool {
	file, err := elf.Open(binary)
	if err != nil {
		return false
	}
	defer file.Close()
	libraries, err := file.ImportedLibraries()
	return (err == nil || strings.Contains(err.Error(), "no symbol")) && len(libraries) == 0 && file.Section(".interp") == nil
}

// launch runs `lintel serve` and returns when it answers.
func (y *yard) launch(binary, folder string) (c *child, took time.Duration, err error) {
	address, err := freeAddress()
	if err != nil {
		return nil, 0, err
	}
	command := exec.CommandContext(y.ctx, binary, "serve")
	command.Env = append(os.Environ(), "LINTEL_BASE_URL=http://"+address, "LINTEL_ADDR="+address, "LINTEL_DATA="+folder, "LINTEL_LOG_LEVEL=error", "LINTEL_DATABASE_URL=", "LINTEL_TRUSTED_PROXIES=127.0.0.1/32")
	began := time.Now()
	if c, err = start("lintel serve", command); err != nil {
		return nil, 0, err
	}
	c.base, c.program = "http://"+address, true
	v := newVisitor(y.ctx, "")
	for time.Since(began) < 10*time.Second {
		if v.get(c.base+"/sign-in") == nil {
			return c, time.Since(began), nil
		}
		time.Sleep(time.Millisecond)
	}
	c.end()
	return nil, 0, fmt.Errorf("lintel serve on %s does not answer", folder)
}

func (y *yard) starts(binary string, folder func(int) string) (list []time.Duration, err error) {
	for n := range 5 {
		c, took, err := y.launch(binary, folder(n))
		if err != nil {
			return nil, err
		}
		c.end()
		list = append(list, took)
	}
	return list, nil
}

// untilIdle waits, a minute at most, until the jobs of the start have ended: three seconds in which the program does nothing.
func (y *yard) untilIdle(c *child) {
	quiet, last := 0, c.cpu()
	for range 60 {
		if quiet == 3 || y.ctx.Err() != nil {
			return
		}
		time.Sleep(time.Second)
		now := c.cpu()
		if quiet++; now-last > 20*time.Millisecond {
			quiet = 0
		}
		last = now
	}
}

// memory looks at the program on 100,000 projects: after its start and some pages, and
// under sixteen connections.
func (y *yard) memory(binary string) error {
	c, _, err := y.launch(binary, y.large.Folder)
	if err != nil {
		return err
	}
	defer c.end()
	s := &served{y.large, c, newVisitor(y.ctx, y.large.Staff), newVisitor(y.ctx, y.large.Client), nil, nil}
	for range 3 {
		_ = s.client.get(c.base + y.large.ProposalPath)
		_ = s.staff.get(c.base + "/" + slug + filtered)
	}
	y.untilIdle(c)
	idle, idleOwn := c.memory("VmRSS"), c.memory("RssAnon")
	c.resetPeak()
	began, requests, latencies := time.Now(), 0, []time.Duration{}
	var mu sync.Mutex
	var all sync.WaitGroup
	paths := []string{"/home/projects", y.large.ProposalPath[len(slug)+1:], filtered, "/office/projects", "/office/customers", "/office/proposals", "/home/projects?page=2", "/office/inbox"}
	for n := range 16 {
		all.Go(func() {
			for i := n; time.Since(began) < 6*time.Second && y.ctx.Err() == nil; i++ {
				path := paths[i%len(paths)]
				who := s.client
				if strings.HasPrefix(path, "/office") {
					who = s.staff
				}
				at := time.Now()
				_ = who.get(c.base + "/" + slug + path)
				mu.Lock()
				requests++
				latencies = append(latencies, time.Since(at))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	y.table.memory(idle, idleOwn, c.memory("VmHWM"), c.memory("RssAnon"), requests, latencies)
	return nil
}
